"""`indexcalc init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes(common=("lang",))
def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    **options: Unpack[Options],
) -> None:
    """Write a small working project to start from."""
    from ..jobs.init import init as start

    with opened(options, writes=True) as project:
        files = start(folder)
        text = f"cd {folder.as_posix()}\nindexcalc check\nindexcalc score"
        project.print(text, {"folder": folder.as_posix(), "files": files})
