"""Composite and governance indices: a tree of indicators, bound to data, scored, ranked and explained.

>>> import indexcalc
>>> index = indexcalc.load("indicators.yaml")                    # doctest: +SKIP
>>> scores = indexcalc.score(index, indexcalc.read_panel(index)) # doctest: +SKIP
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from .version import VERSION as __version__  # noqa: N811 - its name to the world

if TYPE_CHECKING:
    from .findings import Finding, Place, Refused
    from .panel import Panel
    from .scores import Scores
    from .tree import Dimension, Index, Indicator, load
    from .units import Units

__all__ = [
    "Dimension",
    "Finding",
    "Index",
    "Indicator",
    "Panel",
    "Place",
    "Refused",
    "Scores",
    "Units",
    "__version__",
    "load",
    "read_panel",
    "score",
]


def read_panel(index: Index, base: str | os.PathLike[str] = ".") -> Panel:
    """Read the data of an index; its relative paths start from `base`.

    :raises Refused: with every finding, when there is an error among them.
    """
    from .sources import read

    return read(index, Path(base))


def score(index: Index, panel: Panel) -> Scores:
    """Score every period of a panel; see `indexcalc.engine.score`."""
    from .engine import score

    return score(index, panel)


_HOMES = {
    "findings": ("Finding", "Place", "Refused"),
    "panel": ("Panel",),
    "scores": ("Scores",),
    "tree": ("Dimension", "Index", "Indicator", "load"),
    "units": ("Units",),
}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for, so that `indexcalc --help` is quick."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(name)
