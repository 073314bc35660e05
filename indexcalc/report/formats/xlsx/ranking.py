"""The workbook of a ranking: its tables, and the pages on which an analyst changes weights and sees what moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ....methods.arrays import np
from ....version import VERSION
from ....words.reports import word
from ....words.workbook import book as words
from ...draw.palette import fill_of
from ...numbers import listed
from ...sheets.alone import unit_label
from ...sheets.live import Live
from ...sheets.sheet import Heading, Sheet, Value
from . import charts
from .book import HATCHED, INPUT, LACKING, Book, bytes_of, printed, wide
from .layout import FIRST, Layout, Page, layout
from .overlay import extra_of, with_parts
from .pages import write_pages
from .recipes import Formula
from .tables import Extra, Written, write_table

_REPORT, _TRIAL, _WORKING = "#8A1F11", "#E0A800", "#A6A6A6"  # of the pages' tabs
_PAGES: tuple[Page, ...] = ("weights", "trial", "leaves", "nodes", "covered", "places")


@dataclass(frozen=True)
class Ranking:
    """What a workbook of a ranking shows: its tables, the first being the ranking, and beside them what there is of these.

    `said` are remarks on the workbook itself; `dimensions` are the places of the dimensions, which have their colours.
    """

    tables: Sequence[Sheet]
    dimensions: Sequence[int]
    index: str
    parts: Sheet | None = None
    course: Sheet | None = None
    after: Sequence[Sheet] = ()
    """The tables that come last, such as the method and every value."""
    live: Live | None = None
    said: Sequence[str] = ()


def ranking_book(ranking: Ranking, language: str, title: str) -> bytes:
    """Write a ranking as a workbook, the same bytes for the same scores."""
    return bytes_of(lambda book: _write(book, ranking), language, title)


def _write(book: Book, ranking: Ranking) -> None:
    language, live = book.language, ranking.live
    first, *others = ranking.tables
    titles = [first.title, words.about(language)]
    titles += [getattr(words, name)(language) for name in _PAGES[:2]] if live else []
    beside = [sheet for sheet in (ranking.parts, ranking.course) if sheet is not None]
    tables = [*others, *beside, *ranking.after]
    titles += [sheet.title for sheet in tables]
    working = _working(live)
    titles += [getattr(words, name)(language) for name in working]
    pages = [book.add(one) for one in titles]
    front = 4 if live else 2
    own: dict[Page, Any] = dict(zip(_PAGES[:2], pages[2:front], strict=True)) if live else {}
    own |= dict(zip(working, pages[front + len(tables) :], strict=True))
    found = layout(live, {name: page.get_name() for name, page in own.items()}, language) if live else None
    for page in pages[:front]:
        page.set_tab_color(_REPORT)
    _write_tables(book, ranking, found, [(first, pages[0]), *zip(tables, pages[front : front + len(tables)], strict=True)])
    if found is not None:
        write_pages(book, own, found)
        _write_trial(book, own["trial"], found)
        for name, page in own.items():
            page.set_tab_color(_TRIAL if name in _PAGES[:2] else _WORKING)
    _write_about(book, pages[1], ranking, [(page.get_name(), one) for page, one in zip(pages, titles, strict=True)])
    pages[0].activate()


def _working(live: Live | None) -> tuple[Page, ...]:
    """Return the pages that hold what is calculated: that of leaves where any stand side by side."""
    if live is None:
        return ()
    leaves = any(block >= 0 and max(children) < live.scores.tree.leaves for block, children in live.blocks)
    return _PAGES[2:] if leaves else _PAGES[3:]


def _write_tables(book: Book, ranking: Ranking, found: Layout | None, tables: Sequence[tuple[Sheet, Any]]) -> None:
    language, name = book.language, ranking.index
    for at, (sheet, page) in enumerate(tables):
        extra = extra_of(found, sheet, ranking.dimensions)
        if sheet is ranking.parts and found is not None:
            extra = with_parts(extra, found, sheet)
        written = write_table(book, page, sheet, extra)
        page.set_tab_color(_REPORT)
        if at == 0 or (sheet.units and sheet is not ranking.parts):
            whole = at == 0 and sheet.title == word.ranking(language)
            _draw_scores(book, page, sheet, written, name if whole else sheet.title, ranking.dimensions)
        if sheet is ranking.parts:
            parts = [column for column, heading in enumerate(sheet.headings) if heading.shows and heading.shows[0] == "part"]
            charts.stacked(book, page, written, 1, parts, words.chart_of_parts(language).format(node=name))
        if sheet is ranking.course and any(sum(isinstance(cell, float) for cell in row) > 1 for row in sheet.rows):
            charts.lines(book, page, written, words.chart_of_course(language).format(node=name))


def _draw_scores(book: Book, page: Any, sheet: Sheet, written: Written, name: str, dimensions: Sequence[int]) -> None:
    """Draw the scores that a table ranks by, those of a dimension in its colour."""
    strong = [at for at, heading in enumerate(sheet.headings) if heading.strong and heading.shows and heading.shows[0] == "score"]
    if not strong or sheet.headings[0].kind != "rank":
        return
    shows = sheet.headings[strong[0]].shows
    fill = {"fill": fill_of(dimensions.index(shows[1]))} if shows and shows[1] in dimensions else {}
    known = [value for row in sheet.rows if isinstance(value := row[strong[0]], int | float)]
    title = words.chart_of_scores(book.language).format(node=name)
    lowest = min(known, default=0.0)
    charts.bars(book, page, written, 1, strong[0], title, lowest=lowest, rows=len(known), **fill)


def _write_trial(book: Book, page: Any, found: Layout) -> None:
    """Write the ranking in the order that it has under the weights as they stand, beside what was published."""
    live, language = found.live, book.language
    tree, scores = live.scores.tree, live.scores
    decimals = scores.index.index.decimals
    headings = (
        Heading(word.rank(language), "rank"),
        Heading(unit_label(scores, language), "text"),
        Heading(word.score(language), "score", strong=True),
        Heading(words.published_rank(language), "count"),
        Heading(words.rank_change(language), "move"),
        Heading(words.published_score(language), "score"),
        Heading(words.score_change(language), "signed"),
    )
    order = np.argsort(live.order(), kind="stable").tolist()
    columns = [found.column(holds, tree.root) for holds in ("own place", "score", "published rank", "published score")]
    names = f"'{found.names['nodes'].replace(chr(39), 2 * chr(39))}'!$A${FIRST + 1}:$A${found.last + 1}"
    rows: list[tuple[Value, ...]] = []
    made: dict[tuple[int, int], Formula] = {}
    for row, at in enumerate(order):
        unit = live.units[at]
        rank, score = float(scores.rank()[live.at, unit]), float(scores.score()[live.at, unit])
        known = not math.isnan(score)
        rows.append(
            (
                rank if known else None,
                scores.panel.units.title(unit, language),
                score if known else None,
                rank if known else None,
                0.0 if known else None,
                score if known else None,
                0.0 if known else None,
            )
        )
        where = f"MATCH({row + 1},{found.column('order', tree.root)},0)"
        rank_now, score_now, rank_then, score_then = (f"INDEX({column},{where})" for column in columns)
        here = [f"{letter}{row + 4}" for letter in "ABCDEFG"]
        texts = [rank_now, f"INDEX({names},{where})", score_now, f'IF({rank_then}="","",{rank_then})']
        texts += [f'IF(AND(ISNUMBER({here[0]}),ISNUMBER({here[3]})),{here[3]}-{here[0]},"")']
        texts += [f'IF({score_then}="","",{score_then})']
        texts += [f'IF(AND(ISNUMBER({here[2]}),ISNUMBER({here[5]})),{here[2]}-{here[5]},"")']
        made |= {(row, column): Formula(text) for column, text in enumerate(texts)}
    sheet = Sheet(
        words.trial(language), headings, tuple(rows), decimals=decimals, notes=(words.trial_help(language),), units=live.units
    )
    written = write_table(book, page, sheet, Extra(made=made, bars=frozenset({2})))
    lowest = float(np.nanmin(scores.score()[live.at, list(live.units)]))
    charts.bars(book, page, written, 1, 2, words.chart_of_trial(language), lowest=lowest)


def _write_about(book: Book, page: Any, ranking: Ranking, pages: Sequence[tuple[str, str]]) -> None:
    """Write what the workbook is, how weights are changed in it, what its colours mean, and its pages as links."""
    language, live = book.language, ranking.live
    book.head(page, words.about(language))
    row, plain, strong = 2, book.look(text_wrap=True), book.look(bold=True, font_color="#8A1F11", font_size=12)

    def say(texts: Sequence[str]) -> None:
        nonlocal row
        for text in texts:
            page.merge_range(row, 0, row, 1, text, plain) if wide(text) > 30 else page.write_string(row, 0, text, plain)
            page.set_row(row, 16 * -(-wide(text) // 100) + 3)
            row += 1
        row += 1

    say([*ranking.tables[0].notes[:1], *ranking.said])
    if live is not None:
        named = {"weights": words.weights(language), "trial": words.trial(language), "ranking": ranking.tables[0].title}
        page.write_string(row, 0, words.how_to_use(language), strong)
        row += 1
        steps = [step(language).format(**named) for step in (words.step_1, words.step_2, words.step_3)]
        fixed = [live.scores.tree.nodes[node].title(language) for node in live.fixed_nodes()]
        said = words.fixed_nodes(language).format(nodes=listed(fixed, language)) if fixed else words.no_fixed_nodes(language)
        say([*steps, said, words.columns_kept(language), words.compatible(language)])
    page.write_string(row, 0, words.colours(language), strong)
    row += 1
    inputs = [({"bg_color": INPUT, "border": 1, "border_color": "#B8860B", "bold": True}, words.colour_input)] if live else []
    hatched = [(HATCHED, words.colour_fixed)] if live else []
    for style, said_of in (*inputs, *hatched, ({"bg_color": LACKING, "bold": True}, words.colour_lacking)):
        page.write_string(row, 0, "123", book.look(align="center", **style))
        page.write_string(row, 1, said_of(language), plain)
        row += 1
    row += 1
    page.write_string(row, 0, words.contents(language), strong)
    row += 1
    for name, title in pages:
        link = f"internal:'{name.replace(chr(39), 2 * chr(39))}'!A1"
        page.write_url(row, 0, link, book.look(font_color="#1558B0", underline=1), title)
        row += 1
    page.write_string(row + 1, 0, words.made_by(language).format(version=VERSION), plain)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 70)
    page.freeze_panes(1, 0)
    printed(page, row + 1, 1, (0, 0), 104)
