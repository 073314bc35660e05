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

from typing import Literal, NoReturn

from .expressions import Codes, Expression, FormulaError, Parser, Token, refuse_other_form, tokens_of

_SIGNS = r"<=|>=|!=|<>|==|[-+*/×÷<>=(),]"
_SAME = {"×": "*", "÷": "/", "==": "=", "<>": "!="}
COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})
TRUTHS = COMPARISONS | {"and", "or", "not", "in", "missing", "contains"}
_WORDS = frozenset({"and", "or", "not", "in", "is", "contains"})
_RELATION = 3  # as strongly as these bind


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


def place_of_name(text: str, name: str) -> int:
    """Return where in a condition a name stands first."""
    return next((at for kind, token, at in _tokens(text) if kind in ("name", "quoted") and token.strip() == name), 0)


def _whole(text: str, wanted: Literal["condition", "value"]) -> Expression:
    tree = _Parser(_tokens(text)).whole()
    if (tree[0] in TRUTHS) != (wanted == "condition"):
        raise FormulaError("IC714" if wanted == "condition" else "IC715", 0, found=text)
    if wanted == "value" and tree[0] == "text":
        raise FormulaError("IC715", 0, found=text)
    return tree


def _tokens(text: str) -> list[Token]:
    return list(map(_as_known, tokens_of(text, _SIGNS, _refuse)))


def _as_known(token: Token) -> Token:
    """Return a token with the words that join or compare told from names, and each sign in one spelling."""
    kind, text, position = token
    if kind == "name" and text.lower() in _WORDS:
        return "word", text.lower(), position
    return (kind, _SAME.get(text, text), position) if kind == "sign" else token


def _refuse(sign: str, position: int) -> NoReturn:
    refuse_other_form(sign, position, "()[],+-*/<>='\"", "where")
    raise FormulaError("IC713" if sign in "'\"[" else "IC710", position, found=sign)


class _Parser(Parser):
    """A parser of conditions, which tells truths from values."""

    codes = Codes(unexpected="IC711", unfinished="IC712", unclosed="IC713", too_deep="IC716")
    powers = (
        {"or": 1, "and": 2} | dict.fromkeys((*COMPARISONS, "is", "in", "contains"), _RELATION) | {"+": 4, "-": 4, "*": 5, "/": 5}
    )

    def binds(self) -> int:
        denied = self.peek()[:2] == ("word", "not") and self.peek(1)[:2] in (("word", "in"), ("word", "contains"))
        return _RELATION if denied else super().binds()

    def joined(self, left: Expression, power: int) -> Expression:
        if power == _RELATION:
            relation = self.relation(left)
            if self.binds() >= _RELATION:  # a truth, of which nothing can be made but other truths
                raise self.refused(self.peek())
            return relation
        _, token, position = self.take()
        check = self.truth if power < _RELATION else self.value
        return (token, check(left, position), check(self.climb(power), position))

    def relation(self, left: Expression) -> Expression:
        """Parse how a value relates to what comes next."""
        position = self.peek()[2]
        if self.peek()[1] in COMPARISONS:
            return (self.take()[1], self.value(left, position), self.value(self.climb(_RELATION), position))
        if self.next_is("is"):
            denied, word = self.next_is("not"), self.take()
            if (word[0], word[1].lower()) != ("name", "missing"):
                raise self.refused(word)
            return _denied(("missing", self.value(left, position)), denied=denied)
        denied = self.next_is("not")
        if self.next_is("in"):
            return _denied(("in", self.value(left, position), self.choices()), denied=denied)
        self.take()
        kind, text, _ = token = self.take()
        if kind != "text":
            raise self.refused(token)
        return _denied(("contains", self.value(left, position), ("text", text)), denied=denied)

    def choices(self) -> tuple[Expression, ...]:
        """Parse the list after `in`."""
        opened = self.peek()
        if not self.next_is("("):
            raise self.refused(opened)
        found: list[Expression] = []
        while not found or self.next_is(","):
            negative = self.next_is("-")
            kind, text, _ = token = self.take()
            if kind == "number":
                found.append(("number", -float(text) if negative else float(text)))
            elif kind == "text" and not negative:
                found.append(("text", text))
            else:
                raise self.refused(token)
        self.close(opened[2])
        return tuple(found)

    def operand(self, least: int) -> Expression:
        if least < _RELATION and self.peek()[:2] == ("word", "not"):
            return self.denial()
        kind, text, position = token = self.take()
        if kind == "number":
            return ("number", float(text))
        if kind == "text":
            return ("text", text)
        if kind in ("name", "quoted"):
            if self.peek()[:2] == ("sign", "("):
                raise self.refused(self.peek())
            return ("name", text.strip())
        if token[:2] == ("sign", "("):
            inside = self.nested()
            self.close(position)
            return inside
        if token[:2] == ("sign", "-"):
            self.deeper(position)
            value = ("-", ("number", 0.0), self.value(self.operand(_RELATION), position))
            self.depth -= 1
            return value
        raise self.refused(token)

    def denial(self) -> Expression:
        """Parse `not`, once or several times, and the truth after it."""
        position, denials = self.peek()[2], 0
        while self.next_is("not"):
            denials += 1
        return _denied(self.truth(self.climb(_RELATION - 1), position), denied=denials % 2 == 1)

    def next_is(self, wanted: str) -> bool:
        """Take a word or sign if it is what comes next."""
        if self.peek()[0] in ("word", "sign") and self.peek()[1] == wanted:
            self.at += 1
            return True
        return False

    def truth(self, tree: Expression, position: int) -> Expression:
        if tree[0] not in TRUTHS:
            raise FormulaError("IC714", position, found=_written(tree))
        return tree

    def value(self, tree: Expression, position: int) -> Expression:
        if tree[0] in TRUTHS:
            raise FormulaError("IC715", position, found=_written(tree))
        return tree


def _denied(tree: Expression, *, denied: bool) -> Expression:
    return ("not", tree) if denied else tree


def _written(tree: Expression) -> str:
    """Return a short name of a part of a condition: what it is if it is one word, else its operator."""
    return str(tree[1]) if tree[0] in ("name", "text") else f"{tree[1]:g}" if tree[0] == "number" else str(tree[0])
