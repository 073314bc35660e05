"""How scores evolve, asked in plain words: groups and weights by their columns, neighbours by a table of pairs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Place, Refused, finding, system_said
from ..methods.arrays import np
from ..scores import Scores
from ..tree.blocks.pages import BY_DISTANCE
from ..units import Units
from .names import asked_node, node_of, period_of
from .project import Project, refuse

if TYPE_CHECKING:
    from ..analysis.ellipse import Scale
    from ..analysis.evolution import Evolution
    from ..analysis.moves import Bandwidth
    from ..analysis.neighbours import Rings
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
    points: Sequence[float] = (),
    standardise: bool = True,
    permutations: int = 999,
    seed: int = 0,
    at: tuple[str, str] | None = None,
    degrees: bool = True,
    ellipse: Scale = "yuill",
    controls: str | Sequence[str] = (),
) -> Evolution:
    """Say how the scores of the index or of a node evolve: differences, convergence, shape, moves between classes, space.

    It is told of all periods of the kind of a `period`, up to it. `by` names the column of units that groups are made of (`group`
    where there is one), or several, each inside the one before; `weight` a column of units or data by which Theil's index weighs
    units;
    `neighbours` are pairs of units, or a CSV file with columns unit and neighbour, each meant both ways; a GeoJSON file, where
    those whose borders touch are neighbours; or what distances say, `nearest:4`, `within:50` (kilometres) or `inverse`. `at` are
    the two columns of units that have their coordinates, longitude and latitude unless they are not `degrees`; without it the
    centres of a GeoJSON file's outlines stand for them. About them ellipses are drawn, as large as `ellipse` says. `controls` are
    the conditional columns of β convergence: indicators by their values, other nodes by their scores, columns of data or units.
    The weights of each unit's neighbours add up to 1 for Moran's I and Geary's C if `standardise` is on. Kernel densities have a
    `bandwidth`, by a rule or a number, and are told at `points` too where some are given.

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
    _not_too_many_groups(units, names[:1])
    places, near, outlines = _space(scores, at, neighbours, degrees=degrees)
    found = look(
        scores,
        scores.tree.root if wanted is None else scores.node(wanted),
        row=scores.periods.index(shown),
        by=names,
        weight=None if weight is None else (weight, _weights(scores, weight)),
        neighbours=near,
        classes=classes,
        width=bandwidth,
        points=points,
        standardise=standardise,
        draws=permutations,
        seed=seed,
        at=places,
        degrees=degrees,
        scale=ellipse,
        controls=_controls(scores, [controls] if isinstance(controls, str) else controls),
    )
    return replace(found, outlines=outlines)


def _not_too_many_groups(units: Units, names: Sequence[str]) -> None:
    """Refuse more groups than are set against each other, of the column that is split by them."""
    from ..analysis.inequality import MOST_GROUPS

    for name in names:
        if (count := len(set(units.labels(name)))) > MOST_GROUPS:
            refuse("IC835", column=name, count=count, most=MOST_GROUPS)


def declared(project: Project, scores: Scores) -> dict[str, Any]:
    """Return the settings that `report: evolution:` gives; its file is looked for in the folder of data."""
    own = scores.declared.report.evolution
    asked = {} if own is None else {name: getattr(own, name) for name in own.model_fields_set}
    return asked | ({"neighbours": project.data / own.file} if own is not None and own.file else {})


def evolution_of(project: Project, scores: Scores) -> Callable[[str], Evolution] | None:
    """Return what works out the evolution up to a period for reports, None where the tree asks for none.

    What it refuses stands at its place in the tree.
    """
    if scores.declared.report.evolution is None:
        return None
    asked, place = declared(project, scores), scores.declared.place(("report", "evolution"))

    def told(period: str) -> Evolution:
        try:
            return evolution(scores, period=period, seed=project.seed, **asked)
        except Refused as refused:
            found = [one if one.place.file else replace(one, place=place) for one in refused.findings]
            raise Refused(found) from refused

    return told


def _space(
    scores: Scores, at: tuple[str, str] | None, neighbours: Pairs | None, *, degrees: bool
) -> tuple[tuple[Array, Array] | None, Neighbours | None, Mapping[int, Rings] | None]:
    """Return the coordinates of units, who is next to whom, and outlines; None for what was not given."""
    from ..analysis.neighbours import centre_of, touching

    said = str(neighbours) if isinstance(neighbours, str | Path) else ""
    outlines = _outlines(scores, Path(said)) if said.endswith((".geojson", ".json")) else None
    places = None if at is None else _coordinates(scores, at)
    if places is None and outlines is not None:
        x, y = np.full((2, len(scores.panel.units)), np.nan)
        for unit, rings in outlines.items():
            x[unit], y[unit] = centre_of(rings)
        places = x, y
    if outlines is not None:
        return places, touching(outlines), outlines
    kind, _, number = said.partition(":")
    if kind not in BY_DISTANCE:
        return places, None if neighbours is None else _neighbours(scores, neighbours), None
    if places is None:
        refuse("IC827")
    return places, _by_distance(scores, places, kind, _number(number), degrees=degrees), None


