"""The pictures of a page: petals, ranks over time, rank intervals, maps, the marks of warning levels."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from ....findings import spoken
from ....methods.arrays import np
from ....tree.model import LEVELS
from ....words.page import page
from ....words.periods import period_title
from ....words.reports import word, word_of
from ...draw.bump import bump
from ...draw.evolution import PICTURES_OF, evolution_pictures
from ...draw.intervals import Strip, intervals
from ...draw.petals import Petal, petals
from ...draw.strips import level_mark
from ...draw.svg import label_of
from ...draw.tiles import Place, outline_map, tile_cells, tile_map
from ...numbers import listed as in_a_row
from ...numbers import number
from ...sheets.alone import unit_label
from ...sheets.analysed import BY_DEFAULT, Analysed, is_uncertain
from ...sheets.analyses import draws_sheet
from ...sheets.evolution import LONG, evolution_sheets
from ...sheets.sentences import headlines
from ...sheets.sheet import Heading, Sheet
from ...sheets.tables import in_rank_order, last_periods
from .markup import table

FLOWER = 190  # wide
LEAST_PETALS, MOST_PETALS = 3, 12
MOST_LINES = 30  # units in one picture of ranks
MOST_PLACES = 100  # that a picture of ranks goes down to
MOST_STRIPS = 60
MOST_PERIODS = 12
FINE = 10  # a range of scores so small that one decimal tells little apart


def level_letter(level: str, language: str) -> str:
    """Return what a level is marked with: the first letter of its word.

    >>> level_letter("red", "en"), level_letter("blue", "en")
    ('R', 'B')
    """
    return word_of(level, language)[0].upper()


def mark(level: str, language: str) -> Markup:
    """Return a reference to the drawing of a level, which a page has once."""
    drawn = '<svg class="mark" role="img" aria-label="{}"><use href="#level-{}-{}"></use></svg>'
    return Markup(drawn).format(word_of(level, language), level, language)  # noqa: S704 - our own text


def level_marks(*languages: str) -> Markup:
    """Return the drawings of all levels, with their letter of each language, to be referred to."""
    drawn = "".join(
        level_mark(level, level_letter(level, language), "")
        .replace("<svg ", f'<symbol id="level-{level}-{language}" ', 1)
        .replace("</svg>", "</symbol>")
        for language in languages
        for level in LEVELS
    )
    return Markup(f'<svg class="drawings" aria-hidden="true">{drawn}</svg>')  # noqa: S704 - drawn by us


def may_have_petals(shown: Analysed) -> bool:
    """Say whether petals can show the dimensions: a few of them, with the weights that are the petals' widths."""
    return LEAST_PETALS <= len(shown.dimensions) <= MOST_PETALS and shown.scores.tree.branches[-1].is_weighed


def petal_ends(shown: Analysed) -> tuple[float, float]:
    """Return the scores at the centre and the rim of petals: round numbers around all scores of the dimensions."""
    x = shown.scores.scores[shown.at][:, list(shown.dimensions)]
    known = x[np.isfinite(x)]
    if not len(known):
        return 0.0, 1.0
    low, high = round(float(known.min()), 9), round(float(known.max()), 9)  # 100 and the noise of computing is not beyond 100
    size = 10.0 ** math.floor(math.log10(max(abs(high), abs(low), 1e-9)))
    top = (
        100.0 if 10 < high <= 100 and low >= 0 else 1.0 if 0.1 < high <= 1 and low >= 0 else math.ceil(high / size + 1e-9) * size
    )
    step = top / 10 if top else size
    return (max(math.floor((low - (high - low) * 0.5) / step) * step, 0.0 if low >= 0 else -math.inf), top)


