"""A report on more units than memory holds, written while it is made: the ranking, every node and stage, dirty events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import IO, Any

from ..scores import Scores
from .files import GRADES_CSV, INPUTS_CSV, RANKING_CSV, SCORES
from .sheets.quarantine import quarantine_files
from .sheets.tables import in_rank_order, ranking_sheet
from .sheets.tidy import csv_bytes, grades_csv, has_grades, has_inputs, inputs_table, nature, sheet_csv, tidy

Write = Callable[[IO[bytes]], object]

_ROWS = 1 << 20  # of scores.parquet in one row group; fixed, so that the same scores give the same bytes everywhere
_NUMBERS = {"raw", "derived", "treated", "score", "rank", "group_rank", "coverage"}  # hardly two are alike: looked up in vain
_RANKED = 50_000  # units of ranking.csv written at once


def block_files(scores: Scores, period: str, language: str) -> dict[str, Write]:
    """Return for each file of a report what writes it. There is no workbook, summary or scores.csv: these have no end."""
    return {
        RANKING_CSV: partial(write_ranking, scores, period, language),
        **({INPUTS_CSV: partial(write_inputs, scores, period, language)} if has_inputs(scores) else {}),
        **({GRADES_CSV: partial(_write, grades_csv(scores, period, language))} if has_grades(scores) else {}),
    }


def panel_files(scores: Scores, language: str) -> dict[str, Write]:
    """Return for each file that holds for the whole panel what writes it."""
    dirty = quarantine_files(scores, language)
    return {
        SCORES: partial(write_scores, scores, language),
        **{name: partial(_write, content) for name, content in dirty.items()},
    }


def write_scores(scores: Scores, language: str, file: IO[bytes]) -> None:
    """Write every node and stage of every period as `tidy` has them, a run of units at a time.

    One block at a time is in memory: no name keeps a table while the next is made, nor is one made ahead.
    """
    import pyarrow.parquet as pq

    def table(period: int, units: slice) -> Any:
        return tidy(scores.part(slice(period, period + 1), units), language)

    nodes, units = len(scores.tree.nodes), len(scores.panel.units)
    step = max(1, _ROWS // nodes)
    schema = table(0, slice(0, 0)).schema
    words = [name for name in schema.names if name not in _NUMBERS]
    with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=words) as writer:
        for period in range(len(scores.periods)):
            for start in range(0, units, step):
                writer.write_table(table(period, slice(start, min(start + step, units))), row_group_size=step * nodes)


def write_ranking(scores: Scores, period: str, language: str, file: IO[bytes]) -> None:
    """Write the ranking of a period as CSV, some units at a time."""
    units = in_rank_order(scores, scores.periods.index(period), scores.tree.root)
    for start in range(0, len(units), _RANKED):
        some = units[start : start + _RANKED]
        sheet = ranking_sheet(scores, period, language, some, numeric=True)
        file.write(sheet_csv(sheet, heading=start == 0, last=nature(scores, language)))


def write_inputs(scores: Scores, period: str, language: str, file: IO[bytes]) -> None:
    """Write what leaves were made of in a period as CSV, some units at a time."""
    at, units = scores.periods.index(period), len(scores.panel.units)
    for start in range(0, units, _RANKED):
        part = scores.part(slice(at, at + 1), slice(start, min(start + _RANKED, units)))
        file.write(csv_bytes(inputs_table(part, period, language), heading=start == 0))


def _write(content: bytes, file: IO[bytes]) -> None:
    file.write(content)
