"""The words of one finding: severity, what was found, what to do, what it means, in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Message:
    """The words of one code, by language."""

    severity: Severity
    text: dict[str, str]
    hint: dict[str, str]
    about: dict[str, str]


def plain_words(text: str) -> str:
    """Return a message with … for what it quotes, as it is shown where nothing has been found.

    >>> plain_words("'{near}' is one of {known}")
    "'…' is one of …"
    """
    return re.sub(r"\{\w+\}", "…", text).replace("{{", "{").replace("}}", "}")


Row = tuple[Severity, str, str, str, str, str, str]


def message(row: Row) -> Message:
    """Give the words of a code their names."""
    severity, en, zh, hint_en, hint_zh, about_en, about_zh = row
    return Message(severity, {"en": en, "zh": zh}, {"en": hint_en, "zh": hint_zh}, {"en": about_en, "zh": about_zh})
