"""Units of measurement: what headings, rows and lines above tables say, held against what the tree says, and converted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from ...findings import Finding, Place, finding
from ...measures import read_measure
from ...tree.columns import Column
from ...words.agreement import several
from ...words.recognised_measures import MINUTES, RATES, UNCLEAR
from ..readers.measures import split_measure
from ..readers.table import Table, name_of


@cache
def factor(said: str, meant: str) -> Fraction | None:
    """Return the factor that converts values from one unit of measurement into another; None where it is not known.

    >>> factor("thousand yuan", "million yuan"), factor("‰", "%"), factor("mu", "ha"), factor("yuan", "persons")
    (Fraction(1, 1000), Fraction(1, 10), Fraction(1, 15), None)
    """
    if name_of(said) == name_of(meant):
        return Fraction(1)
    one, other = read_measure(said), read_measure(meant)
    if one is None or other is None or one.per != other.per:
        return None
    silent = "" in (one.kind, other.kind) and "ratio" not in (one.kind, other.kind)
    return one.size / other.size if one.kind == other.kind or silent else None


@cache
def differ(said: str, meant: str) -> bool:
    """Say whether two units of measurement are surely not the same.

    >>> differ("yuan", "million yuan"), differ("cases", "persons"), differ("cases", "kg"), differ("at current prices", "yuan")
    (True, False, True, False)
    """
    one, other = read_measure(said), read_measure(meant)
    if one is None or other is None:
        return False
    if (times := factor(said, meant)) is not None:
        return times != 1
    pair = frozenset({one.kind, other.kind})
    same = (one.size == other.size or pair == MINUTES) and one.per == other.per
    return not (same and pair in UNCLEAR)


class Said(NamedTuple):
    """The unit of measurement that a table says of a column, where it says it, and whether it says it of the whole table."""

    measure: str
    heading: str
    place: Place
    whole: bool = False


def said_of(table: Table, at: int) -> Said | None:
    """Return the unit of measurement that a table says of a column: its heading, else a row below it, else a line above all."""
    place = table.header_place(at)
    for heading in (table.names[at], table.qualified[at]):
        if measure := split_measure(heading)[1]:
            return Said(measure, heading, place)
    for heading in reversed(table.qualified[at].split("/") if table.qualified[at] != table.names[at] else ()):
        if measure := split_measure(heading)[1]:
            return Said(measure, heading, place)
    if at < len(table.measures) and table.measures[at]:
        return Said(table.measures[at], table.names[at], place)
    if measure := split_measure(table.indicator)[1]:
        return Said(measure, table.indicator, place)
    return Said(table.measure, table.names[at], place, whole=True) if table.measure else None


def said_of_rows(table: Table, at: int, own: Iterable[int | None], rows: Sequence[int], *, alone: bool) -> list[Said | None]:
    """Return what a table says that some rows of one of its columns are measured in: once for all, or for each of the rows.

    A row says it itself in one of the columns `own`, of units of measurement or of indicators with them behind their names; else
    its column says it, or a line above, which may not mean all columns unless this one stands `alone`.
    """
    said = said_of(table, at)
    said = said._replace(whole=False) if said and alone else said
    if table.stays:
        return [said]
    for place in own:
        if place is not None and place != at and (found := _said_in(table, place, rows, said)):
            return found
    return [said]


def _said_in(table: Table, own: int, rows: Sequence[int], said: Said | None) -> list[Said | None]:
    """Return what some rows say in a column, else what is said of all; nothing where none of them says anything."""
    cells = table.named(own)
    made: dict[Any, Said | None] = {}
    for cell in dict.fromkeys(cells[row] for row in rows):
        text = name_of(cell)
        measure = text if read_measure(text) is not None else split_measure(text)[1]
        first = next(row for row in rows if cells[row] == cell) if measure else 0
        made[cell] = Said(measure, text, table.place(first, own)) if measure else said
    if all(one is said for one in made.values()):
        return []
    return [made[cells[row]] for row in rows] if len(made) > 1 else list(made.values())


def in_measure(
    column: Column, said: Sequence[Said | None], values: Sequence[float], cells: Sequence[Any]
) -> tuple[Sequence[float], list[Finding]]:
    """Return values in the unit of measurement of the tree, with what is to be said of that.

    A cell with a percent sign, or a duration, says itself what it is.
    """
    if not column.reported or not any(said):
        return values, []
    rows: dict[Said | None, list[int]] = defaultdict(list)
    for row, each in enumerate(said if len(said) > 1 else ()):
        rows[each].append(row)
    found = []
    for one in dict.fromkeys(said):
        times, code = conversion(column, one)
        if one is None or not code:
            continue
        chosen: Sequence[int] = rows.get(one, range(len(values)))
        if times != 1:
            chosen = chosen if hasattr(cells, "dtype") else [row for row in chosen if not _says_itself(cells[row])]
            values = converted(values, times, chosen)
        found.append(told(column, one, code))
    return values, found


def told(column: Column, said: Said, code: str) -> Finding:
    """Say of a column that values are converted, or that they are measured in something else than the tree says."""
    about = {"heading": said.heading, "found": said.measure, "measure": column.reported}
    return finding(code, said.place, name=column.title, **about)


def _says_itself(cell: Any) -> bool:
    return isinstance(cell, str) and (cell.endswith(("%", "％")) or ":" in cell)


def conversion(column: Column, said: Said | None) -> tuple[Fraction, str]:
    """Return the factor that converts a column's values into the tree's unit of measurement, and the code of a finding on it."""
    if said is None or not column.reported or not differ(said.measure, column.reported):
        return Fraction(1), ""
    times = factor(said.measure, column.reported)
    if times is not None:
        return times, "IC910"
    return Fraction(1), "" if said.whole or _is_in_name(column, said) else "IC911"


def _is_in_name(column: Column, said: Said) -> bool:
    """Say whether the name of a rate may say what one of two units of measurement leaves out: of what it is one."""
    one, other = read_measure(said.measure), read_measure(column.reported or "")
    if one is None or other is None or bool(one.per) == bool(other.per) or "ratio" in (one.kind, other.kind):
        return False
    words = f"{column.title} {said.heading}".casefold()
    return one.kind == other.kind and any(word in words for word in RATES)


def converted(values: Sequence[float], times: Fraction, rows: Sequence[int]) -> Sequence[float]:
    """Return values of which some are multiplied by a fraction: 3150000 by 1/10000 is 315, with nothing behind the point."""
    above, below = times.numerator, times.denominator
    if hasattr(values, "dtype"):
        made: Any = values
        if len(rows) == len(values):
            return made * above / below  # type: ignore[no-any-return]
        made = made.copy()
        made[rows] = made[rows] * above / below
        return made  # type: ignore[no-any-return]
    plain = list(values)
    for row in rows:
        plain[row] = plain[row] * above / below
    return plain


def once_a_file(findings: Iterable[Finding]) -> list[Finding]:
    """Say of each file once what of it is converted, and of each column once what it is measured in there."""
    others: dict[tuple[Any, ...], Finding] = {}
    notes: dict[str, list[Finding]] = defaultdict(list)
    for at, one in enumerate(findings):
        if one.code == "IC910":
            notes[one.place.file].append(one)
        else:
            others.setdefault((one.place.file, one.values["name"], one.values["found"]) if one.code == "IC911" else (at,), one)
    made = []
    for same in notes.values():
        pairs = dict.fromkeys(f"{one.values['name']} {one.values['found']} → {one.values['measure']}" for one in same)
        made.append(finding("IC910", min(one.place for one in same), pairs=several(list(pairs)[:3], len(pairs))))
    return [*others.values(), *made]


def differing(columns: Iterable[tuple[Column, Sequence[Said]]]) -> Iterator[Finding]:
    """Find columns of which the tree says no unit of measurement, and tables different ones."""
    for column, said in columns:
        if column.reported and read_measure(column.reported) is not None:
            continue
        first = said[0]
        other = next((one for one in said if one.whole == first.whole and differ(one.measure, first.measure)), None)
        if other:
            yield finding(
                "IC912",
                other.place,
                name=column.title,
                heading=other.heading,
                other=first.heading,
                at=str(first.place),
                found=other.measure,
                first=first.measure,
            )
