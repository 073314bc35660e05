"""What keeps units from the best score: the share of each indicator in what is lost, and the same exactly.

The usual model of a unit's obstacles takes each indicator's weight in effect, W, and how far its score x is from the best of its
scale,

    O_j = W_j d_j / Σ W d,   d = (high - x) / (high - low),

and a node's is the sum of its indicators'. It is what the arithmetic mean loses. Beside it stands what is lost with the means
of the tree: a node that is a mean of powers, g(y) = Σ w g(x), loses

    w_i (g(high_i) - g(x_i)) / Σ w (g(high) - g(x))

of its own loss by child i, and any other node what Shapley's value gives each child as the children move to their best. Both add
up; what is at its best has no part in either. Of arithmetic means over one scale the two are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine import combiner, used_inputs
from ..engine.frames import ways_by_group
from ..engine.rules import power_of, transformed
from ..findings import Language
from ..methods import NORMALISERS
from ..methods.aggregate import COMPARES_UNITS
from ..methods.arrays import Array, np
from ..methods.frame import Frame
from ..scores import Scores
from ..tree.layout import Branch, normalise_of
from ..tree.model import Indicator, Normalise
from .contribution import by_weight, gains, weight_shares
from .result import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Obstacles(Result):
    """The obstacles of all units in all periods, of the index or of a node below which they are looked for.

    `usual` and `exact` (period, unit, node) are shares of what is lost, NaN outside `start` and for units without a score or
    without a loss; `lost` (period, unit) are the points to the best score. `exact` and `lost` are nothing where the tree has no
    exact loss: where a node compares units, has a formula, is turned, normalised once more, rounded or adjusted. `top`
    obstacles of each unit are listed.
    """

    scores: Scores
    start: int
    period: str
    unit: int | None
    top: int
    usual: Array
    exact: Array | None
    lost: Array | None

    @property
    def row(self) -> int:
        """The place of the period that is shown."""
        return self.scores.periods.index(self.period)

    @property
    def units(self) -> list[int]:
        """The places of the units that are shown."""
        return self.scores.listed(self.row) if self.unit is None else [self.unit]

    @property
    def nodes(self) -> list[int]:
        """The places of the nodes below the one that is asked about, in reading order."""
        tree = self.scores.tree
        counted = [node for node in tree.reading_order if node not in tree.monitored]
        return [node for node in counted if node != self.start and self.scores.tree.is_within(node, self.start)]

    @property
    def leaves(self) -> list[int]:
        """The places of the indicators among them."""
        return [node for node in self.nodes if node < self.scores.tree.leaves]

    def places(self) -> Array:
        """Return the place of each indicator among a unit's obstacles (period, unit, leaf), 1 the greatest; 0 for none."""
        share = np.nan_to_num(self.usual[..., self.leaves])
        order = np.argsort(np.argsort(-share, axis=-1, kind="stable"), axis=-1, kind="stable") + 1
        return np.where(share > 0, order, 0)

    def first(self, unit: int) -> list[int]:
        """Return the places of a unit's first obstacles, the greatest first."""
        places = self.places()[self.row, unit]
        found = sorted((place, leaf) for place, leaf in zip(places.tolist(), self.leaves, strict=True) if 0 < place <= self.top)
        return [leaf for _, leaf in found]

    def often(self) -> Array:
        """Return how many units have each indicator among their first obstacles in the period (leaf,)."""
        places = self.places()[self.row, self.units]
        return np.asarray(((places > 0) & (places <= self.top)).sum(axis=0))

    def mean(self, units: Sequence[int], period: int | None = None, shares: Array | None = None) -> Array:
        """Return the mean share of each node over units that have obstacles (node,), in the period shown or another.

        It is of the usual `shares` unless others are given.
        """
        own = (self.usual if shares is None else shares)[self.row if period is None else period, list(units)]
        there = own[~np.isnan(own[:, self.start])]
        return np.asarray(there.mean(axis=0)) if len(there) else np.full(own.shape[-1], np.nan)

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row a unit and node: both shares, and of an indicator its place among the unit's obstacles."""
        import pandas as pd

        scores, row, units = self.scores, self.row, self.scores.panel.units
        place = dict(zip(self.leaves, np.moveaxis(self.places(), -1, 0), strict=True))
        rows = [
            (
                units.ids[unit],
                units.title(unit, language),
                scores.tree.nodes[node].id,
                scores.tree.nodes[node].title(language),
                float(self.usual[row, unit, node]),
                float("nan") if self.exact is None else float(self.exact[row, unit, node]),
                int(place[node][row, unit]) if node in place and place[node][row, unit] else None,
            )
            for unit in self.units
            for node in self.nodes
        ]
        frame = pd.DataFrame(rows, columns=["unit", "unit_name", "node", "name", "share", "exact_share", "place"])
        return frame.astype({"place": "Int64"})


