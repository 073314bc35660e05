"""Texts from files, arguments and libraries as people may see them: no password in them, and nothing that acts on a screen."""

from __future__ import annotations

import re

BETWEEN = {"zh": "、", "en": ", "}
"""What stands between the names of a list."""
_SECRET = "***"
_USER = r"(\w[\w+.\-]*://[^\s:/?#@]*):\S*@"  # up to the last @, since a password may have one
_NAMED = r"""(?i)\b([\w%]*(?:password|passwd|passphrase|pwd))(\s*=\s*)('(?:[^'\\]|\\.)*'|"[^"]*"|[^&\s;,'"]+)"""
# what a terminal obeys instead of showing: control characters, ends of lines of other scripts, marks of direction, halves
_ACTS = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


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
