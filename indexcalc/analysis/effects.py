"""Which of the uncertain inputs do nothing: some that change no score, and errors for which there is nothing to draw from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..engine.frames import some
from ..findings import Finding, Place, finding
from ..methods.arrays import Array, Mask, np
from ..methods.ties import tolerance
from ..tree.checks import takes_default
from ..tree.model import FACTORS
from .alternatives import Draws, Inputs
from .rescore import Rescorer, below, typical

if TYPE_CHECKING:
    from ..scores import Scores

_DRAWS = 16  # in which an input that changed nothing in one is exchanged before it is called idle


def idle_inputs(rescorer: Rescorer, seed: int) -> tuple[str, ...]:
    """Return the names of the inputs that change no score of the node when each alone is exchanged in some draws.

    Weights of nodes that the node is not made of are left out, but for those that are named to be drawn. What changes nothing
    in one draw, all inputs side by side and without errors, is looked at by itself in more.
    """
    inputs = rescorer.inputs
    parts = {branch.position - inputs.index.tree.leaves for branch in below(inputs.index, rescorer.root)}
    outside = [at for at, one in enumerate(inputs.drawn) if one.branch not in parts]
    left = [at for at in range(len(inputs.names)) if at not in outside]
    one, other = (inputs.sample(seed, segment, 1) for segment in (0, 1))
    exchanged = [(at, draws) for at in left for draws in _exchanged(inputs, one, other, at) if inputs.names[at] != "noise"]
    if exchanged:
        side_by_side = [one, *(draws for _, draws in exchanged)]
        weights, options = (
            np.concatenate([getattr(each, key) for each in side_by_side], axis=1) for key in ("weights", "options")
        )
        found = rescorer.without_errors().scores(Draws(weights, options, None)).scores
        moved = np.flatnonzero(~np.logical_and.reduce(_alike(found[:, :1], found[:, 1:]), axis=0))
        moving = {exchanged[column][0] for column in moved.tolist()}
        left = [at for at in left if at not in moving]
    one, other = (inputs.sample(seed, segment, _DRAWS) for segment in (0, 1))
    found = rescorer.scores(one).scores if left else np.empty((0, 0))
    idle = [
        at
        for at in left
        if all(_alike(found, rescorer.scores(draws).scores).all() for draws in _exchanged(inputs, one, other, at))
    ]
    named = {node for how in inputs.alternatives.weights for node in how.nodes}
    idle += [at for at in outside if inputs.drawn[at].node in named]
    return tuple(inputs.names[at] for at in sorted(idle))


def _exchanged(inputs: Inputs, one: Draws, other: Draws, at: int) -> list[Draws]:
    """Return some draws with one input as others have it; of a choice of methods with each of the others in its place."""
    if at < len(inputs.drawn):
        weights = np.array(one.weights)
        weights[inputs.drawn[at].rows] = other.weights[inputs.drawn[at].rows]
        return [Draws(weights, one.options, one.noise)]
    if inputs.names[at] == "noise":
        return [Draws(one.weights, one.options, other.noise)]
    factor, made = FACTORS.index(inputs.names[at]), []
    for step in range(1, len(inputs.options[factor])):
        options = np.array(one.options)
        options[factor] = (options[factor] + step) % len(inputs.options[factor])
        made.append(Draws(one.weights, options, one.noise))
    return made


def _alike(one: Array, other: Array) -> Mask:
    """Say which scores (unit, draw) are one, up to what arithmetic leaves in their last bits."""
    apart = np.nan_to_num(np.maximum(*(tolerance(x, axis=0) for x in (one, other))))
    return np.asarray((np.abs(one - other) <= apart) | (np.isnan(one) & np.isnan(other)))


def without_errors(rescorer: Rescorer) -> tuple[str, ...]:
    """Return the indicators of a node that have values, and no spread or size of which errors could be a share."""
    noise, index = rescorer.inputs.alternatives.noise, rescorer.inputs.index
    if noise is None:
        return ()
    values = rescorer.derived[rescorer.period]
    spread = np.nan_to_num(np.broadcast_to(typical(noise, values), values.shape))
    made_of = {place for branch in below(index, rescorer.root) for place in (*branch.inputs, *branch.children)}
    none = ~np.isnan(values).all(axis=0) & ~spread.any(axis=0)
    return tuple(leaf.id for at, leaf in enumerate(index.leaves) if none[at] and at in made_of)


def effect_findings(scores: Scores, inputs: Inputs, idle: Sequence[str], still: Sequence[str], period: str) -> list[Finding]:
    """Name the inputs that change no score, though something takes them, and the indicators that errors leave as they are."""
    nodes = [name.removeprefix("weights:") for name in idle if name.startswith("weights:")]
    named = [f"weights ({some(nodes)})"] if nodes else []
    named += [name for name in idle if name == "noise" or (name in FACTORS and takes_default(inputs.index, name))]
    found = [finding("IC758", Place(), inputs=", ".join(named), period=period)] if named else []
    if still:
        found.append(
            finding(
                "IC760", scores.index.place_of(still[0]), indicators=some(still), period=period, label=scores.index.units.label
            )
        )
    return found
