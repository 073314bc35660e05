"""What it costs to improve indicators, as a table of indicator and cost."""

from __future__ import annotations

import csv
from pathlib import Path

from ..findings import Place, Refused, finding, system_said
from ..tree.model import Index
from .project import refuse


def read_costs(index: Index, path: Path) -> dict[str, float]:
    """Read what a unit of each indicator's measure costs, or refuse with every line that says none."""
    place = Place(path.as_posix())
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        refuse("IC789", place, problem=system_said(error))
    names = {leaf.id: leaf.id for leaf in index.leaves} | {leaf.name: leaf.id for leaf in index.leaves if leaf.name}
    found, costs = [], {}
    for line, row in enumerate(rows, start=2):
        name, text = (str(row.get(key) or "").strip() for key in ("indicator", "cost"))
        try:
            cost = float(text)
        except ValueError:
            cost = 0.0
        if name not in names or not 0 < cost < float("inf"):
            found.append(finding("IC789", Place(path.as_posix(), "", line), problem=f"{name}, {text}"))
        else:
            costs[names[name]] = cost
    if found:
        raise Refused(found)
    return costs or refuse("IC789", place, problem="–")
