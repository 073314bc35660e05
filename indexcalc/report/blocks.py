"""A report on more units than memory holds, written while it is made: the ranking, every node and stage, dirty events."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Any

from ..scores import Scores
from .files import GRADES_CSV, RANKING_CSV, SCORES
from .sheets.quarantine import quarantine_files
from .sheets.tables import in_rank_order, ranking_sheet
from .sheets.tidy import grades_csv, has_grades, sheet_csv, tidy

Write = Callable[[IO[bytes]], object]

_ROWS = 1 << 20  # of scores.parquet in one row group; fixed, so that the same scores give the same bytes everywhere
_NUMBERS = {"raw", "derived", "treated", "score", "rank", "group_rank", "coverage"}  # hardly two are alike: looked up in vain
_RANKED = 50_000  # units of ranking.csv written at once


def block_files(scores: Scores, period: str, language: str) -> dict[str, Write]:
    """Return for each file of a report what writes it. There is no workbook, summary or scores.csv: these have no end."""
    return {
        RANKING_CSV: partial(write_ranking, scores, period, language),
        **({GRADES_CSV: partial(_write, grades_csv(scores, period, language))} if has_grades(scores) else {}),
    }


def panel_files(scores: Scores, language: str) -> dict[str, Write]:
    """Return for each file that holds for the whole panel what writes it."""
    dirty = quarantine_files(scores, language)
    return {
        SCORES: partial(write_scores, scores, language),
