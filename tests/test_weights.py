"""Every method of weights by what its room promises, and the edges that docstrings state.

A method added later is tested without a new line, unless it needs parameters (REQUIRED in test_methods.py) or states an
exception (the sets below).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexcalc.engine import score
from indexcalc.methods import CATALOGUE
from indexcalc.methods.components import components, importances, varimax
from indexcalc.methods.frontier import frontier
from indexcalc.methods.judgement import RANDOM_INDEX, best_worst, consistency, joined
from indexcalc.methods.weight import FROM_DATA, UNIT_SPECIFIC
from indexcalc.tree import parse_index

from .conftest import count, index_of, panel_of
from .test_methods import every, frozen, settings_of

WEIGHT = CATALOGUE["weights"]
FEW = settings(max_examples=count(8, 80), deadline=None)
SEED = st.integers(0, 10_000)
CHILDREN = 4  # as many as the parameters in test_methods.py are made for
BY_POSITION = {"wished", "ranks", "points", "low", "high", "best", "worst"}  # a list in the order of the children
LIKELY_NEGATIVE = {"pca loadings"}
FREE_SUM = {"given"}
NEED_ABOVE_ZERO = {"merec"}
NEED_ZERO_OR_MORE = {"gini none", "cilos", "idocriw", "entropy none", "bod", "merec"}
FREE_OF_MEASURE = {"entropy", "critic", "cv", "gini", "merec", "cilos", "idocriw", "pca", "factor"}  # x * factor is the same
NEED_A_SPREAD = {"inverse-std"}  # one constant child leaves none defined
KEEP_CONSTANTS = {"bod"}
NOT_EXACT = {"importance": 1e-5}


def scores(seed: int, *, lead: tuple[int, ...] = (), units: int = 6, children: int = CHILDREN, gaps: bool = False) -> np.ndarray:
    """Scores above 0 that go together somewhat, as siblings do."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(*lead, units, 1))
    x = 50.0 + 12.0 * (0.7 * common + rng.normal(size=(*lead, units, children)))
    x = np.abs(x) + 1.0
    if gaps:
        missing = rng.random(x.shape) < 0.15
        missing[..., :children, :], missing[..., :2] = False, False
        x[missing] = np.nan
    for child in range(children):  # no unit is best in all
        x[..., child, child] = 110.0 + rng.random(lead)
    return frozen(x)


def weigh(method: str, x: np.ndarray, chosen: dict[str, Any], declared: Any = None) -> np.ndarray:
    given_weights = np.arange(1.0, x.shape[-1] + 1) / 10 if declared is None else np.asarray(declared)
    weights: np.ndarray = WEIGHT[method](x, frozen(given_weights), **chosen)
    return weights


def unit_specific(method: str, chosen: dict[str, Any]) -> bool:
    return method in UNIT_SPECIFIC or bool(UNIT_SPECIFIC & {str(entry) for entry in chosen.get("of", [])})


def from_data(method: str) -> bool:
    return method in FROM_DATA


def in_order(chosen: dict[str, Any], places: list[int]) -> dict[str, Any]:
    """Parameters that speak of children one by one, for the children in another order."""
    turned = {}
    for name, value in chosen.items():
        if name in ("judgements", "influence"):
            if isinstance(value[0][0], list) and len(value) != len(value[0]):  # of several experts, not fuzzy
                turned[name] = [[[matrix[i][j] for j in places] for i in places] for matrix in value]
            else:
                turned[name] = [[value[i][j] for j in places] for i in places]
        elif name == "points":
            turned[name] = [[row[i] for i in places] for row in value]
        elif name in BY_POSITION and isinstance(value, list):
            turned[name] = [value[i] for i in places]
        else:
            turned[name] = value
    return turned


def named(method: str, chosen: dict[str, Any]) -> str:
    return f"{method} {chosen.get('rescale') or chosen.get('take') or ''}".strip()


def test_the_sets_name_methods() -> None:
    assert set(WEIGHT) >= FROM_DATA
    assert set(WEIGHT) >= UNIT_SPECIFIC
    exceptions = {*FREE_SUM, *FREE_OF_MEASURE, *NEED_A_SPREAD, *KEEP_CONSTANTS, *NOT_EXACT}
    assert exceptions <= set(WEIGHT)


