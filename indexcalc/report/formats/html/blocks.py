"""What a page shows in one language: each part as the template takes it, left out where there is nothing to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from ....analysis.describe import describe
from ....version import VERSION
from ....words.framework import framework
from ....words.page import page
from ....words.periods import period_title
from ....words.reports import all_in
from ...sheets.alone import unit_label
from ...sheets.analysed import Analysed
from ...sheets.annex import department_sheets, departments_of, method_sheet, stake_sheet
from ...sheets.described import beside_sheet, values_sheet
from ...sheets.follow import follow_sheets
from ...sheets.open import may_see
from ...sheets.scorecard import gaps_sheet
from ...sheets.sentences import PUBLIC_RULES, headlines
from ...sheets.sheet import Sheet
from ...sheets.tables import coverage_sheet, in_rank_order, notes
from ...sheets.whole import whole_of
from . import FRAMEWORK
from .alerts import warning_board
from .cards import card
from .drawings import MOST_STRIPS, again, certainty, evolved, flower, history, maps, may_have_petals, petal_ends
from .markup import table
from .rankings import boards, heat_table, matrices, ranking_table

MOST_CARDS = 60


@dataclass
class Block:
    """A page in one language, part by part."""

    shown: Analysed
    language: str
    prefix: str
    public: bool
    parts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """Return a part of the page, None where it has none by that name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.parts.get(name)


def block(
    shown: Analysed, language: str, *, prefix: str, public: bool, reporting: Sheet | None, inputs: Mapping[str, str]
) -> Block:
    """Return all that a page shows in one language: of all units, or of the one that it is about."""
    made = Block(shown, language, prefix, public)
    scores = shown.scores
    units = scores.panel.units
    label = unit_label(scores, language)
    groups = dict.fromkeys(group for group in units.groups if group)
    every = shown.unit is None
    said = [one for one in headlines(shown, language) if not public or one.rule in PUBLIC_RULES]
    made.parts |= {
        "words": SimpleNamespace(**all_in(page, language)),
        "html_language": "en" if language == "en" else "zh-CN",
        "other": "zh" if language == "en" else "en",
        "title": title_of(shown, language),
        "period": period_title(shown.period, language),
        "remark": next(iter(notes(scores, language)), ""),
        "label": label,
        "groups": list(groups) if len(groups) > 1 else [],
        "search": page.search(language).format(label=label),
        "alone": not every,
        "headlines": said if every else said[:2],
        "few": len(units) <= MOST_STRIPS,
        "ranking": ranking_table(shown, language, public=public),
        "boards": boards(shown, language, public=public) if every else [],
        "method": table(method_sheet(scores, shown.period, language, public=public), language),
        "matrices": matrices(shown, language) if every and not public else [],
        "framework": FRAMEWORK if "page" in shown.formats else "",
        "framework_title": framework.from_report(language),
        "made_by": page.made_by(language).format(version=VERSION, seed=shown.seed),
    }
    made.parts |= _pictures(shown, language, prefix)
    made.parts |= _cards(shown, language, prefix, public=public)
    made.parts |= _open(shown, language, reporting, public=public)
    if every and not public:
        made.parts |= _inside(shown, language, reporting, inputs)
    return made


def title_of(shown: Analysed, language: str) -> str:
    """Return what a page is called: as `report:` says, or like the index, with the unit that it is about."""
    index = shown.scores.index
    title = index.report.heading(language) or index.index.title(language)
    return title if shown.unit is None else f"{title} · {shown.scores.panel.units.title(shown.unit, language)}"


def _pictures(shown: Analysed, language: str, prefix: str) -> dict[str, Any]:
    """Return the pictures of all units; of one unit the ranks alone, in which it is highlighted."""
    alike = {"history": history(shown, language), "certainty": certainty(shown, language)}
    if shown.unit is not None:
        return alike
    ends = petal_ends(shown)
    label = unit_label(shown.scores, language)
    is_red_cotton = shown.scores.index.index.id == "red-cotton"  # five petals of other indices are no red cotton
    flowers = []
    if has_petals(shown):
        units = in_rank_order(shown.scores, shown.at, shown.scores.tree.root)
        flowers = [flower(shown, unit, ends, language, id_=f"{prefix}petals-{unit}") for unit in units]
    return {
        "petals": flowers,
        "petals_title": (page.petals if is_red_cotton else page.petals_plain)(language),
        "petals_help": page.petals_help(language).format(low=f"{ends[0]:g}", high=f"{ends[1]:g}", label=label),
        "heat": heat_table(shown, language),
        "heat_title": (page.heat if has_second_level(shown) else page.heat_of_dimensions)(language).format(label=label),
        **alike,
        **maps(shown, language),
    }


