"""The audit in words: each suspicion at its cell, and put to who reports it. Nothing here says that a value is wrong."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.logic import broken
from ..findings import Finding, Language, Place, finding
from ..methods.arrays import np
from ..panel import MISSING, Panel, empty
from ..periods import kind_among, larger_of, order
from ..scores import Scores
from ..sources.match.matched import Matched
from ..tree.columns import department_of
from ..tree.model import Index
from .result import Result
from .suspicion import LEAST_HISTORY, Suspicion, audit_panel, audit_period

if TYPE_CHECKING:
    import pandas as pd

_CODES = {
    "jump": "IC680",
    "factor": "IC681",
    "column again": "IC682",
    "column twice": "IC683",
    "row again": "IC684",
    "rows alike": "IC685",
    "round": "IC686",
    "last digits": "IC687",
    "outside": "IC689",
}


@dataclass(frozen=True)
class Question:
    """What is suspicious, and whom to ask; what it is not about is empty, and -1 for a unit: a whole column, or a whole row."""

    department: str
    period: str
    unit: int
    column: str
    indicator: str
    finding: Finding


@dataclass(frozen=True)
class Audit(Result):
    """How many values of how many columns were looked at, and what is suspicious in them."""

    index: Index
    panel: Panel
    columns: int
    values: int
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...] = ()
    """What was not looked at, and why."""

    def codes(self) -> dict[str, int]:
        """Return how often each kind of suspicion was found."""
        return dict(sorted(Counter(one.finding.code for one in self.questions).items()))

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each question."""
        import pandas as pd

        units = self.panel.units
        rows = [
            (
                one.department,
                one.period,
                units.ids[one.unit] if one.unit >= 0 else "",
                units.title(one.unit, language) if one.unit >= 0 else "",
                one.column,
                one.indicator,
                one.finding.code,
                one.finding.message(language),
                str(one.finding.place),
            )
            for one in self.questions
        ]
        names = ["department", "period", "unit", "name", "column", "indicator", "code", "question", "place"]
        return pd.DataFrame(rows, columns=names)


def audit(
    index: Index, panel: Panel, columns: Sequence[int], *, department: str = "", periods: Sequence[str] | None = None
) -> Audit:
    """Audit some columns of all that was reported, in all periods or some; a row is put to the department that is asked about."""
    bounds = [index.columns[column].valid or (-math.inf, math.inf) for column in columns]
    valid = np.array(bounds, dtype=float).T.reshape(2, len(columns))
    owners = [department_of(index, index.columns[column]) or index.columns[column].source for column in columns]
    values = panel.values[..., columns]
    wanted = [at for at, own in enumerate(panel.periods) if periods is None or own in periods]
    questions = []
    for one in audit_panel(values, valid=valid, groups=owners, periods=wanted):
        rows = [one.period] if one.period >= 0 else range(len(panel.periods))
        own = index.columns[columns[one.column]] if one.column >= 0 else None
        questions.append(
            Question(
                owners[one.column] if own else department,
                panel.periods[one.period] if one.period >= 0 else "",
                one.unit,
                own.id if own else "",
                own.called if own else "",
                _in_words(one, index, columns, panel, rows, panel.periods),
            )
        )
    for broke in broken(index, panel):
        cells = [cell for cell in broke.cells if cell[2] in columns]
        if cells and broke.period in wanted:
            own = index.columns[cells[0][2]]
            owner = department_of(index, own) or own.source
            questions.append(Question(owner, panel.periods[broke.period], broke.unit, own.id, own.called, broke.finding))
    newest = max(periods, key=order) if periods else None
    before = len(panel.periods) - 1 if newest is None else sum(order(one) < order(newest) for one in panel.periods)
    unjudged = tuple(_too_short(before))
    return Audit(index, panel, len(columns), int(np.isfinite(values).sum()), tuple(questions), unjudged)


