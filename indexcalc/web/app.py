"""The served pages of a project as one application: routes of what was asked for, behind what every request passes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..findings import Language, Place, Refused, finding, system_said
from ..jobs.project import Project, refuse
from ..jobs.users import users_in
from ..journal.sessions import sessions_file
from . import login
from .current import Current
from .guard import App, Guard, TooMuch, limited
from .sessions import Attempts, Sessions
from .visit import FORM_TOKEN, LANGUAGE_COOKIE, NOBODY, SESSION_COOKIE, Page, Site, Visit, statics, status_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LEAST_TOKEN = 22
"""Characters of a token: 128 bits."""
_MOST_FILES, _MOST_FIELDS = 4, 5000


def make_app(
    project: Project,
    *,
    edit: bool = False,
    submit: bool = False,
    display: bool = False,
    users: Path | None = None,
    token: str | None = None,
    token_file: Path | None = None,
    hosts: Sequence[str] = LOOPBACK,
    loopback: bool = True,
    root_path: str = "",
    behind_proxy: bool = False,
    language: Language = "zh",
    told: Callable[[Exception], str] | None = None,
) -> App:
    """Return the application that serves a project: to be read, and what else was asked for.

    `hosts` are the names that it may be asked by. Where it can be reached beyond this machine (`loopback` is false) there must
    be a `token` or a file of `users`; passwords are taken there only `behind_proxy`, and reports only with users. Sessions are
    kept beside the file of users, or of the token.

    :raises Refused: when it would be open to everybody, or what it needs is not installed or cannot be read.
    """
    need()
    if not loopback and token is None and users is None:
        refuse("IC555")
    if not loopback and users is not None and not behind_proxy:
        refuse("IC556")
    if submit and users is None and not loopback:
        refuse("IC558")
    if token is not None and len(token) < LEAST_TOKEN:
        refuse("IC559", None if token_file is None else Place(token_file.as_posix()), least=LEAST_TOKEN)
    if users is not None:
        users_in(users)
    beside = users if users is not None else token_file
    root = "/" + root_path.strip("/") if root_path.strip("/") else ""
    site = Site(
        current=Current(project),
        sessions=Sessions(file=sessions_file(beside) if beside is not None else None),
        attempts=Attempts(),
        pages=pages(edit=edit, submit=submit, display=display),
        index_file=project.file,
        root=root,
        language=language,
        users=users,
        token=token,
        behind_proxy=behind_proxy,
        loopback=loopback,
    )
    if told is not None:
        site = replace(site, told=told)
    return Guard(_routed(site), hosts=hosts, root=root, over_https=behind_proxy)


def pages(*, edit: bool, submit: bool, display: bool) -> list[Page]:
    """Return the pages of what was asked for; others are not there at all."""
    from . import ask, read

    found = [*read.pages(), *ask.pages(), *login.pages()]
    for wanted, name in ((edit, "edit"), (submit, "submit"), (display, "display")):
        if wanted:
            found += _module(name).pages()
    return found


def need() -> None:
    """Refuse where the libraries of serving are not installed."""
    from importlib.util import find_spec

    for module, package in (
        ("starlette", "starlette"),
        ("uvicorn", "uvicorn"),
        ("python_multipart", "python-multipart"),
        ("argon2", "argon2-cffi"),
    ):
        if find_spec(module) is None:
            refuse("IC550", package=package, extra="serve")


def _module(name: str) -> Any:
    from importlib import import_module

    return import_module(f".{name}", __package__)


def _routed(site: Site) -> App:
    """Return the routes of a site's pages, those of one path together."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    by_path: dict[str, dict[str, Page]] = {}
    for page in site.pages:
        by_path.setdefault(page.path, {})[page.method] = page
    routes = [
        Route("/static/{digest}/{name}", _static),
        *(Route(path, partial(_answer, site, own), methods=list(own)) for path, own in by_path.items()),
    ]
    app: App = Starlette(routes=routes, exception_handlers={HTTPException: partial(_no_page, site)})
    return app


