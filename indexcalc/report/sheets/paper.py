"""A period's report on paper: its headings, sentences and tables in the order in which they are read, for any format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from ...findings import spoken
from ...methods.arrays import np
from ...panel import IMPUTED, MISSING, NOT_APPLICABLE
from ...tree.blocks.pages import Open
from ...version import VERSION
from ...words.page import page
from ...words.paper import mark_of, paper
from ...words.periods import period_title
from ...words.reports import Said, word
from ...words.statuses import STATUS_NAMES
from ..numbers import listed, number, percent
from .alone import unit_label
from .analysed import Analysed
from .annex import department_sheets, departments_of, method_sheet, odd_sheet
from .open import may_see, without_column
from .scorecard import facts_of, scorecard, unit_sheets
from .sentences import OPEN_RULES, PUBLIC_RULES, dimension_sentence, headlines, is_thin, names_ends, unit_sentences
from .sheet import Heading, Sheet
from .tables import coverage_sheet, dimension_sheet, in_rank_order, notes, ranking_sheet, shortened
from .warnings import warnings_sheet

MOST_CARDS = 60  # units that have a paragraph and a scorecard
MOST_WARNINGS = 100
MOST_ODD = 10  # values that stand in the body
MOST_ROWS = 300  # of a table; the files named below it have all
MOST_IN_BODY = 30  # units whose ranking stands among the text
MOST_GAPS = 4  # indicators without a value that a scorecard names
PERIODS = 6  # of ranks over time: more would be too small to read on a page
PAGE = "report.html"
AUDIT = "indexcalc audit"
_GROUPS = (
    ("scores", ("S1", "S1b", "S1c"), "map"),
    ("moves", ("S2", "S3", "S10"), "history"),
    ("certainty", ("S4",), "intervals"),
)
"""The subheadings of the first part, each with the rules of its sentences and the figure that shows the same."""


@dataclass(frozen=True)
class Text:
    """A line of text: of the level of a heading (1, 2), a paragraph (0), or a small one on a scorecard (3)."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class Figure:
    """A picture with its title below, what it says to those who cannot see it, and a note."""

    svg: str
    title: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """A small picture and the lines that stand right of it."""

    figure: Figure
    lines: tuple[Text, ...]


Block = Text | Sheet | Figure | Beside


@dataclass(frozen=True)
class Attachment:
    """What is attached: a title and its pages; a page is what stands on a sheet of paper of its own.

    It is `wide` where tables need the page across. Of `single` ones no page goes over to the next: what does not fit is left out
    and said to be.
    """

    label: str
    title: str
    pages: tuple[tuple[Block, ...], ...]
    wide: bool = False
    single: bool = False


@dataclass(frozen=True)
class Paper:
    """A report in reading order: its title, broken into lines by sense, its body and its attachments."""

    titles: tuple[str, ...]
    language: str
    body: tuple[Block, ...]
    attachments: tuple[Attachment, ...]

    @property
    def title(self) -> str:
        between = " · " if len(self.titles) > 2 else "" if self.language == "zh" else " "
        return between.join(self.titles)


def paper_of(
    shown: Analysed,
    language: str,
    *,
    public: bool = False,
    reporting: Sheet | None = None,
    figures: Mapping[str, Figure] | None = None,
) -> Paper:
    """Return what a report on paper says of a period: of all units, or of the one that it is about.

    `public` leaves out values, departments and warnings that the tree does not open; no sentence is made here, all come
    from their rules, and every number of them stands in a table of the same report. `figures` are the report's pictures.
    """
    made = _Made(shown, language, public, reporting, figures or {})
    return Paper(made.titles, language, tuple(made.body()), tuple(made.attachments()))


