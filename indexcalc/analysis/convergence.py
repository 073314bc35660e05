"""Whether units come closer together: σ by period, β of growth on where units began, by plain least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..methods.arrays import Array, np

Effects = Literal["cross-section", "unit", "unit and period"]


@dataclass(frozen=True)
class Sigma:
    """How far scores of a period lie apart: coefficient of variation and deviation of logarithms, with n and n - 1 below.

    Logarithms have none where a score is not above 0.
    """

    cv: float
    cv_of_sample: float
    log: float
    log_of_sample: float


@dataclass(frozen=True)
class Beta:
    """A regression of growth on the logarithm of where units began: converging where `beta` is below 0.

    `alpha` is the constant of the cross-section, NaN where effects take its place; `error` is conventional, `p` two-sided by
    t with `freedom` degrees, `r2` that of the regression (within units, where these have effects). `speed` is per period, NaN
    where it has none, and `half_life` ln 2 / speed where units converge.
    """

    effects: Effects
    alpha: float
    beta: float
    error: float
    p: float
    r2: float
    count: int
    freedom: int
    speed: float
    half_life: float


def sigma(y: Array) -> Sigma:
    """Return how far scores (unit,) lie apart. Source: Barro, Sala-i-Martin 1992."""
    if not len(y):
        return Sigma(*[float("nan")] * 4)
    mean, logs = float(y.mean()), np.log(y) if (y > 0).all() else np.full(len(y), np.nan)
    more = len(y) > 1
    return Sigma(
        float(y.std() / mean) if mean > 0 else float("nan"),
        float(y.std(ddof=1) / mean) if mean > 0 and more else float("nan"),
        float(logs.std()),
        float(logs.std(ddof=1)) if more else float("nan"),
    )


def beta_of_ends(first: Array, last: Array, steps: int) -> Beta | None:
    """Regress ln(last / first) / steps on ln first over units (unit,); nothing where fewer than three have both above 0.

    The speed is -ln(1 + β T) / T. Source: Barro, Sala-i-Martin 1992.
    """
    there = (first > 0) & (last > 0)
    start = np.log(first[there])
    growth = (np.log(last[there]) - start) / max(steps, 1)
    if there.sum() < 3 or steps < 1 or np.ptp(start) == 0:
        return None
    return _fitted("cross-section", growth, np.column_stack([start, np.ones(len(start))]), 0, steps)


def beta_of_panel(y: Array, before: Sequence[int], *, periods: bool) -> Beta | None:
    """Regress ln(y_t / y_t-1) on ln y_t-1 with an effect of each unit, and of each period where these are asked for.

    y is (period, unit); `before` has the place of the period before each, -1 for none. Effects of units are taken out by
    their means, those of periods are columns, so that gaps do no harm. The speed is -ln(1 + β). Nothing where too little is
    there.
    """
    at = np.array([row for row, last in enumerate(before) if last >= 0], dtype=int)
    if not len(at):
        return None
    old, new = y[[before[row] for row in at]], y[at]
    row, unit = np.nonzero((old > 0) & (new > 0))
    start = np.log(old[row, unit])
    growth = np.log(new[row, unit]) - start
    columns = [start]
    if periods:
        columns += [(row == one).astype(float) for one in np.unique(row)[1:]]
    _, unit = np.unique(unit, return_inverse=True)
    if not len(unit):
        return None
    x = np.column_stack([_less_means(column, unit) for column in columns])
    x[np.abs(x) < 1e-13 * max(1.0, float(np.abs(start).max()))] = 0.0
    return _fitted("unit and period" if periods else "unit", _less_means(growth, unit), x, int(unit.max()) + 1, 1)


def _less_means(column: Array, unit: Any) -> Array:
    """Return a column less the mean of each unit."""
    means = np.bincount(unit, weights=column) / np.bincount(unit)
    return np.asarray(column - means[unit])


def _fitted(effects: Effects, y: Array, x: Array, taken: int, steps: int) -> Beta | None:
    """Return the least squares of y on x (row, column), the first of which is where units began; `taken` effects are out."""
    from scipy.special import stdtr

    freedom = len(y) - x.shape[1] - taken
    if freedom < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    found = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ found
    error = float(np.sqrt(rest @ rest / freedom * np.linalg.inv(x.T @ x)[0, 0]))
    beta, whole = float(found[0]), float(((y - y.mean()) ** 2).sum())
    reach = 1 + beta * steps
    speed = float(-np.log(reach) / steps) if reach > 0 else float("nan")
    return Beta(
        effects=effects,
        alpha=float("nan") if taken else float(found[1]),
        beta=beta,
        error=error,
        p=float(2 * stdtr(freedom, -abs(beta / error))) if error > 0 else float("nan"),
        r2=1 - float(rest @ rest) / whole if whole > 0 else float("nan"),
        count=len(y),
        freedom=freedom,
        speed=speed,
        half_life=float(np.log(2) / speed) if speed > 0 else float("nan"),
    )
