"""The pictures of how scores evolve: each result as a chart, by the name of its table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ...analysis.ellipse import Ellipse
from ...analysis.evolution import Evolution
from ...analysis.neighbours import Rings
from ...findings import Language
from ...methods.arrays import np
from ...words.reports import word
from .palette import DIVERGING, ON_DIVERGING
from .plane import Axes, Drawn, plane, squares
from .tiles import Place, outline_map, tile_cells, tile_map

PICTURES_OF = {"": ("theil", "gini"), "shape": ("density",), "space": ("space", "quadrants"), "ellipse": ("ellipse", "centre")}
"""The pictures of each table whose pictures have other names."""
MOST_CURVES = 5  # densities side by side
MOST_NAMED = 40  # units of which each has its name beside its point
_AROUND = 73  # points of an ellipse
_SURE = 0.05  # the greatest p at which a unit is told from chance
_NOT_SURE = DIVERGING[3], ON_DIVERGING[3]
_QUADRANTS = {name: (DIVERGING[at], ON_DIVERGING[at]) for name, at in {"HH": 0, "HL": 2, "LH": 4, "LL": 6}.items()}


def evolution_pictures(result: Evolution, language: Language, rings: Mapping[str, Rings] | None = None) -> dict[str, str]:
    """Return a chart of each result that there is something for; `rings` are the outlines of the tree's own map, by unit."""
    periods = list(result.periods)
    over = Axes(str(word.period(language)), "", names=periods)

    def courses(title: str, named: Sequence[tuple[str, Sequence[float]]]) -> str:
        lines = [Drawn(str(name), list(zip(map(float, range(len(own))), own, strict=True))) for name, own in named]
        return plane(over, lines, title) if len(periods) > 1 else ""

    within, total = str(word.within_groups(language)), str(word.whole(language))
    theil: list[tuple[str, Sequence[float]]] = [(total, [one.total for one in result.theil])]
    gini: list[tuple[str, Sequence[float]]] = [(total, [one.total for one in result.dagum])]
    if result.by:
        betweens = [
            (str(word.between(language)).format(by=by), [t.between[at] for t in result.theil]) for at, by in enumerate(result.by)
        ]
        theil += [*betweens, (within, [one.within for one in result.theil])]
        gini += [
            (within, [one.within for one in result.dagum]),
            (str(word.net_between(language)), [one.between for one in result.dagum]),
            (str(word.overlap(language)), [one.overlap for one in result.dagum]),
        ]
    pictures = {
        "theil": courses(str(word.theil(language)), theil),
        "gini": courses(str(word.gini(language)), gini),
        "sigma": courses(
            str(word.sigma_convergence(language)), [(str(word.variation(language)), [one.cv for one in result.sigma])]
        ),
        "beta": _beta(result, language),
        "density": _densities(result, language),
        "moves": _moves(result, language),
        "space": _moran(result, language),
        "quadrants": _quadrants(result, language, rings),
        "ellipse": _ellipses(result, language),
        "centre": _path(result, language),
    }
    return {name: drawn for name, drawn in pictures.items() if drawn}


def _beta(result: Evolution, language: Language) -> str:
    own = next((one for one in result.beta if one.effects == "cross-section"), None)
    first, last = result.values[0], result.values[-1]
    there = np.flatnonzero((first > 0) & (last > 0))
    if own is None or not len(there):
        return ""
    start = np.log(first[there])
    growth = (np.log(last[there]) - start) / (len(result.periods) - 1)
    ends = [float(start.min()), float(start.max())]
    points = Drawn(
        "", list(zip(start.tolist(), growth.tolist(), strict=True)), joined=False, names=_names(result, there.tolist(), language)
    )
    fitted = Drawn(f"β = {own.beta:.4f}", [(x, own.alpha + own.beta * x) for x in ends])
    axes = Axes(str(word.log_of_first(language)), str(word.growth_of_logs(language)))
    return plane(axes, [points, fitted], str(word.beta_convergence(language)))


def _names(result: Evolution, units: Sequence[int], language: Language) -> list[str]:
    if len(units) > MOST_NAMED:
        return []
    return result.scores.panel.units.titles(units, language)


def _densities(result: Evolution, language: Language) -> str:
    known = [at for at, one in enumerate(result.density) if not np.isnan(one.density).all()]
    chosen = sorted({known[round(step * (len(known) - 1) / (MOST_CURVES - 1))] for step in range(MOST_CURVES)}) if known else []
    curves = [
        Drawn(result.periods[at], list(zip(result.density[at].at.tolist(), result.density[at].density.tolist(), strict=True)))
        for at in chosen
    ]
    axes = Axes(str(word.score(language)), str(word.density(language)))
    return plane(axes, curves, str(word.kernel_density(language)))


def _moves(result: Evolution, language: Language) -> str:
    if not result.chain.counts.sum():
        return ""
    names = [str(one + 1) for one in range(len(result.chain.counts))]
    sides = (str(word.class_now(language)), str(word.class_then(language)))
    return squares(result.chain.shares.tolist(), names, sides, str(word.markov(language)))


