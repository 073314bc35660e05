"""The units table: what is scored, and every name that data may call it by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ..findings import Finding, Place, finding, nearest
from ..tree.checks.methods import in_each_way
from ..tree.grouped import grouped
from ..tree.model import Data, Index
from ..units import Units
from .readers.records import has_repeated, repeated
from .readers.table import Cell, Table, as_written, closed, name_of, unmarked
from .readers.tables import read_tables
from .unit_times import KEYS, read_times

_SEPARATORS = str.maketrans("；、|", ";;;")  # a comma is part of a name: Egypt, Arab Rep.


_FLOAT = r"\s*[0-9]+\.0\s*"  # 110101.0
_CIRCLED = r"\s*[①-⓿]+\s*$"
_SHORTEST = 2  # letters of a name that others are looked for by


class UnitNames(NamedTuple):
    """The units, which of them each id, name and alias means, and the rows of the table that list them.

    Places share names: there is a Clay County in many states. A name of several units means none of them; it is in `shared`.
    """

    units: Units
    known: dict[str, int]
    shared: dict[str, list[int]]
    table: Table
    rows: Sequence[int]

    def find(self, cell: Cell) -> int | None:
        """Return the unit that a cell names by id, name or alias, a footnote mark or .0 behind it left aside."""
        if (unit := self.known.get(name_of(cell))) is not None or not isinstance(cell, str):
            return unit
        shorter = cell.strip().removesuffix(".0") if re.fullmatch(_FLOAT, cell) else re.sub(_CIRCLED, "", str(unmarked(cell)))
        return self.known.get(name_of(shorter), self.known.get(closed(name_of(shorter))))

    @property
    def every_name(self) -> list[set[str]]:
        """Every id, name and alias of each unit, those that several share too."""
        names: list[set[str]] = [set() for _ in self.units.ids]
        for name, unit in self.known.items():
            names[unit].add(name)
        for name, units in self.shared.items():
            for unit in units:
                names[unit].add(name)
        return names

    def like(self, name: str) -> list[int]:
        """Return the units that a name could stand for by what their names begin with, or by a part of one at a comma."""
        if len(name) < _SHORTEST:
            return []
        like = (at for known, at in self.known.items() if known.startswith(name) or ("," in known and name in _parts(known)))
        return list(dict.fromkeys(like))

    def whole(self, name: str) -> str:
        """Return the name that another is a part of at a comma, if there is one."""
        return next((known for known in self.known if "," in known and name in _parts(known)), "")

    def sharing(self, name: str) -> str:
        """Return the ids of the first few of the units that share a name."""
        return self.some(self.shared[name])

    def some(self, units: Sequence[int]) -> str:
        """Return the ids of the first few of some units."""
        ids = [self.units.ids[unit] for unit in units]
        return ", ".join(ids[:5]) + (" …" if len(ids) > 5 else "")


def undeclared_units(index: Index) -> list[Finding]:
    """Say that nothing says which units are scored."""
    if index.units.table:
        return []
    path, key = (("units",), "table") if "units" in index.model_fields_set else ((), "units")
    return [finding("IC131", index.place(path), key=key, label=index.units.label)]


def read_units(index: Index, base: Path) -> tuple[UnitNames | None, list[Finding], list[Path]]:
    """Read the units table of an index; nothing where it cannot be used."""
    block = index.units
    if lacking := undeclared_units(index):
        return None, lacking, []
    wanted = Data.model_construct(path=block.table, sheet=block.sheet)
    tables, found, files = read_tables(wanted, base, keys=[block.id])
    found = [one for one in asked_at(found, index.place(("units", "table"))) if one.code != "IC309"]  # here it is an error
    if not tables:
        return None, found, files
    table = tables[0]
    if name_of(block.id) not in table.names:
        place = index.place(("units", "id")) if "id" in block.model_fields_set else index.place(("units", "table"))
        headings = [name for name in table.names if name]
        found.append(finding("IC352", place, name=block.id, file=table.file, known=headings, first=next(iter(headings), "")))
        return None, found, files
    headings = [name for name in table.names if name]
    for key in block.model_fields_set & {"name", "name_en", "group", "aliases", *KEYS}:
        if name_of(name := getattr(block, key)) not in headings:
            found.append(finding("IC359", index.place(("units", key)), name=name, file=table.file, known=headings))
    if has_repeated(table):
        found += repeated(table, _asked_names(index))
    units, problems = units_in(index, table)
    return units, [*found, *problems], files


def _asked_names(index: Index) -> set[str]:
    """Return the headings of the units table that anything may ask for."""
    block = index.units
    asked = {getattr(block, key) for key in ("id", "name", "name_en", "group", "aliases", "level", "parent", *KEYS)}
    asked |= {*_asked_columns(index), *(header for column in index.columns for header in column.headers)}
    return {name_of(name) for name in asked if name}


def units_in(index: Index, table: Table) -> tuple[UnitNames | None, list[Finding]]:
    """Read the units of a table with a column of ids; nothing where there are none."""
    block = index.units
    position = {name: column for column, name in enumerate(table.names) if name}

    def column(key: str) -> list[str]:
        at = position.get(name_of(getattr(block, key)))
        return [name_of(cell) for cell in table.named(at)] if at is not None else [""] * len(table.lines)

    keys = ("id", "name", "name_en", "group", "aliases", *(("level", "parent") if block.level else ()))
    whole = {key: column(key) for key in keys}
    ids = position[name_of(block.id)]
    said_once = {key: cells for key, cells in whole.items() if key != "name_en"}
    rows, found = _first_rows(table, ids, {str(getattr(block, key)): cells for key, cells in said_once.items()})
    if not rows:
        return None, [*found, finding("IC354", table.header_place(ids))]
    fields = {key: tuple(cells[row] for row in rows) for key, cells in whole.items()}
    attributes: dict[str, list[Cell]] = {name: [table.columns[at][row] for row in rows] for name, at in position.items()}
    attributes |= {asked: attributes[name_of(asked)] for asked in _asked_columns(index) if name_of(asked) in attributes}
    levels, parents, misplaced = _levels(index, table, rows, fields["id"], position)
    found += misplaced
    groups = fields["group"] if name_of(block.group) in position else ()
    written = tuple(as_written(table.columns[ids][row]) for row in rows)
    times, untimely = read_times(index, table, rows, fields["id"], position)
    found += untimely
    units = Units(written, fields["name"], fields["name_en"], groups, attributes, levels, parents, *times)
    said = {key: position.get(name_of(getattr(block, key)), 0) for key in ("name", "name_en", "aliases")}
    known, shared, ambiguous = _names(units, fields["aliases"], table, rows, said)
    found += [*ambiguous, *_check_columns(index, units, table.file)]
    return UnitNames(units, known, shared, table, rows), found


def asked_at(found: Sequence[Finding], place: Place) -> list[Finding]:
    """Put findings of files that are not there where the tree asks for them: that is what will be corrected."""
    return [replace(one, place=place) if one.code in ("IC301", "IC302", "IC651") and place.file else one for one in found]


def _levels(
    index: Index, table: Table, rows: Sequence[int], ids: Sequence[str], at: dict[str, int]
) -> tuple[tuple[str, ...], tuple[int, ...], list[Finding]]:
    """Return each unit's level and the place of the unit that it is part of, where the table has several levels."""
    block = index.units
    if block.level is None:
        return (), (), []
    absent = [key for key in ("level", "parent") if name_of(str(getattr(block, key))) not in at]
    if absent:
        known = [name for name in table.names if name]
        place = index.place(("units", absent[0] if absent[0] in block.model_fields_set else "level"))
        return (), (), [finding("IC359", place, name=getattr(block, absent[0]), file=table.file, known=known)]
    position = {unit: place for place, unit in enumerate(ids)}
    parent_column = at[name_of(block.parent)]
    levels = tuple(name_of(table.columns[at[name_of(block.level)]][row]) for row in rows)
    named = [name_of(table.columns[parent_column][row]) for row in rows]
    parents = tuple(position.get(name, -1) for name in named)
    found = [
        finding("IC370", table.place(row, parent_column), unit=ids[i], parent=name, near=nearest(name, position))
        for i, (row, name) in enumerate(zip(rows, named, strict=True))
        if name and name not in position
    ]
    for i, row in enumerate(rows):
        above, seen = parents[i], {i}
        while above >= 0 and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == i:
            found.append(finding("IC371", table.place(row, parent_column), unit=ids[i]))
        elif alike := [one for one in seen - {i} if levels[one] == levels[i]]:
            found.append(finding("IC373", table.place(row, parent_column), unit=ids[i], level=levels[i], above=ids[min(alike)]))
    if block.score is not None and block.score not in levels:
        known = list(dict.fromkeys(levels))
        found.append(finding("IC372", index.place(("units", "score")), found=block.score, known=known))
    found += _unknown_levels(index, list(dict.fromkeys(levels)))
    places = [table.place(row, at[name_of(block.level)]) for row in rows]
    return levels, parents, [*found, *_scored_from_below(index, ids, levels, parents, places)]