def questions_of(scores: Scores, period: str) -> tuple[Question, ...]:
    """Return what is suspicious in what was reported of a period, or of parts of a larger one, about units that are scored."""
    panel, matched = scores.reported, scores.origin
    if panel is None or not isinstance(matched, Matched):
        return ()
    kinds, units = matched.index.periods.kinds, set(scores.panel.units.ids)
    kind = kind_among(period, kinds)
    parts = [one for one in panel.periods if period in (one, larger_of(one, kinds[0], kind))]
    if not parts:
        return ()
    repeated = matched.repeated
    columns = [at for at, own in enumerate(matched.index.columns) if own.key != "applies" and at not in repeated]
    found = audit(matched.index, panel, columns, periods=parts).questions
    return tuple(one for one in found if one.unit < 0 or panel.units.ids[one.unit] in units)


def audit_submission(index: Index, reported: Panel, columns: Sequence[int], history: Panel | None) -> Iterator[Finding]:
    """Hold each period of what is submitted against what was reported before it."""
    periods = sorted({*(history.periods if history else ()), *reported.periods}, key=order)
    x = np.full((len(periods), len(reported.units), len(columns)), np.nan)
    if history is not None:
        x[[periods.index(one) for one in history.periods]] = history.values[..., columns]
    places = [periods.index(one) for one in reported.periods]
    x[places] = reported.values[..., columns]
    yield from _too_short(places[-1])
    for row, place in enumerate(places):
        for one in audit_period(x[place], x[:place], period=place):
            yield _in_words(one, index, columns, reported, [row], periods)


def untrue(index: Index, reported: Panel, columns: Collection[int], history: Panel | None) -> Iterator[Finding]:
    """Find what cannot be true of what is submitted, beside all that was reported by others and of other periods.

    Only what some submitted value has a part in is found.
    """
    whole = reported if history is None else _over(history, reported)
    own = {whole.periods.index(period) for period in reported.periods}
    for broke in broken(index, whole):
        if any(period in own and column in columns for period, _, column in broke.cells):
            yield broke.finding


def _over(history: Panel, reported: Panel) -> Panel:
    """Return all that was reported with what is submitted in its place, each cell where it stands."""
    periods = tuple(sorted({*history.periods, *reported.periods}, key=order))
    units, series = history.values.shape[1:]
    values, status = empty(len(periods), units, series), empty(len(periods), units, series, np.uint8)
    values[...], status[...] = np.nan, MISSING
    before = [periods.index(one) for one in history.periods]
    values[before], status[before] = history.values, history.status
    now = [periods.index(one) for one in reported.periods]
    given = reported.status != MISSING
    values[now] = np.where(given, reported.values, values[now])
    status[now] = np.where(given, reported.status, status[now])

    def address(period: int, unit: int, column: int) -> Sequence[Place]:
        name = periods[period]
        if name in reported.periods and (own := reported.places(reported.periods.index(name), unit, column)):
            return own
        return history.places(history.periods.index(name), unit, column) if name in history.periods else ()

    return Panel(values, status, periods, history.units, history.columns, address)


def _too_short(periods: int) -> Iterator[Finding]:
    """Say that there are too few periods before one to judge jumps by."""
    if periods < LEAST_HISTORY:
        yield finding("IC690", Place(), count=periods, least=LEAST_HISTORY)


def _in_words(
    one: Suspicion, index: Index, columns: Sequence[int], panel: Panel, rows: Iterable[int], periods: Sequence[str]
) -> Finding:
    """Say a suspicion at the cell that it is about, or the first of its column or row in some rows of a panel."""
    names, units = [index.columns[column].called for column in columns], panel.units
    values = dict(one.values)
    if "other" in values:
        values["other"] = names[values["other"]] if one.kind == "column twice" else units.title(values["other"])
    if one.kind in ("column again", "row again"):
        values["period"] = periods[one.period - 1]
    if one.column >= 0:
        values["name"] = names[one.column]
    if one.unit >= 0:
        values["unit"] = units.title(one.unit)
    places = (
        place
        for unit in ([one.unit] if one.unit >= 0 else range(len(units)))
        for column in ([columns[one.column]] if one.column >= 0 else columns)
        for row in rows
        for place in panel.places(row, unit, column)
    )
    return finding(_CODES[one.kind], next(places, Place()), label=index.units.label, **values)
