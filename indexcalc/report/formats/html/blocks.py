"""What a page shows in one language: each part as the template takes it, left out where there is nothing to show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from ....analysis.warning import course, listed
from ....methods.arrays import Array, np
from ....tree.model import LEVELS
from ....version import VERSION
from ....words.page import page
from ....words.periods import period_title
from ....words.reports import Said, word, word_of
from ...draw.bump import bump
from ...draw.intervals import Strip, intervals
from ...draw.palette import ordered_class
from ...draw.petals import Petal, petals
from ...draw.strips import bar, level_mark
from ...draw.strips import course as drawn_course
from ...draw.tiles import Place, tile_map
from ...numbers import listed as in_a_row
from ...numbers import number, signed
from ...sheets.alone import unit_label
from ...sheets.analysed import BY_DEFAULT, MOST_UNITS, Analysed
from ...sheets.analyses import draws_sheet
from ...sheets.annex import departments_of, method_sheet, stake_sheet
from ...sheets.heat import facets, heat
from ...sheets.scorecard import Scorecard, gaps_sheet, scorecard
from ...sheets.sentences import dimension_sentence, headlines
from ...sheets.sheet import Heading, Sheet
from ...sheets.tables import coverage_sheet, dimension_sheet, in_rank_order, kind_of, notes, ranking_sheet
from ...sheets.warnings import counts, warnings_sheet
from ...sheets.whole import whole_of
from .markup import Cell, Head, Row, Table, in_pages, table, with_column, with_drawings

MOST_CARDS = 60
MOST_LINES = 30  # units in one picture of ranks
MOST_STRIPS = 60
MOST_PERIODS = 12
PUBLIC_RULES = ("S1", "S1b", "S3", "S11")


@dataclass
class Block:
    """A page in one language, part by part."""

    shown: Analysed
    language: str
    prefix: str
    public: bool
    parts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return a part; None of those that there are none of."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.parts.get(name)


def block(
    shown: Analysed, language: str, *, prefix: str, public: bool, reporting: Sheet | None, inputs: Mapping[str, str]
) -> Block:
    """Return all that a page shows in one language."""
    made = Block(shown, language, prefix, public)
    scores = shown.scores
    units = scores.panel.units
    label = unit_label(scores, language)
    groups = dict.fromkeys(group for group in units.groups if group)
    made.parts |= {
        "words": SimpleNamespace(**{name: said(language) for name, said in vars(page).items() if isinstance(said, Said)}),
        "html_language": "en" if language == "en" else "zh-CN",
        "other": "zh" if language == "en" else "en",
        "title": scores.index.index.title(language),
        "period": period_title(shown.period, language),
        "remark": next(iter(notes(scores, language)), ""),
        "label": label,
        "groups": list(groups) if len(groups) > 1 else [],
        "search": page.search(language).format(label=label),
        "headlines": [one for one in headlines(shown, language) if not public or one.rule in PUBLIC_RULES],
        "few": len(units) <= MOST_STRIPS,
        "ranking": ranking_table(shown, language, public=public),
        "boards": boards(shown, language, public=public),
        "method": table(method_sheet(scores, shown.period, language, public=public), language),
        "matrices": [] if public else matrices(shown, language),
        "made_by": page.made_by(language).format(version=VERSION, seed=shown.seed),
    }
    made.parts |= _pictures(shown, language)
    if not public:
        made.parts |= _inside(shown, language, reporting, inputs)
    return made


def _pictures(shown: Analysed, language: str) -> dict[str, Any]:
    ends = petal_ends(shown)
    label = unit_label(shown.scores, language)
    is_red_cotton = len(shown.dimensions) == 5
    flowers = []
    if 2 < len(shown.dimensions) <= 12 and len(shown.scores.panel.units) <= MOST_STRIPS:
        flowers = [flower(shown, unit, ends, language) for unit in in_rank_order(shown.scores, shown.at, shown.scores.tree.root)]
    return {
        "petals": flowers,
        "petals_title": (page.petals if is_red_cotton else page.petals_plain)(language),
        "petals_help": page.petals_help(language).format(low=f"{ends[0]:g}", high=f"{ends[1]:g}", label=label),
        "heat": heat_table(shown, language),
        "heat_title": page.heat(language).format(label=label),
        "history": history(shown, language),
        "certainty": certainty(shown, language),
        **maps(shown, language),
    }


def _inside(shown: Analysed, language: str, reporting: Sheet | None, inputs: Mapping[str, str]) -> dict[str, Any]:
    scores, label = shown.scores, unit_label(shown.scores, language)
    units = in_rank_order(scores, shown.at, scores.tree.root)
    many = len(units) > MOST_CARDS
    gaps = gaps_sheet(shown, language, most=200)
    departments = departments_of(shown, language)
    stake = stake_sheet(shown, range(scores.tree.leaves), language, most=30) if shown.boards else None
    whole = whole_of(scores.index, language)
    return {
        "warnings": warning_board(shown, language),
        "cards_title": page.scorecards(language).format(label=label),
        "cards": [] if many else [card(shown, unit, language) for unit in units],
        "cards_hint": page.scorecard_hint(language).format(label=label) if many else "",
        "departments": [
            SimpleNamespace(
                title=page.indicators_of(language).format(department=one.name, count=one.count, weight=f"{one.weight:.1%}"),
                table=table(one.sheet, language, sortable=True),
            )
            for one in departments
        ],
        "city": table(stake, language, sortable=True) if stake else None,
        "city_title": page.city(language).format(whole=whole),
        "quality": table(coverage_sheet(scores, shown.period, language), language),
        "reporting": table(reporting, language) if reporting else None,
        "gaps": table(gaps, language) if gaps.rows else None,
        "inputs": [(name, digest[:16]) for name, digest in sorted(inputs.items())],
    }


def contents(made: Block) -> list[tuple[str, str]]:
    """Return the parts of a page by their ids, each with its heading."""
    w = made.words
    listed_parts = [
        ("ranking", made.ranking.caption, True),
        ("boards", w.boards, made.boards),
        ("petals", made.petals_title, made.petals),
        ("heat", made.heat_title, made.heat),
        ("history", w.history, made.history),
        ("certainty", w.certainty, made.certainty),
        ("map", w.map, made.maps),
        ("warnings", w.warning_board, made.warnings),
        ("cards", made.cards_title, made.cards),
        ("departments", w.departments, made.departments),
        ("what-if", w.what_if, made.what_if),
        ("method", w.method, True),
        ("quality", w.quality, made.quality),
    ]
    return [(id_, title) for id_, title, there in listed_parts if there]


# ------------------------------------------------------------------------------------------------------------- tables


def ranking_table(shown: Analysed, language: str, *, public: bool = False) -> Table:
    """Return the ranking with bars, rank intervals and the worst warning of each unit."""
    scores, at, root = shown.scores, shown.at, shown.scores.tree.root
    units = in_rank_order(scores, at, root)
    sheet = ranking_sheet(scores, shown.period, language)
    made = table(sheet, language, sortable=True, keys=keys(shown, units), classes="narrow by-unit")
    column = next(place for place, heading in enumerate(sheet.headings) if heading.strong)
    made = with_drawings(made, column, bars(shown, units))
    if shown.uncertainty is not None and not public:
        ends = shown.uncertainty.interval()
        said = [f"{ends[unit][0]:g}–{ends[unit][1]:g}" if np.isfinite(ends[unit]).all() else "–" for unit in units]
        heading = word.rank_interval(language).format(level="90%")
        made = with_column(made, column + 1, Head(heading, "n"), [Cell(text, "n") for text in said])
    if shown.judged and not public:
        made = with_column(
            made, len(made.heads), Head(page.warning_board(language), "t"), [_marks(shown, unit, language) for unit in units]
        )
    kept = {0, 1, column, len(made.heads) - 1} | {
        place for place, heading in enumerate(sheet.headings[:9]) if heading.kind == "move"
    }
    return _pinnable(_aside(made, kept), units, shown, language)


def _aside(made: Table, kept: set[int]) -> Table:
    """Return a table of which a narrow screen shows some columns alone."""

    def marked(row: Row) -> Row:
        return replace(
            row,
            cells=tuple(
                cell if place in kept else replace(cell, classes=f"{cell.classes} aside".strip())
                for place, cell in enumerate(row.cells)
            ),
        )

    heads = tuple(head if place in kept else replace(head, kind=f"{head.kind} aside") for place, head in enumerate(made.heads))
    rows = tuple(marked(row) for row in made.rows)
    size = len(made.pages[0]) if made.pages else 1
    upper = () if not made.upper else made.upper
    return replace(made, heads=heads, upper=upper, rows=rows, whole=tuple(map(marked, made.whole)), pages=in_pages(rows, size))


def _pinnable(made: Table, units: Sequence[int], shown: Analysed, language: str) -> Table:
    """Return a table whose units can be highlighted."""
    names = shown.scores.panel.units
    boxes = {
        at: Markup('<input type="checkbox" class="pin needs-script" value="{}" aria-label="{}">').format(
            names.ids[unit], f"{page.pin(language)} {names.title(unit, language)}"
        )
        for at, unit in enumerate(units)
    }
    return with_drawings(made, 1, boxes)


def keys(shown: Analysed, units: Sequence[int]) -> list[Row]:
    """Return what the rows of units are found by."""
    names = shown.scores.panel.units
    return [Row((), names.ids[unit], names.groups[unit] if names.groups else "") for unit in units]


def bars(shown: Analysed, units: Sequence[int]) -> dict[int, Markup]:
    """Draw the scores of units as bars between the ends of all scores, or from 0 to 100 where they lie there."""
    own = shown.scores.score()[shown.at]
    low, high = score_ends(shown)
    covered = shown.scores.covered(shown.scores.tree.root)[shown.at]
    return {
        at: Markup(bar((float(own[unit]) - low) / (high - low), "", covered=float(covered[unit])))  # noqa: S704 - drawn by us
        for at, unit in enumerate(units)
        if not math.isnan(own[unit]) and high > low
    }


def score_ends(shown: Analysed) -> tuple[float, float]:
    """Return between which ends scores are drawn: 0 and 100, 0 and 1, or those of all scores, whichever they lie between."""
    own = shown.scores.score()[shown.at]
    known = own[np.isfinite(own)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    for ends in ((0.0, 1.0), (0.0, 10.0), (0.0, 100.0)):
        if ends[0] <= low and high <= ends[1]:
            return ends
    return (min(low, 0.0), high) if high > min(low, 0.0) else (low - 1, high)


def boards(shown: Analysed, language: str, *, public: bool = False) -> list[SimpleNamespace]:
    """Return a table a dimension, with who leads it."""
    scores = shown.scores
    found = []
    for node in scores.tree.dimensions:
        if node in scores.tree.monitored:
            continue
        units = in_rank_order(scores, shown.at, node)
        sheet = dimension_sheet(scores, shown.period, node, language, values=not public)
        made = table(sheet, language, sortable=True, keys=keys(shown, units), classes="by-unit")
        found.append(SimpleNamespace(title=sheet.title, sentence=dimension_sentence(shown, node, language), table=made))
    return found


def heat_table(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return units by nodes of the second level with classes of colour; nothing where no node has a score."""
    found = heat(shown)
    if found is None:
        return None
    scores, decimals = shown.scores, shown.scores.index.index.decimals
    nodes = scores.tree.nodes
    furthest = float(np.nanmax(np.abs(found.scores - found.middle), initial=0.0))
    rows = [
        SimpleNamespace(
            unit=scores.panel.units.ids[unit],
            group=scores.panel.units.groups[unit] if scores.panel.units.groups else "",
            title=scores.panel.units.title(unit, language),
            cells=[
                _heat_cell(
                    float(found.scores[row, column]),
                    float(found.ranks[row, column]),
                    float(found.middle[column]),
                    found.ends,
                    furthest,
                    decimals,
                    word.does_not_apply(language) if found.inapplicable[row, column] else "–",
                )
                for column in range(len(found.nodes))
            ],
        )
        for row, unit in enumerate(found.units)
    ]
    upper = [
        SimpleNamespace(title=nodes[dimension].title(language), span=found.over.count(place))
        for place, dimension in enumerate(found.dimensions)
        if place in found.over
    ]
    size = len(rows) if len(rows) <= MOST_UNITS else 100
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    return SimpleNamespace(
        upper=upper, heads=[SimpleNamespace(title=nodes[node].title(language)) for node in found.nodes], pages=pages
    )


