"""Commands of the risk warning: what has reached a level and why; and scoring again when inputs change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import INDEX
from .app import (
    AsOfOption,
    DataOption,
    IndexOption,
    JsonOption,
    LangOption,
    LevelOption,
    OutOption,
    PeriodOption,
    PeriodsOption,
    QuietOption,
    SeedOption,
    StrictOption,
    _project,
    app,
)

if TYPE_CHECKING:
    from .project import Project

_COLOURS = {colour: colour for colour in ("blue", "yellow", "orange", "red")} | {
    "蓝": "blue",
    "黄": "yellow",
    "橙": "orange",
    "红": "red",
}


@app.command()
def warn(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    least: Annotated[
        Literal["blue", "yellow", "orange", "red"], typer.Option("--least", help="List warnings of this level and worse ones.")
    ] = "red",
    node: Annotated[str | None, typer.Option("--node", help="Warnings of this node alone.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Warnings of this unit alone.")] = None,
    events: Annotated[int, typer.Option("--events", help="How many events to show behind a value made of a log.", min=0)] = 3,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """List warnings and why they stand, down to the cells or events behind them. 列出预警及其依据。"""
    from .warned import Shown, judged_rules, warn_result

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    tree, _ = project.index()
    if tree.warnings is None:
        project.refuse_one("IC811", file=project.index_file.as_posix())
    if level in _COLOURS and not tree.units.level:
        project.refuse_one("IC813", level=_COLOURS[level])
    _, matched, scores = project.scores()
    node = project.asked(scores, node)
    judged = judged_rules(project, scores, node)
    at = None if unit is None else project.unit(matched, scores, unit)
    wanted = None if period is None else project.period(scores, period)
    text, result = warn_result(
        scores, judged, wanted, project.language, least=least, node=node, unit=at, behind=Shown(matched, events)
    )
    project.print(text, result)


@app.command()
def watch(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodsOption = None,
    every: Annotated[float, typer.Option("--every", help="Look at the inputs every so many seconds.", min=0.1)] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once: score if inputs are not those of the report.")] = False,
    level: LevelOption = None,
    out: OutOption = None,
    lang: LangOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score and report again whenever inputs change, and print what moved; Ctrl-C ends it. 输入变化时自动重新计分。"""
    from .watching import look_once, watch_inputs

    def project() -> Project:
        return _project(index, data, out, lang, seed, level=level, json=json, strict=strict, quiet=quiet)

    if once:
        look_once(project(), period)
    else:
        watch_inputs(project, period, every)
