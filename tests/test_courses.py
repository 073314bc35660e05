"""The courses of indicators: what records say of bends holds for scores as the engine makes them, wherever a value is moved to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from indexcalc.analysis.courses import Columns, Course, course
from indexcalc.analysis.levers import levers
from indexcalc.engine import score
from indexcalc.methods import NORMALISERS

from .conftest import index_of, panel_of
from .trees import SEEDS

HEAD = "index: {{id: t}}\nunits: {{table: u}}\nperiods: {{kind: year}}\ndata: {{v: {{path: v}}}}\ndimensions: [{}]\n"
WAYS = {
    "goalposts": ["worst: 20, best: 80", "worst: 20, best: 80, clip: false", "worst: 2, best: 80, log: true"],
    "distance-to-target": ["value: 60", "value: 60, worst: 10"],
    "target": ["value: 60"],
    "efficacy": [
        "",
        "satisfactory: 60",
        "unacceptable: 20, clip: true",
        "satisfactory: {quantile: 0.8}, unacceptable: {quantile: 0.2}",
    ],
    "efficacy-exponential": ["", "satisfactory: 60, unacceptable: 20"],
    "reference": ["", "value: median", "value: max", "form: difference, value: min", "value: 50"],
    "proportion": ["", "of: best"],
    "ampi": ["", "value: median", "value: 40"],
    "piecewise": ["points: [[0, 0], [41.3, 20], [62.9, 80], [100, 100]]", "points: [[20, 0], [60, 80]], beyond: extend"],
    "bands": ["bands: [[0, 10], [31.7, 40], [55.3, 70]]"],
    "points": ["", "floor: 20, cap: 60"],
    "deduct": ["each: 2, cap: 70, floor: 40"],
    "bonus": ["each: 2, cap: 70"],
}
MORE = ["", "impute: mean", "share: total", "treat: {method: clip, low: 0.1, high: 0.9}", "over"]


def holds(found: Course, made: np.ndarray, at: np.ndarray, units: list[int]) -> None:
    """Every score lies on the piece that its value is on, or between its line and its tangents."""
    for x, scores in zip(at.tolist(), made.T, strict=True):
        pieces = [piece for piece in found.pieces if piece.start <= x <= piece.end]
        if not pieces:
            continue  # on the hair between two pieces, one of which jumps
        within = np.zeros(len(units), bool)
        for piece in pieces:
            share = (x - piece.start) / (piece.end - piece.start) if piece.end > piece.start else 0.0
            line = piece.scores[0] + share * (piece.scores[1] - piece.scores[0])
            tangents = np.where(
                np.abs(piece.bulge[0] * share) < np.abs(piece.bulge[1] * (1 - share)),
                piece.bulge[0] * share,
                piece.bulge[1] * (1 - share),
            )
            slack = 1e-7 * (1 + np.abs(line)) + 4e-7 * np.abs(piece.bulge).max(axis=0)
            low, high = line + np.minimum(tangents, 0) - slack, line + np.maximum(tangents, 0) + slack
            within |= ((scores >= low) & (scores <= high) | np.isnan(scores))[units]
        assert within.all(), (x, scores, pieces)


@pytest.mark.parametrize("method", NORMALISERS)
@given(seed=SEEDS)
def test_scores_lie_on_their_course(method: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    more = MORE[random.integers(len(MORE))]
    ways = WAYS.get(method, [""])
    way, direction = ways[random.integers(len(ways))], random.choice(["higher", "lower", "target"])
    over = f", over: {random.choice(['all', 'base'])}, base: 2001" if more == "over" else ""
    over = over.replace(", over: all, base: 2001", ", over: all")
    aimed = ", target: 45" if direction == "target" else ""
    if method in ("goalposts", "efficacy", "efficacy-exponential", "distance-to-target") and direction != "higher":
        direction, aimed = "higher", ""  # ends that are given agree with the direction
    keys = "" if more == "over" else more and f", {more}"
    leaf = f"{{id: a, direction: {direction}{aimed}, normalise: {{method: {method}{way and ', ' + way}{over}}}{keys}}}"
    index = index_of(HEAD.format(leaf))
    values = random.uniform(1, 99, (2, 6, 1)) if seed % 2 else random.integers(1, 20, (2, 6, 1)) * 5.0
    values[:, 4:, 0] = np.where(random.random((2, 2)) < 0.4, np.nan, values[:, 4:, 0])
    found = score(index, panel_of(index, values))
    ground = levers(found, 1, 0, "peers", None)
    if not ground.moving:
        return
    made = course(ground, 0)
    at = np.sort(random.uniform(ground.low[0], ground.high[0], 40))
    scores = Columns(ground, 0).scored(at, slice(1, 2), round_too=False)[0]
    if made.others:
        holds(made, scores, at, list(range(6)))
    elif made.whole:
        holds(made, scores, at, [0])


def test_most_methods_say_their_course() -> None:
    """A record that says nothing proves nothing: only those of which it is known that nothing can be said may."""
    index = index_of(HEAD.format("{id: a}"))
    found = score(index, panel_of(index, [[10], [40], [90]]))
    assert course(levers(found, 0, 0, "peers", None), 0).others
    others = np.array([10.0, 40.0, 90.0])
    unknown = {
        name for name, record in NORMALISERS.items() if name not in WAYS and record.bends(record.given({}), others) is None
    }
    assert unknown == set()
