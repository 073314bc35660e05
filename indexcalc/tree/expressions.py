"""What formulas and conditions share: trees of plain tuples, tokens, and a parser that climbs by what binds how strongly.

A tree is `("number", 2.0)`, `("name", "x")` or `(operator or function, left, …)`; it is never run as code.
"""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, NoReturn

Expression = tuple[Any, ...]
Token = tuple[str, str, int]
"""Its kind, its text, and where it begins."""
_NUMBER = r"(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
_TEXT = r"'(?P<text>(?:[^']|'')*)'|\"(?P<double>(?:[^\"]|\"\")*)\""
_NAME = r"\[(?P<quoted>[^\[\]]+)\]|(?P<name>[^\W\d]\w*)"
_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"'}
_DEEPEST = 50


class FormulaError(Exception):
    """A formula or condition that cannot be read: the code of its finding, where in the text, and what is quoted."""

    def __init__(self, code: str, position: int, **values: Any) -> None:
        super().__init__(code)
        self.code, self.position, self.values = code, position, values


def names(tree: Expression) -> tuple[str, ...]:
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


def tokens_of(text: str, signs: str, refuse: Callable[[str, int], NoReturn]) -> Iterator[Token]:
    """Yield the tokens of a text: numbers, texts, names, the `signs` of a pattern, and its end; any other sign is refused."""
    for match in re.finditer(rf"\s*(?:{_NUMBER}|{_TEXT}|{_NAME}|(?P<sign>{signs})|(?P<other>\S))", text):
        kind = str(match.lastgroup)
        token, start = match[kind], match.start(kind)
        if kind == "other":
            refuse(token, start)
        if kind in ("text", "double"):
            mark = "'" if kind == "text" else '"'
            kind, token, start = "text", token.replace(mark * 2, mark), start - 1
        yield kind, token, start
    yield "end", "", len(text.rstrip())


class Codes(NamedTuple):
    """The findings of a language."""

    unexpected: str
    unfinished: str
    unclosed: str
    too_deep: str


class Parser(ABC):
    """A parser over the tokens of one text; a language says what its parts are and how strongly its operators bind."""

    codes: ClassVar[Codes]
    powers: ClassVar[Mapping[str, int]]

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        """Parse all of the text."""
        tree = self.nested()
        kind, token, position = self.peek()
        if kind != "end":
            raise FormulaError(self.codes.unclosed if token == ")" else self.codes.unexpected, position, found=token)
        return tree

    def nested(self) -> Expression:
        """Parse what may stand alone or between ( and )."""
        self.deeper(self.peek()[2])
        tree = self.climb(0)
        self.depth -= 1
        return tree

    def climb(self, least: int) -> Expression:
        """Parse an operand, and what is joined to it by operators that bind more strongly than `least`."""
        left = self.operand(least)
        while (power := self.binds()) > least:
            left = self.joined(left, power)
        return left

    @abstractmethod
    def operand(self, least: int) -> Expression:
        """Parse what stands between operators, right of one that binds as strongly as `least`."""

    def binds(self) -> int:
        """Say how strongly the operator that comes next binds; 0 where there is none."""
        kind, token, _ = self.peek()
        return self.powers.get(token, 0) if kind in ("sign", "word") else 0

    @abstractmethod
    def joined(self, left: Expression, power: int) -> Expression:
        """Parse the operator that comes next with what is right of it."""

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def deeper(self, position: int) -> None:
        """Go one level down, if there is one."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise FormulaError(self.codes.too_deep, position, most=_DEEPEST)

    def close(self, opened: int) -> None:
        """Take the bracket that closes one."""
        kind, token, position = self.take()
        if kind == "end":
            raise FormulaError(self.codes.unclosed, opened, found="(")
        if token != ")":
            raise FormulaError(self.codes.unexpected, position, found=token)

    def refused(self, token: Token) -> FormulaError:
        """Return what to say of a token that cannot stand where it does."""
        kind, text, position = token
        if kind == "end":
            return FormulaError(self.codes.unfinished, position)
        return FormulaError(self.codes.unexpected, position, found=text)


def refuse_other_form(sign: str, position: int, signs: str, key: str) -> None:
    """Refuse a sign in another form, such as full width, where it was meant as one of `signs`."""
    plain = _QUOTES.get(sign, unicodedata.normalize("NFKC", sign))
    if plain != sign and plain in signs:
        raise FormulaError("IC109", position, key=key, found=sign, plain=plain)