def _unknown_levels(index: Index, known: Sequence[str]) -> Iterator[Finding]:
    """Find levels that indicators or names of levels speak of and that no unit stands on."""
    asked: list[tuple[tuple[str | int, ...], Sequence[str]]] = [(("units",), list(index.units.levels))]
    asked += [
        ((*path, "levels"), vars(owner).get("levels", ())) for path, owner in ((("defaults",), index.defaults), *index.walked)
    ]
    for path, names in asked:
        for at, name in enumerate(names):
            if name not in known:
                place = index.place(("units", "levels", name), key=True) if path == ("units",) else index.place((*path, at))
                yield finding("IC486", place, found=name, known=known)


def _scored_from_below(
    index: Index, ids: Sequence[str], levels: Sequence[str], parents: Sequence[int], places: Sequence[Place]
) -> Iterator[Finding]:
    """Find nodes made of scores from a level that there is not, and units of one level whose parts are of several."""
    asked = {name: node.score_over_units for name, node in index.by_id.items() if node.score_over_units}
    for name, choice in asked.items():
        if choice.from_ is not None and choice.from_ not in levels:
            place, known = index.place_of(name, "score_over_units", "from"), list(dict.fromkeys(levels))
            yield finding("IC843", place, node=name, found=choice.from_, known=known, near=nearest(choice.from_, known))
    first: dict[str, int] = {}
    for i, above in enumerate(parents if asked else ()):
        if above >= 0:
            other = levels[first.setdefault(levels[above], i)]
            if levels[i] != other and levels[i] != levels[above]:
                yield finding("IC844", places[i], unit=ids[i], level=levels[above], found=levels[i], wanted=other)
                return


