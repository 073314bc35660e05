"""Headings that are periods: years side by side, alone, over or under indicators or units, or in one with these: 2021 GDP."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from ...findings import Finding, finding
from ...measures import read_measure
from ...periods import SINGLE, Kind, read_period
from ...tree.model import Index
from ...words.recognised_data import LIKE_A_PERIOD, MEASURE, PERIOD_HEADINGS, VALUE_HEADINGS, WHOLE_YEAR, YEAR_HEADINGS
from ..readers.measures import split_measure
from ..readers.periods import in_parts, is_unclear, part_of_year, said_in
from ..readers.table import Table, closed, name_of
from .dated import joined_usual, months_across, not_since_january, period_headings, periods_meant
from .headings import few, plain, position_of
from .matched import Source

_BESIDE = r"[\s_\-–—,，、:：/·.]*"  # what may stand between a name and its period
_SURE_YEAR = r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
_BRACKETS = {"(": ")", "[": "]", "【": "】"}


class Across(NamedTuple):
    """A column of values that are of one period, or of a part of the years that stand in the rows, by its heading.

    `names` are the headings above or below that, as of indicators over years; none where it stands alone.
    """

    at: int
    said: str
    names: tuple[str, ...] = ()


def with_split_headings(source: Source, table: Table) -> Table:
    """Return a table whose headings that name an indicator and its period in one, 2021 GDP, stand in two rows.

    Where the tree or the file's name says the period, those of this one are called by their indicators alone. Nothing is done
    where a column says the periods.
    """
    kind, own = source.index.periods.kind, _period_of_all(source, table)
    if kind in ("round", SINGLE) or table.stays or (own is None and (source.data.period is not None or has_periods(table, kind))):
        return table
    wanted = sorted({header for _, column in source.columns for header in column.headers}, key=len, reverse=True)

    def in_parts_of(heading: str) -> tuple[str, ...]:
        apart = (heading,) if heading in wanted else _apart(heading, wanted, kind)
        if own is None or len(apart) == 1:
            return apart
        return apart[1:] if read_period(apart[0], kind) == own else (heading,)

    before = table.levels or tuple((name,) for name in table.names)
    levels, names = [], list(table.names)
    for at, headings in enumerate(before):
        made = [in_parts_of(heading) for heading in headings]
        levels.append(tuple(chain.from_iterable(made)))
        names[at] = next((each[-1] for each in reversed(made) if each[-1] not in headings), names[at])
    return replace(table, names=tuple(names), levels=tuple(levels)) if tuple(levels) != before else table


def _period_of_all(source: Source, table: Table) -> str | None:
    """Return the one period that the tree or the file's name says a table is of."""
    said = table.period or source.data.period
    return None if said is None or isinstance(said, tuple) else read_period(str(said), source.index.periods.kind)


