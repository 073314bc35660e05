"""All files of a period's report, as bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..journal.edition import Edition
from ..journal.run import PICTURES
from ..scores import Scores
from ..sources.outlines import Drawn
from ..tree.blocks.pages import Open
from ..words.periods import period_title
from .formats.markdown import summary
from .formats.unit import unit_petals, unit_summary, unit_workbook
from .formats.xlsx import workbook
from .sheets.analysed import MOST_UNITS, Analysed, analysed
from .sheets.definitions import definitions_sheet
from .sheets.follow import follow_sheets
from .sheets.open import may_see
from .sheets.quarantine import quarantine_files
from .sheets.reporting import Submitted, reporting_sheet
from .sheets.sheet import Sheet
from .sheets.tables import MOST_ROWS, public_sheets, ranking_sheet, sheets, shortened
from .sheets.tidy import csv_bytes, grades_csv, has_grades, inputs_table, nature, of_period, parquet_bytes, sheet_csv, tidy
from .sheets.warnings import warnings_sheet

RANKING_CSV = "ranking.csv"
WARNINGS_CSV = "warnings.csv"
INPUTS_CSV = "inputs.csv"
GRADES_CSV = "grades.csv"
SCORES = "scores.parquet"
RUN = "run.json"
PANEL = "panel.json"
PAGE = "report.html"
WORKBOOK = "ranking.xlsx"


@dataclass(frozen=True)
class Reports:
    """The files of the reports of some scores, and of what was `submitted`; what holds for all periods is made once."""

    scores: Scores
    language: str
    submitted: Sequence[Submitted] = ()
    edition: Edition = field(default_factory=Edition)
    seed: int = 0
    outlines: Drawn | None = None

    def of(
        self,
        period: str,
        formats: Sequence[str] | None = None,
        *,
        analyses: bool = False,
        inputs: Mapping[str, str] | None = None,
    ) -> dict[str, bytes]:
        """Return the files of a period: its tables for programs, and what people read in some formats, or those of the edition.

        `analyses` are run for what people read; `inputs` are the digests of what the scores were made of.
        """
        whole, language = self.scores, self.language
        scores = whole.of_period(period)
        shown = self._analysed(period, analyses=analyses)
        wanted = self.edition.formats if formats is None else formats
        if self.edition.unit:
            return {name: content for kind in wanted for name, content in getattr(self, f"_{kind}")(shown, inputs or {}).items()}
        last = nature(scores, language)
        files = {RANKING_CSV: sheet_csv(ranking_sheet(scores, period, language, numeric=True), last=last)}
        if not self.edition.is_public:
            used = inputs_table(scores, period, language)
            files |= {"scores.csv": csv_bytes(of_period(self._table, whole, period))}
            files |= {INPUTS_CSV: csv_bytes(used)} if used is not None else {}
            follow = follow_sheets(scores, period, language)
            files |= {f"{name}.csv": sheet_csv(sheet, last=last) for name, sheet in follow.items()}
            files |= {GRADES_CSV: grades_csv(scores, period, language)} if has_grades(scores) else {}
            files |= (
                {WARNINGS_CSV: sheet_csv(warnings_sheet(whole, self._judged, period, language), last=last)}
                if self._judged
                else {}
            )
        elif self._sees("values"):
            files |= {"scores.csv": csv_bytes(of_period(self._table, whole, period))}
        if self.edition.is_public and self._judged and self._sees("warnings"):
            files |= {WARNINGS_CSV: sheet_csv(self._warned(period), last=last)}
        for name in wanted:
            files |= getattr(self, f"_{name}")(shown, inputs or {})
        return files

    def of_panel(self) -> dict[str, bytes]:
        """Return the files that hold for the whole panel: every node and stage of all periods, and dirty events."""
        if self.edition.is_public:
            return {}
        return {SCORES: parquet_bytes(self._table), **quarantine_files(self.scores, self.language)}

    def runs_analyses(self, period: str, newest: str, formats: Sequence[str]) -> bool:
        """Say whether the analyses of a period are run: of the newest that is written, where they are shown."""
        many = len(self.scores.panel.units) > MOST_UNITS and not self.edition.unit
        wanted = period == newest or self.scores.of_period(period).index.report.periods == "all"
        return bool({"html", "svg"} & {*formats}) and wanted and not many

    def _analysed(self, period: str, *, analyses: bool) -> Analysed:
        unit = self.scores.panel.units.ids.index(self.edition.unit) if self.edition.unit else None
        return analysed(
            self.scores, period, seed=self.seed, judged=self._judged, every=analyses, outlines=self.outlines, unit=unit
        )

    def _warned(self, period: str) -> Sheet:
        return warnings_sheet(self.scores, self._judged, period, self.language, values=self._sees("values"))

    def _sees(self, what: Open) -> bool:
        return may_see(self.scores.index, what, public=self.edition.is_public)

    def _html(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        from .formats.html.page import report_page

        languages = self.edition.languages or (self.language,)
        reporting = {language: sheet for language in languages if (sheet := self._reporting(shown.period, language))}
        page = report_page(shown, languages, public=self.edition.is_public, reporting=reporting, inputs=inputs)
        return {PAGE: page}

    def _xlsx(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        if shown.unit is not None:
            return {WORKBOOK: unit_workbook(shown, shown.unit, self.language, public=self.edition.is_public)}
        scores, language, period = self.scores.of_period(shown.period), self.language, shown.period
        title = f"{scores.index.index.title(language)} · {period_title(period, language)}"
        if self.edition.is_public:
            listed = public_sheets(scores, period, language, values=self._sees("values"))
            if self._judged and self._sees("warnings"):
                listed.append(self._warned(period))
            return {WORKBOOK: workbook(listed, language, title)}
        warned = [warnings_sheet(self.scores, self._judged, period, language)] if self._judged else []
        short = [shortened(sheet, MOST_ROWS, language, WARNINGS_CSV) for sheet in warned]
        reporting = self._reporting(period, language)
        defined = definitions_sheet(scores, period, language)
        beside = [
            *follow_sheets(scores, period, language).values(),
            *short,
            *(sheet for sheet in (reporting, defined) if sheet is not None),
        ]
        return {WORKBOOK: workbook(sheets(scores, period, language, beside), language, title)}

    def _md(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        scores, language, period = self.scores.of_period(shown.period), self.language, shown.period
        if shown.unit is not None:
            return {"summary.md": unit_summary(shown, shown.unit, language, public=self.edition.is_public).encode()}
        if self.edition.is_public:
            return {"summary.md": summary(scores, period, language, public=True).encode()}
        worst = warnings_sheet(self.scores, self._judged, period, language, least="orange") if self._judged else None
        return {"summary.md": summary(scores, period, language, worst, self._reporting(period, language)).encode()}

    def _svg(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        from .formats.pictures import pictures

        if shown.unit is not None:
            return {f"{PICTURES}/petals.svg": unit_petals(shown, shown.unit, self.language)} if shown.dimensions else {}
        return {f"{PICTURES}/{name}": content for name, content in pictures(shown, self.language).items()}

    def _reporting(self, period: str, language: str) -> Sheet | None:
        return reporting_sheet(self.scores, self.submitted, period, language)

    @cached_property
    def _table(self) -> Any:
        return tidy(self.scores, self.language)

    @cached_property
    def _judged(self) -> Any:
        from ..analysis.warning import warnings

        return warnings(self.scores)


def report_files(scores: Scores, period: str, language: str) -> dict[str, bytes]:
    """Return the files of one period's report."""
    return Reports(scores, language).of(period)
