"""Whether units come closer together: σ by period, β of growth on where units began, by plain least squares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any, Literal

from ..methods.arrays import Array, np

Effects = Literal["cross-section", "unit", "unit and period"]
Controls = Mapping[str, Array]
"""Conditional columns by their names."""

_SAME = 1e-9  # of a column: what others leave of it, where it is made of them


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
class Term:
    """The coefficient of a conditional column, with its error and p as those of β.

    NaN of a column that says nothing beside the others, such as one that is the same in all periods beside effects of units.
    """

    value: float
    error: float
    p: float


@dataclass(frozen=True)
class Beta:
    """A regression of growth on the logarithm of where units began: converging where `beta` is below 0.

    `alpha` is the constant of the cross-section, NaN where effects take its place; `error` is conventional, `p` two-sided by
    t with `freedom` degrees, `r2` that of the regression (within units, where these have effects). `speed` is per period, NaN
    where it has none, and `half_life` ln 2 / speed where units converge. `controls` are the conditional columns by name.
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
    controls: Mapping[str, Term] = field(default_factory=dict)


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


def beta_of_ends(first: Array, last: Array, steps: int, controls: Controls | None = None) -> Beta | None:
    """Regress ln(last / first) / steps on ln first over units (unit,); nothing where fewer than three have both above 0.

    `controls` (unit,) are further columns, which units have to have. The speed is -ln(1 + β T) / T.
    Source: Barro, Sala-i-Martin 1992.
    """
    columns = controls or {}
    there = (first > 0) & (last > 0) & _known(columns.values())
    start = np.log(first[there])
    growth = (np.log(last[there]) - start) / max(steps, 1)
    if there.sum() < 3 or steps < 1 or np.ptp(start) == 0:
        return None
    x = np.column_stack([start, np.ones(len(start))])
    return _fitted("cross-section", growth, x, {name: column[there] for name, column in columns.items()}, 0, steps)


def beta_of_panel(y: Array, before: Sequence[int], *, periods: bool, controls: Controls | None = None) -> Beta | None:
    """Regress ln(y_t / y_t-1) on ln y_t-1 with an effect of each unit, and of each period where these are asked for.

    y is (period, unit); `before` has the place of the period before each, -1 for none. `controls` (period, unit) are further
    columns, which count as they are where a step starts. Effects of units are taken out by their means, those of periods are
    columns, so that gaps do no harm. The speed is -ln(1 + β). Nothing where too little is there.
    """
    at = np.array([row for row, last in enumerate(before) if last >= 0], dtype=int)
    old = np.array([before[row] for row in at.tolist()], dtype=int)
    columns = {name: column[old] for name, column in (controls or {}).items()}
    row, unit = np.nonzero((y[old] > 0) & (y[at] > 0) & _known(columns.values()))
    if not len(unit):
        return None
    start = np.log(y[old[row], unit])
    growth = np.log(y[at[row], unit]) - start
    effects = [(row == one).astype(float) for one in np.unique(row)[1:]] if periods else []
    _, of = np.unique(unit, return_inverse=True)
    x = np.column_stack([_less_means(column, of) for column in [start, *effects]])
    more = {name: _less_means(column[row, unit], of) for name, column in columns.items()}
    return _fitted("unit and period" if periods else "unit", _less_means(growth, of), x, more, int(of.max()) + 1, 1)


def _known(columns: Iterable[Array]) -> Any:
    """Say where all of some columns have a number."""
    return reduce(and_, map(np.isfinite, columns), True)


def _less_means(column: Array, unit: Any) -> Array:
    """Return a column less the mean of each unit, 0 where nothing is left but what rounding leaves."""
    means = np.bincount(unit, weights=column) / np.bincount(unit)
    rest = column - means[unit]
    return np.where(np.abs(rest) < 1e-13 * np.abs(column).max(), 0.0, rest)


def _fitted(effects: Effects, y: Array, x: Array, controls: Controls, taken: int, steps: int) -> Beta | None:
    """Return the least squares of y on x (row, column), the first of which is where units began, and on the controls.

    `taken` effects are out already.
    """
    from scipy.special import stdtr

    used = {name: at for at, name in enumerate(_telling(x, controls), start=x.shape[1])}
    x = np.column_stack([x, *(controls[name] for name in used)])
    length = np.linalg.norm(x, axis=0)
    length[length == 0] = 1.0
    x = x / length  # columns of any size are alike to what finds out whether they depend on each other
    freedom = len(y) - x.shape[1] - taken
    if freedom < 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    found = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = y - x @ found
    values = found / length
    errors = np.sqrt(rest @ rest / freedom * np.diag(np.linalg.inv(x.T @ x))) / length
    with np.errstate(invalid="ignore", divide="ignore"):
        chances = np.where(errors > 0, 2 * stdtr(freedom, -np.abs(values / errors)), np.nan)
    told = np.stack([values, errors, chances]).T.tolist()
    beta, error, p = told[0]
    reach, whole = 1 + beta * steps, float(((y - y.mean()) ** 2).sum())
    speed = float(-np.log(reach) / steps) if reach > 0 else float("nan")
    return Beta(
        effects=effects,
        alpha=float("nan") if taken else told[1][0],
        beta=beta,
        error=error,
        p=p,
        r2=1 - float(rest @ rest) / whole if whole > 0 else float("nan"),
        count=len(y),
        freedom=freedom,
        speed=speed,
        half_life=float(np.log(2) / speed) if speed > 0 else float("nan"),
        controls={name: Term(*told[used[name]] if name in used else [float("nan")] * 3) for name in controls},
    )


def _telling(x: Array, controls: Controls) -> list[str]:
    """Return the controls that say something beside the columns (row, column) and the controls before them."""
    found, known = [], np.linalg.qr(x)[0]
    for name, column in controls.items():
        rest = column - known @ (known.T @ column)
        if (left := float(np.linalg.norm(rest))) > _SAME * float(np.linalg.norm(column)):
            found.append(name)
            known = np.column_stack([known, rest / left])
    return found
