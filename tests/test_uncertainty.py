"""Uncertainty: every draw is what the engine makes of that draw's index, however the tree mixes its methods."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata
from typer.testing import CliRunner

from indexcalc.analysis import uncertainty as module
from indexcalc.analysis.alternatives import Inputs
from indexcalc.analysis.rescore import Rescorer
from indexcalc.analysis.uncertainty import draw_scores, uncertainty
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.engine.room import Room, product
from indexcalc.methods import FROM_DATA
from indexcalc.methods.rank import ranks
from indexcalc.panel import MISSING, VALUE, Panel
from indexcalc.tree.model import Alternatives, Index
from indexcalc.words.findings import MESSAGES

from . import trees
from .conftest import count, index_of, panel_of
from .trees import Menu

# Trees of up to four levels whose weights can be drawn: linear ones, and those with everything that a node can say.
LINEAR = Menu(
    often={"direction": 1, "aggregate": 0.5, "weights": 1, "missing": 0.6},
    only={
        "direction": ["higher", "lower"],
        "aggregate": ["arithmetic", {"method": "sum", "scale": 2.0}],
        "weights": ["given", "given", "relative", "equal"],
        "missing": [
            *({"coverage": coverage, "children": children} for coverage in (0.3, 0.5, 0.8) for children in (0.0, 0.5)),
            {"policy": "fail"},
        ],
    },
    defaults={"normalise": {"method": "min-max", "low": 10, "high": 100}},
    nodes=(4, 10),
    leaves=(6, 24),
    levels=4,
    periods=("2019", "2020", "2021"),
)
WITHIN = LINEAR.changed(  # of whose values errors can be drawn: what is compared is compared within a period
    often={
        "normalise": 0.2, "round": 0.1, "aggregate": 0.8, "missing": 0.7, "inner": 0.2, "formula": 0.1, "adjusted": 0.15,
    },
    only={
        "normalise": ["percentile", {"method": "z-score", "mean": 50, "sd": 10}, "rank"],
        "aggregate": [
            "arithmetic", "arithmetic", "sum", {"method": "sum", "scale": 1.5}, "geometric", {"method": "geometric", "floor": 1.0},
            "harmonic", {"method": "power", "p": 0.5}, {"method": "power", "p": -2.0, "floor": 0.5}, "median", "minimum", "maximum",
            "product", {"method": "owa", "orness": 0.4}, "topsis",
        ],
        "weights": ["given", "given", "relative", "equal", *sorted(FROM_DATA & {"entropy", "critic", "std", "pca"})],
        "missing": [*LINEAR.only["missing"], {"policy": "floor"}],
        "again": [{"method": "min-max"}, {"method": "z-score"}],
        "adjusted": ["each", "veto ceiling"],
    },
)  # fmt: skip
MANY = WITHIN.changed(
    only={
        "again": [*WITHIN.only["again"], {"method": "min-max", "over": "all"}, {"method": "min-max", "over": "group"}],
        "adjusted": ["each", "veto ceiling", "rank_move", "rank_move steps", "place"],
    }
)


def index_from(tree: dict[str, Any]) -> Index:
    index = trees.read(tree)
    assert index is not None
    return index


def random_panel(index: Index, seed: int, *, units: int = 14, periods: int = 3) -> Panel:
    return trees.panel(index, seed, units=units, periods=LINEAR.periods[:periods], missing=0.12, absent=0.05)


def agrees(index: Index, panel: Panel, alternatives: dict[str, Any], *, draws: int = 8, period: str = "2021") -> Inputs:
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


@pytest.mark.parametrize("seed", range(count(30, 300)))
def test_weight_draws_of_linear_trees_are_what_the_engine_scores(seed: int) -> None:
    index = trees.index(seed, LINEAR)
    agrees(index, random_panel(index, seed), {"weights": ["dirichlet", "perturb"][seed % 2]})


@pytest.mark.filterwarnings("ignore:invalid value encountered in power")  # of averages by place under negative weights
@pytest.mark.parametrize("seed", range(count(40, 400)))
def test_draws_of_any_tree_are_what_the_engine_scores(seed: int) -> None:
    index = trees.index(1000 + seed, MANY)
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


@pytest.mark.parametrize("nodes", [[], ["a", "b"]])
def test_draws_stay_about_a_sum_of_equal_children(nodes: list[str]) -> None:
    """Such a sum adds its children up, whether its own weights are drawn about 1 each or only those below."""
    below = [{"id": name, "indicators": [{"id": f"{name}{i}", "weight": 0.5} for i in (1, 2)]} for name in ("a", "b")]
    tree = trees.tree(0, LINEAR) | {"index": {"id": "i", "aggregate": "sum", "weights": "equal"}, "dimensions": below}
    index = index_from({key: tree[key] for key in ("index", "units", "periods", "data", "dimensions")})
    panel = random_panel(index, 0)
    alternatives = {"weights": {"method": "perturb", "by": 0.01, "nodes": nodes}}
    inputs = agrees(index, panel, alternatives)
    base = score(index, panel)
    drawn = Rescorer(base, inputs, "2021").scores(inputs.sample(7, 0, 8), Room(5000)).scores
    np.testing.assert_allclose(drawn, np.broadcast_to(base.score()[2][:, None], drawn.shape), rtol=0.05)


def test_unit_specific_weights_and_formulas_of_lower_nodes() -> None:
    tree = trees.tree(4, LINEAR)
    tree["dimensions"][0]["weights"] = "bod"
    for child in tree["dimensions"][0]["indicators"]:
        child.pop("weight", None)
    tree["index"]["formula"] = f"[{tree['dimensions'][0]['id']}] + 2 * [{tree['dimensions'][1]['id']}]"
    agrees(index_from(tree), random_panel(index_from(tree), 4), {"weights": "dirichlet"}, draws=4)


@pytest.mark.filterwarnings("ignore:Degrees of freedom")  # of columns without a value
@pytest.mark.parametrize("seed", range(count(6, 60)))
def test_errors_of_values_are_those_of_a_panel_with_them(seed: int) -> None:
    """With errors a draw is its index on its own panel: of plain leaves the reported values and the errors together."""
    index = trees.index(300 + seed, WITHIN)
    panel = random_panel(index, seed)
    alternatives = Alternatives.model_validate(
        {"weights": "perturb", "noise": {"sd": 0.3, "of": ["spread", "value"][seed % 2]}, "treat": ["none", "clip"]}
    )
    inputs = Inputs(index, alternatives)
    draws = inputs.sample(5, 0, 6)
    found = Rescorer(score(index, panel), inputs, "2021").scores(draws).scores
    errors = np.random.default_rng([5, 0, 1]).standard_normal((6, *panel.values[..., : len(index.leaves)].shape))
    plain = panel.values[..., : len(index.leaves)]
    typical = np.abs(plain) if seed % 2 else np.nan_to_num(np.nanstd(plain, axis=1, ddof=1, keepdims=True))
    for draw in range(6):
        values = np.array(panel.values)
        values[..., : len(index.leaves)] = plain + 0.3 * typical * errors[draw]
        own = score(inputs.index_of(draws, draw), Panel(values, panel.status, panel.periods, panel.units, panel.columns))
        np.testing.assert_allclose(found[:, draw], own.score()[2], rtol=1e-9, atol=1e-9)


def small(units: int = 9, *, ties: str = "competition") -> Any:
    index = index_from(trees.tree(3, LINEAR) | {"ranking": {"ties": ties}})
    return score(index, random_panel(index, 3, units=units))


@pytest.mark.parametrize("ties", ["competition", "average", "dense", "max"])
def test_counts_are_those_of_the_draws(ties: str) -> None:
    scores = small(ties=ties)
    alternatives = Alternatives.model_validate({"weights": "dirichlet", "aggregate": ["arithmetic", "geometric"]})
    drawn = draw_scores(scores, alternatives, draws=700, seed=2)
    assert drawn.shape == (9, 700)
    places = ranks(drawn, ties=ties)
    found = uncertainty(scores, alternatives, draws=700, seed=2)
    for column, step in enumerate(found.steps):
        expected = np.isnan(places) if np.isnan(step) else places == step
        np.testing.assert_array_equal(found.counts[:, column], np.count_nonzero(expected, axis=1))
    behind = np.nan_to_num(places, nan=99)
    np.testing.assert_array_equal(found.above, np.count_nonzero(behind[:, None] < behind[None], axis=2))
    np.testing.assert_allclose(found.means, np.nanmean(drawn, axis=1), rtol=1e-9)
    np.testing.assert_allclose(found.deviations, np.nanstd(drawn, axis=1, ddof=1), rtol=1e-6, atol=1e-9)
    assert found.counts.sum() == 9 * 700
    ordered = np.sort(behind, axis=1)
    middle = found.quantile(0.5)
    np.testing.assert_array_equal(np.nan_to_num(middle, nan=99), ordered[:, 349])
    np.testing.assert_allclose(found.top(3), np.count_nonzero(places <= 3, axis=1) / 700)


def test_nothing_depends_on_threads_or_on_how_many_are_asked_for() -> None:
    scores = small()
    alternatives = Alternatives.model_validate({"weights": "dirichlet", "normalise": ["min-max", "z-score"], "noise": 0.1})
    one, two = (uncertainty(scores, alternatives, draws=6000, seed=9, workers=workers) for workers in (1, 3))
    np.testing.assert_array_equal(one.counts, two.counts)
    np.testing.assert_array_equal(one.above, two.above)
    np.testing.assert_array_equal(one.means, two.means)
    np.testing.assert_array_equal(one.deviations, two.deviations)
    few, many = (draw_scores(scores, alternatives, draws=draws, seed=9) for draws in (100, 900))
    np.testing.assert_array_equal(few, many[:, :100])
    assert (
        uncertainty(scores, alternatives, draws=600, seed=8).counts != uncertainty(scores, alternatives, draws=600).counts
    ).any()


def test_tasks_of_any_size_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = small()
    alternatives = Alternatives.model_validate({"weights": "dirichlet"})
    whole = uncertainty(scores, alternatives, draws=5000, seed=1)
    monkeypatch.setattr(module, "_TASK", 1)
    parts = uncertainty(scores, alternatives, draws=5000, seed=1)
    np.testing.assert_array_equal(whole.counts, parts.counts)
    np.testing.assert_array_equal(whole.above, parts.above)
    np.testing.assert_allclose(whole.means, parts.means, rtol=1e-14)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_keeps_what_is_done(workers: int) -> None:
    scores = small()
    alternatives = Alternatives.model_validate({"weights": "dirichlet"})

    def stop(done: int, of: int) -> None:
        assert of == 100_000
        if done >= 4096:
            raise KeyboardInterrupt

    found = uncertainty(scores, alternatives, draws=100_000, seed=1, workers=workers, progress=stop)
    assert 4096 <= found.draws < 100_000
    assert found.asked == 100_000
    np.testing.assert_array_equal(found.counts, uncertainty(scores, alternatives, draws=found.draws, seed=1).counts)


def test_weights_are_drawn_as_said() -> None:
    index = trees.index(11, LINEAR)
    for how in ({"method": "perturb", "by": 0.2}, {"method": "dirichlet", "concentration": 40}, {"method": "dirichlet"}):
        inputs = Inputs(index, Alternatives.model_validate({"weights": how}))
        random_ones, even = inputs.sample(1, 0, 4000).weights, np.random.default_rng(0).random((inputs.edges, 4000))
        for weights in (random_ones, inputs.at(even, None).weights):
            for one in inputs.drawn:
                own, declared = weights[one.rows] / one.total, np.array(one.declared) / one.total
                np.testing.assert_allclose(own.sum(axis=0), 1.0)
                assert (own > 0).all()
                share = declared if "concentration" in how else 1 / len(declared)
                if how["method"] == "dirichlet":
                    strength = how.get("concentration", len(declared))
                    np.testing.assert_allclose(own.mean(axis=1), share, atol=0.02)
                    np.testing.assert_allclose(own.var(axis=1), share * (1 - share) / (strength + 1), rtol=0.15)
                else:
                    assert (np.abs(own / own.sum(axis=0) / declared[:, None] - 1) < 0.2 / 0.8 * 2).all()


def test_a_weight_of_nothing_stays_nothing() -> None:
    tree = next(tree for tree in (trees.tree(seed, LINEAR) for seed in range(9)) if len(tree["dimensions"]) > 2)
    for child, weight in zip(tree["dimensions"], (0.0, 0.4, 0.6), strict=False):
        child["weight"] = weight
    tree["dimensions"] = tree["dimensions"][:3]
    tree["index"]["weights"] = "relative"
    index = index_from(tree)
    agrees(index, random_panel(index, 3), {"weights": "dirichlet"})
    inputs = Inputs(index, Alternatives.model_validate({"weights": "dirichlet"}))
    last = inputs.drawn[-1]
    assert last.node == "index"
    assert (inputs.sample(1, 0, 50).weights[last.rows][0] == 0).all()


def test_a_row_with_nothing_but_a_weight_of_nothing_has_no_score_in_any_draw() -> None:
    children = [{"id": "a", "weight": 0.0}, {"id": "b", "weight": 0.4}, {"id": "c", "weight": 0.6}]
    others = [{"id": "d", "weight": 0.5}, {"id": "e", "weight": 0.5}]
    tree = {
        "index": {"id": "r"},
        "units": {"table": "units.csv"},
        "data": {"values": {"path": "values.csv"}},
        "dimensions": [{"id": "n", "weight": 0.5, "indicators": children}, {"id": "m", "weight": 0.5, "indicators": others}],
    }
    index = index_from(tree)
    given = random_panel(index, 3, units=12, periods=1)
    given.values[...], given.status[...] = np.random.default_rng(3).random(given.values.shape), VALUE
    for column in ("b", "c"):  # of n the first unit has nothing but what weighs nothing
        given.values[0, 0, given.column[column]] = np.nan
        given.status[0, 0, given.column[column]] = MISSING
    agrees(index, given, {"weights": "dirichlet"}, period=given.periods[0])


@pytest.mark.parametrize("shape", [(176, 132, 1024), (7, 3, 5), (300, 70, 123), (1, 132, 9000), (500, 1, 3000), (45, 20000, 70)])
def test_products_in_parts_are_products(shape: tuple[int, int, int]) -> None:
    rows, common, columns = shape
    rng = np.random.default_rng(1)
    a, b, out = rng.random((rows, common)), rng.random((common, columns)), np.full((rows, columns), np.nan)
    np.testing.assert_allclose(product(a, b, out), a @ b, rtol=1e-12)
    np.testing.assert_allclose(out, a @ b, rtol=1e-12)


def test_groups_are_runs_of_which_no_two_are_told_apart() -> None:
    scores = small(units=12)
    found = uncertainty(
        scores, Alternatives.model_validate({"weights": {"method": "dirichlet", "concentration": 30}}), draws=2000
    )
    told = found.told_apart(0.9)
    apart = told | told.T
    order = [int(unit) for unit in np.argsort(found.places, kind="stable") if not np.isnan(found.places[unit])]
    runs = {
        (start, stop)
        for start in range(len(order))
        for stop in range(start + 2, len(order) + 1)
        if not apart[np.ix_(order[start:stop], order[start:stop])].any()
    }
    longest = {run for run in runs if not any(a <= run[0] and run[1] <= b and (a, b) != run for a, b in runs)}
    assert {(order.index(group[0]), order.index(group[-1]) + 1) for group in found.groups(0.9)} == longest
    tied = found.tied(0.9)
    for place, unit in enumerate(order, start=1):
        assert tied[unit, 0] <= place <= tied[unit, 1]


def test_undefined_draws_are_counted_and_leave_no_rank() -> None:
    index = trees.index(3, LINEAR)
    panel = random_panel(index, 3, units=9)
    scores = score(index, panel)
    alternatives = Alternatives.model_validate({"aggregate": ["geometric"], "normalise": ["z-score"], "weights": "dirichlet"})
    default = index_from({**trees.tree(3, LINEAR), "index": {"id": "index", "aggregate": "geometric", "weights": "relative"}})
    found = uncertainty(score(default, panel), alternatives, draws=50)
    assert found.draws == 50
    assert found.undefined
    assert found.unranked.max() == 1.0
    assert np.isnan(found.interval(0.9)).any()
    assert (found.counts.sum(axis=1) == 50).all()
    assert scores.rank().shape == (3, 9)


def test_declared_ranks_of_units_on_the_frontier_are_those_of_draws_that_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs are solved up to their last bits: units on the frontier tie as declared, and so they do in every draw."""
    monkeypatch.setattr(module.Rescorer, "size", property(lambda _: 4))
    pairs = ", ".join(
        f"{{id: d{at}, weight: 1, indicators: [{{id: x{at}, weight: 1}}, {{id: y{at}, weight: 1}}]}}" for at in (0, 1)
    )
    index = index_of(
        "index: {id: t, aggregate: benefit-of-the-doubt}\nunits: {table: u}\ndata: {v: {path: v}}\n"
        f"defaults: {{normalise: points, weights: relative}}\ndimensions: [{pairs}]\n"
    )
    x = np.array([[10.1, 70.7], [30.3, 60.6], [50.5, 50.5], [60.6, 30.3], [70.7, 10.1], [10.1, 20.2]])
    scores = score(index, panel_of(index, np.repeat(x, 2, axis=1)))
    alternatives = {"weights": {"method": "perturb", "by": 0.5, "nodes": ["d0", "d1"]}}
    found = uncertainty(scores, Alternatives.model_validate(alternatives), draws=4)
    assert scores.rank()[0].tolist() == [1, 1, 1, 1, 1, 6]
    np.testing.assert_array_equal(found.interval(1.0), np.repeat(scores.rank()[0][:, None], 2, axis=1))


