"""What the commands about changes do: each returns a text for people and the same as data for `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, finding
from ..spec.model import Indicator
from .project import Project
from .results import Result, explained, raw_cells

if TYPE_CHECKING:
    from ..analysis.change import Change
    from ..analysis.target import Effort
    from ..analysis.versus import Boards, Versus
    from ..scores import Scores
    from ..sources import Matched

MOST_PAIRS = 100  # neighbours that are asked about where no unit is named
MOST_UNITS = 300  # that are split one by one where no unit is named


def other_units(project: Project, matched: Matched, scores: Scores, period: str, unit: int, vs: str) -> tuple[list[int], str]:
    """Return the units that `--vs` means and what they are called, or refuse."""
    from ..analysis.versus import best_of, group_of
    from ..report.words import word

    at, units = scores.periods.index(period), scores.panel.units
    if vs == "group":
        group = list(group_of(scores, unit))
        by = scores.index.ranking.within or ("group" if units.groups else None)
        alike = by is not None and len({units.labels(by)[one] for one in group}) == 1
        name = units.labels(by)[unit] if by is not None and alike else word("all units", project.language)
        return group, word("mean of", project.language).format(group=name)
    other = best_of(scores, at, unit) if vs == "best" else project.unit(matched, scores, vs)
    return [other], units.title(other, project.language)


def versus_result(
    scores: Scores, period: str, unit: int, others: Sequence[int], name: str, node: str | None, depth: int, language: Language
) -> Result:
    """Walk down the tree with a unit beside others: where their scores part, in points, down to what was reported."""
    from ..analysis.versus import versus
    from ..report.tables import notes
    from ..report.words import word

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
    lines = [f"{units.title(unit, language)} {word('against', language).format(others=name)} · {period}"]
    _versus_lines(tree, 0, scores.index.index.decimals, language, lines)
    data = {"unit": units.ids[unit], "others": [units.ids[other] for other in others], "period": period, "tree": tree}
    return "\n".join([*lines, *notes(scores, language)]), data


def _beside(scores: Scores, found: Versus, position: int, language: Language) -> dict[str, Any]:
    from ..methods.arrays import np
    from ..report.changes import value

    own = explained(scores, found.period, found.unit, position, language)
    entry: dict[str, Any] = {"node": own["node"], "name": own["name"], "weight": own["weight"]}
    for key, array in (
        ("score", found.scores),
        ("contribution", found.contribution),
        ("index_points", found.points),
        ("adjusted", found.adjusted),
    ):
        entry[key] = [value(array[0, position]), value(array[1, position])]
        entry[f"{key}_difference"] = value(array[0, position] - array[1, position])
    places = scores.ranks[found.period, [found.unit, *found.others], position]
    entry["rank"] = [value(place) for place in places] if len(found.others) == 1 else [value(places[0])]
    leaf = scores.tree.nodes[position]
    if isinstance(leaf, Indicator):
        values = scores.derived[found.period, list(found.others), position]
        mean = value(float(np.nanmean(values))) if not np.isnan(values).all() else None
        entry |= {"value": [own["value"], mean], "measure": own["measure"], "status": own["status"], "raw": [own["raw"]]}
        if len(found.others) == 1:
            entry["raw"].append(raw_cells(scores, found.period, found.others[0], leaf))
    return entry


def _versus_lines(entry: dict[str, Any], level: int, decimals: int, language: Language, lines: list[str]) -> None:
    from ..report.text import number, signed
    from ..report.words import word

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


def boards_result(scores: Scores, period: str, unit: int, node: str | None, language: Language) -> Result:
    """Return the short boards and the strengths of a unit against its group, below a node."""
    from ..analysis.versus import boards, group_of
    from ..report.changes import boards_sheet
    from ..report.text import as_text

    at, start = scores.periods.index(period), scores.tree.root if node is None else scores.node(node)
    found = boards(scores, at, unit, group_of(scores, unit))
    sheets = [boards_sheet(scores, found, language, short=short, node=start) for short in (True, False)]
    text = "\n\n".join(as_text(sheet, language) for sheet in sheets if sheet.rows)
    return text, {"boards": _boards(scores, found)}


def _boards(scores: Scores, found: Boards) -> list[dict[str, Any]]:
    from ..report.changes import value

    return [
        {
            "node": scores.tree.nodes[at].id,
            "group_mean": value(found.mean[at]),
            "index_points": value(found.points[at]),
            "places": value(found.places[at]),
        }
        for at in scores.tree.reading_order
        if value(found.points[at]) is not None
    ]


def change_result(
    earlier: Scores, later: Scores, before: str, after: str, unit: str | None, language: Language
) -> tuple[str, Any, Change]:
    """Split the change of all units, or of one further down to its indicators."""
    from ..analysis.change import change
    from ..report.changes import change_sheet, factors_sheet, indicators_sheet
    from ..report.tables import in_rank_order, notes
    from ..report.text import as_text, number, signed
    from ..report.words import word

    if unit is None:
        order = in_rank_order(later, later.periods.index(after), later.tree.root)[:MOST_UNITS]
        found = change(earlier, later, before, after, units=[later.panel.units.ids[at] for at in order])
        heading = f"{later.index.index.title(language)} · {before} → {after}"
        return f"{heading}\n{as_text(change_sheet(later, found, language), language)}", change_data(found), found
    found = change(earlier, later, before, after, units=[unit], by_indicator=True)
    decimals = later.index.index.decimals
    one, other = (None if score != score else number(score, decimals) for score in found.scores[:, 0].tolist())  # noqa: PLR0124 - NaN
    lines = [f"{found.units.title(found.at[0], language)} · {before} → {after}"]
    moved = f" · {signed(float(found.scores[1, 0] - found.scores[0, 0]), decimals)}" if one and other else ""
    lines.append(f"{word('score', language)} {one or '–'} → {other or '–'}{moved}")
    places = ["–" if rank != rank else f"{rank:g}" for rank in found.ranks[:, 0].tolist()]  # noqa: PLR0124 - NaN
    lines.append(f"{word('rank', language)} {' → '.join(places)}")
    lines += ["", as_text(factors_sheet(later, found, language), language)]
    values = {leaf: _values(earlier, later, before, after, unit, leaf) for leaf in found.indicators or ()}
    if values:
        lines += ["", as_text(indicators_sheet(later, found, values, language), language)]
    return "\n".join([*lines, *notes(later, language)]), change_data(found), found


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
    from ..report.changes import value

    units = []
    for at, place in enumerate(found.at):
        one: dict[str, Any] = {
            "unit": found.units.ids[place],
            "score": [value(score) for score in found.scores[:, at]],
            "rank": [value(rank) for rank in found.ranks[:, at]],
            "parts": {factor: value(part[at]) for factor, part in found.parts.items()},
            "rank_parts": {factor: value(part[at]) for factor, part in found.rank_parts.items()},
        }
        if found.indicators is not None:
            one["indicators"] = {leaf: value(part[at]) for leaf, part in found.indicators.items() if part[at]}
        if leading:
            one["leading"] = leading[at]
        units.append(one)
    return {"periods": list(found.periods), "units": units}


def compare_result(one: Scores, other: Scores, before: str, after: str, names: tuple[str, str], language: Language) -> Result:
    """Set two scorings beside each other: agreement, then every unit with what moved it; for two trees, what they differ in."""
    from ..analysis.compare import compare
    from ..report.changes import agreement_text, change_sheet
    from ..report.text import as_text
    from ..report.weights import differences, differences_sheet, shares, weight_rows

    found = compare(one, other, before, after)
    lines = [f"{names[0]} → {names[1]}", agreement_text(found, language)]
    change = found.change if before != after else replace(found.change, periods=(names[0], names[1]))
    lines += ["", as_text(change_sheet(other, change, language, found.leading), language)]
    data: dict[str, Any] = {
        "names": list(names),
        "count": found.count,
        "spearman": _plain(found.spearman),
        "kendall": _plain(found.kendall),
        "moved": found.moved,
        "shift": found.shift,
        "most": found.most,
        **change_data(found.change, found.leading),
    }
    if one.index is not other.index:
        rows = [weight_rows(scores.index, shares(scores.index), language) for scores in (one, other)]
        said = differences(one.index, other.index, (rows[0], rows[1]))
        if said:
            lines += ["", as_text(differences_sheet(said, language), language)]
        data["differences"] = [{"kind": each.kind, "node": each.node, "old": each.old, "new": each.new} for each in said]
    return "\n".join(lines), data


def _plain(number: float) -> float | None:
    from ..report.changes import value

    return value(number)


def earlier_period(project: Project, scores: Scores, after: str) -> str:
    """Return the period right before one, or refuse."""
    from ..periods import previous
    from ..report.tables import kind_of

    found = previous(after, kind_of(scores, after))
    if found not in scores.periods:
        project.refuse_one("IC784", period=after, known=[period for period in scores.periods if period != after])
    return str(found)


def must_be_alike(project: Project, earlier: Scores, later: Scores, before: str, after: str) -> None:
    """Refuse two periods of different kinds."""
    from ..report.tables import kind_of

    if kind_of(earlier, before) != kind_of(later, after):
        project.refuse_one("IC780", before=before, after=after)


def robustness_result(
    project: Project, scores: Scores, period: str, unit: int | None, top: int | None, within: float | None, depth: int | None
) -> Result:
    """Say how far weights must move before neighbours change places or a unit leaves the top; for one unit with the weights."""
    from ..analysis.robustness import robustness
    from ..report.changes import turning_sheet, turns_sheet
    from ..report.tables import notes
    from ..report.text import as_text

    language, at = project.language, scores.periods.index(period)
    wanted = None if unit is None else [unit]
    if wanted is None and len(scores.panel.units) > MOST_PAIRS:
        from ..report.tables import in_rank_order

        wanted = in_rank_order(scores, at, scores.tree.root)[:MOST_PAIRS]
    found = robustness(scores, at, top=top, within=within, units=wanted, levels=None if depth is None else [depth])
    if not found.searched:
        tree = scores.tree
        nodes = [tree.nodes[one.position].id for one in tree.branches if one.compares or one.missing.policy == "floor"]
        project.refuse_one("IC786", nodes=nodes)
    lines = [f"{scores.index.index.title(language)} · {period}"]
    lines += [as_text(turns_sheet(scores, found, language), language)] if found.pairs else []
    lines += ["", as_text(turns_sheet(scores, found, language, top=True), language)] if found.leaves_top else []
    if unit is not None:
        for turn in (turn for turn in (*found.pairs, *found.leaves_top) if turn.verified and turn.norm == "L1"):
            names = [scores.panel.units.title(one, language) for one in (turn.above, turn.below) if one is not None]
            heading = f"{' ↔ '.join(names)} · {word_of_level(turn.level, language)}"
            lines += ["", heading, as_text(turning_sheet(scores, at, turn, language), language)]
    lines += ["", *notes(scores, language)]
    ids = scores.panel.units.ids
    data = {
        "period": period,
        "top": top,
        "turns": [
            {
                "above": ids[turn.above],
                "below": None if turn.below is None else ids[turn.below],
                "level": turn.level,
                "norm": turn.norm,
                "distance": _plain(turn.distance),
                "exact": turn.exact,
                "verified": turn.verified,
                "weights": dict(turn.weights),
                "siblings": {parent: dict(children) for parent, children in turn.siblings.items()},
            }
            for turn in (*found.pairs, *found.leaves_top)
        ],
    }
    return "\n".join(lines), data


def word_of_level(level: int, language: Language) -> str:
    """Return what a level is called."""
    from ..report.words import word

    return word("level", language).format(level=level)


def target_result(
    project: Project,
    scores: Scores,
    period: str,
    unit: int,
    *,
    rank: int | None,
    score: float | None,
    effort: Effort,
    costs: Mapping[str, float] | None,
) -> Result:
    """Return the plan of least effort, or refuse where nothing that others have reached is enough."""
    from ..analysis.target import target
    from ..report.changes import plan_sheet
    from ..report.text import as_text, number
    from ..report.words import word

    language, at, name = project.language, scores.periods.index(period), scores.panel.units.title(unit, project.language)
    own = scores.score()[at]
    if own[unit] != own[unit]:
        project.refuse_one("IC785", unit=name, period=period)
    ranked = int((own == own).sum())  # noqa: PLR0124 - NaN
    if rank is not None and not 1 <= rank <= ranked:
        project.refuse_one("IC787", rank=rank, count=ranked)
    plan = target(scores, at, unit, score=score, rank=rank, effort=effort, costs=costs)
    decimals = scores.index.index.decimals
    first, last = (number(one, decimals) for one in plan.scores)
    if not plan.reached:
        project.refuse_one("IC788", unit=name, score=last, rank=f"{plan.ranks[1]:g}")
    wanted = (
        word("target rank", language).format(rank=rank) if score is None else word("target score", language).format(score=score)
    )
    lines = [
        f"{name} · {period} · {wanted}",
        f"{word('score', language)} {first} → {last} · {word('rank', language)} {plan.ranks[0]:g} → {plan.ranks[1]:g}",
        "",
        as_text(plan_sheet(scores, plan, language), language),
    ]
    leaves = scores.index.leaves
    data = {
        "unit": scores.panel.units.ids[unit],
        "period": period,
        "goal": plan.goal,
        "target_rank": rank,
        "exact": plan.exact,
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
        "ranks": {name: _plain(float(place)) for name, place in zip(scores.panel.units.ids, plan.others, strict=True)},
    }
    return "\n".join(lines), data


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
