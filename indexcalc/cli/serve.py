"""`indexcalc serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("as_of")
def serve(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen at. Beyond this machine it needs --users or --token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen at; 0 for any that is free.")] = 8000,
    edit: Annotated[bool, typer.Option("--edit", help="Let editors change the tree.")] = False,
    submits: Annotated[bool, typer.Option("--submit", help="Let departments report.")] = False,
    display: Annotated[bool, typer.Option("--display", help="Have pages for a wall that turn by themselves.")] = False,
    users: Annotated[Path | None, typer.Option("--users", help="The file of users; `users add` writes it.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Let in who has the address that is printed, with a token in it.")
    ] = False,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the token to use, so that it outlives a restart.")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A name that it is asked by; may be given several times.")
    ] = None,
    root_path: Annotated[str, typer.Option("--root-path", help="The path below which a proxy shows it, such as /index.")] = "",
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A proxy with HTTPS stands before it and says who asks.")
    ] = False,
    **options: Unpack[Options],
) -> None:
    """Serve a project's results as pages to a team, and take edits and reports where asked to."""
    from ..web.serve import Serving
    from ..web.serve import serve as run
    from . import bug_told

    asked = Serving(
        host=host,
        port=port,
        edit=edit,
        submit=submits,
        display=display,
        users=users,
        token=token,
        token_file=token_file,
        hosts=tuple(allow_host or ()),
        root_path=root_path,
        behind_proxy=behind_proxy,
    )
    with opened(options) as project:
        run(project, asked, say=lambda text: project.print(text, {"said": text}), told=bug_told)
