"""Texts from files, arguments and libraries as people may see them: no password in them, and nothing that acts on a screen."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BETWEEN = {"zh": "、", "en": ", "}
"""What stands between the names of a list."""
_SECRET = "***"
_USER = r"(\w[\w+.\-]*://[^\s:/?#@]*):\S*@"  # up to the last @, since a password may have one
_NAMED = r"""(?i)\b([\w%]*(?:password|passwd|passphrase|pwd))(\s*=\s*)('(?:[^'\\]|\\.)*'|"[^"]*"|[^&\s;,'"]+)"""
# what a terminal obeys instead of showing: control characters, ends of lines of other scripts, marks of direction, halves
_ACTS = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def in_language(language: str, chinese: str, english: str) -> str:
    """Return what is said in a language, or in the other one where it is not said in that.

    >>> in_language("en", "红棉街", "Hongmian"), in_language("en", "红棉街", "")
    ('Hongmian', '红棉街')
    """
    return (english or chinese) if language == "en" else (chinese or english)


def in_brackets(text: str, said: str, language: str) -> str:
    """Return a text with something said of it in brackets behind it, as the language writes them."""
    return f"{text} ({said})" if language == "en" else f"{text}（{said}）"


def without_passwords(text: str) -> str:
    """Return a text with *** in place of each password that an address or a list of parameters in it has.

    >>> without_passwords("postgresql+psycopg://clerk:s/cret@db/index?sslpassword=x&a=1")
    'postgresql+psycopg://clerk:***@db/index?sslpassword=***&a=1'
    >>> without_passwords("host=db PASSWORD='s cret' user=clerk")
    'host=db PASSWORD=*** user=clerk'
    """
    if "://" in text:
        text = re.sub(_USER, rf"\1:{_SECRET}@", text)
    return re.sub(_NAMED, rf"\1\2{_SECRET}", text) if "=" in text else text


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return a text with what would act on a screen as an escape that is seen; `lines` keeps ends of lines and tabs.

    >>> visible("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    if text.isprintable():  # as nothing is that acts
        return text
    return re.sub(_ACTS, lambda found: found[0] if lines and found[0] in "\n\t" else _escape(found[0]), text)


def _escape(character: str) -> str:
    """Return how Python writes a character that is not seen."""
    return character.encode("unicode_escape", errors="backslashreplace").decode("ascii")


@lru_cache(1 << 14)
def wide(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


_WIDE = "\u2e80-\u3000\u3003-\u3007\u3012-\u9fff"
_OPENING, CLOSING = (
    "\u2018\u201c\u300a\u3010\uff08",
    "\u2019\u201d\u3001\u3002\u300b\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u2026",
)
_PIECE = rf"\s*[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{CLOSING}]+)?[{CLOSING}]*"


def broken(text: str, width: int) -> list[str]:
    """Return a text in lines of so many columns: Chinese is broken between any two characters, marks stay with theirs.

    >>> broken("the tree: its YAML file", 12)
    ['the tree:', 'its YAML', 'file']
    """
    lines = [""]
    for piece in re.findall(_PIECE, text):
        if lines[-1] and wide(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line for line in lines if line]
