"""What the commands about changes do: each returns a text for people and the same as data for `--json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, finding
from ..report.numbers import finite
from ..tree.model import Indicator
from .answers import ELSEWHERE, Answer
from .project import Project
from .results import MOST_ROWS, explained, raw_cells

if TYPE_CHECKING:
    from ..analysis.change import Change
    from ..analysis.compare import Comparison
    from ..analysis.robustness import Robustness
    from ..analysis.target import Effort, Plan
    from ..analysis.versus import Boards, Versus
    from ..scores import Scores
    from ..sources import Matched

MOST_UNITS = 300  # whose moves are split where neither a unit nor all are asked for
MOST_PAIRS = 100  # neighbours that are asked about where neither a unit nor all are
MOST_BOARDS = 5  # short boards, and strengths, on a terminal
MOST_TURNED = 8  # weights that turn an order, on a terminal


def other_units(
    project: Project, matched: Matched, scores: Scores, period: str, unit: int, vs: str
) -> tuple[list[int], Callable[[Language], str]]:
    """Return the units that `--vs` means and what they are called in a language, or refuse."""
    from ..analysis.versus import best_of, group_of
    from ..words.reports import word

    at, units = scores.periods.index(period), scores.panel.units
    if vs == "group":
        group = list(group_of(scores, unit))
        by = scores.index.ranking.within or ("group" if units.groups else None)
        alike = by is not None and len({units.labels(by)[one] for one in group}) == 1

        def mean_of(language: Language) -> str:
            name = units.labels(by)[unit] if by is not None and alike else word("all units", language)
            return word("mean of", language).format(group=name)

        return group, mean_of
    other = best_of(scores, at, unit) if vs == "best" else project.unit(matched, scores, vs)
    return [other], lambda language: units.title(other, language)


def versus_answer(
    scores: Scores,
    period: str,
    unit: int,
    others: Sequence[int],
    name: str,
    node: str | None,
    depth: int,
    language: Language,
) -> Answer:
    """Walk down the tree with a unit beside others: where their scores part, in points, down to what was reported."""
    from ..analysis.versus import versus
    from ..report.sheets.explained import explained_notes, versus_sheet
    from ..words.reports import word

    at = scores.periods.index(period)
    found = versus(scores, at, unit, others)
    start = scores.tree.root if node is None else scores.node(node)

    def walk(position: int, level: int) -> dict[str, Any]:
        entry = _beside(scores, found, position, language)
        if depth == 0 or level < depth:
            entry["children"] = [walk(child, level + 1) for child in scores.tree.below(position)]
        return entry

    tree = walk(start, 0)
    units = scores.panel.units
    names = (units.title(unit, language), name)
    lines = [f"{names[0]} {word('against', language).format(others=name)} · {period}"]
    _versus_lines(tree, 0, scores.index.index.decimals, language, lines)
    lines += explained_notes(scores, language)
    data = {"unit": units.ids[unit], "others": [units.ids[other] for other in others], "period": period, "tree": tree}
    return Answer("\n".join(lines), data, {"": versus_sheet(scores, tree, names, language)})


def _beside(scores: Scores, found: Versus, position: int, language: Language) -> dict[str, Any]:
    from ..methods.arrays import np

    own = explained(scores, found.period, found.unit, position, language)
    entry: dict[str, Any] = {"node": own["node"], "name": own["name"], "weight": own["weight"]}
    for key, array in (
        ("score", found.scores),
        ("contribution", found.contribution),
        ("index_points", found.points),
        ("adjusted", found.adjusted),
    ):
        entry[key] = [finite(array[0, position]), finite(array[1, position])]
        entry[f"{key}_difference"] = finite(array[0, position] - array[1, position])
    places = scores.ranks[found.period, [found.unit, *found.others], position]
    entry["rank"] = [finite(place) for place in places] if len(found.others) == 1 else [finite(places[0])]
    leaf = scores.tree.nodes[position]
    if isinstance(leaf, Indicator):
        values = scores.derived[found.period, list(found.others), position]
        mean = finite(float(np.nanmean(values))) if not np.isnan(values).all() else None
        entry |= {"value": [own["value"], mean], "measure": own["measure"], "status": own["status"], "raw": [own["raw"]]}
        if len(found.others) == 1:
            entry["raw"].append(raw_cells(scores, found.period, found.others[0], leaf))
    return entry


def _versus_lines(entry: dict[str, Any], level: int, decimals: int, language: Language, lines: list[str]) -> None:
    from ..report.numbers import number, signed
    from ..words.reports import word

    def show(pair: Sequence[float | None]) -> str:
        return " ↔ ".join("–" if one is None else number(one, decimals) for one in pair)

    def gap(value: float | None) -> str:
        return "–" if value is None else signed(value, decimals)

    parts = f"{'  ' * level}{entry['name']} ({entry['node']}) {show(entry['score'])} · {gap(entry['score_difference'])}"
    if level:
        parts += f" · {word('contribution', language)} {gap(entry['contribution_difference'])}"
    if level > 1:
        parts += f" · {word('index points', language)} {gap(entry['index_points_difference'])}"
    ranks = ["–" if one is None else f"{one:g}" for one in entry["rank"]]
    lines.append(f"{parts} · {word('rank', language)} {' ↔ '.join(ranks)}")
    if entry["adjusted"] != [0, 0]:
        moved = f"{show(entry['adjusted'])} · {gap(entry['adjusted_difference'])}"
        lines.append(f"{'  ' * (level + 1)}{word('adjusted', language)} {moved}")
    if "raw" in entry:
        values = [f"{one:.10g}" if one is not None else "–" for one in entry["value"]]
        lines.append(f"{'  ' * (level + 1)}= {' ↔ '.join(values)} {entry['measure']}".rstrip())
        for raw in (one for side in entry["raw"] for one in side):
            reported = "–" if raw["value"] is None else f"{raw['value']:.10g}"
            lines.append(f"{'  ' * (level + 1)}{raw['column']} = {reported}  ← {', '.join(raw['places']) or '–'}")
    for child in entry.get("children", ()):
        _versus_lines(child, level + 1, decimals, language, lines)


def with_boards(answer: Answer, scores: Scores, found: Boards, start: int, language: Language) -> Answer:
    """Add the short boards and the strengths of a unit against its group, below a node, to what is said of it."""
    from ..report.formats.text import as_text
    from ..report.sheets.changes import boards_sheet
    from ..report.sheets.tables import shortened

    sheets = {
        name: boards_sheet(scores, found, language, short=short, node=start)
        for name, short in (("short-boards", True), ("strengths", False))
    }
    beside = [as_text(shortened(sheet, MOST_BOARDS, language, ELSEWHERE), language) for sheet in sheets.values() if sheet.rows]
    text = "\n\n".join([answer.text, *beside])
    return Answer(text, {**answer.data, "boards": _boards(scores, found)}, {**answer.sheets, **sheets})


def _boards(scores: Scores, found: Boards) -> list[dict[str, Any]]:
    return [
        {
            "node": scores.tree.nodes[at].id,
            "group_mean": finite(found.mean[at]),
            "index_points": finite(found.points[at]),
            "places": finite(found.places[at]),
        }
        for at in scores.tree.reading_order
        if finite(found.points[at]) is not None
    ]


def change_answer(earlier: Scores, later: Scores, found: Change, count: int, language: Language) -> Answer:
    """Split the change of units, as many as were asked for of all; or of one further down to its indicators."""
    from ..report.formats.text import as_text
    from ..report.sheets.changes import change_sheet
    from ..report.sheets.tables import shortened

    if found.indicators is not None:
        return _change_of_one(earlier, later, found, language)
    sheet = change_sheet(later, found, language)
    sheet = replace(sheet, notes=(*_first_of(len(found.at), count, language), *sheet.notes))
    heading = f"{later.index.index.title(language)} · {found.periods[0]} → {found.periods[1]}"
    text = f"{heading}\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    return Answer(text, {**change_data(found), "count": count}, {"": sheet})


def _first_of(shown: int, count: int, language: Language) -> list[str]:
    """A note that not all units were split, and how to have the rest."""
    from ..words.reports import word

    return [word("split in part", language).format(shown=shown, all=count)] if shown < count else []


def _change_of_one(earlier: Scores, later: Scores, found: Change, language: Language) -> Answer:
    from ..report.formats.text import as_text
    from ..report.numbers import number, signed
    from ..report.sheets.changes import factors_sheet, indicators_sheet
    from ..report.sheets.tables import notes
    from ..words.reports import word

    (before, after), unit = found.periods, found.units.ids[found.at[0]]
    decimals = later.index.index.decimals
    one, other = (None if score != score else number(score, decimals) for score in found.scores[:, 0].tolist())  # noqa: PLR0124 - NaN
    lines = [f"{found.units.title(found.at[0], language)} · {before} → {after}"]
    moved = f" · {signed(float(found.scores[1, 0] - found.scores[0, 0]), decimals)}" if one and other else ""
    lines.append(f"{word('score', language)} {one or '–'} → {other or '–'}{moved}")
    places = ["–" if rank != rank else f"{rank:g}" for rank in found.ranks[:, 0].tolist()]  # noqa: PLR0124 - NaN
    lines.append(f"{word('rank', language)} {' → '.join(places)}")
    sheets = {"": factors_sheet(later, found, language)}
    lines += ["", as_text(sheets[""], language)]
    values = {leaf: _values(earlier, later, before, after, unit, leaf) for leaf in found.indicators or ()}
    if values:
        sheets["indicators"] = indicators_sheet(later, found, values, language)
        lines += ["", as_text(indicators_sheet(later, found, values, language, most=10), language)]
    said = notes(later, language)
    sheets[""] = replace(sheets[""], notes=(*lines[:3], *said))
    return Answer("\n".join([*lines, *said]), change_data(found), sheets)


def _values(earlier: Scores, later: Scores, before: str, after: str, unit: str, leaf: str) -> tuple[str, str]:
    """A leaf's value in both states, as people read it."""
    shown = []
    for scores, period in ((earlier, before), (later, after)):
        place = scores.tree.position.get(leaf)
        if place is None or place >= scores.tree.leaves or unit not in scores.panel.units.ids:
            shown.append("–")
            continue
        x = float(scores.derived[scores.periods.index(period), scores.panel.units.ids.index(unit), place])
        shown.append("–" if x != x else f"{x:.6g} {getattr(scores.tree.nodes[place], 'measure', '')}".rstrip())  # noqa: PLR0124
    return shown[0], shown[1]


