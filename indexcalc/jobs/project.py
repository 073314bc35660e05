"""A project: a tree's file with its data and its reports, read once and scored."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..findings import Finding, Language, Place, Refused, errors, finding, spoken, system_said, with_label
from ..journal.edition import Edition

if TYPE_CHECKING:
    from ..panel import Panel
    from ..scores import Scores
    from ..sources import Matched
    from ..tree import Index
    from ..units import Units

INDEX = "indicators.yaml"
PathLike = str | os.PathLike[str]


@dataclass
class Project:
    """Where a project is and how it is read: `data` is where relative paths start, `reports` where reports go.

    Reports in Word are written in the styles of the `template`, or of the one that the tree names.

    What refuses nothing is told by `tell`, as soon as it is known; what refuses is raised as `Refused`.
    """

    file: Path
    data: Path
    reports: Path
    language: Language = "zh"
    report_language: Language = "zh"
    seed: int = 0
    level: str | None = None
    as_of: str | None = None
    strict: bool = False
    edition: Edition = field(default_factory=Edition)
    template: Path | None = None

    def tell(self, found: Sequence[Finding]) -> None:
        """Say what was found and refuses nothing: to users of Python as warnings."""
        warn_in_python(self.labelled(found), self.language)

    def progress(self, step: str) -> None:
        """Show what is being done, where there is a screen to show it on."""

    def labelled(self, found: Sequence[Finding]) -> Sequence[Finding]:
        """Return findings that call the units by the index's label, once the index has been read."""
        read = self.__dict__.get("tree")
        return with_label(found, read[0].units.label) if read else found

    def check(self, found: Sequence[Finding]) -> None:
        """Refuse when there is an error among the findings, a warning when strict."""
        if errors(found, strict=self.strict):
            raise Refused(found)

    def go_on(self, found: Sequence[Finding]) -> None:
        """Refuse as `check` does; otherwise tell what there is."""
        self.check(found)
        self.tell(found)

    @cached_property
    def tree(self) -> tuple[Index, list[Finding]]:
        """The index, read once, and what was found in it; refused where its shape is wrong."""
        from ..tree import read_index

        index, found = read_index(self.file, shown=self.file.as_posix())
        if index is None:
            raise Refused(found)
        return index, found

    def index(self) -> Index:
        """Return the index, or refuse it; what refuses nothing is told."""
        index, found = self.tree
        self.go_on(found)
        return index

    def matched(self, *, count: bool = True, keep: int | None = None) -> tuple[Matched, list[Finding]]:
        """Match the data to the tree, with what was found in both; events are counted only where asked for.

        Parquet tables of more than `keep` cells stay in their files.
        """
        from ..sources import match

        try:
            index, found = self.tree
        except Refused as refused:
            raise Refused([*refused.findings, *self._wrong_in_data()]) from None
        if errors(found):
            raise Refused([*found, *self._wrong_in_data()])
        self.progress("read")
        matched = match(index, self.data, as_of=self.moment(), count=count, keep=keep)
        return matched, [*found, *matched.findings]

    def _wrong_in_data(self) -> list[Finding]:
        """Find what is wrong in the data beside a tree that is refused, as far as the tree says how it is read."""
        from ..sources.match.part import match_part
        from ..tree import read_part

        part = read_part(self.file, shown=self.file.as_posix())
        return match_part(part, self.data, as_of=self.moment()) if part is not None else []

    def read(self) -> tuple[Index, Panel]:
        """Read the tree and its data, or refuse with what is wrong in either."""
        from ..sources import panel

        matched, found = self.matched()
        self.check(found)
        self.progress("score")
        made = panel(matched)
        self.check([*self.tree[1], *made.findings])
        self.check_level(made.units)
        return matched.index, made

    def accept(self, scores: Scores) -> Scores:
        """Return scores whose findings refuse nothing, once these have been told with those of the tree and of reading."""
        self.progress("")
        read = scores.reported.findings if scores.reported else ()
        self.go_on([*self.tree[1], *read, *self.of_any_period(scores.findings)])
        return self.with_released(scores)

    def with_released(self, scores: Scores) -> Scores:
        """Return scores with the ranks that were published of the tree, which later periods are compared with."""
        from ..journal.published import read_published, released_ranks

        lines = read_published(self.file)[0]
        scores = self.with_tables(scores)
        return replace(scores, released=released_ranks(lines, scores.index.index.id, self.level or "")) if lines else scores

    def with_tables(self, scores: Scores) -> Scores:
        """Return scores with the goals and remarks of the tables that the tree names, or refuse what is wrong in these."""
        index = scores.declared
        if not (index.goals or index.remarks):
            return scores
        from ..analysis.follow import unknown_units
        from ..sources.follow import read_goals, read_remarks

        (goals, found, _), (remarks, more, _) = read_goals(index, self.data), read_remarks(index, self.data)
        scores = replace(scores, goals=goals, remarks=remarks)
        for block, at, name in unknown_units(scores):
            place = index.place((block, at, "unit"))
            found.append(finding("IC748", place, block=block, key="unit", found=name, near=""))
        self.go_on([*found, *more])
        return scores

    def of_any_period(self, found: Sequence[Finding]) -> list[Finding]:
        """Return findings less those that stand under tables of several periods instead."""
        from ..scores import ACROSS_PERIODS

        return [one for one in found if one.code not in ACROSS_PERIODS]

    def scores(self) -> Scores:
        """Read and score, or refuse."""
        from ..engine import score

        index, panel = self.read()
        return self.accept(score(index, panel, level=self.level))

    @contextmanager
    def alone(self, *, wanted: bool = True) -> Iterator[None]:
        """Keep other runs from changing the tree and what is kept beside it, from reading to writing; or refuse."""
        from ..journal.files import alone

        with ExitStack() as stack:
            if wanted:
                try:
                    stack.enter_context(alone(self.file))
                except OSError as error:
                    refuse_file(self.file, error)
            yield

    def check_level(self, units: Units) -> None:
        """Refuse a level that no unit stands on."""
        if self.level is not None and self.level not in units.levels:
            refuse("IC513", found=self.level, known=list(dict.fromkeys(units.levels)))

    def moment(self) -> str | None:
        """Return the moment that ledgers are read as of, or refuse what is none."""
        if self.as_of is None:
            return None
        from ..journal.ledger import read_moment

        return read_moment(self.as_of) or refuse("IC662", found=self.as_of)


