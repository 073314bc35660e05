"""`indexcalc init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes(common=("lang", "json"))
def init(
    folder: Annotated[Path | None, typer.Argument(help="A new folder, or an empty one.")] = None,
    name: Annotated[str | None, typer.Option("--from", help="A project of the gallery. Default: starter, a small one.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the gallery.")] = False,
    **options: Unpack[Options],
) -> None:
    """Write a small working project to start from, or one of the gallery."""
    from ..jobs.gallery import STARTER, gallery
    from ..jobs.init import init as start

    if (folder is None) != listed or (listed and name is not None):
        from .usage import Unfit

        raise Unfit("folder_or_list")
    with opened(options, writes=folder is not None) as project:
        if folder is None:
            from ..report.formats.text import aligned

            rows = [[one.name, one.en if project.language == "en" else one.zh] for one in gallery()]
            project.print(aligned(rows, [True, True]), [{"name": one.name, "zh": one.zh, "en": one.en} for one in gallery()])
            return
        files = start(folder, name or STARTER)
        text = f"cd {folder.as_posix()}\nindexcalc check\nindexcalc score"
        project.print(text, {"folder": folder.as_posix(), "files": files})
