"""Which periods the texts of data mean, and what is said of those that mean one in a roundabout way, or none surely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ...findings import Finding, Place, finding
from ...periods import EXAMPLES, SINGLE, Kind
from ...tree.columns import Column
from ...tree.model import Index
from ...words.periods import KINDS
from ...words.recognised_data import DAY_HEADINGS, PART_HEADINGS, PERIOD_HEADINGS, TIME_HEADINGS, YEAR_HEADINGS
from ..readers.periods import in_parts, is_unclear, months_meant, said_in
from ..readers.table import Cell, Table, name_of
from .headings import few, position_of
from .matched import Source

Texts = Mapping[str, tuple[Place, int]]
"""Texts that should be periods, each with where it stands first and how many rows say it."""


def periods_meant(source: Source, texts: Texts) -> tuple[dict[str, str], list[Finding]]:
    """Return the periods that some texts mean; those that mean none, and what is to be said of the others, are findings."""
    index, kind = source.index, source.index.periods.kind
    meant: dict[str, str] = {}
    found: list[Finding] = []
    remarks: list[str] = []
    since: list[str] = []
    for text, (place, rows) in texts.items():
        said = said_in(text, kind)
        if said is None:
            found.append(no_period(index, place, text, rows))
        elif said.way == "year as a date":
            found.append(finding("IC925", place, found=text, year=said.period))
        elif said.way == "since" and not_since_january(source):
            since.append(text)
        else:
            meant[text] = said.period
            if said.way in ("marked", "serial") or said.mark:
                remarks.append(text)
    if since:
        names, example = few(column.title for column in not_since_january(source)), EXAMPLES[kind]
        found.append(finding("IC923", texts[since[0]][0], found=few(since), count=len(since), names=names, example=example))
    if remarks:
        read = few(f"{text} ({meant[text]})" for text in remarks)
        found.append(finding("IC920", texts[remarks[0]][0], read=read, count=len(remarks)))
    return meant, found


def not_since_january(source: Source) -> list[Column]:
    """Return the columns of a source of which nothing says whether they are totals since the year began."""
    return [column for _, column in source.columns if not (column.is_attribute or column.cumulative or column.at_end)]


def no_period(index: Index, place: Place, text: str, rows: int = 1) -> Finding:
    """Say that a text is no period of the index's kind."""
    kind = index.periods.kind
    return finding(
        "IC346" if text else "IC364", place, found=text, kind=kind, kind_zh=KINDS[kind], example=EXAMPLES[kind], rows=rows
    )


def unclear_months(
    table: Table, column: int, rows: Sequence[int], owners: Sequence[object]
) -> tuple[dict[int, str], list[Finding]]:
    """Return the months of the rows of a column that are January or October as written, by row, and what is not sure of them.

    A number has lost the zero of 2022.10; text of CSV may have been a number once. Where the months around it do not tell,
    text is read as it stands, with a warning, and a number is not read, nor is what one unit has twice.
    """
    cells = table.named(column)
    texts = [name_of(cells[row]) for row in rows]
    told = months_meant(texts, owners)
    unsure = [i for i, text in enumerate(texts) if is_unclear(text) and i not in told]
    twice = Counter((texts[i], owners[i]) for i in unsure)
    is_text = {i for i in unsure if isinstance(cells[rows[i]], str) and twice[texts[i], owners[i]] == 1}
    meant = {rows[i]: f"{texts[i][:4]}-{month:02}" for i, month in (told | dict.fromkeys(is_text, 1)).items()}
    found = []
    for code, some in (("IC921", [i for i in unsure if i not in is_text]), ("IC922", [] if table.sheet else sorted(is_text))):
        if some:
            text = texts[some[0]]
            found.append(finding(code, table.place(rows[some[0]], column), found=text, year=text[:4], rows=len(some)))
    return meant, found


