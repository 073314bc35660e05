"""Composite and governance indices: a tree of indicators, bound to data, scored, ranked and explained.

>>> import indexcalc
>>> index = indexcalc.load("indicators.yaml")   # doctest: +SKIP
>>> scores = indexcalc.score(index)             # doctest: +SKIP
>>> scores.ranking()                            # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import VERSION as __version__  # noqa: N811 - its name to the world

if TYPE_CHECKING:
    from .findings import Finding, Place, Refused
    from .jobs.audit import audit
    from .jobs.doctor import doctor
    from .jobs.evolution import evolution
    from .jobs.framework import export_tree, import_tree
    from .jobs.fuzzy import fuzzy
    from .jobs.grades import grades
    from .jobs.library import Scored, read, score, write_page, write_report
    from .jobs.obstacles import obstacles
    from .jobs.printed import beside_print
    from .jobs.publish import publish
    from .jobs.questions import change, compare, describe, explain, robustness, sensitivity, target, trend, uncertainty, warn
    from .jobs.register import register
    from .jobs.submit import submit
    from .jobs.template import template
    from .jobs.verify import verify
    from .jobs.weights import weights
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
    "Scored",
    "Scores",
    "Units",
    "__version__",
    "audit",
    "beside_print",
    "change",
    "compare",
    "describe",
    "doctor",
    "evolution",
    "explain",
    "export_tree",
    "fuzzy",
    "grades",
    "import_tree",
    "load",
    "obstacles",
    "publish",
    "read",
    "register",
    "robustness",
    "score",
    "sensitivity",
    "submit",
    "target",
    "template",
    "trend",
    "uncertainty",
    "verify",
    "warn",
    "weights",
    "write_page",
    "write_report",
]
_HOMES = {
    "findings": "Finding Place Refused",
    "jobs.audit": "audit",
    "jobs.doctor": "doctor",
    "jobs.evolution": "evolution",
    "jobs.fuzzy": "fuzzy",
    "jobs.printed": "beside_print",
    "jobs.grades": "grades",
    "jobs.framework": "export_tree import_tree",
    "jobs.library": "Scored read score write_page write_report",
    "jobs.obstacles": "obstacles",
    "jobs.publish": "publish",
    "jobs.questions": "change compare describe explain robustness sensitivity target trend uncertainty warn",
    "jobs.register": "register",
    "jobs.submit": "submit",
    "jobs.template": "template",
    "jobs.verify": "verify",
    "jobs.weights": "weights",
    "panel": "Panel",
    "scores": "Scores",
    "tree": "Dimension Index Indicator load",
    "units": "Units",
}
_RENAMED = {"read_panel": "read"}


def __getattr__(name: str) -> object:
    """Load a public name from its module when it is first asked for, so that `indexcalc --help` is quick."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(f".{module}", __name__), name)
    if name in _RENAMED:
        raise AttributeError(f"indexcalc.{name} is called indexcalc.{_RENAMED[name]} now")
    raise AttributeError(f"module 'indexcalc' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
