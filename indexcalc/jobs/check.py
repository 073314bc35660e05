"""Check a tree and its data; score nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Language, Refused, errors
from ..sources.match.absence import may_be_set_aside
from ..sources.match.doubtful import may_be_broken
from ..tree.checks.limits import too_many_units
from ..tree.declared import counts
from ..tree.model import Dimension, Index, Indicator
from ..tree.terms import level_title
from ..units import Units
from ..words.reports import word
from ..words.shown import BETWEEN
from .project import Project

if TYPE_CHECKING:
    from ..sources import Matched


@dataclass(frozen=True)
class Checked:
    """What a checked project holds."""

    index: Index
    units: int
    periods: tuple[str, ...]
    values: int
    files: int

    def counts(self) -> dict[str, Any]:
        """Return how much there is of everything, as data."""
        dimensions = len(self.index.dimensions)
        top = sum(isinstance(node, Dimension) for node in self.index.dimensions)
        return {
            "index": self.index.index.id,
            "dimensions": dimensions,
            "nodes": sum(isinstance(node, Dimension) for _, node in self.index.walked) - top,
            "indicators": len(self.index.leaves),
            "units": self.units,
            "periods": list(self.periods),
            "values": self.values,
            "files": self.files,
        }

    def text(self, language: Language) -> str:
        """Return the same as a sentence."""
        shown = {
            **self.counts(),
            "index": self.index.index.title(language),
            "periods": len(self.periods),
            "label": self.index.units.label,
            "levels": self._levels(language),
        }
        return word.checked(language).format(**shown)

    def _levels(self, language: Language) -> str:
        """Return how many nodes there are level by level, and apart from these how many have a board of warnings."""
        nodes = [([part for part in path if isinstance(part, int)], node) for path, node in self.index.walked]
        apart = {at for at, node in enumerate(self.index.dimensions) if isinstance(node, Dimension) and not counts(node)}
        own, beside = ([(len(at), node) for at, node in nodes if at and (at[0] in apart) == warning] for warning in (False, True))
        monitored = sum(isinstance(node, Indicator) and not node.is_scored for _, node in own)
        said = _counted([level for level, _ in own], language)
        said += word.of_the_monitored(language).format(count=monitored) if monitored else ""
        if beside:
            below = _counted([level for level, _ in beside if level > 1], language)
            said += word.beside_the_index(language).format(count=len(apart), counted=below)
        return said


def _counted(levels: Sequence[int], language: Language) -> str:
    """Return how many nodes there are at each level, from the dimensions down."""
    parts = [
        word.dimensions_counted(language).format(count=count)
        if level == 1
        else word.nodes_counted(language).format(count=count, level=level_title(level, language))
        for level, count in sorted(Counter(levels).items())
    ]
    return BETWEEN[language].join(parts)


def _set_aside(matched: Matched) -> list[Finding]:
    """Say which values `applies` sets aside; arrays are loaded for that only where some may be."""
    if not any(may_be_set_aside(matched)):
        return []
    from ..engine.leaves import set_aside
    from ..sources import panel

    return list(set_aside(matched.index, panel(matched)))


def _broken(matched: Matched) -> list[Finding]:
    """Say what cannot be true of values together; arrays are loaded for that only where something may be."""
    if not any(may_be_broken(matched)):
        return []
    from ..engine.logic import broken_rules
    from ..sources import panel

    return broken_rules(matched.index, panel(matched))


def _over_nothing(matched: Matched) -> list[Finding]:
    """Say which values are over a denominator of 0; arrays are loaded for that only where one is."""
    bases = {leaf.per for leaf in matched.index.leaves if leaf.per}
    if not any(0 in piece.values for piece in matched.pieces if matched.index.columns[piece.column].id in bases):
        return []
    from ..engine.leaves import over_nothing
    from ..sources import panel

    return list(over_nothing(matched.index, panel(matched)))


def _outside(matched: Matched) -> list[Finding]:
    """Say which values are given of units outside their time; arrays are loaded for that only where some have one."""
    if matched.units is None or not matched.units.units.spans:
        return []
    from ..engine.times import given_outside
    from ..sources import panel

    return list(given_outside(matched.index, panel(matched)))


def _undrawable(project: Project, matched: Matched) -> list[Finding]:
    """Say what is wrong in the outlines of maps; which units are not drawn is said where these are of one level."""
    if matched.units is None or matched.index.report.map is None:
        return []
    from ..sources.outlines import read_outlines

    units = matched.units.units
    _, found = read_outlines(matched.index, project.data, units, matched.units.find)
    return [one for one in found if one.severity == "error" or not units.levels]


def check(project: Project) -> Checked:
    """Check a tree and its data, or refuse with what is wrong in them; what refuses nothing is told."""
    matched, found = project.matched()
    if errors(found, strict=project.strict):
        raise Refused(found)
    found = [*found, *_undrawable(project, matched)]
    assert matched.units is not None
    units = _of_one_level(matched.index, matched.units.units)
    found += too_many_units(matched.index, units, len(matched.periods), matched.index.uncertainty)
    project.go_on([*found, *_broken(matched), *_set_aside(matched), *_over_nothing(matched), *_outside(matched)])
    values = sum(len(piece.values) for piece in matched.pieces)
    return Checked(matched.index, len(units), matched.periods, values, len(matched.files))


def _of_one_level(index: Index, units: Units) -> Units:
    """Return the units that are scored: those of one level where there are several."""
    if not units.levels:
        return units
    wanted = index.units.score or units.top_level
    return units.taken([at for at, level in enumerate(units.levels) if level == wanted])