def test_no_points_are_paid_for_places_that_differ_in_the_last_bit_alone() -> None:
    index = index_of(
        "index: {id: t}\nunits: {table: u}\nperiods: {kind: year}\ndata: {v: {path: v}}\nadjustments: [{id: up, rank_move: 3}]\n"
        "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}, {id: c}]\n"
    )
    marks = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.2, 0.2, 0.2], [0.3, 0.1, 0.2]])
    scores = score(
        index, panel_of(index, np.stack([np.pad(part, ((0, 0), (0, 1))) for part in (marks, marks[::-1], marks[[2, 0, 3, 1]])]))
    )
    assert len({mean for period in scores.scores[..., :3].mean(axis=-1).tolist() for mean in period}) > 1
    assert not np.nan_to_num(scores.points).any()
    assert (scores.rank() == 1).all()


def test_many_units_are_not_compared_in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 5)
    found = uncertainty(small(), Alternatives.model_validate({"weights": "dirichlet"}), draws=10)
    assert found.above is None
    assert found.tied() is None
    assert found.groups() == []


# ------------------------------------------------------------------------------------------------------- commands

PROJECT = """index: {id: demo, name: 示例}
units: {label: 区, label_en: district, table: units.csv}
data: {values: {path: values.csv}}
dimensions:
  - id: safety
    name: 安全
    weight: 0.6
    indicators: [{id: cases, weight: 0.5, direction: lower}, {id: fires, weight: 0.5, direction: lower}]
  - id: service
    name: 服务
    weight: 0.4
    indicators: [{id: clinics, weight: 1}]
"""
UNITS = "id,name\n" + "".join(f"u{at},区{at}\n" for at in range(8))