def without_ends(scores: Scores, start: int) -> list[str]:
    """Return the ids of the indicators below a node whose scores have no best and no worst, so that nothing says what is lost."""
    tree = scores.tree
    leaves = [leaf for leaf in range(tree.leaves) if leaf not in tree.monitored and tree.is_within(leaf, start)]
    return [tree.nodes[leaf].id for leaf in leaves if np.isnan(_ends(scores, leaf)).any()]


def obstacles(scores: Scores, start: int, period: str, *, unit: int | None = None, top: int = 5) -> Obstacles:
    """Find the obstacles of all units in all periods, of the index or below a node; scores have ends below it (`without_ends`).

    Formula: above. Source: the degree of obstacles of Chinese land and ecology papers since the 2000s; Shapley 1953.
    """
    ends = np.full((len(scores.panel.units), len(scores.tree.nodes), 2), np.nan)
    for leaf in range(scores.tree.leaves):
        ends[:, leaf] = _ends(scores, leaf)
    turned = _turned_above(scores)
    ends[:, turned] = ends[:, turned, ::-1]  # of a node that is turned the lowest scores below are the best
    usual = _usual(scores, start, ends)
    best = _best(scores, ends[..., 0]) if _has_exact(scores, start) else None
    exact = None if best is None else _exact(scores, start, best, ends[..., 0])
    lost = None if best is None else best[..., start] - scores.scores[..., start]
    return Obstacles(scores, start, period, unit, top, usual, exact, lost)


def _usual(scores: Scores, start: int, ends: Array) -> Array:
    """Return the usual model's shares (period, unit, node)."""
    lost = np.zeros(scores.scores.shape)
    weight = np.zeros(scores.scores.shape)
    weight[..., start] = 1.0
    inside = [branch for branch in _top_down(scores) if scores.tree.is_within(branch.position, start)]
    for branch in inside:
        own, x = list(branch.children), _scores_of(scores, branch)
        weight[..., own] = weight[..., [branch.position]] * weight_shares(x, scores.weights_below(branch.position))
        leaves = [i for i, child in enumerate(own) if child < scores.tree.leaves]
        high, low = (ends[:, [own[i] for i in leaves], end] for end in (0, 1))
        far = np.clip((high - x[..., leaves]) / (high - low), 0.0, None)
        lost[..., [own[i] for i in leaves]] = np.nan_to_num(far) * weight[..., [own[i] for i in leaves]]
    for branch in reversed(inside):
        lost[..., branch.position] = lost[..., list(branch.children)].sum(axis=-1)
    return _of_all(scores, start, lost)


def _best(scores: Scores, high: Array) -> Array:
    """Return the best that each node can come to with what is there (period, unit, node)."""
    best = np.where(np.isnan(scores.scores), np.nan, high)
    for branch in scores.tree.branches:
        if branch.formula is None:
            x = np.where(np.isnan(_scores_of(scores, branch)), np.nan, _filled(best, high, branch))
            best[..., branch.position] = combiner(scores.tree, branch)(x, scores.weights_below(branch.position))
    return np.where(np.isnan(scores.scores), np.nan, best)


def _filled(best: Array, high: Array, branch: Branch) -> Array:
    """Return the best of a node's children, that of their scale where they have no score and a floor stands in for it."""
    own = best[..., list(branch.children)]
    ends = high[:, list(branch.children)]
    return np.where(np.isnan(own), np.where(np.isnan(ends), np.nanmax(high), ends), own)