@every("weights")
@FEW
@given(seed=SEED, gaps=st.booleans())
def test_weights_have_the_shape_of_siblings_and_add_up(method: str, chosen: dict[str, Any], seed: int, gaps: bool) -> None:
    x = scores(seed, lead=(2,), gaps=gaps)
    before = x.copy()
    weights = weigh(method, x, chosen)
    np.testing.assert_array_equal(x, before)
    assert weights.shape == (x.shape if unit_specific(method, chosen) else (2, CHILDREN))
    assert weights.dtype == np.float64
    assert np.isfinite(weights).all()
    if named(method, chosen) not in LIKELY_NEGATIVE:
        assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, rtol=1e-9)


@every("weights")
@FEW
@given(seed=SEED, order=st.randoms(use_true_random=False))
def test_weights_do_not_depend_on_the_order_of_units(method: str, chosen: dict[str, Any], seed: int, order: Any) -> None:
    x = scores(seed, gaps=True)
    places = list(range(len(x)))
    order.shuffle(places)
    one, other = weigh(method, x, chosen), weigh(method, x[places], chosen)
    if unit_specific(method, chosen):  # of several best weights, which are taken may depend on the order
        keys = {key: chosen[key] for key in ("low", "high") if key in chosen}
        np.testing.assert_allclose(frontier(x[places], **keys)[1], frontier(x, **keys)[1][places], rtol=1e-9)
    else:
        np.testing.assert_allclose(other, one, rtol=1e-9, atol=NOT_EXACT.get(method, 1e-12))


@every("weights")
@FEW
@given(seed=SEED, order=st.randoms(use_true_random=False))
def test_weights_follow_their_children(method: str, chosen: dict[str, Any], seed: int, order: Any) -> None:
    if method in ("roc", "rank-sum") and "ranks" not in chosen:
        chosen = {"ranks": [1.0, 2.0, 3.0, 4.0]}
    if "roc" in chosen.get("of", []):
        chosen = {"of": ["bod", {"method": "equal"}]}
    x, declared = scores(seed, gaps=True), np.array([0.4, 0.3, 0.2, 0.1])
    places = list(range(CHILDREN))
    order.shuffle(places)
    one = weigh(method, x, chosen, declared)
    other = weigh(method, x[:, places], in_order(chosen, places), declared[places])
    if unit_specific(method, chosen):
        keys = {key: chosen[key] for key in ("low", "high") if key in chosen}
        np.testing.assert_allclose(frontier(x[:, places], **in_order(keys, places))[1], frontier(x, **keys)[1], rtol=1e-9)
    elif method in NOT_EXACT:
        reached, turned = importances(x, one), importances(x, other[np.argsort(places)])
        np.testing.assert_allclose(turned, reached, atol=NOT_EXACT[method])
    else:
        np.testing.assert_allclose(other, one[places], rtol=1e-8, atol=1e-11)


@pytest.mark.slow
@every("weights")
@FEW
@given(seed=SEED, gaps=st.booleans())
def test_weights_of_a_stack_are_those_of_its_members(method: str, chosen: dict[str, Any], seed: int, gaps: bool) -> None:
    x = scores(seed, lead=(2, 2), gaps=gaps)
    weights = weigh(method, x, chosen)
    for at in np.ndindex(2, 2):
        np.testing.assert_allclose(weights[at], weigh(method, x[at], chosen), rtol=1e-9, atol=NOT_EXACT.get(method, 1e-12))
    by_column = np.empty((2, 2, CHILDREN, x.shape[-2])).swapaxes(-1, -2)
    by_column[...] = x  # as a panel lies in memory
    np.testing.assert_allclose(weigh(method, by_column, chosen), weights, rtol=1e-9, atol=NOT_EXACT.get(method, 1e-12))


@every("weights")
@FEW
@given(seed=SEED)
def test_weights_free_of_the_measure(method: str, chosen: dict[str, Any], seed: int) -> None:
    if method not in FREE_OF_MEASURE or named(method, chosen) in {"critic none", "cv min-max", "pca loadings"}:
        return
    x = scores(seed, gaps=True)
    np.testing.assert_allclose(
        weigh(method, x * [0.001, 1.0, 30.0, 1e5], chosen), weigh(method, x, chosen), rtol=1e-7, atol=1e-10
    )


