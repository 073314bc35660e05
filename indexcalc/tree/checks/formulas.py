"""Formulas can be read, and name what there is."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, finding, nearest
from ..blocks.nodes import Indicator
from ..formula import FormulaError, compared_with_text, first_places, names, parse
from ..model import Index
from .said import Check


def check_formulas(index: Index) -> Iterator[Finding]:
    """See that every formula can be read, and that an inner node's names are nodes below it."""
    for path, node in index.every_node:
        for key in ("formula", "applies"):
            text = vars(node).get(key)
            if text is None:
                continue
            try:
                used = names(tree := parse(text))
            except FormulaError as error:
                yield finding(error.code, index.inside((*path, key), error.position), formula=text, **error.values)
                continue
            if not isinstance(node, Indicator) and key == "applies":
                continue  # it holds for the indicators below, of whose columns it is
            if not isinstance(node, Indicator) and (texts := compared_with_text(tree)):
                heading = next(iter(texts.values()))[0]
                yield finding("IC444", index.inside((*path, key), first_places(text)[heading]), name=heading)
                continue
            if not used:
                yield finding("IC248", index.place((*path, key)), key=key)
            known = [] if isinstance(node, Indicator) else [child.id for child in index.below(node)]
            for name in used if not isinstance(node, Indicator) else ():
                if name not in known:
                    at = index.inside((*path, key), first_places(text)[name])
                    yield finding("IC245", at, name=name, known=known, near=nearest(name, known))


CHECKS: tuple[Check, ...] = (check_formulas,)
