"""Publish a period: write its report and keep its scores as they were published, for all time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from ..analysis.result import Result
from ..findings import Language
from ..journal.published import Published, last_release, published_file, read_published, released_ranks, scores_of, with_published
from ..journal.run import digest_of
from ..report.files import RUN
from ..scores import Scores
from .names import period_of
from .project import PathLike, Project, project_of, refuse, user_name
from .report import replacing, stage_reports


@dataclass(frozen=True)
class Release(Result):
    """What was published: the report's folder and the log that keeps its scores; no folder where nothing has changed since."""

    period: str
    folder: Path | None
    log: Path
    revised: bool


def publish(
    scores: Scores, period: str | None = None, out: PathLike | None = None, *, by: str = "", why: str = "", lang: Language = "zh"
) -> Release:
    """Write a period's report and keep its scores as published, for all time; refuse a revision that does not say `why`."""
    if scores.declared.file is None:
        refuse("IC834")
    project = project_of(scores.declared, reports=out, lang=lang, level=scores.level)
    return publish_in(project, scores, period_of(scores, period), by=by, why=why)


def publish_in(project: Project, scores: Scores, period: str, *, by: str, why: str) -> Release:
    """Publish a period of a project, as `publish` does."""
    with project.alone():
        return _published(project, scores, period, by=by, why=why)


def _published(project: Project, scores: Scores, period: str, *, by: str, why: str) -> Release:
    """Publish a period where nobody else does."""
    lines, unread = read_published(project.file)
    project.go_on(unread)
    level, log = project.level or "", published_file(project.file)
    now = scores_of(scores, period)
    last = last_release(lines, period, level)
    if {key: (line.score, line.rank) for key, line in last.items()} == now:
        return Release(period, None, log, revised=False)
    if last and not why:
        refuse("IC823", period=period, when=next(iter(last.values())).when[:10])
    when = dt.datetime.now().astimezone().isoformat(timespec="microseconds")
    added = [
        Published(when, by or user_name(), why, period, level, node, unit, score, rank, "")
        for (node, unit), (score, rank) in now.items()
    ]
    # the report is written as one of a period that is published: it compares as `verify` will once the log has these lines
    told = replace(scores, released=released_ranks([*lines, *added], scores.index.index.id, level))
    with replacing(project) as new:
        folder = stage_reports(project, told, [period], new, add=True)[0]
        report = digest_of(new.written(folder) / RUN)
        added = [replace(line, report=report) for line in added]
        new.file(log, with_published(log.read_bytes() if log.exists() else b"", added))
        new.commit()
    project.progress("")
    return Release(period, folder, log, revised=bool(last))