@every("weights")
@FEW
@given(seed=SEED, gaps=st.booleans())
def test_a_constant_or_empty_child_weighs_nothing_as_if_it_were_not_there(
    method: str, chosen: dict[str, Any], seed: int, gaps: bool
) -> None:
    if not from_data(method) or method in KEEP_CONSTANTS or {"equal", "bod"} & {str(entry) for entry in chosen.get("of", [])}:
        return
    x = scores(seed, gaps=gaps)
    wished = {"wished": chosen["wished"][:3]} if "wished" in chosen else {}
    alone = weigh(method, x[:, :3], chosen | wished, np.ones(3))
    single = np.full(len(x), np.nan)
    single[2] = 60.0
    for nothing in (np.full(len(x), 0.1 + 0.2), np.full(len(x), np.nan), single):
        weights = weigh(method, np.column_stack([x[:, :3], nothing]), chosen, np.ones(4))
        if method in NEED_A_SPREAD:
            assert np.isnan(weights).all()
        else:
            assert weights[3] == 0.0
            np.testing.assert_allclose(weights[:3], alone, rtol=1e-9, atol=NOT_EXACT.get(method, 1e-12))


@every("weights")
def test_weights_where_nothing_tells_units_apart(method: str, chosen: dict[str, Any]) -> None:
    for x in (np.full((6, CHILDREN), 7.0), np.full((6, CHILDREN), np.nan), np.empty((0, CHILDREN)), np.full((1, CHILDREN), 3.0)):
        weights = weigh(method, x, chosen)
        if not from_data(method):
            assert np.isfinite(weights).all()
        elif not unit_specific(method, chosen) and "equal" not in chosen.get("of", []):
            assert np.isnan(weights).all()


@every("weights")
def test_an_only_child_weighs_all(method: str, chosen: dict[str, Any]) -> None:
    alone = {"priority-chart": 0.5, "ahp-complementary": 0.5, "ahp-fuzzy": [1.0, 1.0, 1.0], "dematel": 0.0}
    if method in alone:
        chosen = {"influence" if method == "dematel" else "judgements": [[alone[method]]]}
    if method in ("ahp", "bwm", "budget"):
        chosen = {"ahp": {"judgements": [[1.0]]}, "bwm": {"best": [1.0], "worst": [1.0]}, "budget": {"points": [[3.0]]}}[method]
    chosen = {
        key: value[:1] if key in BY_POSITION and isinstance(value, list) and method not in ("bwm", "budget") else value
        for key, value in chosen.items()
    }
    if method == "bod":
        chosen = {}
    for x in (scores(1, children=1), np.full((5, 1), 3.0)):
        weights = weigh(method, x, chosen, [1.0])
        np.testing.assert_allclose(weights, 1.0)


@every("weights")
def test_scores_below_zero_are_refused_where_they_have_no_meaning(method: str, chosen: dict[str, Any]) -> None:
    x = scores(3).copy()
    x[4, 1] = -5.0
    below = weigh(method, x, chosen)
    x[4, 1] = 0.0
    zero = weigh(method, x, chosen)
    default = "none" if method == "gini" and not chosen else chosen.get("rescale", "")
    refuses = f"{method} {default}".strip() in NEED_ZERO_OR_MORE
    if method == "combine":
        return
    assert np.isnan(below).all() == refuses
    assert np.isnan(zero).all() == (method in NEED_ABOVE_ZERO)
    assert refuses or np.isfinite(below).all()


@pytest.mark.parametrize("method", ["merec", "cilos", "idocriw", "gini"])
def test_one_member_that_is_refused_leaves_the_others(method: str) -> None:
    x = scores(5, lead=(2,)).copy()
    x[0, 0, 0] = -1.0
    weights = weigh(method, x, {})
    assert np.isnan(weights[0]).all()
    np.testing.assert_allclose(weights[1], weigh(method, x[1], {}), rtol=1e-12)


