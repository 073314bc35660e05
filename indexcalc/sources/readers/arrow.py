"""Columns of Arrow as cells: numbers as arrays, everything else as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from .table import Cell, text_of


def cells_of(column: Any) -> Sequence[Cell] | None:
    """Return a column as an array of floats or a list of text; None where a cell is not a single value."""
    import pyarrow as pa

    kinds = pa.types
    kind = column.type
    if kinds.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if kinds.is_integer(kind):
        try:
            return _floats(column)
        except pa.ArrowInvalid:  # identifiers too long for a float keep every digit
            return list(column.to_pylist())
    if kinds.is_floating(kind) or kinds.is_boolean(kind):
        return _floats(column)
    if kinds.is_decimal(kind):  # Arrow's own cast multiplies, and may miss the nearest float by one step
        import numpy as np

        exact: Any = np.array([np.nan if value is None else float(value) for value in column.to_pylist()], dtype=float)
        return cast("Sequence[Cell]", exact)
    if kinds.is_timestamp(kind):
        return [text_of(value) for value in column.cast(pa.timestamp("us", tz=kind.tz), safe=False).to_pylist()]
    if kinds.is_duration(kind):
        return [text_of(value) for value in column.cast(pa.duration("us"), safe=False).to_pylist()]
    if kinds.is_date(kind) or kinds.is_time(kind):
        return [text_of(value) for value in column.to_pylist()]
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind) or kinds.is_null(kind):
        return list(column.to_pylist())
    return None


def _floats(column: Any) -> Sequence[Cell]:
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return cast("Sequence[Cell]", column.cast(pa.float64()).to_numpy())
