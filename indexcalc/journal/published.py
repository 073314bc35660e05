"""What was published, kept as it was: one line a score and release, beside the tree, in a text that a spreadsheet opens too.

Lines are only ever added, each with the hash of itself and of the line before it, so that a line that was changed or taken out
of the middle is found. A release of a period that was published before is a revision, and says why. The time stands in this log
alone and in nothing that is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ..findings import Finding, Place, finding
from ..scores import Scores
from .lines import read_lines, with_lines

SUFFIX = ".published"


@dataclass(frozen=True)
class Published:
    """A unit's score and rank of one node as they were published: when, by whom, why, and the digest of the report."""

    when: str
    who: str
    why: str
    period: str
    level: str
    node: str
    unit: str
    score: str
    rank: str
    report: str


COLUMNS = tuple(field.name for field in fields(Published))


def published_file(index_file: Path) -> Path:
    """Return the file that keeps what was published of a tree: `indicators.published` beside `indicators.yaml`."""
    return index_file.with_suffix(SUFFIX)


def read_published(index_file: Path) -> tuple[list[Published], list[Finding]]:
    """Read all that was published of a tree, the oldest first, with what cannot be read of it and what was changed since."""
    file = published_file(index_file)
    lines, none, found = read_lines(file, COLUMNS)
    scores = [line for line in lines if _are_numbers(line.cells[7:9])]
    none += [line.number for line in lines if not _are_numbers(line.cells[7:9])]
    found += [finding("IC822", Place(file.as_posix(), "", number)) for number in none]
    found += [finding("IC877", Place(file.as_posix(), "", line.number)) for line in scores if not line.follows]
    return [Published(*line.cells) for line in scores], found


def _are_numbers(cells: Sequence[str]) -> bool:
    try:
        return all(not cell or float(cell) == float(cell) for cell in cells)
    except ValueError:
        return False


def with_published(before: bytes, lines: Iterable[Published]) -> bytes:
    """Return the log with lines added at its end; one that is empty gets its headings first."""
    return with_lines(before, COLUMNS, map(astuple, lines))


def scores_of(scores: Scores, period: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what a release of a period has: score and rank by node and unit, of the index and what is right below it."""
    at, scores = scores.periods.index(period), scores.of_period(period)
    return {
        (scores.tree.nodes[node].id, unit): (_written(scores.scores[at, place, node]), _written(scores.ranks[at, place, node]))
        for node in (scores.tree.root, *scores.tree.dimensions)
        for place, unit in ((place, scores.panel.units.ids[place]) for place in scores.listed(at))
    }


def last_release(lines: Iterable[Published], period: str, level: str = "") -> dict[tuple[str, str], Published]:
    """Return the lines of the last release of a period, by node and unit; nothing where there was none."""
    own = [line for line in lines if line.period == period and line.level == level]
    return {(line.node, line.unit): line for line in own if line.when == own[-1].when}


def _written(value: float) -> str:
    """Return a number in full; empty for NaN."""
    number = float(value)
    return "" if number != number else repr(number)  # noqa: PLR0124 - NaN


def released_ranks(lines: Sequence[Published], root: str, level: str = "") -> tuple[tuple[str, dict[str, float]], ...]:
    """Return the ranks of units at a node, NaN for one without a rank: each release in its order, with its period."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in lines:
        if line.level == level and line.node == root:
            found.setdefault((line.when, line.period), {})[line.unit] = float(line.rank or "nan")
    return tuple((period, ranks) for (_, period), ranks in found.items())
