"""What a project has that can be named: its units, nodes, periods, levels and departments, for a shell to complete.

Quick, and silent: the data are looked at for periods alone, without arrays, and what is wrong in them is no concern here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ..findings import Language
from .project import Project

What = Literal["unit", "node", "period", "level", "department", "source"]
Offer = tuple[str, str]
"""A word that may be typed, and what it is."""


def offered(project: Project, what: What) -> list[Offer]:
    """Return what a project has of one kind: each by the name that its language has and by its id, the one beside the other."""
    from ..tree.columns import departments

    index, language = project.tree[0], project.language
    if what == "node":
        return _both([(node.id, node.title(language)) for _, node in index.walked], language)
    if what == "department":
        return [(name, "") for name in departments(index)]
    if what == "source":
        return [(name, "") for name in index.data]
    if what == "period":
        return _periods(project)
    from ..sources.unit_table import read_units

    read, _, _ = read_units(index, project.data)
    units = read.units if read is not None else None
    if units is None:
        return []
    if what == "level":
        return [(level, index.units.levels.get(level, "")) for level in dict.fromkeys(units.levels)]
    names = (units.names_en if language == "en" else ()) or units.names or units.ids
    on_top = [at for at, one in enumerate(units.levels) if one == (project.level or index.units.score or units.top_level)]
    return _both([(units.ids[at], names[at]) for at in on_top or range(len(units))], language)


def _both(named: Iterable[Offer], language: Language) -> list[Offer]:
    """Return the names and ids of things, those first that a language speaks of: ids in English, names in Chinese."""
    listed = [one for one in named if one[0]]
    turned = [(name, id_) for id_, name in listed if name and name != id_]
    return [*turned, *listed] if language == "zh" else [*listed, *turned]


def _periods(project: Project) -> list[Offer]:
    """Return the periods that there are data for and those that these are rolled up into, the newest first."""
    from ..periods import larger_of, order

    matched, _ = project.matched(count=False, keep=0)
    declared = matched.index.periods
    longer = {larger_of(period, declared.kind, kind) for period in matched.periods for kind in declared.rolled}
    return [(one, "") for one in sorted({*matched.periods, *(one for one in longer if one)}, key=order, reverse=True)]