def _exact(scores: Scores, start: int, best: Array, high: Array) -> Array:
    """Return the exact shares (period, unit, node) of what is lost to the best."""
    lost = np.zeros(scores.scores.shape)
    lost[..., start] = best[..., start] - scores.scores[..., start]
    for branch in _top_down(scores):
        if scores.tree.is_within(branch.position, start):
            part = _parts(scores, branch, _filled(best, high, branch))
            lost[..., list(branch.children)] = part * lost[..., [branch.position]]
    return _of_all(scores, start, np.nan_to_num(lost))


def _parts(scores: Scores, branch: Branch, best: Array) -> Array:
    """Return the share of each child in what a node loses (period, unit, child); none where nothing is lost."""
    x, w, p = _scores_of(scores, branch), scores.weights_below(branch.position), power_of(branch)
    high = np.where(np.isnan(x), np.nan, best)
    if p is None:
        part = gains(scores, branch, x, high, w)
    else:
        share = weight_shares(x, w)
        with np.errstate(invalid="ignore"):
            gap = transformed(branch, high) - transformed(branch, x)
        endless = np.isinf(gap)  # a score of 0 in a geometric mean leaves nothing to the others
        part = share * np.where(endless.any(axis=-1, keepdims=True), endless, np.nan_to_num(gap))
    part = np.where(np.isnan(x), 0.0, np.nan_to_num(part))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.nan_to_num(part / part.sum(axis=-1, keepdims=True)))


def _of_all(scores: Scores, start: int, lost: Array) -> Array:
    """Return losses as shares of the whole one of a node, NaN outside it and where there is none."""
    whole = np.where(np.isnan(scores.scores[..., start]), np.nan, lost[..., start])[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(whole > 0, lost / whole, np.nan)
    outside = [
        node for node in range(len(scores.tree.nodes)) if not scores.tree.is_within(node, start) or node in scores.tree.monitored
    ]
    share[..., outside] = np.nan
    return np.asarray(share)


def _has_exact(scores: Scores, start: int) -> bool:
    """Say whether what a node loses can be split exactly: its scores are made of its children's, and of nothing else."""
    own = [branch for branch in scores.tree.branches if scores.tree.is_within(branch.position, start)]
    return all(
        branch.plain and branch.formula is None and branch.aggregate not in COMPARES_UNITS and not by_weight(branch)
        for branch in own
    )


def _ends(scores: Scores, leaf: int) -> Array:
    """Return the best and the worst score that an indicator's method gives each unit (unit, 2), NaN where it does not say."""
    own, units = scores.tree.nodes[leaf], scores.panel.units
    assert isinstance(own, Indicator)
    choice = normalise_of(scores.index, own)
    ends = np.empty((len(units), 2))
    for way, members in ways_by_group(units, choice) if choice.by_group else [(choice, slice(None))]:
        ends[members] = _ends_of(way, 1.0 if own.direction == "higher" else -1.0)
    return ends


def _ends_of(choice: Normalise, sign: float) -> tuple[float, float]:
    """Return the best and the worst score of a way of normalising: those of its scale, or those that fixed points are cut at."""
    record = NORMALISERS[choice.method]
    said = vars(record.given(choice.parameters))
    if said.get("low") is not None and said.get("high") is not None:
        return float(said["high"]), float(said["low"])
    if record.compares != "never" or record.better == "parameters":
        return np.nan, np.nan
    x = np.array([[0.0 if "start" in said else -np.inf], [np.inf]])  # what is counted from a start is never below 0
    found = record.function(x, Frame(x, np.array([sign])), **choice.parameters)
    return (float(found.max()), float(found.min())) if np.isfinite(found).all() else (np.nan, np.nan)


def _turned_above(scores: Scores) -> Array:
    """Say of each node whether an odd number of nodes above it is turned (node,)."""
    out = np.zeros(len(scores.tree.nodes), dtype=bool)
    for branch in _top_down(scores):
        out[list(branch.children)] = out[branch.position] ^ branch.turned
    return out


def _top_down(scores: Scores) -> list[Branch]:
    return list(reversed(scores.tree.branches))


def _scores_of(scores: Scores, branch: Branch) -> Array:
    """Return the scores of a node's children, with floors in place of gaps where it asks for that."""
    return used_inputs(scores, branch) if branch.formula is None else scores.scores[..., list(branch.children)]
