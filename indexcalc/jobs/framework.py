"""A tree that an office has as a sheet: taken into a project of its own, and given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis.result import Result
from ..findings import Finding, Language, Place, Refused, errors, finding
from ..journal.files import replace_files
from ..report.numbers import listed
from ..tree.load import parse_index
from ..tree.text import text_of
from ..version import VERSION
from ..words.reports import word
from .project import INDEX, PathLike, Project, project_of, refuse, refuse_file

if TYPE_CHECKING:
    import pandas as pd

    from ..books.framework.made import Made
    from ..books.framework.read import Read
    from ..books.framework.values import Values
    from ..tree.model import Index

UNITS = "data/units.csv"


@dataclass(frozen=True)
class Imported(Result):
    """A tree that was made of a sheet: the files that were written, and how many nodes and indicators it has."""

    files: tuple[str, ...]
    nodes: int
    indicators: int
    index: Index

    def text(self, language: Language) -> str:
        """Return the same as a sentence."""
        said = word.tree_imported(language).format(nodes=self.nodes, indicators=self.indicators)
        return f"{said}\n{word.written(language).format(files=listed(self.files, language))}"

    def data(self) -> dict[str, Any]:
        """Return the same as data."""
        return {"written": list(self.files), "nodes": self.nodes, "indicators": self.indicators}

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each indicator: its id, its name, and the node above it."""
        import pandas as pd

        above = {child.id: node for node in self.index.by_id for child in self.index.children(self.index.by_id[node])}
        rows = [(leaf.id, leaf.title(language), above[leaf.id]) for leaf in self.index.leaves]
        return pd.DataFrame(rows, columns=["indicator", "name", "parent"])


def import_tree(
    file: PathLike, out: PathLike | None = None, *, values: PathLike | None = None, project: Project | None = None
) -> Imported:
    """Make a project of a framework sheet: `indicators.yaml`, with the values beside it where the workbook has them.

    The folder is `out`, or the one that the program runs in; a tree that is there already is never replaced. `values` names
    the file of the values where it is another one.

    :raises Refused: with all that is wrong in the sheet, each with its cell.
    """
    from ..books.framework.made import tree_of
    from ..books.framework.read import read_framework
    from ..books.framework.values import find_values
    from ..sources.readers.excel import read_grids

    file, folder = Path(file), Path(out) if out is not None else Path()
    told = project or project_of(folder / INDEX)
    grids, found = read_grids(file)
    if not grids or errors(found):
        raise Refused(found)
    read, problems = read_framework(grids, file)
    found += problems
    if read is None:
        raise Refused(found)
    made = tree_of(read.frame, read.others)
    found += made.findings
    given = Path(values) if values is not None else None
    if given is not None and not given.is_file():
        found.append(finding("IC301", Place(given.as_posix()), path=given.as_posix(), near=""))
    table = None if errors(found) or read.frame.settings else find_values(file, read.beside, made, read.others, given)
    data = _with_values(made, table)
    heading = f"{file.name}{f' · {read.sheet}' if read.sheet else ''} · indexcalc tree import {VERSION}"
    text = text_of(data, heading).encode()
    index, wrong = (None, []) if errors(found) else parse_index(text, INDEX)
    found += _at_cells(wrong, index, read, made)
    found += _about_values(read, made, table)
    if errors(found, strict=told.strict):
        raise Refused(one for one in found if one.severity != "note")  # what was made of a wrong sheet is no matter
    assert index is not None
    files = {folder / INDEX: text}
    if table is not None:
        files |= {folder / table.source["path"]: table.file.read_bytes(), folder / UNITS: table.units}
    there = [path for path in files if path.exists() and path.resolve() != file.resolve()]
    found += [finding("IC771", Place(path.as_posix())) for path in there]
    told.go_on(found)
    try:
        for parent in {path.parent for path in files}:
            parent.mkdir(parents=True, exist_ok=True)
        replace_files({path: content for path, content in files.items() if path.resolve() != file.resolve()})
    except OSError as error:
        refuse_file(folder, error)
    inner = len(index.walked) - len(index.leaves)
    shown = tuple(path.as_posix() for path in files)
    if table is not None:
        told.tell(_still_wrong(folder))
    return Imported(shown, inner, len(index.leaves), index)


