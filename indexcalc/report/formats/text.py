"""Sheets as text: aligned columns for a terminal, and Markdown."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from ...methods.arrays import np
from ...methods.rank import rounded
from ...words.reports import word
from ..numbers import number, signed
from ..sheets.tables import Heading, Sheet, Value


def shown(value: Value, heading: Heading, sheet: Sheet, *, tie: bool, language: str) -> str:
    """Return a cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if heading.kind == "rank":
        mark = f"({word('tie', language)})" if tie else ""
        return f"{value:g}{mark}"
    if heading.kind == "move":
        return f"↑{value:g}" if value > 0 else f"↓{-value:g}" if value < 0 else "–"
    if heading.kind == "percent":
        return f"{float(rounded(np.array(value * 100), 1)):.1f}%"
    if heading.kind == "signed":
        return signed(value, sheet.decimals)
    return (
        f"{value:g}"
        if heading.kind == "count"
        else number(value, sheet.decimals if heading.decimals is None else heading.decimals)
    )


def cells(sheet: Sheet, language: str) -> list[list[str]]:
    """Return all rows of a sheet as people read them."""
    return [
        [
            shown(value, heading, sheet, tie=heading.kind == "rank" and at in sheet.ties, language=language)
            for value, heading in zip(row, sheet.headings, strict=True)
        ]
        for at, row in enumerate(sheet.rows)
    ]


def as_text(sheet: Sheet, language: str) -> str:
    """Lay a sheet out in columns, Chinese characters counted as two wide."""
    rows = [[heading.title for heading in sheet.headings], *cells(sheet, language)]
    left = [heading.kind in ("text", "code") for heading in sheet.headings]
    return "\n".join([aligned(rows, left), *sheet.notes])


def aligned(rows: Sequence[Sequence[str]], left: Sequence[bool]) -> str:
    """Align rows of text in columns, to the left or to the right."""
    widths = [max(wide(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        padded = [
            cell + " " * (width - wide(cell)) if to_left else " " * (width - wide(cell)) + cell
            for cell, width, to_left in zip(row, widths, left, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def wide(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def as_markdown(sheet: Sheet, language: str) -> str:
    """Write a sheet as a Markdown table."""
    titles = [f"{heading.title}（{heading.over}）" if heading.over else heading.title for heading in sheet.headings]
    rules = [":--" if heading.kind in ("text", "code") else "--:" for heading in sheet.headings]
    lines = [titles, rules, *cells(sheet, language)]
    return "\n".join("| " + " | ".join(escaped(cell) for cell in line) + " |" for line in lines)


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, in a table too."""
    for character in "\\`*_{}[]<>|#":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", " ")