# Declared and judged


def test_declared_weights() -> None:
    x = np.empty((0, 3))
    np.testing.assert_allclose(WEIGHT["relative"](x, np.array([2.0, 1.0, 1.0])), [0.5, 0.25, 0.25])
    np.testing.assert_allclose(WEIGHT["equal"](x, np.array([2.0, 1.0])), [0.5, 0.5])
    np.testing.assert_array_equal(WEIGHT["given"](x, np.array([60.0, 40.0])), [60.0, 40.0])
    assert WEIGHT["given"](np.empty((5, 0, 2)), np.array([60.0, 40.0])).shape == (5, 2)


def test_judgements_without_a_contradiction_give_their_weights_back() -> None:
    wanted = np.array([0.4, 0.3, 0.2, 0.1])
    full = wanted[:, None] / wanted
    found = consistency(full.tolist())
    np.testing.assert_allclose(found.weights, wanted, rtol=1e-12)
    assert found.lambda_max == pytest.approx(4.0)
    assert found.ci == pytest.approx(0.0, abs=1e-12)
    sparse = [[1, full[0, 1], 0, None], [0, 1, full[1, 2], 0], [0, 0, 1, full[2, 3]], [0, 0, 0, 1]]
    np.testing.assert_allclose(consistency(sparse).weights, wanted, rtol=1e-9)  # a chain of pairs is enough
    assert consistency(sparse).lambda_max == pytest.approx(4.0)
    apart = [[1, 2, 0, 0], [0, 1, 0, 0], [0, 0, 1, 3], [0, 0, 0, 1]]
    assert np.isnan(consistency(apart).weights).all()
    assert np.isnan(consistency(apart).cr)


def test_judgements_of_several_are_joined_by_their_geometric_mean() -> None:
    both = joined([[[1, 2, 0], [0, 1, 4], [0, 0, 1]], [[1, 8, 3], [1 / 8, 1, 0], [1 / 3, 0, 1]]])
    np.testing.assert_allclose(both, [[1, 4, 3], [1 / 4, 1, 4], [1 / 3, 1 / 4, 1]])
    assert joined([[[1, 2], [0.5, 1]], [[1]]]).size == 0


def test_consistency_of_small_and_odd_matrices() -> None:
    assert consistency([[1]]).cr == 0.0
    two = consistency([[1, 3], [1 / 3, 1]])
    np.testing.assert_allclose(two.weights, [0.75, 0.25])
    assert two.cr == 0.0
    assert np.isnan(consistency([[1, 2], [1]]).lambda_max)
    assert np.isnan(consistency([[1, -2], [-0.5, 1]]).cr)
    assert np.isnan(consistency(np.ones((16, 16)).tolist()).cr), "beyond the table"
    assert consistency([[1, 2, 3], [0, 1, 3], [0, 0, 1]], random_index=[0, 0, 0.5]).cr > 0
    assert {len(table) for table in RANDOM_INDEX.values()} == {15}


@pytest.mark.parametrize(
    ("method", "chosen"),
    [
        ("ahp", {"judgements": [[1, 2], [0.5, 1]]}),
        ("bwm", {"best": [1.0, 2.0], "worst": [2.0, 1.0]}),
        ("bwm", {"best": [2.0, 3.0, 4.0], "worst": [3.0, 2.0, 1.0]}),
        ("bwm", {"best": [1.0, 3.0, 4.0], "worst": [3.0, 2.0, 2.0]}),
        ("bwm", {"best": [1.0, 0.0, 4.0], "worst": [3.0, 2.0, 1.0]}),
        ("budget", {"points": []}),
        ("budget", {"points": [[1.0, 2.0]]}),
        ("budget", {"points": [[0.0, 0.0, 0.0]]}),
        ("budget", {"points": [[-1.0, 2.0, 2.0]]}),
        ("roc", {"ranks": [1.0, 2.0]}),
        ("rank-sum", {"ranks": [1.0, 2.0]}),
        ("importance", {"wished": [1.0, 2.0]}),
        ("combine", {"of": ["equal", "std"], "shares": [1.0]}),
        ("combine", {"of": []}),
        ("bod", {"high": 0.2}),
        ("bod", {"low": 0.4}),
    ],
)
def test_judgements_that_do_not_fit_are_not_weights(method: str, chosen: dict[str, Any]) -> None:
    assert np.isnan(weigh(method, scores(2, children=3), chosen)).all()


