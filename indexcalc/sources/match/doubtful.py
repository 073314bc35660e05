"""Whether rules and bounds may not hold of what was reported: looked at, cell by cell, before arrays are made of it.

What is worked out of cells by + - * / alone is worked out here as the engine does it, and judged by the same comparisons; of all
else nothing is known before there are arrays.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from math import isfinite, nan
from typing import Any

from ...periods import kind_among, previous, year_before
from ...tree.columns import Column
from ...tree.formula import Expression, names, parse
from ...tree.logic import Bounds, Term, bounds_of, holds, in_one_measure, meant_by, parse_rule
from ...tree.model import Indicator, LogicRule
from .matched import Matched, Piece

Values = Mapping[tuple[str, int], float]
"""The values of a quantity by period and unit."""
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
    quantities = [cells.quantity(meant[said], term) for said, term in terms.items()]
    values = {said: [x * times[said] for x in own] for said, own in zip(terms, side_by_side(quantities), strict=True)}
    for left, right in zip(*(worked_out(side, values, len(quantities[0])) for side in sides), strict=True):
        yield left == left and right == right and not holds(operation, left, right)  # noqa: PLR0124 - not gaps


def _out_of_bounds(cells: _Cells, own: Bounds) -> Iterator[bool]:
    leaf = own.leaf
    if leaf.shrink is not None and leaf.shrink.how == "rate":  # it lies among the rates that it is made of
        leaf = leaf.model_copy(update={"shrink": None})
    yield from map(own.excludes, cells.computed(leaf).values())


class _Cells:
    """What was reported, as a panel has it: by column, then by period and unit."""

    def __init__(self, matched: Matched) -> None:
        self.matched = matched
        self.found: dict[str, Values] = {}

    @cached_property
    def pieces(self) -> Mapping[str, list[Piece]]:
        """The pieces of each column."""
        found = defaultdict(list)
        for piece in self.matched.pieces:
            found[self.matched.index.columns[piece.column].id].append(piece)
        return found

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns by their ids."""
        return {column.id: column for column in self.matched.index.columns}

    def reported(self, name: str) -> Values:
        """Return the values of a column."""
        if name not in self.found:
            if self.matched.later or name not in self.columns or self.columns[name].cumulative:
                raise NotPlainError
            values: dict[tuple[str, int], float] = {}
            for piece in self.pieces[name]:
                self._put(values, piece)
            self.found[name] = values
        return self.found[name]

    def _put(self, values: dict[tuple[str, int], float], piece: Piece) -> None:
        if hasattr(piece.values, "dtype"):
            raise NotPlainError
        dated = [piece.periods] if not piece.everywhere else [[period] * len(piece.units) for period in self.matched.periods]
        for periods in dated:
            keys = list(zip(map(str, periods), piece.units, strict=True))
            values.update(zip(keys, piece.values, strict=True))
            values.update((keys[at], nan) for at in piece.not_applicable)

    def computed(self, leaf: Indicator) -> Values:
        """Return a leaf's values; those that its `applies` sets aside are among them."""
        made = (leaf.events, leaf.difference, leaf.growth, leaf.share, leaf.rolling, leaf.shrink)
        if any(one is not None for one in made):
            raise NotPlainError
        tree = parse(leaf.formula) if leaf.formula is not None else ("name", leaf.id)
        tree = ("/", tree, ("name", leaf.per)) if leaf.per else tree
        tree = ("*", tree, ("number", leaf.scale)) if leaf.scale != 1 else tree
        ids = {name: own if (own := f"{leaf.id}.{name}") in self.columns else name for name in names(tree)}
        if leaf.per and ids[leaf.per] != leaf.per:
            raise NotPlainError  # two columns of one name
        parts = [self.reported(name) for name in ids.values()]
        values = dict(zip(ids, side_by_side(parts), strict=True))
        return dict(zip(parts[0], worked_out(tree, values, len(parts[0])), strict=True))

    def quantity(self, own: Column | Indicator, term: Term) -> Values:
        """Return the values of a quantity of a rule, of an earlier period where it says so."""
        values = self.computed(own) if isinstance(own, Indicator) else self.reported(own.id)
        if not term.since:
            return values
        step, kinds = (previous if term.since == "previous" else year_before), self.matched.index.periods.kinds
        before = {period: str(step(period, kind_among(period, kinds))) for period in self.matched.periods}
        units = {unit for _, unit in values}
        return {
            (period, unit): values[earlier, unit]
            for period, earlier in before.items()
            for unit in units
            if (earlier, unit) in values
        }


def side_by_side(quantities: Sequence[Values]) -> list[list[float]]:
    """Return the values of some quantities in the order in which the first one has them, NaN where another has none."""
    return [[own.get(at, nan) for at in quantities[0]] for own in quantities]


def worked_out(tree: Expression, values: Mapping[str, Sequence[float]], count: int) -> Sequence[float]:
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
        result = [x if isfinite(x) else nan for x in worked]
    return result
