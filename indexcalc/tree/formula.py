"""Formulas: arithmetic over names, parsed to a tree and never run as code.

    expression = comparison;  comparison: < <= > >= = !=;  then + -;  then * / (also × ÷);  then unary -;  then ^
    name       = a word of letters, digits and _ (any script), or anything between [ and ]
    call       = one of FUNCTIONS, with its arguments between ( and )

The tree is made of plain tuples, `("number", 2.0)`, `("name", "x")`, `(operator or function, left, …)`, so that
`methods.derive.evaluate` can walk it without knowing this module.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ..findings import nearest

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
Expression = tuple[Any, ...]
_TOKEN = (
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|\[(?P<quoted>[^\[\]]+)\]|(?P<name>[^\W\d]\w*)|(?P<sign><=|>=|!=|==|[-+*/×÷^<>=(),])|(?P<other>\S))"
)
_SAME = {"×": "*", "÷": "/", "==": "="}
_LEFT_POWER = {"<": 1, "<=": 1, ">": 1, ">=": 1, "=": 1, "!=": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 5}
_COMPARISONS = frozenset(sign for sign, power in _LEFT_POWER.items() if power == 1)
_UNARY_POWER = 4
_DEEPEST = 50


class FormulaError(Exception):
    """A formula that cannot be read: the code of its finding, where in the text, and what is quoted."""

    def __init__(self, code: str, position: int, **values: Any) -> None:
        super().__init__(code)
        self.code, self.position, self.values = code, position, values


def parse(text: str) -> Expression:
    """Parse a formula to its tree.

    >>> parse("closed / total * 100")
    ('*', ('/', ('name', 'closed'), ('name', 'total')), ('number', 100.0))
    """
    parser = _Parser(text)
    tree = parser.expression(0)
    kind, token, position = parser.peek()
    if kind != "end":
        code = "IC243" if token == ")" else "IC241"
        raise FormulaError(code, position, found=token)
    return tree


def names(tree: Expression) -> tuple[str, ...]:
    """Return the names that a formula uses, in the order of their first appearance."""
    found: dict[str, None] = {}
    parts = [tree]  # not by recursion: a + b + c + … is as deep as it is long
    while parts:
        kind, *rest = parts.pop()
        if kind == "name":
            found.setdefault(*rest)
        elif kind != "number":
            parts += reversed(rest)
    return tuple(found)


def first_places(text: str) -> dict[str, int]:
    """Return where in a formula each of its words stands first.

    >>> first_places("a / (a + [b c])")
    {'b c': 10, 'a': 0}
    """
    return {token.strip(): at for kind, token, at in reversed(_Parser(text).tokens) if kind in ("name", "quoted")}


class _Parser:
    """A precedence-climbing parser over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        for match in re.finditer(_TOKEN, text):
            kind = str(match.lastgroup)
            if kind == "other":
                plain = unicodedata.normalize("NFKC", match[kind])
                if plain != match[kind] and plain in "()[],+-*/^<>=":
                    raise FormulaError("IC109", match.start(kind), key="formula", found=match[kind], plain=plain)
                raise FormulaError("IC240", match.start(kind), found=match[kind])
            self.tokens.append((kind, match[kind], match.start(kind)))
        self.tokens.append(("end", "", len(text.rstrip())))
        self.at = 0
        self.depth = 0

    def peek(self) -> tuple[str, str, int]:
        return self.tokens[self.at]

    def take(self) -> tuple[str, str, int]:
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self, least: int) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaError("IC247", self.peek()[2], most=_DEEPEST)
        left = self.operand()
        while True:
            kind, token, _ = self.peek()
            operator = _SAME.get(token, token)
            power = _LEFT_POWER.get(operator, 0) if kind == "sign" else 0
            if power <= least:
                self.depth -= 1
                return left
            at = self.take()[2]
            if power == 1 and left[0] in _COMPARISONS:
                raise FormulaError("IC249", at, found=token)
            # ^ binds to the right and takes a signed exponent: 2 ^ -1
            left = (operator, left, self.expression(power - 1 if operator == "^" else power))

    def operand(self) -> Expression:
        kind, token, position = self.take()
        if kind == "number":
            return ("number", float(token))
        if kind == "quoted":
            return ("name", token.strip())
        if kind == "name":
            return self.call(token, position) if self.peek()[1] == "(" else ("name", token)
        if token == "(":
            inside = self.expression(0)
            self.close(position)
            return inside
        if token in ("-", "+"):
            value = self.expression(_UNARY_POWER)
            return ("-", ("number", 0.0), value) if token == "-" else value
        if kind == "end":
            raise FormulaError("IC242", position)
        raise FormulaError("IC241", position, found=token)

    def call(self, name: str, position: int) -> Expression:
        if name not in FUNCTIONS:
            raise FormulaError("IC244", position, name=name, known=sorted(FUNCTIONS), near=nearest(name, FUNCTIONS))
        opened = self.take()[2]
        arguments = [self.expression(0)] if self.peek()[1] != ")" else []
        while self.peek()[1] == ",":
            self.take()
            arguments.append(self.expression(0))
        self.close(opened)
        least, most = FUNCTIONS[name]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise FormulaError("IC246", position, name=name, needed=least, given=len(arguments))
        return (name, *arguments)

    def close(self, opened: int) -> None:
        kind, token, position = self.take()
        if token != ")":
            if kind == "end":
                raise FormulaError("IC243", opened, found="(")
            raise FormulaError("IC241", position, found=token)