def has_second_level(shown: Analysed) -> bool:
    """Say whether any dimension has nodes below it."""
    return any(node >= shown.scores.tree.leaves for node in shown.dimensions)


def has_petals(shown: Analysed) -> bool:
    """Say whether petals are drawn: there are few units, and dimensions enough that have weights, for these are the widths."""
    return may_have_petals(shown) and len(shown.scores.panel.units) <= MOST_STRIPS


def _cards(shown: Analysed, language: str, prefix: str, *, public: bool) -> dict[str, Any]:
    """Return the scorecards: of all units where these are few and values may be seen, or of the one that a page is about."""
    scores, label = shown.scores, unit_label(shown.scores, language)
    units = in_rank_order(scores, shown.at, scores.tree.root)
    many = len(units) > MOST_CARDS
    if shown.unit is not None:
        petals = flower(shown, shown.unit, petal_ends(shown), language).svg if may_have_petals(shown) else Markup("")
        cards = [card(shown, shown.unit, language, petals, public=public)]
    elif not may_see(scores.index, "values", public=public):
        return {}
    elif many:
        return {
            "cards_title": page.scorecards(language).format(label=label),
            "cards": [],
            "cards_hint": page.scorecard_hint(language).format(label=label),
        }
    else:
        drawn = {unit: Markup("") for unit in units}
        if has_petals(shown):
            drawn = {unit: again(f"{prefix}petals-{unit}", scores.panel.units.title(unit, language)) for unit in units}
        cards = [card(shown, unit, language, drawn[unit], public=public) for unit in units]
    return {"cards_title": page.scorecards(language).format(label=label), "cards": cards, "cards_hint": ""}


def _open(shown: Analysed, language: str, reporting: Sheet | None, *, public: bool) -> dict[str, Any]:
    """Return what `publish:` may open to everybody: warnings, departments, what values are like, where they are missing."""
    scores, every = shown.scores, shown.unit is None
    found: dict[str, Any] = {}
    if may_see(scores.index, "warnings", public=public):
        found["warnings"] = warning_board(shown, language, values=may_see(scores.index, "values", public=public))
    if every and may_see(scores.index, "departments", public=public):
        found["departments"] = [
            SimpleNamespace(
                title=page.indicators_of(language).format(department=one.name, count=one.count, weight=f"{one.weight:.1%}"),
                tables=[
                    table(sheet, language, sortable=sheet is sheets[0])
                    for sheets in [department_sheets(shown, one, language, reporting, public=public)]
                    for sheet in sheets
                ],
            )
            for one in departments_of(shown, language)
        ]
    if every and may_see(scores.index, "values", public=public):
        profiles = describe(scores, shown.period)
        found["profiles"] = [
            table(values_sheet(profiles, language), language, sortable=True),
            table(beside_sheet(profiles, language), language),
        ]
    return found


def _inside(shown: Analysed, language: str, reporting: Sheet | None, inputs: Mapping[str, str]) -> dict[str, Any]:
    scores = shown.scores
    gaps = gaps_sheet(shown, language, most=200)
    stake = stake_sheet(shown, range(scores.tree.leaves), language, most=30) if shown.boards else None
    whole = whole_of(scores.index, language)
    return {
        "evolution": evolved(shown, language),
        "follow": [table(sheet, language) for sheet in follow_sheets(scores, shown.period, language).values()],
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
        ("evolution", w.evolution, made.evolution),
        ("follow", w.follow, made.follow),
        ("cards", made.cards_title, made.cards),
        ("departments", w.departments, made.departments),
        ("what-if", w.what_if, made.what_if),
        ("method", w.method, True),
        ("profiles", w.profiles, made.profiles),
        ("quality", w.quality, made.quality),
    ]
    return [(id_, title) for id_, title, there in listed_parts if there]
