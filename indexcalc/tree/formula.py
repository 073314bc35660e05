"""Formulas: arithmetic over names, parsed to a tree and never run as code.

    expression = or;  then and;  then not;  then < <= > >= = !=;  then + -;  then * / (also × ÷);  then unary -;  then ^
    name       = a word of letters, digits and _ (any script), or anything between [ and ]
    call       = one of FUNCTIONS, with its arguments between ( and ); `skip: true` may end those of min and max
    text       = a name = 'text', != 'text', in ('text', …), not in ('text', …): 1 or 0

The tree is made of plain tuples, `("number", 2.0)`, `("name", "x")`, `(operator or function, left, …)`, so that
`methods.derive.evaluate` can walk it without knowing this module. What is compared with text is a name of its own,
`("name", "group = 'a'", "group", ("a",))`, for a column that has 1 where a cell of that heading is one of the words, else 0:
so that whatever computes with numbers needs to know nothing of text.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

from ..findings import nearest
from .expressions import Codes, Expression, FormulaError, Parser, Token, names, nodes, refuse_other_form, tokens_of

__all__ = ["FUNCTIONS", "Expression", "FormulaError", "compared_with_text", "first_places", "names", "parse", "stands_in"]

Functions = Mapping[str, tuple[int, int | None]]
"""What may be called, each with the fewest and the most values that it takes."""
FUNCTIONS: Functions = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "clip": (3, 3),
    "coalesce": (1, None),
    "exp": (1, 1),
    "floor": (1, 1),
    "log": (1, 1),
    "sqrt": (1, 1),
    "round": (1, 2),
    "max": (1, None),
    "mean": (1, None),
    "median": (1, None),
    "min": (1, None),
    "missing": (1, 1),
    "sum": (1, None),
    "trimmed": (3, None),
    "where": (3, 3),
}
_SIGNS = r"<=|>=|!=|==|[-+*/×÷^<>=(),:]"
_SAME = {"×": "*", "÷": "/", "==": "="}
_SKIP = "skip"
_SKIPPING = {"max": "max_there", "min": "min_there"}
"""What min and max are called in a tree where they pass over what is missing."""
_ABOUT_GAPS = frozenset({"missing", "coalesce"})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})
_TRUTHS = {"or": 1, "and": 2}  # words that join truths, and how strongly; a heading of that name stands between [ and ]
_NOT_POWER, _RELATION, _UNARY_POWER = 2, 3, 6


def parse(text: str, functions: Functions = FUNCTIONS) -> Expression:
    """Parse a formula to its tree, with what may be called in it.

    >>> parse("closed / total * 100")
    ('*', ('/', ('name', 'closed'), ('name', 'total')), ('number', 100.0))
    """
    return _parsed(text) if functions is FUNCTIONS else _Parser(_tokens(text), functions).whole()


@lru_cache(1 << 12)  # every check of a tree asks for its formulas
def _parsed(text: str) -> Expression:
    return _Parser(_tokens(text), FUNCTIONS).whole()


def compared_with_text(tree: Expression) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the heading and the words of each name of a tree that stands for a comparison with text.

    >>> compared_with_text(parse("gdp * (group = 'city')"))
    {"group = 'city'": ('group', ('city',))}
    """
    return {node[1]: (node[2], node[3]) for node in nodes(tree) if node[0] == "name" and len(node) > 2}


def stands_in(tree: Expression) -> bool:
    """Say whether a formula has a value where one of its names has none: where it asks for that, or takes another instead."""
    return any(node[0] in _ABOUT_GAPS for node in nodes(tree))


def first_places(text: str) -> dict[str, int]:
    """Return where in a formula each of its words stands first.

    >>> first_places("a / (a + [b c])")
    {'b c': 10, 'a': 0}
    """
    return {token.strip(): at for kind, token, at in reversed(_tokens(text)) if kind in ("name", "quoted")}


def _tokens(text: str) -> list[Token]:
    return list(tokens_of(text, _SIGNS, _refuse))


def _refuse(sign: str, position: int) -> NoReturn:
    refuse_other_form(sign, position, "()[],+-*/^<>='\":", "formula")
    raise FormulaError("IC440" if sign in "'\"" else "IC240", position, found=sign)


