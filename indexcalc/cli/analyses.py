"""Commands of analyses: how sure a ranking is, and what it hangs on."""

from __future__ import annotations

from functools import partial
from typing import Annotated

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
    SeedOption,
    StrictOption,
    _project,
    app,
)

NodeOption = Annotated[str | None, typer.Option("--node", help="The id of a node. Default: the index itself.")]
WeightsOption = Annotated[
    str | None, typer.Option("--weights", help="How weights are drawn: dirichlet, dirichlet:50 or perturb:0.25.")
]
NormaliseOption = Annotated[str | None, typer.Option("--normalise", help="Normalisers to draw from, separated by commas.")]
AggregateOption = Annotated[str | None, typer.Option("--aggregate", help="Ways of aggregating to draw from.")]
TreatOption = Annotated[str | None, typer.Option("--treat", help="Treatments of outliers to draw from, and none.")]
ImputeOption = Annotated[str | None, typer.Option("--impute", help="Estimates of missing values to draw from, and none.")]
NoiseOption = Annotated[
    float | None,
    typer.Option("--noise", help="Errors of values: their standard deviation, as a share of the indicator's.", min=1e-12),
]


@app.command()
def uncertainty(
    context: typer.Context,
    draws: Annotated[int, typer.Option("--draws", help="How many draws.", min=1)] = 1000,
    weights: WeightsOption = None,
    normalise: NormaliseOption = None,
    aggregate: AggregateOption = None,
    treat: TreatOption = None,
    impute: ImputeOption = None,
    noise: NoiseOption = None,
    interval: Annotated[
        float, typer.Option("--interval", help="The share of draws that an interval of ranks holds.", min=0.01, max=0.999)
    ] = 0.9,
    apart: Annotated[
        float,
        typer.Option("--apart", help="The share of draws in which one unit must lead to be told from another.", min=0.5, max=1),
    ] = 0.95,
    top: Annotated[int | None, typer.Option("--top", help="Show how often each unit is among the first so many.", min=1)] = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    node: NodeOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    seed: SeedOption = 0,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw what could have been chosen otherwise and say how sure each rank is. 排名的不确定性。"""
    from ..analysis.uncertainty import uncertainty
    from .analysing import Progress, alternatives_of, uncertainty_answer, uncertainty_findings
    from .answers import give

    project = _project(index, data, None, lang, seed, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    node = project.asked(scores, node)
    given = {"weights": weights, "normalise": normalise, "aggregate": aggregate, "treat": treat, "impute": impute}
    alternatives = alternatives_of(project, scores.index, given, noise)
    found = uncertainty(
        scores,
        alternatives,
        period=project.period(scores, period),
        node=node,
        draws=draws,
        seed=seed,
        progress=Progress(project),
    )
    project.progress("")
    project.go_on(uncertainty_findings(found))
    name = ("uncertainty", level or "", found.period, node or "")
    give(context, project, partial(uncertainty_answer, found, interval, apart, top), out, name, [(project, matched)])


@app.command()
def sensitivity(
    context: typer.Context,
    rows: Annotated[int, typer.Option("--rows", help="Rows of each of the two samples, a power of 2.", min=2)] = 1024,
    weights: WeightsOption = None,
    normalise: NormaliseOption = None,
    aggregate: AggregateOption = None,
    treat: TreatOption = None,
    impute: ImputeOption = None,
    noise: NoiseOption = None,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    seed: SeedOption = 0,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what a ranking hangs on: choices, nodes, weights in effect, and how indicators go together. 排名的敏感性。"""
    from .analysing import Progress, alternatives_of, sensitivity_answers
    from .answers import give

    project = _project(index, data, None, lang, seed, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    if rows & (rows - 1):
        project.refuse_one("IC759", rows=rows, near=1 << rows.bit_length())
    _, matched, scores = project.scores()
    given = {"weights": weights, "normalise": normalise, "aggregate": aggregate, "treat": treat, "impute": impute}
    alternatives = alternatives_of(project, scores.index, given, noise, needed=False)
    found = project.period(scores, period)
    answer = sensitivity_answers(project, matched, scores, found, alternatives, rows, Progress(project))
    give(context, project, answer, out, ("sensitivity", level or "", found), [(project, matched)])
