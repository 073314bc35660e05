"""DataFrames of pandas, polars, Arrow and their kin, read into a table that knows the row and column of every cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ...findings import Finding, Place, finding
from ...periods import WITHOUT_DAYS, Kind, period_of, read_period
from .arrow import cells_of
from .table import Cell, Table, name_of, text_of

_NO_VALUES = ("NAType", "NaTType")
Labelled = tuple[Any, int, Any]
"""A column of a frame, or a level of its index: what it is called, its position, which is 0 for a level, and its values."""


def read_frame(frame: Any, kind: Kind) -> tuple[Table, list[Finding]]:
    """Read a frame, its dates as periods of a kind; the levels of a pandas index come first, their names may be empty.

    :raises TypeError: when it is no frame.
    """
    file = type(frame).__name__
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        frame, lines = _periods_into_rows(frame, kind)
        labelled = _of_pandas(frame)
    elif hasattr(frame, "__arrow_c_stream__"):
        import pyarrow as pa

        whole = pa.table(frame)
        lines = range(1, whole.num_rows + 1)
        labelled = ((name, at + 1, whole.column(at)) for at, name in enumerate(whole.column_names))
    else:
        raise TypeError(f"a DataFrame is wanted, not {file}")
    columns = [(*_names_of(label, kind), position, _cells(values, kind), values) for label, position, values in labelled]
    read = [(name, qualified, position, cells) for name, qualified, position, cells, _ in columns if cells is not None]
    names, qualified, positions, cells = zip(*read, strict=True) if read else ((), (), (), ())
    table = Table(file, "", None, 0, names, qualified, positions, cells, lines)
    unread = [
        finding("IC321", Place(file, "", 0, position), name=name, kind=str(getattr(values, "type", None) or values.dtype))
        for name, _, position, cells, values in columns
        if cells is None
    ]
    return table, unread


def _of_pandas(frame: Any) -> Iterator[Labelled]:
    """Yield the levels of the index that say something, and the columns."""
    for at, name in enumerate(frame.index.names):
        if name is not None or type(frame.index).__name__ != "RangeIndex":
            yield name, 0, frame.index.get_level_values(at).to_series()
    for at, name in enumerate(frame.columns):
        yield name, at + 1, frame.iloc[:, at]


def _periods_into_rows(frame: Any, kind: Kind) -> tuple[Any, Sequence[int]]:
    """Put into rows the periods that are one of two levels of headings; return the number of each row in the frame as well."""
    lines = range(1, len(frame) + 1)
    for level in range(frame.columns.nlevels if frame.columns.nlevels == 2 and kind != "single" else 0):
        labels = list(frame.columns.unique(level))
        if all(read_period(name_of(_cell(label, kind)), kind) for label in labels):
            names = ["period" if at == level else name for at, name in enumerate(frame.columns.names)]
            stacked = frame.set_axis(frame.columns.set_names(names), axis=1).stack(level, future_stack=True)
            return stacked, [line for line in lines for _ in labels]
    return frame, lines


def _names_of(label: Any, kind: Kind) -> tuple[str, str]:
    """Return a column's name, and that with the headings above it."""
    parts = [name_of(_cell(part, kind)) for part in (label if isinstance(label, tuple) else (label,))]
    filled = list(dict.fromkeys(filter(None, parts)))
    return (filled[-1] if filled else ""), "/".join(filled)


def _cells(values: Any, kind: Kind) -> Sequence[Cell] | None:
    """Return a column as cells; None where its values are not single ones."""
    import pyarrow as pa

    column = values
    if not isinstance(values, pa.ChunkedArray):
        if str(values.dtype) == "object" or str(values.dtype).startswith("period"):
            return [_cell(value, kind) for value in values]
        made = pa.array(values, from_pandas=True)
        column = made if isinstance(made, pa.ChunkedArray) else pa.chunked_array([made])
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        exact = column.cast(pa.timestamp("us", tz=getattr(column.type, "tz", None)), safe=False)
        return [_cell(value, kind) for value in exact.to_pylist()]
    return cells_of(column)


def _cell(value: Any, kind: Kind) -> Cell:
    """Return a value of Python or pandas as a cell: a gap as none, a date as the period that it falls in."""
    name = type(value).__name__
    if value is None or name in _NO_VALUES:
        return None
    if name == "Period":
        return _period_text(value, kind)
    if hasattr(value, "item"):  # a number or time of numpy
        value = value.item()
    if isinstance(value, dt.date):
        return text_of(value) if kind in WITHOUT_DAYS else period_of(value, kind)
    if isinstance(value, (bool, Decimal)):
        return float(value)
    return None if value != value else text_of(value)  # noqa: PLR0124 - a gap among other things


def _period_text(period: Any, kind: Kind) -> str:
    """Return a pandas period as text; weeks that begin on Monday as those of the calendar."""
    if kind == "week" and period.freqstr == "W-SUN":
        return period_of(period.start_time.date(), kind)
    return str(period)