class _Parser(Parser):
    """A parser of formulas."""

    codes = Codes(unexpected="IC241", unfinished="IC242", unclosed="IC243", too_deep="IC247")
    powers = dict.fromkeys((*_COMPARISONS, "=="), _RELATION) | {"+": 4, "-": 4, "*": 5, "/": 5, "×": 5, "÷": 5, "^": 7}

    def __init__(self, tokens: list[Token], functions: Functions) -> None:
        super().__init__(tokens)
        self.functions = functions

    def nested(self) -> Expression:
        return self.climb(0)

    def climb(self, least: int) -> Expression:
        self.deeper(self.peek()[2])
        tree = super().climb(least)
        self.depth -= 1
        return tree

    def binds(self) -> int:
        if self.is_in():
            return _RELATION
        kind, token, _ = self.peek()
        return _TRUTHS.get(token, 0) if kind == "name" else super().binds()

    def is_in(self) -> bool:
        """Say whether `in (` or `not in (` comes next: elsewhere these are names."""
        at = 1 if self.peek()[:2] == ("name", "not") else 0
        return self.peek(at)[:2] == ("name", "in") and self.peek(at + 1)[1] == "("

    def joined(self, left: Expression, power: int) -> Expression:
        if self.is_in():
            return self.among(left)
        kind, token, position = self.take()
        if kind == "name":
            return (token, left, self.climb(power))
        operator = _SAME.get(token, token)
        if operator in _COMPARISONS and left[0] in _COMPARISONS:
            raise FormulaError("IC249", position, found=token)
        # ^ binds to the right and takes a signed exponent: 2 ^ -1
        right = self.climb(power - 1 if operator == "^" else power)
        if "text" not in (left[0], right[0]):
            return (operator, left, right)
        name, words = (right, left) if left[0] == "text" else (left, right)
        if operator not in ("=", "!=") or name[0] != "name" or len(name) > 2:
            raise FormulaError("IC441", position, found=words[1])
        return _with_text(str(name[1]), (str(words[1]),), denied=operator == "!=")

    def among(self, left: Expression) -> Expression:
        """Parse the words that a name is looked for among."""
        denied = self.peek()[1] == "not"
        position = [self.take() for _ in range(3 if denied else 2)][-1][2]
        words: list[str] = []
        while not words or self.peek()[1] == ",":
            if words:
                self.take()
            kind, token, at = self.take()
            if kind != "text":
                raise self.refused((kind, token, at))
            words.append(token)
        self.close(position)
        if left[0] != "name" or len(left) > 2:
            raise FormulaError("IC441", position, found=words[0])
        return _with_text(str(left[1]), tuple(words), denied=denied)

    def operand(self, least: int) -> Expression:
        del least
        kind, token, position = self.take()
        if kind == "number":
            return ("number", float(token))
        if kind == "text":
            beside = self.tokens[self.at - 2][1] if self.at > 1 else ""
            if {self.peek()[1], beside} & self.powers.keys():  # what it is joined by says whether it may be
                return ("text", token)
            raise FormulaError("IC441", position, found=token)
        if kind == "quoted":
            return ("name", token.strip())
        if kind == "name" and token == "not" and (self.peek()[1] == "(" or self.peek()[0] in ("name", "quoted", "number")):
            return ("not", self.climb(_NOT_POWER))
        if kind == "name":
            return self.call(token, position) if self.peek()[1] == "(" else ("name", token)
        if token == "(":
            inside = self.nested()
            self.close(position)
            return inside
        if token in ("-", "+"):
            value = self.climb(_UNARY_POWER)
            if value[0] == "text":
                raise FormulaError("IC441", position, found=value[1])
            return ("-", ("number", 0.0), value) if token == "-" else value
        raise self.refused((kind, token, position))

    def call(self, name: str, position: int) -> Expression:
        """Parse the arguments of a function."""
        if name not in self.functions:
            known = sorted(self.functions)
            raise FormulaError("IC244", position, name=name, known=known, near=nearest(name, known))
        opened = self.take()[2]
        arguments = [self.nested()] if self.peek()[1] != ")" else []
        skip = False
        while self.peek()[1] == ",":
            self.take()
            if self.peek()[:2] == ("name", _SKIP) and self.peek(1)[1] == ":":
                skip = self.skip(name)
                break
            arguments.append(self.nested())
        self.close(opened)
        least, most = self.functions[name]
        if len(arguments) < least or (most is not None and len(arguments) > most):
            raise FormulaError("IC246", position, name=name, needed=least, given=len(arguments))
        if name == "clip" and arguments[1][0] == arguments[2][0] == "number" and arguments[1][1] > arguments[2][1]:
            raise FormulaError("IC443", position, low=arguments[1][1], high=arguments[2][1])
        return (_SKIPPING[name] if skip else name, *arguments)

    def skip(self, name: str) -> bool:
        """Parse `skip: true`, with which a function passes over what is missing."""
        position = self.take()[2]
        if name not in _SKIPPING:
            raise FormulaError("IC442", position, name=name, known=sorted(_SKIPPING))
        self.take()
        kind, token, at = self.take()
        if kind != "name" or token.lower() not in ("true", "false"):
            raise self.refused((kind, token, at))
        return token.lower() == "true"


def _with_text(name: str, words: tuple[str, ...], *, denied: bool) -> Expression:
    """Return a name compared with words, as a name of its own."""
    quoted = ", ".join(f"'{word}'" for word in words)
    said = f"{name} = {quoted}" if len(words) == 1 else f"{name} in ({quoted})"
    own = ("name", said, name, words)
    return ("=", own, ("number", 0.0)) if denied else own
