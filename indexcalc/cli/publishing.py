"""What `trend` and `publish` do: values in time, and what was published kept as it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, finding
from ..report.numbers import finite
from ..words.reports import word
from .project import Project
from .reports import report_periods
from .results import Result
from .weighing import user_name

if TYPE_CHECKING:
    from ..journal.published import Published
    from ..scores import Scores
    from ..sources import Matched


def trend_result(
    scores: Scores, node: str | None, unit: int | None, period: str, published: list[Published], level: str, language: Language
) -> Result:
    """Show a node in time: of one unit period by period, or of all units in one period."""
    from ..analysis.trend import trend
    from ..report.formats.text import as_text
    from ..report.sheets.trend import as_published, period_sheet, unit_sheet

    at = scores.tree.root if node is None else scores.node(node)
    found = trend(scores, at)
    here = scores.periods.index(period)
    if unit is None:
        sheet = period_sheet(scores, found, period, published, level, language)
        rows, heading = [(here, one) for one in range(len(scores.panel.units))], period
    else:
        sheet = unit_sheet(scores, found, unit, published, level, language)
        rows, heading = [(one, unit) for one in range(len(scores.periods))], scores.panel.units.title(unit, language)
    shown = as_published(scores, scores.tree.nodes[at].id, rows, published, level)
    entries = [
        {
            "period": scores.periods[row[0]],
            "unit": scores.panel.units.ids[row[1]],
            **{
                name: finite(getattr(found, name)[row])
                for name in ("values", "scores", "ranks", "before", "year_before", "rank_before", "rank_year_before")
            },
            "published": asdict(line) if line else None,
        }
        for row, line in zip(rows, shown, strict=True)
    ]
    return f"{sheet.title} · {heading}\n{as_text(sheet, language)}", {"node": scores.tree.nodes[at].id, "trend": entries}


def publish_result(project: Project, matched: Matched, scores: Scores, period: str, who: str, why: str) -> Result:
    """Write the report of a period and keep its scores as published; refuse a revision that does not say why."""
    from ..journal.files import replace_files
    from ..journal.published import Published, last_release, published_file, read_published, scores_of, with_published
    from ..journal.run import digest
    from ..report.files import RUN

    lines, unread = read_published(project.index_file)
    project.go_on(unread)
    level = project.level or ""
    now = scores_of(scores, period)
    last = last_release(lines, period, level)
    if {key: (line.score, line.rank) for key, line in last.items()} == now:
        return word("published already", project.language).format(period=period), {"published": False, "period": period}
    if last and not why:
        project.refuse_one("IC823", period=period, when=next(iter(last.values())).when[:10])
    text, result = report_periods(project, matched, scores, [period])
    report = digest((project.out / level / period / RUN).read_bytes())
    when = dt.datetime.now().astimezone().isoformat(timespec="microseconds")
    added = [
        Published(when, who or user_name(), why, period, level, node, unit, score, rank, report)
        for (node, unit), (score, rank) in now.items()
    ]
    log = published_file(project.index_file)
    try:
        replace_files({log: with_published(log.read_bytes() if log.exists() else b"", added)})
    except OSError as error:
        project.refuse([finding("IC503", Place(log.as_posix()), problem=error.strerror or type(error).__name__)])
    data: dict[str, Any] = {**result, "published": True, "period": period, "revised": bool(last), "log": log.as_posix()}
    return f"{text}\n{word('published', project.language).format(period=period, log=log.as_posix())}", data
