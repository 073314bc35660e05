"""Reading results: every period, level and unit; overview, scorecards and dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

from markupsafe import Markup

from ..jobs.names import asked_node, must_be_there, unit_of
from ..words.page import page as page_words
from ..words.periods import period_title
from ..words.web import web as words
from .chosen import MOST_LISTED, Chosen, chosen, units_called
from .questions import QUESTIONS, Question
from .visit import SORTS, Page, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from ..report.formats.html.markup import Table
    from ..report.sheets.sheet import Sheet
    from ..scores import Scores

MOST_CHOSEN = 300
"""Units that one looks through; of more a page has a field to find one by its name."""


def pages() -> list[Page]:
    """Return the pages of reading."""
    return [Page("/", _overview, title=words.overview), Page("/unit", _unit), Page("/dimension", _dimension)]


def _overview(visit: Visit) -> Response:
    about = chosen(visit)
    part = about.state.kept(("overview", about.period, about.level, visit.language), lambda: _overview_part(visit, about))
    return visit.laid_out(_title(visit, about), part, scripts=SORTS)


def _title(visit: Visit, about: Chosen, *more: str) -> str:
    title = about.scores.index.report.heading(visit.language) or about.scores.index.index.title(visit.language)
    return " · ".join((*more, title, period_title(about.period, visit.language)))


def _overview_part(visit: Visit, about: Chosen) -> str:
    from ..report.formats.html.alerts import marks_of, warning_board
    from ..report.formats.html.blocks import has_petals
    from ..report.formats.html.drawings import flower, history, level_marks, maps, petal_ends
    from ..report.formats.html.markup import Head, table, with_column, with_drawings
    from ..report.formats.html.rankings import bars, heat_table
    from ..report.sheets.sentences import headlines
    from ..report.sheets.tables import in_rank_order, notes, ranking_sheet

    language, shown = visit.language, about.analysed()
    scores = shown.scores
    every = in_rank_order(scores, shown.at, scores.tree.root)
    units = every[:MOST_LISTED]
    sheet = ranking_sheet(scores, about.period, language, None if len(units) == len(every) else units)
    made = table(sheet, language, sortable=True)
    strong = next(place for place, heading in enumerate(sheet.headings) if heading.strong)
    made = with_drawings(made, strong, bars(shown, units))
    if shown.judged:
        cells = [marks_of(shown, unit, language) for unit in units]
        made = with_column(made, len(made.heads), Head(page_words.warning_board(language), "t"), cells)
    ranking = _linked_units(visit, about, sheet, made, units)
    board = warning_board(shown, language)
    dimensions = [_node_link(visit, about, scores, node) for node in scores.tree.dimensions]
    flowers = []
    if has_petals(shown):
        ends = petal_ends(shown)
        flowers = [(_unit_url(visit, about, scores.panel.units.ids[unit]), flower(shown, unit, ends, language)) for unit in units]
    return visit.part(
        "overview.html.jinja",
        choose=_choose(visit, about),
        marks=level_marks(visit.language),
        remark=next(iter(notes(scores, language)), ""),
        headlines=headlines(shown, language),
        dimensions=dimensions,
        ranking=ranking,
        flowers=flowers,
        petals_title=page_words.petals_plain(language),
        find=units_called(scores, language) if len(every) > MOST_CHOSEN else "",
        only=words.only_the_first(language).format(shown=len(units), all=len(every)) if len(units) < len(every) else "",
        heat=heat_table(shown, language) if len(every) <= MOST_CHOSEN else None,
        heat_title=page_words.heat(language).format(label=scores.index.units.label),
        history=history(shown, language),
        board=board.table if board is not None else None,
        counts=board.counts if board is not None else [],
        **{"maps": [], "map_help": "", **maps(shown, language)},
    )


def _choose(visit: Visit, about: Chosen, **also: str) -> SimpleNamespace:
    """Return the form that chooses another period or level; all else that the page is about stays."""
    periods = [(period, period_title(period, visit.language)) for period in reversed(about.scores.periods)]
    levels = [(level, about.scores.index.units.title(level, visit.language)) for level in about.levels if level]
    return SimpleNamespace(
        action=visit.url(visit.request.url.path),
        periods=periods,
        period=about.period,
        levels=levels if len(levels) > 1 else [],
        level=about.level or about.scores.level or "",
        also=also,
    )


def _unit_url(visit: Visit, about: Chosen, unit: str) -> str:
    return visit.url("/unit", unit=unit, period=about.period, level=about.level)


def _node_link(visit: Visit, about: Chosen, scores: Scores, node: int) -> SimpleNamespace:
    """Return what leads to the page of a node: its name and its address."""
    own = scores.tree.nodes[node]
    url = visit.url("/dimension", node=own.id, period=about.period, level=about.level)
    return SimpleNamespace(title=own.title(visit.language), url=url)


def _linked_units(visit: Visit, about: Chosen, sheet: Sheet, made: Table, units: Sequence[int]) -> Table:
    """Return a table of units whose names, in its first column of text, lead to their pages."""
    names = next(place for place, heading in enumerate(sheet.headings) if heading.kind == "text")
    ids = about.analysed().scores.panel.units.ids
    return _linked(made, names, [_unit_url(visit, about, ids[unit]) for unit in units])


def _linked(made: Table, column: int, urls: Sequence[str]) -> Table:
    """Return a table whose cells of a column lead somewhere, row by row."""
    from ..report.formats.html.markup import in_pages

    rows = tuple(
        replace(
            row,
            cells=tuple(
                replace(cell, text="", drawn=Markup('{}<a href="{}">{}</a>').format(cell.drawn, url, cell.text))
                if place == column
                else cell
                for place, cell in enumerate(row.cells)
            ),
        )
        for row, url in zip(made.rows, urls, strict=True)
    )
    return replace(made, rows=rows, pages=in_pages(rows, max(len(rows), 1)))


def _unit(visit: Visit) -> Response:
    about = chosen(visit)
    place = unit_of(about.scores, visit.asked("unit"))
    must_be_there(about.scores, place, about.period)
    id_ = about.scores.panel.units.ids[place]
    key = ("unit", id_, about.period, about.level, visit.language)
    part = about.state.kept(key, lambda: _unit_part(visit, about, place, id_))
    return visit.laid_out(_title(visit, about, about.scores.panel.units.title(place, visit.language)), part)


def _unit_part(visit: Visit, about: Chosen, unit: int, id_: str) -> str:
    from ..report.formats.html.blocks import has_petals
    from ..report.formats.html.cards import card
    from ..report.formats.html.drawings import flower, history, level_marks, petal_ends

    language = visit.language
    shown = replace(about.analysed(), unit=unit)
    petals = flower(shown, unit, petal_ends(shown), language).svg if has_petals(shown) else Markup("")
    asks = [
        (one.title(language), _question_url(visit, about, one, unit=id_))
        for one in QUESTIONS.values()
        if any(each.kind == "unit" for each in one.fields)
    ]
    return visit.part(
        "unit.html.jinja",
        choose=_choose(visit, about, unit=id_),
        marks=level_marks(visit.language),
        card=card(shown, unit, language, petals),
        history=history(shown, language),
        asks=asks,
        back=visit.url("/", period=about.period, level=about.level),
    )


def _question_url(visit: Visit, about: Chosen, question: Question, unit: str = "") -> str:
    """Return the address of a question about a unit, answered at once where nothing more has to be said."""
    period = about.period if any(one.name == "period" for one in question.fields) else None
    more = bool(question.needs) or any(one.required and one.kind != "unit" for one in question.fields)
    kept = {one.name: one.default for one in question.fields if one.default}
    asked = {"question": question.name, "unit": unit, "period": period, "level": about.level, "now": "" if more else "1"}
    return visit.url("/ask", **{**kept, **asked})


def _dimension(visit: Visit) -> Response:
    about = chosen(visit)
    node = asked_node(about.scores, visit.asked("node"), about.period) or ""
    key = ("dimension", node, about.period, about.level, visit.language)
    part = about.state.kept(key, lambda: _dimension_part(visit, about, node))
    return visit.laid_out(_title(visit, about, about.scores.index.by_id[node].title(visit.language)), part, scripts=SORTS)


def _dimension_part(visit: Visit, about: Chosen, node: str) -> str:
    from ..report.formats.html.drawings import map_of
    from ..report.formats.html.markup import table
    from ..report.sheets.sentences import dimension_sentence
    from ..report.sheets.tables import dimension_sheet, in_rank_order

    language, shown = visit.language, about.analysed()
    scores = shown.scores
    place = scores.tree.position[node]
    units = in_rank_order(scores, shown.at, place)
    sheet = dimension_sheet(scores, about.period, place, language)
    made = table(sheet, language, sortable=True)
    if len(made.rows) == len(units):
        made = _linked_units(visit, about, sheet, made, units)
    below = [
        _node_link(visit, about, scores, child)
        for child in (scores.tree.branch_at(place).children if place >= scores.tree.leaves else ())
        if child >= scores.tree.leaves
    ]
    return visit.part(
        "dimension.html.jinja",
        choose=_choose(visit, about, node=node),
        sentence=dimension_sentence(shown, place, language) if place in scores.tree.dimensions else "",
        table_of=made,
        map=map_of(shown, place, language),
        below=below,
        back=visit.url("/", period=about.period, level=about.level),
    )