def _first_rows(table: Table, id_column: int, fields: Mapping[str, list[str]]) -> tuple[list[int], list[Finding]]:
    """Return the first row of each unit, which may be repeated as it is, as in a table of several periods, but not otherwise.

    `fields` are cells by their headings, the ids first.
    """
    first: dict[str, int] = {}
    found = []
    for row, unit in enumerate(next(iter(fields.values()))):
        if not unit:
            found.append(finding("IC353", table.place(row, id_column)))
        elif unit not in first:
            first[unit] = row
        elif names := [name for name, cells in fields.items() if cells[row] != cells[first[unit]]]:
            line = table.lines[first[unit]]
            found.append(finding("IC355", table.place(row, id_column), unit=unit, line=line, names=names))
    return list(first.values()), found


def _names(
    units: Units, aliases: Sequence[str], table: Table, rows: Sequence[int], said: dict[str, int]
) -> tuple[dict[str, int], dict[str, list[int]], list[Finding]]:
    """Return what each name means, the names that several units share, and the ids and aliases that clash with another's."""
    owners: dict[str, dict[int, None]] = defaultdict(dict)
    for names in (units.names, units.names_en):
        for at, name in enumerate(names):
            owners[name][at] = None
    owners.pop("", None)
    known: dict[str, int] = {name_of(unit): at for at, unit in enumerate(units.ids)}
    following = {name: next(iter(own)) for name, own in owners.items() if len(own) > 1 and own.keys() <= units.namesakes.keys()}
    known = following | known  # of those that had a name one after the other the period says which is meant
    shared = {name: list(own) for name, own in owners.items() if len(own) > 1 and name not in known}
    found = []
    for at, row in enumerate(rows):
        others = [("aliases", part) for part in _split(aliases[at])]
        for key, name in (("name", units.names[at]), ("name_en", units.names_en[at]), *others):
            if name in shared or name in following:
                other = at if at in owners[name] else next(iter(owners[name]))
            else:
                other = known.setdefault(name, at) if name else at
            if other != at:
                place = table.place(row, said[key])
                found.append(finding("IC343", place, name=name, one=units.ids[other], other=units.ids[at]))
    return known, shared, [*found, *_of_two(units, aliases, table, rows, said["aliases"])]