def _coordinates(scores: Scores, at: tuple[str, str]) -> tuple[Array, Array]:
    """Return two columns of units as numbers, or refuse those that have none."""
    units, found = scores.panel.units, []
    for column in at:
        if column not in units.attributes:
            refuse("IC816", column=column, known=_columns(units), label=scores.index.units.label)
        found.append(np.array([_number(value) for value in units.attributes[column]], dtype=float))
    return found[0], found[1]


def _by_distance(scores: Scores, places: tuple[Array, Array], kind: str, number: float, *, degrees: bool) -> Neighbours:
    """Return neighbours by distances, on the sphere or in the plane."""
    from ..analysis.neighbours import RADIUS, count_within, inverse, nearest, on_sphere, within

    points = on_sphere(*places) if degrees else np.stack(places, axis=-1)
    units = int((~np.isnan(points).any(axis=-1)).sum())
    if kind == "inverse":
        _not_too_many(units * (units - 1))
        return inverse(points, sphere=degrees)
    if not number > 0 or (kind == "nearest" and number != int(number)):
        refuse("IC818", problem=f"{kind}:{number:g}", label=scores.index.units.label)
    if kind == "nearest":
        _not_too_many(units * min(int(number), units - 1))
        return nearest(points, int(number))
    distance = 2 * RADIUS * float(np.sin(min(number / (2 * RADIUS), np.pi / 2))) if degrees else number
    _not_too_many(count_within(points, distance))
    return within(points, distance)


def _not_too_many(pairs: int) -> None:
    """Refuse more pairs of neighbours than are weighed, before any is made."""
    from ..analysis import neighbours

    if pairs > neighbours.MOST_PAIRS:
        refuse("IC826", count=pairs, most=neighbours.MOST_PAIRS)


def _outlines(scores: Scores, path: Path) -> Mapping[int, Rings]:
    """Return the outlines of units by their places, or refuse a file that has none of them."""
    from ..sources.outlines import outlines_of_units

    wanted = scores.index.report.map
    found, problem = outlines_of_units(path, "" if wanted is None else wanted.id, scores.unit)
    if problem or not found:
        refuse("IC818", Place(path.as_posix()), problem=problem or "–", label=scores.index.units.label)
    return found


def _columns(units: Units) -> list[str]:
    return [*(["group"] if any(units.groups) else []), *(name for name in units.attributes if name != "group")]


def _weights(scores: Scores, column: str) -> Array:
    """Return a column of units or of data as weights (period, unit); refuse one that has none above 0 for a unit with a score."""
    weights, units = _column(scores, column), scores.panel.units
    there = ~np.isnan(scores.score())
    lacking = np.flatnonzero((there & ~((weights > 0) & np.isfinite(weights))).any(axis=0))
    if len(lacking):
        refuse("IC817", column=column, units=[units.ids[unit] for unit in lacking.tolist()], label=scores.index.units.label)
    return weights


def _column(scores: Scores, column: str) -> Array:
    """Return a column of data or of units (period, unit), or refuse a name that is neither."""
    panel, units = scores.panel, scores.panel.units
    if column in panel.column:
        return np.array(panel.values[..., panel.column[column]], dtype=float)
    if column in units.attributes:
        return np.tile([_number(value) for value in units.attributes[column]], (len(scores.periods), 1))
    return refuse("IC816", column=column, known=[*_columns(units), *panel.column], label=scores.index.units.label)


def _controls(scores: Scores, names: Iterable[str]) -> dict[str, Array]:
    """Return conditional columns (period, unit) by their names, nodes by their ids; refuse those without any number."""
    found = dict(_control(scores, name) for name in names)
    for name, own in found.items():
        if not np.isfinite(own).any():
            refuse("IC833", column=name)
    return found


def _control(scores: Scores, name: str) -> tuple[str, Array]:
    if name not in scores.index.by_id and name in {*scores.panel.column, *scores.panel.units.attributes}:
        return name, _column(scores, name)
    node = node_of(scores.index, name)
    place = scores.node(node)
    return node, np.array((scores.derived if place < scores.tree.leaves else scores.scores)[..., place], dtype=float)


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return float("nan")


def _neighbours(scores: Scores, pairs: Pairs) -> Neighbours:
    """Return pairs of units by their places, both ways, or refuse with every pair that names none."""
    from ..analysis.space import Neighbours

    if isinstance(pairs, str | Path):
        file, rows = Path(pairs).as_posix(), _read(scores, Path(pairs))
    else:
        file, rows = "", list(pairs)
    found, both = [], []
    for line, pair in enumerate(rows, start=2):
        places = [scores.unit(name) for name in pair]
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


def _read(scores: Scores, path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(str(row.get("unit") or "").strip(), str(row.get("neighbour") or "").strip()) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError) as error:
        refuse("IC818", Place(path.as_posix()), problem=system_said(error), label=scores.index.units.label)
