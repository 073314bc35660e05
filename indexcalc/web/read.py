"""Reading a project's results: overview, units, dimensions, and the questions that the command line can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..words.web import web as words
from .visit import Page, Visit

if TYPE_CHECKING:
    from starlette.responses import Response


def pages() -> list[Page]:
    """Return the pages of reading."""
    return [Page("/", _overview, title=words.overview)]


def _overview(visit: Visit) -> Response:
    from ..report.formats.html.markup import table
    from ..report.sheets.tables import ranking_sheet

    state = visit.state()
    scores = state.scores
    period = scores.periods[-1]
    made = table(ranking_sheet(scores.of_period(period), period, visit.language), visit.language)
    return visit.page("overview.html.jinja", scores.index.index.title(visit.language), ranking=made)