def _of_two(units: Units, aliases: Sequence[str], table: Table, rows: Sequence[int], column: int) -> Iterator[Finding]:
    """Find aliases that are what another unit's name begins with, before a comma or bracket: there are two Congos."""
    bases: dict[str, list[int]] = defaultdict(list)
    for names in (units.names, units.names_en):
        for at, name in enumerate(names):
            if (base := _base(name)) != name:
                bases[base].append(at)
    for at, row in enumerate(rows if bases else ()):
        for alias in _split(aliases[at]):
            if others := [other for other in bases.get(alias, ()) if other != at]:
                other = units.names[others[0]] or units.names_en[others[0]]
                yield finding("IC393", table.place(row, column), name=alias, unit=units.ids[at], other=other)


def _split(aliases: str) -> list[str]:
    return [part.strip() for part in aliases.translate(_SEPARATORS).split(";")]


def _parts(name: str) -> list[str]:
    return [part.strip() for part in name.split(",")]


def _base(name: str) -> str:
    return re.split(r"\s*[,(（]", name, maxsplit=1)[0]


def _asked_columns(index: Index) -> dict[str, Place]:
    """Return the columns of the units table that the index speaks of elsewhere, and where it does."""
    asked = {index.ranking.within: index.place(("ranking", "within"))} if index.ranking.within else {}
    owners: list[tuple[tuple[str | int, ...], Any]] = [(("defaults",), index.defaults), *index.walked]
    for path, owner in owners:
        impute = getattr(owner, "impute", None)
        if impute is not None and impute.by:
            asked.setdefault(impute.by, index.place((*path, "impute", "by")))
        shrink = getattr(owner, "shrink", None)
        if shrink is not None:
            asked.setdefault(shrink.within, index.place((*path, "shrink", "within")))
        residual = getattr(owner, "residual", None)
        if residual is not None and residual.within:
            asked.setdefault(residual.within, index.place((*path, "residual", "within")))
    for one in grouped(index):
        asked.setdefault(one.by, index.place((*one.path, "by")))
    return asked


def _check_columns(index: Index, units: Units, file: str) -> list[Finding]:
    """Find the columns of the units table that the index speaks of elsewhere and that are not there."""
    known = list(units.attributes)
    found = []
    for name, place in _asked_columns(index).items():
        group = name == "group" and bool(units.groups)
        if not group and name_of(name) not in units.attributes:
            found.append(finding("IC359", place, name=name, file=file, known=known))
    over = index.defaults.normalise.over
    needs_group = [one for one in index.leaves if "group" in (one.normalise.over if one.normalise else over, one.share)]
    if needs_group and not units.groups:
        place = index.place_of(needs_group[0].id)
        found.append(finding("IC359", place, name=index.units.group, file=file, known=known))
    return [*found, *_check_groups(index, units), *_check_of_units(index, units)]


def _check_of_units(index: Index, units: Units) -> Iterator[Finding]:
    """See that the units whose values stand in a method for a number are there."""
    owners: list[tuple[tuple[str | int, ...], Any]] = [(("index",), index.index), (("defaults",), index.defaults), *index.walked]
    for path, owner in owners:
        choice = getattr(owner, "normalise", None)
        for own in in_each_way(choice) if choice is not None else ():
            for name, unit in own.of_units.items():
                if units.called(unit) is None:
                    near = nearest(unit, [*units.ids, *units.names])
                    yield finding("IC150", index.place((*path, "normalise", name)), key=name, unit=unit, near=near)


def _check_groups(index: Index, units: Units) -> Iterator[Finding]:
    """See that what differs by groups of units says what holds for each of them, and names none that there is not."""
    for one in grouped(index):
        if not units.groups if one.by == "group" else one.by not in units.attributes:
            continue
        labels = [label for label in dict.fromkeys(units.labels(one.by)) if label or not units.levels]
        without = [label for label in labels if one.among(label) is None]
        if without:
            yield finding("IC148", index.place(one.path), key=one.key, by=one.by, groups=without)
        if unknown := [label for label in one.of if label not in labels]:
            yield finding("IC149", index.place(one.path), key=one.key, by=one.by, groups=unknown, known=labels)
