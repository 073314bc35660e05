"""What a check is, and how checks name what they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...findings import Finding
from ...words.agreement import in_both, several
from ..formula import FormulaError, names, parse
from ..logic import Term, parse_rule
from ..model import Index

Check = Callable[[Index], Iterator[Finding]]


def titled(index: Index, node: str) -> str:
    """Return a node's id with its name; in Chinese the name stands first."""
    name = index.by_id[node].name
    return in_both(f"{node} {name}", f"{name} ({node})") if name and name != node else node


def shortened(names: Sequence[str]) -> str:
    """Return the first few of some names."""
    return several(names[:5], len(names))


def terms_of(rule: str) -> dict[str, Term]:
    """Return the quantities of a logic rule, none where it cannot be read."""
    try:
        return parse_rule(rule)[1]
    except FormulaError:
        return {}


def names_of(formula: str) -> tuple[str, ...]:
    """Return the names in a formula, none where it cannot be read."""
    try:
        return names(parse(formula))
    except FormulaError:
        return ()
