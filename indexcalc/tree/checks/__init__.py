"""What is checked of a tree beyond its shape: plain functions, each from an index to findings; a file's own are at its end."""

from __future__ import annotations

from ...findings import Finding
from ..model import Index
from . import events, follow, formulas, logic, methods, nodes, structure, warnings, weights
from .methods import check_choice, check_uncertainty, takes_default
from .structure import check_ids

CHECKS = tuple(
    check for file in (formulas, weights, structure, events, nodes, methods, logic, warnings, follow) for check in file.CHECKS
)


def check_tree(index: Index) -> list[Finding]:
    """Run every check. Where names are not unique nothing else can be judged, so these come first."""
    found = list(check_ids(index))
    return found or [item for check in CHECKS for item in check(index)]


__all__ = ["CHECKS", "check_choice", "check_tree", "check_uncertainty", "takes_default"]
