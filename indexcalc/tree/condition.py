"""Conditions on the rows of a log: comparisons joined by and, or, not; parsed to a tree and never run as code.

    condition  = or;  then and;  then not;  then one of
                 comparison: < <= > >= = !=;   value in (…, …), value not in (…);
                 value is missing, value is not missing;   value contains 'text'
    value      = + -;  then * /;  then unary -;  then a number, 'text' or "text", a name, a value between ( and )
    name       = a word of letters, digits and _ (any script), or anything between [ and ]

The tree is made of plain tuples as in `formula`, with ("text", "…") for text, ("in", value, (literal, …)), ("missing", value) and
("contains", value, text) besides. A comparison with a missing value does not hold; hence `!=` and `not` hold for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from .formula import Expression, FormulaError

_TOKEN = (
    r"\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|'(?P<text>(?:[^']|'')*)'|\"(?P<double>(?:[^\"]|\"\")*)\"|\[(?P<quoted>[^\[\]]+)\]|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign><=|>=|!=|<>|==|[-+*/×÷<>=(),])|(?P<other>\S))"
)
_SAME = {"×": "*", "÷": "/", "==": "=", "<>": "!="}
COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})
TRUTHS = COMPARISONS | {"and", "or", "not", "in", "missing", "contains"}
_WORDS = frozenset({"and", "or", "not", "in", "is", "contains"})
_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"'}
_DEEPEST = 50


def parse_condition(text: str) -> Expression:
    """Parse a condition to its tree.

    >>> parse_condition("kind = 'noise' and level >= 3")
    ('and', ('=', ('name', 'kind'), ('text', 'noise')), ('>=', ('name', 'level'), ('number', 3.0)))
    """
    return _whole(text, "condition")


def parse_value(text: str) -> Expression:
    """Parse arithmetic over the columns of a log to its tree.

    >>> parse_value("duration / 24")
    ('/', ('name', 'duration'), ('number', 24.0))
    """
    return _whole(text, "value")


def names_in(tree: Expression) -> tuple[str, ...]:
    """Return the names that a tree uses, in the order of their first appearance."""
    return tuple(dict.fromkeys(str(node[1]) for node in nodes(tree) if node[0] == "name"))


def nodes(tree: Expression) -> Iterator[Expression]:
    """Yield every node of a tree, parents before children, those on the left first."""
    parts = [tree]
    while parts:
        node = parts.pop()
        yield node
        if node[0] == "in":
            parts += [*reversed(node[2]), node[1]]
        elif node[0] not in ("name", "number", "text"):
            parts += [part for part in reversed(node[1:]) if isinstance(part, tuple)]


def place_of_name(text: str, name: str) -> int:
    """Return where in a condition a name stands first."""
    return next((at for kind, token, at in _tokens(text) if kind in ("name", "quoted") and token.strip() == name), 0)


def _whole(text: str, wanted: Literal["condition", "value"]) -> Expression:
    parser = _Parser(text)
    tree = parser.either()
    kind, token, position = parser.peek()
    if kind != "end":
        raise FormulaError("IC713" if token == ")" else "IC711", position, found=token)
    if (tree[0] in TRUTHS) != (wanted == "condition"):
        raise FormulaError("IC714" if wanted == "condition" else "IC715", 0, found=text)
    if wanted == "value" and tree[0] == "text":
        raise FormulaError("IC715", 0, found=text)
    return tree


def _tokens(text: str) -> list[tuple[str, str, int]]:
    tokens = []
    for match in re.finditer(_TOKEN, text):
        kind = str(match.lastgroup)
        token, start = match[kind], match.start(kind)
        if kind == "other":
            plain = _QUOTES.get(token, unicodedata.normalize("NFKC", token))
            if plain != token and plain in "()[],+-*/<>='\"":
                raise FormulaError("IC109", start, key="where", found=token, plain=plain)
            raise FormulaError("IC713" if token in "'\"[" else "IC710", start, found=token)
        if kind in ("text", "double"):
            mark = "'" if kind == "text" else '"'
            kind, token, start = "text", token.replace(mark * 2, mark), start - 1
        elif kind == "name" and token.lower() in _WORDS:
            kind, token = "word", token.lower()
        tokens.append((kind, _SAME.get(token, token) if kind == "sign" else token, start))
    return [*tokens, ("end", "", len(text.rstrip()))]


class _Parser:
    """A parser by descent over the tokens of one text, a method a level of precedence."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def peek(self, ahead: int = 0) -> tuple[str, str, int]:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> tuple[str, str, int]:
        token = self.peek()
        self.at += 1
        return token

    def next_is(self, *wanted: str) -> bool:
        """Take some words or signs if they are what comes next."""
        if all(self.peek(i)[0] in ("word", "sign") and self.peek(i)[1] == word for i, word in enumerate(wanted)):
            self.at += len(wanted)
            return True
        return False

    def either(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaError("IC716", self.peek()[2], most=_DEEPEST)
        tree = self.alternatives()
        self.depth -= 1
        return tree

    def alternatives(self) -> Expression:
        left = self.conjunction()
        while (at := self.peek()[2]) >= 0 and self.next_is("or"):
            left = ("or", self.truth(left, at), self.truth(self.conjunction(), at))
        return left

    def conjunction(self) -> Expression:
        left = self.negation()
        while (at := self.peek()[2]) >= 0 and self.next_is("and"):
            left = ("and", self.truth(left, at), self.truth(self.negation(), at))
        return left

    def negation(self) -> Expression:
        at, denials = self.peek()[2], 0
        while self.next_is("not"):
            denials += 1
        tree = self.relation()
        if denials:
            self.truth(tree, at)
        return ("not", tree) if denials % 2 else tree

    def relation(self) -> Expression:
        left = self.sum()
        at = self.peek()[2]
        kind, token, _ = self.peek()
        if kind == "sign" and token in COMPARISONS:
            self.take()
            relation: Expression = (token, self.value(left, at), self.value(self.sum(), at))
        elif self.next_is("is"):
            denied = self.next_is("not")
            kind, token, place = self.take()
            if (kind, token.lower()) != ("name", "missing"):
                raise FormulaError("IC712" if kind == "end" else "IC711", place, found=token)
            relation = _denied(("missing", self.value(left, at)), denied=denied)
        elif self.next_is("not", "in"):
            relation = ("not", ("in", self.value(left, at), self.choices()))
        elif self.next_is("in"):
            relation = ("in", self.value(left, at), self.choices())
        elif self.next_is("contains") or self.next_is("not", "contains"):
            denied = self.peek(-2)[1] == "not"
            kind, token, place = self.take()
            if kind != "text":
                raise FormulaError("IC712" if kind == "end" else "IC711", place, found=token)
            relation = _denied(("contains", self.value(left, at), ("text", token)), denied=denied)
        else:
            return left
        kind, token, place = self.peek()
        if kind == "sign" and token in COMPARISONS:
            raise FormulaError("IC711", place, found=token)
        return relation

    def choices(self) -> tuple[Expression, ...]:
        opened = self.peek()[2]
        if not self.next_is("("):
            raise FormulaError("IC712" if self.peek()[0] == "end" else "IC711", opened, found=self.peek()[1])
        found: list[Expression] = []
        while not found or self.next_is(","):
            negative = self.next_is("-")
            kind, token, place = self.take()
            if kind == "number":
                found.append(("number", -float(token) if negative else float(token)))
            elif kind == "text" and not negative:
                found.append(("text", token))
            else:
                raise FormulaError("IC712" if kind == "end" else "IC711", place, found=token)
        self.close(opened)
        return tuple(found)

    def sum(self) -> Expression:
        left = self.product()
        while self.peek()[0] == "sign" and self.peek()[1] in "+-":
            _, sign, at = self.take()
            left = (sign, self.value(left, at), self.value(self.product(), at))
        return left

    def product(self) -> Expression:
        left = self.operand()
        while self.peek()[0] == "sign" and self.peek()[1] in "*/":
            _, sign, at = self.take()
            left = (sign, self.value(left, at), self.value(self.operand(), at))
        return left

    def operand(self) -> Expression:
        kind, token, position = self.take()
        if kind == "number":
            return ("number", float(token))
        if kind == "text":
            return ("text", token)
        if kind in ("name", "quoted"):
            if self.peek()[1] == "(" and self.peek()[0] == "sign":
                raise FormulaError("IC711", self.peek()[2], found="(")
            return ("name", token.strip())
        if kind == "sign" and token == "(":
            inside = self.either()
            self.close(position)
            return inside
        if kind == "sign" and token == "-":
            self.depth += 1
            if self.depth > _DEEPEST:
                raise FormulaError("IC716", position, most=_DEEPEST)
            value = ("-", ("number", 0.0), self.value(self.operand(), position))
            self.depth -= 1
            return value
        raise FormulaError("IC712" if kind == "end" else "IC711", position, found=token)

    def close(self, opened: int) -> None:
        kind, token, position = self.take()
        if kind == "end":
            raise FormulaError("IC713", opened, found="(")
        if token != ")":
            raise FormulaError("IC711", position, found=token)

    def truth(self, tree: Expression, at: int) -> Expression:
        if tree[0] not in TRUTHS:
            raise FormulaError("IC714", at, found=_written(tree))
        return tree

    def value(self, tree: Expression, at: int) -> Expression:
        if tree[0] in TRUTHS:
            raise FormulaError("IC715", at, found=_written(tree))
        return tree


def _denied(tree: Expression, *, denied: bool) -> Expression:
    return ("not", tree) if denied else tree


def _written(tree: Expression) -> str:
    """Return a short name of a part of a condition: what it is if it is one word, else its operator."""
    return str(tree[1]) if tree[0] in ("name", "text") else f"{tree[1]:g}" if tree[0] == "number" else str(tree[0])
