"""All files of a period's report, as bytes."""

from __future__ import annotations

from ..analysis.warning import warnings
from ..scores import Scores
from ..words.reports import word
from .formats.markdown import summary
from .formats.xlsx import workbook
from .sheets.quarantine import quarantine_files
from .sheets.tables import MOST_ROWS, ranking_sheet, sheets, shortened
from .sheets.tidy import csv_bytes, parquet_bytes, sheet_csv, tidy
from .sheets.warnings import warnings_sheet

RANKING_CSV = "ranking.csv"
WARNINGS_CSV = "warnings.csv"
RUN = "run.json"


def report_files(scores: Scores, period: str, language: str) -> dict[str, bytes]:
    """Return the files of a report: ranking as CSV and workbook, summary, every node and stage, warnings, dirty events."""
    table = tidy(scores, language)
    title = f"{scores.index.index.title(language)} · {period}"
    judged = warnings(scores)
    warned = [warnings_sheet(scores, judged, period, language)] if judged else []
    short = [shortened(sheet, MOST_ROWS, language, WARNINGS_CSV) for sheet in warned]
    worst = warnings_sheet(scores, judged, period, language, least="orange") if judged else None
    return {
        RANKING_CSV: sheet_csv(ranking_sheet(scores, period, language)),
        "ranking.xlsx": workbook(sheets(scores, period, language, short), word.tie(language), title),
        "summary.md": summary(scores, period, language, worst).encode(),
        "scores.parquet": parquet_bytes(table),
        "scores.csv": csv_bytes(table),
        **({WARNINGS_CSV: sheet_csv(warned[0])} if warned else {}),
        **quarantine_files(scores, language),
    }
