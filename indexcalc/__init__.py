"""Composite and governance indices: a tree of indicators, bound to data, scored, ranked and explained.

>>> import indexcalc
>>> index = indexcalc.load("indicators.yaml")                    # doctest: +SKIP
>>> scores = indexcalc.score(index, indexcalc.read_panel(index)) # doctest: +SKIP
"""

from __future__ import annotations

import os
from pathlib import Path

from .findings import Finding, Place, Refused
from .panel import Panel, Units
from .spec import Dimension, Index, Indicator, load
from .version import VERSION as __version__

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
    from .sources import read_panel

    return read_panel(index, Path(base))


def score(index: Index, panel: Panel) -> Scores:
    """Score every period of a panel; see `indexcalc.engine.score`."""
    from .engine import score

    return score(index, panel)


def __getattr__(name: str) -> object:
    if name == "Scores":  # its module needs numpy, which checking a tree does without
        from .scores import Scores

        return Scores
    raise AttributeError(name)
