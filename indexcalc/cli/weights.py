"""`indexcalc weights`: weights shown, proposed, edited in a workbook, compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Unpack

import typer

from ..jobs.project import INDEX
from ..words.reports import word
from .open import Opened, opened
from .options import GROUP, Options, takes

if TYPE_CHECKING:
    from ..analysis.weights import Proposal

HELP = "Weights: show, set, suggest, edit in a workbook, compare."

group = typer.Typer(name="weights", help=HELP, **{**GROUP, "no_args_is_help": False}, invoke_without_command=True)


@group.callback(help=HELP)
@takes("period")
def weights(context: typer.Context, **options: Unpack[Options]) -> None:
    """Show the weights where nothing else is asked for; options before a command's name hold for the command."""
    if context.invoked_subcommand is None:
        _show(options)
    else:
        context.default_map = {context.invoked_subcommand: {name: value for name, value in options.items() if value}}


@group.command("show")
@takes("period")
def show(**options: Unpack[Options]) -> None:
    """Show the tree with declared and effective weights."""
    _show(options)


def _show(options: Options) -> None:
    from ..jobs.weights import weights
    from ..report.answers.weights import standing

    with opened(options) as project:
        project.print(*standing(weights(project, options["period"]), project.language))


@group.command("set")
@takes("dry_run", "note", "by", "period")
def set_(
    wanted: Annotated[str, typer.Argument(help="An id, a name, or a path such as safety/personal-safety.")],
    value: Annotated[str, typer.Argument(help="The new weight: 0.35 or 1/3.")],
    rescale: Annotated[
        bool, typer.Option("--rescale", help="Scale the siblings in proportion, so that all still add up.")
    ] = False,
    **options: Unpack[Options],
) -> None:
    """Write a node's weight into the tree, nothing else of the file changes."""
    from ..jobs.weights import set_weight

    with opened(options, writes=not options["dry_run"]) as project, project.alone(wanted=not options["dry_run"]):
        proposal = set_weight(project, wanted, value, rescale=rescale, period=options["period"])
        _settle(project, proposal, options, write=not options["dry_run"])


@group.command("suggest")
@takes("decimals", "write", "note", "by", "period")
def suggest(
    wanted: Annotated[
        str | None, typer.Argument(help="The node whose children are weighed, by its id or name. Default: every inner node.")
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="entropy, critic, pca, ahp … as `indexcalc methods` lists under weights.")
    ] = "entropy",
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter of the method, name=value; may be given several times.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Compute weights from the scores and show them beside those that stand."""
    from ..jobs.weights import parameters_of
    from ..jobs.weights import suggest as suggest_weights

    with opened(options, writes=options["write"]) as project, project.alone(wanted=options["write"]):
        parameters, about = parameters_of(param or []), (options["decimals"], options["period"])
        proposal = suggest_weights(project, wanted, method, parameters, decimals=about[0], period=about[1])
        _settle(project, proposal, options, write=options["write"], why=f"weights suggest --method {method}")


@group.command("export")
@takes("period")
def export(file: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")], **options: Unpack[Options]) -> None:
    """Write a workbook in which weights can be edited, sums shown live."""
    from ..jobs.weights import export_weights

    with opened(options, writes=True) as project:
        export_weights(project, file, period=options["period"])
        _tell_written(project, file)


@group.command("import")
@takes("dry_run", "note", "by", "period")
def import_(
    file: Annotated[Path, typer.Argument(help="The edited workbook, or any table of nodes and weights.")],
    **options: Unpack[Options],
) -> None:
    """Take the weights of an edited workbook, or of a table, into the tree."""
    from ..jobs.weights import import_weights

    with opened(options, writes=not options["dry_run"]) as project, project.alone(wanted=not options["dry_run"]):
        proposal = import_weights(project, file, period=options["period"])
        _settle(project, proposal, options, write=not options["dry_run"], why=f"weights import {file.name}")


@group.command("apply")
@takes("dry_run", "note", "by", "period")
def apply(
    file: Annotated[Path, typer.Argument(help="The patch that a report's page has saved, .yaml.")], **options: Unpack[Options]
) -> None:
    """Take the weights of a patch into the tree that it was made of."""
    from ..jobs.weights import apply_patch

    with opened(options, writes=not options["dry_run"]) as project, project.alone(wanted=not options["dry_run"]):
        proposal = apply_patch(project, file, period=options["period"])
        _settle(project, proposal, options, write=not options["dry_run"], why=f"weights apply {file.name}")


@group.command("ahp")
@takes("decimals", "write", "note", "by", "period")
def ahp(
    wanted: Annotated[str, typer.Argument(help="The node whose children are compared; or `template`.")],
    files: Annotated[list[str], typer.Argument(help="One workbook an expert; or the node and the form to write.")],
    **options: Unpack[Options],
) -> None:
    """Weigh by experts' judgements of pairs; `ahp template NODE FILE` writes the form."""
    from ..jobs.judgements import judge, write_form
    from ..jobs.weights import write
    from ..report.answers.weights import judged

    with opened(options, writes=options["write"] or wanted == "template") as project, project.alone(wanted=options["write"]):
        if wanted == "template":
            if len(files) != 2:
                from .usage import Unfit

                raise Unfit("form_of_pairs")
            write_form(project, files[0], Path(files[1]))
            _tell_written(project, Path(files[1]))
            return
        paths = [Path(file) for file in files]
        found = judge(project, wanted, paths, decimals=options["decimals"], period=options["period"])
        why = options["note"] or f"weights ahp {wanted} {' '.join(path.name for path in paths)}"
        written = write(project, found.proposal, why=why, by=options["by"]) if options["write"] else []
        project.print(*judged(found, [path.as_posix() for path in written], project.language))


@group.command("diff")
@takes("period", common=("data", "lang", "json", "strict", "quiet"))
def diff(
    old: Annotated[Path, typer.Argument(help="The tree as it was.")],
    new: Annotated[Path, typer.Argument(help="The tree as it is.")] = Path(INDEX),
    **options: Unpack[Options],
) -> None:
    """Say what two trees differ in, and which ranks that moves on the same data."""
    from ..jobs.weights import two_trees
    from ..report.answers.weights import compared

    with opened({**options, "index": str(new)}) as project:
        trees = two_trees(project, old / INDEX if old.is_dir() else old, period=options["period"])
        project.print(*compared(trees, project.language))


@group.command("log")
@takes(common=("index", "lang", "json", "quiet"))
def log(
    wanted: Annotated[str | None, typer.Argument(help="A node, by its id or name, for its changes alone. Default: all.")] = None,
    **options: Unpack[Options],
) -> None:
    """Show who changed which weight, when and why."""
    from ..jobs.weights import history
    from ..report.answers.weights import changed

    with opened(options) as project:
        project.print(*changed(history(project, wanted), project.language))


def _settle(project: Opened, proposal: Proposal, options: Options, *, write: bool, why: str = "") -> None:
    """Write what is proposed where that was asked for, and say what it is."""
    from ..jobs.weights import write as write_weights
    from ..report.answers.weights import proposed

    written = write_weights(project, proposal, why=options["note"] or why, by=options["by"]) if write else []
    project.print(*proposed(proposal, [path.as_posix() for path in written], project.language))


def _tell_written(project: Opened, file: Path) -> None:
    project.print(word.written(project.language).format(files=file.as_posix()), {"written": [file.as_posix()]})