def change_data(found: Change, leading: Sequence[str] = ()) -> dict[str, Any]:
    """Return a change as data: for each unit both scores and ranks, and the parts of each factor."""
    units = []
    for at, place in enumerate(found.at):
        one: dict[str, Any] = {
            "unit": found.units.ids[place],
            "score": [finite(score) for score in found.scores[:, at]],
            "rank": [finite(rank) for rank in found.ranks[:, at]],
            "parts": {factor: finite(part[at]) for factor, part in found.parts.items()},
            "rank_parts": {factor: finite(part[at]) for factor, part in found.rank_parts.items()},
        }
        if found.indicators is not None:
            one["indicators"] = {leaf: finite(part[at]) for leaf, part in found.indicators.items() if part[at]}
        if leading:
            one["leading"] = leading[at]
        units.append(one)
    return {"periods": list(found.periods), "units": units}


def compare_answer(one: Scores, other: Scores, found: Comparison, names: tuple[str, str], language: Language) -> Answer:
    """Set two scorings beside each other: agreement, then every unit with what moved it; for two trees, what they differ in."""
    from ..report.formats.text import as_text
    from ..report.sheets.changes import agreement_text, change_sheet
    from ..report.sheets.tables import shortened
    from ..report.sheets.weights import differences, differences_sheet, shares, weight_rows

    before, after = found.change.periods
    change = found.change if before != after else replace(found.change, periods=(names[0], names[1]))
    sheet = change_sheet(other, change, language, found.leading)
    said = [agreement_text(found, language), *_first_of(len(change.at), len(change.units), language)]
    lines = [f"{names[0]} → {names[1]}", *said]
    lines += ["", as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)]
    sheets = {"": replace(sheet, notes=(*said, *sheet.notes))}
    data: dict[str, Any] = {
        "names": list(names),
        "count": found.count,
        "spearman": finite(found.spearman),
        "kendall": finite(found.kendall),
        "moved": found.moved,
        "shift": found.shift,
        "most": found.most,
        **change_data(found.change, found.leading),
    }
    if one.index is not other.index:
        rows = [weight_rows(scores.index, shares(scores.index), language) for scores in (one, other)]
        differing = differences(one.index, other.index, (rows[0], rows[1]))
        if differing:
            sheets["differences"] = differences_sheet(differing, language)
            lines += ["", as_text(sheets["differences"], language)]
        data["differences"] = [{"kind": each.kind, "node": each.node, "old": each.old, "new": each.new} for each in differing]
    return Answer("\n".join(lines), data, sheets)


