"""`indexcalc completion`."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from .options import takes


@takes(common=())
def completion(
    shell: Annotated[Literal["bash", "zsh", "fish", "powershell"], typer.Argument(help="The shell that is to complete.")],
) -> None:
    """Print what lets a shell complete commands, options, and the units, nodes and periods of the project."""
    from pkgutil import get_data

    suffix = "ps1" if shell == "powershell" else shell
    sys.stdout.write((get_data(__package__, f"shells/completion.{suffix}") or b"").decode())
