"""The workbook that a department fills in for a period."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.result import Result
from ..findings import Language, Refused, nearest
from ..panel import NOT_APPLICABLE, Panel
from ..periods import Kind, last_day, order, year_before
from ..tree.columns import asked_by, departments
from ..tree.model import Index, Indicator
from ..units import Units
from ..words.reports import word
from .names import declared_period
from .project import PathLike, Project, project_of, refuse, refuse_file

if TYPE_CHECKING:
    from ..books.template import Asked, Sheet


@dataclass(frozen=True)
class Template(Result):
    """A template that was written, and how much there is to fill in."""

    file: str
    department: str
    period: str
    units: int
    columns: int
    label: str = ""

    def text(self, language: Language) -> str:
        """Return the same as a sentence."""
        return word.template_written(language).format(**asdict(self))


@dataclass(frozen=True)
class Form:
    """What a department is asked for a period: units in rows, indicators in columns, and what it reported before.

    `serves` has the ids of the columns of the index that each column is reported for, `units` the ids of the rows.
    """

    sheet: Sheet
    units: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[Asked, ...]
    serves: tuple[tuple[str, ...], ...]
    language: Language

    @property
    def department(self) -> str:
        """Return who is asked."""
        return self.sheet.department

    @property
    def period(self) -> str:
        """Return what it is asked of."""
        return self.sheet.period


def form(index: Project | Index | PathLike, department: str, period: str, *, lang: Language = "zh") -> Form:
    """Return what a department is asked for a period, in the language of reports, or refuse."""
    from ..books.submission import reported_columns, shared_headings
    from ..books.template import Sheet, describe
    from ..engine.times import with_past, within_time
    from ..sources import match, panel
    from ..sources.unit_table import read_units

    project = project_of(index, lang=lang)
    index, language = project.index(), project.report_language
    known_department(index, department)
    wanted = declared_period(index, period)
    units, found, _ = read_units(index, project.data)
    if units is None:
        raise Refused(found)
    level = _level_asked(project, index, units.units)
    every = reported_columns(index, department, units)
    places = [place for place in every if index.is_asked_in(index.columns[place].owner, wanted)]
    places = [place for place in places if _is_there(index, index.columns[place].owner, level)]
    if every and not places and level is not None:
        refuse("IC488", department=department, period=wanted, level=level, level_zh=index.units.title(level, "zh"))
    columns = [index.columns[place] for place in places]
    matched = match(index, project.data)  # what cannot be read is only left out of the values shown for comparison
    earlier = _shown_beside(wanted, matched.periods, index.periods.kind)
    read = panel(matched) if earlier and matched.units is not None else None
    past = read and with_past(index, within_time(index, read), read)
    shown = earlier if past else []
    asked, described, serves = units.units.asked_in(wanted, index.periods.kind), [], []
    asked = [at for at in asked if level is None or units.units.levels[at] == level]
    for headings, members in shared_headings(columns):
        owners = [index.reported[columns[member].owner] for member in members]
        before = [[_before(past, one, places[members[0]], language)[at] for at in asked] for one in shown if past]
        heading = next((name for name in asked_by(owners[0], language) if name in headings), headings[-1])
        described.append(describe(index, owners, heading, before, language))
        serves.append(tuple(columns[member].id for member in members))
    names = _row_names(units.units, units.known, language)
    label = index.units.title(level, language)
    lines = index.form.of(department)
    lines["deadline"] = lines["deadline"] or _deadline(index, wanted, language)
    sheet = Sheet(index.index.title(language), label, department, wanted, lines, shown)
    ids = tuple(units.units.ids[at] for at in asked)
    return Form(sheet, ids, tuple(names[at] for at in asked), tuple(described), tuple(serves), language)


def template(
    index: Project | Index | PathLike, department: str, period: str, out: PathLike | None = None, *, lang: Language = "zh"
) -> Template:
    """Write a department's template for a period, in the language of reports, or refuse."""
    from ..journal.files import replace_files

    asked = form(index, department, period, lang=lang)
    file = Path(out or ".")
    if file.is_dir():
        file /= file_name(asked)
    try:
        replace_files({file: form_workbook(asked)})
    except OSError as error:
        refuse_file(file, error)
    of = asked.sheet
    return Template(file.as_posix(), of.department, of.period, len(asked.rows), len(asked.columns), of.label)


def form_workbook(asked: Form) -> bytes:
    """Return the workbook of a form."""
    from ..books.template import write_template

    return write_template(asked.sheet, asked.rows, asked.columns, asked.language)


def file_name(asked: Form) -> str:
    """Return what the workbook of a form is called."""
    return file_name_of(f"{asked.department} {asked.period}") + ".xlsx"


def _level_asked(project: Project, index: Index, units: Units) -> str | None:
    """Return the level whose units are asked: the one named, else the one that is scored where indicators are there for some.

    Nothing where units of all levels are asked.
    """
    from ..engine.levels import level_of

    project.check_level(units)
    if project.level is not None or index.defaults.levels or any(leaf.levels for leaf in index.leaves):
        return level_of(index, units, project.level)
    return None


def _is_there(index: Index, owner: str, level: str | None) -> bool:
    """Say whether what a department reports is asked of the units of a level."""
    item = index.reported[owner]
    return level is None or not isinstance(item, Indicator) or index.is_there(item, level)


def file_name_of(text: str) -> str:
    """Return a text as the name of a file, in no other folder and on any system."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", text).lstrip(".")


def known_department(index: Index, department: str | None) -> None:
    """Refuse a department that reports nothing."""
    known = departments(index)
    if department is not None and department not in known:
        refuse("IC657", found=department, known=known, near=nearest(department, known))


def _shown_beside(period: str, known: Sequence[str], kind: Kind) -> list[str]:
    """Return the periods whose values stand beside those of one: the last that has any, and the same a year before."""
    last = max((one for one in known if order(one) < order(period)), key=order, default=None)
    year = year_before(period, kind)
    return list(dict.fromkeys(one for one in (last, year if year in known else None) if one))


def _deadline(index: Index, period: str, language: Language) -> str:
    """Return by when a period must be reported, as a date is written; nothing where the tree does not say."""
    end, days = last_day(period, index.periods.kind), index.periods.due
    return "" if end is None or days is None else word.date(language).format(date=end + dt.timedelta(days=days))


def _before(past: Panel, period: str, column: int, language: Language) -> list[float | str | None]:
    """Return what each unit reported for a column in an earlier period."""
    row = past.periods.index(period)
    values, status = past.values[row, :, column].tolist(), past.status[row, :, column].tolist()
    return [
        word.does_not_apply(language) if flag == NOT_APPLICABLE else None if math.isnan(value) else value
        for value, flag in zip(values, status, strict=True)
    ]


def _row_names(units: Units, known: Mapping[str, int], language: Language) -> list[str]:
    """Return what the rows of a template are called: names where each means its own unit, else ids."""
    names = units.titles(range(len(units)), language)
    plain = [next(iter(units.namesakes.get(unit, (unit,)))) for unit in range(len(units))]
    short = [units.names[unit] if unit in units.namesakes and units.names else names[unit] for unit in range(len(units))]
    return short if [known.get(name) for name in short] == plain else list(units.ids)
