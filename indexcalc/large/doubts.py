"""What is not there at all among values that stay where they are, and what was most likely not meant: asked by queries.

The rules are those of `sources.match`. Counts by period and unit come here; values themselves a few columns at a time, as many as
there are units and periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, finding
from ..sources.match.absence import absent_in, units_by_files
from ..sources.match.headings import few
from ..sources.match.matched import Keys, Matched, Piece
from ..sources.match.measures import Said
from ..sources.match.plausible import late
from ..sources.readers.table import Table
from ..tree.model import UNITS_SOURCE

if TYPE_CHECKING:
    from ..tree.columns import Column

_CELLS = 8_000_000  # that are fetched together
_FEW = 8  # units that are named


@dataclass(frozen=True)
class Held:
    """Values that an engine holds: a row for each unit and period by number, and of each column in files its file and measure."""

    matched: Matched
    table: Any
    periods: tuple[str, ...]
    files: Mapping[int, str]
    said: Mapping[int, Said]

    def column(self, at: int) -> Column:
        """Return a column of the index by its place."""
        return self.matched.index.columns[at]

    def there(self, columns: Sequence[int]) -> Any:
        """Say of each row whether any of some columns has a value, or does not apply."""
        table, parts = self.table, []
        for at in columns:
            parts.append(table[f"value {at}"].notnull())
            if f"silent {at}" in table.columns:
                parts.append(table[f"silent {at}"].fill_null(False))
        return reduce(lambda one, other: one | other, parts)


def absent(held: Held) -> Iterator[Finding]:
    """Find columns without a value in a whole period, and units without a value in any."""
    columns = [at for at in held.files if not held.column(at).is_attribute]
    if not columns:
        return
    counted = held.table.group_by("period").aggregate(**{f"n {at}": held.there([at]).sum() for at in columns}).to_pyarrow()
    rows = {row["period"]: row for row in counted.to_pylist()}
    for at in columns:
        lacking = [period for place, period in enumerate(held.periods) if not rows.get(place, {}).get(f"n {at}")]
        if len(lacking) < len(held.periods) or held.column(at).key != "formula":
            yield from absent_in(held.matched, at, lacking, {})
    yield from _never_there(held, columns)
    yield from _never_beside(held, columns)


def _never_there(held: Held, columns: Sequence[int]) -> Iterator[Finding]:
    index, units = held.matched.index, held.matched.units
    assert units is not None
    if all(getattr(index.reported[held.column(at).owner], "applies", None) for at in columns):
        return
    known = [int(name.removeprefix("value ")) for name in held.table.columns if name.startswith("value ")]
    others = [at for at in known if held.column(at).source != UNITS_SOURCE and not held.column(at).is_attribute]
    taken = {"own": held.there(columns).any(), "any": held.there(others).any()}
    gone = held.table.group_by("unit").aggregate(**taken)
    gone = gone.filter(~gone["own"])
    counts = gone.group_by("any").aggregate(count=gone.count()).to_pyarrow().to_pylist()
    files = list(dict.fromkeys(held.files[at] for at in columns))
    for row in sorted(counts, key=lambda row: bool(row["any"])):
        first = gone.filter(gone["any"] == row["any"]).order_by("unit").limit(_FEW + 1).to_pyarrow().column("unit").to_pylist()
        shown = few([units.units.title(unit) for unit in first])
        code = "IC396" if row["any"] else "IC395"
        yield finding(code, Place(files[0]), units=shown, count=row["count"], files=few(files))


def _never_beside(held: Held, columns: Sequence[int]) -> Iterator[Finding]:
    """Find units without a value in files that were read beside, though others have some."""
    import ibis

    assert held.matched.units is not None
    units, beside = held.matched.units.units, units_by_files(held.matched)
    for files, known in beside.items():
        own = {units.levels[unit] for unit in known} if units.levels else set()
        lacks = [unit for unit in range(len(units)) if unit not in known and (not own or units.levels[unit] in own)]
        if lacks:
            there = held.table.filter(held.there(columns)).semi_join(ibis.memtable({"unit": lacks}), "unit")
            some = set(there.select("unit").distinct().to_pyarrow().column("unit").to_pylist())
            gone = sorted(some.union(*beside.values()) - known)
            gone = [unit for unit in gone if not own or units.levels[unit] in own]
            if gone:
                yield finding("IC396", Place(files[0]), units=few(map(units.title, gone)), count=len(gone), files=few(files))


def doubtful(held: Held) -> Iterator[Finding]:
    """Find the values that are most likely not what was meant, in columns of numbers of files."""
    columns = [at for at in held.files if held.column(at).key != "applies" and not held.column(at).words]
    assert held.matched.units is not None
    step = max(1, _CELLS // max(1, len(held.periods) * len(held.matched.units.units)))
    for start in range(0, len(columns), step):
        some = columns[start : start + step]
        rows = held.table.select("period", "unit", *(f"value {at}" for at in some)).to_pyarrow()
        for at in some:
            yield from _of_column(held, at, rows)


def _of_column(held: Held, at: int, rows: Any) -> list[Finding]:
    import numpy as np

    values = rows.column(f"value {at}").to_numpy(zero_copy_only=False).astype(float)
    period, unit = (rows.column(name).to_numpy().astype(np.int64) for name in ("period", "unit"))
    order = np.lexsort((unit, period))
    order = order[~np.isnan(values[order])]
    keys = Keys(order, held.periods, period[order], unit[order], np.empty(0, dtype=np.int64))
    column, said = held.column(at), held.said.get(at)
    table = _Rowless(held.files[at], "", None, 0, (column.title,), (column.title,), (1,), (), ())
    measured = (said,) if said else ()
    piece = Piece(at, table, 0, range(len(order)), (), (), values[order], (), said=measured)
    return late(held.matched, [(piece, keys)])


class _Rowless(Table):
    """A table whose rows have no numbers: a finding names the file."""

    def place(self, row: int, column: int) -> Place:
        del row, column
        return Place(self.file)
