"""The rules of a node, each written once: what it is made by, how much of it is there, and what is done with the result.

Arrays end in (unit, child), those of a node itself in (unit,). What stands before is carried along: periods, then draws where
there are many, then nodes that are made alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..methods import AGGREGATORS, CATALOGUE, parameters
from ..methods.aggregate import in_turn, weight_there
from ..methods.arrays import Array, np
from ..methods.derive import evaluate
from ..methods.rank import rounded
from ..panel import Panel
from ..tree.blocks.choices import ByGroup
from ..tree.layout import Branch, Tree
from ..tree.model import Impute, Index, Missing, Normalise
from ..units import Units
from .adjust import adjust
from .frames import compare, groups_of, labels_of, ways_by_group

SLACK = 1e-12  # numbers of children are compared up to this
REACHED = 5e-4  # a share is reached from so far below: 0.667, as people write it, by 4 of 6


def combiner(tree: Tree, branch: Branch) -> Callable[[Array, Array], Array]:
    """Return the function that brings what goes into a node (…, unit, input) together, under weights that broadcast to it."""
    if branch.formula is None:
        return partial(AGGREGATORS[branch.aggregate].function, **branch.parameters)
    formula, names = branch.formula, [tree.nodes[place].id for place in branch.inputs]

    def by_formula(x: Array, w: Array) -> Array:
        del w
        scores = {name: x[..., i] for i, name in enumerate(names)}
        return np.broadcast_to(evaluate(formula, scores, of_scores=True), x.shape[:-1])

    return by_formula


def coverage_of(x: Array, applies: Any, w: Array, below: Array | None) -> Array:
    """Return the share of the weight of what applies that had values, from the coverage `below` of each child, 1 without it.

    Children count alike where weights say nothing of that: where they are not defined, and where all that apply are 0.
    """
    covered, whole = _weight_covered(x, applies, np.where(np.isnan(w), 1.0, np.abs(w)), below)
    if (nothing := whole == 0).any():
        share, number = _weight_covered(x, applies, np.ones(x.shape[-1]), below)
        covered, whole = np.where(nothing, share, covered), np.where(nothing, number, whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(covered / whole)


def _weight_covered(x: Array, applies: Any, w: Array, below: Array | None) -> tuple[Array, Array]:
    covered = weight_there(x, w) if below is None else in_turn(np.where(np.isnan(x), 0.0, below * w))
    whole = np.add.reduce(w if applies is None else np.where(applies, w, 0.0), axis=-1)
    return covered, np.asarray(whole)


def asks_for_children(missing: Missing) -> bool:
    """Say whether a node asks how many of its children are there, beside their weight."""
    return missing.policy == "fail" or (missing.policy == "reweight" and missing.children > 0)


def asks_for_coverage(missing: Missing) -> bool:
    """Say whether a node asks how much of its weight had values."""
    return missing.policy == "fail" or (missing.policy == "reweight" and missing.coverage > 0)


def enough(missing: Missing, covered: Any, present: Any = 1.0, asked: Any = 1.0) -> Any:
    """Say where enough of a node is there, by its coverage and by how many of the children that apply are `present`."""
    if missing.policy == "floor":
        return covered >= 0
    if missing.policy == "fail":
        return (present >= asked - SLACK) & (covered > 0)
    found = covered >= missing.coverage - REACHED if missing.coverage else covered >= 0
    return found & (present >= wanted(missing, asked)) if missing.children else found


def wanted(missing: Missing, asked: Any) -> Any:
    """Return how many of the children that apply have to be there: a share of them, or so many, where there are so many."""
    if missing.children > 1:
        return np.minimum(missing.children, asked) - SLACK
    return (missing.children - REACHED) * asked


def undefined(branch: Branch, y: Array, x: Array, w: Array, covered: Array) -> Any:
    """Say where a method has no result for what is there: x (…, unit, input) came together to y; nowhere is False alone."""
    found = np.isnan(y)
    if not found.any():
        return False
    found &= covered > 0
    if branch.needs_all:
        found &= ~np.isnan(x).any(axis=-1)  # what needs all of its children is missing without one, not undefined
    if branch.formula is None:  # where nothing that is there has a weight, there is nothing to undefine
        found &= np.add.reduce(np.where(np.isnan(x), 0.0, np.abs(w)), axis=-1) > 0
    return found


def finish(
    index: Index,
    panel: Panel,
    branch: Branch,
    y: Array,
    block: slice = slice(None),
    recorded: Array | None = None,
    applies: Any = True,
) -> tuple[Array, list[Array]]:
    """Compare the units once more, turn, estimate, adjust and round what a node's children have come together to (…, unit).

    Returns the scores, and the points of each of the node's adjustments. What is compared takes all units; a `block` are those
    that y has. Points that were `recorded`, of all adjustments together, stand where they cannot be counted. What is missing
    is estimated where the node `applies` (…, unit), from the other units of the period.
    """
    points: list[Array] = []
    if branch.normalise is not None:
        sign, made = np.array([-1.0 if branch.turned else 1.0]), np.empty((*y.shape, 1))
        compare(index, panel, branch.normalise, y[..., None], sign, made, slice(None), np.array([True]))
        y = made[..., 0]
    elif branch.turned:
        ends = mirror(index, panel.units)
        y = (ends if isinstance(ends, float) else ends[block]) - y
    if branch.impute is not None:
        y = np.where(np.isnan(y) & applies, estimates(panel, branch.impute, y), y)
    if branch.adjustments and recorded is not None:
        y = y + recorded
    elif branch.adjustments:
        y, points = adjust(index, panel, branch, y, block)
    if branch.round is not None:
        y = rounded(y, branch.round.decimals, branch.round.how)
    return y, points


def estimates(panel: Panel, choice: Impute, y: Array) -> Array:
    """Return a node's scores (period, unit), or (period, draw, unit), with estimates of those that are missing."""
    groups = groups_of(panel, choice.column)
    x = y[..., None] if y.ndim == 2 else y.swapaxes(1, 2)
    made = CATALOGUE["impute"][choice.method](x, groups, **choice.parameters)
    return np.asarray(made[..., 0] if y.ndim == 2 else made.swapaxes(1, 2))


