"""All files of a period's report, as bytes."""

from __future__ import annotations

from ..scores import Scores
from .markdown import summary
from .quarantine import quarantine_files
from .tables import ranking_sheet, sheets
from .tidy import csv_bytes, parquet_bytes, sheet_csv, tidy
from .words import word
from .xlsx import workbook

RANKING_CSV = "ranking.csv"
RUN = "run.json"


def report_files(scores: Scores, period: str, language: str) -> dict[str, bytes]:
    """Return the files of a report: ranking as CSV and workbook, summary, every node and stage, dirty events."""
    table = tidy(scores, language)
    return {
        RANKING_CSV: sheet_csv(ranking_sheet(scores, period, language)),
        "ranking.xlsx": workbook(sheets(scores, period, language), word("tie", language)),
        "summary.md": summary(scores, period, language).encode(),
        "scores.parquet": parquet_bytes(table),
        "scores.csv": csv_bytes(table),
        **quarantine_files(scores, language),
    }
