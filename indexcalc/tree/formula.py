"""Formulas: arithmetic over names, parsed to a tree and never run as code.

    expression = comparison;  comparison: < <= > >= = !=;  then + -;  then * / (also × ÷);  then unary -;  then ^
    name       = a word of letters, digits and _ (any script), or anything between [ and ]
    call       = one of FUNCTIONS, with its arguments between ( and )

The tree is made of plain tuples, `("number", 2.0)`, `("name", "x")`, `(operator or function, left, …)`, so that
`methods.derive.evaluate` can walk it without knowing this module.
"""

from __future__ import annotations

import re

from ..findings import nearest
from .expressions import NAME, NUMBER, Codes, Expression, FormulaError, Parser, Token, names, refuse_other_form

__all__ = ["FUNCTIONS", "Expression", "FormulaError", "first_places", "names", "parse"]

FUNCTIONS = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "exp": (1, 1),
    "floor": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "round": (1, 2),
    "max": (1, None),
    "mean": (1, None),
    "median": (1, None),
    "min": (1, None),
    "sum": (1, None),
    "trimmed": (3, None),
    "where": (3, 3),
}
_TOKEN = rf"\s*(?:{NUMBER}|{NAME}|(?P<sign><=|>=|!=|==|[-+*/×÷^<>=(),])|(?P<other>\S))"
_SAME = {"×": "*", "÷": "/", "==": "="}
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})
_UNARY_POWER = 4


def parse(text: str) -> Expression:
    """Parse a formula to its tree.

    >>> parse("closed / total * 100")
    ('*', ('/', ('name', 'closed'), ('name', 'total')), ('number', 100.0))
    """
    return _Parser(_tokens(text)).whole()


def first_places(text: str) -> dict[str, int]:
    """Return where in a formula each of its words stands first.

    >>> first_places("a / (a + [b c])")
    {'b c': 10, 'a': 0}
    """
    return {token.strip(): at for kind, token, at in reversed(_tokens(text)) if kind in ("name", "quoted")}


def _tokens(text: str) -> list[Token]:
    tokens = []
    for match in re.finditer(_TOKEN, text):
        kind = str(match.lastgroup)
        if kind == "other":
            refuse_other_form(match[kind], match.start(kind), "()[],+-*/^<>=", "formula")
            raise FormulaError("IC240", match.start(kind), found=match[kind])
        tokens.append((kind, match[kind], match.start(kind)))
    return [*tokens, ("end", "", len(text.rstrip()))]


class _Parser(Parser):
    """A parser of formulas."""

    codes = Codes(unexpected="IC241", unfinished="IC242", unclosed="IC243", too_deep="IC247")
    powers = dict.fromkeys((*_COMPARISONS, "=="), 1) | {"+": 2, "-": 2, "*": 3, "/": 3, "×": 3, "÷": 3, "^": 5}

    def nested(self) -> Expression:
        return self.climb(0)

    def climb(self, least: int) -> Expression:
        self.deeper(self.peek()[2])
        tree = super().climb(least)
        self.depth -= 1
        return tree

    def joined(self, left: Expression, power: int) -> Expression:
        _, token, position = self.take()
        operator = _SAME.get(token, token)
        if operator in _COMPARISONS and left[0] in _COMPARISONS:
            raise FormulaError("IC249", position, found=token)
        # ^ binds to the right and takes a signed exponent: 2 ^ -1
        return (operator, left, self.climb(power - 1 if operator == "^" else power))

    def operand(self, least: int) -> Expression:
        del least
        kind, token, position = self.take()
        if kind == "number":
            return ("number", float(token))
        if kind == "quoted":
            return ("name", token.strip())
        if kind == "name":
            return self.call(token, position) if self.peek()[1] == "(" else ("name", token)
        if token == "(":
            inside = self.nested()
            self.close(position)
            return inside
        if token in ("-", "+"):
            value = self.climb(_UNARY_POWER)
            return ("-", ("number", 0.0), value) if token == "-" else value
        raise self.refused((kind, token, position))

    def call(self, name: str, position: int) -> Expression:
        """Parse the arguments of a function."""
        if name not in FUNCTIONS:
            raise FormulaError("IC244", position, name=name, known=sorted(FUNCTIONS), near=nearest(name, FUNCTIONS))
        opened = self.take()[2]
        arguments = [self.nested()] if self.peek()[1] != ")" else []
        while self.peek()[1] == ",":
            self.take()
            arguments.append(self.nested())
        self.close(opened)
        least, most = FUNCTIONS[name]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise FormulaError("IC246", position, name=name, needed=least, given=len(arguments))
        return (name, *arguments)
