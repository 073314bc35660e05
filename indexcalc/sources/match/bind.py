"""Data to the tree: which cell of which table is which unit's value of which column in which period.

`match` finds out, with everything that does not fit, in plain Python so that checking costs no numpy.
Units and columns are known by exact names alone; a near miss is a finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ...findings import Finding, Place, errors, finding, nearest, with_label
from ...periods import is_whole, parts_of, read_period
from ...tree.checks.methods import compared_with_a_base, more_than_units
from ...tree.columns import Column
from ...tree.located import Path as KeyPath
from ...tree.model import EVERY, UNITS_SOURCE, Data, Index
from ...words.recognised_data import INDICATOR_HEADINGS, UNIT_HEADINGS
from ..readers.numbers import is_number, word_of
from ..readers.table import Table, name_of
from ..readers.tables import read_tables
from ..unit_table import UnitNames, asked_at, read_units, undeclared_units
from .above import of_one_unit
from .absence import never_there, unused_tables, without_values
from .across import with_split_headings
from .cells import of_units
from .dated import with_one_period
from .elsewhere import filled, read_at_once, second_sources
from .given import absent, merged_values, repeats
from .headings import asked_twice, few, headings_of
from .in_time import in_time
from .keyed import filled_down, keyed, own_heading
from .layout import Layout, beside_indicators, layout_of
from .matched import Matched, Piece, Source, together
from .measures import Said, differing, once_a_file
from .passed import passed_by
from .pieces import indicators_in, pieces_of
from .plausible import implausible
from .totals import totals


def match(
    index: Index,
    base: Path,
    *,
    as_of: str | None = None,
    count: bool = True,
    keep: int | None = None,
    sources: Container[str] | None = None,
) -> Matched:
    """Read the files and ledgers of an index, relative to `base`, and match their cells to its columns.

    Of a ledger the newest version of each department and period counts, up to the moment `as_of` (as `read_moment` gives it).
    Of logs of events only the columns are looked at where they are not to be counted. Parquet tables of more than `keep`
    cells stay in their files: their columns are read and looked at by `panel`. Where `sources` are named no others are read.
    """
    if lacking := [*undeclared_units(index), *_undeclared_data(index)]:
        return Matched(index, findings=lacking)
    units, found, files = read_units(index, base)
    matched = Matched(index, units, findings=found, files=files)
    if units is None:
        return replace(matched, findings=[*found, *unread_files(index, base)])
    at_once = read_at_once(index)

    def matched_of(source: Source) -> Matched:
        if source.data.is_ledger:
            from .submitted import match_ledger

            return match_ledger(source, base, as_of)
        if source.data.events:
            from .counted import match_events

            return match_events(source, base, count=count)
        return _match_files(source, base, None if source.name in at_once else keep)

    asked = [one for one in sources_of(index, units) if sources is None or one.name in sources]
    whole = together([matched, *map(matched_of, asked)])
    for source in second_sources(index, units):
        if sources is None or source.name in sources:
            whole = filled(whole, matched_of(source))
    if sources is None:
        whole = together([whole, Matched(index, units, findings=list(passed_by(index, base)))])
    return checked(whole, every=sources is None)


def unread_files(index: Index, base: Path, *, but: Container[str] = ()) -> list[Finding]:
    """Find files of data that are not there or cannot be read, where what stands in them cannot be judged."""
    found: list[Finding] = []
    for name, data in index.data.items():
        if name not in but and not data.events and not data.is_ledger:
            own = own_heading(index, data)
            _, unread, _ = read_tables(data, base, keys=[own] if own else [])
            found += asked_at(errors(unread), index.place(("data", name, "path")))
    return found


def _undeclared_data(index: Index) -> list[Finding]:
    """Say that nothing says where values come from."""
    return [] if index.data or all(column.source for column in index.columns) else [finding("IC228", index.place(()))]


def sources_of(index: Index, units: UnitNames) -> Iterator[Source]:
    """Yield the sources that the columns of an index are taken from, the units table among them."""
    of_units = Data.model_construct(path=index.units.table, sheet=index.units.sheet, unit=index.units.id, period=EVERY)
    for name in dict.fromkeys(column.source for column in index.columns):
        if data := of_units if name == UNITS_SOURCE else index.data.get(name):
            yield Source.of(index, units, name, data, (at for at, one in enumerate(index.columns) if one.source == name))


def checked(matched: Matched, *, every: bool = True) -> Matched:
    """Add what is found when all is matched: values given twice, rows that are gone, periods without data.

    Which periods there are is known when `every` source has been read, and events have been counted.
    """
    found = [*matched.findings, *repeats(matched)]
    if not errors(found):  # a row that was refused is not gone
        found += [*absent(matched), *without_values(matched)]
        # what stays in files, or in a source that is not read here, may have what others have not
        found += never_there(matched) if every and not matched.later else []
        if matched.index.cumulative:
            found += totals(matched)
    found += [*implausible(matched), *_adjusted_units(matched)]
    if every and not matched.uncounted and not errors(found):
        nothing = [finding("IC360", matched.index.place(("data",), key=True))]
        found += base_periods(matched.index, matched.periods) if matched.periods else nothing
        found += more_than_units(matched.index, len(matched.units.units)) if matched.units else nothing
    return replace(matched, findings=with_label(found, matched.index.units.label))


def _adjusted_units(matched: Matched) -> Iterator[Finding]:
    """Find units that adjustments are for and that there are not."""
    for at, item in enumerate(matched.index.adjustments):
        if item.unit is not None and matched.units is not None and matched.units.find(str(item.unit)) is None:
            place = matched.index.place(("adjustments", at, "unit"))
            yield finding("IC481", place, id=item.id, found=item.unit, near=nearest(str(item.unit), matched.units.known))


def _match_files(source: Source, base: Path, keep: int | None) -> Matched:
    """Read the files of a source and match their tables."""
    index, data = source.index, source.data
    own = own_heading(index, data)
    keys = [own] if own else [*index.units.headings, *UNIT_HEADINGS, *INDICATOR_HEADINGS]
    if data.fill_down or own != data.unit:
        keep = None  # what names a unit is put together of cells that have been read
    tables, unread, files = read_tables(data, base, keys=keys, keep=keep)
    source, tables, unmet = rows_meant(source, tables)
    found = [*words_twice(source), *asked_at(unread, source.place("path")), *unmet]
    matched = match_tables(source, tables) if tables else source.matched()
    return replace(matched, findings=[*found, *matched.findings], files=files)


def words_twice(source: Source) -> Iterator[Finding]:
    """Find words that stand for numbers and are numbers themselves, or mean something else."""
    data = source.data
    said = {word_of(word): key for key in ("missing", "not_applicable") for word in getattr(data, key)}
    yield from _twice(source.index, ("data", source.name), data.numbers, said)
    for owner in dict.fromkeys(column.owner for _, column in source.columns if column.numbers):
        yield from _twice(source.index, source.index.paths[owner], vars(source.index.reported[owner])["numbers"], dict(said))


def _twice(index: Index, path: KeyPath, numbers: Mapping[str, float], said: dict[str, str]) -> Iterator[Finding]:
    """Find the words of one place that are numbers themselves, or mean something else as well."""
    for word in numbers:
        place = index.place((*path, "numbers", word), key=True)
        if is_number(word):
            yield finding("IC851", place, word=word)
        elif other := said.get(word_of(word)):
            yield finding("IC852", place, word=word, key=other)
        said.setdefault(word_of(word), "numbers")


def rows_meant(source: Source, tables: list[Table]) -> tuple[Source, list[Table], list[Finding]]:
    """Return tables with what names their rows in every row, those of `only:` alone, and the source that names them so."""
    tables, unfilled = filled_down(source, tables)
    tables, unmet = rows_asked_for(source, tables)
    source, tables, unnamed = keyed(source, tables)
    return source, tables, [*unfilled, *unmet, *unnamed]


def rows_asked_for(source: Source, tables: list[Table]) -> tuple[list[Table], list[Finding]]:
    """Take the rows that `only:` asks for; it is a finding where no table has the heading, or none such a row."""
    found = []
    for heading, said in source.data.only.items():
        words = {name_of(word) for word in (said if isinstance(said, tuple) else (said,))}
        place = source.place("only", heading)
        known: dict[str, None] = {}
        kept = []
        for table in tables:
            if name_of(heading) not in table.names:
                near, headings = nearest(heading, headings_of(table)), headings_of(table)
                found.append(finding("IC357", place, name=heading, file=table.file, known=headings, near=near))
                continue
            cells = [name_of(cell) for cell in table.named(table.names.index(name_of(heading)))]
            known |= dict.fromkeys(cells)
            rows = [row for row, cell in enumerate(cells) if cell in words]
            kept.append(table.some(rows))
        for word in sorted(words - known.keys()) if kept else ():
            near = nearest(word, known)
            found.append(finding("IC375", place, name=heading, found=word, known=few(known), near=near))
        tables = kept
    return [table for table in tables if table.lines] if source.data.only else tables, found


def base_periods(index: Index, periods: Sequence[str]) -> Iterator[Finding]:
    """Find a base period that has no data: it would leave every score missing."""
    kind = index.periods.kind
    there = set(periods)
    if index.periods.roll_up:
        for larger in index.periods.rolled:
            made = parts_of(periods, kind, larger)
            there |= {period for period, parts in made.items() if is_whole([periods[at] for at in parts], kind, larger)}
    asked = [((*path, "base"), base) for path, method in compared_with_a_base(index) for base in method.bases]
    for path, base in asked:
        place = index.place(path)
        meant = {read_period(base, each) for each in index.periods.kinds}
        if not meant & there:
            yield finding("IC361", place, found=base, known=list(periods))


def match_tables(source: Source, tables: Sequence[Table]) -> Matched:
    """Match the tables of a source to its columns."""
    tables, named = of_one_unit(source, tables)
    parts = [source.matched(findings=named)]
    settled: set[int] = set()  # what is there, or cannot be judged
    headed: set[int] = set()
    indicators: list[str] = []
    idle: list[tuple[Table, Layout]] = []
    for table in (with_split_headings(source, with_one_period(source, one)) for one in tables):
        layout, found = layout_of(source, table)
        if layout is None:
            parts.append(source.matched(findings=found))
            settled |= {at for at, _ in source.columns}  # what the table lacks cannot be judged
            continue
        parts.append(pieces_of(source, table, layout, alone=len(tables) == 1))
        parts.append(source.matched(findings=[*found, *_of_layout(source, table, layout, parts[-1].pieces)]))
        settled |= {piece.column for piece in parts[-2].pieces} | {later.column for later in parts[-2].later}
        idle += [] if parts[-2].pieces or parts[-2].later else [(table, layout)]
        headed |= beside_indicators(source, table, layout).keys()
        indicators += indicators_in(table, layout)
    for at, column in source.columns:
        if at not in settled and column.is_attribute and (attribute := of_units(source, at, column)):
            parts.append(attribute)
            settled.add(at)
    parts.append(
        source.matched(findings=[*_unmet(source, tables, settled, headed, indicators), *_said_twice(source, settled, headed)])
    )
    whole = in_time(together(parts))
    return replace(
        whole, findings=once_a_file([*whole.findings, *differing(_said(source, whole)), *unused_tables(whole, source, idle)])
    )


def _said(source: Source, matched: Matched) -> Iterator[tuple[Column, list[Said]]]:
    """Yield the columns of a source with the units of measurement that its tables say of them."""
    said: dict[int, list[Said]] = defaultdict(list)
    for piece in matched.pieces:
        said[piece.column] += piece.said
    for later in matched.later:
        said[later.column] += later.said
    for at, column in source.columns:
        if len(said[at]) > 1:
            yield column, said[at]


def _of_layout(source: Source, table: Table, layout: Layout, pieces: Sequence[Piece]) -> list[Finding]:
    """Find what is wrong with a table as it was laid out: headings that stand twice, values that are not one unit's."""
    columns = [layout.unit, layout.period, layout.indicator, layout.value, layout.status, *(one.at for one in layout.across)]
    found = asked_twice(source, table, [*columns, *(piece.at for piece in pieces)])
    return [*found, *merged_values(source.index, table, pieces)]