def project(folder: Path, extra: str = "", tree: str = PROJECT) -> Path:
    rng = np.random.default_rng(0)
    rows = "".join(f"u{at},{','.join(str(round(value, 3)) for value in rng.normal(10, 2, 3))}\n" for at in range(8))
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    (folder / "values.csv").write_text("id,cases,fires,clinics\n" + rows, encoding="utf-8")
    (folder / "indicators.yaml").write_text(tree + extra, encoding="utf-8")
    return folder / "indicators.yaml"


def said(folder: Path, arguments: list[str], extra: str = "", tree: str = PROJECT) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [*arguments, "--index", str(project(folder, extra, tree)), "--lang", "en"])
    assert "Traceback" not in done.stderr
    return done.exit_code, done.stdout, done.stderr


SHOWN: dict[str, tuple[list[str], str]] = {
    "IC750": (["uncertainty"], "uncertainty: {weights: {method: dirichlet, nodes: [safty]}}\n"),
    "IC751": (["uncertainty"], "uncertainty: {weights: {method: dirichlet, nodes: [service]}}\n"),
    "IC752": (["uncertainty"], ""),
    "IC753": (["uncertainty", "--impute", "none,mean"], "defaults: {impute: median}\n"),
    "IC754": (["uncertainty", "--normalise", "z-score", "--aggregate", "geometric", "--draws", "20"], ""),
    "IC755": (["uncertainty", "--weights", "dirichlet"], ""),
    "IC756": (["uncertainty", "--weights", "perturb:2"], ""),
    "IC757": (["uncertainty", "--weights", "dirichlet"], ""),
    "IC758": (["uncertainty", "--weights", "dirichlet", "--impute", "none,mean"], ""),
    "IC759": (["sensitivity", "--rows", "100"], ""),
    "IC760": (["uncertainty", "--noise", "0.1"], ""),
    "IC761": (["uncertainty", "--weights", "dirichlet"], "defaults: {missing: {coverage: 0.5}}\n"),
}