@dataclass
class Listening(Project):
    """A project that keeps what it is told, in place of telling it."""

    told: list[Finding] = field(default_factory=list)

    def tell(self, found: Sequence[Finding]) -> None:
        """Keep what was found and refuses nothing."""
        self.told += self.labelled(found)

    @classmethod
    def to(cls, project: Project, tree: tuple[Index, Sequence[Finding]] | None = None) -> Listening:
        """Return the same project, listening; with a tree, as if that had been read from its file."""
        quiet = cls(**{one.name: getattr(project, one.name) for one in fields(Project)})
        read = (tree[0], list(tree[1])) if tree else vars(project).get("tree")
        if read is not None:
            vars(quiet)["tree"] = read
        return quiet


def warn_in_python(found: Sequence[Finding], language: Language | None = None) -> None:
    """Give the warnings among some findings as warnings of Python, at the line that called this package."""
    import sys
    import warnings

    from ..findings import render

    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("indexcalc."):
        level, frame = level + 1, frame.f_back
    for one in found:
        if one.severity == "warning":
            warnings.warn(render(one, spoken(language)), stacklevel=level)


def refuse(code: str, place: Place | None = None, **values: Any) -> NoReturn:
    """Refuse with one finding."""
    raise Refused([finding(code, place or Place(), **values)])


def refuse_file(path: Path, error: OSError) -> NoReturn:
    """Refuse because a file or folder cannot be written."""
    raise Refused([unwritable(path, error)]) from error


def unwritable(path: Path, error: OSError) -> Finding:
    """Say that a file or folder cannot be written to, or which file is open in another program."""
    place = place_in(error, path)
    forbidden = isinstance(error, PermissionError) and place != path.as_posix() and Path(place).is_file()
    in_use = forbidden and os.access(place, os.W_OK)  # one that may not be written at all is not open anywhere
    return finding("IC516" if in_use else "IC503", Place(place), problem=system_said(error))


def place_in(error: OSError, path: Path) -> str:
    """Return the file that an error of the system is about, where it names one that a user knows; else a path."""
    from ..journal.files import is_beside

    named = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) and error.filename else path
    return (path if is_beside(named) else named).as_posix()


def user_name() -> str:
    """Return the user's name on this machine, ? where it has none, and for what is no text in it."""
    import getpass

    try:
        return getpass.getuser().encode(errors="replace").decode()
    except (OSError, KeyError, ImportError):
        return "?"


def project_of(
    index: Project | Index | PathLike | Mapping[str, Any],
    *,
    data: PathLike | None = None,
    reports: PathLike | None = None,
    lang: Language = "zh",
    seed: int = 0,
    level: str | None = None,
    as_of: str | None = None,
) -> Project:
    """Return the project of a tree: of one that was read already, which is not read again, or of its file or folder."""
    from ..tree import Index, load

    if isinstance(index, Project):
        return index
    if isinstance(index, Mapping) or (isinstance(index, str) and "\n" in index):
        index = load(index)
    own = index.file if isinstance(index, Index) else Path(index)
    file = Path(INDEX) if own is None else own / INDEX if own.is_dir() else own
    project = Project(
        file=file,
        data=file.parent if data is None else Path(data),
        reports=file.parent / "reports" if reports is None else Path(reports),
        language=spoken(),
        report_language=lang,
        seed=seed,
        level=level,
        as_of=as_of,
    )
    if isinstance(index, Index):
        vars(project)["tree"] = index, list(index.findings)
    return project
