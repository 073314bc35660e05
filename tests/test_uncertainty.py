"""Uncertainty: every draw is what the engine makes of that draw's index, however the tree mixes its methods."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from indexcalc.analysis.alternatives import Inputs
from indexcalc.analysis.rescore import Rescorer, Room
from indexcalc.engine import score
from indexcalc.methods import FROM_DATA
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel, Units, empty
from indexcalc.spec.checks import check_tree
from indexcalc.spec.model import Alternatives, Index

AGGREGATES: list[Any] = [
    "arithmetic",
    "arithmetic",
    "sum",
    {"method": "sum", "scale": 1.5},
    "geometric",
    {"method": "geometric", "floor": 1.0},
    "harmonic",
    {"method": "power", "p": 0.5},
    {"method": "power", "p": -2.0, "floor": 0.5},
    "median",
    "minimum",
    "maximum",
    "product",
    {"method": "owa", "orness": 0.4},
    "topsis",
]
PLAIN_WEIGHTS = ["given", "relative", "equal"]


def random_tree(seed: int, *, linear: bool = False, within: bool = False) -> dict[str, Any]:
    """A tree of up to four levels with everything that a node can say."""
    pick = random.Random(seed)
    count = {"leaf": 0, "node": 0}

    def leaf() -> dict[str, Any]:
        count["leaf"] += 1
        out: dict[str, Any] = {"id": f"x{count['leaf']}", "direction": pick.choice(["higher", "lower"])}
        if not linear and pick.random() < 0.2:
            out["normalise"] = pick.choice(["percentile", {"method": "z-score", "mean": 50, "sd": 10}, "rank"])
        if not linear and pick.random() < 0.1:
            out["round"] = 1
        return out

    def settle(node: dict[str, Any], children: list[dict[str, Any]]) -> dict[str, Any]:
        if linear:
            node["aggregate"] = pick.choice(["arithmetic", "arithmetic", {"method": "sum", "scale": 2.0}])
        elif pick.random() < 0.8:
            node["aggregate"] = pick.choice(AGGREGATES)
        rules = [*PLAIN_WEIGHTS, "given", *([] if linear else sorted(FROM_DATA & {"entropy", "critic", "std", "pca", "bod"}))]
        node["weights"] = pick.choice(rules)
        if node["weights"] in ("given", "relative"):
            raw = [pick.random() + 0.05 for _ in children]
            total = sum(raw) if node["weights"] == "given" else 1.0
            for child, weight in zip(children, raw, strict=True):
                child["weight"] = weight / total
        kind = pick.random()
        if kind < 0.5:
            node["missing"] = {"coverage": pick.choice([0.3, 0.5, 0.8]), "children": pick.choice([0.0, 0.5])}
        elif kind < 0.6:
            node["missing"] = {"policy": "fail"}
        elif kind < 0.7 and not linear:
            node["missing"] = {"policy": "floor"}
        if not linear and pick.random() < 0.15:
            node["normalise"] = pick.choice(
                [
                    "min-max",
                    "z-score",
                    *([] if within else [{"method": "min-max", "over": "all"}, {"method": "min-max", "over": "group"}]),
                ]
            )
        if not linear and pick.random() < 0.15:
            node["round"] = 2
        if not linear and pick.random() < 0.1:
            names = [child["id"] for child in children]
            node["formula"] = " + ".join(f"{i + 1} * [{name}]" for i, name in enumerate(names))
            node.pop("aggregate", None)
        return node

    def inner(depth: int) -> dict[str, Any]:
        count["node"] += 1
        name = f"n{count['node']}"
        size = pick.randint(1, 4)
        children = [leaf() if depth == 0 or pick.random() < 0.5 else inner(depth - 1) for _ in range(size)]
        node = settle({"id": name, "indicators": children}, children)
        if not linear and pick.random() < 0.1:
            node["direction"] = "lower"
        return node

    dimensions = [inner(2) for _ in range(pick.randint(2, 4))]
    root = settle({"id": "all"}, dimensions)
    tree: dict[str, Any] = {
        "index": root,
        "units": {"table": "units.csv"},
        "periods": {"kind": "year"},
        "data": {"values": {"path": "values.csv"}},
        "defaults": {"normalise": {"method": "min-max", "low": 10, "high": 100}},
        "dimensions": dimensions,
    }
    if not linear and pick.random() < 0.3:
        tree["adjustments"] = [{"id": "bonus", "each": 2, "cap": 5}, {"id": "fire", "veto": {"ceiling": 40}}]
        if not within:
            tree["adjustments"].append({"id": "climb", "rank_move": 0.5})
    return tree


def index_from(tree: dict[str, Any]) -> Index:
    index = Index.model_validate(tree)
    assert [one for one in check_tree(index) if one.severity == "error"] == []
    return index


def random_panel(index: Index, seed: int, *, units: int = 14, periods: int = 3) -> Panel:
    rng = np.random.default_rng(seed)
    columns = len(index.columns)
    values, status = empty(periods, units, columns), empty(periods, units, columns, np.uint8)
    values[...] = rng.gamma(3.0, 20.0, size=values.shape)
    values[..., 0] = np.round(values[..., 0] / 30)  # ties
    status[...] = VALUE
    drawn = rng.random(values.shape)
    status[drawn < 0.12] = MISSING
    status[drawn < 0.05] = NOT_APPLICABLE
    for at, column in enumerate(index.columns):
        if column.owner in {item.id for item in index.adjustments}:
            values[..., at] = rng.integers(0, 3, size=values.shape[:2])
            status[..., at] = VALUE
    values[status != VALUE] = np.nan
    names = tuple(f"u{at}" for at in range(units))
    groups = tuple("AB"[at % 2] for at in range(units))
    labels = tuple(str(2019 + at) for at in range(periods))
    return Panel(values, status, labels, Units(names, names, names, groups), tuple(column.id for column in index.columns))


def agrees(index: Index, panel: Panel, alternatives: dict[str, Any], *, draws: int = 12, period: str = "2021") -> Inputs:
    """Score draws at once and one by one, and compare all of them."""
    inputs = Inputs(index, Alternatives.model_validate(alternatives))
    some = inputs.sample(7, 0, draws)
    base = score(index, panel)
    found = Rescorer(base, inputs, period).scores(some, Room(5000))
    undefined: dict[str, int] = {}
    for draw in range(draws):
        own = score(inputs.index_of(some, draw), panel)
        expected = own.score()[own.periods.index(period)]
        np.testing.assert_allclose(found.scores[:, draw], expected, rtol=1e-9, atol=1e-9, err_msg=f"draw {draw}")
        for finding in own.findings:
            if finding.code == "IC424" and finding.values["period"] == period:
                undefined[finding.values["node"]] = undefined.get(finding.values["node"], 0) + 1
    counted: dict[str, int] = {}
    for one in found.undefined:
        counted[one.node] = counted.get(one.node, 0) + one.draws
    assert counted == undefined
    return inputs


@pytest.mark.parametrize("seed", range(40))
def test_weight_draws_of_linear_trees_are_what_the_engine_scores(seed: int) -> None:
    index = index_from(random_tree(seed, linear=True))
    agrees(index, random_panel(index, seed), {"weights": ["dirichlet", "perturb"][seed % 2]})


@pytest.mark.parametrize("seed", range(100))
def test_draws_of_any_tree_are_what_the_engine_scores(seed: int) -> None:
    index = index_from(random_tree(1000 + seed))
    agrees(
        index,
        random_panel(index, seed),
        {
            "weights": {"method": "dirichlet", "concentration": 20},
            "normalise": ["min-max", {"method": "z-score", "mean": 100, "sd": 10}],
            "aggregate": ["arithmetic", "geometric", "median"],
            "treat": ["none", {"method": "clip"}],
            "impute": ["none", "mean"],
        },
    )