def test_ranks_share_the_weights_of_tied_places() -> None:
    x = np.empty((0, 3))
    np.testing.assert_allclose(WEIGHT["roc"](x, np.ones(3)), [11 / 18, 5 / 18, 2 / 18])
    np.testing.assert_allclose(WEIGHT["roc"](x, np.ones(3), ranks=[1, 2, 2]), [11 / 18, 3.5 / 18, 3.5 / 18])
    np.testing.assert_allclose(WEIGHT["rank-sum"](x, np.ones(3), ranks=[3, 1, 2]), [1 / 6, 3 / 6, 2 / 6])


def test_budget_gives_every_expert_the_same_say() -> None:
    points = [[60.0, 40.0], [1.0, 3.0]]
    np.testing.assert_allclose(
        WEIGHT["budget"](np.empty((0, 2)), np.ones(2), points=points), [(0.6 + 0.25) / 2, (0.4 + 0.75) / 2]
    )


@FEW
@given(st.lists(st.integers(1, 9).map(float), min_size=1, max_size=4))
def test_best_worst_of_judgements_that_agree_gives_them_back(others: list[float]) -> None:
    wanted = np.array([9.0, *others, 1.0])
    found = best_worst((wanted.max() / wanted).tolist(), wanted.tolist())
    np.testing.assert_allclose(found.weights, wanted / wanted.sum(), rtol=1e-9)
    assert found.ksi == pytest.approx(0.0, abs=1e-12)
    assert found.cr == pytest.approx(0.0, abs=1e-12)


# Components and importances


@FEW
@given(seed=SEED, gaps=st.booleans())
def test_importance_reaches_what_is_wished_where_it_can(seed: int, gaps: bool) -> None:
    x = scores(seed, units=40, gaps=gaps)
    weights = weigh("importance", x, {"wished": [2.0, 2.0, 3.0, 3.0]})
    reached = importances(x, weights)
    wished = np.array([0.2, 0.2, 0.3, 0.3])
    if (weights > 1e-6).all():
        np.testing.assert_allclose(reached, wished, atol=1e-5)
    even = importances(x, np.ones(CHILDREN))
    assert ((reached - wished) ** 2).sum() <= ((even - wished) ** 2).sum() + 1e-12


def test_importance_takes_the_declared_weights_as_wished_and_never_goes_below_zero() -> None:
    x = scores(11, units=60)
    np.testing.assert_array_equal(
        weigh("importance", x, {}, [4.0, 3.0, 2.0, 1.0]), weigh("importance", x, {"wished": [4, 3, 2, 1]})
    )
    against = np.column_stack([x[:, 0], x[:, 0] + 0.1 * x[:, 1], 100.0 - x[:, 0] + 0.1 * x[:, 2]])
    weights = weigh("importance", against, {}, np.ones(3))
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)


def test_components_explain_all_and_turn_with_their_children() -> None:
    found = components(scores(4, lead=(2,)))
    np.testing.assert_allclose(found.explained.sum(axis=-1), 1.0)
    np.testing.assert_allclose(found.eigenvalues.sum(axis=-1), CHILDREN)
    assert (np.diff(found.eigenvalues, axis=-1) <= 0).all()


@FEW
@given(seed=SEED)
def test_varimax_only_turns(seed: int) -> None:
    loadings = np.random.default_rng(seed).normal(size=(6, 3))
    turned = varimax(loadings)
    np.testing.assert_allclose(turned @ turned.T, loadings @ loadings.T, atol=1e-10)


def test_factor_keeps_no_factor_that_explains_less_than_a_child() -> None:
    """Three children with one thing in common: what is left of each is a tenth of all, but less than one child's own."""
    rng = np.random.default_rng(2)
    x = 0.8 * rng.normal(size=(400, 1)) + 0.6 * rng.normal(size=(400, 3))
    found = components(x)
    assert found.eigenvalues[1] / 3 > 0.1
    np.testing.assert_array_equal(weigh("factor", x, {}), weigh("factor", x, {"factors": 1}))
    assert np.abs(weigh("factor", x, {}) - weigh("factor", x, {"factors": 2})).max() > 0.01


