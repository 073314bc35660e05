"""The commands. Heavy modules are imported where a command needs them, so that `--help` and `check` are quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..version import VERSION
from . import ASKED, INDEX, load_pydantic

if TYPE_CHECKING:
    from .project import Project, project_of

    _project = project_of
else:

    def _project(*given: object, **options: object) -> Project:
        """Open the project that a command was given, once a command needs one."""
        from .project import project_of

        return project_of(*given, **options)


Lang = Literal["zh", "en"]
IndexOption = Annotated[str, typer.Option("--index", help="The tree: its YAML file.")]
DataOption = Annotated[str | None, typer.Option("--data", help="Where relative paths of data start. Default: the tree's folder.")]
PeriodOption = Annotated[str | None, typer.Option("--period", help="A period such as 2022Q3 or 2022. Default: the newest.")]
PeriodsOption = Annotated[
    str | None, typer.Option("--period", help="A period such as 2022Q3 or 2022, or `all`. Default: the newest.")
]
OutOption = Annotated[str | None, typer.Option("--out", help="Where reports go. Default: reports beside the tree.")]
KeepOption = Annotated[
    str | None,
    typer.Option("--out", help="A folder to write the whole result into: workbook, CSV, JSON. Default: it is only shown."),
]
LangOption = Annotated[Lang | None, typer.Option("--lang", help="zh or en. Default: the locale's on screen, zh in reports.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of what is drawn at random; recorded in run.json.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results and findings as JSON.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Refuse on warnings too.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors alone.")]
LevelOption = Annotated[str | None, typer.Option("--level", help="Score the units of this level, such as street.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="Read ledgers as they were at this moment, such as 2022-10-15 or 2022-10-15T18:00+08:00."),
]
BlocksOption = Annotated[
    bool | None,
    typer.Option(
        "--blocks/--no-blocks",
        help="Score in blocks, with what is made kept in files; no workbook. Default: from 10 million Parquet cells on.",
    ),
]
EngineOption = Annotated[
    Literal["duckdb", "spark"] | None,
    typer.Option("--engine", help="Have DuckDB or Spark score Parquet where it is, in one query; no workbook."),
]

app = typer.Typer(
    name="indexcalc",
    help="Composite and governance indices from a declared tree of indicators. 由指标树计算综合指数与治理指数。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(VERSION)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Composite and governance indices from a declared tree of indicators. 由指标树计算综合指数与治理指数。"""