def earlier_period(project: Project, scores: Scores, after: str) -> str:
    """Return the period right before one, or refuse."""
    from ..periods import previous
    from ..report.sheets.tables import kind_of

    found = previous(after, kind_of(scores, after))
    if found not in scores.periods:
        project.refuse_one("IC784", period=after, known=[period for period in scores.periods if period != after])
    return str(found)


def must_be_alike(project: Project, earlier: Scores, later: Scores, before: str, after: str) -> None:
    """Refuse two periods of different kinds."""
    from ..report.sheets.tables import kind_of

    if kind_of(earlier, before) != kind_of(later, after):
        project.refuse_one("IC780", before=before, after=after)


def robustness_of(
    project: Project,
    scores: Scores,
    period: int,
    unit: int | None,
    top: int | None,
    within: float | None,
    depth: int | None,
    *,
    every: bool,
) -> Robustness:
    """Search how far weights must move, of many neighbours for the first of them unless `every` is asked for; or refuse."""
    from ..analysis.robustness import robustness
    from ..report.sheets.tables import in_rank_order

    wanted = None if unit is None else [unit]
    if wanted is None and not every and len(scores.panel.units) > MOST_PAIRS:
        wanted = in_rank_order(scores, period, scores.tree.root)[:MOST_PAIRS]
    found = robustness(scores, period, top=top, within=within, units=wanted, levels=None if depth is None else [depth])
    if not found.searched:
        tree = scores.tree
        nodes = [tree.nodes[one.position].id for one in tree.branches if one.compares or one.missing.policy == "floor"]
        project.refuse_one("IC786", nodes=nodes)
    return found


