"""A page that scores anew under other weights, in a real browser: every node of every unit as the engine has it, to the last bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexcalc.engine import score
from indexcalc.engine.nodes import aggregate
from indexcalc.methods.rank import ranks
from indexcalc.panel import NOT_APPLICABLE
from indexcalc.report.sheets.analysed import Analysed
from indexcalc.report.sheets.what_if import BY_ORDER, BY_WEIGHTS, what_if
from indexcalc.scores import Scores
from tests import trees
from tests.browser import browser, needs_chromium
from tests.conftest import index_of, panel_of
from tests.trees import PLAIN

HERE = Path(__file__).parent.parent
SCORE = (HERE / "indexcalc/report/formats/html/score.js").read_text(encoding="utf-8")
SETS = 200
LOGARITHMS = ("geometric", "power", "harmonic", "owa")  # exp, log and powers differ between libraries in the last bits

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium")]


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    needs_chromium()
    with browser() as chromium:
        blank = chromium.new_page()
        blank.evaluate(f"() => {{ {SCORE}; window.whatIf = whatIf; }}")
        yield blank


def one_period(scores: Scores) -> Scores:
    return scores.part(slice(len(scores.periods) - 1, len(scores.periods)), slice(None))


def drawn(data: dict[str, Any], random: np.random.Generator, at: int) -> dict[str, list[float]]:
    """Weights of all free nodes in ten-thousandths: at random, some of 0, and one child with all of it."""
    found = {}
    for node in data["nodes"]:
        if not node["free"]:
            continue
        size = len(node["children"])
        parts = random.multinomial(10_000, random.dirichlet(np.full(size, 0.3 if at % 3 else 2.0)))
        if at % 10 == 0:
            parts = np.eye(size, dtype=int)[random.integers(size)] * 10_000
        found[node["id"]] = [int(part) * node["total"] / 10_000 for part in parts]
    return found


def held_to_the_engine(page: Any, scores: Scores, seed: int) -> dict[str, Any]:
    own = one_period(scores)
    shown = Analysed(scores, scores.periods[-1])
    data = what_if(shown, "0" * 64, "zh")
    assert data is not None
    data = json.loads(json.dumps(data))
    random = np.random.default_rng(seed)
    sets = [{}, *(drawn(data, random, at) for at in range(SETS))]
    results = page.evaluate("([data, sets]) => sets.map(weights => whatIf.score(data, weights))", [data, sets])
    tree = own.tree
    for weights, result in zip(sets, results, strict=True):
        made = np.array(own.scores)
        given = {tree.position[node]: np.array(w) for node, w in weights.items()}
        others = {
            branch.position: np.asarray(own.weights[branch.position - tree.leaves])
            for branch in tree.branches
            if branch.position not in given
        }
        fixed = {tree.position[node["id"]] for node in data["nodes"] if node.get("fixed")}
        aggregate(own.index, own.panel, own.status, made, weights=others | given)
        for at in fixed:
            assert np.array_equal(made[0, :, at], own.scores[0, :, at], equal_nan=True) or weights
        for node, mine in zip(data["nodes"], result["scores"], strict=True):
            wanted = made[0, :, tree.position[node["id"]]]
            got = np.array([np.nan if value is None else value for value in mine])
            if node.get("fixed"):
                continue
            below = {node["id"], *(one["id"] for one in data["nodes"] if _is_below(tree, one["id"], node["id"]))}
            rough = any(one.get("method") in LOGARITHMS for one in data["nodes"] if one["id"] in below)
            if rough:
                np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12, err_msg=node["id"])
            else:
                assert np.array_equal(got, wanted, equal_nan=True), (node["id"], got - wanted)
        placed = ranks(made[0, :, tree.root :], ties=scores.index.ranking.ties)[:, 0]
        got = np.array([np.nan if rank is None else rank for rank in result["ranks"]])
        if scores.index.ranking.decimals is None and not fixed:
            assert np.array_equal(got, placed, equal_nan=True)
    first = np.array([np.nan if rank is None else rank for rank in results[0]["ranks"]])
    assert np.array_equal(first, np.asarray(scores.rank()[-1], dtype=float), equal_nan=True)
    return data


def _is_below(tree: Any, node: str, above: str) -> bool:
    at = tree.position[node]
    while (at := tree.parents[at]) >= 0:
        if tree.nodes[at].id == above:
            return True
    return False


def test_red_cotton_is_scored_as_the_engine_does(page: Any) -> None:
    import indexcalc

    data = held_to_the_engine(page, indexcalc.score(HERE / "indicators.yaml"), 1)
    assert not any(node.get("fixed") for node in data["nodes"])


def test_ties_that_are_shown_and_are_none(page: Any) -> None:
    text = """
