"""How scores evolve, asked in plain words: groups and weights by their columns, neighbours by a table of pairs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..findings import Place, Refused, finding
from ..methods.arrays import np
from ..scores import Scores
from ..units import Units
from .names import asked_node, period_of
from .project import refuse

if TYPE_CHECKING:
    from ..analysis.evolution import Evolution
    from ..analysis.moves import Bandwidth
    from ..analysis.space import Neighbours
    from ..methods.arrays import Array

    Pairs = str | Path | Iterable[tuple[str, str]]


def evolution(
    scores: Scores,
    node: str | None = None,
    *,
    period: str | None = None,
    by: str | Sequence[str] | None = None,
    weight: str | None = None,
    neighbours: Pairs | None = None,
    classes: int = 4,
    bandwidth: Bandwidth | float = "silverman",
    permutations: int = 999,
    seed: int = 0,
) -> Evolution:
    """Say how the scores of the index or of a node evolve: differences, convergence, shape, moves between classes, space.

    It is told of all periods of the kind of a `period`, up to it. `by` names the column of units that groups are made of (`group`
    where there is one), or several, each inside the one before; `weight` a column of units or data by which Theil's index weighs
    units;
    `neighbours` are pairs of units, or a CSV file with columns unit and neighbour, each meant both ways.

    :raises Refused: where there is no such node, period, column or unit, or weights are not above 0.
    """
    from ..analysis.evolution import evolution as look

    if classes < 2 or permutations < 0:
        raise ValueError("two classes at least, and no fewer permutations than 0")
    shown, units = period_of(scores, period), scores.panel.units
    wanted = asked_node(scores, node, shown)
    names = [by] if isinstance(by, str) else list(by) if by is not None else ["group"] if any(units.groups) else []
    for name in names:
        if name not in units.attributes and not (name == "group" and units.groups):
            refuse("IC816", column=name, known=_columns(units), label=scores.index.units.label)
    return look(
        scores,
        scores.tree.root if wanted is None else scores.node(wanted),
        row=scores.periods.index(shown),
        by=names,
        weight=None if weight is None else (weight, _weights(scores, weight)),
        neighbours=None if neighbours is None else _neighbours(scores, neighbours),
        classes=classes,
        width=bandwidth,
        draws=permutations,
        seed=seed,
    )


def _columns(units: Units) -> list[str]:
    return [*(["group"] if any(units.groups) else []), *(name for name in units.attributes if name != "group")]


def _weights(scores: Scores, column: str) -> Array:
    """Return a column of units or of data as weights (period, unit); refuse one that has none above 0 for a unit with a score."""
    panel, units = scores.panel, scores.panel.units
    if column in panel.column:
        weights = np.array(panel.values[..., panel.column[column]], dtype=float)
    elif column in units.attributes:
        weights = np.tile([_number(value) for value in units.attributes[column]], (len(scores.periods), 1))
    else:
        refuse("IC816", column=column, known=[*_columns(units), *panel.column], label=scores.index.units.label)
    there = ~np.isnan(scores.score())
    lacking = np.flatnonzero((there & ~((weights > 0) & np.isfinite(weights))).any(axis=0))
    if len(lacking):
        refuse("IC817", column=column, units=[units.ids[unit] for unit in lacking.tolist()], label=scores.index.units.label)
    return weights


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def _neighbours(scores: Scores, pairs: Pairs) -> Neighbours:
    """Return pairs of units by their places, both ways, or refuse with every pair that names none."""
    from ..analysis.space import Neighbours

    known = _known(scores)
    if isinstance(pairs, str | Path):
        file, rows = Path(pairs).as_posix(), _read(scores, Path(pairs))
    else:
        file, rows = "", list(pairs)
    found, both = [], []
    for line, pair in enumerate(rows, start=2):
        places = [known(name) for name in pair]
        if None in places or len(set(places)) != 2:
            place = Place(file, "", line if file else 0)
            found.append(finding("IC818", place, problem=", ".join(pair), label=scores.index.units.label))
        else:
            both += [places, places[::-1]]
    if found:
        raise Refused(found)
    if not both:
        refuse("IC818", Place(file), problem="–", label=scores.index.units.label)
    one_way, other_way = np.array(both, dtype=int).T
    return Neighbours(one_way, other_way)


def _known(scores: Scores) -> Callable[[str], int | None]:
    """Return what finds the place of a scored unit by its id, a name or an alias."""
    units, names = scores.panel.units, scores.origin.units if scores.origin else None
    scored = {unit: place for place, unit in enumerate(units.ids)}
    if names is None:
        titles = {units.title(place, language): place for language in ("zh", "en") for place in range(len(units))}
        return (titles | scored).get

    def place_of(name: str) -> int | None:
        found = None if name in names.shared else names.find(name)
        return None if found is None else scored.get(names.units.ids[found])

    return place_of


def _read(scores: Scores, path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(str(row.get("unit") or "").strip(), str(row.get("neighbour") or "").strip()) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError) as error:
        problem = getattr(error, "strerror", None) or type(error).__name__
        refuse("IC818", Place(path.as_posix()), problem=problem, label=scores.index.units.label)
