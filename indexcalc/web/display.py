"""Pages for a wall: the newest period in large type, turning by themselves, with nothing to click.

The page asks every few seconds whether there is something new, and shows it; while the server cannot be reached it goes on
with what it has. A login for it outlives a restart of the server: it is proven by a cookie that is signed with what the file of
users, or the token, holds, and shows these pages alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

from markupsafe import Markup

from ..analysis.warning import listed
from ..findings import Refused
from ..methods.arrays import np
from ..report.draw.strips import bar, level_mark
from ..report.formats.html.drawings import flower, history, level_letter, petal_ends
from ..report.formats.html.rankings import score_ends
from ..report.numbers import moment_title, number
from ..report.sheets.analysed import Analysed, analysed
from ..report.sheets.sentences import dimension_sentence, headlines
from ..report.sheets.tables import in_rank_order, kind_of, period_before
from ..report.sheets.warnings import counts, follows, watched_title
from ..tree.model import LEVELS
from ..words.desk import desk
from ..words.page import page as words
from ..words.periods import period_title
from ..words.reports import word, word_of
from .login import known_users
from .visit import NOBODY, Page, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from .current import State

PASS = "indexcalc-display"  # the cookie of a wall
LASTS = 92 * 86_400  # seconds
SECONDS = 15
"""Of a page, before the next one."""
_OF_TOKEN = "\x00token"
_ROWS, _FLOWERS, _WARNINGS, _SENTENCES = 12, 12, 8, 7  # of one page


def pages() -> list[Page]:
    """Return the pages of the display; who may see them is asked for by themselves, since a wall cannot log in."""
    return [Page("/display", _display, title=desk.display, public=True), Page("/display/state", _state, public=True)]


def _display(visit: Visit) -> Response:
    """Show one page after another."""
    from starlette.responses import HTMLResponse

    if not _may(visit):
        return visit.redirect("/login")
    made = _made(visit)
    wanted = visit.asked("page")
    first = int(wanted) - 1 if wanted.isdecimal() and 0 < int(wanted[:4]) <= len(made.slides) else 0
    text = visit.part(
        "display.html.jinja",
        made=made,
        first=first,
        following=visit.url("/display", page=(first + 1) % len(made.slides) + 1, lang=visit.asked("lang")),
        seconds=SECONDS,
    )
    answer = HTMLResponse(text)
    if (own := _pass(visit)) is not None:
        path, secure = visit.site.root or "/", visit.site.behind_proxy
        answer.set_cookie(PASS, own, max_age=LASTS, httponly=True, samesite="strict", secure=secure, path=path)
    return answer


def _state(visit: Visit) -> Response:
    """Say in one word what is shown, so that a page knows whether there is something new."""
    from starlette.responses import PlainTextResponse

    if not _may(visit):
        return PlainTextResponse("", status_code=403)
    return PlainTextResponse(_made(visit).digest)


# --------------------------------------------------------------------------------------------------------------- who may


def _may(visit: Visit) -> bool:
    return not visit.site.must_log_in or visit.visitor is not NOBODY or _is_passed(visit)


def _pass(visit: Visit) -> str | None:
    """Return the cookie by which a wall stays logged in; empty where no login is needed, or this is a wall already."""
    site = visit.site
    if not site.must_log_in or visit.visitor is NOBODY:
        return None
    name = visit.visitor.name if visit.visitor.proven else _OF_TOKEN
    until = str(int(time.time()) + LASTS)
    return f"{base64.urlsafe_b64encode(name.encode()).decode()}.{until}.{_signed(visit, name, until)}"


def _is_passed(visit: Visit) -> bool:
    name64, _, rest = visit.request.cookies.get(PASS, "")[:1000].partition(".")
    until, _, signed = rest.partition(".")
    try:
        name = base64.urlsafe_b64decode(name64.encode()).decode()
    except ValueError:
        return False
    if not until.isdecimal() or len(until) > 12 or int(until) < time.time():
        return False
    wanted = _signed(visit, name, until)
    return bool(wanted) and hmac.compare_digest(wanted.encode(), signed.encode(errors="replace"))


def _signed(visit: Visit, name: str, until: str) -> str:
    """Sign a wall's cookie with what only the server knows of whose it is: it is void when the password or token changes."""
    site = visit.site
    if name == _OF_TOKEN:
        secret = site.token or ""
    else:
        user = known_users(site.users).get(name) if site.users is not None else None
        secret = user.password if user is not None else ""
    said = f"{PASS}\n{name}\n{until}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest() if secret else ""


# ------------------------------------------------------------------------------------------------------------ what is shown


def _made(visit: Visit) -> SimpleNamespace:
    """Return the pages of the newest period, made once for each reading of the files."""
    try:
        state = visit.state()
    except Refused as refused:
        text = "\n".join(one.message(visit.language) for one in refused.findings[:_SENTENCES])
        slide = SimpleNamespace(kind="said", title=desk.display(visit.language), sentences=text.splitlines(), note="")
        return _with_digest([slide], desk.display(visit.language), "", visit.language)
    made: SimpleNamespace = state.kept(("display", visit.language), lambda: _slides(state, visit.language))
    return made