async def _answer(site: Site, own: dict[str, Page], request: Request) -> Response:
    """Answer a request: by whom it is, whether they may, whether its form is ours; then by its page, in a thread."""
    from starlette.concurrency import run_in_threadpool
    from starlette.exceptions import HTTPException

    method = "GET" if request.method == "HEAD" else request.method
    page, visit = own[method], _visit(site, request)
    if method == "GET" and site.token is not None and request.query_params.get(login.TOKEN):
        return await run_in_threadpool(login.exchange_token, visit)
    try:
        visitor = await run_in_threadpool(login.visitor_of, site, visit.id)
        if visitor is not None:
            visit.visitor = visitor
        elif not page.public:
            return _not_logged_in(visit)
        if not visit.may(page):
            return visit.findings([finding("IC562", Place())], status=403)
        if method != "POST":
            return await run_in_threadpool(page.make, visit)
        if not _is_own(site, request):
            return visit.findings([finding("IC561", Place())], status=403)
        try:
            async with _limited_to(request, page.most).form(
                max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=page.most
            ) as form:
                visit.form = form
                if not site.sessions.is_form_token(visit.id, visit.given(FORM_TOKEN)):
                    return visit.findings([finding("IC561", Place())], status=403)
                return await run_in_threadpool(page.make, visit)
        except TooMuch:
            return visit.findings([finding("IC566", Place(), most=f"{page.most / (1 << 20):g}")], status=413)
    except Refused as refused:
        return visit.findings(refused.findings, status=status_of(refused.findings))
    except OSError as error:
        return visit.findings([finding("IC518", Place(), problem=system_said(error))], status=500)
    except HTTPException:
        return visit.findings([finding("IC569", Place())], status=400)
    except Exception as error:  # noqa: BLE001 - no traceback reaches a visitor
        return visit.findings([finding("IC568", Place(), problem=site.told(error))], status=500)


def _limited_to(request: Request, most: int) -> Request:
    """Return a request whose body is given up where it is larger than its page takes.

    :raises TooMuch: at once, where its headers say so.
    """
    from starlette.requests import Request as Made

    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise TooMuch
    return Made(request.scope, limited(request.receive, most))


def _visit(site: Site, request: Request) -> Visit:
    """Return a visit of somebody who is not known yet."""
    wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or site.language
    id_ = request.cookies.get(SESSION_COOKIE, "")[:200] or secrets.token_urlsafe(32)
    return Visit(site, request, NOBODY, "en" if wanted == "en" else "zh", id_)


def _is_own(site: Site, request: Request) -> bool:
    """Say whether a form comes from a page of ours: browsers name the origin, and none other of them may be there."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    said = urlsplit(request.headers.get("origin", ""))
    return (
        said.scheme == ("https" if site.behind_proxy else "http")
        and said.netloc.lower() == request.headers.get("host", "").lower()
    )


def _not_logged_in(visit: Visit) -> Response:
    if visit.site.users is not None and visit.request.method in ("GET", "HEAD"):
        return visit.redirect("/login")
    code = "IC562" if visit.site.users is not None else "IC563"
    return visit.findings([finding(code, Place())], status=403)


async def _static(request: Request) -> Response:
    """Return one of our own files; a browser keeps it, since its address changes with it."""
    from starlette.responses import PlainTextResponse
    from starlette.responses import Response as Plain

    found = statics().get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("IC567\n", status_code=404)
    content, _, kind = found
    return Plain(content, media_type=kind, headers={"cache-control": "public, max-age=31536000, immutable"})


async def _no_page(site: Site, request: Request, error: Exception) -> Response:
    """Say that there is no such page; who asks is looked up, so that the navigation stays."""
    visit = _visit(site, request)
    visit.visitor = login.visitor_of(site, visit.id) or NOBODY
    return visit.findings([finding("IC567", Place())], status=getattr(error, "status_code", 404))