def test_factor_keeps_factors_until_they_explain_enough() -> None:
    rng = np.random.default_rng(1)
    two = rng.normal(size=(400, 2))
    x = np.column_stack([two[:, :1] + 0.3 * rng.normal(size=(400, 3)), two[:, 1:] + 0.3 * rng.normal(size=(400, 3))])
    np.testing.assert_allclose(weigh("factor", x, {}), 1 / 6, atol=0.01)
    np.testing.assert_array_equal(weigh("factor", x, {}), weigh("factor", x, {"factors": 2}))
    assert np.isfinite(weigh("factor", x, {"factors": 99})).all()


def test_critic_of_children_that_say_the_same_is_not_defined() -> None:
    one = scores(6)[:, :1]
    assert np.isnan(weigh("critic", np.column_stack([one, 3 * one + 1]), {})).all()


def test_cv_about_a_mean_of_zero_is_not_defined() -> None:
    assert np.isnan(weigh("cv", np.array([[1.0, 1.0], [-1.0, 2.0]]), {})).all()


def test_correlations_skip_only_the_pairs_that_are_missing() -> None:
    x = scores(8, units=30).copy()
    x[:5, 0], x[25:, 1] = np.nan, np.nan
    both = x[5:25]
    expected = np.corrcoef(both[:, 0], both[:, 1])[0, 1]
    from indexcalc.methods.siblings import correlations

    together, deviation = correlations(x)
    assert together[0, 1] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(deviation, np.nanstd(x, axis=0, ddof=1))


# The frontier


@FEW
@given(seed=SEED, bounds=st.sampled_from([(0.0, 1.0), (0.1, 0.6), (0.25, 1.0)]), even=st.booleans())
def test_frontier_shows_each_unit_at_its_best(seed: int, bounds: tuple[float, float], even: bool) -> None:
    x = scores(seed, units=12) * [1.0, 1e4, 1e-3, 7.0]
    low, high = bounds
    weights, found = frontier(x, low=low, high=high, even=even)
    np.testing.assert_allclose((weights * x).sum(axis=1), found, rtol=1e-9)
    assert (weights >= 0).all()
    assert (x @ weights.T).max() <= 1.0 + 1e-8, "no unit lies beyond the frontier"
    assert found.max() == pytest.approx(1.0) or low > 0
    share = weights * x / found[:, None]
    assert share.min() >= low - 1e-9
    assert share.max() <= high + 1e-9
    for own in np.random.default_rng(seed).random((20, CHILDREN)):  # no other weights do better
        w = own / x.max(axis=0)
        shares = w * x / (x @ w)[:, None]
        allowed = (shares.min(axis=1) >= low) & (shares.max(axis=1) <= high)
        assert (found >= (x @ w) / (x @ w).max() - 1e-9)[allowed].all()


def test_frontier_with_zeros_gaps_and_negatives() -> None:
    x = np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [1.0, np.nan, 0.0], [np.nan] * 3, [0.0, 0.0, 0.0]])
    weights, found = frontier(x)
    np.testing.assert_allclose(found, [1.0, 1.0, 0.5, np.nan, 0.0], atol=1e-12)
    assert weights[2, 1] == 0
    assert (weights[[0, 1, 2, 4], 2] == 0).all()
    assert np.isnan(weights[3]).all()
    x[0, 0] = -1.0
    assert np.isnan(frontier(x)[1]).all()
    even, _ = frontier(np.array([[3.0, 3.0], [1.0, 2.0]]), even=True)
    np.testing.assert_allclose(even[0], [1 / 6, 1 / 6])  # best in both: no reason to prefer one


def test_bod_of_a_unit_at_zero_weighs_what_it_has_alike() -> None:
    weights = weigh("bod", np.array([[2.0, 1.0, 5.0], [0.0, 0.0, np.nan]]), {})
    np.testing.assert_allclose(weights[1], [0.5, 0.5, 0.0])


# Combinations


