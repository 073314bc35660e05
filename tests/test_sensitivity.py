"""Sensitivity: the indices of functions that are known, scipy's and COINr's estimates of the same draws, COINr's statistics."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from indexcalc.analysis import sensitivity as module
from indexcalc.analysis.alternatives import Inputs
from indexcalc.analysis.association import (
    collinearity,
    cronbach,
    flags,
    groups,
    influence,
    main_effect,
    pearson,
    spearman,
)
from indexcalc.analysis.sensitivity import leave_out, sampled, sensitivity, sobol_indices
from indexcalc.engine import score
from indexcalc.tree.model import Alternatives

from .conftest import count, flat_index, index_of, panel_of
from .test_change import random_scores
from .test_golden_methods import coinr_from_files


def evaluated(function: object, coordinates: int, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """f_A, f_B (row, 1) and f_AB (input, row, 1) of a function of the unit cube."""
    a, b = sampled(coordinates, rows, seed)
    mixed = []
    for at in range(coordinates):
        one = a.copy()
        one[:, at] = b[:, at]
        mixed.append(function(one))  # type: ignore[operator]
    return function(a)[:, None], function(b)[:, None], np.stack(mixed)[..., None]  # type: ignore[operator]


def ishigami(u: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices() -> tuple[list[float], list[float]]:
    v1 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
    v2, v13 = 49 / 8, 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    v = v1 + v2 + v13
    return [v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v]


G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(u: np.ndarray) -> np.ndarray:
    return np.prod((np.abs(4 * u - 2) + G) / (1 + G), axis=1)


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    own = 1 / (3 * (1 + G) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.array([np.prod(np.delete(1 + own, at)) for at in range(len(G))]) / whole


@pytest.mark.parametrize(("function", "known"), [(ishigami, ishigami_indices()), (g_function, g_indices())])
@pytest.mark.parametrize("seed", range(3))
def test_known_indices_lie_within_the_intervals(function: object, known: tuple[list[float], list[float]], seed: int) -> None:
    a, b, ab = evaluated(function, len(known[0]), 4096, seed)
    found = sobol_indices(a, b, ab, level=0.99, seed=seed)
    for estimate, ends, right in (
        (found.first, found.first_interval, known[0]),
        (found.total, found.total_interval, known[1]),
    ):
        np.testing.assert_allclose(estimate[:, 0], right, atol=0.02)
        assert (ends[:, 0, 0] - 1e-3 <= right).all()
        assert (right <= ends[:, 0, 1] + 1e-3).all()


def test_the_estimates_are_those_of_scipy_given_the_same_draws() -> None:
    a, b, ab = evaluated(ishigami, 3, 1024, 5)
    other = stats.sobol_indices(func={"f_A": a.T.copy(), "f_B": b.T.copy(), "f_AB": np.moveaxis(ab, 2, 1).copy()}, n=1024)
    found = sobol_indices(a, b, ab, resamples=0)
    np.testing.assert_allclose(found.first[:, 0], other.first_order.ravel(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.total[:, 0], other.total_order.ravel(), rtol=1e-9, atol=1e-12)


def coinr_estimate(a: np.ndarray, b: np.ndarray, ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What COINr makes of outputs of a design: its function SA_estimate (file R/sensitivity.R, versions 1.0 to 1.1), in our words.

    The variance is that of f_A and f_B in one sample, with n - 1 below; S_i = mean(f_B (f_ABi - f_A)) over it, T_i = half the
    mean of (f_A - f_ABi)² over it. Nothing is centred. The design is that of its SA_sample, as ours: A, B, then A with one
    column after the other from B. COINr names Saisana, Saltelli, Tarantola 2005 and Saltelli et al. 2008 (The Primer) for it;
    the estimators are those of Saltelli et al. 2010 (S) and Jansen 1999 (T).
    """
    both = np.concatenate([a, b])
    variance = float(((both - both.mean()) ** 2).sum() / (len(both) - 1))
    first = [float((b * (mixed - a)).sum() / len(a)) / variance for mixed in ab]
    total = [float(((a - mixed) ** 2).sum() / (2 * len(a) * variance)) for mixed in ab]
    return np.array(first), np.array(total)


