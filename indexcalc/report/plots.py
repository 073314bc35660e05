"""Charts for notebooks: Altair charts of scores, which can be changed, joined and saved like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, Refused, finding
from ..methods.arrays import Array, np
from ..periods import SINGLE
from ..scores import Scores
from ..words.periods import period_title
from ..words.plots import said
from .draw.palette import DIMENSIONS, DIVERGING, ORDERED
from .sheets.analysed import DRAWS, Analysed, drawn_anew
from .sheets.heat import heat
from .sheets.tables import in_rank_order, kind_of

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

_STEP = 18  # of a row of a chart, in pixels
_BAND = {"step": _STEP}
_NAME = 120  # that the name of a point takes at most, in pixels
_TEN, _MOST_TICKS = 10, 40  # lines that ten colours are enough for, and places that are all named


class Plots:
    """The charts of scores in one period and one language.

    Every chart is Altair's own: change it, put it beside another, `save` it. What it draws is in its `data`, whose columns have
    the same names in both languages; only titles are in words.
    """

    def __init__(self, scores: Scores, period: str, language: Language) -> None:
        self.scores, self.period, self.language = scores.of_period(period), period, language
        self._whole, self._row = scores, scores.periods.index(period)

    def ranking(self, node: int) -> alt.Chart:
        """Return the scores of a node as bars, the best first."""
        units = in_rank_order(self.scores, self._row, node)
        frame = self._frame(units, score=self._scores(node)[units], rank=self.scores.ranks[self._row, units, node])
        return self._of(frame, said.ranking, node).mark_bar(color=ORDERED[4]).encode(
            x=_alt().X("score:Q", title=said.score(self.language)), y=self._units(frame), tooltip=["rank:Q", "unit:N", "score:Q"]
        )  # fmt: skip

    def contributions(self, unit: int | None) -> alt.Chart:
        """Return what each dimension adds to a unit's index, in points; of all units, stacked and the best first, without one."""
        shown = Analysed(self.scores, self.period)
        order = in_rank_order(self.scores, self._row, self.scores.tree.root) if unit is None else [unit]
        dimensions = [self._title(node) for node in shown.dimensions]
        points = shown.points[np.ix_(order, shown.dimensions)]
        frame = self._frame(np.repeat(order, len(dimensions)), points=points.ravel())
        frame["dimension"] = dimensions * len(order)
        colours = _alt().Scale(domain=dimensions, range=[DIMENSIONS[at % len(DIMENSIONS)] for at in range(len(dimensions))])
        axis = self._units(frame) if unit is None else _alt().Y("dimension:N", sort=None, title=None)
        return self._of(frame, said.contributions).mark_bar().encode(
            x=_alt().X("points:Q", title=said.points(self.language)),
            y=axis,
            color=_alt().Color("dimension:N", scale=colours, title=None, legend=None if unit is not None else _alt().Undefined),
            tooltip=["unit:N", "dimension:N", "points:Q"],
        )  # fmt: skip

    def petals(self, unit: int) -> alt.Chart:
        """Return a unit's scores of the dimensions as petals: as wide as each weighs, as long as its score."""
        shown = Analysed(self.scores, self.period)
        nodes = list(shown.dimensions)
        whole = self.scores.scores.shape[:2]
        weights = [float(np.broadcast_to(self.scores.weights_of(node), whole)[self._row, unit]) for node in nodes]
        frame = self._frame([unit] * len(nodes), score=self.scores.scores[self._row, unit, nodes], weight=weights)
        frame["dimension"] = [self._title(node) for node in nodes]
        frame["to"] = frame["weight"].cumsum() / frame["weight"].sum() * 2 * np.pi  # angles are in radians, clockwise from above
        frame["from"] = [0.0, *frame["to"].iloc[:-1]]
        low = min(0.0, float(np.nanmin(frame["score"]))) if frame["score"].notna().any() else 0.0
        return self._of(frame, said.petals, unit=unit).mark_arc(stroke="#FFFFFF").encode(
            theta=_alt().Theta("from:Q", scale=None),
            theta2="to:Q",
            radius=_alt().Radius("score:Q", stack=None, scale=_alt().Scale(type="linear", domainMin=low, rangeMin=0)),
            color=_alt().Color(
                "dimension:N", sort=None, title=None, scale=_alt().Scale(domain=list(frame["dimension"]), range=list(DIMENSIONS))
            ),
            tooltip=["dimension:N", "score:Q", "weight:Q"],
        ).properties(width=280, height=280)  # fmt: skip

    def heat(self) -> alt.Chart:
        """Return units by the nodes of the second level, the darker the higher the score."""
        table = heat(Analysed(self.scores, self.period))
        units, nodes = (table.units, table.nodes) if table else ((), ())
        frame = self._frame(np.repeat(np.array(units, int), len(nodes)), score=table.scores.ravel() if table else [])
        frame["node"] = [self._title(node) for node in nodes] * len(units)
        return self._of(frame, said.heat).mark_rect().encode(
            x=_alt().X("node:N", sort=None, title=None, axis=_alt().Axis(labelAngle=-45)),
            y=self._units(frame),
            color=_alt().Color("score:Q", scale=_alt().Scale(range=list(ORDERED)), title=said.score(self.language)),
            tooltip=["unit:N", "node:N", "score:Q"],
        ).properties(width=_BAND)  # fmt: skip

    def bump(self, node: int) -> alt.Chart:
        """Return the ranks of a node over the periods of the same kind, a line a unit."""
        import pandas as pd

        kind = kind_of(self._whole, self.period)
        periods = [one for one in self._whole.periods if kind_of(self._whole, one) == kind]
        wanted, parts = self.scores.tree.nodes[node].id, []
        for period in periods:
            then = self._whole.of_period(period)
            at, place = then.periods.index(period), then.tree.position.get(wanted)
            if place is not None:
                units = then.listed(at)
                parts.append(self._frame(units, rank=then.ranks[at, units, place]).assign(period=self._period(period)))
        frame = pd.concat(parts, ignore_index=True).dropna(subset=["rank"])
        now = [self.scores.panel.units.title(unit, self.language) for unit in in_rank_order(self.scores, self._row, node)]
        drawn = list(dict.fromkeys(frame["unit"]))
        names = [*(one for one in now if one in drawn), *(one for one in drawn if one not in now)]
        colours = _alt().Scale(scheme="tableau10" if len(names) <= _TEN else "tableau20")
        places = _alt().Axis(values=list(range(1, len(names) + 1))) if len(names) <= _MOST_TICKS else _alt().Axis()
        return self._of(frame, said.bump, node, period=False).mark_line(point=True).encode(
            x=_alt().X(
                "period:N", sort=[self._period(one) for one in periods], title=None, axis=_alt().Axis(labelAngle=-45)
            ),
            y=_alt().Y(
                "rank:Q", scale=_alt().Scale(reverse=True, zero=False, nice=False), title=said.rank(self.language), axis=places
            ),
            color=_alt().Color("unit:N", title=None, sort=names, scale=colours),
            tooltip=["period:N", "unit:N", "rank:Q"],
        ).properties(width={"step": 3 * _STEP}, height=max(240, _STEP * len(self.scores.panel.units)))  # fmt: skip

    def intervals(self, draws: int = DRAWS, seed: int = 0) -> alt.LayerChart:
        """Return the places that hold 90 % of the draws of other weights, with the rank as published as a dot."""
        sure = drawn_anew(self.scores, self.period, seed, draws)
        frame = sure.frame(self.language).rename(columns={"name": "unit", "unit": "id"}).sort_values("rank", kind="stable")
        base = self._of(frame, said.intervals).encode(
            y=self._units(frame), tooltip=["unit:N", "rank:Q", "rank_low:Q", "rank_high:Q"]
        )
        scale = _alt().Scale(domainMin=1)
        line = base.mark_rule(strokeWidth=4, color=ORDERED[2]).encode(
            x=_alt().X("rank_low:Q", title=said.rank(self.language), scale=scale), x2="rank_high:Q"
        )
        return line + base.mark_point(filled=True, color=ORDERED[6], size=50).encode(x=_alt().X("rank:Q", scale=scale))

    def correlations(self, nodes: Sequence[int]) -> alt.Chart:
        """Return Pearson's correlations of nodes' scores over the units, each pair over those that have both."""
        import pandas as pd

        names = [self._title(node) for node in nodes]
        table = pd.DataFrame(self.scores.scores[self._row][:, list(nodes)]).corr().to_numpy()
        frame = pd.DataFrame({"a": np.repeat(names, len(names)), "b": np.tile(names, len(names)), "correlation": table.ravel()})
        side = {"sort": names, "title": None}
        return self._of(frame, said.correlations).mark_rect().encode(
            x=_alt().X("a:N", **side, axis=_alt().Axis(labelAngle=-45)),
            y=_alt().Y("b:N", **side),
            color=_alt().Color("correlation:Q", scale=_alt().Scale(domain=[-1, 1], range=list(DIVERGING)), title=None),
            tooltip=["a:N", "b:N", "correlation:Q"],
        ).properties(width=_BAND, height=_BAND)  # fmt: skip

    def distribution(self, node: int) -> alt.LayerChart:
        """Return how the values of an indicator, or the scores of a node above, are spread: a histogram with a tick a unit."""
        units = self.scores.listed(self._row)
        frame = self._frame(units, value=self._values(node)[units])
        base = self._of(frame, said.distribution, node)
        bars = base.mark_bar(color=ORDERED[2]).encode(
            x=_alt().X("value:Q", bin=_alt().Bin(maxbins=20), title=self._measured(node)),
            y=_alt().Y("count()", title=None, axis=_alt().Axis(tickMinStep=1)),
        )
        return bars + base.mark_tick(color=ORDERED[6]).encode(x="value:Q", y=_alt().value(4), tooltip=["unit:N", "value:Q"])

    def scatter(self, a: int, b: int) -> alt.LayerChart:
        """Return two nodes against each other, a named point a unit: values of indicators, scores of nodes above them."""
        units = self.scores.listed(self._row)
        frame = self._frame(units, a=self._values(a)[units], b=self._values(b)[units])
        axes = {
            "x": _alt().X("a:Q", title=self._measured(a), scale=_alt().Scale(zero=False)),
            "y": _alt().Y("b:Q", title=self._measured(b), scale=_alt().Scale(zero=False)),
        }
        base = self._of(frame, said.scatter).encode(**axes, tooltip=["unit:N", "a:Q", "b:Q"])
        return base.mark_point(filled=True, color=ORDERED[5]) + base.mark_text(dy=-8, limit=_NAME).encode(text="unit:N")

    def map(self, geojson: str | Path | Mapping[str, Any], node: int, key: str) -> alt.Chart:
        """Return the user's outlines coloured by a node's scores: the property `key` of each feature is a unit's id.

        :raises Refused: where the file is no collection of features with that property.
        """
        features = _features(geojson, key)
        ids = {unit: at for at, unit in enumerate(self.scores.panel.units.ids)}
        values = []
        for feature in features:
            at = ids.get(str(feature["properties"][key]))
            score = float("nan") if at is None else float(self._scores(node)[at])
            name = "" if at is None else self.scores.panel.units.title(at, self.language)
            values.append({**feature, "properties": {"unit": name, "score": None if np.isnan(score) else score}})
        data = _alt().Data(values=values)
        return self._of(data, said.map, node).mark_geoshape(stroke="#FFFFFF").encode(
            color=_alt().Color(
                "properties.score:Q", scale=_alt().Scale(range=list(ORDERED)), title=said.score(self.language)
            ),
            tooltip=["properties.unit:N", "properties.score:Q"],
        ).properties(width=480, height=480).project("mercator")  # fmt: skip

    def _of(self, data: Any, title: Any, node: int | None = None, *, unit: int | None = None, period: bool = True) -> alt.Chart:
        """Return an empty chart of some data, with its title, the period, and what kind of data it is."""
        index = self.scores.index
        about = [] if node in (None, self.scores.tree.root) else [self._title(node)]
        about += [] if unit is None else [self.scores.panel.units.title(unit, self.language)]
        about += [self._period(self.period)] if period and index.periods.kind != SINGLE else []
        shown = " · ".join([title(self.language), *about])
        heading = _alt().TitleParams(shown, subtitle=index.index.title(self.language), anchor="start")
        return _alt().Chart(data, title=heading)

    def _frame(self, units: Sequence[int] | Array, **columns: Any) -> pd.DataFrame:
        """Return a row for each of some units: its id, its name, its place in this order, and its values."""
        import pandas as pd

        ids, names = self.scores.panel.units.ids, [self.scores.panel.units.title(int(at), self.language) for at in units]
        return pd.DataFrame({"id": [ids[at] for at in units], "unit": names, "position": range(len(names)), **columns})

    def _units(self, frame: pd.DataFrame) -> Any:
        return _alt().Y("unit:N", sort=list(dict.fromkeys(frame["unit"])), title=None)

    def _title(self, node: int) -> str:
        return self.scores.tree.nodes[node].title(self.language)

    def _period(self, period: str) -> str:
        return period_title(period, self.language)

    def _scores(self, node: int) -> Array:
        return np.asarray(self.scores.scores[self._row, :, node])

    def _values(self, node: int) -> Array:
        """Return the comparable values of an indicator, or the scores of what stands above."""
        return np.asarray(self.scores.derived[self._row, :, node]) if node < self.scores.tree.leaves else self._scores(node)

    def _measured(self, node: int) -> str:
        measure = self.scores.index.leaves[node].measure_in(self.language) if node < self.scores.tree.leaves else ""
        return f"{self._title(node)} ({measure})" if measure else self._title(node)


def _features(geojson: str | Path | Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the features of a collection that have a property."""
    try:
        whole = geojson if isinstance(geojson, Mapping) else json.loads(Path(geojson).read_bytes())
        found = [one for one in whole["features"] if key in (one.get("properties") or {})]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        found = []
    if not found:
        raise Refused([finding("IC543", Place(), file="" if isinstance(geojson, Mapping) else str(geojson), key=key)])
    return found


def _alt() -> Any:
    """Return the library of charts, or refuse with what to install."""
    try:
        import altair as alt
    except ImportError as absent:
        raise Refused([finding("IC544", Place(), package="altair", extra="plot")]) from absent
    return alt