def test_combinations_nest() -> None:
    x = scores(9)
    critic, entropy, roc = (weigh(name, x, {}) for name in ("critic", "entropy", "roc"))
    product = weigh("combine", x, {"of": ["critic", {"method": "entropy"}]})
    np.testing.assert_allclose(product, critic * entropy / (critic * entropy).sum())
    mean = weigh("combine", x, {"of": ["critic", "roc"], "how": "mean", "shares": [3, 1]})
    np.testing.assert_allclose(mean, 0.75 * critic + 0.25 * roc)
    nested = weigh("combine", x, {"of": [{"method": "combine", "of": ["critic", "entropy"]}, "roc"]})
    np.testing.assert_allclose(nested, product * roc / (product * roc).sum())
    powers = weigh("combine", x, {"of": ["critic", "roc"], "shares": [0.5, 0.5]})
    np.testing.assert_allclose(powers, np.sqrt(critic * roc) / np.sqrt(critic * roc).sum())


def test_every_parameter_set_is_left_as_it_was() -> None:
    for method in WEIGHT:
        for chosen in settings_of("weights", method):
            before = repr(chosen)
            weigh(method, scores(1), chosen)
            assert repr(chosen) == before


# What falls short where there is more than one place to search from


def test_factor_finds_the_greatest_variance_of_two_factors() -> None:
    x = np.array(
        [
            *([-6.988, 13.503], [34.881, 1.834], [5.086, 10.454], [-8.19, 6.613], [29.252, 13.363]),
            *([-31.913, 8.103], [39.621, 5.004], [-4.424, 6.549], [36.743, 12.466]),
        ]
    )
    np.testing.assert_allclose(weigh("factor", x, {"factors": 2}), [0.5, 0.5], atol=1e-9)
    np.testing.assert_allclose(weigh("factor", x, {}), [0.5, 0.5], atol=1e-9)


def variance(rows: np.ndarray) -> float:
    return float(np.var(rows**2, axis=0).sum())


@pytest.mark.parametrize("children", [2, 3, 4, 6])
def test_varimax_of_two_factors_is_the_best_of_all_angles(children: int) -> None:
    for seed in range(count(15, 300)):
        rng = np.random.default_rng(seed)
        loadings = rng.normal(size=(children, 2)) * rng.uniform(0.1, 3.0, 2)
        rows = loadings / np.linalg.norm(loadings, axis=1, keepdims=True)
        turned = varimax(loadings)
        np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(loadings, axis=1))
        found = variance(turned / np.linalg.norm(turned, axis=1, keepdims=True))
        angles = np.linspace(0.0, np.pi / 2, 2001)
        turns = np.stack([np.stack([np.cos(angles), -np.sin(angles)], -1), np.stack([np.sin(angles), np.cos(angles)], -1)], -2)
        assert found >= max(variance(each) for each in rows @ turns) - 1e-9


def test_varimax_of_more_factors_is_the_best_of_many_starts() -> None:
    for seed in range(count(6, 60)):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(7, 3))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        best = -np.inf
        for _ in range(60):  # as Kaiser's plane rotations, written out
            turned = rows @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
            for _ in range(60):
                for i, j in ((0, 1), (0, 2), (1, 2)):
                    u, v = turned[:, i] ** 2 - turned[:, j] ** 2, 2 * turned[:, i] * turned[:, j]
                    angle = 0.25 * np.arctan2(2 * (np.mean(u * v) - u.mean() * v.mean()), np.var(u) - np.var(v))
                    cos, sin = np.cos(angle), np.sin(angle)
                    turned[:, [i, j]] = turned[:, [i, j]] @ np.array([[cos, -sin], [sin, cos]])
            best = max(best, variance(turned))
        assert variance(varimax(rows)) >= best - 1e-6


