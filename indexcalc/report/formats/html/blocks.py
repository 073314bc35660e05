"""What a page shows in one language: each part as the template takes it, left out where there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from ....version import VERSION
from ....words.page import page
from ....words.periods import period_title
from ....words.reports import Said
from ...sheets.alone import unit_label
from ...sheets.analysed import Analysed
from ...sheets.annex import departments_of, method_sheet, stake_sheet
from ...sheets.follow import follow_sheets
from ...sheets.scorecard import gaps_sheet
from ...sheets.sentences import headlines
from ...sheets.sheet import Sheet
from ...sheets.tables import coverage_sheet, in_rank_order, notes
from ...sheets.whole import whole_of
from .alerts import warning_board
from .cards import card
from .drawings import MOST_STRIPS, certainty, flower, history, maps, petal_ends
from .markup import table
from .rankings import boards, heat_table, matrices, ranking_table

MOST_CARDS = 60
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
    is_red_cotton = shown.scores.index.index.id == "red-cotton"  # five petals of other indices are no red cotton
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
        "follow": [table(sheet, language) for sheet in follow_sheets(scores, shown.period, language).values()],
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
        ("follow", w.follow, made.follow),
        ("cards", made.cards_title, made.cards),
        ("departments", w.departments, made.departments),
        ("what-if", w.what_if, made.what_if),
        ("method", w.method, True),
        ("quality", w.quality, made.quality),
    ]
    return [(id_, title) for id_, title, there in listed_parts if there]
