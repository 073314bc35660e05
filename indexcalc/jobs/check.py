"""Check a tree and its data; score nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Language, Refused, errors
from ..sources.match.absence import may_be_set_aside
from ..sources.match.doubtful import may_be_broken
from ..tree.model import Dimension, Index
from ..words.reports import word
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
        }
        return word.checked(language).format(**shown)


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


def check(project: Project) -> Checked:
    """Check a tree and its data, or refuse with what is wrong in them; what refuses nothing is told."""
    matched, found = project.matched()
    if errors(found, strict=project.strict):
        raise Refused(found)
    project.go_on([*found, *_broken(matched), *_set_aside(matched), *_over_nothing(matched), *_outside(matched)])
    assert matched.units is not None
    values = sum(len(piece.values) for piece in matched.pieces)
    return Checked(matched.index, len(matched.units.units), matched.periods, values, len(matched.files))
