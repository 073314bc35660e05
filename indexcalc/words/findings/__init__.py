"""Every finding's words, English and Chinese side by side: severity, what was found, what to do, what it means.

They stand in a file for each hundred of codes beside this one, so that they can be edited and checked as words:
1xx text, 2xx tree, 3xx data, 4xx methods, 5xx reports, 6xx ledger (and weights), 7xx events (and analyses), 8xx warnings (and
size), 9xx meaning (what a file was read as and what was meant). A hint that quotes a value is left out when that value is not known.
`{label}` is what the units of the index are called: 区, 街镇; where the index is not known, the word for units of any kind. Lower case, no full stop, no blame.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pkgutil import get_data
from typing import Literal, cast

from ..recognised import UNIT_LABEL

Severity = Literal["error", "warning", "note"]
SEVERITIES = {
    "en": {"error": "error", "warning": "warning", "note": "note"},
    "zh": {"error": "错误", "warning": "提醒", "note": "说明"},
}
BRACKETS = {"en": " ({})", "zh": "（{}）"}  # around a severity that stands after something
HINT = {"en": "hint: ", "zh": "建议："}
HUNDREDS = ("text", "tree", "data", "methods", "reports", "ledger", "events", "warnings", "meaning")


@dataclass(frozen=True)
class Message:
    """The words of one code, by language."""

    severity: Severity
    text: dict[str, str]
    hint: dict[str, str]
    about: dict[str, str]


def plain_words(text: str, language: str = "en") -> str:
    """Return a message with … for what it quotes, as it is shown where nothing has been found.

    >>> plain_words("'{near}' is one of {known}")
    "'…' is one of …"
    >>> plain_words("“{name}”不在{label}名单中", "zh")
    '“…”不在评价对象名单中'
    """
    text = text.replace("{label}", UNIT_LABEL) if language == "zh" else text
    return re.sub(r"\{\w+\}", "…", re.sub(r"\{\w+:[^|}]*\|([^}]*)\}", r"\1", text)).replace("{{", "{").replace("}}", "}")


def _messages(hundred: str) -> dict[str, Message]:
    """Read the words of a hundred of codes."""
    rows: dict[str, dict[str, str]] = json.loads(get_data(__name__, f"{hundred}.json") or b"{}")
    return {
        code: Message(
            cast("Severity", row["severity"]),
            {"en": row["en"], "zh": row["zh"]},
            {"en": row["hint_en"], "zh": row["hint_zh"]},
            {"en": row["about_en"], "zh": row["about_zh"]},
        )
        for code, row in rows.items()
    }


MESSAGES: dict[str, Message] = {code: message for hundred in HUNDREDS for code, message in _messages(hundred).items()}
