"""How the scores of all units evolve: differences, convergence, shape, moves between classes, and space.

What is told of each period is told of the units that have a score then. `inequality`, `convergence`, `moves` and `space` have
the formulas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.frames import kinds_of
from ..findings import Language
from ..methods.arrays import Array, np
from ..scores import Scores
from .convergence import Beta, Controls, Sigma, beta_of_ends, beta_of_panel, sigma
from .ellipse import Ellipse, Scale, Step, ellipse, step
from .inequality import Dagum, Theil, Variation, dagum, theil, variation
from .moves import Bandwidth, Chain, Density, SpatialChain, bandwidth, chain, classes_of, cuts_of, density, spatial_chain
from .neighbours import Rings
from .result import Result
from .space import Moran, Neighbours, moran
from .trend import earlier

if TYPE_CHECKING:
    import pandas as pd

POINTS = 101  # of a density
_BEYOND = 3.0  # bandwidths beyond the least and the greatest score


@dataclass(frozen=True)
class Evolution(Result):
    """How a node's scores evolve over periods of one kind; tuples have an entry a period, `values` are (period, unit).

    `by` are the columns of units that groups are made of, the outermost first; `weight` the column of what units weigh in Theil's
    index. `cuts` part the classes of moves. `moran` and `spatial` are nothing without neighbours; `ellipses`, weighed by scores,
    and the steps of their centres nothing without coordinates, which are in degrees or not. `width` is the rule of bandwidths,
    or the one that was asked for. `outlines` are those of units, by place, by whose borders it is told who is next to whom.
    """

    scores: Scores
    node: int
    rows: tuple[int, ...]
    by: tuple[str, ...]
    weight: str | None
    values: Array
    theil: tuple[Theil, ...]
    dagum: tuple[Dagum, ...]
    variation: tuple[Variation, ...]
    sigma: tuple[Sigma, ...]
    beta: tuple[Beta, ...]
    density: tuple[Density, ...]
    cuts: Array
    chain: Chain
    spatial: SpatialChain | None
    moran: tuple[Moran | None, ...] | None
    ellipses: tuple[Ellipse | None, ...] | None = None
    steps: tuple[Step | None, ...] | None = None
    degrees: bool = False
    width: Bandwidth | float = "silverman"
    standardise: bool = True
    outlines: Mapping[int, Rings] | None = None

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods, the earliest first."""
        return tuple(self.scores.periods[row] for row in self.rows)

    @property
    def classes(self) -> Array:
        """The class of each unit in each period (period, unit), from 0 for the lowest; -1 without a score."""
        return classes_of(self.values, self.cuts)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a period: how many units, their mean, and each measure with its parts."""
        del language
        import pandas as pd

        known = ~np.isnan(self.values)
        columns: dict[str, Any] = {
            "period": list(self.periods),
            "units": known.sum(axis=1),
            "mean": [float(row[some].mean()) if some.any() else np.nan for row, some in zip(self.values, known, strict=True)],
            "cv": [one.total for one in self.variation],
            "cv_of_sample": [one.cv_of_sample for one in self.sigma],
            "log_deviation": [one.log for one in self.sigma],
            "theil": [one.total for one in self.theil],
            **{f"theil_between_{name}": [one.between[at] for one in self.theil] for at, name in enumerate(self.by)},
            "theil_within": [one.within for one in self.theil],
            "gini": [one.total for one in self.dagum],
        }
        if self.by:
            columns |= {f"gini_{part}": [getattr(one, part) for one in self.dagum] for part in ("within", "between", "overlap")}
        columns["bandwidth"] = [one.bandwidth for one in self.density]
        if self.moran is not None:
            columns |= {
                "moran": [one.value if one else np.nan for one in self.moran],
                "moran_p": [one.p if one else np.nan for one in self.moran],
                "geary": [one.geary if one else np.nan for one in self.moran],
            }
        if self.ellipses is not None:
            names = ("x", "y", "major", "minor", "azimuth", "area")
            columns |= {f"ellipse_{name}": [getattr(one, name) if one else np.nan for one in self.ellipses] for name in names}
        return pd.DataFrame(columns)


def evolution(
    scores: Scores,
    node: int,
    *,
    row: int = -1,
    by: Sequence[str] = (),
    weight: tuple[str, Array] | None = None,
    neighbours: Neighbours | None = None,
    classes: int = 4,
    width: Bandwidth | float = "silverman",
    points: Sequence[float] = (),
    standardise: bool = True,
    draws: int = 999,
    seed: int = 0,
    at: tuple[Array, Array] | None = None,
    degrees: bool = True,
    scale: Scale = "yuill",
    controls: Controls | None = None,
) -> Evolution:
    """Look at a node's scores over the periods of one kind up to that of a row.

    `by` are columns of units; `weight` is the name of a column and its numbers (period, unit). Moves are between `classes`
    that are alike in number over all periods; densities have the bandwidth `width`, and are told at some `points` too.
    Moran's I, of weights that are 1 together for each unit if `standardise` is on, is held against `draws` permutations. `at`
    are the coordinates of units, in degrees or in a plane, about which ellipses of a `scale` are drawn. `controls` are the
    conditional columns of β convergence (period, unit).
    """
    rows = _rows(scores, range(len(scores.periods))[row])
    y = np.array(scores.scores[rows][..., node], dtype=float)
    if scores.there is not None:
        y[~scores.there[rows]] = np.nan
    before = [rows.index(last) if last in rows else -1 for last in (earlier(scores)[0][at] for at in rows)]
    labels = [np.array(scores.panel.units.labels(name)) for name in by]
    known = [~np.isnan(one) for one in y]
    own = [one[some] for one, some in zip(y, known, strict=True)]
    groups = [[names[some].tolist() for names in labels] for some in known]
    weights = [None if weight is None else weight[1][at][some] for at, some in zip(rows, known, strict=True)]
    cuts = cuts_of(y, classes)
    ellipses = None if at is None else tuple(ellipse(*at, np.nan_to_num(one), scale=scale, degrees=degrees) for one in y)
    return Evolution(
        scores=scores,
        node=node,
        rows=tuple(rows),
        by=tuple(by),
        weight=None if weight is None else weight[0],
        values=y,
        theil=tuple(theil(one, of, w) for one, of, w in zip(own, groups, weights, strict=True)),
        dagum=tuple(dagum(one, of[0] if of else [""] * len(one)) for one, of in zip(own, groups, strict=True)),
        variation=tuple(variation(one, of[0] if of else ()) for one, of in zip(own, groups, strict=True)),
        sigma=tuple(map(sigma, own)),
        beta=(*_betas(y, before), *(_betas(y, before, {name: own[rows] for name, own in controls.items()}) if controls else ())),
        density=_densities(own, width, points),
        cuts=cuts,
        chain=chain(y, before, cuts),
        spatial=None if neighbours is None else spatial_chain(y, before, cuts, neighbours),
        moran=None
        if neighbours is None
        else tuple(moran(one, neighbours, standardise=standardise, draws=draws, seed=seed) for one in y),
        ellipses=ellipses,
        steps=None if ellipses is None else tuple(_steps(ellipses, before, degrees=degrees)),
        degrees=degrees,
        width=width,
        standardise=standardise,
    )


def _rows(scores: Scores, row: int) -> list[int]:
    """Return the places of the periods of the kind of one, up to it."""
    for _, members in kinds_of(scores.index, scores.panel):
        if members.start <= row < members.stop:
            return list(range(members.start, row + 1))
    return [row]


def _steps(ellipses: Sequence[Ellipse | None], before: Sequence[int], *, degrees: bool) -> Iterator[Step | None]:
    for own, last in zip(ellipses, before, strict=True):
        first = ellipses[last] if last >= 0 else None
        yield None if own is None or first is None else step(first, own, degrees=degrees)


def _betas(y: Array, before: Sequence[int], controls: Controls | None = None) -> tuple[Beta, ...]:
    """Return the regressions that have enough to go by: from the first period to the last, and step by step."""
    first = {name: own[0] for name, own in (controls or {}).items()}
    steps = len(y) - 1 if all(last == at - 1 for at, last in enumerate(before)) else 0
    found = [beta_of_ends(y[0], y[-1], steps, first)]
    found += [beta_of_panel(y, before, periods=periods, controls=controls) for periods in (False, True)]
    return tuple(one for one in found if one is not None)


def _densities(own: Sequence[Array], width: Bandwidth | float, points: Sequence[float] = ()) -> tuple[Density, ...]:
    """Return the densities of all periods at the same points: some along all scores, and those given."""
    widths = [bandwidth(one, width) for one in own]
    usable = [h for h in widths if h > 0]
    every = np.concatenate(own)
    if not usable or not len(every):
        return tuple(density(one, np.zeros(0), float("nan")) for one in own)
    ends = every.min() - _BEYOND * max(usable), every.max() + _BEYOND * max(usable)
    at = np.union1d(np.linspace(*ends, POINTS), np.array(points, dtype=float)) if points else np.linspace(*ends, POINTS)
    return tuple(density(one, at, h) for one, h in zip(own, widths, strict=True))