@pytest.mark.parametrize(("function", "inputs"), [(ishigami, 3), (g_function, len(G)), (lambda u: 50 + u @ [1.0, 2.0, 3.0], 3)])
def test_the_estimates_are_those_of_coinr_given_the_same_draws(function: object, inputs: int) -> None:
    a, b, ab = evaluated(function, inputs, 512, 2)
    first, total = coinr_estimate(a[:, 0], b[:, 0], ab[..., 0])
    same = sobol_indices(a, b, ab, resamples=0, centred=False, ddof=1)
    np.testing.assert_allclose(same.first[:, 0], first, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(same.total[:, 0], total, rtol=1e-9, atol=1e-9)
    # as they are otherwise ours differ by n - 1 for n, and by the centre, which COINr takes off if its outputs are given so
    found, centre, n = sobol_indices(a, b, ab, resamples=0), np.concatenate([a, b]).mean(), 2 * len(a)
    first, total = coinr_estimate(a[:, 0] - centre, b[:, 0] - centre, ab[..., 0] - centre)
    np.testing.assert_allclose(found.first[:, 0], first * n / (n - 1), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.total[:, 0], total * n / (n - 1), rtol=1e-9, atol=1e-9)


def test_centring_takes_most_of_the_error_out_of_first_order_indices() -> None:
    """Outputs of 50 and more: what COINr estimates is off by the mean times the mean gap, and ours is not."""
    known = np.array([1.0, 4.0, 9.0]) / 14
    off = {True: 0.0, False: 0.0}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        a, b = rng.random((512, 3)), rng.random((512, 3))
        mixed = np.stack([np.where(np.arange(3) == at, b, a) for at in range(3)])
        outputs = [50 + x @ np.array([1.0, 2.0, 3.0]) for x in (a, b, mixed)]
        for centred in off:
            one = sobol_indices(outputs[0][:, None], outputs[1][:, None], outputs[2][..., None], resamples=0, centred=centred)
            off[centred] += float(np.abs(one.first[:, 0] - known).mean()) / 8
    assert off[True] < 0.1 < 0.3 < off[False]


def coinr_example(shared: Path):  # type: ignore[no-untyped-def]
    return coinr_from_files(shared, "impute: {method: mean, over: group}, treat: winsorise", denominated=True)


def test_coinr_correlations(shared: Path) -> None:
    found = coinr_example(shared)
    folder = shared / "coinr" / "e_full_pipeline"
    x = found.scores[0][:, : found.tree.leaves]
    for name, own in (("pearson", pearson(x)), ("spearman", spearman(x))):
        rows = pd.read_csv(folder / f"corr_indicators_{name}.csv")
        if name == "spearman":  # raw values of TolMin differ by one bit, which COINr ranks apart
            rows = rows[(rows["Var1"] != "TolMin") & (rows["Var2"] != "TolMin")]
        one, other = ([found.node(code) for code in rows[column]] for column in ("Var1", "Var2"))
        np.testing.assert_allclose(own[one, other], rows["Correlation"], rtol=1e-9, atol=1e-9)
    rows = pd.read_csv(folder / "corr_level1_with_parent.csv")
    for parent, child, expected in rows.itertuples(index=False):
        pair = found.scores[0][:, [found.node(parent), found.node(child)]]
        assert pearson(pair)[0, 1] == pytest.approx(expected, abs=1e-9)


def test_coinr_cronbach(shared: Path) -> None:
    found = coinr_example(shared)
    rows = pd.read_csv(shared / "coinr" / "e_full_pipeline" / "cronbach_level1_groups.csv").set_index("group")
    alphas = {group.node: group.alpha for group in groups(found, found.periods[0])}
    for name, expected in rows["alpha"].items():
        assert alphas[str(name)] == pytest.approx(expected, abs=1e-9)


def test_coinr_effective_weights_strengths_and_weaknesses(shared: Path) -> None:
    found = coinr_example(shared)
    folder = shared / "coinr" / "e_full_pipeline"
    rows = pd.read_csv(folder / "effective_weights.csv").set_index("iCode")
    for code, expected in rows["EffWeight"].items():
        assert found.effective_weights[0, found.node(str(code))] == pytest.approx(expected, abs=1e-9)
    raw = coinr_from_files(shared, "normalise: min-max", denominated=False)  # COINr takes strengths from the data as reported
    spain = raw.panel.units.ids.index("ESP")
    places = raw.ranks[0, spain, : raw.tree.leaves]
    for name, best in (("strengths", True), ("weaknesses", False)):
        rows = pd.read_csv(folder / f"{name}_ESP.csv", keep_default_na=False, na_values=[""])
        expected = np.sort(places[~np.isnan(places)])[:5] if best else np.sort(places[~np.isnan(places)])[-5:]
        assert sorted(rows["Rank"]) == expected.tolist()
        for code, place, value in zip(rows["Code"], rows["Rank"], rows["Value"], strict=True):
            assert raw.rank(code)[0, spain] == place
            assert raw.panel.values[0, spain, raw.panel.column[code]] == pytest.approx(value, rel=1e-9)


def test_cronbach_of_one_child_is_not_defined() -> None:
    assert np.isnan(cronbach(np.array([[1.0], [2.0]])))


def test_rank_correlations_of_pairs_that_lack_values_are_scipys() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 4))
    x[rng.random(x.shape) < 0.2] = np.nan
    own = spearman(x)
    for one in range(4):
        for other in range(one):
            both = ~np.isnan(x[:, one] + x[:, other])
            assert own[one, other] == pytest.approx(stats.spearmanr(x[both, one], x[both, other])[0], abs=1e-12)


