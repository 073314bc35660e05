"""Units of measurement as people write them: in headings, in a row below them, in a line above a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ...measures import read_measure
from ...words.recognised_measures import HEADS, INTRODUCED, MEASURE_HEADINGS, MEASURE_SAID, SINGLE, SYMBOLS
from .table import Cell, name_of, of_width

# patterns as text: `re` compiles each at its first use, and many runs use none of them
_MARKS = r"[(\[（［【〔/／,，:：;；、_|\s]|[^\x00-\x7f]-"
_BRACKET = r"(.*?)\s*[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]"
_WITHIN = r"[,;、:|]|\s-\s"
_BEHIND = r"\s*[,，:：;；_]\s*|\s+-\s+|\s+in\s+|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f])"
_DASHES = ("", "-", "--", "—", "——", "–", "/")


@cache
def split_measure(heading: str) -> tuple[str, str]:
    """Split a heading into its name and the unit of measurement behind it, as written; the latter is empty where there is none.

    >>> split_measure("GDP (million yuan)"), split_measure("GDP, yuan"), split_measure("area km2"), split_measure("GDP (real)")
    (('GDP', 'million yuan'), ('GDP', 'yuan'), ('area', 'km2'), ('GDP (real)', ''))
    """
    if not re.search(_MARKS, heading):  # most headings: a word
        return heading, ""
    written = name_of(heading)
    if bracket := re.fullmatch(_BRACKET, written):
        text = _within(bracket[2])
        return (bracket[1], text) if text and bracket[1] else (heading, "")
    for name, text in _behind(written):
        if name and text and read_measure(text) is not None:
            return name.strip(), text.strip()
    return heading, ""


def _within(text: str) -> str:
    """Return the unit of measurement in a bracket, alone or as the one part of several: yuan, real."""
    if read_measure(text) is not None:
        return re.sub(rf"^{MEASURE_SAID}", "", text)
    said = [part.strip() for part in re.split(_WITHIN, text) if part.strip() and read_measure(part.strip()) is not None]
    return said[0] if len(said) == 1 else ""


def _behind(name: str) -> Iterator[tuple[str, str]]:
    """Yield where a heading may be cut before a unit of measurement, the longest one first."""
    for cut in re.finditer(_BEHIND, name):
        tail = name[cut.end() :]
        if cut[0] != "_" or not tail.isascii() or tail.casefold() in SYMBOLS:  # _ stands in names: emissions_t
            yield name[: cut.start()], tail
    for cut in re.finditer("/", name):
        tail = name[cut.end() :]
        if tail.strip() not in HEADS and (not tail.isascii() or tail.casefold() in SYMBOLS):  # no rate: output a head
            yield name[: cut.start()], tail
    for cut in re.finditer(r"\s+", name):
        tail = name[cut.end() :]
        plain = tail.casefold()
        if plain in SYMBOLS or (len(tail) == 1 and tail in SINGLE) or (len(tail) > 1 and not plain.isascii()):
            yield name[: cut.start()], tail


def measure_above(rows: Sequence[Sequence[Cell]]) -> str:
    """Return the unit of measurement that a line above a table says of all of it; nothing where none does."""
    for row in reversed(rows):
        for cell in row:
            if isinstance(cell, str) and (said := _said_alone(name_of(cell)) or _said_at_end(name_of(cell))):
                return said
    return ""


def _said_at_end(title: str) -> str:
    """Return the unit of measurement that a title says of its table: behind the word for one, or in a bracket at its end."""
    introduced = list(re.finditer(INTRODUCED, title))
    if introduced:
        return _within(title[introduced[-1].end() :].strip(" )]】"))
    return split_measure(title)[1] if title.endswith((")", "]", "】")) else ""


def corner(cell: Cell) -> tuple[str, str] | None:
    """Return what the corner of a table is called and the unit of measurement that stands in it; nothing where none does.

    >>> corner("district (unit: kg)"), corner("Unit: kg"), corner("district")
    (('district', 'kg'), ('', 'kg'), None)
    """
    if not isinstance(cell, str) or not re.search(_MARKS, cell):
        return None
    if said := _said_alone(name_of(cell)):
        return "", said
    name, measure = split_measure(cell)
    return (name, measure) if measure else None


def measures_below(row: Sequence[Cell], key: int, width: int) -> tuple[str, ...]:
    """Return the units of measurement that a row below the headings says of the columns; nothing where it is no such row."""
    said = tuple(name_of(cell) for cell in of_width(row, width))
    others = [text for at, text in enumerate(said) if at != key and text and text not in _DASHES]
    named = key < len(said) and said[key] and said[key].strip("()[]:").casefold() not in MEASURE_HEADINGS
    if named or not others or any(isinstance(cell, (int, float)) for cell in row):
        return ()
    if any(read_measure(text) is None for text in others):
        return ()
    return tuple("" if at == key or text in _DASHES else _bare(text) for at, text in enumerate(said))


def _said_alone(text: str) -> str:
    """Return the unit of measurement that a text says and nothing else: unit: kg, (kg), in millions of yuan."""
    inner = _out_of_bracket(text)
    introduced = re.match(MEASURE_SAID, inner)
    if introduced is None and inner == text:
        return ""
    return _within(inner)


def _bare(text: str) -> str:
    """Return a unit of measurement without what introduces it and the bracket around it."""
    return re.sub(rf"^{MEASURE_SAID}", "", _out_of_bracket(text))


def _out_of_bracket(text: str) -> str:
    return text[1:-1].strip() if text[:1] in "([【" and text[-1:] in ")]】" else text
