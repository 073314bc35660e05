"""What must hold of values beside what each may be by itself: declared rules, ranges of what is computed, parts of a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from ..measures import read_measure, says
from ..words.recognised_measures import UNBOUNDED
from .blocks.data import Denominator
from .blocks.nodes import Indicator
from .blocks.whole import Written
from .columns import Column
from .expressions import Expression, FormulaError
from .formula import FUNCTIONS, compared_with_text, parse
from .model import Index
from .reported import in_numerators, reported_measure

_OPPOSITE = {"<": ">=", ">": "<=", "!=": "="}
COMPARISONS = frozenset({*_OPPOSITE, *_OPPOSITE.values()})
_SAME = 1e-9  # sums of decimals differ by so little of themselves
_EARLIER: Mapping[str, Literal["previous", "year-before"]] = {"previous": "previous", "year_before": "year-before"}
_COMPUTED = "value"
_OF_A_NAME = (*_EARLIER, _COMPUTED)  # what is called with one name, and is not worked out of numbers


@dataclass(frozen=True)
class Term:
    """One quantity of a rule: by its name, as it was reported or as it is computed, of the same period or an earlier one."""

    name: str
    computed: bool = False
    since: Literal["", "previous", "year-before"] = ""


def parse_rule(text: str) -> tuple[Expression, dict[str, Term]]:
    """Parse a rule: its comparison, whose names each stand for a quantity.

    >>> parse_rule("stock >= year_before(stock)")[0]
    ('>=', ('name', 'stock'), ('name', 'year_before(stock)'))
    """
    tree = parse(text, {**FUNCTIONS, **dict.fromkeys(_OF_A_NAME, (1, 1))})
    if texts := compared_with_text(tree):
        raise FormulaError("IC274", 0, found=next(iter(texts)))
    if tree[0] not in COMPARISONS:
        raise FormulaError("IC274", 0, found=text)
    terms: dict[str, Term] = {}
    return _with_terms(tree, text, terms), terms


def _with_terms(tree: Expression, text: str, terms: dict[str, Term]) -> Expression:
    """Return a tree in which every quantity is a name."""
    operation, *parts = tree
    if operation == "number":
        return tree
    if operation != "name" and operation not in _OF_A_NAME:
        return (operation, *(_with_terms(part, text, terms) for part in parts))
    said, term = _term(tree, text)
    terms[said] = term
    return ("name", said)


def _term(tree: Expression, text: str) -> tuple[str, Term]:
    """Return a quantity with what it is called: a name, or what is called with one."""
    operation, inside = tree[:2]
    if operation == "name":
        return str(inside), Term(str(inside))
    if operation not in _OF_A_NAME or inside[0] not in ("name", *_OF_A_NAME):
        at = next((one for one in _OF_A_NAME if f"{one}(" in text), "")
        raise FormulaError("IC273", max(text.find(f"{at}("), 0), name=at)
    said, term = _term(inside, text)
    if (operation == _COMPUTED and term.computed) or (operation in _EARLIER and term.since):
        raise FormulaError("IC273", max(text.find(f"{operation}("), 0), name=operation)
    since = _EARLIER.get(operation, term.since)
    return f"{operation}({said})", Term(term.name, computed=term.computed or operation == _COMPUTED, since=since)


def meant_by(index: Index, term: Term) -> list[Column | Indicator]:
    """Return what a quantity can mean: a reported column, or an indicator that is computed; one where it is clear.

    An id comes first, then names and headings. An indicator with a formula has nothing that is reported under its own name.
    """
    leaves, columns = {leaf.id: leaf for leaf in index.leaves}, index.column_of
    if term.computed or (term.name in leaves and term.name not in columns):
        named = [leaves[term.name]] if term.name in leaves else [leaf for leaf in index.leaves if term.name in _names(leaf)]
        return [*named]
    if term.name in columns and columns[term.name].owner == term.name:
        return [columns[term.name]]
    found = {(one.source, one.headers[0]): one for one in reversed(index.columns_called.get(term.name, ()))}
    made = [leaf for leaf in index.leaves if leaf.id not in columns and term.name in _names(leaf)]
    return [*reversed(found.values()), *made]


def _names(leaf: Indicator) -> tuple[str, str]:
    return leaf.name, leaf.name_en


def in_one_measure(index: Index, meant: Mapping[str, Column | Indicator]) -> dict[str, float]:
    """Return what each quantity of a rule is multiplied by, so that all are in the unit of measurement of the first.

    Only where all are measured, and in units of one kind: people beside tens of thousands of people.
    """
    sizes = {}
    for said, one in meant.items():
        text = "" if isinstance(one, Indicator) else _measure_of(index, one)
        measure = read_measure(text) if text else None
        if measure is None or measure.per or not measure.kind:
            return dict.fromkeys(meant, 1.0)
        sizes[said] = measure
    first = next(iter(sizes.values()), None)
    if first is None or any(one.kind != first.kind for one in sizes.values()):
        return dict.fromkeys(meant, 1.0)
    return {said: float(one.size / first.size) for said, one in sizes.items()}


def holds(operation: str, left: Any, right: Any) -> Any:
    """Say of two numbers, or of arrays of them, whether they compare as they should; what they nearly are they are equal to.

    >>> holds("=", 0.1 + 0.2, 0.3), holds("<", 0.3, 0.1 + 0.2)
    (True, False)
    """
    if operation in _OPPOSITE:
        return holds(_OPPOSITE[operation], left, right) ^ True
    gap = abs(left - right)
    same = (gap <= _SAME * abs(left)) | (gap <= _SAME * abs(right))
    return same if operation == "=" else same | (left < right if operation == "<=" else left > right)


def _measure_of(index: Index, column: Column) -> str:
    owner = index.reported.get(column.owner)
    return reported_measure(index, owner) if owner is not None and column.id == column.owner else column.measure


@dataclass(frozen=True)
class Bounds:
    """What the values of a leaf lie between: as the tree says, or, of a `share`, up to the whole that it is a part of."""

    leaf: Indicator
    low: float
    high: float
    share: bool = False

    def excludes(self, x: Any) -> Any:
        """Say of a value, or of an array of them, whether it is beyond the bounds."""
        return (x < self.low - _SAME * abs(self.low)) | (x > self.high + _SAME * abs(self.high))


def bounds_of(index: Written) -> tuple[Bounds, ...]:
    """Return the bounds of all values that are made of what is reported and have any."""
    found = []
    for leaf in index.leaves:
        if leaf.valid_value is not None:
            low, high = leaf.valid_value
            found.append(Bounds(leaf, low, high))
        if is_part(leaf) and (whole := _whole(index, leaf)) is not None:
            found.append(Bounds(leaf, -inf, whole, share=True))
    return tuple(found)


def is_part(leaf: Indicator) -> bool:
    """Say whether what a leaf counts is part of what it is divided by: as it says, else by its unit of measurement and names."""
    if leaf.per is None or leaf.part is not None:
        return leaf.per is not None and bool(leaf.part)
    if leaf.growth or leaf.difference or leaf.share or leaf.valid_value is not None or not _is_ratio(leaf):
        return False
    return not says(" ".join((leaf.name, leaf.name_en, leaf.column or "")), UNBOUNDED)


def _is_ratio(leaf: Indicator) -> bool:
    measure = read_measure(leaf.measure) if leaf.measure else None
    return measure is not None and measure.kind == "ratio" and leaf.measure.strip()[-1:] in "%％‰‱"


def _whole(index: Written, leaf: Indicator) -> float | None:
    """Return what a leaf's value is where it counts all of its denominator; nothing where that is no denominator."""
    base = index.reported.get(str(leaf.per))
    if not isinstance(base, Denominator):
        return None
    if _is_ratio(leaf) and (measure := read_measure(leaf.measure)) is not None:
        return float(1 / measure.size)
    return leaf.scale * in_numerators(leaf, base)
