"""What calamine does not tell of a workbook's cells.

It gives an error such as #DIV/0! and a formula that was never computed as an empty cell (in .ods even as 0), and a cell
that shows 85.3% as 0.853. Taken at its word, an index would score silence and be wrong by a factor of a hundred. So the
parts of the file that say these things are read here, by the standard library alone, and only where a quick look at
the bytes finds any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

Address = tuple[int, int]  # row and column, from 0
MOST_COLUMNS = 16_384
FAR = 20_000_000  # cells from A1 to the last filled one, from which on a sheet is looked at closely
BUILT_IN_PERCENT = frozenset({9, 10})  # numbers of formats that every workbook has
_QUOTED = r'"[^"]*"|\\.|_.|\[[^\]]*\]'


@dataclass(frozen=True)
class Marks:
    """What stands in a sheet's cells beside their values, and how far the filled cells reach."""

    errors: Mapping[Address, str]
    percents: frozenset[Address]
    uncomputed: tuple[Address, ...] = ()
    merges: tuple[tuple[int, int, int, int], ...] = ()
    height: int = 0
    width: int = 0
    raised: Mapping[Address, str] = field(default_factory=dict)  # texts with something above the line
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


NOTHING = Marks({}, frozenset())


@dataclass
class Open:
    """The cell that a walk through a sheet's XML is in."""

    row: int = -1
    column: int = -1
    attributes: dict[str, str] = field(default_factory=dict)
    formula: bool = False
    value: bool = False
    text: str = ""
    reading: bool = False


def shows_percent(code: str) -> bool:
    """Say whether the code of a format shows a number as a percentage."""
    return "%" in re.sub(_QUOTED, "", code)


def walk(content: bytes, start: Any, end: Any, characters: Any) -> None:
    """Walk through XML, calling what takes the beginning of an element, its end, and text."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    parser.Parse(content, True)


def local(tag: str) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2].rpartition(":")[2]
