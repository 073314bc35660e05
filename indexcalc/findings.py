"""What is found wrong, where, and what to do about it.

A finding never raises by itself: checks collect findings, and whoever decides to stop raises `Refused`
with all of them. The words stand in `words.findings`, in both languages; this module only puts them together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from .words.shown import BETWEEN, visible, without_passwords

if TYPE_CHECKING:
    from .words.findings import Message, Severity

Language = Literal["zh", "en"]


def words(code: str) -> Message:
    """Return the words of a code; they are loaded when the first of a run is asked for."""
    from .words.findings import MESSAGES

    return MESSAGES[code]


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a line and column of a text, or a cell of a workbook's sheet (all from 1).

    `note` is what a cell says beside its value, such as a flag.
    """

    file: str = ""
    sheet: str = ""
    line: int = 0
    column: int = 0
    note: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.spoken("en")

    def spoken(self, language: Language) -> str:
        """Return the address in a language, which says in words what was taken of a log of events."""
        if self.sheet:
            cell = f"!{letters(self.column)}{self.line}" if self.line else ""
            return f"{_shown(self.file)}!{_shown(self.sheet, language)}{cell}"
        return ":".join([_shown(self.file)] + [str(number) for number in (self.line, self.column) if number])


@dataclass(frozen=True)
class Finding:
    """One thing found: its code, its place and the values that its message quotes."""

    code: str
    place: Place
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return words(self.code).severity

    def message(self, language: Language) -> str:
        return _fill(words(self.code).text[language], self.values, language)

    def hint(self, language: Language) -> str:
        """Return the hint, or nothing when the value that it would offer is not known."""
        template = words(self.code).hint[language]
        from string import Formatter

        needed = [name for _, name, _, _ in Formatter().parse(template) if name and name != "label"]
        return _fill(template, self.values, language) if all(self.values.get(name) for name in needed) else ""

    def as_dict(self, language: Language) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "file": without_passwords(self.place.file),
            "sheet": self.place.sheet,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.message(language),
            "hint": self.hint(language),
        }


_OF_PERIODS = ("period", "periods")  # what a finding says of periods


class Refused(Exception):  # noqa: N818 - the house's word
    """Bad input, with every finding of the run; as text, in the language that is spoken."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = in_order(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join(render(finding, spoken()) for finding in self.findings)


def finding(code: str, place: Place, **values: Any) -> Finding:
    """Make a finding of what its message quotes."""
    return Finding(code, place, values)


def with_label(findings: Iterable[Finding], label: str) -> list[Finding]:
    """Return findings that call the units of an index by their label, where they speak of them."""
    return [replace(found, values={"label": label, **found.values}) for found in findings]


def render(found: Finding, language: Language) -> str:
    """Write one finding as `place: CODE message`, its severity where it is no error, the hint below."""
    from .words.findings import BRACKETS, HINT, SEVERITIES

    grade = "" if found.severity == "error" else BRACKETS[language].format(SEVERITIES[language][found.severity])
    place = f"{found.place.spoken(language)}: " if found.place.file else ""
    hint = found.hint(language)
    below = f"\n    {HINT[language]}{hint}" if hint else ""
    return f"{place}{found.code} {found.message(language)}{grade}{below}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by place, each kept once."""
    unique = {(f.place, f.code, str(sorted(f.values.items(), key=str))): f for f in findings}
    return [unique[key] for key in sorted(unique)]


def errors(findings: Iterable[Finding], *, strict: bool = False) -> list[Finding]:
    """Return the findings that refuse a run: the errors, and the warnings too when strict."""
    refusing = {"error", "warning"} if strict else {"error"}
    return [found for found in findings if found.severity in refusing]


def system_said(error: Exception) -> str:
    """Return what the system said of an error; its kind where it said nothing, as of a text that is not UTF-8."""
    said = (error.strerror or str(error)) if isinstance(error, OSError) else ""
    return said or type(error).__name__


def spoken(wanted: str | None = None) -> Language:
    """Return the language to speak: the one asked for, else English in an English locale, else Chinese."""
    if wanted:
        return "en" if wanted == "en" else "zh"
    set_in = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    if not set_in and os.name == "nt":
        import locale

        set_in = (locale.getlocale()[0] or "").lower()
    return "en" if set_in.lower().startswith("en") else "zh"


def letters(column: int) -> str:
    """Return a workbook's letters for a column counted from 1.

    >>> letters(1), letters(27)
    ('A', 'AA')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like this one, or nothing when none is near."""
    from difflib import get_close_matches

    words = list(known)
    alike = [one for one in words if one.casefold() == word.casefold()]  # capitals alone are no difference to a reader
    return next(iter(alike or get_close_matches(word, words, n=1, cutoff=0.6)), "")


def _fill(template: str, values: Mapping[str, Any], language: Language) -> str:
    from .words.agreement import filled
    from .words.periods import with_titles
    from .words.recognised import UNIT_LABEL

    shown = {name: _shown(value, language) for name, value in {"label": UNIT_LABEL, **values}.items()}
    for name in _OF_PERIODS if language == "zh" else ():
        if name in shown:
            shown[name] = with_titles(shown[name])
    for name in (name for name, text in shown.items() if not text):
        template = template.replace(f" {{{name}}}", "")  # what says nothing leaves no gap
    return filled(template, shown)


def _shown(value: Any, language: Language = "en") -> str:
    if language == "zh":
        value = getattr(value, "chinese", value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"  # as YAML has it
    if isinstance(value, (list, tuple, set, frozenset)):
        return BETWEEN[language].join(_shown(item, language) for item in value)
    return visible(without_passwords(str(value)))
