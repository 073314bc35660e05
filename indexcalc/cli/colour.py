"""Colour on a terminal, for levels of warnings, moves and findings: always beside a word or an arrow that says the same."""

from __future__ import annotations

import os
import re
from typing import IO

from ..findings import Language
from ..words.reports import word_of

_RED, _ORANGE, _YELLOW, _BLUE, _GREEN = "31", "38;5;208", "33", "94", "32"
_LEVELS = {"red": _RED, "orange": _ORANGE, "yellow": _YELLOW, "blue": _BLUE}
_SEVERITIES = {"error": "1;31", "warning": "1;33", "note": "1;36"}


def wanted(stream: IO[str]) -> bool:
    """Whether a stream is to be coloured: a terminal that can, unless NO_COLOR says no; any where FORCE_COLOR says so."""
    told = os.environ.get
    if told("NO_COLOR"):
        return False
    if told("FORCE_COLOR", "0") not in ("", "0"):
        return True
    if os.name == "nt" and not (told("WT_SESSION") or told("TERM")):  # older consoles show the codes
        return False
    return stream.isatty() and told("TERM") != "dumb"


def answer_in_colour(text: str, language: Language) -> str:
    """Return an answer with its moves in rank and levels of warnings in colour; what is in no cell of its own stays as it is."""
    levels = {word_of(level, language): code for level, code in _LEVELS.items()}
    text = re.sub(r"(?m)(?<![^\s(\uff08])([\u2191\u2193])(\d+)(?![^\s)\uff09])", _move, text)
    level = "|".join(map(re.escape, levels))
    return re.sub(rf"(?m)(?:^|(?<=  ))({level})(?= |$)", lambda found: _in(levels[found[1]], found[1]), text)


def finding_in_colour(line: str, code: str, severity: str) -> str:
    """Return a finding that is written out with its code in the colour of its severity."""
    before, found, after = line.partition(f"{code} ")
    return f"{before}{_in(_SEVERITIES[severity], code)} {after}" if found else line


def _move(found: re.Match[str]) -> str:
    return _in(_GREEN if found[1] == "\u2191" else _RED, found[0])


def _in(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"