def shares_of(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What each child matters, of many weights (try, child), from the correlations with the weighted mean."""
    means = x @ weights.T
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.array([[np.corrcoef(x[:, j], means[:, k])[0, 1] for j in range(x.shape[1])] for k in range(len(weights))]) ** 2
        return np.asarray(r / r.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("children", [2, 3, 4])
def test_importance_is_the_nearest_of_a_grid_where_the_wish_cannot_be_met(children: int) -> None:
    steps = {2: 200, 3: 24, 4: 9}[children]
    grid = np.array([each for each in np.ndindex(*[steps + 1] * children) if sum(each) == steps], dtype=float)
    unmet = 0
    for seed in range(count(12, 150)):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(9, children)) * rng.uniform(1.0, 20.0, children)
        x[:, 1] += rng.choice([-1.0, 0.0, 1.0]) * rng.uniform(0.5, 3.0) * x[:, 0]
        wished = rng.dirichlet(np.ones(children))
        found = weigh("importance", x, {"wished": wished.tolist()})
        off = float(((shares_of(x, found[None])[0] - wished) ** 2).sum())
        best = float(np.nanmin(((shares_of(x, grid / x.std(axis=0)) - wished) ** 2).sum(axis=1)))
        unmet += off > 1e-6
        assert off <= best + 1e-7
    assert unmet > 1


def test_a_wish_that_is_not_met_is_told_with_what_was_reached() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9, 2)) @ np.array([[1.0, 0.9], [0.0, 0.3]]) * 10 + 50
    index = index_of(
        "index: {id: index}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}}\ndefaults: {normalise: points}\n"
        "dimensions:\n  - {id: d, weight: 1, weights: {method: importance, wished: [9, 1]}, indicators: [{id: a}, {id: b}]}\n"
    )
    found = score(index, panel_of(index, [x, rng.normal(size=(9, 2)) * 10 + 50], periods=["2021", "2022"]))
    told = [one for one in found.findings if one.code == "IC456"]
    assert [one.values["periods"] for one in told] == ["2021"]
    reached = shares_of(x, found.weights[0][0])[0]
    assert told[0].values["reached"] == f"a {reached[0]:.3f} (0.900), b {reached[1]:.3f} (0.100)"
    assert told[0].severity == "warning"


@pytest.mark.parametrize("chosen", [{"low": 0.1}, {"low": [0.1, 0.0]}, {"high": 0.6}])
def test_bod_does_not_jump_where_a_child_is_at_0(chosen: dict[str, Any]) -> None:
    scores_at = {}
    for value in (0.0, 1e-6, 1e-3):
        x = np.array([[value, 100.0], [80.0, 60.0], [50.0, 90.0], [70.0, 70.0]])
        scores_at[value] = float((weigh("bod", x, chosen) * x).sum(axis=1)[0])
    assert scores_at[0.0] == pytest.approx(scores_at[1e-6], abs=1e-3)
    assert scores_at[1e-6] == pytest.approx(scores_at[1e-3], abs=1e-1)
    assert scores_at[0.0] == 0.0


@pytest.mark.parametrize(
    ("weights", "code", "ratio"),
    [
        ("{method: ahp, judgements: [[1, 2, 4], [0, 1, 2], [0, 0, 1]]}", "IC413", "0.000 (ahp)"),
        ("{method: ahp, judgements: [[1, 3, 5], [0, 1, 3], [0, 0, 1]]}", "IC413", "0.033 (ahp)"),  # (3.0385 - 3) / 2 / 0.58
        ("{method: ahp, judgements: [[1, 9, 1], [0, 1, 9], [0, 0, 1]]}", "IC411", "above 0.1"),
        ("{method: bwm, best: [1, 2, 4], worst: [4, 3, 1]}", "IC413", "0.167 (bwm)"),  # |2 * 3 - 4| / (4 * 4 - 4)
        ("{method: combine, of: [equal, {method: bwm, best: [1, 2, 8], worst: [8, 4, 1]}]}", "IC413", "0.000 (bwm)"),
        ("equal", None, ""),
    ],
)
def test_the_consistency_of_judgements_is_always_told(weights: str, code: str | None, ratio: str) -> None:
    text = f"index: {{id: x, weights: {weights}}}\nunits: {{table: u.csv}}\ndata: {{v: {{path: v.csv}}}}\ndimensions: [a, b, c]\n"
    _, found = parse_index(text.encode(), "indicators.yaml")
    assert [one.code for one in found] == [code] * (code is not None)
    assert all(ratio in one.message("en") for one in found)
