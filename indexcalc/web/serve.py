"""Serving a project: where it listens, by which names it may be asked, who is let in."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..findings import system_said
from ..jobs.project import Project, refuse
from ..words.web import web as words
from .app import LOOPBACK, make_app, need

MOST_AT_ONCE = 200
"""Requests that are answered at once; more are told to come back."""


@dataclass(frozen=True)
class Serving:
    """What `indexcalc serve` was asked for."""

    host: str = "127.0.0.1"
    port: int = 8000
    edit: bool = False
    submit: bool = False
    display: bool = False
    users: Path | None = None
    token: bool = False
    token_file: Path | None = None
    hosts: tuple[str, ...] = ()
    root_path: str = ""
    behind_proxy: bool = False


def serve(project: Project, asked: Serving, *, say: Callable[[str], None], told: Callable[[Exception], str]) -> None:
    """Serve a project until somebody stops it; `say` tells where, `told` keeps the details of a bug.

    :raises Refused: when it would be open to everybody, or cannot listen there.
    """
    need()
    loopback = is_loopback(asked.host)
    token = _token(asked)
    hosts = [*LOOPBACK, *asked.hosts]
    if not loopback and asked.host not in ("0.0.0.0", "::"):  # noqa: S104 - looked for, not listened at
        hosts.append(f"[{asked.host}]" if ":" in asked.host else asked.host)
    app = make_app(
        project,
        edit=asked.edit,
        submit=asked.submit,
        display=asked.display,
        users=asked.users,
        token=token,
        token_file=asked.token_file,
        hosts=hosts,
        loopback=loopback and not asked.behind_proxy,
        root_path=asked.root_path,
        behind_proxy=asked.behind_proxy,
        language=project.report_language,
        told=told,
    )
    with _listening(asked) as listener:
        port = listener.getsockname()[1]
        host = f"[{asked.host}]" if ":" in asked.host else asked.host
        root = "/" + asked.root_path.strip("/") + "/" if asked.root_path.strip("/") else "/"
        address = f"http://{host}:{port}{root}"
        say(words.serving(project.language).format(address=address + (f"?token={token}" if token else "")))
        gc.enable()  # the command line goes without, since other commands are soon over
        _run(app, listener)


def is_loopback(host: str) -> bool:
    """Say whether an address can be reached from this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("a.example")
    (True, True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(asked: Serving) -> str | None:
    """Return the token of who is let in: that in a file, or a new one; none where none is asked for."""
    if asked.token_file is not None:
        from ..jobs.users import token_in

        return token_in(asked.token_file)
    return secrets.token_urlsafe(24) if asked.token else None


def _listening(asked: Serving) -> socket.socket:
    """Return a socket that listens where it was asked to, or refuse."""
    try:
        family = socket.AF_INET6 if ":" in asked.host else socket.AF_INET
        return socket.create_server((asked.host, asked.port), family=family)
    except OSError as error:
        refuse("IC549", host=asked.host, port=asked.port, problem=system_said(error))


def _run(app: object, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type] # what uvicorn calls by another name
        log_level="error",
        access_log=False,  # addresses may hold a token
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
        lifespan="off",
    )
    with suppress(KeyboardInterrupt):  # which is how it is meant to end
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
