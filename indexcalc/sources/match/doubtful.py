"""Whether rules and bounds may not hold of what was reported: looked at, cell by cell, before arrays are made of it.

What is worked out of cells by + - * / alone is worked out here as the engine does it, and judged by the same comparisons; of all
else nothing is known before there are arrays.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import nan
from typing import Any

from ...periods import kind_among, previous, year_before
from ...tree.columns import Column
from ...tree.formula import Expression, names, parse
from ...tree.logic import Bounds, Term, bounds_of, holds, in_one_measure, meant_by, parse_rule
from ...tree.model import Indicator, LogicRule
from .matched import Matched, Piece, ends

Values = Sequence[float]
"""The values of a quantity, of all units in the first period, then in the next; NaN where there is none."""
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else nan,
}


class NotPlainError(Exception):
    """A quantity that is not worked out of cells by + - * / alone."""


def may_be_broken(matched: Matched) -> Iterator[bool]:
    """Say of every rule and of all bounds of values whether one value or more may not keep to it."""
    cells = _Cells(matched)
    against = (_against(cells, rule) for rule in matched.index.logic)
    for one in (*against, *(_out_of_bounds(cells, own) for own in bounds_of(matched.index))):
        try:
            yield any(one)
        except NotPlainError:
            yield True


def _against(cells: _Cells, rule: LogicRule) -> Iterator[bool]:
    """Say of each unit and period of which both sides of a rule are known whether it does not hold."""
    (operation, *sides), terms = parse_rule(rule.rule)
    meant = {said: found[0] for said, term in terms.items() if (found := meant_by(cells.matched.index, term))}
    if len(meant) < len(terms):
        return
    times = in_one_measure(cells.matched.index, meant)
    values = {said: [x * times[said] for x in cells.quantity(meant[said], term)] for said, term in terms.items()}
    for left, right in zip(*(worked_out(side, values, cells.count) for side in sides), strict=True):
        yield left == left and right == right and not holds(operation, left, right)  # noqa: PLR0124 - not gaps


def _out_of_bounds(cells: _Cells, own: Bounds) -> Iterator[bool]:
    leaf = own.leaf
    if leaf.shrink is not None and leaf.shrink.how == "rate":  # it lies among the rates that it is made of
        leaf = leaf.model_copy(update={"shrink": None})
    yield from map(own.excludes, ends(cells.computed(leaf)))


class _Cells:
    """What was reported, as a panel has it: by column, then by period and unit."""

    def __init__(self, matched: Matched) -> None:
        assert matched.units is not None
        self.matched, self.units = matched, len(matched.units.units)
        self.count = len(matched.periods) * self.units
        self.first = {period: at * self.units for at, period in enumerate(matched.periods)}
        self.columns = matched.index.column_of
        self.pieces: Mapping[str, list[Piece]] = defaultdict(list)
        for piece in matched.pieces:
            self.pieces[matched.index.columns[piece.column].id].append(piece)
        self.found: dict[str, Values] = {}
        self.places: dict[tuple[int, int], list[list[int]]] = {}  # the columns of a wide table share these

    def reported(self, name: str) -> Values:
        """Return the values of a column."""
        if name not in self.found:
            if self.matched.later or name not in self.columns or self.columns[name].cumulative:
                raise NotPlainError
            values = [nan] * self.count
            for piece in self.pieces[name]:
                self._put(values, piece)
            self.found[name] = values
        return self.found[name]

    def _put(self, values: list[float], piece: Piece) -> None:
        if hasattr(piece.values, "dtype"):
            raise NotPlainError
        for places in self._places_of(piece):
            for at, x in zip(places, piece.values, strict=True):
                values[at] = x
            for row in piece.not_applicable:
                values[places[row]] = nan

    def _places_of(self, piece: Piece) -> list[list[int]]:
        """Return where the rows of a piece go, for each time that they do: in every period where none are given."""
        key = id(piece.periods), id(piece.units)
        if key not in self.places:
            dated = [[first] * len(piece.units) for first in self.first.values()]
            firsts = dated if piece.everywhere else [[self.first[str(period)] for period in piece.periods]]
            self.places[key] = [list(map(operator.add, own, piece.units)) for own in firsts]
        return self.places[key]

    def computed(self, leaf: Indicator) -> Values:
        """Return a leaf's values; those that its `applies` sets aside are among them."""
        made = (leaf.events, leaf.difference, leaf.growth, leaf.share, leaf.rolling, leaf.shrink, leaf.residual)
        if any(one is not None for one in made):
            raise NotPlainError
        tree = parse(leaf.formula) if leaf.formula is not None else ("name", leaf.id)
        tree = ("/", tree, ("name", leaf.per)) if leaf.per else tree
        tree = ("*", tree, ("number", leaf.scale)) if leaf.scale != 1 else tree
        ids = {name: own if (own := f"{leaf.id}.{name}") in self.columns else name for name in names(tree)}
        if leaf.per and ids[leaf.per] != leaf.per:
            raise NotPlainError  # two columns of one name
        return worked_out(tree, {name: self.reported(column) for name, column in ids.items()}, self.count)

    def quantity(self, own: Column | Indicator, term: Term) -> Values:
        """Return the values of a quantity of a rule, of an earlier period where it says so."""
        values = self.computed(own) if isinstance(own, Indicator) else self.reported(own.id)
        if not term.since:
            return values
        step, kinds = (previous if term.since == "previous" else year_before), self.matched.index.periods.kinds
        earlier = (self.first.get(str(step(period, kind_among(period, kinds)))) for period in self.first)
        return [x for at in earlier for x in ([nan] * self.units if at is None else values[at : at + self.units])]


def worked_out(tree: Expression, values: Mapping[str, Values], count: int) -> Values:
    """Work a formula of + - * / out over lists of numbers, as `methods.derive.evaluate` does over arrays; NaN is missing.

    >>> worked_out(("/", ("name", "closed"), ("number", 2.0)), {"closed": [3.0, 5.0]}, 2)
    [1.5, 2.5]
    """
    chain: list[Any] = []  # a + b + c + … is as deep as it is long
    while tree[0] not in ("number", "name"):
        chain.append(tree)
        tree = tree[1]
    result = [float(tree[1])] * count if tree[0] == "number" else values[tree[1]]
    for operation, _, *others in reversed(chain):
        if operation not in _ARITHMETIC:
            raise NotPlainError
        worked = map(_ARITHMETIC[operation], result, worked_out(others[0], values, count))
        result = [x if x - x == 0.0 else nan for x in worked]  # of what is infinite or missing it is not 0
    return result