@pytest.mark.parametrize("code", sorted(code for code in MESSAGES if "IC750" <= code < "IC762"))
def test_every_finding_is_shown(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, extra = SHOWN[code]
    tree = PROJECT
    if code == "IC753":
        tree = tree.replace("direction: lower", "direction: lower, impute: mean").replace(
            "id: clinics", "id: clinics, impute: mean"
        )
    if code == "IC760":
        tree = tree.replace("id: clinics", "id: clinics, normalise: points, formula: '3 + 0 * [cases]'")
    if code == "IC761":
        tree = tree.replace("id: cases", "id: cases, formula: 'log([fires] - 9)'")
    if code == "IC755":
        monkeypatch.setattr("indexcalc.cli.open.Opened.counting", lambda _: lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        arguments = [*arguments, "--draws", "100000"]
    if code == "IC757":
        monkeypatch.setattr(module, "MOST_PAIRS", 5)
    exit_code, _, found = said(tmp_path, arguments, extra, tree)
    severity = MESSAGES[code].severity
    assert exit_code == (1 if severity == "error" else 0), found
    assert re.search(rf"(?m)^(?:.*: )?{code} ", found), found


def test_the_tree_says_what_is_uncertain_and_the_command_line_may_say_otherwise(tmp_path: Path) -> None:
    block = "uncertainty:\n  weights: [perturb, {method: dirichlet, concentration: 20, nodes: [safety]}]\n  noise: 0.1\n"
    code, text, found = said(tmp_path, ["uncertainty", "--draws", "200", "--top", "3"], block)
    assert (code, found) == (0, "")
    assert "uncertain: weights below 2 nodes, errors of values" in text
    assert "In the top 3" in text
    code, text, _ = said(tmp_path, ["uncertainty", "--draws", "200", "--weights", "dirichlet:5", "--json"], block)
    data = json.loads(text)
    assert data["alternatives"]["weights"] == [{"method": "dirichlet", "concentration": 5.0}]
    assert data["inputs"] == ["weights:safety", "weights:demo", "noise"]
    assert len(data["units"]) == 8
    assert sum(data["units"][0]["probabilities"]) == pytest.approx(1.0)


def test_quantiles_of_ranks_are_those_of_numpy_and_are_printed(tmp_path: Path) -> None:
    scores, alternatives = small(ties="competition"), Alternatives.model_validate({"weights": "dirichlet", "noise": 0.3})
    places = np.nan_to_num(ranks(draw_scores(scores, alternatives, draws=300, seed=4), ties="competition"), nan=np.inf)
    found = uncertainty(scores, alternatives, draws=300, seed=4)
    for share in (0.0, 0.05, 0.25, 1 / 3, 0.9, 1.0):
        wanted = np.quantile(places, share, axis=1, method="inverted_cdf")  # type 1 of R
        np.testing.assert_array_equal(np.nan_to_num(found.quantile(share), nan=np.inf), wanted)
    asked = ["uncertainty", "--weights", "dirichlet", "--draws", "200", "--quantile", "0.25", "--quantile", "0.5"]
    _, text, _ = said(tmp_path, asked)
    assert "Rank, 25% quantile" in text
    units = json.loads(said(tmp_path, [*asked, "--json"])[1])["units"]
    assert [[one["share"] for one in unit["rank_quantiles"]] for unit in units] == [[0.25, 0.5]] * len(units)
    assert [unit["rank_quantiles"][1]["rank"] for unit in units] == [unit["median_rank"] for unit in units]
    code, text, _ = said(tmp_path, ["uncertainty", "--weights", "dirichlet", "--quantile", "25"])
    assert (code, text) == (2, "")


SETS = "cases,fires,safety,服务\n1,3,0.6,0.4\n\n0,1,20,60\n2,2,1,0\n1,0,0.5,0.5\n"


def test_sets_of_weights_are_scored_as_numpy_does(tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text(SETS, encoding="utf-8")
    tree = PROJECT + "defaults: {normalise: {method: min-max, low: 0, high: 100}}\nuncertainty: {noise: 0.5}\n"
    asked = ["uncertainty", "--sets", str(tmp_path / "sets.csv")]
    code, text, _ = said(tmp_path, asked, tree=tree)
    assert code == 0
    assert "4 given sets of weights; uncertain: weights below 2 nodes" in text
    data = json.loads(said(tmp_path, [*asked, "--json"], tree=tree)[1])
    x = np.loadtxt(tmp_path / "values.csv", delimiter=",", skiprows=1, usecols=(1, 2, 3))
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)) * 100.0
    x[:, :2] = 100.0 - x[:, :2]
    given = np.array([[1, 3, 0.6, 0.4], [0, 1, 20, 60], [2, 2, 1, 0], [1, 0, 0.5, 0.5]], dtype=float)
    inner, outer = (part / part.sum(axis=1, keepdims=True) for part in (given[:, :2], given[:, 2:]))
    expected = (x[:, :2] @ inner.T) * outer[:, 0] + x[:, 2:] * outer[:, 1]
    places = rankdata(-expected, method="min", axis=0)
    by_unit = {unit["unit"]: unit for unit in data["units"]}
    assert data["draws"] == 4
    for at, row in enumerate(places):
        found = by_unit[f"u{at}"]
        assert found["mean"] == pytest.approx(expected[at].mean(), rel=1e-12)
        assert found["sd"] == pytest.approx(expected[at].std(ddof=1), rel=1e-9)
        wanted = [np.count_nonzero(row == place) / 4 if place else 0.0 for place in data["places"]]
        assert found["probabilities"] == wanted


@pytest.mark.parametrize(
    ("code", "text", "more"),
    [
        ("IC880", "cases,fires\n1,x\n", []),
        ("IC880", "cases,fires\n1\n", []),
        ("IC880", "cases,fires\n0,0\n", []),
        ("IC880", "cases,fires\n-1,2\n", []),
        ("IC880", "cases,fires\n1,2,3\n", []),
        ("IC880", "cases,fires\n", []),
        ("IC880", "", []),
        ("IC881", "cases,fires,police\n1,2,3\n", []),
        ("IC881", "cases,fires,cases\n1,2,3\n", []),
        ("IC881", "cases,fires,demo\n1,2,3\n", []),
        ("IC882", "cases\n1\n", []),
        ("IC883", "clinics\n1\n", []),
        ("IC884", "cases,fires\n1,2\n", ["--noise", "0.1"]),
    ],
)
def test_sets_that_do_not_fit_are_refused(code: str, text: str, more: list[str], tmp_path: Path) -> None:
    (tmp_path / "sets.csv").write_text(text, encoding="utf-8")
    exit_code, shown, found = said(tmp_path, ["uncertainty", "--sets", str(tmp_path / "sets.csv"), *more])
    assert (exit_code, shown) == (1, "")
    assert f"{code} " in found


def design(rows: int, *, second_order: bool) -> np.ndarray:
    """Sets in the order that SALib writes, of the weights below demo, then of those below safety."""
    rng, sets = np.random.default_rng(5), []
    for a, b in zip(rng.uniform(0.1, 1, (rows, 4)), rng.uniform(0.1, 1, (rows, 4)), strict=True):
        mixed = [(a[:2], b[2:]), (b[:2], a[2:])]  # columns: cases, fires, safety, service
        sets += [a, *(np.concatenate(one) for one in mixed)]
        sets += [*(np.concatenate(one) for one in mixed[::-1])] if second_order else []
        sets.append(b)
    return np.array(sets)


@pytest.mark.parametrize("second_order", [False, True])
def test_a_given_design_is_worked_out_as_by_the_formulas(tmp_path: Path, second_order: bool) -> None:
    given, rows = design(16, second_order=second_order), 16
    np.savetxt(tmp_path / "sets.csv", given, delimiter=",", header="cases,fires,safety,service", comments="", fmt="%.17g")
    tree = PROJECT + "defaults: {normalise: {method: min-max, low: 0, high: 100}}\n"
    asked = ["sensitivity", "--sets", str(tmp_path / "sets.csv"), "--json"]
    code, text, _ = said(tmp_path, asked, tree=tree)
    assert code == 0
    found = json.loads(text)["sobol"]
    x = np.loadtxt(tmp_path / "values.csv", delimiter=",", skiprows=1, usecols=(1, 2, 3))
    x = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)) * 100.0
    x[:, :2] = 100.0 - x[:, :2]
    inner, outer = (part / part.sum(axis=1, keepdims=True) for part in (given[:, :2], given[:, 2:]))
    scores = (x[:, :2] @ inner.T) * outer[:, 0] + x[:, 2:] * outer[:, 1]
    moved = np.abs(
        rankdata(-scores, method="min", axis=0) - rankdata(-(0.3 * (x[:, 0] + x[:, 1]) + 0.4 * x[:, 2]), method="min")[:, None]
    )
    outputs = {"shift": moved.mean(axis=0), **{f"u{at}": own for at, own in enumerate(scores)}}
    assert found["rows"] == rows
    for name, own in outputs.items():
        each = own.reshape(rows, -1)
        a, b = each[:, 0], each[:, -1]
        variance, mean = np.var([a, b]), np.mean([a, b])
        shown = {one["input"]: one for one in (found["rank_shift"] if name == "shift" else found["units"][name])}
        for node, mixed in (("demo", each[:, 1]), ("safety", each[:, 2])):
            assert shown[f"weights:{node}"]["first"] == pytest.approx(np.mean((b - mean) * (mixed - a)) / variance, abs=1e-9)
            assert shown[f"weights:{node}"]["total"] == pytest.approx(np.mean((a - mixed) ** 2) / 2 / variance, abs=1e-9)


