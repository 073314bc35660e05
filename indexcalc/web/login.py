"""Logging in and out: by name and password, or by the token that was shown when the server was started."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..findings import Place, Refused, finding
from ..jobs.users import user_known_by, users_in
from ..journal.users import User
from ..words.web import web as words
from .visit import SESSION_COOKIE, Page, Site, Visit, Visitor

if TYPE_CHECKING:
    from starlette.responses import Response

BY_TOKEN = " "  # before the digest of the token that started a session; no name begins with a blank
TOKEN = "token"  # the name of the token in an address


def pages() -> list[Page]:
    """Return the pages of logging in and out."""
    return [
        Page("/login", _form, public=True),
        Page("/login", _log_in, "POST", public=True),
        Page("/logout", _log_out, "POST", public=True),
    ]


def visitor_of(site: Site, id_: str) -> Visitor | None:
    """Return who a session is of; nobody where it is over, or its user is no longer in the file."""
    if not site.must_log_in:
        return Visitor("", "editor")
    session = site.sessions.find(id_) if id_ else None
    if session is None:
        return None
    if session.user.startswith(BY_TOKEN):
        return Visitor("", "editor") if site.token is not None and session.user == _by_token(site.token) else None
    user = known_users(site.users).get(session.user) if site.users is not None else None
    return None if user is None else Visitor(user.name, user.role, user.department, proven=True)


def exchange_token(visit: Visit) -> Response:
    """Start a session for who has the token, and take it out of the address; who has another one waits like at a password."""
    site, given = visit.site, visit.asked(TOKEN)
    if wait := site.attempts.wait(BY_TOKEN, visit.address):
        return _too_often(visit, wait)
    if site.token is None or not hmac.compare_digest(given.encode(errors="replace"), site.token.encode()):
        site.attempts.failed(BY_TOKEN, visit.address)
        return visit.findings([finding("IC563", Place())], status=403)
    answer = visit.redirect("/")
    visit.keep(answer, SESSION_COOKIE, site.sessions.start(_by_token(site.token)))
    return answer


def _by_token(token: str) -> str:
    """Return the user of the sessions that a token starts: with another one they are over."""
    return BY_TOKEN + hashlib.sha256(token.encode()).hexdigest()[:16]


def known_users(file: Path) -> dict[str, User]:
    """Return who may log in; whoever has not is not told what is wrong with the file, nor where it is."""
    try:
        return users_in(file)
    except Refused:
        raise Refused([finding("IC545", Place())]) from None


def _form(visit: Visit, *, status: int = 200) -> Response:
    if visit.site.users is None:
        return visit.findings([finding("IC563", Place())], status=403) if visit.site.must_log_in else visit.redirect("/")
    return visit.page("login.html.jinja", words.log_in(visit.language), status=status, name=visit.given("name"))


def _log_in(visit: Visit) -> Response:
    site = visit.site
    if site.users is None:
        return visit.redirect("/")
    if not site.loopback and not site.behind_proxy:
        return visit.findings([finding("IC557", Place())], status=403)
    if site.behind_proxy and visit.request.headers.get("x-forwarded-proto", "").lower() != "https":
        return visit.findings([finding("IC557", Place())], status=403)
    name, address = " ".join(visit.given("name").split()), visit.address
    if wait := site.attempts.wait(name, address):
        return _too_often(visit, wait)
    site.attempts.failed(name, address)  # counted before it is known: many attempts at once are as many
    user = user_known_by(known_users(site.users), name, visit.given("password"))
    if user is None:
        visit.found.append(finding("IC564", Place()))
        return _form(visit, status=403)
    site.attempts.succeeded(name, address)
    site.sessions.end(visit.id)
    visit.visitor = Visitor(user.name, user.role, user.department, proven=True)
    with suppress(OSError):  # who only reads may do so where nothing can be written
        visit.record("login")
    answer = visit.redirect(_first_page(visit))
    visit.keep(answer, SESSION_COOKIE, site.sessions.start(user.name))
    return answer


def _first_page(visit: Visit) -> str:
    """Return where somebody comes to by a login: who reports for a department to its forms, which are there before results."""
    reports = visit.visitor.role == "department" and any(page.path == "/submit" for page in visit.site.pages)
    return "/submit" if reports else "/"


def _log_out(visit: Visit) -> Response:
    visit.site.sessions.end(visit.id)
    answer = visit.redirect("/login" if visit.site.users is not None else "/")
    answer.delete_cookie(SESSION_COOKIE, path=visit.site.root or "/")
    return answer


def _too_often(visit: Visit, wait: int) -> Response:
    answer = visit.findings([finding("IC565", Place(), seconds=wait)], status=429)
    answer.headers["retry-after"] = str(wait)
    return answer