def _with_values(made: Made, table: Values | None) -> dict[str, Any]:
    """Return the data of a tree with the blocks that say where its units and values are."""
    if table is None:
        return made.data
    blocks: dict[str, Any] = {"units": {"table": UNITS}}
    blocks |= {"periods": {"kind": table.kind}} if table.kind else {}
    return {**made.data, **blocks, "data": {"values": table.source}}


def _at_cells(found: Sequence[Finding], index: Index | None, read: Read, made: Made) -> list[Finding]:
    """Return findings about a tree's text with the cells of the sheet that their nodes stand in."""
    if index is None:
        return list(found)
    cells = dict(zip(made.ids, (node.place for node in read.frame.nodes), strict=True))
    lines = {index.place_of(id_).line: cells[id_] for id_ in made.ids if id_ in index.paths and id_ in cells}
    starts = sorted(lines)
    placed = []
    for one in found:
        line = max((start for start in starts if start <= one.place.line), default=0)
        placed.append(replace(one, place=lines[line]) if line and one.place.line <= max(starts) + 1 else one)
    return placed


def _about_values(read: Read, made: Made, table: Values | None) -> list[Finding]:
    """Say where values were found and which indicators have none; or that there are none, and what `check` will ask for."""
    if read.frame.settings:
        return []
    if table is None:
        return [finding("IC762", read.frame.file)]
    place = Place(table.file.as_posix(), table.sheet)
    titles = {str(id_): node.name for id_, node in zip(made.ids, read.frame.nodes, strict=True)}
    without = [titles.get(id_, id_) for id_ in table.without]
    return [finding("IC774", place, units=table.units.count(b"\n") - 1)] + (
        [finding("IC779", place, nodes=[*without[:5], *(["…"] if len(without) > 5 else [])], count=len(without))]
        if without
        else []
    )


def _still_wrong(folder: Path) -> list[Finding]:
    """Say how much `check` refuses of what was written."""
    from .check import check

    try:
        check(_Quiet(folder / INDEX, folder, folder / "reports"))
    except Refused as refused:
        wrong = errors(refused.findings)
        return [finding("IC778", wrong[0].place, count=len(wrong), first=wrong[0].code), *wrong[:0]]
    return []


class _Quiet(Project):
    """A project of which nothing is told."""

    def tell(self, found: Sequence[Finding]) -> None:
        """Say nothing."""


def export_tree(index: Project | Index | PathLike | Mapping[str, Any], file: PathLike) -> Path:
    """Write a tree as a framework sheet, .xlsx or .csv, that `import_tree` makes the same tree of; a file is never replaced.

    :raises Refused: where the tree has mistakes, or holds what a sheet cannot.
    """
    from ..books.framework.write import as_csv, as_workbook, fits, sheet_of

    project, file = project_of(index), Path(file)
    place = Place(file.as_posix())
    if file.suffix.lower() not in (".xlsx", ".csv"):
        refuse("IC304", place, suffix=file.suffix, path=file.as_posix(), known=[".xlsx", ".csv"])
    if file.exists():
        refuse("IC771", place)
    tree = project.index()
    written, lost = sheet_of(tree.written_data, project.report_language)
    if lost or (file.suffix.lower() == ".xlsx" and not fits(written)):
        refuse("IC772", project.tree[0].place(()), nodes=lost[:5] or [tree.index.id])
    content = as_csv(written) if file.suffix.lower() == ".csv" else as_workbook(written)
    try:
        replace_files({file: content})
    except OSError as error:
        refuse_file(file, error)
    return file
