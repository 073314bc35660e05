"""Conditions and values of a log, from trees of `tree.condition` to expressions of ibis; nothing is ever pasted into SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import Any

from ...tree.condition import COMPARISONS
from ...tree.events import DURATION
from ...tree.formula import Expression
from ..readers.table import name_of
from .columns import Columns, Get, Mismatch, Use
from .engines import NUMBER
from .times import literal_of
from .written import TIME, ZONED

_USES = {"text": "text", "raw": "text", "number": "numbers", "time": "times", "moment": "times"}
_HOUR = 3.6e9  # microseconds


@dataclass(frozen=True)
class Values:
    """What trees of conditions and values say of the rows of a log."""

    columns: Columns

    def truth(self, tree: Expression, get: Get) -> Any:
        """Return whether a condition holds of each row; null, which counts as not holding, where it is about what is missing."""
        if tree[0] in ("and", "or"):
            joined, parts = tree[0], []
            while tree[0] == joined:
                parts.append(tree[2])
                tree = tree[1]
            each = [self.truth(part, get) for part in (tree, *reversed(parts))]
            return reduce((lambda a, b: a & b) if joined == "and" else (lambda a, b: a | b), each)
        if tree[0] == "not" and tree[1][0] == "missing":
            return ~self.truth(tree[1], get)
        if tree[0] == "not":
            return ~self.truth(tree[1], get).fill_null(False)
        if tree[0] == "missing":
            core, _, _ = scaled(tree[1])
            if core == ("name", DURATION):
                return self.microseconds_long(get).isnull()
            return self.value(core, self._domain(core), get).isnull()
        if tree[0] == "contains":
            use: Use = "raw" if self._is_plain(tree[2][1], within=True) else "text"
            return self.value(tree[1], use, get).contains(tree[2][1])
        if tree[0] == "in":
            return self._among(tree[1], tree[2], get)
        assert tree[0] in COMPARISONS
        sign, left, right = tree
        if sign == "!=":
            return ~self.truth(("=", left, right), get).fill_null(False)
        use = self._common(sign, left, right)
        if use == "text" and any(side[0] == "text" and self._is_plain(side[1]) for side in (left, right)):
            use = "raw"
        if use == "time" and all(side[0] == "name" for side in (left, right)):
            use = "moment"
        one, other = self.value(left, use, get), self.value(right, use, get)
        return {
            "=": lambda: one == other,
            "<": lambda: one < other,
            "<=": lambda: one <= other,
            ">": lambda: one > other,
            ">=": lambda: one >= other,
        }[sign]()

    def _among(self, value: Expression, choices: tuple[Expression, ...], get: Get) -> Any:
        uses = {self._common("=", value, choice) for choice in choices}
        if len(uses) == 1 and (use := uses.pop()) in ("text", "number"):
            literals = [choice[1] if use == "text" else float(choice[1]) for choice in choices]
            use = "raw" if use == "text" and all(self._is_plain(choice[1]) for choice in choices) else use
            return self.value(value, use, get).isin(literals)
        return reduce(lambda a, b: a | b, [self.truth(("=", value, choice), get) for choice in choices])

    def _is_plain(self, literal: str, *, within: bool = False) -> bool:
        """Say whether a text can be looked for in a column as it is: no word that means missing would match it."""
        said = literal.strip() != ""
        return said and not any(literal in word if within else literal.strip() == word for word in self.columns.missing)

    def _common(self, sign: str, left: Expression, right: Expression) -> Use:
        """Tell as what two values are compared: columns as they are stored, text in the order of numbers or times alone."""
        domains = {self._domain(left), self._domain(right)}
        if "time" in domains:
            if "number" in domains:
                raise Mismatch("IC739", one=_said(left), other=_said(right))
            return "time"
        if domains == {"text"}:
            if sign == "=":
                return "text"
            literals = [side[1] for side in (left, right) if side[0] == "text"]
            times = all(re.search(TIME, text) or re.search(ZONED, text) for text in literals)
            return "time" if literals and times else "number"
        return "number"

    def _domain(self, tree: Expression) -> Use:
        """Tell what a value is: text, a number or a time."""
        if tree[0] == "text":
            return "text"
        if tree[0] != "name" or tree[1] == DURATION:
            return "number"
        name = name_of(tree[1])
        return "time" if name in self.columns.roles else self.columns.storage[name]

    def value(self, tree: Expression, use: Use, get: Get) -> Any:
        """Return a value as text, a number or a time."""
        import ibis

        if use == "number":
            return self.number(tree, get)
        if tree[0] == "name" and tree[1] != DURATION:
            return get(name_of(tree[1]), use)
        if tree[0] != "text":
            raise Mismatch("IC739", one=_said(tree), other=_USES[use])
        if use in ("text", "raw"):
            return ibis.literal(tree[1])
        parsed = literal_of(tree[1], self.columns.log.zone)
        if parsed is None:
            raise Mismatch("IC739", one=tree[1], other=_USES[use])
        return ibis.literal(parsed, "timestamp")

    def number(self, tree: Expression, get: Get) -> Any:
        import ibis

        if tree[0] == "number":
            return ibis.literal(float(tree[1]), "float64")
        if tree[0] == "text":
            if not re.search(NUMBER, tree[1]):
                raise Mismatch("IC739", one=tree[1], other=_USES["number"])
            return ibis.literal(float(tree[1]), "float64")
        if tree[0] == "name":
            if tree[1] != DURATION:
                return get(name_of(tree[1]), "number")
            return self.microseconds_long(get).cast("float64") / _HOUR
        chain = []  # not by recursion: a + b + c + … is as deep as it is long
        while tree[0] in "+-*/":
            chain.append((tree[0], tree[2]))
            tree = tree[1]
        result = self.number(tree, get)
        for sign, other in reversed(chain):
            right = self.number(other, get)
            if sign == "/":
                result = result / right.nullif(0.0)
            else:
                result = result + right if sign == "+" else result - right if sign == "-" else result * right
        return result

    def microseconds_long(self, get: Get) -> Any:
        end, began = (get(name_of(str(name)), "moment") for name in (self.columns.log.end, self.columns.log.time))
        return end - began


def scaled(tree: Expression) -> tuple[Expression, float, float]:
    """Take factors and divisors that are numbers off a value: what is left, and what to multiply and divide it by."""
    times = over = 1.0
    while tree[0] in ("*", "/") and tree[2][0] == "number" and tree[2][1] != 0:
        times, over = (times * tree[2][1], over) if tree[0] == "*" else (times, over * tree[2][1])
        tree = tree[1]
    return tree, times, over


def _said(tree: Expression) -> str:
    return f"{tree[1]:g}" if tree[0] == "number" else str(tree[1]) if tree[0] in ("name", "text") else str(tree[0])