@dataclass(frozen=True)
class _Made:
    shown: Analysed
    language: str
    public: bool
    reporting: Sheet | None
    figures: Mapping[str, Figure]
    numbered: list[type] = field(default_factory=list)

    @property
    def titles(self) -> tuple[str, ...]:
        index, language = self.shown.scores.index, self.language
        name = index.report.heading(language) or index.index.title(language)
        unit = () if self.shown.unit is None else (self.shown.scores.panel.units.title(self.shown.unit, language),)
        said = paper.bulletin if index.report.kind == "bulletin" else paper.title
        return name, *unit, str(said(language).format(period=period_title(self.shown.period, language)))

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
        said = paper.bulletin_opening if index.report.kind == "bulletin" else paper.opening
        opening = said(language).format(
            period=period_title(self.shown.period, language),
            indicators=len(index.leaves) - self._watched,
            watched=paper.watched(language).format(count=self._watched) if self._watched else "",
            units=len(self.shown.scores.listed(self.shown.at)),
            label=self.label,
        )
        yield from (Text(closed(one, language)) for one in (opening, *notes(self.shown.scores, language)))
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

    @cached_property
    def _watched(self) -> int:
        """How many indicators stand below what is no part of the index."""
        tree = self.shown.scores.tree
        inner = [node for node in tree.dimensions if node not in self.shown.dimensions]
        found = 0
        while inner:
            node = inner.pop()
            inner += tree.below(node)
            found += node < tree.leaves
        return found

    def _subheading(self, outer: int, inner: int, title: str) -> Text:
        said = paper.subparts(self.language).format(outer=outer, mark=mark_of(inner, self.language), title=title)
        return Text(said, 2)

    def _said(self, *rules: str) -> list[str]:
        every = headlines(self.shown, self.language)
        return [one.text for one in every if one.rule in rules and (not self.public or one.rule in PUBLIC_RULES)]

    def _together(self, texts: list[str]) -> Text:
        return Text((" " if self.language == "en" else "").join(texts))

    def _overall(self, outer: int) -> Iterator[Block]:
        inner, language = 0, self.language
        for title, rules, figure in _GROUPS:
            said = self._said(*rules)
            if not said:
                continue
            inner += 1
            yield self._subheading(outer, inner, getattr(paper, title)(language))
            ranked = self._short_ranking() if title == "scores" else None
            name = next((name for name in self.figures if name.split("-")[0] == figure), None)
            shown = [self._numbered(ranked)] if ranked else []
            shown += [self._numbered(self.figures[name])] if name else []
            yield self._together([*said, *(self._ends if title == "scores" else []), *self._named(shown)])
            yield from shown

    def _named(self, shown: Sequence[Block]) -> list[str]:
        """Say which tables and figures show the same as the text."""
        titles = (one.title for one in shown if isinstance(one, Sheet | Figure))
        names = listed((title.split(paper.after_number(self.language))[0] for title in titles), self.language)
        return [paper.shown_in(self.language).format(names=names)] if names else []

    def _numbered(self, block: Sheet | Figure) -> Sheet | Figure:
        """Return a table or figure with its number before its title, in the order of those among the text."""
        kind = paper.table if isinstance(block, Sheet) else paper.figure
        self.numbered.append(type(block))
        number_of = kind(self.language).format(number=self.numbered.count(type(block)))
        return replace(block, title=f"{number_of}{paper.after_number(self.language)}{block.title}")

    @property
    def _ends(self) -> list[str]:
        """Who is first and last, where a bulletin is to name them."""
        pages = self.shown.scores.index.report
        return names_ends(self.shown, self.language, pages.named) if pages.kind == "bulletin" and pages.named else []

    def _short_ranking(self) -> Sheet | None:
        """Return the first columns of the ranking of few units: what is asked for first stands among the text."""
        scores, language = self.shown.scores, self.language
        if self.shown.unit is not None or not 2 <= len(self.units) <= MOST_IN_BODY:
            return None
        sheet, root = ranking_sheet(scores, self.shown.period, language), scores.tree.root
        first, wanted = sheet.headings[:2], [("score", root), ("move", root), ("grade", root)]
        short = _of_columns(sheet, lambda heading: heading in first or heading.shows in wanted)
        return replace(short, whole=(), notes=(self._see("ranking"),))

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
            yield self._together([*self._standing(unit), *self._of_unit(unit)])

    def _of_unit(self, unit: int) -> list[str]:
        said = unit_sentences(self.shown, unit, self.language)
        return [one.text for one in said if self.sees("values") or one.rule in OPEN_RULES]

    def _standing(self, unit: int) -> Iterator[str]:
        scores, at = self.shown.scores, self.shown.at
        ranks, score = scores.rank()[at], float(scores.score()[at, unit])
        if math.isnan(float(ranks[unit])):
            yield paper.not_ranked(self.language)
            return
        said = paper.standing if np.count_nonzero(ranks == ranks[unit]) == 1 else paper.standing_tied
        shown = number(score, scores.index.index.decimals)
        yield said(self.language).format(score=shown, rank=f"{float(ranks[unit]):g}")
        if is_thin(scores, at, unit):
            covered = float(scores.covered(scores.tree.root)[at, unit])
            yield paper.standing_thin(self.language).format(coverage=percent(covered))

    def _warnings(self, outer: int) -> Iterator[Block]:
        del outer
        if said := self._said("S8"):
            there = any(one.key == "warnings" for one in self._attached)
            yield self._together([*said, *([self._see("warnings")] if there else [])])

    def _quality(self, outer: int) -> Iterator[Block]:
        del outer
        scores, language = self.shown.scores, self.language
        tables = list(map(self._numbered, self._of_data()))
        if not self.public:
            data = self._said("S9") or [str(paper.complete(language))]
            yield self._together([*data, *self._said("S9b"), *self._named(tables)])
            yield from tables
        tree = method_sheet(scores, self.shown.period, language, public=self.public)
        column = next(at for at, heading in enumerate(tree.headings) if heading.title == word.method(language))
        made = paper.made(language).format(count=len(self.shown.dimensions), method=tree.rows[0][column])
        yield self._together(
            [str(made), self._see("tree", paper.weights), paper.made_by(language).format(version=VERSION, seed=self.shown.seed)]
        )

    def _of_data(self) -> Iterator[Sheet]:
        """Return the tables of what is missing, late and odd; the coverage of each dimension stands with its scores."""
        if self.public or self.shown.unit is not None:
            return
        covered = coverage_sheet(self.shown.scores, self.shown.period, self.language)
        of_index = ("coverage", self.shown.scores.tree.root)
        yield shortened(_of_columns(covered, lambda heading: heading.shows in (None, of_index)), MOST_ROWS, self.language)
        if self.reporting is not None:
            yield self.reporting
        if self.shown.odd:
            yield shortened(odd_sheet(self.shown, None, self.language), MOST_ODD, self.language, AUDIT)

    # -------------------------------------------------------------------------------------------------------- what is attached

    def attachments(self) -> Iterator[Attachment]:
        """Return what is attached, numbered."""
        for at, one in enumerate(self._attached, start=1):
            label = str(paper.attachment(self.language).format(number=at))
            yield Attachment(label, one.title, one.pages, one.wide, one.single)

    def _see(self, key: str, said: Said = paper.see) -> str:
        """Return where more of something stands among what is attached."""
        at, one = next((at, one) for at, one in enumerate(self._attached, start=1) if one.key == key)
        label = paper.attachment(self.language).format(number=at)
        return str(said(self.language).format(attachment=label, title=one.title))

    @cached_property
    def _attached(self) -> list[_Attached]:
        return list(self._attach())

    def _attach(self) -> Iterator[_Attached]:
        scores, period, language = self.shown.scores, self.shown.period, self.language
        if self.shown.unit is None:
            yield _Attached("ranking", word.ranking(language), self._alone(ranking_sheet(scores, period, language)), wide=True)
            nodes = [node for node in scores.tree.dimensions if node not in scores.tree.monitored]
            values = self.sees("values")
            boards = [dimension_sheet(scores, period, node, language, values=values) for node in nodes]
            yield _Attached(
                "boards", paper.boards(language), tuple((shortened(board, MOST_ROWS, language),) for board in boards), wide=True
            )
        if len(self.units) <= MOST_CARDS:
            title = page.scorecards(language).format(label=self.label)
            yield _Attached("cards", title, tuple(tuple(self._card(unit)) for unit in self.units), single=True)
        if self.shown.unit is None and self.sees("departments") and (pages := tuple(self._departments())):
            yield _Attached("departments", paper.departments(language), pages, single=True)
        tree = method_sheet(scores, period, language, public=self.public)
        for column in (word.id, word.method, word.definition):  # the page and the workbook have them, in fewer pages
            tree = without_column(tree, column(language))
        yield _Attached("tree", paper.tree(language), self._alone(replace(tree, notes=notes(scores, language))))
        if self.sees("warnings") and self.shown.judged:
            of, judged, values = self.shown.whole, self.shown.judged, self.sees("values")
            warned = warnings_sheet(of, judged, period, language, least="orange", unit=self.shown.unit, values=values)
            if warned.rows:
                short = shortened(warned, MOST_WARNINGS, language, "warnings.csv")
                yield _Attached("warnings", paper.warnings(language), self._alone(short), wide=True)

    def _alone(self, sheet: Sheet) -> tuple[tuple[Block, ...], ...]:
        """Return a table that an attachment is named after, which need not say its name again."""
        return ((replace(shortened(sheet, MOST_ROWS, self.language), title=""),),)

    def _card(self, unit: int) -> Iterator[Block]:
        made, language = scorecard(self.shown, unit, self.language), self.language
        yield Text(made.title, 2)
        facts = facts_of(made, language, self.shown.scores.index.index.decimals)
        said = [" · ".join(f"{name} {text}" for name, text in facts), *self._of_unit(unit)]
        if self.sees("addresses"):
            said.append(self._without_values(unit))
        lines = tuple(Text(one, 3) for one in said)
        petals = self.figures.get("petals" if self.shown.unit is not None else f"petals-{self.units.index(unit) + 1}")
        yield from [Beside(petals, lines)] if petals is not None else lines
        sheets = unit_sheets(self.shown, made, language, public=self.public)
        named = (word.weak_points(language), word.strengths(language))  # which their first heading says again
        shown = (sheet for sheet in sheets if sheet.title != page.gaps(language))
        yield from (replace(sheet, title="") if sheet.title in named else sheet for sheet in shown)

    def _without_values(self, unit: int) -> str:
        """Say in a line which of a unit's values are missing, do not apply or were imputed; where they stand the page says."""
        scores, language = self.shown.scores, self.language
        parts, status = [], scores.status[self.shown.at, unit]
        for kind in (MISSING, NOT_APPLICABLE, IMPUTED):
            leaves = np.flatnonzero(status == kind).tolist()
            if leaves:
                some = listed((scores.tree.nodes[leaf].title(language) for leaf in leaves[:MOST_GAPS]), language)
                said = paper.some_of if len(leaves) > MOST_GAPS else paper.all_of
                state = STATUS_NAMES[spoken(language)][kind]
                parts.append(said(language).format(state=state, count=len(leaves), names=some))
        return paper.data(language).format(parts=listed(parts, language)) if parts else page.no_gaps(language)

    def _departments(self) -> Iterator[tuple[Block, ...]]:
        """Return a page a department: what its indicators weigh, who is behind and at what cost, what is late, missing or odd."""
        for one in departments_of(self.shown, self.language):
            said = page.indicators_of(self.language).format(department=one.name, count=one.count, weight=f"{one.weight:.1%}")
            blocks: list[Block] = [Text(one.name, 2), Text(said, 3)]
            at_stake, *rest = department_sheets(self.shown, one, self.language, self.reporting, public=self.public)
            blocks += [replace(at_stake, title=""), *rest]  # the page is named after the department
            if all(sheet.title != page.gaps(self.language) for sheet in blocks if isinstance(sheet, Sheet)):
                blocks.append(Text(page.no_gaps(self.language), 3))
            yield tuple(blocks)


class _Attached(NamedTuple):
    """What is attached, before it has a number; sentences refer to it by its key."""

    key: str
    title: str
    pages: tuple[tuple[Block, ...], ...]
    wide: bool = False
    single: bool = False


def _of_columns(sheet: Sheet, wanted: Callable[[Heading], bool]) -> Sheet:
    """Return a sheet with some of its columns."""
    kept = [at for at, heading in enumerate(sheet.headings) if wanted(heading)]
    rows, whole = (tuple(tuple(row[at] for at in kept) for row in rows) for rows in (sheet.rows, sheet.whole))
    return replace(sheet, headings=tuple(sheet.headings[at] for at in kept), rows=rows, whole=whole)


def closed(text: str, language: str) -> str:
    """Return a text as a sentence of a report has it: with a full stop, which names and remarks often lack.

    >>> closed("Simulated data", "en"), closed("Simulated data.", "en")
    ('Simulated data.', 'Simulated data.')
    """
    return text if not text or not text[-1].isalnum() else f"{text}{paper.stop(language)}"