def gappy(rng: np.random.Generator) -> np.ndarray:
    """Few units and many gaps, so that children are often constant among the units that have two of them."""
    x = rng.integers(0, 3, (int(rng.integers(1, 9)), int(rng.integers(2, 5)))).astype(float)
    x[rng.random(x.shape) < rng.choice([0, 0.2, 0.4])] = np.nan
    return 50 + 10.1 * x


@pytest.mark.parametrize("seed", range(count(150, 2000)))
def test_what_is_constant_for_a_pair_has_no_correlation(seed: int) -> None:
    x = gappy(np.random.default_rng(seed))
    own, ranked, alpha = pearson(x), spearman(x), cronbach(x)
    inflation, condition = collinearity(x)
    covariance, defined = np.zeros((x.shape[1],) * 2), True
    for one in range(x.shape[1]):
        for other in range(x.shape[1]):
            both = x[~np.isnan(x[:, one] + x[:, other])][:, [one, other]]
            if len(both) < 2 or (np.ptp(both, axis=0) == 0).any():
                defined = False
                assert np.isnan(own[one, other])
                assert np.isnan(ranked[one, other])
                continue
            covariance[one, other] = np.cov(both.T)[0, 1]
            assert own[one, other] == pytest.approx(stats.pearsonr(*both.T)[0], abs=1e-9)
            assert ranked[one, other] == pytest.approx(stats.spearmanr(*both.T)[0], abs=1e-9)
    if not defined:
        assert np.isnan(alpha)
        varying = np.array([np.ptp(column[~np.isnan(column)]) > 0 if (column == column).any() else False for column in x.T])
        if np.isnan(own[varying][:, varying]).any():
            assert np.isnan(inflation).all()
            assert np.isnan(condition)
        return
    total, k = covariance.sum(), x.shape[1]
    if abs(total) < 1e-9 * np.abs(covariance).sum():
        assert np.isnan(alpha)
    else:
        assert alpha == pytest.approx(k / (k - 1) * (1 - np.trace(covariance) / total), rel=1e-6, abs=1e-6)
    if np.linalg.eigvalsh(own)[0] > 1e-9:
        np.testing.assert_allclose(inflation, np.diag(np.linalg.inv(own)), rtol=1e-6)