@app.command()
def check(
    index: IndexOption = INDEX,
    data: DataOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check the tree and its data; score nothing. 检查指标树和数据。"""
    from .checking import check as check_project

    check_project(index, data, lang, json=json, strict=strict, quiet=quiet)


@app.command()
def score(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodsOption = None,
    level: LevelOption = None,
    out: OutOption = None,
    as_of: AsOfOption = None,
    blocks: BlocksOption = None,
    engine: EngineOption = None,
    lang: LangOption = None,
    seed: SeedOption = 0,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score every period, write the report of one into reports/PERIOD, print its ranking. 计分并写出报告。"""
    from .blocks import is_large, score_blocks
    from .reports import report_periods

    project = _project(index, data, out, lang, seed, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    if engine is not None:
        from .in_query import score_in_engine

        project.print(*score_in_engine(project, engine, period))
        return
    if is_large(project) if blocks is None else blocks:
        project.print(*score_blocks(project, period))
        return
    _, matched, scores = project.scores()
    periods = list(scores.periods) if period == "all" else [project.period(scores, period)]
    project.print(*report_periods(project, matched, scores, periods))


@app.command()
def rank(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    node: Annotated[str | None, typer.Option("--node", help="The id of a node. Default: the index itself.")] = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score and print a ranking; write nothing. 只显示排名，不写文件。"""
    from .results import ranking_result

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, _, scores = project.scores()
    node = project.asked(scores, node)
    project.print(*ranking_result(scores, project.period(scores, period), node, project.language))


@app.command()
def explain(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="A unit's id, name or alias.")],
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    node: Annotated[str | None, typer.Option("--node", help="Explain this node alone. Default: the index.")] = None,
    depth: Annotated[int, typer.Option("--depth", help="How many levels down; 0 for all.", min=0)] = 0,
    vs: Annotated[
        str | None, typer.Option("--vs", help="Set it beside another unit, the mean of its `group`, or the `best`.")
    ] = None,
    level: LevelOption = None,
    as_of: AsOfOption = None,
    out: KeepOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Walk a unit's score down to the raw cells and their addresses. 逐级说明得分来历，直到原始单元格。"""
    from ..analysis.versus import boards, group_of
    from ..journal.history import read_history
    from .answers import Answer, give
    from .changing import other_units, versus_answer, with_boards
    from .results import explain_answer

    project = _project(index, data, None, lang, 0, level=level, json=json, strict=strict, quiet=quiet, as_of=as_of)
    _, matched, scores = project.scores()
    at = project.unit(matched, scores, unit)
    node = project.asked(scores, node)
    wanted = project.period(scores, period)
    at_period = scores.periods.index(wanted)
    others = None if vs is None else other_units(project, matched, scores, wanted, at, vs)
    history, unread = ((), ()) if vs is not None else read_history(project.index_file)
    project.print_findings(unread)
    beside = boards(scores, at_period, at, group_of(scores, at)) if vs in (None, "group") else None
    start = scores.tree.root if node is None else scores.node(node)

    def answer(language: Lang) -> Answer:
        if others is not None:
            found = versus_answer(scores, wanted, at, others[0], others[1](language), node, depth, language)
        else:
            found = explain_answer(scores, wanted, at, node, depth, language, history)
        return found if beside is None else with_boards(found, scores, beside, start, language)

    name = ("explain", level or "", wanted, scores.panel.units.ids[at], f"vs-{vs}" if vs else "", node or "")
    give(context, project, answer, out, name, [(project, matched)])


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A report's folder, such as reports/2022.")],
    index: IndexOption = INDEX,
    data: DataOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score again and say whether a report's bytes come out. 重新计算并核验报告。"""
    from .reports import verify_report

    project = _project(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*verify_report(project, folder))


@app.command()
def methods(
    name: Annotated[str | None, typer.Argument(help="A method, for all that is known of it.")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the methods with their parameters. 列出全部方法及参数。"""
    from .results import method_result, methods_result

    project = _project(INDEX, None, None, lang, 0, json=json)
    if name is None:
        project.print(*methods_result())
        return
    result = method_result(name)
    if isinstance(result, list):
        near = ", ".join(result)
        project.refuse_one("IC401", room="indexcalc", method=name, known=result, near=near if len(result) == 1 else "")
    project.print(*result)


@app.command()
def schema() -> None:
    """Print the JSON Schema of the tree, for editors. 输出 JSON Schema。"""
    from ..tree.schema import schema_text

    sys.stdout.write(schema_text())


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    lang: LangOption = None,
) -> None:
    """Write a small working project to start from. 新建示例项目。"""
    from .reports import start_project

    project = _project(INDEX, None, None, lang, 0)
    project.print(*start_project(project, folder))


@app.command()
def codes(
    code: Annotated[str | None, typer.Argument(help="A finding's code, such as IC201.")] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say what a finding means. 解释错误编号。"""
    from .results import codes_result

    project = _project(INDEX, None, None, lang, 0, json=json)
    text, result, near = codes_result(code, project.language)
    if result is None:
        project.refuse_one("IC507", found=code, near=near)
    project.print(text, result)


def load_the_rest() -> None:
    """Add the commands that stand in files of their own; they take their options from above."""
    # the commands of these are added to the app as their files are loaded
    from . import analyses, changes, ledger, published, warning, weights  # noqa: F401

    app.add_typer(weights.app)


# typer makes every command ready before it runs one, which takes longer than checking a tree: only what is asked for is kept
if ASKED and any(command.callback and command.callback.__name__ == ASKED[0] for command in app.registered_commands):
    app.registered_commands = [one for one in app.registered_commands if one.callback and one.callback.__name__ == ASKED[0]]
    load_pydantic()
else:
    load_the_rest()
