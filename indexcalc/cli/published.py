"""Commands of values in time: against earlier periods, and as they were published."""

from __future__ import annotations

from typing import Annotated

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
    QuietOption,
    SeedOption,
    StrictOption,
    _project,
    app,
)


@app.command()
def trend(
    unit: Annotated[str | None, typer.Argument(help="A unit, period by period. Default: all units in one period.")] = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    node: Annotated[str | None, typer.Option("--node", help="The id of a node or indicator. Default: the index itself.")] = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set values beside the period before, the year before and what was published. 环比、同比与当时公布值。"""
    from ..journal.published import read_published
    from .publishing import trend_result

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    node = project.asked(scores, node)
    at = None if unit is None else project.unit(matched, scores, unit)
    published, unread = read_published(project.index_file)
    project.go_on(unread)
    wanted = project.period(scores, period)
    project.print(*trend_result(scores, node, at, wanted, published, level or "", project.language))


@app.command()
def publish(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    by: Annotated[str, typer.Option("--by", help="Who publishes it. Default: the user's name.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why what was published before is revised.")] = "",
    level: LevelOption = None,
    out: OutOption = None,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a period's report and keep its scores as published, for all time. 发布报告并留存公布值。"""
    from .publishing import publish_result

    project = _project(index, data, out, lang, seed, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    project.print(*publish_result(project, matched, scores, project.period(scores, period), by, why))
