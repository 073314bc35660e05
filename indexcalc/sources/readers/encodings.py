"""What the bytes of a text mean: told by a mark at their beginning, by being valid, or by which characters are likely.

Offices send UTF-8 and GB18030, and now and then Big5, Western European text of one byte a letter, or UTF-16 without its mark.
Nearly any bytes are valid as GB18030, so that what these others say would turn into rare characters that look like text.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from itertools import islice

UNSURE = {"cp950": "Big5", "cp1252": "Windows-1252 (Latin-1)", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
"""Encodings that are told by what is likely, by what people call them."""

_LOOKED_AT = 20_000  # characters beyond ASCII
_CLEAR = 0.7  # the least share of usual characters of an encoding that is told by these
_SIDED = 2  # to one: zero bytes on the side of ASCII characters, to those on the other
_PAIRS = rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\x7e\x80-\xfe])"
_HIGH = rb"(.?)([\x80-\xff]+)(?=(.?))"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"


def encoding_of(content: bytes) -> tuple[str, int]:
    """Return the encoding of a text; or none, and the first byte that no encoding makes sense of."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _valid(content, "utf-16")
    if content.startswith(BOM_UTF8):
        return _valid(content, "utf-8-sig")
    if b"\0" in content and (wide := _without_mark(content)):
        return wide, 0
    encoding, stopped = _valid(content, "utf-8")
    if encoding or _surely_utf8(content[:stopped]):
        return encoding, stopped
    chinese, also = _valid(content, "gb18030")
    scored = [(_usual_chinese(content) if chinese else 0.0, chinese)]
    scored += [(score(content), name) for name, score in _OTHERS if _valid(content, name)[0]]
    best, name = max(scored, key=lambda one: one[0])  # the first of equals
    if name != "gb18030" and best < _CLEAR:
        name = chinese
    return name, max(stopped, also)


def is_text(head: bytes) -> bool:
    """Say whether the first bytes of a file are those of a text."""
    if not head.strip():
        return False
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return True
    if b"\0" in head:
        return bool(_without_mark(head))
    return not re.search(_CONTROLS.encode(), head)


def _valid(content: bytes, encoding: str) -> tuple[str, int]:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return "", error.start
    return encoding, 0


def _surely_utf8(content: bytes) -> bool:
    """Say whether bytes decode as UTF-8 by more than accident: GB18030 hardly ever makes two Chinese characters of UTF-8.

    Without this, one bad byte in a UTF-8 file would turn all of it into wrong characters that look like text.
    """
    return sum(1 for character in content.decode("utf-8") if character >= "\u0800") > 1


def _without_mark(content: bytes) -> str:
    """Return which UTF-16 a text without its mark is in: every ASCII character has a zero byte, on the same side."""
    if len(content) % 2:
        return ""
    first, second = content[::2].count(0), content[1::2].count(0)
    name = "utf-16-le" if second > first else "utf-16-be"
    if max(first, second) < _SIDED * min(first, second) or not _valid(content, name)[0]:  # U+4E00 has one on the other
        return ""
    return "" if re.search(_CONTROLS, content.decode(name)) else name


def _usual_chinese(content: bytes) -> float:
    """Return how usual the characters are that a text has as GB18030: most those of the first level of GB 2312."""

    def usual(pair: bytes) -> float:
        if len(pair) > 2 or pair[1] < 0xA1 or not 0xA1 <= pair[0] <= 0xF7 or 0xA4 <= pair[0] <= 0xAF:
            return 0.1
        return 1.0 if pair[0] <= 0xD7 else 0.5

    return _mean_of_pairs(content, usual)


def _usual_traditional(content: bytes) -> float:
    """Return how usual the characters are that a text has as Big5, most of them of its first level."""

    def usual(pair: bytes) -> float:
        if len(pair) > 2 or 0x7F <= pair[1] <= 0xA0 or not 0xA1 <= pair[0] <= 0xF9:
            return 0.0
        return 1.0 if pair[0] <= 0xC6 else 0.3

    return _mean_of_pairs(content, usual)


def _mean_of_pairs(content: bytes, usual: Callable[[bytes], float]) -> float:
    scores = [usual(match.group()) for match in islice(re.finditer(_PAIRS, content), _LOOKED_AT)]
    return sum(scores) / len(scores) if scores else 0.0


def _usual_western(content: bytes) -> float:
    """Return the share of bytes beyond ASCII that stand as accented letters do: one or two, beside a plain letter."""
    letters = high = 0.0
    for match in islice(re.finditer(_HIGH, content, re.DOTALL), _LOOKED_AT):
        before, run, after = match.groups()
        high += len(run)
        if len(run) > 2:
            continue
        beside = before.isalpha() or after.isalpha()
        letters += sum(1.0 if beside and byte >= 0xC0 and byte not in (0xD7, 0xF7) else 0.5 for byte in run)
    return letters / high if high else 0.0


_OTHERS: tuple[tuple[str, Callable[[bytes], float]], ...] = (("cp950", _usual_traditional), ("cp1252", _usual_western))
