"""Commands of changes: what moved between two states, two rankings beside each other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import INDEX
from .app import (
    AsOfOption,
    DataOption,
    IndexOption,
    JsonOption,
    KeepOption,
    LangOption,
    LevelOption,
    PeriodOption,
    QuietOption,
    StrictOption,
    _project,
    app,
)

if TYPE_CHECKING:
    from .project import Project


EveryOption = Annotated[
    bool, typer.Option("--all", help="Work on all units, however many; otherwise on the first few hundred, which is said.")
]


@app.command()
def change(
    context: typer.Context,
    unit: Annotated[str | None, typer.Argument(help="A unit, for its indicators too. Default: all.")] = None,
    before: Annotated[str | None, typer.Option("--from", help="The earlier period. Default: the one before --to.")] = None,
    after: Annotated[str | None, typer.Option("--to", help="The later period. Default: the newest.")] = None,
    index: IndexOption = INDEX,
    index_from: Annotated[
        str | None, typer.Option("--index-from", help="The tree of the earlier period, where it was another.")
    ] = None,
    every: EveryOption = False,
    data: DataOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Split the change of scores and ranks by what moved them. 分解得分和位次变化的原因。"""
    from ..analysis.change import change as split
    from ..report.sheets.tables import in_rank_order
    from .answers import give
    from .changing import MOST_UNITS, change_answer, earlier_period, must_be_alike

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, later = project.scores()
    old, earlier, named = project, later, matched
    if index_from is not None:
        old = _project(index_from, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
        _, named, earlier = old.scores()
    last = project.period(later, after)
    first = earlier_period(old, earlier, last) if before is None else old.period(earlier, before)
    must_be_alike(project, earlier, later, first, last)
    found = None
    if unit is not None:
        gone = named.units is not None and matched.units is not None and matched.units.find(unit) is None
        found = (
            earlier.panel.units.ids[old.unit(named, earlier, unit)]
            if gone
            else later.panel.units.ids[project.unit(matched, later, unit)]
        )
    order = in_rank_order(later, later.periods.index(last), later.tree.root)
    wanted = [found] if found is not None else [later.panel.units.ids[at] for at in (order if every else order[:MOST_UNITS])]
    moved = split(earlier, later, first, last, units=wanted, by_indicator=found is not None)
    sources = [(project, matched)] if old is project else [(old, named), (project, matched)]
    name = ("change", level or "", first, last, found or "")
    give(context, project, partial(change_answer, earlier, later, moved, len(order)), out, name, sources)


@app.command()
def compare(
    context: typer.Context,
    one: Annotated[str, typer.Argument(help="A period, a tree's file, or a method.")],
    other: Annotated[str, typer.Argument(help="Another one of the same.")],
    every: EveryOption = False,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set two periods, two trees or two methods beside each other. 比较两期、两个指标树或两种方法。"""
    from ..analysis.compare import compare as set_beside
    from ..analysis.compare import room_of
    from ..report.sheets.tables import in_rank_order
    from .answers import give
    from .changing import MOST_UNITS, compare_answer, must_be_alike

    def project_of(file: str) -> Project:
        return _project(file, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)

    files = [_is_file(name) for name in (one, other)]
    if all(files):
        old, project = project_of(one), project_of(other)
        (_, named, earlier), (_, matched, later) = old.scores(), project.scores()
        first, last = old.period(earlier, period), project.period(later, period)
    elif any(files):
        project_of(index).refuse_one("IC781", one=one, other=other)
    elif room_of(one, other) is not None:
        project = project_of(index)
        matched, earlier, later = project.by_methods(one, other)
        first = last = project.period(later, period)
    else:
        project = project_of(index)
        _, matched, later = project.scores()
        earlier = later
        first, last = (_period(project, later, name, (one, other)) for name in (one, other))
    must_be_alike(project, earlier, later, first, last)
    names = (one, other) if first == last else (first, last)
    order = in_rank_order(later, later.periods.index(last), later.tree.root)
    wanted = None if every or len(order) <= MOST_UNITS else [later.panel.units.ids[at] for at in order[:MOST_UNITS]]
    found = set_beside(earlier, later, first, last, units=wanted)
    sources = [(old, named), (project, matched)] if all(files) else [(project, matched)]
    name = ("compare", level or "", *(Path(name).stem if all(files) else name for name in names))
    give(context, project, partial(compare_answer, earlier, later, found, names), out, name, sources)


@app.command()
def robustness(
    context: typer.Context,
    unit: Annotated[str | None, typer.Argument(help="A unit, for the weights that turn its places. Default: all.")] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Ask what takes units out of the top so many, too.")] = None,
    within: Annotated[
        float | None, typer.Option("--within", min=0, help="The share of itself that a weight may move by, such as 0.5.")
    ] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", min=1, help="Move the weights of this level alone. Default: all.")
    ] = None,
    every: EveryOption = False,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find the smallest change of weights that turns the ranking. 求使排名改变的最小权重变动。"""
    from .answers import give
    from .changing import robustness_answer, robustness_of

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    at = None if unit is None else project.unit(matched, scores, unit)
    shown = project.period(scores, period)
    found = robustness_of(project, scores, scores.periods.index(shown), at, top, within, depth, every=every)
    name = ("robustness", level or "", shown, "" if at is None else scores.panel.units.ids[at])
    give(context, project, partial(robustness_answer, scores, found, at), out, name, [(project, matched)])


@app.command()
def target(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="A unit's id, name or alias.")],
    rank: Annotated[int | None, typer.Option("--rank", help="The rank to reach.")] = None,
    score: Annotated[float | None, typer.Option("--score", help="The score to reach.")] = None,
    effort: Annotated[
        Literal["peers", "history"],
        typer.Option("--effort", help="Count effort in the spread between units, or in what changes from period to period."),
    ] = "peers",
    costs: Annotated[Path | None, typer.Option("--costs", help="A CSV file of indicator and cost instead.")] = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Plan the least effort that reaches a rank or a score. 求达到目标的最省力改进方案。"""
    from .answers import give
    from .changing import plan_of, read_costs, target_answer

    if (rank is None) == (score is None):
        raise typer.BadParameter("give either --rank or --score")
    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    at = project.unit(matched, scores, unit)
    found = None if costs is None else read_costs(project, scores, costs)
    shown = project.period(scores, period)
    plan = plan_of(project, scores, shown, at, rank=rank, score=score, effort=effort, costs=found)
    name = ("target", level or "", shown, scores.panel.units.ids[at])
    give(context, project, partial(target_answer, scores, plan, score), out, name, [(project, matched)])


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or Path(name).exists()


def _period(project: Project, scores: object, name: str, both: tuple[str, str]) -> str:
    from ..periods import read_period
    from ..scores import Scores

    assert isinstance(scores, Scores)
    if all(read_period(name, kind) is None for kind in scores.index.periods.kinds):
        project.refuse_one("IC781", one=both[0], other=both[1])
    return project.period(scores, name)