def _apart(heading: str, wanted: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """Return the period and the name, with its unit of measurement, that a heading says together, or the heading alone.

    A name that ends in a digit is told from its period by what stands between.
    """
    bare, measure = split_measure(heading)
    for text in dict.fromkeys((heading, bare, closed(heading), closed(bare))):
        for name in wanted:
            if text.startswith(name):
                rest, joined = text[len(name) :], text[len(name) - 1 : len(name) + 1]
            elif text.endswith(name):
                rest, joined = text[: -len(name)], text[-len(name) - 1 : -len(name) + 1 or None]
            else:
                continue
            if joined.isdigit() and len(joined) > 1:
                continue
            period, said = _without_measure(rest)
            if re.search(_SURE_YEAR, period) and (found := said_in(period, kind)) and found.way in ("plain", "marked", "since"):
                said = said or (measure if text in (bare, closed(bare)) and bare != heading else "")
                return period, f"{name}({said})" if said else name
    return (heading,)


def _without_measure(rest: str) -> tuple[str, str]:
    """Return what stands before or behind an indicator's name without the unit of measurement between them, and that."""
    rest = re.sub(rf"^{_BESIDE}|{_BESIDE}$", "", rest)
    said = ""
    if (bracket := re.match(r"[(\[【]([^()\[\]【】]*)[)\]】](?=.)", rest)) and read_measure(bracket[1]) is not None:
        rest, said = re.sub(rf"^{_BESIDE}", "", rest[bracket.end() :]), bracket[1]
    if rest[:1] in _BRACKETS and rest.endswith(_BRACKETS[rest[0]]):
        rest = rest[1:-1]
    return rest, said


def has_periods(table: Table, kind: Kind) -> bool:
    """Say whether a table has a column that is called as one of periods is."""
    return position_of(table, None, (*joined_usual(table), *period_headings(kind))) is not None


def periods_across(index: Index, table: Table, others: set[int | None]) -> tuple[Across, ...]:
    """Return the columns whose headings are periods, as where the years stand side by side, alone or with other headings."""
    kind = index.periods.kind
    if kind == SINGLE:
        return ()
    found = (_heading_of(table, at, kind) for at in range(len(table.names)) if at not in others)
    return tuple(one._replace(names=tuple(name for name in one.names if not _says_nothing(name))) for one in found if one)


def _says_nothing(heading: str) -> bool:
    """Say whether a heading over periods names nothing: what they are, that values follow, or in which unit of measurement."""
    return heading.casefold() in (*PERIOD_HEADINGS, *YEAR_HEADINGS, *VALUE_HEADINGS) or _is_measure(heading)


def _is_measure(heading: str) -> bool:
    """Say whether a heading is nothing but a unit of measurement."""
    return heading[:1] in _BRACKETS and read_measure(heading) is not None


def _heading_of(table: Table, at: int, kind: Kind) -> Across | None:
    """Return what the headings of a column say of its period, which one of them says or two together; nothing if none does."""
    parts = table.levels[at] if table.levels else (table.names[at],)
    for i, part in enumerate(parts):
        if said_in(part, kind):
            return Across(at, part, (*parts[:i], *parts[i + 1 :]))
    for i, part in enumerate(parts):  # 2021 (t)
        bare = plain(part)
        if bare != part and said_in(bare, kind) and re.fullmatch(MEASURE, part[len(bare) :]):
            return Across(at, bare, (*parts[:i], *parts[i + 1 :]))
    for i, one in enumerate(parts):
        for j in range(i + 1, len(parts)):
            if said_in(text := in_parts((one, parts[j]), kind), kind):
                return Across(at, text, tuple(part for k, part in enumerate(parts) if k not in (i, j)))
    return None


def with_periods(source: Source, table: Table, headings: Sequence[Across]) -> tuple[tuple[Across, ...], list[Finding]]:
    """Return headings with the periods that they mean, with what is to be said of these and of the headings left out."""
    unclear = source.index.periods.kind == "month" and any(is_unclear(one.said) for one in headings)
    months, found = months_across(table, [(one.at, one.said, one.names) for one in headings]) if unclear else ({}, [])
    across = [one._replace(said=months.get(one.at, one.said)) for one in _without_sums(source, headings)]
    texts = {one.said: (table.header_place(one.at), 1) for one in reversed(across)}
    meant, problems = periods_meant(source, dict(reversed(texts.items())))
    across = [one._replace(said=meant[one.said]) for one in across if one.said in meant]
    found += problems
    found += left_out(table, {one.at for one in headings})
    return tuple(across), found


def _without_sums(source: Source, across: Sequence[Across], year: str = "") -> list[Across]:
    """Return headings without those of sums over a year, or over some periods of it that stand beside them."""
    if not not_since_january(source):
        return list(across)
    kind = source.index.periods.kind
    said = {one: said_in(in_parts((year, one.said), kind) if year else one.said, kind) for one in across}
    alone = {(one.names, of.period) for one, of in said.items() if of and of.way != "since"}
    sums = {
        one
        for one, of in said.items()
        if of and of.way == "since" and (one.said.endswith(WHOLE_YEAR) or (one.names, of.period) in alone)
    }
    return [one for one in across if one not in sums]


def left_out(table: Table, read: set[int]) -> Iterator[Finding]:
    """Find headings beside those of periods that look like one and are none of the index's."""
    left = [at for at, name in enumerate(table.names) if at not in read and re.fullmatch(LIKE_A_PERIOD, name)]
    if left:
        names = few(table.names[at] for at in left)
        example = next(table.names[at] for at in sorted(read))
        yield finding("IC924", table.header_place(left[0]), names=names, count=len(left), example=example)


def parts_across(source: Source, table: Table, period: int, others: set[int | None]) -> tuple[Across, ...]:
    """Return the columns whose headings are parts of the years that stand in a column, or years whose parts stand there."""
    kind, wanted = source.index.periods.kind, {header for _, column in source.columns for header in column.headers}
    first = next((name for cell in (table.named(period) if table.columns else ()) if (name := name_of(cell))), "")
    if not first or said_in(first, kind):
        return ()
    of_year = said_in(first, "year") is not None
    found: list[Across] = []
    for at, name in enumerate(table.names):
        if at in others or at == period or not name or name in wanted:
            continue
        fits = part_of_year(name, kind) or name.isdigit() if of_year else said_in(name, "year") is not None
        if fits and said_in(in_parts((first, name), kind), kind):
            found.append(Across(at, name))
    numbers = sorted(int(one.said) for one in found if one.said.isdigit()) if of_year else []
    if numbers and numbers != list(range(1, len(numbers) + 1)):
        found = [one for one in found if not one.said.isdigit()]
    return tuple(_without_sums(source, found, first) if of_year else found)