def flower(shown: Analysed, unit: int, ends: tuple[float, float], language: str, *, id_: str = "") -> SimpleNamespace:
    """Return a unit's petals with what they say; by an id they can be drawn again elsewhere, see `again`."""
    scores, at, nodes = shown.scores, shown.at, shown.scores.tree.nodes
    decimals = scores.index.index.decimals
    shown_decimals = min(decimals, 1 if ends[1] - ends[0] > FINE else 2)
    found = []
    for node in shown.dimensions:
        own, weights = float(scores.scores[at, unit, node]), scores.weights_of(node)
        column = scores.scores[at, :, node]
        middle = math.nan if np.isnan(column).all() else float(np.nanmedian(column))
        said = page.is_missing(language) if math.isnan(own) else number(own, shown_decimals)
        found.append(
            Petal(nodes[node].title(language), float(weights[at, unit if weights.shape[1] > 1 else 0]), own, middle, said)
        )
    title = scores.panel.units.title(unit, language)
    in_words = in_a_row((page.petal_score(language).format(dimension=one.name, score=one.shown) for one in found), language)
    label = page.petals_of(language).format(unit=title, scores=in_words)
    rank = scores.rank()[at, unit]
    said = "–" if np.isnan(rank) else f"{word.rank(language)} {rank:g} · {number(float(scores.score()[at, unit]), decimals)}"
    words = (page.is_missing(language), page.is_below(language))
    drawn = petals(found, *ends, label, size=FLOWER, words=words)
    if id_:
        drawn = drawn.replace("<svg ", f'<svg id="{id_}" ', 1)
    return SimpleNamespace(title=title, said=said, svg=Markup(drawn))  # noqa: S704 - drawn by us


def again(id_: str, label: str) -> Markup:
    """Draw petals that stand elsewhere on the page once more."""
    drawn = '<svg viewBox="0 0 {} {}" width="240" height="240" role="img" aria-label="{}"><use href="#{}"></use></svg>'
    return Markup(drawn).format(FLOWER, FLOWER, label, id_)  # noqa: S704 - our own text


def history(shown: Analysed, language: str, *, periods: int = MOST_PERIODS) -> SimpleNamespace | None:
    """Return ranks over the last periods of the kind, drawn for few units or the first of many; nothing where none has two."""
    scores, root = shown.scores, shown.scores.tree.root
    rows = last_periods(scores, shown.period, periods)
    units = in_rank_order(scores, shown.at, root)
    titles = scores.panel.units.titles(units, language)
    ranks = np.asarray(scores.ranks[rows][:, units, root].T, dtype=float)
    if not (np.isfinite(ranks).sum(axis=1) > 1).any():
        return None
    called = [period_title(scores.periods[row], language) for row in rows]
    few = MOST_LINES if len(units) > MOST_STRIPS else len(units)
    label = page.history_of(language).format(count=few, label=unit_label(scores, language), first=called[0], last=called[-1])
    headings = (Heading(unit_label(scores, language), "text"), *(Heading(period, "count") for period in called))
    cells = tuple(
        (title, *(None if math.isnan(rank) else rank for rank in row)) for title, row in zip(titles, ranks.tolist(), strict=True)
    )
    sheet = Sheet(page.history(language), headings, cells)
    ids = [scores.panel.units.ids[unit] for unit in units]
    pinned = [at for at, unit in enumerate(units[:few]) if unit in shown.pinned]
    trees = [shown.whole.of_period(scores.periods[row]).index for row in rows]
    marks = {at: page.tree_changed(language) for at in range(1, len(rows)) if trees[at] is not trees[at - 1]}
    beyond = len(units) > MOST_PLACES
    near = np.where(ranks[:few] > MOST_PLACES, np.nan, ranks[:few]) if beyond else ranks[:few]
    drawn = bump(titles[:few], called, near.tolist(), label, ids=ids[:few], pinned=pinned, marks=marks)
    said = (page.history_help_of_many if beyond else page.history_help)(language).format(places=MOST_PLACES)
    return SimpleNamespace(svg=Markup(drawn), table=table(sheet, language), help=said)  # noqa: S704 - drawn by us


def evolved(shown: Analysed, asked: str) -> list[SimpleNamespace]:
    """Return how scores evolved, a table each with its pictures, without the long ones; nothing for what was not asked for."""
    if shown.evolution is None:
        return []
    language = spoken(asked)
    pictures = evolution_pictures(shown.evolution, language, shown.outlines.rings if shown.outlines else None)
    return [
        SimpleNamespace(
            table=table(sheet, language),
            pictures=[_said(pictures[one]) for one in PICTURES_OF.get(name, (name,)) if one in pictures],
        )
        for name, sheet in evolution_sheets(shown.evolution, language).items()
        if name not in LONG
    ]