index: {id: i, decimals: 1}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions: [{id: a, weight: 0.5, indicators: [{id: x, weight: 0.1}, {id: y, weight: 0.9}]}, {id: b, weight: 0.5, indicators: [{id: z}]}]
"""
    values = [[80.2, 80.2, 80.2], [80.2, 80.2, 80.2], [80.21, 80.2, 80.2], [60.0, np.nan, 100.0]]
    index = index_of(text)
    held_to_the_engine(page, score(index, panel_of(index, values)), 2)


EVERY = """
index: {id: i}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}, missing: {policy: reweight, coverage: 0.6}}
ranking: {ties: average}
dimensions:
%s
"""


def test_every_aggregator_with_gaps_floors_and_what_does_not_apply(page: Any) -> None:
    given = {"power": "{method: power, p: 3}", "owa": "{method: owa, weights: [3, 2, 1, 1, 1]}"}
    policies = ["", ", missing: {policy: floor}", ", missing: {policy: reweight, children: 3}", ", missing: {policy: fail}"]
    nodes = []
    for at, method in enumerate(sorted(BY_WEIGHTS | BY_ORDER)):
        leaves = ", ".join(f"{{id: {method}-{leaf}, weight: 0.2}}" for leaf in range(5))
        policy = policies[at % len(policies)]
        nodes.append(
            f"  - {{id: {method}, aggregate: {given.get(method, method)}{policy}, weight: 1/11, indicators: [{leaves}]}}"
        )
    index = index_of(EVERY % "\n".join(nodes))
    random = np.random.default_rng(3)
    values = random.uniform(5, 95, (10, len(index.columns))).round(1)
    values[random.random(values.shape) < 0.25] = np.nan
    values[8:] = 50.0  # ties
    panel = panel_of(index, values)
    inapplicable = random.random(values.shape) < 0.15
    inapplicable[3, :5] = True  # a whole node
    inapplicable[8:] = False
    panel.values[0][inapplicable] = np.nan
    panel.status[0][inapplicable] = NOT_APPLICABLE
    data = held_to_the_engine(page, score(index, panel), 4)
    assert {node.get("method") for node in data["nodes"]} >= BY_WEIGHTS | BY_ORDER


@pytest.mark.parametrize("seed", range(3))
def test_random_trees_five_deep(page: Any, seed: int) -> None:
    index = trees.index(seed, PLAIN.changed(levels=5, nodes=(8, 14), leaves=(16, 30)))
    held_to_the_engine(page, score(index, trees.panel(index, seed, units=8, periods=1)), 10 + seed)


WEIGHED = """
index: {id: i, weights: %s, aggregate: %s}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions: [{id: a%s}, {id: b%s}, {id: c%s}]
"""


@pytest.mark.parametrize(
    ("method", "aggregate", "total"),
    [("equal", "arithmetic", 1), ("equal", "sum", 3), ("relative", "geometric", 1), ("given", "sum", 5)],
)
def test_weights_that_no_data_change_can_be_moved(page: Any, method: str, aggregate: str, total: float) -> None:
    """Children that weigh alike, by proportions or in a sum: moved weights add up to what they did, so that a sum stays one."""
    written = [""] * 3 if method == "equal" else [f", weight: {weight}" for weight in (2, 2, 1)]
    index = index_of(WEIGHED % (method, aggregate, *written))
    values = np.random.default_rng(8).uniform(5, 95, (6, 3)).round(1)
    data = held_to_the_engine(page, score(index, panel_of(index, values)), 20)
    (node,) = data["nodes"]
    assert node["free"] and node["total"] == total


def test_weights_below_a_node_that_stays_as_it_is_cannot_be_moved(page: Any) -> None:
    text = """
index: {id: i, formula: a + x}
defaults: {normalise: points}
dimensions: [{id: a, weights: equal, indicators: [{id: y}, {id: z}]}, {id: x}]
"""
    index = index_of(text)
    scores = score(index, panel_of(index, [[1.0, 2, 3], [4, 5, 7]]))
    data = what_if(Analysed(scores, scores.periods[-1]), "0" * 64, "zh")
    assert data is not None and not any(node["free"] for node in data["nodes"])
