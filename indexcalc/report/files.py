"""All files of a period's report, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..analysis.warning import warnings
from ..scores import Scores
from ..words.periods import period_title
from .formats.markdown import summary
from .formats.xlsx import workbook
from .sheets.definitions import definitions_sheet
from .sheets.quarantine import quarantine_files
from .sheets.reporting import Submitted, reporting_sheet
from .sheets.tables import MOST_ROWS, ranking_sheet, sheets, shortened
from .sheets.tidy import csv_bytes, grades_csv, has_grades, inputs_table, nature, of_period, parquet_bytes, sheet_csv, tidy
from .sheets.warnings import warnings_sheet

RANKING_CSV = "ranking.csv"
WARNINGS_CSV = "warnings.csv"
INPUTS_CSV = "inputs.csv"
GRADES_CSV = "grades.csv"
SCORES = "scores.parquet"
RUN = "run.json"
PANEL = "panel.json"


@dataclass(frozen=True)
class Reports:
    """The files of the reports of some scores, and of what was `submitted`; what holds for all periods is made once."""

    scores: Scores
    language: str
    submitted: Sequence[Submitted] = ()

    def of(self, period: str) -> dict[str, bytes]:
        """Return the files of a period: ranking as CSV and workbook, summary, every stage, what was used, warnings."""
        scores, language, judged = self.scores, self.language, self._judged
        warned = [warnings_sheet(scores, judged, period, language)] if judged else []
        short = [shortened(sheet, MOST_ROWS, language, WARNINGS_CSV) for sheet in warned]
        reporting = reporting_sheet(scores, self.submitted, period, language)
        worst = warnings_sheet(scores, judged, period, language, least="orange") if judged else None
        defined = definitions_sheet(scores, period, language)
        beside = [*short, *(sheet for sheet in (reporting, defined) if sheet is not None)]
        inputs = inputs_table(scores, period, language)
        title = f"{scores.index.index.title(language)} · {period_title(period, language)}"
        last = nature(scores, language)
        return {
            RANKING_CSV: sheet_csv(ranking_sheet(scores, period, language, numeric=True), last=last),
            "ranking.xlsx": workbook(sheets(scores, period, language, beside), language, title),
            "summary.md": summary(scores, period, language, worst, reporting).encode(),
            "scores.csv": csv_bytes(of_period(self._table, scores, period)),
            **({INPUTS_CSV: csv_bytes(inputs)} if inputs is not None else {}),
            **({GRADES_CSV: grades_csv(scores, period, language)} if has_grades(scores) else {}),
            **({WARNINGS_CSV: sheet_csv(warned[0], last=last)} if warned else {}),
        }

    def of_panel(self) -> dict[str, bytes]:
        """Return the files that hold for the whole panel: every node and stage of all periods, and dirty events."""
        return {SCORES: parquet_bytes(self._table), **quarantine_files(self.scores, self.language)}

    @cached_property
    def _table(self) -> Any:
        return tidy(self.scores, self.language)

    @cached_property
    def _judged(self) -> Any:
        return warnings(self.scores)


def report_files(scores: Scores, period: str, language: str) -> dict[str, bytes]:
    """Return the files of one period's report."""
    return Reports(scores, language).of(period)