def weights_by_group(branch: Branch, units: Units) -> Array:
    """Return the weights of a node's children (unit, child) where they differ by groups of units; NaN for a group without one."""
    columns = list(dict.fromkeys(weight.by for weight in branch.declared if isinstance(weight, ByGroup)))
    labels, rows = labels_of(units, columns), {}
    for own in dict.fromkeys(labels):
        of = dict(zip(columns, own, strict=True))
        rows[own] = branch.weighted(
            [weight.among(of[weight.by]) if isinstance(weight, ByGroup) else weight for weight in branch.declared]
        )
    return np.array([rows[own] for own in labels]).reshape(len(units), len(branch.declared))


def mirror(index: Index, units: Units) -> Any:
    """Return what a score and its mirror add up to: the ends of the default normaliser's range, twice its mean, or else 0.

    It is that of each unit (unit,) where the range differs by groups.
    """
    choice = index.defaults.normalise
    if not choice.by_group:
        return _both_ends(choice)
    found = np.empty(len(units))
    for own, mask in ways_by_group(units, choice):
        found[mask] = _both_ends(own)
    return found


def _both_ends(choice: Normalise) -> float:
    takes = {name: parameter.default for name, parameter in parameters("normalise", choice.method).items()} | choice.parameters
    if "mean" in takes and "sd" in takes:
        return 2.0 * float(takes["mean"])
    return float(takes["low"]) + float(takes["high"]) if "low" in takes and "high" in takes else 0.0


def declared_weights(branch: Branch) -> tuple[float, ...]:
    """Return the weights of a node's children that the engine takes where no data change them, else as they are declared."""
    return branch.declared if branch.fixed_weights is None else tuple(branch.fixed_weights.tolist())


def power_of(branch: Branch) -> float | None:
    """Return the p of a node that is a mean of powers, g⁻¹(Σ w g(x)) with g = x^p, or ln x for 0; nothing for any other."""
    return None if branch.formula is not None else AGGREGATORS[branch.aggregate].power(branch.parameters)


def raised(branch: Branch, x: Array) -> Array:
    """Return scores of no less than the `floor` of a mean of powers, where it has one."""
    floor = branch.parameters.get("floor")
    return x if floor is None else np.maximum(x, float(str(floor)))


def transformed(branch: Branch, x: Array) -> Array:
    """Return g(x) for a mean of powers g⁻¹(Σ w g(x)), of no less than its `floor`."""
    return powered(power_of(branch), raised(branch, x))


def powered(p: float | None, x: Array) -> Array:
    """Return x to a power, its logarithm for p = 0."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return x if p == 1 else np.log(x) if not p else np.asarray(x**p)


def transformed_back(branch: Branch, y: Array) -> Array:
    """Return g⁻¹(y) for a mean of powers g⁻¹(Σ w g(x))."""
    p = power_of(branch)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return y if p == 1 else np.exp(y) if not p else np.asarray(y ** (1.0 / p))
