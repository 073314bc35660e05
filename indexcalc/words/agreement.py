"""How what is filled in agrees with the text around it: nouns with numbers, spaces with letters, lists with their length."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from .shown import BETWEEN

_CHINESE = r"[\u4e00-\u9fff]"


class Quoted(str):
    """A value as it is shown in a text, which says `one|many` by whether it is 1."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        """Return the value itself, or the word that agrees with it."""
        one, bar, many = spec.partition("|")
        if not bar:
            return super().__format__(spec)
        return one if self == "1" else many


class Phrase(str):
    """A text of a report or the screen in one language, to be filled with values."""

    __slots__ = ()

    def format(self, *args: Any, **values: Any) -> str:
        """Fill in values, with nouns that agree with whole numbers."""
        counted = {name: Quoted(value) if type(value) is int else value for name, value in values.items()}
        return super().format(*args, **counted)


class Several(str):
    """A text as English says it, with what Chinese says beside it."""

    __slots__ = ("chinese",)
    chinese: str

    def spoken(self, language: str) -> str:
        """Return it in a language."""
        return str(self) if language == "en" else self.chinese


def in_both(english: str, chinese: str) -> Several:
    """Return a text that findings say in English, with what they say in Chinese in its place."""
    text = Several(english)
    text.chinese = chinese
    return text


def told(text: str, language: str) -> str:
    """Return a text in a language, where it has two."""
    return text.spoken(language) if isinstance(text, Several) else text


def several(first: Sequence[str], count: int, between: str = ", ") -> Several:
    """Return the first few of `count` names as one text; it says how many there are when it leaves some out.

    >>> several(["a", "b"], 24), several(["a", "b"], 24).chinese, several(["a", "b"], 2)
    ('a, b … (24)', 'a、b 等 24 项', 'a, b')
    """
    joined, chinese = between.join(first), (BETWEEN["zh"] if between == BETWEEN["en"] else between).join(first)
    if count <= len(first):
        return in_both(joined, chinese)
    return in_both(f"{joined} … ({count})", f"{chinese} 等 {count} 项")


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a text with its values: nouns agree with numbers, and no space is left between Chinese and Chinese.

    >>> filled("{unit} 的{name}", {"unit": "南沙区", "name": "人口"}), filled("{unit} 的{name}", {"unit": "Wells", "name": "人口"})
    ('南沙区的人口', 'Wells 的人口')
    """
    text = ""
    for literal, name, spec, _ in Formatter().parse(template):
        text = _joined(text, literal)
        if name is not None:
            text = _joined(text, format(Quoted(values[name]), spec or ""))
    return text


def _joined(text: str, more: str) -> str:
    """Return two parts of a text as one, without the space at their seam when it would part Chinese from Chinese."""
    if re.search(f"{_CHINESE} $", text) and re.match(_CHINESE, more):
        return text[:-1] + more
    if re.search(f"{_CHINESE}$", text) and re.match(f" {_CHINESE}", more):
        return text + more[1:]
    return text + more