def robustness_answer(scores: Scores, found: Robustness, unit: int | None, language: Language) -> Answer:
    """Say how far weights must move before neighbours change places or a unit leaves the top; for one unit with the weights."""
    from ..report.formats.text import as_text
    from ..report.sheets.changes import turning_sheet, turns_sheet, turns_weights_sheet
    from ..report.sheets.tables import notes, shortened
    from ..words.reports import word

    period = scores.periods[found.period]
    sheets = {"": turns_sheet(scores, found, language)} if found.pairs else {}
    sheets |= {"top": turns_sheet(scores, found, language, top=True)} if found.leaves_top else {}
    lines = [f"{scores.index.index.title(language)} · {period}"]
    lines += ["\n\n".join(as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language) for sheet in sheets.values())]
    asked, pairs = len({(turn.above, turn.below) for turn in found.pairs}), max(len(found.order) - 1, 0)
    if unit is None and asked < pairs:
        lines.append(word("pairs in part", language).format(shown=asked, all=pairs))
    if unit is not None:
        for turn in (turn for turn in (*found.pairs, *found.leaves_top) if turn.verified and turn.norm == "L1"):
            names = [scores.panel.units.title(one, language) for one in (turn.above, turn.below) if one is not None]
            heading = f"{' ↔ '.join(names)} · {word_of_level(turn.level, language)}"
            sheet = turning_sheet(scores, found.period, turn, language)
            lines += ["", heading, as_text(shortened(sheet, MOST_TURNED, language, ELSEWHERE), language)]
    lines += ["", *notes(scores, language)]
    sheets["weights"] = turns_weights_sheet(scores, found, language)
    ids = scores.panel.units.ids
    data = {
        "period": period,
        "top": found.top,
        "pairs": pairs,
        "asked": asked,
        "turns": [
            {
                "above": ids[turn.above],
                "below": None if turn.below is None else ids[turn.below],
                "level": turn.level,
                "norm": turn.norm,
                "distance": finite(turn.distance),
                "exact": turn.exact,
                "verified": turn.verified,
                "weights": dict(turn.weights),
                "siblings": {parent: dict(children) for parent, children in turn.siblings.items()},
            }
            for turn in (*found.pairs, *found.leaves_top)
        ],
    }
    return Answer("\n".join(lines), data, sheets)


