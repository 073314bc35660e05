"""Weights of siblings: one function a method, its keyword parameters are those in YAML, its record below it.

Contract: `x` is (…, unit, child), the siblings' scores, more is better in each and NaN for missing; `declared` (child,) are
the weights written in the tree, 1 each where none are. The result is (…, child) and adds up to 1, NaN where weights are not
defined; where each unit has its own it is (…, unit, child). Methods that are not made of scores look at the shape of x
alone. Nothing is changed in place, and a stack in the leading axes gives what each member gives alone.

Unless the docstring says otherwise, a child that does not tell units apart (constant, or fewer than two values) weighs 0,
as if it were not there; where none does, weights are NaN. Missing values are passed over. An only child weighs 1.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .arrays import Array, np
from .bounds import ANY, SHARE, ZERO_OR_MORE, Check, Given, Problem, some_above_zero
from .components import BY_COMPONENTS, IMPORTANCE
from .distinction import BY_DISTINCTION
from .frontier import LIMITS, frontier
from .judgement import BY_JUDGEMENT
from .marks import BY_MARKS
from .records import MOST_COMPARED, JoinedWeights, WeightMethod, by_name
from .siblings import for_all, scaled


def given(x: Array, declared: Array) -> Array:
    """Take the declared weights as they are; they must add up to 1, or to 100 if all of the file does so.

    Formula: w_j = d_j.
    Edge cases: a weight of 0 takes a child out of the score; below 0, and another sum, are refused. Scores play no part.
    Source: HB 2008, p. 31 (weights that experts or policies state).
    """
    return for_all(x, declared)


GIVEN = WeightMethod(
    name="given",
    terms=("给定", "主观赋权"),
    function=given,
    bounds={},
    checks=(),
    scores=None,
    declared="as they are",
    per_child=(),
    most_units=None,
)


def relative(x: Array, declared: Array) -> Array:
    """Scale the declared weights so that they add up to 1: 2, 1, 1 counts double, single, single.

    Formula: w_j = d_j / Σ d.
    Edge cases: all 0, and below 0, are refused; without any declared all are alike. Scores play no part.
    Source: HB 2008, p. 31 (weights that experts or policies state).
    """
    return for_all(x, np.asarray(declared / np.add.reduce(declared)))


RELATIVE = WeightMethod(
    name="relative",
    terms=("相对权重",),
    function=relative,
    bounds={},
    checks=(),
    scores=None,
    declared="scaled",
    per_child=(),
    most_units=None,
)


def equal(x: Array, declared: Array) -> Array:
    """Give every sibling the same weight, adding up to 1.

    Formula: w_j = 1 / m for m children.
    Edge cases: a constant child weighs as any. Scores play no part.
    Source: HB 2008, p. 31.
    """
    return for_all(x, np.full(len(declared), 1.0 / len(declared)))


EQUAL = WeightMethod(
    name="equal",
    terms=("等权", "等权重", "均权"),
    function=equal,
    bounds={},
    checks=(),
    scores=None,
    declared=None,
    per_child=(),
    most_units=None,
)


def bod(x: Array, declared: Array, *, low: float | Sequence[float] = 0.0, high: float | Sequence[float] = 1.0) -> Array:
    """Give each unit the weights that show it best: benefit of the doubt.

    `low` and `high` bound each child's share in the unit's score, for all children or one each. Where several weights show
    a unit equally well, some whose smallest share is greatest are taken. Scaled to add up to 1 for every unit, so that units
    are compared by means; the frontier's own score is what the aggregator `benefit-of-the-doubt` gives. The result is
    (…, unit, child). Time grows with the square of the units: no more than 10,000 are taken (IC497).
    Formula: max Σ w_c x_uc for unit u, with w ≥ 0 and Σ w_c x_jc ≤ 1 for every unit j; then w / Σ w.
    Edge cases: scores must be 0 or more, else NaN; missing weighs 0, and so does a child at 0. A unit whose score is 0, as it is
    at 0 in all that it has, or in a child that must have a share, weighs its children at 0 equally, so that its mean is 0 too.
    A constant child weighs as any.
    Source: Melyn, Moesen 1991; Cherchye, Moesen, Rogge, Van Puyenbroeck 2007.
    """
    del declared
    weights, _ = frontier(x, low=low, high=high, even=True)
    nothing = np.logical_and.reduce(weights == 0, axis=-1, keepdims=True)
    return scaled(np.where(nothing, x == 0, weights))


BOD = WeightMethod(
    name="bod",
    terms=("数据包络", "数据包络分析", "dea"),
    function=bod,
    bounds={"low": SHARE, "high": SHARE},
    checks=LIMITS,
    scores="each unit",
    declared=None,
    per_child=("low", "high"),
    most_units=MOST_COMPARED,
)


def combine(
    x: Array,
    declared: Array,
    *,
    of: Sequence[str | Mapping[str, Any]],
    how: Literal["product", "mean", "game", "deviation", "distance"] = "product",
    shares: Sequence[float] | None = None,
) -> Array:
    """Combine the weights of several methods 组合赋权: their product, or their mean by shares that are given or found.

    `of` lists methods by name, or with parameters as `{method: ahp, judgements: …}`; each one's weights are scaled to add up
    to 1 first. `shares` say what each method counts, as exponents in the product and as weights in the mean; alike if not
    given. With `bod` among them each unit has weights of its own, (…, unit, child). Shares are found by `game` 博弈论, so
    that the result is as near as can be to all of them; by `deviation` 离差最大化, for what sets the scores apart; and of two
    by `distance` 距离函数, whose difference is that of the weights, the first of `of` having the larger.
    Formula: w_j ∝ Π_m w_jm^share_m, or w_j ∝ Σ_m share_m w_jm; share ∝ |a|, Σ_k a_k w_m·w_k = w_m·w_m (`game`);
    share_m ∝ Σ_j w_jm Σ_i Σ_k |x_ij - x_kj| (`deviation`); share_1 - share_2 = √(½ Σ_j (w_j1 - w_j2)²) (`distance`).
    Edge cases: NaN where one's weights are; shares that are not one a method, or below 0, are refused, and so are shares
    beside a `how` that finds them. Where `game` finds a share below 0, which it does for methods that are nearly alike, its
    size counts.
    Source: Jahan, Mustapha, Sapuan, Ismail, Bahraminasab 2012; Chen Jialiang 2003 (`game`); Chen Wei, Xia Jianhua 2007
    (`deviation`).
    """
    parts = [scaled(_named(entry, x, declared)) for entry in of]
    if any(w.ndim == x.ndim for w in parts):
        parts = [w[..., None, :] if w.ndim < x.ndim else w for w in parts]
    counts = np.ones(len(parts)) if shares is None else np.asarray(shares, dtype=float)
    if not parts or len(counts) != len(parts):
        return np.full((*x.shape[:-2], x.shape[-1]), np.nan)
    stack = np.stack(np.broadcast_arrays(*parts), axis=-1)
    if how == "product":
        with np.errstate(divide="ignore", invalid="ignore"):
            return scaled(np.multiply.reduce(stack**counts, axis=-1))
    return scaled(stack @ counts if how == "mean" else np.add.reduce(stack * _shares_found(how, stack, x), axis=-1))


def _shares_found(how: str, stack: Array, x: Array) -> Array:
    """Return what each method counts (…, 1, method) in the mean of weights (…, child, method)."""
    if how == "distance":
        apart = np.sqrt(np.add.reduce((stack[..., 0] - stack[..., 1]) ** 2, axis=-1, keepdims=True) / 2.0)
        return np.stack([(1.0 + apart) / 2.0, (1.0 - apart) / 2.0], axis=-1)
    if how == "game":
        products = np.swapaxes(stack, -1, -2) @ stack
        own = np.diagonal(products, axis1=-2, axis2=-1)[..., None]
        known = ~np.isnan(products).any(axis=(-2, -1), keepdims=True)
        found = np.linalg.pinv(np.where(known, products, 0.0), hermitian=True) @ np.where(known, own, 0.0)
        return scaled(np.where(known, np.abs(found), np.nan)[..., 0])[..., None, :]
    ordered = np.sort(x, axis=-2)
    count = np.count_nonzero(~np.isnan(ordered), axis=-2, keepdims=True)
    place = np.arange(1, x.shape[-2] + 1)[:, None]
    apart = np.nansum((2 * place - count - 1) * ordered, axis=-2)
    apart = apart if stack.ndim == x.ndim else apart[..., None, :]
    return scaled(np.add.reduce(stack * apart[..., None], axis=-2))[..., None, :]


def _one_for_each(given: Given) -> Problem | None:
    if given.shares is not None and len(given.shares) != len(given.of):
        return "shares", "shares needs one entry for each method of `of`", "shares 须与 of 中的方法一一对应"
    return None


def _found_or_given(given: Given) -> Problem | None:
    if given.shares is not None and given.how in ("game", "deviation", "distance"):
        return "shares", f"how: {given.how} finds the shares itself", f"how: {given.how} 自行确定份额，不能再写 shares"
    if given.how == "distance" and len(given.of) != 2:
        return "of", "how: distance takes two methods", "how: distance 须有且只有两种方法"
    return None


COMBINE = JoinedWeights(
    name="combine",
    terms=("组合赋权", "组合赋权法"),
    function=combine,
    bounds={"of": ANY, "shares": ZERO_OR_MORE},
    checks=(
        Check(_one_for_each, ({"of": ["std", "equal"], "shares": [1.0]},)),
        some_above_zero("shares"),
        Check(
            _found_or_given,
            ({"of": ["std", "equal"], "how": "game", "shares": [1.0, 1.0]}, {"of": ["std", "cv", "gini"], "how": "distance"}),
        ),
    ),
    scores="all units",
    declared="scaled",
    per_child=(),
    most_units=None,
    parts="of",
)


WEIGHTINGS = by_name(
    (GIVEN, RELATIVE, EQUAL, *BY_DISTINCTION, *BY_COMPONENTS, *BY_JUDGEMENT, *BY_MARKS, BOD, IMPORTANCE, COMBINE)
)
FROM_DATA = frozenset(name for name, record in WEIGHTINGS.items() if record.scores)
ADD_UP = frozenset(name for name, record in WEIGHTINGS.items() if record.declared == "as they are")
UNIT_SPECIFIC = frozenset(name for name, record in WEIGHTINGS.items() if record.scores == "each unit")


def _named(entry: str | Mapping[str, Any], x: Array, declared: Array) -> Array:
    chosen = {"method": entry} if isinstance(entry, str) else dict(entry)
    return np.asarray(WEIGHTINGS[chosen.pop("method")].function(x, declared, **chosen))
