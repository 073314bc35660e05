"""What users of Python call: each command as a function, from a tree and data to scores and answers about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from ..analysis.result import Result
from ..engine import score as score_panel
from ..findings import Finding, Language, Refused, errors, render, spoken
from ..journal.edition import Audience
from ..panel import Panel
from ..periods import SINGLE
from ..scores import ACROSS_PERIODS, Scores
from ..sources.frames import panel_of_frame
from ..tree import load
from ..tree.model import Index
from . import questions
from .names import node_of, period_of, periods_of, scores_then, unit_in
from .project import PathLike, Project, project_of, warn_in_python
from .report import edition_of, write_reports

if TYPE_CHECKING:
    import pandas as pd

    from ..analysis.explain import Explanation
    from ..analysis.versus import Versus
    from .plots import Plot

_IN_PYTHON = {"IC228": "IC160"}  # no data, with advice for a call instead of a tree


@dataclass(frozen=True)
class Report(Result):
    """The reports that were written: a folder for each period."""

    periods: tuple[str, ...]
    folders: tuple[Path, ...]

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each file that was written."""
        del language  # nothing here has a name in two
        import pandas as pd

        rows = [
            (period, folder.as_posix(), file.name)
            for period, folder in zip(self.periods, self.folders, strict=True)
            for file in sorted(folder.iterdir())
        ]
        return pd.DataFrame(rows, columns=["period", "folder", "file"])


class Scored(Scores):
    """Scores that can be asked by the names of periods, units and nodes, with a view for notebooks."""

    @classmethod
    def of(cls, scores: Scores, found: Sequence[Finding]) -> Self:
        """Return scores with all that was found on the way to them."""
        own = {field.name: getattr(scores, field.name) for field in fields(scores)}
        return cls(**{**own, "findings": tuple(found)})

    def ranking(self, period: str | None = None, node: str | None = None, *, language: Language = "zh") -> pd.DataFrame:
        """Return the ranking of the index or of a node, the best first: unit, name, rank, score, coverage, and grade and group.

        :raises Refused: where there is no such period or node.
        """
        import pandas as pd

        from ..report.answers.ranking import ranked_units
        from ..report.sheets.tables import in_rank_order

        shown = period_of(self, period)
        row, (then, place) = self.periods.index(shown), scores_then(self, shown, node)
        units = in_rank_order(then, row, place)
        frame = pd.DataFrame(ranked_units(then, shown, place, units, language))
        if self.panel.units.groups:
            frame["group"] = [self.panel.units.groups[unit] for unit in units]
        if then.group_ranks is not None:
            frame["group_rank"] = then.group_ranks[row, units, place]
        return frame

    def frame(self, nodes: Sequence[str] | None = None, *, wide: bool = False, language: Language = "zh") -> pd.DataFrame:
        """Return every node and stage of every period and unit: a row each, as in `scores.csv`, with grades.

        With `wide` there is a row for each period and unit, and a column of scores for each node.

        :raises Refused: where there is no such node.
        """
        from ..report.sheets.tidy import tidy

        frame: pd.DataFrame = tidy(self, language).to_pandas()
        ids = None if nodes is None else [node_of(self.index, node) for node in nodes]
        frame["grade"] = [grade for row in self._grades(language) for grade in row]
        if ids is not None:
            frame = frame[frame["node"].isin(ids)].reset_index(drop=True)
        if not wide:
            return frame
        shown = ids or [self.tree.nodes[place].id for place in self.tree.reading_order]
        table = frame.set_index(["period", "unit", "unit_name", "node"])["score"].unstack("node", sort=False)  # noqa: PD010
        return table[shown].reset_index().rename_axis(columns=None)

    def _grades(self, language: Language) -> list[list[str]]:
        """Return the grades of all nodes in reading order, a row for each period and unit."""
        return [
            [then.grade(period, unit, place, language) if place in then.grades else "" for place in then.tree.reading_order]
            for period, then in ((at, self.of_period(label)) for at, label in enumerate(self.periods))
            for unit in self.listed(period)
        ]

    def explain(
        self, unit: str, period: str | None = None, node: str | None = None, vs: str | None = None
    ) -> Explanation | Versus:
        """Walk a unit's score down to the cells that were reported; see `indexcalc.explain`."""
        return questions.explain(self, unit, period=period, node=node, vs=vs)

    @property
    def plot(self) -> Plot:
        """Charts for notebooks: `scores.plot.ranking()`, `.petals(unit)`, `.bump()` and others."""
        from .plots import Plot

        return Plot(self)

    def _repr_html_(self) -> str:
        """Return the newest ranking as a notebook shows it, in the language of the locale."""
        from html import escape

        language = spoken()
        period = "" if self.index.periods.kind == SINGLE else f" · {self.periods[-1]}"
        title = f"{self.index.index.title(language)}{period}"
        said = "".join(f"<li>{escape(render(one, language))}</li>" for one in self.findings if one.code not in ACROSS_PERIODS)
        table = self.ranking(language=language).to_html(index=False, escape=True, na_rep="")
        return f"<h4>{escape(title)}</h4>{table}{f'<ul>{said}</ul>' if said else ''}"


