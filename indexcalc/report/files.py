"""All files of a period's report, as bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ..journal.edition import Edition
from ..periods import last_day
from ..scores import Scores
from ..sources.outlines import Drawn
from ..tree.blocks.pages import Open
from ..words.periods import period_title
from .formats.html import FRAMEWORK, PAGE
from .formats.markdown import summary
from .formats.unit import unit_summary, unit_workbook
from .formats.xlsx import Ranking, ranking_book
from .sheets.analysed import MOST_UNITS, Analysed, analysed
from .sheets.annex import method_sheet
from .sheets.definitions import definitions_sheet
from .sheets.follow import follow_sheets
from .sheets.open import may_see
from .sheets.paper import Paper, paper_of
from .sheets.quarantine import quarantine_files
from .sheets.sheet import Sheet
from .sheets.submissions import Submitted, reporting_sheet
from .sheets.tables import MOST_ROWS, kind_of, public_sheets, ranking_sheet, sheets, shortened
from .sheets.tidy import csv_bytes, grades_csv, has_grades, inputs_table, nature, of_period, parquet_bytes, sheet_csv, tidy
from .sheets.warnings import warnings_sheet
from .sheets.workbook import course_sheet, live_workbook, parts_sheet, values_of_units

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ..analysis.evolution import Evolution

RANKING_CSV = "ranking.csv"
WARNINGS_CSV = "warnings.csv"
INPUTS_CSV = "inputs.csv"
GRADES_CSV = "grades.csv"
SCORES = "scores.parquet"
RUN = "run.json"
PANEL = "panel.json"
WORKBOOK = "ranking.xlsx"
PAPER = "report"


@dataclass(frozen=True)
class Reports:
    """The files of the reports of some scores, and of what was `submitted`; what holds for all periods is made once."""

    scores: Scores
    language: str
    submitted: Sequence[Submitted] = ()
    edition: Edition = field(default_factory=Edition)
    seed: int = 0
    outlines: Drawn | None = None
    evolution: Callable[[str], Evolution] | None = None
    """Tells how scores evolved up to a period, where the tree asks for it."""
    template: bytes | None = None

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
        shown = replace(shown, formats=tuple(wanted))
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
                {WARNINGS_CSV: sheet_csv(warnings_sheet(whole, self._judged, period, language, numeric=True), last=last)}
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
        return bool({"html", "svg", "png", "pdf", "docx"} & {*formats}) and wanted and not many

    def _analysed(self, period: str, *, analyses: bool) -> Analysed:
        unit = self.scores.panel.units.ids.index(self.edition.unit) if self.edition.unit else None
        shown = analysed(
            self.scores, period, seed=self.seed, judged=self._judged, every=analyses, outlines=self.outlines, unit=unit
        )
        if not analyses or self.evolution is None or unit is not None or self.edition.is_public:
            return shown
        return replace(shown, evolution=self.evolution(period))

    def _warned(self, period: str) -> Sheet:
        return warnings_sheet(self.scores, self._judged, period, self.language, values=self._sees("values"))

    def _sees(self, what: Open) -> bool:
        return may_see(self.scores.index, what, public=self.edition.is_public)

    @property
    def _languages(self) -> Sequence[str]:
        """The languages of what people read: those of the edition, or the one of the tables."""
        return self.edition.languages or (self.language,)

    def _html(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        from .formats.html.page import report_page

        reporting = {language: sheet for language in self._languages if (sheet := self._reporting(shown.period, language))}
        page = report_page(shown, self._languages, public=self.edition.is_public, reporting=reporting, inputs=inputs)
        return {PAGE: page}

    def _page(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        from .formats.html.framework import framework_page

        return {FRAMEWORK: framework_page(shown, self._languages, public=self.edition.is_public, inputs=inputs)}

    def _xlsx(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        names = [WORKBOOK, *(f"ranking.{language}.xlsx" for language in self._languages[1:])]
        return {name: self._workbook(shown, language) for name, language in zip(names, self._languages, strict=True)}

    def _workbook(self, shown: Analysed, language: str) -> bytes:
        public = self.edition.is_public
        if shown.unit is not None:
            return unit_workbook(shown, shown.unit, language, public=public)
        scores, period = self.scores.of_period(shown.period), shown.period
        title = f"{scores.index.index.title(language)} · {period_title(period, language)}"
        own = replace(shown, scores=scores)
        opened = [self._warned(period)] if public and self._judged and self._sees("warnings") else []
        shared = [*public_sheets(scores, period, language, values=self._sees("values")), *opened] if public else []
        values, remark = (None, "") if public else values_of_units(scores, period, language)
        live, said = (None, "") if public else live_workbook(scores, period, language)
        method = method_sheet(scores, period, language, public=public)
        ranking = Ranking(
            tables=shared or sheets(scores, period, language, self._beside(scores, period, language)),
            dimensions=scores.tree.dimensions,
            index=scores.index.index.title(language),
            parts=parts_sheet(own, language) if scores.index.ranking.overall and own.dimensions else None,
            course=course_sheet(scores, period, language),
            after=[method] if values is None else [method, values],
            live=live,
            said=[text for text in (said, remark) if text],
        )
        return ranking_book(ranking, language, title)

    def _beside(self, scores: Scores, period: str, language: str) -> list[Sheet]:
        """Return what stands beside the tables of scores: outcomes, goals, warnings, what was reported, what indicators are."""
        warned = [warnings_sheet(self.scores, self._judged, period, language)] if self._judged else []
        short = [shortened(sheet, MOST_ROWS, language, WARNINGS_CSV) for sheet in warned]
        told = (self._reporting(period, language), definitions_sheet(scores, period, language))
        return [*follow_sheets(scores, period, language).values(), *short, *(sheet for sheet in told if sheet is not None)]

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

        return {f"svg/{name}": content for name, content in pictures(shown, self.language).items()}

    def _png(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        from .formats.pictures import pngs

        return {f"png/{name}": content for name, content in pngs(shown, self.language).items()}

    def _pdf(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        from .formats.pdf.page import pdf

        return self._on_paper(shown, "pdf", pdf)

    def _docx(self, shown: Analysed, inputs: Mapping[str, str]) -> dict[str, bytes]:
        del inputs
        from .formats.docx.page import docx

        return self._on_paper(shown, "docx", partial(docx, template=self.template))

    def _on_paper(self, shown: Analysed, kind: str, made: Callable[[Paper, date | None], bytes]) -> dict[str, bytes]:
        """Return the report as it is read on paper, a file a language."""
        names = [f"{PAPER}.{kind}", *(f"{PAPER}.{language}.{kind}" for language in self._languages[1:])]
        ends = last_day(shown.period, kind_of(shown.scores, shown.period))
        return {name: made(self._paper(shown, language), ends) for name, language in zip(names, self._languages, strict=True)}

    def _paper(self, shown: Analysed, language: str) -> Paper:
        """Return what stands on paper, made once for PDF and Word."""
        from .formats.pictures import figures
        from .sheets.paper import PERIODS

        key = (shown.period, language)
        if key not in self._papers:
            reporting, drawn = self._reporting(shown.period, language), figures(shown, language, periods=PERIODS)
            public = self.edition.is_public
            self._papers[key] = paper_of(shown, language, public=public, reporting=reporting, figures=drawn)
        return self._papers[key]

    @cached_property
    def _papers(self) -> dict[tuple[str, str], Paper]:
        return {}

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