def test_nearly_constant_beside_all_there_is_is_not_constant() -> None:
    nan = np.nan
    x = np.array([[50.0, 1.0], [50.000001, 2.0], [50.000002, 4.0], [9e6, nan], [-9e6, nan]])
    both = x[:3]
    assert pearson(x)[0, 1] == pytest.approx(stats.pearsonr(*both.T)[0], abs=1e-6)
    x[:3, 0] = [50.0, 50.00000000000001, 50.0]
    assert np.isnan(pearson(x)[0, 1]), "what differs in the last bit alone is constant"


def test_a_pair_without_a_correlation_is_no_pair_to_look_at() -> None:
    index = flat_index(3)
    values = np.array([[1, 5, 9], [2, 5, 7], [3, 5, 2], [np.nan, 7, 4], [np.nan, 9, 1.0]])
    scores = score(index, panel_of(index, values))
    (group,) = [one for one in groups(scores, scores.periods[0]) if one.node == "all"]
    assert np.isnan(group.pearson[0, 1])
    assert np.isnan([group.alpha, group.condition, *group.inflation, *group.explained]).all()
    assert np.isfinite(group.pearson[0, 2])
    assert all({flag.one, flag.other} != {"x0", "x1"} for flag in flags(scores, scores.periods[0]))


def test_inflation_is_infinite_for_children_that_are_made_of_others_alone() -> None:
    x = np.random.default_rng(3).normal(size=(40, 3))
    inflation, condition = collinearity(np.column_stack([x, 3 - 2 * x[:, 0]]))
    assert condition == np.inf
    assert np.isinf(inflation[[0, 3]]).all()
    np.testing.assert_allclose(inflation[[1, 2]], np.diag(np.linalg.inv(np.corrcoef(x.T)))[1:], rtol=1e-9)


def test_inflation_is_that_of_regressions() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3))
    x[:, 2] += x[:, 0] + x[:, 1]
    inflation, condition = collinearity(x)
    design = np.column_stack([np.ones(200), x[:, :2]])
    rest = x[:, 2] - design @ np.linalg.lstsq(design, x[:, 2], rcond=None)[0]
    assert inflation[2] == pytest.approx(np.var(x[:, 2]) / np.var(rest), rel=1e-9)
    assert condition > 2
    assert collinearity(np.column_stack([x, x[:, 0]]))[1] == np.inf


def test_a_main_effect_finds_what_a_line_does_not() -> None:
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, 500)
    curved = x**2 + rng.normal(scale=0.1, size=500)
    straight = x + rng.normal(scale=np.sqrt(1 / 3), size=500)
    assert pearson(np.stack([x, curved], axis=1))[0, 1] ** 2 < 0.05
    assert main_effect(x, curved) == pytest.approx(np.var(x**2) / np.var(curved), abs=0.05)
    assert main_effect(x, straight) == pytest.approx(0.5, abs=0.08)
    assert main_effect(x, rng.normal(size=500)) < 0.05


TREE = """
index: {id: test}
units: {table: units.csv}
data: {values: {path: values.csv}}
defaults: {normalise: min-max}
dimensions:
  - id: a
    weight: 0.5
    indicators: [{id: x0, weight: 0.7}, {id: x1, weight: 0.3}]
  - id: b
    weight: 0.5
    indicators: [{id: x2, weight: 0.5}, {id: x3, weight: 0.5, direction: lower}]
"""


def sample(seed: int = 3, units: int = 25) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(units, 4))


