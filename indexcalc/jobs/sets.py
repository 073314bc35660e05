"""Sets of weights, as a table with a column a node and a row a set."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ..analysis.given import GivenDesign
from ..engine.rules import declared_weights
from ..findings import Finding, Place, Refused, finding, system_said
from ..methods.arrays import Array, np
from ..tree.layout import can_be_drawn
from ..tree.model import Alternatives, Index
from .project import refuse


def read_sets(index: Index, path: Path) -> dict[str, Array]:
    """Read sets of weights (set, child) by the node above them, or refuse with all that does not fit.

    Columns are ids or names of nodes; siblings are all there or none of them. They need not add up to 1.
    """
    place = Place(path.as_posix(), "", 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = list(csv.reader(file)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        refuse("IC880", Place(path.as_posix()), problem=system_said(error))
    columns, found = _columns(index, [one.strip() for one in head], place)
    below: dict[str, list[int]] = {}
    for branch in index.tree.branches:
        node, children = index.tree.nodes[branch.position].id, [index.tree.nodes[at].id for at in branch.children]
        lacking = [child for child in children if child not in columns]
        if len(lacking) == len(children):
            continue
        if lacking:
            found.append(finding("IC882", place, node=node, columns=lacking))
        elif not can_be_drawn(branch) or not math.isfinite(sum(declared_weights(branch))):
            found.append(finding("IC883", place, node=node))
        else:
            below[node] = [columns[child] for child in children]
    numbers = []
    for line, row in enumerate(rows, start=2):
        if any(text.strip() for text in row):
            numbers.append([_weight(row[at] if at < len(row) else "") for at in range(len(head))])
            found += _of_row(below, numbers[-1], head, row, Place(path.as_posix(), "", line))
    if found:
        raise Refused(found)
    if not numbers or not below:
        refuse("IC880", place, problem="–")
    table = np.array(numbers)
    return {node: table[:, at] for node, at in below.items()}


def read_design(index: Index, path: Path) -> GivenDesign:
    """Read sets of weights in the order of Saltelli's design, as SALib writes them, or refuse what is none.

    For each row that is A, with each input taken from B in turn, and B; for indices of the second order also B with each
    input taken from A, which stand before B. The weights of siblings are one input.
    """
    sets = read_sets(index, path)
    rows = len(next(iter(sets.values())))
    for step in (len(sets) + 2, 2 * len(sets) + 2):
        blocks = {} if rows % step else {node: table.reshape(-1, step, table.shape[1]) for node, table in sets.items()}
        order = list(_order(blocks)) if blocks else []
        if len(order) == len(sets):
            return GivenDesign(index, Alternatives(), sets, step, tuple(order))
    about = {"rows": rows, "inputs": len(sets), "step": len(sets) + 2, "longer": 2 * len(sets) + 2}
    raise Refused([finding("IC885", Place(path.as_posix()), **about)])


def _order(blocks: dict[str, Array]) -> Iterator[str]:
    """Yield which input is taken from B, by the node above its weights, in one set after the other, as far as it is one alone."""
    left = list(blocks)
    for place in range(1, len(blocks) + 1):
        same_as_a, same_as_b = (
            {node for node, table in blocks.items() if (table[:, place] == table[:, end]).all()} for end in (0, -1)
        )
        found = next((node for node in left if node in same_as_b and same_as_a >= set(blocks) - {node}), None)
        if found is None:
            return
        left.remove(found)
        yield found


def _columns(index: Index, head: list[str], place: Place) -> tuple[dict[str, int], list[Finding]]:
    """Return the column of each node that there is, and what of the first row is no node below another, or is there twice."""
    inner = [index.tree.nodes[at] for branch in index.tree.branches for at in branch.children]
    names = Counter(node.name for node in inner)
    known = {node.name: node.id for node in inner if names[node.name] == 1 and node.name} | {node.id: node.id for node in inner}
    ids = [known.get(name) for name in head]
    wrong = [name or "–" for at, name in enumerate(head) if ids[at] is None or ids[at] in ids[:at]]
    return {one: at for at, one in enumerate(ids) if one}, [finding("IC881", place, columns=wrong)] if wrong else []


def _of_row(below: dict[str, list[int]], weights: list[float], head: list[str], row: list[str], place: Place) -> list[Finding]:
    """Say which weights of a row are none, and below which node they add up to nothing."""
    wrong = [at for at, weight in enumerate(weights) if weight < 0]
    if wrong or len(row) > len(head):
        said = [f"{head[at]} {row[at].strip() if at < len(row) else ''}".strip() for at in wrong] or row[len(head) :]
        return [finding("IC880", place, problem=", ".join(said))]
    return [finding("IC880", place, problem=f"{node} 0") for node, at in below.items() if not sum(weights[i] for i in at)]


def _weight(text: str) -> float:
    """Return a weight, or -1 for what is none."""
    try:
        weight = float(text)
    except ValueError:
        return -1.0
    return weight if 0 <= weight < float("inf") else -1.0
