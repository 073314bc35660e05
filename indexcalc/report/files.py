"""All files of a period's report, as bytes."""

from __future__ import annotations

from ..analysis.warning import warnings
from ..scores import Scores
from ..words.reports import word
from .formats.markdown import summary
from .formats.xlsx import workbook
from .sheets.quarantine import quarantine_files
from .sheets.tables import MOST_ROWS, ranking_sheet, sheets, shortened
from .sheets.tidy import csv_bytes, grades_csv, has_grades, inputs_table, parquet_bytes, sheet_csv, tidy
from .sheets.warnings import warnings_sheet

RANKING_CSV = "ranking.csv"
WARNINGS_CSV = "warnings.csv"
INPUTS_CSV = "inputs.csv"
GRADES_CSV = "grades.csv"
RUN = "run.json"


def report_files(scores: Scores, period: str, language: str) -> dict[str, bytes]:
    """Return the files of a report: ranking as CSV and workbook, summary, every stage, what was used, warnings, dirty events."""
    table, inputs = tidy(scores, language), inputs_table(scores, period, language)
    judged = warnings(scores)
    warned = [warnings_sheet(scores, judged, period, language)] if judged else []
    short = [shortened(sheet, MOST_ROWS, language, WARNINGS_CSV) for sheet in warned]
    worst = warnings_sheet(scores, judged, period, language, least="orange") if judged else None
    return {
        RANKING_CSV: sheet_csv(ranking_sheet(scores, period, language, numeric=True)),
        "ranking.xlsx": workbook(sheets(scores, period, language, short), word.tie(language)),
        "summary.md": summary(scores, period, language, worst).encode(),
        "scores.parquet": parquet_bytes(table),
        "scores.csv": csv_bytes(table),
        **({INPUTS_CSV: csv_bytes(inputs)} if inputs is not None else {}),
        **({GRADES_CSV: grades_csv(scores, period, language)} if has_grades(scores) else {}),
        **({WARNINGS_CSV: sheet_csv(warned[0])} if warned else {}),
        **quarantine_files(scores, language),
    }