def test_sensitivity_by_brute_force() -> None:
    index = index_of(TREE)
    panel = panel_of(index, sample())
    scores = score(index, panel)
    alternatives = Alternatives.model_validate(
        {"weights": "perturb", "normalise": ["min-max", "z-score"], "aggregate": ["arithmetic", "median"], "noise": 0.1}
    )
    found = sensitivity(scores, alternatives, rows=32, seed=4, resamples=20)
    inputs = Inputs(index, alternatives)
    assert inputs.names == ("weights:a", "weights:b", "weights:test", "normalise", "aggregate", "noise")
    assert found.rows == 32
    assert found.ranks.first.shape == (6, 1)
    assert found.units is not None
    assert found.units.total.shape == (6, 25)
    again = sensitivity(scores, alternatives, rows=32, seed=4, resamples=20)
    np.testing.assert_array_equal(found.ranks.total, again.ranks.total)
    # without errors each draw is an index of its own, which the engine scores
    alternatives = alternatives.model_copy(update={"noise": None})
    inputs = Inputs(index, alternatives)
    a, b = sampled(inputs.coordinates[-1].stop, 32, 4)
    declared = scores.rank()[0].astype(float)

    def shift(u: np.ndarray) -> np.ndarray:
        draws = inputs.at(u.T, None)
        return np.array([[np.abs(score(inputs.index_of(draws, at), panel).rank()[0] - declared).mean()] for at in range(len(u))])

    mixed = []
    for own in inputs.coordinates:
        one = a.copy()
        one[:, own] = b[:, own]
        mixed.append(shift(one))
    expected = sobol_indices(shift(a), shift(b), np.stack(mixed), resamples=20, seed=4)
    own_indices = sensitivity(scores, alternatives, rows=32, seed=4, resamples=20).ranks
    np.testing.assert_allclose(own_indices.first, expected.first, atol=1e-9)
    np.testing.assert_allclose(own_indices.total, expected.total, atol=1e-9)
    np.testing.assert_allclose(own_indices.total_interval, expected.total_interval, atol=1e-9)


