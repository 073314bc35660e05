"""Parquet: columns straight from Arrow, numbers as arrays, everything else as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...findings import Finding, finding
from .arrow import cells_of
from .files import kind_of, matching
from .records import header_findings
from .table import Cell, Origin, Table, name_of

if TYPE_CHECKING:
    from ...tree.model import Index


def read_parquet(origin: Origin) -> tuple[list[Table], list[Finding]]:
    """Read one Parquet file, all its row groups."""
    with Path(origin.path).open("rb") as stream:  # so that a file that cannot be opened is told from a damaged one
        head = stream.read(64)
    if not head:
        return [], [finding("IC308", origin.place())]
    kind = kind_of(head)
    if kind not in ("", ".parquet"):
        return [], [finding("IC318", origin.place(), suffix=".parquet", kind=kind)]
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(origin.path)
        schema, rows = file.schema_arrow, file.metadata.num_rows
        stays = origin.keep is not None and rows * len(schema) > origin.keep
        table = schema.empty_table() if stays else file.read()
        columns = [cells_of(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        return [], [origin.damaged(error)]
    found = []
    for field, column in zip(schema, columns, strict=True):
        if column is None:
            found.append(finding("IC321", origin.place(), name=field.name, kind=str(field.type)))
    kept = [index for index, column in enumerate(columns) if column is not None]
    names = tuple(name_of(schema.names[index]) for index in kept)
    about = origin.file, "", origin.period, 0, names, names, tuple(index + 1 for index in kept)
    if stays:
        stored = StoredColumns(origin.path, tuple(schema.names[index] for index in kept))
        made: Table = StoredTable(*about, stored, range(1, rows + 1))
    else:
        made = Table(*about, tuple(column for column in columns if column is not None), range(1, rows + 1))
    return [made], [*header_findings(made), *found]


@dataclass(frozen=True)
class StoredColumns(Sequence[Sequence[Cell]]):
    """The columns of a Parquet file, each read whenever it is asked for."""

    path: str
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, at: Any) -> Any:
        return cells_of(self._read(at))

    def words(self, at: int) -> tuple[Any, list[Cell]]:
        """Return a column as places in a list of its different cells, of which the last is an empty one."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        column = self._read(at)
        column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        whole = column.unify_dictionaries().combine_chunks()
        whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
        cells = cells_of(pa.chunked_array([whole.dictionary]))
        words = [] if cells is None else [None if cell != cell else cell for cell in cells]  # noqa: PLR0124 - a gap among numbers
        return np.asarray(pc.fill_null(whole.indices, len(words))).astype(np.int64), [*words, None]

    def _read(self, at: int) -> Any:
        import pyarrow.parquet as pq

        name = self.names[at]
        return pq.ParquetFile(self.path).read(columns=[name]).column(name)


class StoredTable(Table):
    """A table whose cells stay in their Parquet file: each column is read anew whenever it is asked for."""

    columns: StoredColumns

    @property
    def stays(self) -> bool:
        return True


def cells_stored(index: Index, base: Path) -> int:
    """Count the cells of Parquet files that an index asks for, by what the files say of themselves; 0 for what is none."""
    cells = 0
    for name, source in index.data.items():
        if source.is_ledger or not source.path.endswith(".parquet"):
            continue
        import pyarrow as pa
        import pyarrow.parquet as pq

        wanted = sum(column.source == name for column in index.columns)
        for file, _ in matching(source.path.replace("\\", "/"), str(base)):
            try:
                known = pq.read_metadata(base / file)
            except (pa.ArrowException, OSError):  # found out again, with its words, when it is read
                continue
            cells += known.num_rows * min(wanted, known.num_columns)
    return cells