def read(index: Index | PathLike | Mapping[str, Any], base: PathLike | None = None, *, as_of: str | None = None) -> Panel:
    """Read the data that an index declares into a panel; relative paths start from the tree's file, or from `base`.

    In place of an index stands what `load` makes one of.

    :raises Refused: with every finding, when there is an error among them.
    """
    return _read(project_of(_loaded(index), data=base, as_of=as_of))[1]


def _read(project: Project) -> tuple[Index, Panel]:
    """Read a project's data; where it declares none the advice is for a call."""
    try:
        return project.read()
    except Refused as refused:
        raise Refused(replace(one, code=_IN_PYTHON.get(one.code, one.code)) for one in refused.findings) from None


def score(
    index: Index | PathLike | Mapping[str, Any],
    data: Any = None,
    *,
    level: str | None = None,
    period: str | None = None,
    as_of: str | None = None,
) -> Scored:
    """Score every period: of what the index declares, of a panel, or of a DataFrame.

    In place of an index stands what `load` makes one of: a file, a mapping, YAML text.

    A frame may be one of pandas or any that Arrow can read, wide (a column an indicator) or long, with units and periods as
    columns or in its index; `period` names the period of one that has none. What refuses nothing is in the result's
    `findings`, and what may change a meaning is warned of as well.

    :raises Refused: with every finding, when there is an error among them.
    """
    index = _loaded(index)
    if isinstance(data, Panel):
        panel = data
    elif data is None:
        index, panel = _read(project_of(index, as_of=as_of, level=level))
    else:
        panel = panel_of_frame(index, data, period=period, base=index.file.parent if index.file else Path())
    scores = project_of(index).with_tables(score_panel(index, panel, level=level))
    found = (*index.findings, *panel.findings, *scores.findings)
    if errors(found):
        raise Refused(found)
    warn_in_python(found)
    return Scored.of(scores, found)


def _loaded(index: Index | PathLike | Mapping[str, Any]) -> Index:
    """Return an index, loaded where it is not yet."""
    return index if isinstance(index, Index) else load(index)


def write_report(
    scores: Scores,
    period: str | None = None,
    out: PathLike | None = None,
    *,
    formats: Sequence[str] = ("html", "xlsx", "md"),
    edition: Audience = "internal",
    lang: Language | Literal["both"] = "zh",
    unit: str | None = None,
    seed: int = 0,
    template: PathLike | None = None,
) -> Report:
    """Write the report of a period, or of `all`: each into a folder of its own below `out`, replaced whole or not at all.

    A report is of all units, or of one `unit`, which lies in `units` below that folder.

    Beside the tables for programs it has `formats` of html, xlsx, md, svg, png, pdf, docx and page, that of the index itself;
    docx is in the styles of a `template`. The `public` edition leaves out values, addresses, departments and warnings, and lies
    in `public` below the folder of reports.

    :raises Refused: where there is no such period, or a folder cannot be written or is somebody else's.
    """
    return _written(scores, period, out, formats, edition, lang, unit, seed=seed, add=False, template=template)


def write_page(
    scores: Scores,
    period: str | None = None,
    out: PathLike | None = None,
    *,
    edition: Audience = "internal",
    lang: Language | Literal["both"] = "zh",
    unit: str | None = None,
    seed: int = 0,
) -> Report:
    """Write the page of the index itself beside the report of a period, or of `all`, which then links to it.

    What else a report of the same scores has there stays; `unit` is the one that is followed from its cells to the index, on a
    page of its own. Without it the page shows all units where they are not too many.

    :raises Refused: where there is no such period, or a folder cannot be written or is somebody else's.
    """
    return _written(scores, period, out, ("page",), edition, lang, unit, seed=seed, add=True)


def _written(
    scores: Scores,
    period: str | None,
    out: PathLike | None,
    formats: Sequence[str],
    edition: Audience,
    lang: Language | Literal["both"],
    unit: str | None,
    *,
    seed: int,
    add: bool,
    template: PathLike | None = None,
) -> Report:
    own: Language = "zh" if lang == "both" else lang
    project = project_of(scores.declared, reports=out, lang=own, seed=seed, level=scores.level)
    periods = periods_of(scores, period)
    asked = edition_of(",".join(formats) or "none", lang=lang, audience=edition, usual="")
    project.edition = asked._replace(unit=unit_in(scores, unit, periods))
    project.template = None if template is None else Path(template)
    if scores.declared.file is not None:  # what was published is kept beside it
        scores = project.with_released(scores)
    return Report(tuple(periods), tuple(write_reports(project, scores, periods, add=add)))
