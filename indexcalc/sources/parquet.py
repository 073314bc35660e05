"""Parquet: columns straight from Arrow, numbers as arrays, everything else as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ..findings import Finding, finding
from .records import header_findings
from .tables import Cell, Origin, Table, kind_of, name_of, text_of


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
        arrow = pq.ParquetFile(origin.path).read()
        columns = [_column(pa, column) for column in arrow.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        return [], [finding("IC305", origin.place(), problem=_first_line(error))]
    found = []
    for field, column in zip(arrow.schema, columns, strict=True):
        if column is None:
            found.append(finding("IC321", origin.place(), name=field.name, kind=str(field.type)))
    kept = [index for index, column in enumerate(columns) if column is not None]
    names = tuple(name_of(arrow.schema.names[index]) for index in kept)
    table = Table(
        origin.file,
        "",
        origin.period,
        0,
        names,
        names,
        tuple(index + 1 for index in kept),
        tuple(column for column in columns if column is not None),
        range(1, arrow.num_rows + 1),
    )
    return [table], [*header_findings(table), *found]


def _column(pa: Any, column: Any) -> Sequence[Cell] | None:
    """Return a column as an array of floats or a list of text; nothing where a cell is not one value."""
    kinds = pa.types
    kind = column.type
    if kinds.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if kinds.is_integer(kind):
        try:
            return _floats(pa, column)
        except pa.ArrowInvalid:  # identifiers too long for a float keep every digit
            return list(column.to_pylist())
    if kinds.is_floating(kind) or kinds.is_boolean(kind):
        return _floats(pa, column)
    if kinds.is_decimal(kind):  # Arrow's own cast multiplies, and may miss the nearest float by one step
        import numpy as np

        exact: Any = np.array([np.nan if value is None else float(value) for value in column.to_pylist()], dtype=float)
        return cast("Sequence[Cell]", exact)
    if kinds.is_timestamp(kind):
        return [text_of(value) for value in column.cast(pa.timestamp("us", tz=kind.tz), safe=False).to_pylist()]
    if kinds.is_date(kind) or kinds.is_time(kind):
        return [text_of(value) for value in column.to_pylist()]
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind) or kinds.is_null(kind):
        return list(column.to_pylist())
    return None


def _floats(pa: Any, column: Any) -> Sequence[Cell]:
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return cast("Sequence[Cell]", column.cast(pa.float64()).to_numpy())


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
