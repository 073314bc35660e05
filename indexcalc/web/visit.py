"""What a page is made of: the visitor, the project, the language, the form; and the page that is answered with."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ..findings import Finding, Language, in_order
from ..journal.served import record_act
from ..journal.users import ROLES, Role
from ..report.formats.html.page import HERE as REPORTS
from ..report.formats.html.page import resource as report_resource
from ..version import VERSION
from ..words.desk import desk
from ..words.page import page as page_words
from ..words.reports import Said, all_in, word
from ..words.web import web as words
from .current import Current, Served, State
from .guard import MOST_BODY

if TYPE_CHECKING:
    from starlette.datastructures import FormData
    from starlette.requests import Request
    from starlette.responses import Response

    from .sessions import Attempts, Sessions

EVERYONE: tuple[Role, ...] = ROLES
SESSION_COOKIE, LANGUAGE_COOKIE = "indexcalc", "indexcalc-lang"
FORM_TOKEN = "form_token"  # the name of the field that every form has
HERE = Path(__file__).parent
SEVERITY_ORDER = ("error", "warning", "note")
MOST_FINDINGS = 100  # that one page shows
SORTS = ("sort.js", "tables.js")  # the scripts of pages whose tables are sorted by their headings


def status_of(found: Sequence[Finding]) -> int:
    """Return the HTTP status of a refusal: try again later, or ask for something else."""
    return 429 if any(one.code in ("IC547", "IC571") for one in found) else 422


@dataclass(frozen=True)
class Visitor:
    """Who asks: by a login, which proves the name; or without one, where nobody has to log in."""

    name: str
    role: Role
    department: str = ""
    proven: bool = False


NOBODY = Visitor("", "reader")
"""Who has not logged in where one must."""


@dataclass(frozen=True)
class Page:
    """One route: where, what makes its answer, who may ask for it, and what stands in the navigation, if anything.

    What makes the answer runs in a thread, so that it may take its time. A page of POST has its form checked before it runs.
    """

    path: str
    make: Callable[[Visit], Response]
    method: str = "GET"
    roles: Sequence[Role] = EVERYONE
    title: Said | None = None
    """The link in the navigation; none without one."""
    most: int = MOST_BODY
    """Bytes of its form or upload."""
    public: bool = False
    """Whether it is shown to those who have not logged in."""


@dataclass(frozen=True)
class Site:
    """What all visits share."""

    current: Current
    sessions: Sessions
    attempts: Attempts
    pages: list[Page]
    index_file: Path
    root: str = ""
    language: Language = "zh"
    users: Path | None = None
    token: str | None = None
    behind_proxy: bool = False
    loopback: bool = True
    told: Callable[[Exception], str] = lambda error: type(error).__name__
    """Keep the details of a bug where whoever runs the server finds them, and return what the page says of it."""

    @property
    def must_log_in(self) -> bool:
        """Whether nobody is let in without a token or a password."""
        return self.users is not None or self.token is not None


@dataclass
class Visit:
    """One request: what a page needs to be made."""

    site: Site
    request: Request
    visitor: Visitor
    language: Language
    id: str
    """The id in the browser's cookie, of a session or of none yet."""
    form: FormData | None = None
    found: list[Finding] = field(default_factory=list)
    """What is shown above the page."""
    is_stale: bool = False
    """Whether the page is of files as they were before they had errors."""

    def project(self, level: str | None = None) -> Served:
        """Return the project, not read yet, in the visitor's language; what it tells is gathered in its `told`."""
        return replace(self.site.current.project(self.language, level), sees_files=self.sees_files)

    @property
    def sees_files(self) -> bool:
        """Whether the visitor may see what lies beside the tree: an editor, or anybody where there are no users."""
        return self.visitor.role == "editor"

    def state(self, level: str | None = None) -> State:
        """Return the project's scores as they are now."""
        state = self.site.current.state(level)
        self.found += state.wrong
        self.is_stale |= bool(state.wrong)
        return state

    def asked(self, name: str) -> str:
        """Return what the address says under a name, without blanks around it; nothing where it does not."""
        return str(self.request.query_params.get(name, "")).strip()

    def given(self, name: str) -> str:
        """Return what a form says under a name; nothing where it does not, or where that is a file."""
        value = self.form.get(name) if self.form is not None else None
        return value if isinstance(value, str) else ""

    def url(self, path: str, /, **query: object) -> str:
        """Return the address of a page, below the server's sub-path; what is None or empty is left out."""
        said = {key: value for key, value in query.items() if value not in (None, "")}
        return f"{self.site.root}/{quote(path.lstrip('/'), safe='/')}" + (f"?{urlencode(said)}" if said else "")

    def static(self, name: str) -> str:
        """Return the address of one of our own files, which changes with what it holds."""
        return f"{self.site.root}/static/{statics()[name][1][:12]}/{name}"

    @property
    def address(self) -> str:
        """Where the visitor is; behind a proxy it is the proxy that says so."""
        if self.site.behind_proxy:
            return self.request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()[:60] or "?"
        return self.request.client.host if self.request.client else "?"

    @cached_property
    def form_token(self) -> str:
        """What every form of this visit holds in its field of that name."""
        return self.site.sessions.form_token(self.id)

    def may(self, page: Page) -> bool:
        """Say whether the visitor may ask for a page."""
        return page.public or (self.visitor is not NOBODY and self.visitor.role in page.roles)

    def links(self) -> list[SimpleNamespace]:
        """Return the links of the navigation, to the pages that the visitor may ask for."""
        here = self.request.url.path
        return [
            SimpleNamespace(url=self.url(one.path), title=one.title(self.language), is_here=one.path == here)
            for one in self.site.pages
            if one.title is not None and self.visitor is not NOBODY and self.may(one)
        ]

    def other_language(self) -> str:
        """Return the address of this page in the other language; of the first one where this was a form."""
        other = "zh" if self.language == "en" else "en"
        if self.request.method == "POST":
            return self.url("/", lang=other)
        return self.url(self.request.url.path, **{**self.request.query_params, "lang": other})

    def place(self, found: Finding) -> str:
        """Return where something was found, below the folder of the tree: where that lies on the server is nobody's business."""
        return self.below(str(found.place))

    def below(self, path: str) -> str:
        """Return a path as it is below the folder of the tree."""
        return path.removeprefix(f"{self.site.index_file.parent.as_posix()}/")

    def severity(self, found: Finding) -> str:
        """Return what a finding's severity is called."""
        return str(getattr(words, f"severity_{found.severity}")(self.language))

    def role_title(self) -> str:
        """Return what the visitor's role is called, with the department of who reports."""
        title = str(getattr(words, f"role_{self.visitor.role}")(self.language))
        return f"{self.visitor.department} {title}" if self.visitor.department else title

    def record(self, action: str, about: str = "", *, who: str = "") -> None:
        """Add a line to the log of what was done; `who` says so where no login does.

        :raises OSError: when it cannot be written.
        """
        own = self.visitor
        name = own.name if own.proven else who
        record_act(self.site.index_file, action, about, who=name, proven=own.proven, role=own.role, address=self.address)

    def page(
        self, template: str, title: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """Return a page: a template of `web/templates`, given some values, inside the layout that all pages share."""
        return self.laid_out(title, self.part(template, **values), status=status, headers=headers)

    def part(self, template: str, **values: Any) -> str:
        """Return a template with its values, as it stands inside a page; whatever these say is text."""
        return str(templates().get_template(template).render(visit=self, **self._shared(), **values))

    def laid_out(
        self, title: str, part: str, *, status: int = 200, headers: Mapping[str, str] | None = None, scripts: Sequence[str] = ()
    ) -> Response:
        """Return a page with a part that was made before."""
        from markupsafe import Markup
        from starlette.responses import HTMLResponse

        listed = in_order(self.found)
        listed.sort(key=lambda one: SEVERITY_ORDER.index(one.severity))
        text = (
            templates()
            .get_template("layout.html.jinja")
            .render(
                visit=self,
                title=title,
                part=Markup(part),  # noqa: S704 - made by a template, which escapes
                found=listed[:MOST_FINDINGS],
                more=len(listed) - MOST_FINDINGS,
                scripts=scripts,
                sorts="tables.js" in scripts,
                **self._shared(),
            )
        )
        answer = HTMLResponse(text, status_code=status, headers=dict(headers or {}))
        if not self.request.cookies.get(SESSION_COOKIE):
            self.keep(answer, SESSION_COOKIE, self.id)
        if self.request.cookies.get(LANGUAGE_COOKIE) != self.language and self.asked("lang"):
            self.keep(answer, LANGUAGE_COOKIE, self.language)
        return answer

    def keep(self, answer: Response, cookie: str, value: str) -> None:
        """Let the browser keep a cookie that scripts do not see and other origins cannot send."""
        answer.set_cookie(
            cookie, value, httponly=True, samesite="strict", secure=self.site.behind_proxy, path=self.site.root or "/"
        )

    def redirect(self, path: str, /, **query: object) -> Response:
        """Send the browser to another page, after a form was taken."""
        from starlette.responses import RedirectResponse

        return RedirectResponse(self.url(path, **query), status_code=303)

    def findings(self, found: Sequence[Finding], *, status: int = 422) -> Response:
        """Return a page that says what was refused and why."""
        self.found += found
        return self.laid_out(words.refused(self.language), "", status=status)

    def _shared(self) -> dict[str, Any]:
        """Return what every template may use."""
        return {
            "language": self.language,
            "html_language": "en" if self.language == "en" else "zh-CN",
            "w": _in_language(self.language),
            "d": _of_desk(self.language),
            "url": self.url,
            "static": self.static,
            "version": VERSION,
            "FORM_TOKEN": FORM_TOKEN,
        }


@cache
def _in_language(language: Language) -> SimpleNamespace:
    """Return the words of pages in a language: those of tables, of reports' pages, of served ones."""
    said: dict[str, Any] = {}
    for source in (word, page_words, words):
        said |= all_in(source, language)
    return SimpleNamespace(**said)


@cache
def _of_desk(language: Language) -> SimpleNamespace:
    """Return the words of pages that write, and of the display, in a language."""
    return SimpleNamespace(**all_in(desk, language))


@cache
def templates() -> Any:
    """Return our templates; whatever is put into them is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([HERE / "templates", REPORTS], encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def statics() -> dict[str, tuple[bytes, str, str]]:
    """Return our own files by name: what they hold, its digest, its kind. There is no other file that is ever served."""
    from importlib.resources import files
    from pkgutil import get_data

    found = {"report.css": report_resource("page.css").encode(), "sort.js": report_resource("sort.js").encode()}
    for one in files(__package__).joinpath("static").iterdir():
        found[one.name] = get_data(__package__, f"static/{one.name}") or b""
    kinds = {name: mimetypes.guess_type(name)[0] or "application/octet-stream" for name in found}
    kinds |= {name: "text/javascript" for name in found if name.endswith(".js")}
    return {name: (content, hashlib.sha256(content).hexdigest(), kinds[name]) for name, content in found.items()}
