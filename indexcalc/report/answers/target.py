"""What a unit must improve to reach a rank or a score, what it brings, and whose ranks change with it."""

from __future__ import annotations

from dataclasses import replace

from ...analysis.target import Plan
from ...findings import Language
from ...words.periods import period_title
from ...words.reports import word
from ..formats.text import as_text
from ..numbers import finite, number
from ..sheets.changes import plan_ranks_sheet, plan_sheet
from .answer import Answer


def target_answer(plan: Plan, language: Language) -> Answer:
    """Say what a plan asks for, what it brings, and whose ranks change with it."""
    scores, units = plan.start, plan.start.panel.units
    decimals, period = scores.index.index.decimals, scores.periods[plan.period]
    before, after = (number(one, decimals) for one in plan.scores)
    if plan.rank is None:
        wanted = word.target_score(language).format(score=f"{plan.goal:g}")
    else:
        wanted = word.target_rank(language).format(rank=plan.rank)
    lines = [
        f"{units.title(plan.unit, language)} · {period_title(period, language)} · {wanted}",
        f"{word.score(language)} {before} → {after} · {word.rank(language)} {plan.ranks[0]:g} → {plan.ranks[1]:g}",
    ]
    sheet = plan_sheet(plan, language)
    data = {
        "unit": units.ids[plan.unit],
        "name": units.title(plan.unit, language),
        "period": period,
        "goal": None if plan.goal is None else finite(plan.goal),
        "target_rank": plan.rank,
        "exact": plan.exact,
        "bound": finite(plan.bound),
        "gap": plan.gap,
        "effort": plan.effort,
        "score": list(plan.scores),
        "rank": list(plan.ranks),
        "steps": [
            {
                "indicator": scores.index.leaves[step.leaf].id,
                "from": step.old,
                "to": step.new,
                "effort": step.effort,
                "index_points": step.points,
            }
            for step in plan.steps
        ],
        "along": [{"indicator": scores.index.leaves[one.leaf].id, "from": one.old, "to": one.new} for one in plan.along],
        "ranks": {unit: finite(place) for unit, place in ((units.ids[at], plan.others[at]) for at in scores.listed(plan.period))},
    }
    sheets = {"": replace(sheet, notes=(*lines, *sheet.notes)), "ranks": plan_ranks_sheet(plan, language)}
    return Answer("\n".join([*lines, "", as_text(sheet, language)]), data, sheets)
