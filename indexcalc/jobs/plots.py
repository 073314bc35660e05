"""`scores.plot`: charts of scores for notebooks, asked for by the names of periods, units and nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language, spoken
from ..report.plots import Plots
from ..report.sheets.analysed import DRAWS
from ..scores import Scores
from .names import node_of, period_of, unit_of

if TYPE_CHECKING:
    import altair as alt


@dataclass(frozen=True)
class Plot:
    """Charts of scores, each an Altair chart that can be changed; they need the extra `plot`.

    Every chart is of the newest period and in the language of the locale, unless `period` and `language` say otherwise.
    """

    scores: Scores

    def ranking(self, node: str | None = None, period: str | None = None, language: Language | None = None) -> alt.Chart:
        """Return the scores of the index or of a node as bars, the best first.

        :raises Refused: where there is no such period or node, or Altair is not installed; so do all charts.
        """
        own = self._plots(period, language)
        return own.ranking(_node(own, node))

    def contributions(self, unit: str | None = None, period: str | None = None, language: Language | None = None) -> alt.Chart:
        """Return what each dimension adds to a unit's index, in points; of all units, stacked, without one."""
        return self._plots(period, language).contributions(None if unit is None else unit_of(self.scores, unit))

    def petals(self, unit: str, period: str | None = None, language: Language | None = None) -> alt.Chart:
        """Return a unit's scores of the dimensions as petals: as wide as each weighs, as long as its score."""
        return self._plots(period, language).petals(unit_of(self.scores, unit))

    def heat(self, period: str | None = None, language: Language | None = None) -> alt.Chart:
        """Return units by the nodes of the second level, the darker the higher the score."""
        return self._plots(period, language).heat()

    def bump(self, node: str | None = None, period: str | None = None, language: Language | None = None) -> alt.Chart:
        """Return the ranks of the index or of a node over all periods of the period's kind, a line a unit."""
        own = self._plots(period, language)
        return own.bump(_node(own, node))

    def intervals(
        self, draws: int = DRAWS, seed: int = 0, period: str | None = None, language: Language | None = None
    ) -> alt.LayerChart:
        """Return the places that hold 90 % of draws: of what `uncertainty:` says, else of weights up to a quarter up or down."""
        return self._plots(period, language).intervals(draws, seed)

    def correlations(
        self, nodes: Sequence[str] | None = None, period: str | None = None, language: Language | None = None
    ) -> alt.Chart:
        """Return Pearson's correlations of nodes' scores over the units; of the dimensions where none are named."""
        own = self._plots(period, language)
        places = own.scores.tree.branches[-1].children if nodes is None else [_node(own, node) for node in nodes]
        return own.correlations(tuple(places))

    def distribution(self, indicator: str, period: str | None = None, language: Language | None = None) -> alt.LayerChart:
        """Return how the values of an indicator, or the scores of a node, are spread over the units."""
        own = self._plots(period, language)
        return own.distribution(_node(own, indicator))

    def scatter(self, a: str, b: str, period: str | None = None, language: Language | None = None) -> alt.LayerChart:
        """Return two indicators or nodes against each other, a named point a unit."""
        own = self._plots(period, language)
        return own.scatter(_node(own, a), _node(own, b))

    def map(
        self,
        geojson: str | Path | Mapping[str, Any],
        node: str | None = None,
        key: str = "adcode",
        period: str | None = None,
        language: Language | None = None,
    ) -> alt.Chart:
        """Return your own outlines coloured by scores; the property `key` of each feature is a unit's id."""
        own = self._plots(period, language)
        return own.map(geojson, _node(own, node), key)

    def _plots(self, period: str | None, language: Language | None) -> Plots:
        return Plots(self.scores, period_of(self.scores, period), language or spoken())


def _node(plots: Plots, node: str | None) -> int:
    """Return the place of a node in the tree of the period that is drawn, which may have other nodes than those of before."""
    tree = plots.scores.tree
    return tree.root if node is None else tree.position[node_of(plots.scores.index, node)]
