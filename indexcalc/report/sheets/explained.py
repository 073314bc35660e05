"""Sheets of a score walked down the tree, a row a node, and a row below an indicator for each cell that was reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...analysis.contribution import by_weight
from ...engine.frames import some
from ...scores import Scores
from ...words.reports import word
from .tables import Heading, Sheet, Value, notes

Entry = Mapping[str, Any]


def explained_sheet(scores: Scores, tree: Entry, unit: str, language: str) -> Sheet:
    """Return a unit's scores from a node down, with weights and contributions, to the reported cells and their addresses."""
    headings = (
        *_first_headings(language),
        Heading(word("weight", language), "percent"),
        Heading(word("score", language), "score", strong=True),
        Heading(word("rank", language), "count"),
        Heading(word("contribution", language), "score"),
        Heading(word("index points", language), "score"),
        Heading(word("coverage", language), "percent"),
        *_cell_headings((unit,), language),
    )
    rows: list[tuple[Value, ...]] = []
    for level, entry in _walked(tree):
        rows.append(
            (
                *_first(level, entry),
                entry["weight"],
                *(entry[key] for key in ("score", "rank", "contribution", "index_points", "coverage")),
                "",
                entry.get("value"),
                entry.get("measure", ""),
                "" if entry.get("value") is not None else entry.get("status", ""),
            )
        )
        rows += [
            (level + 1, item["name"], item["id"], None, item["points"], *(None,) * 4, "", None, "", _places(item))
            for item in entry.get("adjustments", ())
        ]
        rows += [(level + 1, "", "", *(None,) * 6, raw["column"], raw["value"], "", _places(raw)) for raw in entry.get("raw", ())]
    title = f"{unit} · {tree['name']}"
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals, notes=explained_notes(scores, language))


def versus_sheet(scores: Scores, tree: Entry, names: tuple[str, str], language: str) -> Sheet:
    """Return a unit beside others from a node down: scores, contributions and what was reported of both, with differences."""
    headings = (
        *_first_headings(language),
        *_both_headings("score", names, language),
        *_both_headings("contribution", names, language),
        Heading(word("index points", language), "signed"),
        *_cell_headings(names, language),
    )
    rows: list[tuple[Value, ...]] = []
    for level, entry in _walked(tree):
        values = entry.get("value", [None, None])
        rows.append(
            (
                *_first(level, entry),
                *entry["score"],
                entry["score_difference"],
                *entry["contribution"],
                entry["contribution_difference"],
                entry["index_points_difference"],
                "",
                *values,
                entry.get("measure", ""),
                "" if values[0] is not None else entry.get("status", ""),
            )
        )
        for side, cells in enumerate(entry.get("raw", ())):
            for raw in cells:
                shown = [raw["value"] if side == at else None for at in range(2)]
                rows.append((level + 1, "", "", *(None,) * 7, raw["column"], *shown, "", _places(raw)))
    title = f"{names[0]} ↔ {names[1]}"
    return Sheet(title, headings, tuple(rows), decimals=scores.index.index.decimals, notes=explained_notes(scores, language))


def explained_notes(scores: Scores, language: str) -> tuple[str, ...]:
    """Return what must stand below contributions: which were only shared by weight, and what stands below every table."""
    nodes = [scores.tree.nodes[branch.position].id for branch in scores.tree.branches if by_weight(branch)]
    said = (word("shared by weight", language).format(nodes=some(nodes)),) if nodes else ()
    return (*said, *notes(scores, language))


def _first_headings(language: str) -> tuple[Heading, ...]:
    depth, node, name = (word(key, language) for key in ("depth", "node", "id"))
    return Heading(depth, "count"), Heading(node, "text"), Heading(name, "code")


def _both_headings(key: str, names: tuple[str, str], language: str) -> tuple[Heading, ...]:
    over = word(key, language)
    difference = Heading(word("difference of", language), "signed", over=over)
    return Heading(names[0], "score", over=over), Heading(names[1], "score", over=over), difference


def _cell_headings(names: Sequence[str], language: str) -> tuple[Heading, ...]:
    return (
        Heading(word("column", language), "text"),
        *(Heading(word("observed", language) if len(names) == 1 else name, "score", decimals=6) for name in names),
        Heading(word("value measure", language), "text"),
        Heading(word("reported at", language), "text"),
    )


def _walked(entry: Entry, level: int = 0) -> Iterator[tuple[int, Entry]]:
    yield level, entry
    for child in entry.get("children", ()):
        yield from _walked(child, level + 1)


def _first(level: int, entry: Entry) -> tuple[Value, ...]:
    return level, entry["name"], entry["node"]


def _places(entry: Entry) -> str:
    return ", ".join(entry["places"])