def _with_digest(slides: list[SimpleNamespace], title: str, period: str, language: str) -> SimpleNamespace:
    text = repr([vars(slide) for slide in slides])
    return SimpleNamespace(
        slides=slides,
        title=title,
        period=period,
        digest=hashlib.sha256(f"{title}{period}{text}".encode()).hexdigest(),
        at=moment_title(time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()), language, bare=True)[:16].replace("T", " ")
        + (" UTC" if language == "en" else ""),
    )


def _slides(state: State, language: str) -> SimpleNamespace:
    scores = state.scores
    own = [one for one in scores.periods if kind_of(scores, one) == scores.index.periods.kind]
    period = (own or list(scores.periods))[-1]
    shown = analysed(scores, period, every=False)
    slides = [_said(shown, language), *_ranking(shown, language), *_dimensions(shown, language), *_flowers(shown, language)]
    if (over_time := history(shown, language)) is not None:
        slides.append(SimpleNamespace(kind="picture", title=desk.quarters(language), svg=over_time.svg))
    if shown.judged:
        slides.append(_warned(shown, language))
    title = scores.index.index.title(language)
    return _with_digest(slides, title, period_title(period, language), language)


def _said(shown: Analysed, language: str) -> SimpleNamespace:
    """Return the page of what the report says first."""
    said = [one.text for one in headlines(shown, language)][:_SENTENCES]
    index = shown.scores.index.index
    note = index.remark(language)
    title = f"{desk.in_short(language)} · {period_title(shown.period, language)}"
    return SimpleNamespace(kind="said", title=title, sentences=said, note=note)


def _ranking(shown: Analysed, language: str) -> list[SimpleNamespace]:
    """Return the ranking, so many units a page."""
    scores, at, root = shown.scores, shown.at, shown.scores.tree.root
    units = in_rank_order(scores, at, root)
    low, high = score_ends(shown)
    before = period_before(scores, shown.period)
    earlier = scores.ranks[scores.periods.index(before)][:, root] if before is not None else None
    rows = []
    for unit in units:
        rank, score = float(scores.ranks[at, unit, root]), float(scores.scores[at, unit, root])
        if np.isnan(score):
            continue
        rows.append(
            SimpleNamespace(
                rank="–" if np.isnan(rank) else f"{rank:g}",
                title=scores.panel.units.title(unit, language),
                score=number(score, scores.index.index.decimals),
                bar=Markup(bar((score - low) / (high - low), "", width=700, height=26)) if high > low else "",  # noqa: S704 - drawn by us
                move=_move(rank, float(earlier[unit]) if earlier is not None else float("nan")),
            )
        )
    title = f"{word.ranking(language)} · {period_title(shown.period, language)}"
    return [
        SimpleNamespace(kind="ranking", title=title, rows=rows[first : first + _ROWS]) for first in range(0, len(rows), _ROWS)
    ]


def _move(now: float, before: float) -> str:
    """Return how many places a unit went up or down."""
    if np.isnan(now) or np.isnan(before):
        return ""
    return "＝" if now == before else f"{'↑' if now < before else '↓'}{abs(before - now):g}"


def _dimensions(shown: Analysed, language: str) -> list[SimpleNamespace]:
    said = [text for node in shown.dimensions if (text := dimension_sentence(shown, node, language))]
    title = f"{word.by_dimension(language)} · {period_title(shown.period, language)}"
    return [
        SimpleNamespace(kind="said", title=title, sentences=said[first : first + _SENTENCES], note="")
        for first in range(0, len(said), _SENTENCES)
    ]


def _flowers(shown: Analysed, language: str) -> list[SimpleNamespace]:
    """Return the units' petals, so many a page; none of fewer than three dimensions, which make no flower."""
    if len(shown.dimensions) < 3:
        return []
    scores, ends = shown.scores, petal_ends(shown)
    units = in_rank_order(scores, shown.at, scores.tree.root)[: 3 * _FLOWERS]
    drawn = [flower(shown, unit, ends, language) for unit in units]
    title = f"{words.petals(language)} · {period_title(shown.period, language)}"
    return [
        SimpleNamespace(kind="flowers", title=title, flowers=drawn[first : first + _FLOWERS])
        for first in range(0, len(drawn), _FLOWERS)
    ]


def _warned(shown: Analysed, language: str) -> SimpleNamespace:
    """Return the page of the warnings, the worst first."""
    scores = shown.whole
    found = listed(scores, shown.judged, shown.period)
    title = f"{desk.warnings_now(language)} · {period_title(shown.period, language)}"
    if not found:
        return SimpleNamespace(kind="said", title=title, sentences=[desk.no_warnings(language)], note="")
    rows = []
    for one in found[:_WARNINGS]:
        judged = shown.judged[one.rule]
        level = LEVELS[judged.level(one.at) - 1]
        said = SimpleNamespace(
            mark=Markup(level_mark(level, level_letter(level, language), "", size=44)),  # noqa: S704 - drawn by us
            level=word_of(level, language),
            unit=scores.panel.units.title(one.unit, language),
            watched=watched_title(scores, judged, one, language),
            follows=follows(judged, one, language),
        )
        rows.append(said)
    return SimpleNamespace(kind="warnings", title=title, rows=rows, counts=counts(scores, shown.judged, shown.period, language))