def months_across(table: Table, headings: Sequence[tuple[int, str, object]]) -> tuple[dict[int, str], list[Finding]]:
    """Return the months of headings that are January or October as written, by column, and what is not sure of them.

    `headings` are columns, what they say of their period, and whose the values below are.
    """
    texts = [text for _, text, _ in headings]
    told = months_meant(texts, [whose for *_, whose in headings])
    meant, found = {headings[i][0]: f"{texts[i][:4]}-{month:02}" for i, month in told.items()}, []
    if unsure := [(at, text) for i, (at, text, _) in enumerate(headings) if is_unclear(text) and i not in told]:
        (at, text), code = unsure[0], "IC921" if table.sheet else "IC922"
        found.append(finding(code, table.header_place(at), found=text, year=text[:4], rows=len(unsure)))
    return meant, found


def unclear_alone(source: Source, numbers: Texts) -> list[Finding]:
    """Find the numbers that are January or October, where the order of rows tells nothing."""
    if source.index.periods.kind != "month":
        return []
    unclear = {text: of for text, of in numbers.items() if is_unclear(text)}
    return [finding("IC921", place, found=text, year=text[:4], rows=rows) for text, (place, rows) in unclear.items()]


def with_one_period(source: Source, table: Table) -> Table:
    """Return a table with one column of periods in place of those in which the year and its parts stand apart."""
    kind, declared = source.index.periods.kind, source.data.period
    if table.stays or not table.columns:
        return table
    headings = declared if isinstance(declared, tuple) else _apart(table, kind) if declared is None else ()
    places = [at for heading in headings if (at := position_of(table, heading, ())) is not None]
    if not headings or len(places) < len(headings):
        return table
    known: dict[tuple[Cell, ...], str] = {}
    cells: list[Cell] = []
    for parts in zip(*(table.named(at) for at in places), strict=True):
        if parts not in known:
            known[parts] = in_parts(parts, kind)
        cells.append(known[parts])
    name, last = joined_heading(headings), places[-1]
    kept = [at for at in range(len(table.names)) if at not in places[:-1]]

    def of(own: Sequence[str], new: str) -> tuple[str, ...]:
        return tuple(new if at == last else own[at] for at in kept)

    return replace(
        table,
        names=of(table.names, name),
        qualified=of(table.qualified, name),
        positions=tuple(table.positions[at] for at in kept),
        columns=tuple(cells if at == last else table.columns[at] for at in kept),
        levels=tuple((name,) if at == last else table.levels[at] for at in kept) if table.levels else (),
    )


def period_headings(kind: Kind) -> tuple[str, ...]:
    """Return the usual headings of a column of periods."""
    return PERIOD_HEADINGS + TIME_HEADINGS * (kind != SINGLE) + DAY_HEADINGS * (kind == "day")


def joined_usual(table: Table) -> Iterator[str]:
    """Yield the headings of columns of periods that were made of two."""
    known = {*PERIOD_HEADINGS, *YEAR_HEADINGS, *chain.from_iterable(PART_HEADINGS.values())}
    for name in table.names:
        if " " in name and {part.casefold() for part in name.split(" ")} <= known:
            yield name


def joined_heading(headings: Iterable[str]) -> str:
    """Return what the column is called that is made of several."""
    return " ".join(map(name_of, headings))


def _apart(table: Table, kind: Kind) -> tuple[str, ...]:
    """Return the headings of a year and of its parts that stand in two columns, where the parts do not say the year as well."""
    names = {name.casefold(): name for name in table.names}
    year = next((names[heading] for heading in YEAR_HEADINGS if heading in names), None)
    part = next((names[heading] for heading in PART_HEADINGS.get(kind, ()) if heading in names), None)
    if year is None or part is None:
        return ()
    pairs = zip(table.named(table.names.index(year)), table.named(table.names.index(part)), strict=True)
    first = next(((one, other) for one, other in pairs if name_of(one) and name_of(other)), None)
    if first is None or said_in(name_of(first[1]), kind) or not said_in(in_parts(first, kind), kind):
        return ()
    return year, part
