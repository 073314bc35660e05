"""`indexcalc tree`: a framework sheet becomes a tree, and a tree a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from ..words.reports import word
from .open import opened
from .options import GROUP, Options, takes

group = typer.Typer(name="tree", help="The tree as a sheet: imported, exported.", **GROUP)


@group.command("import")
@takes(common=("lang", "json", "strict", "quiet"))
def import_(
    file: Annotated[Path, typer.Argument(help="A framework sheet: .xlsx, .xls, .ods, .csv.")],
    folder: Annotated[
        Path | None, typer.Option("--out", help="The folder to write into. Default: the one that you are in.")
    ] = None,
    values: Annotated[
        Path | None,
        typer.Option("--values", help="The file of the values. Default: another sheet, or (as COINr has it) iData beside iMeta."),
    ] = None,
    **options: Unpack[Options],
) -> None:
    """Make `indicators.yaml` of a framework sheet, with its values beside it."""
    from ..jobs.framework import import_tree

    with opened(options, writes=True) as project:
        imported = import_tree(file, folder, values=values, project=project)
        project.print(imported.text(project.language), imported.data())


@group.command("export")
@takes(common=("index", "lang", "json", "strict", "quiet"))
def export(
    file: Annotated[Path | None, typer.Argument(help="The sheet to write, .xlsx or .csv. Default: indicators.xlsx.")] = None,
    **options: Unpack[Options],
) -> None:
    """Write the tree as a framework sheet that can be edited and imported again."""
    from ..jobs.framework import export_tree

    with opened(options, writes=True) as project:
        written = export_tree(project, file or project.file.with_suffix(".xlsx"))
        project.print(word.written(project.language).format(files=written.as_posix()), {"written": [written.as_posix()]})
