"""A period's report on paper: its headings, sentences and tables in the order in which they are read, for any format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ...methods.arrays import np
from ...tree.blocks.pages import Open
from ...version import VERSION
from ...words.page import page
from ...words.paper import mark_of, paper
from ...words.periods import period_title
from ...words.reports import word
from ..numbers import number
from .alone import unit_label
from .analysed import Analysed
from .annex import method_sheet
from .open import may_see, without_column
from .scorecard import facts_of, scorecard, unit_sheets
from .sentences import OPEN_RULES, PUBLIC_RULES, dimension_sentence, headlines, unit_sentences
from .sheet import Sheet
from .tables import coverage_sheet, dimension_sheet, in_rank_order, notes, ranking_sheet, shortened
from .warnings import warnings_sheet

MOST_CARDS = 60  # units that have a paragraph and a scorecard
MOST_WARNINGS = 100
MOST_ROWS = 300  # of a table; the files named below it have all
_GROUPS = (("scores", ("S1", "S1b")), ("moves", ("S2", "S3", "S10")), ("certainty", ("S4",)))
"""The subheadings of the first part, each with the rules of its sentences."""


@dataclass(frozen=True)
class Text:
    """A line of text: of the level of a heading (1, 2), a paragraph (0), or a small one on a scorecard (3)."""

    text: str
    level: int = 0


Block = Text | Sheet


@dataclass(frozen=True)
class Attachment:
    """What is attached: a title and its pages; a page is what stands on a sheet of paper of its own.

    It is `wide` where tables need the page across.
    """

    label: str
    title: str
    pages: tuple[tuple[Block, ...], ...]
    wide: bool = False


@dataclass(frozen=True)
class Paper:
    """A report as it is read from the title to the last attachment."""

    title: str
    language: str
    body: tuple[Block, ...]
    attachments: tuple[Attachment, ...]
    made_by: str


def paper_of(shown: Analysed, language: str, *, public: bool = False, reporting: Sheet | None = None) -> Paper:
    """Return what a report on paper says of a period: of all units, or of the one that it is about.

    `public` leaves out values, departments and warnings that the tree does not open; no sentence is made here, all come
    from their rules, and every number of them stands in a table of the same report.
    """
    made = _Made(shown, language, public, reporting)
    return Paper(made.title, language, tuple(made.body()), tuple(made.attachments()), made.made_by)


@dataclass(frozen=True)
class _Made:
    shown: Analysed
    language: str
    public: bool
    reporting: Sheet | None

    @property
    def title(self) -> str:
        index, language = self.shown.scores.index, self.language
        name = index.report.heading(language) or index.index.title(language)
        if self.shown.unit is not None:
            name = f"{name} · {self.shown.scores.panel.units.title(self.shown.unit, language)}"
        return str(paper.title(language).format(index=name, period=period_title(self.shown.period, language)))

    @property
    def made_by(self) -> str:
        return str(page.made_by(self.language).format(version=VERSION, seed=self.shown.seed))

    @property
    def units(self) -> list[int]:
        scores = self.shown.scores
        own = self.shown.unit
        return in_rank_order(scores, self.shown.at, scores.tree.root) if own is None else [own]

    @property
    def label(self) -> str:
        return unit_label(self.shown.scores, self.language)

    def sees(self, what: Open) -> bool:
        return may_see(self.shown.scores.index, what, public=self.public)

    # ------------------------------------------------------------------------------------------------------------- the body

    def body(self) -> Iterator[Block]:
        """Return the body: the opening, then the parts that have something to say, numbered."""
        language, index = self.language, self.shown.scores.index
        opening = paper.opening(language).format(
            period=period_title(self.shown.period, language),
            indicators=len(index.leaves),
            units=len(self.shown.scores.listed(self.shown.at)),
            label=self.label,
        )
        yield from (Text(one) for one in (opening, *notes(self.shown.scores, language)))
        wanted: list[tuple[str, Callable[[int], Iterator[Block]]]] = [
            (paper.overall(language), self._overall),
            (paper.dimensions(language), self._dimensions),
            (paper.units(language).format(label=self.label), self._units),
            (paper.warnings(language), self._warnings),
            (paper.quality(language), self._quality),
        ]
        number_of = 0
        for title, part in wanted:
            if blocks := list(part(number_of + 1)):
                number_of += 1
                yield Text(paper.parts(language).format(mark=mark_of(number_of, language), title=title), 1)
                yield from blocks

    def _subheading(self, outer: int, inner: int, title: str) -> Text:
        said = paper.subparts(self.language).format(outer=outer, mark=mark_of(inner, self.language), title=title)
        return Text(said, 2)

    def _said(self, *rules: str) -> list[str]:
        every = headlines(self.shown, self.language)
        return [one.text for one in every if one.rule in rules and (not self.public or one.rule in PUBLIC_RULES)]

    def _together(self, texts: list[str]) -> Text:
        return Text((" " if self.language == "en" else "").join(texts))

    def _overall(self, outer: int) -> Iterator[Block]:
        inner = 0
        for title, rules in _GROUPS:
            if said := self._said(*rules):
                inner += 1
                yield self._subheading(outer, inner, getattr(paper, title)(self.language))
                yield self._together(said)

    def _dimensions(self, outer: int) -> Iterator[Block]:
        scores, inner = self.shown.scores, 0
        if self.public or self.shown.unit is not None:
            return
        for node in self.shown.dimensions:
            if said := dimension_sentence(self.shown, node, self.language):
                inner += 1
                yield self._subheading(outer, inner, scores.tree.nodes[node].title(self.language))
                yield Text(said)

    def _units(self, outer: int) -> Iterator[Block]:
        if len(self.units) > MOST_CARDS:
            yield Text(paper.in_attachment(self.language).format(label=self.label, file="report.html"))
            return
        for inner, unit in enumerate(self.units, start=1):
            yield self._subheading(outer, inner, self.shown.scores.panel.units.title(unit, self.language))
            yield self._together([self._standing(unit), *self._of_unit(unit)])

    def _of_unit(self, unit: int) -> list[str]:
        said = unit_sentences(self.shown, unit, self.language)
        return [one.text for one in said if self.sees("values") or one.rule in OPEN_RULES]

    def _standing(self, unit: int) -> str:
        scores, at = self.shown.scores, self.shown.at
        ranks, score = scores.rank()[at], float(scores.score()[at, unit])
        if math.isnan(float(ranks[unit])):
            return str(paper.not_ranked(self.language))
        said = paper.standing if np.count_nonzero(ranks == ranks[unit]) == 1 else paper.standing_tied
        shown = number(score, scores.index.index.decimals)
        return str(said(self.language).format(score=shown, rank=f"{float(ranks[unit]):g}"))

    def _warnings(self, outer: int) -> Iterator[Block]:
        del outer
        yield from (Text(said) for said in self._said("S8"))

    def _quality(self, outer: int) -> Iterator[Block]:
        del outer
        scores, language = self.shown.scores, self.language
        if not self.public:
            yield self._together(self._said("S9") or [str(paper.complete(language))])
            if self.shown.unit is None:
                yield shortened(coverage_sheet(scores, self.shown.period, language), MOST_ROWS, language)
                yield from [self.reporting] if self.reporting is not None else []
        tree = method_sheet(scores, self.shown.period, language, public=self.public)
        column = next(at for at, heading in enumerate(tree.headings) if heading.title == word.method(language))
        made = paper.made(language).format(count=len(self.shown.dimensions), method=tree.rows[0][column])
        yield self._together([str(made), str(paper.weights(language))])

    # -------------------------------------------------------------------------------------------------------- what is attached

    def attachments(self) -> Iterator[Attachment]:
        """Return what is attached, numbered."""
        for at, (title, pages, wide) in enumerate(self._attached(), start=1):
            yield Attachment(str(paper.attachment(self.language).format(number=at)), title, pages, wide)

    def _attached(self) -> Iterator[tuple[str, tuple[tuple[Block, ...], ...], bool]]:
        scores, period, language = self.shown.scores, self.shown.period, self.language
        if self.shown.unit is None:
            yield str(word.ranking(language)), self._alone(ranking_sheet(scores, period, language)), True
            nodes = [node for node in scores.tree.dimensions if node not in scores.tree.monitored]
            values = self.sees("values")
            boards = [dimension_sheet(scores, period, node, language, values=values) for node in nodes]
            yield str(paper.boards(language)), tuple((shortened(board, MOST_ROWS, language),) for board in boards), True
        if len(self.units) <= MOST_CARDS:
            yield (
                str(page.scorecards(language).format(label=self.label)),
                tuple(tuple(self._card(unit)) for unit in self.units),
                False,
            )
        tree = method_sheet(scores, period, language, public=self.public)
        for title in (word.id, word.method, word.definition):  # the page and the workbook have them, in fewer pages
            tree = without_column(tree, title(language))
        yield str(paper.tree(language)), self._alone(replace(tree, notes=notes(scores, language))), False
        if self.sees("warnings") and self.shown.judged:
            of, judged, values = self.shown.whole, self.shown.judged, self.sees("values")
            warned = warnings_sheet(of, judged, period, language, least="orange", unit=self.shown.unit, values=values)
            if warned.rows:
                short = shortened(warned, MOST_WARNINGS, language, "warnings.csv")
                yield str(paper.warnings(language)), self._alone(short), True

    def _alone(self, sheet: Sheet) -> tuple[tuple[Block, ...], ...]:
        """Return a table that an attachment is named after, which need not say its name again."""
        return ((replace(shortened(sheet, MOST_ROWS, self.language), title=""),),)

    def _card(self, unit: int) -> Iterator[Block]:
        made = scorecard(self.shown, unit, self.language)
        yield Text(made.title, 2)
        facts = facts_of(made, self.language, self.shown.scores.index.index.decimals)
        yield Text(" · ".join(f"{name} {text}" for name, text in facts), 3)
        yield from (Text(said, 3) for said in self._of_unit(unit))
        yield from unit_sheets(self.shown, made, self.language, public=self.public)