def _heat_cell(
    score: float, rank: float, middle: float, ends: tuple[float, float], furthest: float, decimals: int, without: str
) -> SimpleNamespace:
    if math.isnan(score):
        return SimpleNamespace(known=False, score=without)
    return SimpleNamespace(
        known=True,
        score=number(score, decimals),
        rank="–" if math.isnan(rank) else f"{rank:g}",
        difference=signed(score - middle, decimals),
        score_class=ordered_class(score, *ends),
        difference_class=ordered_class(score - middle, -furthest, furthest),
    )


def matrices(shown: Analysed, language: str) -> list[SimpleNamespace]:
    """Return each dimension of types by facets: the mean of all units, then every unit where they are few."""
    scores, decimals = shown.scores, shown.scores.index.index.decimals
    found = []
    for node in scores.tree.dimensions:
        made = facets(shown, node)
        if made is None:
            continue
        types, _, leaves = made
        named = [scores.tree.nodes[leaf].title(language).rpartition("·")[2].strip() for leaf in leaves[0]]
        x = scores.scores[shown.at]
        ends = (float(np.nanmin(x[:, leaves.ravel()])), float(np.nanmax(x[:, leaves.ravel()])))
        with np.errstate(invalid="ignore"):
            known = np.isfinite(x[:, leaves])
            mean = np.where(known.any(axis=0), np.nansum(x[:, leaves], axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)

        def rows(values: Array, types: Sequence[str] = types, ends: tuple[float, float] = ends) -> list[SimpleNamespace]:
            return [
                SimpleNamespace(
                    title=scores.tree.nodes[scores.node(one)].title(language),
                    cells=[
                        SimpleNamespace(known=False, score="–")
                        if math.isnan(value)
                        else SimpleNamespace(known=True, score=number(value, decimals), score_class=ordered_class(value, *ends))
                        for value in line
                    ],
                )
                for one, line in zip(types, values.tolist(), strict=True)
            ]

        parts = [SimpleNamespace(title=page.matrix_of_the_whole(language), rows=rows(mean))]
        if len(scores.panel.units) <= MOST_LINES:
            parts += [
                SimpleNamespace(title=scores.panel.units.title(unit, language), rows=rows(x[unit][leaves]))
                for unit in range(len(scores.panel.units))
            ]
        title = page.matrix(language).format(node=scores.tree.nodes[node].title(language))
        found.append(SimpleNamespace(title=title, facets=named, parts=parts))
    return found


def warning_board(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return the warnings of a period with their marks; nothing of a tree without rules."""
    if not shown.judged:
        return None
    scores = shown.scores
    found = listed(scores, shown.judged, shown.period)
    sheet = warnings_sheet(scores, shown.judged, shown.period, language)
    units = scores.panel.units
    levels = [LEVELS[shown.judged[one.rule].level(one.at) - 1] for one in found]
    rows = [
        Row((), units.ids[one.unit], units.groups[one.unit] if units.groups else "", level)
        for one, level in zip(found, levels, strict=True)
    ]
    made = table(replace(sheet, notes=sheet.notes[2:]), language, sortable=True, keys=rows, classes="board")
    made = with_drawings(made, 0, {at: _mark(level, language) for at, level in enumerate(levels)})
    courses = {}
    for at, one in enumerate(found):
        values = [
            shown.judged[one.rule].value((place, one.unit, one.column)) for place in course(scores, shown.judged[one.rule], one)
        ]
        said = page.course_of(language).format(values=in_a_row((f"{value:.4g}" for value in values), language))
        courses[at] = Markup(drawn_course(values, said))  # noqa: S704 - drawn by us
    column = next(place for place, heading in enumerate(sheet.headings) if heading.title == word.course(language))
    made = with_drawings(_without_text(made, column), column, courses)
    said_counts = counts(scores, shown.judged, shown.period, language)
    marks = [
        SimpleNamespace(mark=_mark(level, language), text=f"{word_of(level, language)} {levels.count(level)}")
        for level in reversed(LEVELS)
    ]
    extra = [SimpleNamespace(mark="", text=text) for text in said_counts[len(LEVELS) :]]
    return SimpleNamespace(
        counts=[*marks, *extra],
        table=made if rows else None,
        levels=[(level, word_of(level, language)) for level in reversed(LEVELS)],
    )


def _without_text(made: Table, column: int) -> Table:
    rows = tuple(
        replace(row, cells=tuple(replace(cell, text="") if place == column else cell for place, cell in enumerate(row.cells)))
        for row in made.rows
    )
    return replace(made, rows=rows, pages=in_pages(rows, len(made.pages[0]) if made.pages else 1))


def _mark(level: str, language: str) -> Markup:
    """Return a reference to the drawing of a level, which a page has once."""
    drawn = '<svg class="mark" role="img" aria-label="{}"><use href="#level-{}"></use></svg>'
    return Markup(drawn).format(word_of(level, language), level)  # noqa: S704 - our own text


def level_marks() -> Markup:
    """Return the drawings of all levels, to be referred to."""
    drawn = "".join(
        level_mark(level, word_of(level, "zh")[0], "")
        .replace("<svg ", f'<symbol id="level-{level}" ', 1)
        .replace("</svg>", "</symbol>")
        for level in LEVELS
    )
    return Markup(f'<svg class="drawings" aria-hidden="true">{drawn}</svg>')  # noqa: S704 - drawn by us


def _marks(shown: Analysed, unit: int, language: str) -> Cell:
    """Return a unit's warnings: the mark of each level with how many there are, and the worst to sort by."""
    found = [shown.judged[one.rule].level(one.at) for one in listed(shown.scores, shown.judged, shown.period, unit=unit)]
    parts = [(level, found.count(level)) for level in range(len(LEVELS), 0, -1) if level in found]
    drawn = Markup("").join(Markup("{}{} ").format(_mark(LEVELS[level - 1], language), count) for level, count in parts)
    weight = sum(count * 1000 ** (level - 1) for level, count in parts)
    return Cell("" if parts else "–", "t", str(weight), drawn)


# ------------------------------------------------------------------------------------------------------------- pictures


def petal_ends(shown: Analysed) -> tuple[float, float]:
    """Return the scores at the centre and the rim of petals: round numbers around all scores of the dimensions."""
    x = shown.scores.scores[shown.at][:, list(shown.dimensions)]
    known = x[np.isfinite(x)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    size = 10.0 ** math.floor(math.log10(max(abs(high), abs(low), 1e-9)))
    top = (
        100.0 if 10 < high <= 100 and low >= 0 else 1.0 if 0.1 < high <= 1 and low >= 0 else math.ceil(high / size + 1e-9) * size
    )
    step = top / 10 if top else size
    return (max(math.floor((low - (high - low) * 0.5) / step) * step, 0.0 if low >= 0 else -math.inf), top)


def flower(shown: Analysed, unit: int, ends: tuple[float, float], language: str, size: float = 190) -> SimpleNamespace:
    """Return a unit's petals with what they say."""
    scores, at, nodes = shown.scores, shown.at, shown.scores.tree.nodes
    decimals = scores.index.index.decimals
    found = []
    for node in shown.dimensions:
        own, weights = float(scores.scores[at, unit, node]), scores.weights_of(node)
        column = scores.scores[at, :, node]
        middle = math.nan if np.isnan(column).all() else float(np.nanmedian(column))
        said = page.is_missing(language) if math.isnan(own) else number(own, min(decimals, 1))
        found.append(
            Petal(nodes[node].title(language), float(weights[at, unit if weights.shape[1] > 1 else 0]), own, middle, said)
        )
    title = scores.panel.units.title(unit, language)
    in_words = in_a_row((page.petal_score(language).format(dimension=one.name, score=one.shown) for one in found), language)
    label = page.petals_of(language).format(unit=title, scores=in_words)
    rank = scores.rank()[at, unit]
    said = "–" if np.isnan(rank) else f"{word.rank(language)} {rank:g} · {number(float(scores.score()[at, unit]), decimals)}"
    words = (page.is_missing(language), page.is_below(language))
    return SimpleNamespace(title=title, said=said, svg=Markup(petals(found, *ends, label, size=size, words=words)))  # noqa: S704 - drawn by us


def history(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return ranks over the last periods of the kind, drawn for few units or the first of many; nothing of one period."""
    scores, root = shown.scores, shown.scores.tree.root
    kind = kind_of(scores, shown.period)
    rows = [row for row in range(shown.at + 1) if kind_of(scores, scores.periods[row]) == kind][-MOST_PERIODS:]
    if len(rows) < 2:
        return None
    units = in_rank_order(scores, shown.at, root)
    titles = [scores.panel.units.title(unit, language) for unit in units]
    ranks = np.asarray(scores.ranks[rows][:, units, root].T, dtype=float)
    periods = [period_title(scores.periods[row], language) for row in rows]
    few = MOST_LINES if len(units) > MOST_STRIPS else len(units)
    label = page.history_of(language).format(count=few, label=unit_label(scores, language), first=periods[0], last=periods[-1])
    headings = (Heading(unit_label(scores, language), "text"), *(Heading(period, "count") for period in periods))
    cells = tuple(
        (title, *(None if math.isnan(rank) else rank for rank in row)) for title, row in zip(titles, ranks.tolist(), strict=True)
    )
    sheet = Sheet(page.history(language), headings, cells)
    ids = [scores.panel.units.ids[unit] for unit in units]
    drawn = bump(titles[:few], periods, ranks[:few].tolist(), label, ids=ids[:few])
    return SimpleNamespace(svg=Markup(drawn), table=table(sheet, language))  # noqa: S704 - drawn by us


def certainty(shown: Analysed, language: str) -> SimpleNamespace | None:
    """Return rank intervals with who cannot be told apart, or how they are made where they were not."""
    scores = shown.scores
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
    """Return tile maps of the index and its dimensions where the units table has rows and columns of tiles."""
    scores = shown.scores
    cells = tile_cells(scores.panel.units.attributes, len(scores.panel.units))
    if cells is None:
        return {}
    decimals = scores.index.index.decimals
    found = []
    for node in (scores.tree.root, *scores.tree.dimensions):
        own = scores.scores[shown.at, :, node]
        if node in scores.tree.monitored or np.isnan(own).all():
            continue
        low, high = float(np.nanmin(own)), float(np.nanmax(own))
        places = [
            Place(
                scores.panel.units.title(unit, language),
                "–" if math.isnan(own[unit]) else number(float(own[unit]), decimals),
                math.nan if math.isnan(own[unit]) else 0.5 if high == low else (float(own[unit]) - low) / (high - low),
            )
            for unit in range(len(own))
        ]
        title = page.map_of(language).format(node=scores.tree.nodes[node].title(language))
        found.append(SimpleNamespace(title=title, svg=Markup(tile_map(places, cells, title))))  # noqa: S704 - drawn by us
    return {"maps": found, "map_help": page.map_help(language)}


def tile_cells(attributes: Mapping[str, Sequence[Any]], count: int) -> list[tuple[int, int] | None] | None:
    """Return each unit's row and column of tiles, None for units without; None for a table that has no such columns."""
    if "tile_row" not in attributes or "tile_col" not in attributes:
        return None

    def place(row: Any, column: Any) -> tuple[int, int] | None:
        try:
            return int(float(row)), int(float(column))
        except (TypeError, ValueError):
            return None

    found = [place(attributes["tile_row"][at], attributes["tile_col"][at]) for at in range(count)]
    return found if any(found) else None


# ------------------------------------------------------------------------------------------------------------- scorecards


def card(shown: Analysed, unit: int, language: str) -> SimpleNamespace:
    """Return a unit's scorecard as a page shows it."""
    made = scorecard(shown, unit, language)
    decimals = shown.scores.index.index.decimals
    rank = "–" if math.isnan(made.rank) else f"{made.rank:g}"
    score = "–" if math.isnan(made.score) else number(made.score, decimals)
    brackets = (" (", ")") if language == "en" else ("（", "）")
    tied = f"{brackets[0]}{word.tie(language)}{brackets[1]}" if made.tied else ""
    return SimpleNamespace(
        card=made,
        summary=f"{score} · {word.rank(language)} {rank}{tied}",
        facts=_facts(made, language, score, rank),
        petals=flower(shown, unit, petal_ends(shown), language, size=240).svg if 2 < len(shown.dimensions) <= 12 else "",
        marks=_marks(shown, unit, language).drawn if shown.judged else "",
        course=_course(made, language),
        contributions=table(made.contributions, language),
        weak=table(made.weak, language) if made.weak.rows else None,
        strong=table(made.strong, language) if made.strong.rows else None,
        gaps=table(made.gaps, language) if made.gaps.rows else None,
        plan="",
    )


def _facts(made: Scorecard, language: str, score: str, rank: str) -> list[SimpleNamespace]:
    facts: list[tuple[str, str]] = [
        (word.score(language), score),
        (word.rank(language), f"{rank} {page.of_all(language).format(count=made.ranked)}"),
    ]
    if not math.isnan(made.move):
        moved = f"↑{made.move:g}" if made.move > 0 else f"↓{-made.move:g}" if made.move < 0 else word.unmoved_rank(language)
        facts.append((word.previous(language), moved))
    if made.interval:
        facts.append((word.rank_interval(language).format(level="90%"), f"{made.interval[0]:g}–{made.interval[1]:g}"))
    if made.grade:
        facts.append((word.grade(language), made.grade))
    if made.group and not math.isnan(made.group_rank):
        facts.append((f"{word.group_rank(language)} · {made.group}", f"{made.group_rank:g}"))
    return [SimpleNamespace(name=name, text=text) for name, text in facts]


def _course(made: Scorecard, language: str) -> Markup:
    """Draw a unit's scores and ranks over the last periods."""
    if len(made.periods) < 2:
        return Markup("")
    said = in_a_row((f"{value:.4g}" for value in made.course), language)
    ranks = in_a_row((f"{rank:g}" for rank in made.ranks), language)
    drawn = (
        drawn_course(made.course, f"{word.score(language)} {said}", width=180, height=36),
        drawn_course(made.ranks, f"{word.rank(language)} {ranks}", width=180, height=36, down=True),
    )
    return Markup("{} {} {} {}").format(
        word.score(language),
        Markup(drawn[0]),  # noqa: S704 - drawn by us
        word.rank(language),
        Markup(drawn[1]),  # noqa: S704 - drawn by us
    )