def test_an_input_that_changes_nothing_has_no_share() -> None:
    index = index_of(TREE.replace("normalise: min-max}", "normalise: min-max, aggregate: arithmetic}"))
    panel = panel_of(index, sample())
    found = sensitivity(
        score(index, panel),
        Alternatives.model_validate({"weights": {"method": "dirichlet", "nodes": ["a"]}, "impute": ["none", "mean"]}),
        rows=256,
    )
    assert found.ranks.first[1, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.ranks.total[0, 0] == pytest.approx(1.0, abs=0.1)


def test_leaving_a_node_out_is_scoring_without_it() -> None:
    index = index_of(TREE)
    values = sample()
    scores = score(index, panel_of(index, values))
    found = {one.node: one for one in leave_out(scores, scores.panel)}
    assert set(found) == {"a", "b", "x0", "x1", "x2", "x3"}
    x = scores.scores[0]
    only_b = stats.rankdata(-x[:, scores.node("b")], method="min")
    assert found["a"].shift == pytest.approx(np.abs(only_b - scores.rank()[0]).mean())
    assert found["a"].correlation == pytest.approx(stats.pearsonr(only_b, scores.rank()[0])[0], abs=1e-9)
    without_x0 = 0.5 * x[:, scores.node("x1")] + 0.5 * x[:, scores.node("b")]
    assert found["x0"].shift == pytest.approx(np.abs(stats.rankdata(-without_x0, method="min") - scores.rank()[0]).mean())
    np.testing.assert_allclose(found["x0"].scores, without_x0, rtol=1e-12)
    np.testing.assert_array_equal(found["a"].ranks, only_b)


def test_ranks_without_a_node_are_correlated_with_ties_at_the_mean_of_their_places() -> None:
    index = flat_index(3)
    values = np.random.default_rng(5).integers(0, 3, (20, 3)).astype(float)
    scores = score(index, panel_of(index, values))
    found = {one.node: one for one in leave_out(scores, scores.panel)}
    without = scores.scores[0][:, [0, 1]].mean(axis=1)
    assert len(set(without.round(9))) < len(without)
    assert found["x2"].correlation == pytest.approx(stats.spearmanr(scores.score()[0], without)[0], abs=1e-9)


JUDGED = {
    "{method: ahp, judgements: [[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]]}": [4, 2, 1],
    "{method: budget, points: [[20, 30, 50]]}": [2, 3, 5],
    "{method: roc, ranks: [2, 1, 3]}": [5, 11, 2],
    "{method: rank-sum, ranks: [1, 3, 2]}": [3, 1, 2],
}


@pytest.mark.parametrize(("method", "weights"), JUDGED.items())
def test_siblings_that_were_judged_together_take_the_weight_of_the_one_that_is_left_out(method: str, weights: list[int]) -> None:
    tree = "index: {{id: t, weights: {}}}\nunits: {{table: u}}\ndata: {{v: {{path: v}}}}\ndefaults: {{normalise: points}}\n"
    children = "dimensions: [{}]\n".format(", ".join(f"{{id: x{at}, weight: {weight}}}" for at, weight in enumerate(weights)))
    values = np.random.default_rng(1).uniform(1, 9, (9, 3))
    found = []
    for rule in (method, "relative"):
        index = index_of(tree.format(rule) + children)
        scores = score(index, panel_of(index, values))
        found.append(leave_out(scores, scores.panel))
    assert [one.node for one in found[0]] == ["x0", "x1", "x2"]
    assert found[0] == found[1]


def test_a_list_of_bounds_loses_the_place_of_the_node_that_is_left_out() -> None:
    tree = "index: {{id: t, weights: {{method: bod, low: {}}}}}\nunits: {{table: u}}\ndata: {{v: {{path: v}}}}\ndefaults: {{normalise: points}}\n"
    values = np.random.default_rng(1).uniform(1, 9, (6, 3))
    index = index_of(tree.format("[0.1, 0.2, 0.3]") + "dimensions: [{id: x0}, {id: x1}, {id: x2}]\n")
    scores = score(index, panel_of(index, values))
    left = {one.node: one for one in leave_out(scores, scores.panel)}
    fewer = index_of(tree.format("[0.1, 0.3]") + "dimensions: [{id: x0}, {id: x2}]\n")
    without = score(fewer, panel_of(fewer, values[:, [0, 2]]))
    assert left["x1"].shift == pytest.approx(np.abs(without.rank()[0] - scores.rank()[0]).mean())


def test_influence_and_flags_of_copied_indicators() -> None:
    index = flat_index(4)
    values = sample(units=60)
    values[:, 1] = 2 * values[:, 0] + 1
    values[:, 2] = -values[:, 0] + 0.1 * values[:, 3]
    scores = score(index, panel_of(index, values))
    kinds = {(flag.kind, flag.one, flag.other) for flag in flags(scores, scores.periods[0])}
    assert ("redundant", "x0", "x1") in kinds
    assert ("opposed", "x0", "x2") in kinds
    assert ("weak", "x2", "all") in kinds
    found = influence(scores, scores.periods[0])
    at = {name: i for i, name in enumerate(found.nodes)}
    assert found.nominal[at["x0"]] == 0.25
    assert found.squared[at["x0"]] == pytest.approx(found.squared[at["x1"]])
    assert np.nansum(found.importance[[at[f"x{i}"] for i in range(4)]]) == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(count(8, 80)))
def test_leaving_a_node_out_is_the_same_from_the_leaves_scores_as_from_what_was_reported(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = random_scores(seed)
    quick = leave_out(made, made.panel, period="2001")
    monkeypatch.setattr(module, "_leaves_stand", lambda _: False)
    assert repr(quick) == repr(leave_out(made, made.panel, period="2001"))


def test_many_rows_are_worked_on_in_blocks_that_are_one_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = sampled(3, 1024, 7)
    points = module._points(3, 7)
    parts = [module._halves(points, 3, 256) for _ in range(4)]
    np.testing.assert_array_equal(np.concatenate([part[0] for part in parts]), a)
    np.testing.assert_array_equal(np.concatenate([part[1] for part in parts]), b)
    counts = np.concatenate([drawn for _, drawn in module._resampled(1000, 50, 7)], axis=1)
    assert counts.shape == (51, 1000)
    assert (counts.sum(axis=1) == 1000).all(), "each resample has as many rows as the sample"
    assert counts[1:].var(axis=1) == pytest.approx(1.0, abs=0.2), "drawn with replacement: Poisson, nearly"
