"""Commands about weights: `indexcalc weights …`. Heavy modules are imported where a command needs them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import INDEX
from .app import DataOption, IndexOption, JsonOption, LangOption, PeriodOption, QuietOption, StrictOption
from .app import _project as project_of

if TYPE_CHECKING:
    from .weighing import Writing

NodeArgument = Annotated[str, typer.Argument(help="An id, a name, or a path such as safety/personal-safety.")]
NoteOption = Annotated[str, typer.Option("--note", help="Why, for the history.")]
ByOption = Annotated[str, typer.Option("--by", help="Who, for the history. Default: the user's name.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
WriteOption = Annotated[bool, typer.Option("--write", help="Write the weights into the tree.")]
DecimalsOption = Annotated[
    int | None, typer.Option("--decimals", min=0, max=12, help="Decimals of the weights. Default: 4, or 2 where 100 is the sum.")
]

app = typer.Typer(
    name="weights",
    help="Weights: show, set, suggest, edit in a workbook, compare. 权重：查看、修改、建议、用工作簿编辑、比较。",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def weights(
    context: typer.Context,
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Weights: show, set, suggest, edit in a workbook, compare. 权重：查看、修改、建议、用工作簿编辑、比较。"""
    if context.invoked_subcommand is None:
        show(index, data, period, lang, json, strict, quiet)
        return
    # options before the command's name hold for the command, too
    told = {"index": index, "data": data, "period": period, "lang": lang, "json": json, "strict": strict, "quiet": quiet}
    takes = next(one.callback for one in app.registered_commands if one.name == context.invoked_subcommand)
    known = inspect.signature(takes).parameters if takes else {}
    given = {name: value for name, value in told.items() if value and name in known}
    context.default_map = {context.invoked_subcommand: given}


@app.command("show")
def show(
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the tree with declared and effective weights. 查看权重与有效权重。"""
    from .weighing import show_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*show_result(project, period))


@app.command("set")
def set_(
    node: NodeArgument,
    value: Annotated[str, typer.Argument(help="The new weight: 0.35 or 1/3.")],
    rescale: Annotated[
        bool, typer.Option("--rescale", help="Scale the siblings in proportion, so that all still add up.")
    ] = False,
    dry_run: DryRunOption = False,
    note: NoteOption = "",
    by: ByOption = "",
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a node's weight into the tree, nothing else of the file changes. 修改一个权重，文件其余内容不变。"""
    from .weighing import set_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*set_result(project, node, value, period, rescale=rescale, writing=_writing(not dry_run, note, by)))


@app.command("suggest")
def suggest(
    node: Annotated[str | None, typer.Argument(help="The node whose children are weighed. Default: every inner node.")] = None,
    method: Annotated[
        str, typer.Option("--method", help="entropy, critic, pca, ahp … as `indexcalc methods` lists under weights.")
    ] = "entropy",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter of the method, name=value; may be given several times.")
    ] = None,
    decimals: DecimalsOption = None,
    write: WriteOption = False,
    note: NoteOption = "",
    by: ByOption = "",
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Compute weights from the scores and show them beside those that stand. 由数据计算建议权重。"""
    from .weighing import suggest_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    why = note or f"weights suggest --method {method}"
    result = suggest_result(project, node, method, param or [], period, decimals=decimals, writing=_writing(write, why, by))
    project.print(*result)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a workbook in which weights can be edited, sums shown live. 导出可编辑权重的工作簿。"""
    from .weighing import export_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*export_result(project, file, period))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The edited workbook.")],
    dry_run: DryRunOption = False,
    note: NoteOption = "",
    by: ByOption = "",
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take the weights of an edited workbook into the tree. 从工作簿导入权重。"""
    from .weighing import import_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    why = note or f"weights import {file.name}"
    project.print(*import_result(project, file, period, _writing(not dry_run, why, by)))


@app.command("ahp")
def ahp(
    node: Annotated[str, typer.Argument(metavar="NODE | template", help="The node whose children are compared; or `template`.")],
    files: Annotated[
        list[str], typer.Argument(metavar="FILES… | NODE FILE", help="One workbook an expert; or the node and the form to write.")
    ],
    decimals: DecimalsOption = None,
    write: WriteOption = False,
    note: NoteOption = "",
    by: ByOption = "",
    index: IndexOption = INDEX,
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Weigh by experts' judgements of pairs; `ahp template NODE FILE.xlsx` writes the form. 层次分析法，多位专家。"""
    from .weighing import ahp_result, ahp_template_result

    project = project_of(index, data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    if node == "template":
        if len(files) != 2:
            raise typer.BadParameter("ahp template NODE FILE.xlsx")
        project.print(*ahp_template_result(project, files[0], Path(files[1])))
        return
    why = note or f"weights ahp {node} {' '.join(Path(file).name for file in files)}"
    writing = _writing(write, why, by)
    project.print(*ahp_result(project, node, [Path(file) for file in files], period, decimals=decimals, writing=writing))


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="The tree as it was.")],
    new: Annotated[Path, typer.Argument(help="The tree as it is.")] = Path(INDEX),
    data: DataOption = None,
    period: PeriodOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what two trees differ in, and which ranks that moves on the same data. 比较两个指标树及位次变化。"""
    from .weighing import diff_result

    project = project_of(str(new), data, None, lang, 0, json=json, strict=strict, quiet=quiet)
    project.print(*diff_result(project, old / INDEX if old.is_dir() else old, project.index_file, period))


@app.command("log")
def log(
    node: Annotated[str | None, typer.Argument(help="A node, for its changes alone.")] = None,
    index: IndexOption = INDEX,
    lang: LangOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show who changed which weight, when and why. 查看权重修改记录。"""
    from .weighing import log_result

    project = project_of(index, None, None, lang, 0, json=json, quiet=quiet)
    project.print(*log_result(project, node))


def _writing(write: bool, why: str, who: str) -> Writing:
    from .weighing import Writing

    return Writing(write, why, who)