def _said(drawn: str) -> SimpleNamespace:
    return SimpleNamespace(svg=Markup(drawn), title=label_of(drawn))  # noqa: S704 - escaped where drawn


def certainty(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return rank intervals with who cannot be told apart, or how they are made where they were not and could be."""
    scores = shown.scores
    if shown.uncertainty is None and not is_uncertain(scores):
        return None
    if shown.uncertainty is None:
        said = page.not_run(language).format(analysis=page.uncertainty(language), command="indexcalc uncertainty")
        return SimpleNamespace(sentences=[said], svg=None) if np.isfinite(scores.rank()[shown.at]).sum() > 1 else None
    drawn = shown.uncertainty
    units = [unit for unit in in_rank_order(scores, shown.at, scores.tree.root) if np.isfinite(scores.rank()[shown.at, unit])]
    units = units[:MOST_STRIPS]
    ends = drawn.interval()
    strips = [
        Strip(
            scores.panel.units.title(unit, language),
            float(scores.rank()[shown.at, unit]),
            float(ends[unit][0]),
            float(ends[unit][1]),
        )
        for unit in units
    ]
    groups = (
        [[units.index(unit) for unit in group if unit in units] for group in drawn.groups()] if drawn.above is not None else []
    )
    label = page.certainty_of(language).format(count=len(units), label=unit_label(scores, language))
    svg = intervals(strips, [group for group in groups if len(group) > 1], label)
    declared = scores.index.uncertainty
    inputs = (
        in_a_row(drawn.inputs.names, language) if declared else page.weights_by_share(language).format(share=f"{BY_DEFAULT:.0%}")
    )
    text = page.certainty_help(language).format(
        label=unit_label(scores, language), draws=drawn.draws, seed=drawn.seed, inputs=inputs
    )
    sentences = [one.text for one in headlines(shown, language) if one.rule == "S4"]
    sheet = draws_sheet(drawn, 0.9, 0.95, None, language)
    return SimpleNamespace(sentences=sentences, svg=Markup(svg), help=text, table=table(sheet, language))  # noqa: S704 - drawn by us


def maps(shown: Analysed, language: str) -> dict[str, Any]:
    """Return the map of the index, of the user's own outlines or of tiles; nothing where there are neither."""
    drawn = map_of(shown, shown.scores.tree.root, language)
    if drawn is None:
        return {}
    said = page.outline_help if shown.outlines else page.map_help
    return {"maps": [drawn], "map_help": said(language)}


def mapped_nodes(shown: Analysed) -> list[int]:
    """Return the nodes that have a picture of a map each: the index and its dimensions with scores."""
    tree = shown.scores.tree
    nodes = [node for node in (tree.root, *tree.dimensions) if node not in tree.monitored]
    return [node for node in nodes if np.isfinite(shown.scores.scores[shown.at, :, node]).any()]


def map_of(shown: Analysed, node: int, language: str) -> SimpleNamespace | None:
    """Return a node's map: outlines where the tree names them, tiles where the units table has rows and columns of these."""
    scores, units = shown.scores, shown.scores.panel.units
    cells = None if shown.outlines else tile_cells(units.attributes, len(units))
    own = scores.scores[shown.at, :, node]
    if (cells is None and shown.outlines is None) or np.isnan(own).all():
        return None
    decimals = scores.index.index.decimals
    low, high = float(np.nanmin(own)), float(np.nanmax(own))
    places = {
        units.ids[unit]: Place(
            units.title(unit, language),
            "–" if math.isnan(own[unit]) else number(float(own[unit]), decimals),
            math.nan if math.isnan(own[unit]) else 0.5 if high == low else (float(own[unit]) - low) / (high - low),
        )
        for unit in scores.listed(shown.at)
    }
    title = page.map_of(language).format(node=scores.tree.nodes[node].title(language))
    if shown.outlines:
        svg = outline_map(places, shown.outlines.rings, title, shown.outlines.licence)
    else:
        tiles = {unit: cell for unit, cell in zip(units.ids, cells or (), strict=True) if cell is not None and unit in places}
        svg = tile_map(places, tiles, title)
    return SimpleNamespace(title=title, svg=Markup(svg)) if svg else None  # noqa: S704 - drawn by us
