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
        return self._plots(period, language).ranking(self._node(node))

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
        return self._plots(period, language).bump(self._node(node))

    def intervals(
        self, draws: int = DRAWS, seed: int = 0, period: str | None = None, language: Language | None = None
    ) -> alt.LayerChart:
        """Return the places that hold 90 % of draws: of what `uncertainty:` says, else of weights up to a quarter up or down."""
        return self._plots(period, language).intervals(draws, seed)

    def correlations(
        self, nodes: Sequence[str] | None = None, period: str | None = None, language: Language | None = None
    ) -> alt.Chart:
        """Return Pearson's correlations of nodes' scores over the units; of the dimensions where none are named."""
        tree = self.scores.tree
        places = tree.branches[-1].children if nodes is None else [self._node(node) for node in nodes]
        return self._plots(period, language).correlations(tuple(places))

    def distribution(self, indicator: str, period: str | None = None, language: Language | None = None) -> alt.LayerChart:
        """Return how the values of an indicator, or the scores of a node, are spread over the units."""
        return self._plots(period, language).distribution(self._node(indicator))

    def scatter(self, a: str, b: str, period: str | None = None, language: Language | None = None) -> alt.LayerChart:
        """Return two indicators or nodes against each other, a named point a unit."""
        return self._plots(period, language).scatter(self._node(a), self._node(b))

    def map(
        self,
        geojson: str | Path | Mapping[str, Any],
        node: str | None = None,
        key: str = "adcode",
        period: str | None = None,
        language: Language | None = None,
    ) -> alt.Chart:
        """Return your own outlines coloured by scores; the property `key` of each feature is a unit's id."""
        return self._plots(period, language).map(geojson, self._node(node), key)

    def _plots(self, period: str | None, language: Language | None) -> Plots:
        return Plots(self.scores, period_of(self.scores, period), language or spoken())

    def _node(self, node: str | None) -> int:
        tree = self.scores.tree
        return tree.root if node is None else tree.position[node_of(self.scores.index, node)]
