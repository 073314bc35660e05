"""Scores beside a table that was printed, asked in plain words: what its rows and columns are of is read from its headings."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..findings import Place, system_said
from ..scores import Scores
from ..words.recognised_print import RANKS, SCORES
from .names import period_of
from .project import refuse

if TYPE_CHECKING:
    from ..analysis.printed import Column, Printed, Read

_NUMBER = re.compile(r"[-+]?\d[\d, ]*(?:\.(\d+))?")


def beside_print(scores: Scores, published: str | Path, *, period: str | None = None) -> Printed:
    """Set the scores and ranks of a period beside those of a CSV file: whether they agree up to its decimals, and where not.

    Its first column has units, by id or name; every other is the index's score or rank, or is headed by the id or name of a node,
    with rank behind it for ranks (`health rank`).

    :raises Refused: where the file cannot be read, or nothing in it is known.
    """
    from ..analysis.printed import Column
    from ..analysis.printed import beside_print as look

    path, shown = Path(published), period_of(scores, period)
    scores = scores.of_period(shown)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        refuse("IC828", Place(path.as_posix()), problem=system_said(error))
    if len(rows) < 2:
        refuse("IC828", Place(path.as_posix()), problem="–")
    known, (heads, *lines) = scores.panel.units.by_title, rows
    places = {at: known[line[0].strip()] for at, line in enumerate(lines) if line[0].strip() in known}
    meant = {at: own for at, head in enumerate(heads) if at and (own := _meant(scores, head)) is not None}
    if not places or not meant:
        refuse("IC829", Place(path.as_posix()), heads=heads[1:], label=scores.index.units.label)
    columns: list[Column] = []
    for at, (node, what) in meant.items():
        cells = {unit: _read(lines[line][at] if at < len(lines[line]) else "") for line, unit in places.items()}
        columns.append(Column(heads[at].strip(), node, what, cells))
    strangers = [lines[line][0].strip() for line in range(len(lines)) if line not in places]
    strangers += [head.strip() for at, head in enumerate(heads) if at and at not in meant and head.strip()]
    return look(scores, shown, columns, strangers)


def _meant(scores: Scores, head: str) -> tuple[int, Literal["score", "rank"]] | None:
    """Return the node that a heading means, and whether it means its score or its rank; None where it means no node."""
    tree, said = scores.tree, " ".join(head.split())
    nodes = {node.title(language).lower(): at for language in ("zh", "en") for at, node in enumerate(tree.nodes)}
    nodes |= {node.id.lower(): at for at, node in enumerate(tree.nodes)}
    plain = said.lower()
    if plain in nodes:
        return nodes[plain], "score"
    ends: tuple[tuple[tuple[str, ...], Literal["score", "rank"]], ...] = ((SCORES, "score"), (RANKS, "rank"))
    for words, what in ends:
        for word in words:
            if plain == word:
                return tree.root, what
            before = plain.removesuffix(word).strip(" _-:：")
            if plain.endswith(word) and before in nodes:
                return nodes[before], what
    return None


def _read(text: str) -> Read:
    """Return a number as it is printed; NaN for a text that is none."""
    from ..analysis.printed import Read

    found = _NUMBER.fullmatch(text.strip().rstrip("%"))
    if found is None:
        return Read(float("nan"), 0)
    return Read(float(re.sub(r"[, ]", "", found[0])), len(found[1] or ""))