def _unmet(
    source: Source, tables: Sequence[Table], settled: set[int], headed: set[int], indicators: Sequence[str]
) -> Iterator[Finding]:
    """Find the columns that no table has, with the nearest heading or indicator that there is."""
    file = tables[0].file if len(tables) == 1 else source.data.path
    rowless = set()
    shared = _of_one_text(source, settled)
    for at, column in source.columns:
        if at in settled:
            continue
        if at in headed:
            if column.owner not in rowless:  # once for all names of its formula
                rowless.add(column.owner)
                near = next((close for row in column.rows if (close := nearest(row, indicators))), "")
                code, place = "IC344" if near else "IC365", source.index.place_of(column.owner, "column")
                yield finding(code, place, names=column.rows, column=column.owner, file=file, near=near)
            continue
        owners = shared.get((source.index.place_of(column.owner, column.key), column.headers), [column.owner])
        if column.owner != owners[0]:
            continue  # said of the first whose formula this is
        key = {"column": "column", "formula": "formula", "applies": "applies"}.get(column.key)
        place = source.index.place_of(column.owner, key) if key else source.index.place_of(column.owner)
        known = [*indicators, *(heading for table in tables for heading in headings_of(table) if column.rows)]
        near = next((close for header in column.headers if (close := nearest(header, known))), "")
        code = ("IC368" if near else "IC953") if column.rows else ("IC344" if near else "IC365")
        yield finding(code, place, names=column.headers, column=few(owners), file=file, near=near)


def _of_one_text(source: Source, settled: Container[int]) -> dict[tuple[Place, tuple[str, ...]], list[str]]:
    """Return whose columns are missing by where they are named: several indicators may share a formula through an anchor."""
    owners: dict[tuple[Place, tuple[str, ...]], list[str]] = defaultdict(list)
    for at, column in source.columns:
        if at not in settled and column.key in ("formula", "applies"):
            owners[source.index.place_of(column.owner, column.key), column.headers].append(column.owner)
    return {key: names for key, names in owners.items() if key[0].line}


def _said_twice(source: Source, settled: set[int], headed: set[int]) -> Iterator[Finding]:
    """Find `column:` beside a formula: it names the indicator's rows, and says nothing where the values were elsewhere."""
    index = source.index
    elsewhere = [one.owner for at, one in source.columns if one.key == "formula" and at in settled - headed]
    unsure = {one.owner for at, one in source.columns if at in headed or at not in settled}
    for owner in dict.fromkeys(elsewhere):
        if owner not in unsure and getattr(index.by_id[owner], "column", None) is not None:
            yield finding("IC213", index.place_of(owner, "formula"), node=owner, one="column", other="formula")