def test_sets_that_are_no_design_are_refused(tmp_path: Path) -> None:
    given = design(4, second_order=False)
    other = given.copy()
    other[5, 0] += 0.1
    for wrong, more, refused in (
        (given[:-1], [], "IC885"),
        (given[::-1][1:], [], "IC885"),
        (other, [], "IC885"),
        (given, ["--noise", "0.1"], "IC884"),
    ):
        np.savetxt(tmp_path / "sets.csv", wrong, delimiter=",", header="cases,fires,safety,service", comments="", fmt="%.17g")
        code, shown, found = said(tmp_path, ["sensitivity", "--sets", str(tmp_path / "sets.csv"), *more])
        assert (code, shown) == (1, "")
        assert f"{refused} " in found


@pytest.mark.parametrize(
    "option", [["--normalise", "minmax"], ["--aggregate", "power"], ["--noise", "-1"], ["--treat", "winsor"]]
)
def test_what_cannot_be_drawn_is_refused(option: list[str], tmp_path: Path) -> None:
    code, text, found = said(tmp_path, ["uncertainty", *option])
    assert code in (1, 2)
    assert text == ""
    assert found


def test_sensitivity_prints_and_gives_data(tmp_path: Path) -> None:
    code, text, _ = said(tmp_path, ["sensitivity", "--weights", "dirichlet", "--rows", "64"])
    assert code == 0
    for title in ("What moves ranks", "Nodes left out", "Weights and what they do", "Children of one node"):
        assert title in text
    data = json.loads(said(tmp_path, ["sensitivity", "--weights", "dirichlet", "--rows", "64", "--json"])[1])
    assert {one["input"] for one in data["sobol"]["rank_shift"]} == {"weights:safety", "weights:demo"}
    code, text, _ = said(tmp_path, ["sensitivity"])
    assert code == 0
    assert "No alternatives are declared" in text