def _moran(result: Evolution, language: Language) -> str:
    own = result.moran[-1] if result.moran else None
    if own is None:
        return ""
    y = result.values[-1, own.places]
    mean = float(y.mean())
    points = Drawn(
        "",
        list(zip(y.tolist(), own.lag.tolist(), strict=True)),
        joined=False,
        names=_names(result, own.places.tolist(), language),
    )
    ends = [float(y.min()), float(y.max())]
    fitted = Drawn(f"Moran I = {own.value:.4f}", [(x, mean + own.value * (x - mean)) for x in ends])
    axes = Axes(str(word.score(language)), str(word.mean_of_neighbours(language)), across=[mean], upright=[mean])
    return plane(axes, [points, fitted], f"{word.space(language)} {result.periods[-1]}", height=380)


def _quadrants(result: Evolution, language: Language, rings: Mapping[str, Rings] | None) -> str:
    """Draw each unit of the last period in the colour of its quadrant, or as not told from chance, on outlines or tiles."""
    own, units = result.moran[-1] if result.moran else None, result.scores.panel.units
    if own is None:
        return ""
    tested = not np.isnan(own.local_p).all()
    places = {units.ids[at]: Place(units.title(at, language), "–", math.nan) for at in range(len(units))}
    for at, quadrant, p in zip(own.places.tolist(), own.quadrant, own.local_p.tolist(), strict=True):
        sure = not tested or p <= _SURE
        said, colours = (quadrant, _QUADRANTS[quadrant]) if sure else (str(word.not_significant_on_a_map(language)), _NOT_SURE)
        places[units.ids[at]] = Place(units.title(at, language), said, 0.0, colours)
    names = {"HH": word.high_high, "HL": word.high_low, "LH": word.low_high, "LL": word.low_low}
    legend = [(fill, f"{name} {names[name](language)}") for name, (fill, _) in _QUADRANTS.items()]
    legend += [(_NOT_SURE[0], str(word.not_significant(language)))] if tested else []
    title = f"{word.local_space(language)} {result.periods[-1]}" + (f" (p ≤ {_SURE:g})" if tested else "")
    if result.outlines:
        rings = {units.ids[at]: own for at, own in result.outlines.items()}
    if rings:
        wanted = result.scores.declared.report.map
        return outline_map(places, rings, title, wanted.licence if wanted else "", legend=legend)
    cells = tile_cells(units.attributes, len(units))
    laid = {unit: cell for unit, cell in zip(units.ids, cells or (), strict=False) if cell is not None}
    return tile_map(places, laid, title, legend)


def _ellipses(result: Evolution, language: Language) -> str:
    known = [(period, one) for period, one in zip(result.periods, result.ellipses or (), strict=False) if one]
    if not known:
        return ""
    first, last = known[0], known[-1]
    middle = last[1].y
    flat = math.cos(math.radians(middle)) if result.degrees else 1.0
    lengths = math.pi / 180 * 6371.0088 if result.degrees else 1.0
    shown = [first, last] if len(known) > 1 else [first]

    def placed(x: float, y: float) -> tuple[float, float]:
        return (x - last[1].x) * flat * lengths, (y - middle) * lengths

    drawn = [Drawn(period, _around(one, placed(one.x, one.y))) for period, one in shown]
    path = [placed(one.x, one.y) for _, one in known]
    drawn.append(Drawn(str(word.path_of_centre(language)), path, joined=len(path) > 1))
    unit = str(word.kilometres(language)) if result.degrees else ""
    axes = Axes(f"{word.east(language)} {unit}".strip(), f"{word.north(language)} {unit}".strip(), alike=True)
    return plane(axes, drawn, str(word.ellipse(language)), height=420)


def _path(result: Evolution, language: Language) -> str:
    """Draw the way of the centre alone, near enough to be seen."""
    known = [(period, one) for period, one in zip(result.periods, result.ellipses or (), strict=False) if one]
    if len(known) < 2:
        return ""
    points = [(one.x, one.y) for _, one in known]
    drawn = [Drawn("", points), Drawn("", points, joined=False, names=[period for period, _ in known])]
    axes = Axes(str(word.centre_x(language)), str(word.centre_y(language)))
    return plane(axes, drawn, str(word.path_of_centre(language)))


def _around(own: Ellipse, centre: tuple[float, float]) -> list[tuple[float, float]]:
    """Return points around an ellipse, whose longer axis goes by its azimuth from north."""
    turn = math.radians(90.0 - own.azimuth)
    points = []
    for at in range(_AROUND):
        angle = 2 * math.pi * at / (_AROUND - 1)
        x, y = own.major * math.cos(angle), own.minor * math.sin(angle)
        points.append((centre[0] + x * math.cos(turn) - y * math.sin(turn), centre[1] + x * math.sin(turn) + y * math.cos(turn)))
    return points
