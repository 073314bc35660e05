"""What a sheet says of the nodes of a tree, as it stands there: names, cells by what they say, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ...findings import Finding, Place, finding, nearest
from ...sources.readers.table import Cell, as_written, blank, closed, name_of
from ...words.recognised_frames import (
    BETWEEN,
    BRACKETED,
    CODE_IN_NAME,
    COMPARED,
    DIRECTIONS,
    GOES_ON,
    NUMBER_IN_NAME,
    PARTS_IN_BRACKETS,
    PERIOD_IN_BRACKETS,
    UNITS_OF_NUMBERS,
    WEIGHT_IN_BRACKETS,
    WEIGHT_IN_NAME,
)

if TYPE_CHECKING:
    from .headings import Column


class Fact(NamedTuple):
    """One cell that says something of a node, with its column and place."""

    cell: Cell
    column: Column
    place: Place


@dataclass(frozen=True)
class Said:
    """A node as a sheet has it: its name, where that stands, the node above by its place in the list, and its cells."""

    name: str
    place: Place
    parent: int
    facts: dict[str, Fact] = field(default_factory=dict)
    code: str = ""
    kind: str = ""

    def text(self, key: str) -> str:
        """Return what a cell says, as it is written; nothing where it says nothing."""
        return words_of(self.facts[key].cell) if key in self.facts else ""


@dataclass(frozen=True)
class Frame:
    """All nodes of a sheet, parents before children, with what stands above them, and what was found on the way."""

    nodes: tuple[Said, ...]
    title: str
    file: Place
    keys: frozenset[str]
    """What the sheet has columns of."""
    by_parents: bool
    findings: tuple[Finding, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a sheet of settings says: blocks of YAML by their keys, and further keys of nodes by the path of their names."""

    def children(self, parent: int) -> list[int]:
        """Return the places of the nodes right below one, of -1 for those on top."""
        return [at for at, node in enumerate(self.nodes) if node.parent == parent]

    def path(self, at: int) -> str:
        """Return the names from the top down to a node."""
        node = self.nodes[at]
        own = node.name.replace("/", "//")
        return own if node.parent < 0 else f"{self.path(node.parent)}/{own}"


def words_of(cell: Cell) -> str:
    """Return a cell as a text of people: breaks of lines between Chinese characters are none, numbers as short as can be."""
    return closed(as_written(cell)) if isinstance(cell, str) else name_of(cell)


class Named(NamedTuple):
    """What the cell of a name holds: the name, and the code and weight that may stand beside it."""

    name: str
    code: str
    weight: str


def named(cell: Cell, looked_for: frozenset[str]) -> Named:
    """Read the cell of a name, with a `code` and a `weight` in it where these are looked for, and the mark of a table going on.

    >>> named("B2 Safety (30%)", frozenset({"code", "weight"}))
    Named(name='Safety', code='B2', weight='30%')
    """
    text, code, weight = words_of(cell), "", ""
    if "again" in looked_for:
        text = re.sub(GOES_ON, "", text).strip()
    if "weight" in looked_for and (match := re.fullmatch(WEIGHT_IN_NAME, text)):
        text, weight = match[1], match[2] + ("%" if match[3] in "%％" else "")
    if "code" in looked_for and (match := re.fullmatch(CODE_IN_NAME, text)):
        code, text = match[1], match[2]
    elif "code" in looked_for and (match := re.fullmatch(NUMBER_IN_NAME, text)):
        text = match[1]
    return Named(text.strip(), code, weight)


def dated(name: str) -> tuple[str, str, str]:
    """Return a name without the period in brackets behind it, what stood there, and the weight beside the period.

    >>> dated("Unemployment (2023, 5%)")
    ('Unemployment', '2023, 5%', '5%')
    >>> dated("Unemployment (registered, 2023)")
    ('Unemployment (registered, 2023)', '', '')
    """
    if match := re.fullmatch(BRACKETED, name):
        parts = re.split(PARTS_IN_BRACKETS, match[2].strip())
        periods = [part for part in parts if re.fullmatch(PERIOD_IN_BRACKETS, part)]
        weights = [found for part in parts if (found := re.fullmatch(WEIGHT_IN_BRACKETS, part))]
        if periods and len(weights) < 2 and len(periods) + len(weights) == len(parts):
            return match[1], match[2].strip(), "".join(one[1] + ("%" if one[2] in "%％" else "") for one in weights)
    return name, "", ""


def fraction_of(cell: Cell) -> Fraction | None:
    """Return a cell as a number, per cent as a share; nothing where it is none."""
    if isinstance(cell, bool) or blank(cell):
        return None
    if not isinstance(cell, str):
        return Fraction(repr(cell)) if cell is not None and abs(cell) != float("inf") and cell == cell else None  # noqa: PLR0124
    text = name_of(cell).replace(",", "").replace(" ", "")
    per_cent = text.endswith("%")
    try:
        value = Fraction(text.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        return None
    return value / 100 if per_cent else value


def as_number(value: Fraction) -> int | float | str:
    """Return a number as YAML has it: a fraction such as 1/3 where decimals have no end."""
    if value.denominator == 1:
        return int(value)
    plain = float(value)
    if Fraction(repr(plain)) == value and "e" not in repr(plain):
        return plain
    return f"{value.numerator}/{value.denominator}" if value.denominator < 10**6 else plain


def numbers_in(cell: Cell, measure: str) -> list[float] | None:
    """Read the number or the two numbers of a target, as in `≥95%`, `80—90` or `[80, 90]`; nothing where it is none."""
    if not isinstance(cell, str):
        given = fraction_of(cell)
        return None if given is None else [float(given)]
    text = re.sub(COMPARED, "", name_of(cell).strip("[]()（）【】 "))
    found: list[float] = []
    for part in re.split(rf"(?<=\S){BETWEEN}(?=\S)", text, maxsplit=1):
        plain = re.sub(UNITS_OF_NUMBERS, "", part.strip()).replace(" ", "")
        try:
            value = float(plain)
        except ValueError:
            return None
        per_cent = part.strip().endswith(("%", "％")) or (text.endswith(("%", "％")))
        found.append(value / 100 if per_cent and measure not in ("%", "％", "percent", "Percent") else value)
    return found


def direction_of(text: str) -> str:
    """Return the direction that a word means; nothing where it is none that is known."""
    plain = "".join(name_of(text).split()) if not text.isascii() else name_of(text)
    return next((key for key, pattern in DIRECTIONS.items() if re.fullmatch(pattern, plain)), "")


def unknown_direction(fact: Fact, node: str) -> Finding:
    """Say that a direction is none that is known."""
    text, known = words_of(fact.cell), ("higher", "lower", "target", "range")
    return finding("IC642", fact.place, node=node, found=text, known=known, near=nearest(text.casefold(), known))


def same_names(nodes: Sequence[Said]) -> dict[str, list[int]]:
    """Return the places of nodes by the name that they have, of names that several have."""
    by_name: dict[str, list[int]] = {}
    for at, node in enumerate(nodes):
        by_name.setdefault(node.name, []).append(at)
    return {name: places for name, places in by_name.items() if len(places) > 1}