def word_of_level(level: int, language: Language) -> str:
    """Return what a level is called."""
    from ..words.reports import word

    return word("level", language).format(level=level)


def plan_of(
    project: Project,
    scores: Scores,
    period: str,
    unit: int,
    *,
    rank: int | None,
    score: float | None,
    effort: Effort,
    costs: Mapping[str, float] | None,
) -> Plan:
    """Return the plan of least effort, or refuse where nothing that others have reached is enough."""
    from ..analysis.target import target
    from ..report.numbers import number

    at, name = scores.periods.index(period), scores.panel.units.title(unit, project.language)
    own = scores.score()[at]
    if own[unit] != own[unit]:
        project.refuse_one("IC785", unit=name, period=period)
    ranked = int((own == own).sum())  # noqa: PLR0124 - NaN
    if rank is not None and not 1 <= rank <= ranked:
        project.refuse_one("IC787", rank=rank, count=ranked)
    plan = target(scores, at, unit, score=score, rank=rank, effort=effort, costs=costs)
    if not plan.reached:
        last = number(plan.scores[1], scores.index.index.decimals)
        project.refuse_one("IC788", unit=name, score=last, rank=f"{plan.ranks[1]:g}")
    return plan


def target_answer(scores: Scores, plan: Plan, score: float | None, language: Language) -> Answer:
    """Say what a plan asks for, what it brings, and whose ranks change with it."""
    from ..report.formats.text import as_text
    from ..report.numbers import number
    from ..report.sheets.changes import plan_ranks_sheet, plan_sheet
    from ..words.reports import word

    decimals, period = scores.index.index.decimals, scores.periods[plan.period]
    first, last = (number(one, decimals) for one in plan.scores)
    wanted = word("target score", language).format(score=score)
    if score is None:
        wanted = word("target rank", language).format(rank=plan.rank)
    lines = [
        f"{scores.panel.units.title(plan.unit, language)} · {period} · {wanted}",
        f"{word('score', language)} {first} → {last} · {word('rank', language)} {plan.ranks[0]:g} → {plan.ranks[1]:g}",
    ]
    sheet = plan_sheet(scores, plan, language)
    leaves = scores.index.leaves
    data = {
        "unit": scores.panel.units.ids[plan.unit],
        "period": period,
        "goal": finite(plan.goal),
        "target_rank": plan.rank,
        "exact": plan.exact,
        "stepped": plan.stepped,
        "effort": plan.effort,
        "score": list(plan.scores),
        "rank": list(plan.ranks),
        "steps": [
            {
                "indicator": leaves[step.leaf].id,
                "from": step.old,
                "to": step.new,
                "effort": step.effort,
                "index_points": step.points,
            }
            for step in plan.steps
        ],
        "ranks": {name: finite(float(place)) for name, place in zip(scores.panel.units.ids, plan.others, strict=True)},
    }
    sheets = {"": replace(sheet, notes=(*lines, *sheet.notes)), "ranks": plan_ranks_sheet(scores, plan, language)}
    return Answer("\n".join([*lines, "", as_text(sheet, language)]), data, sheets)


def read_costs(project: Project, scores: Scores, path: Path) -> dict[str, float]:
    """Read what a unit of each indicator's measure costs, or refuse."""
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or type(error).__name__
        project.refuse([finding("IC789", Place(path.as_posix()), problem=problem)])
    names = {leaf.id: leaf.id for leaf in scores.index.leaves} | {leaf.name: leaf.id for leaf in scores.index.leaves if leaf.name}
    found, costs = [], {}
    for line, row in enumerate(rows, start=2):
        name, text = (str(row.get(key) or "").strip() for key in ("indicator", "cost"))
        try:
            cost = float(text)
        except ValueError:
            cost = 0.0
        if name not in names or not 0 < cost < float("inf"):
            found.append(finding("IC789", Place(path.as_posix(), "", line), problem=f"{name}, {text}"))
        else:
            costs[names[name]] = cost
    if found or not costs:
        project.refuse(found or [finding("IC789", Place(path.as_posix()), problem="–")])
    return costs
