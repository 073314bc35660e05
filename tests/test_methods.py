"""Every method of the catalogue, by the properties that its room promises: a method added later is tested without a new line.

Only what no test can guess is listed: required parameters, and the methods whose docstring states an exception.
"""

from __future__ import annotations

import doctest
import importlib
import inspect
import itertools
import math
import re
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexcalc.methods import (
    AGGREGATORS,
    CATALOGUE,
    NORMALISERS,
    RECORDS,
    TIE_RULES,
    WEIGHTINGS,
    WITHOUT_WEIGHTS,
    about,
    parameters,
    treat,
)
from indexcalc.methods.aggregate import COMPARES_UNITS, FREE_SUM, compared, quick, weight_there
from indexcalc.methods.aggregate.means import arithmetic
from indexcalc.methods.frame import Frame
from indexcalc.methods.rank import ranks, rounded
from indexcalc.methods.records import Powers
from indexcalc.methods.ties import levelled
from indexcalc.methods.treat import skewness
from indexcalc.tree.model import NodeRanking
from indexcalc.tree.terms import term_for

from .conftest import REPOSITORY, count

FEW = settings(max_examples=count(8, 120))  # for each of some hundred cases
# What a method cannot do without: where more is better, and where less is, when that differs.
REQUIRED: dict[str, tuple[dict[str, Any], ...]] = {
    "normalise/goalposts": ({"worst": -30.0, "best": 40.0}, {"worst": 40.0, "best": -30.0}),
    "normalise/target": ({"value": 40.0},),
    "normalise/distance-to-target": ({"value": 40.0}, {"value": -40.0}),
    "normalise/piecewise": ({"points": [[-30.0, 10.0], [0.0, 40.0], [40.0, 90.0]]},),
    "normalise/bands": ({"bands": [[-1e9, 0.0], [-30.0, 20.0], [0.0, 60.0], [40.0, 100.0]]},),
    "normalise/deduct": ({"each": 2.0},),
    "normalise/bonus": ({"each": 2.0},),
    "aggregate/power": ({"p": 0.5},),
    "aggregate/owa": ({"orness": 0.3},),
    "impute/value": ({"value": 3.0},),
    "weights/ahp": ({"judgements": [[1, 2, 4, 3], [1 / 2, 1, 3, 0], [1 / 4, 1 / 3, 1, 1 / 2], [1 / 3, None, 2, 1]]},),
    "weights/bwm": ({"best": [2.0, 1.0, 8.0, 4.0], "worst": [4.0, 8.0, 1.0, 2.5]},),
    "weights/priority-chart": (
        {"judgements": [[0.5, 1.0, 1.0, 0.5], [0.0, 0.5, 1.0, 0.0], [0.0, 0.0, 0.5, 0.5], [0.5, 1.0, 0.5, 0.5]]},
    ),
    "weights/ahp-complementary": (
        {"judgements": [[0.5, 0.6, 0.7, 0.8], [0.4, 0.5, 0.6, 0.6], [0.3, 0.4, 0.5, 0.7], [0.2, 0.4, 0.3, 0.5]]},
    ),
    "weights/ahp-fuzzy": (
        {
            "judgements": [
                [[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [2.0, 4.0, 5.0], [1.0, 1.0, 2.0]],
                [[1 / 3, 0.5, 1.0], [1.0, 1.0, 1.0], [1.0, 2.0, 4.0], [0.5, 1.0, 1.0]],
                [[0.2, 0.25, 0.5], [0.25, 0.5, 1.0], [1.0, 1.0, 1.0], [0.25, 0.5, 0.5]],
                [[0.5, 1.0, 1.0], [1.0, 1.0, 2.0], [2.0, 2.0, 4.0], [1.0, 1.0, 1.0]],
            ]
        },
    ),
    "weights/dematel": ({"influence": [[0.0, 3.0, 2.0, 1.0], [1.0, 0.0, 4.0, 0.0], [0.0, 1.0, 0.0, 2.0], [2.0, 0.0, 1.0, 0.0]]},),
    "weights/budget": ({"points": [[40.0, 30.0, 20.0, 10.0], [5.0, 2.0, 2.0, 1.0]]},),
    "weights/combine": ({"of": ["critic", {"method": "entropy", "rescale": "none"}]},),
}
# Further settings that change what a method does.
MORE: dict[str, list[dict[str, Any]]] = {
    "normalise/min-max": [{"low": 60.0, "high": 100.0}],
    "normalise/efficacy": [{"clip": True}, {"satisfactory": 30.0}, {"unacceptable": 10.0}, {"satisfactory": 30.0, "clip": True}],
    "normalise/efficacy-exponential": [
        {"satisfactory": {"quantile": 0.9}},
        {"satisfactory": 30.0},
        {"unacceptable": 10.0, "clip": True},
    ],
    "normalise/goalposts": [
        {"worst": -30.0, "best": 40.0, "clip": False},
        {"worst": 1.0, "best": 40.0, "log": True},
        {"worst": 1.0, "best": 40.0, "log": True, "clip": False},
        {"worst": {"quantile": 0.05}, "best": {"quantile": 0.95}},
        {"worst": {"quantile": 0.1}, "best": 40.0, "clip": False},
    ],
    "normalise/z-score": [{"mean": 50.0, "sd": 10.0, "ddof": 0}],
    "normalise/rank": [{"ties": "min"}, {"ties": "max"}],
    "normalise/percentile": [{"ties": "min"}, {"ties": "max", "low": 60.0}],
    "normalise/points": [{"floor": -10.0, "cap": 30.0}],
    "normalise/borda": [{"ties": "min"}, {"ties": "max"}],
    "normalise/rank-exponential": [{"scale": 50.0, "ties": "min"}],
    "normalise/normal-scores": [{"offset": 0.0}, {"mean": 100.0, "sd": 10.0, "ties": "max"}],
    "normalise/distance-to-target": [{"value": 40.0, "worst": -50.0, "clip": False}],
    "normalise/reference": [{"value": 2.0}, {"value": "median", "form": "difference"}, {"value": "max"}, {"value": "min"}],
    "normalise/proportion": [{"of": "best", "scale": 1.0}],
    "normalise/ampi": [{"value": 10.0}, {"value": "median", "middle": 0.0, "spread": 1.0}],
    "normalise/piecewise": [
        {"points": [[-30.0, 10.0], [0.0, 40.0], [40.0, 90.0]], "beyond": "extend"},
        {"points": [[-200.0, 10.0], [0.0, 40.0], [200.0, 90.0]], "below": "missing", "above": "missing"},
        {"points": [[-200.0, 10.0], [0.0, 40.0], [200.0, 90.0]], "beyond": "missing"},
    ],
    "normalise/deduct": [{"each": 2.0, "cap": 20.0, "floor": None}],
    "normalise/bonus": [{"each": 2.0, "cap": 20.0}],
    "aggregate/geometric": [{"floor": 5.0}],
    "aggregate/harmonic": [{"floor": 5.0}],
    "aggregate/power": [{"p": 0.0}, {"p": 1.0}, {"p": -1.0}, {"p": 3.0}, {"p": -2.5, "floor": 5.0}],
    "aggregate/sum": [{"scale": 0.1}],
    "aggregate/product": [{"scale": 0.01}],
    "aggregate/owa": [{"orness": 0.0}, {"orness": 1.0}, {"weights": [0.5, 0.3, 0.2]}, {"weights": [0.0, 2.0, 0.0, 1.0]}],
    "aggregate/mpi": [{"penalty": "positive"}],
    "aggregate/copeland": [{"result": "share"}],
    "aggregate/topsis": [{"rescale": "vector"}, {"rescale": "min-max", "scale": 1.0}, {"weights": "once"}],
    "aggregate/vikor": [{"v": 0.3, "scale": 1.0}],
    "aggregate/promethee": [
        {"preference": "v-shape", "p": 30.0},
        {"preference": "level", "q": 5.0, "p": 30.0},
        {"preference": "linear", "q": 5.0, "p": 30.0},
        {"preference": "gaussian", "s": 20.0, "result": "share"},
    ],
    "aggregate/grey-topsis": [{"closeness": "weighted-scores"}, {"closeness": "weighted-coefficients", "rho": 1.0}],
    "aggregate/rank-sum-ratio": [{"ranks": "even", "scale": 1.0}],
    "aggregate/coupling": [{"form": "corrected"}, {"result": "coupling"}, {"result": "development"}],
    "aggregate/benefit-of-the-doubt": [{"low": 0.1, "scale": 1.0}],
    "aggregate/grey": [{"rho": 1.0, "scale": 1.0}],
    "weights/entropy": [{"rescale": "none"}],
    "weights/critic": [{"rescale": "none"}],
    "weights/std": [{"rescale": "min-max"}],
    "weights/cv": [{"rescale": "min-max"}],
    "weights/inverse-std": [{"rescale": "min-max"}],
    "weights/gini": [{"rescale": "min-max"}],
    "weights/variance": [{"rescale": "none"}],
    "weights/information": [{"rescale": "min-max"}],
    "weights/pca": [{"take": "loadings"}],
    "weights/factor": [{"factors": 2}],
    "weights/ahp": [
        {
            "judgements": [
                [[1, 2, 4, 3], [0, 1, 3, 2], [0, 0, 1, 1], [0, 0, 0, 1]],
                [[1, 1, 5, 4], [1, 1, 2, 2], [0.2, 0.5, 1, 0], [0, 0, 0, 1]],
            ]
        }
    ],
    "impute/linear": [{"ends": "hold"}],
    "weights/roc": [{"ranks": [3.0, 1.0, 3.0, 2.0]}],
    "weights/rank-sum": [{"ranks": [3.0, 1.0, 3.0, 2.0]}],
    "weights/bod": [{"low": 0.1, "high": 0.5}, {"low": [0.1, 0.2, 0.0, 0.0]}],
    "weights/importance": [{"wished": [4.0, 3.0, 2.0, 1.0]}],
    "weights/combine": [
        {"of": ["std", "equal", "given"], "how": "mean", "shares": [0.5, 0.3, 0.2]},
        {"of": ["bod", "roc"]},
        {"of": ["std", "cv", "equal"], "how": "game"},
        {"of": ["bod", "std"], "how": "deviation"},
    ],
}
SAY_THEMSELVES = {  # what is better stands in the parameters, which speak for higher here
    name: -1.0 if record.better == "lower" else 1.0 for name, record in NORMALISERS.items() if record.better != "direction"
}
ABOVE_ZERO = {"reference", "proportion"}  # ratios: tested on values above 0
NEED_A_SPREAD = {"min-max", "efficacy", "efficacy-exponential", "z-score", "ampi"}
FREE_OF_MEASURE = ("min-max", "z-score", "rank", "percentile", "efficacy", "borda", "rank-exponential", "normal-scores", "ampi")
# Score and mirror add up to this.
MIRRORED = {"min-max": 100.0, "z-score": 0.0, "percentile": 100.0, "normal-scores": 0.0, "ampi": 200.0}
NO_MEANS = {"sum", "product", "mpi", "coupling", *COMPARES_UNITS}
NOT_RISING = {"mpi", "grey", "grey-topsis", "coupling"}  # a child that improves may cost more than it brings
NEEDS_OTHERS = {
    "topsis",
    "copeland",
    "vikor",
    "promethee",
    "grey-topsis",
}  # nothing to say of a unit alone, or of units that are all alike
ALL_OR_NOTHING = {"product"}  # one child missing leaves it missing
PANDAS = {"competition": "min", "dense": "dense", "average": "average", "min": "min", "max": "max"}


def settings_of(room: str, method: str, *, lower: bool = False) -> list[dict[str, Any]]:
    """Every parameter set that a method is tested with."""
    name = f"{room}/{method}"
    needed = [parameter.name for parameter in parameters(room, method).values() if parameter.required]
    required = REQUIRED.get(name, ({},))
    missing = set(needed) - set(required[0])
    assert not missing, f"{name} needs {sorted(missing)}: give it values in REQUIRED of tests/test_methods.py"
    first = required[-1 if lower else 0]
    given = [first, *MORE.get(name, [])]
    return [*given, *({**first, key: choice} for key, choice in not_chosen(room, method, given))]


def not_chosen(room: str, method: str, given: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The words that a parameter may be and is not in any of some parameter sets: each is tried alone, beside what is required."""
    record, left = RECORDS[room][method], []
    for key, parameter in record.parameters.items():
        words = [
            word for kind in (parameter.type, *get_args(parameter.type)) if get_origin(kind) is Literal for word in get_args(kind)
        ]
        chosen = [getattr(record.given(one), key) for one in given]
        left += [(key, word) for word in words if word not in chosen]
    needs_more = [word for key, word in left if record.problem({**given[0], key: word})]
    assert not needs_more, f"{room}/{method} needs more for {needs_more}: give it values in MORE of tests/test_methods.py"
    return left


def every(room: str, *, without: Any = ()) -> Any:
    cases = []
    for method in CATALOGUE[room]:
        if method not in without:
            try:
                cases += [
                    pytest.param(method, chosen, id=f"{method} {chosen or ''}".strip()) for chosen in settings_of(room, method)
                ]
            except AssertionError:
                cases.append(pytest.param(method, None, id=method))
    return pytest.mark.parametrize(("method", "chosen"), cases)


def numbers(low: float = -100.0, high: float = 100.0, *, gaps: bool = True) -> Any:
    """Numbers as indicators have them: many ties, some gaps."""
    whole = st.integers(int(low), int(high)).map(float)
    tied = st.sampled_from([max(low, 1.0), max(low, 2.0)])
    real = st.floats(low, high, allow_subnormal=False).map(lambda number: round(number, 6))
    return st.one_of(tied, whole, real, *([st.just(np.nan)] if gaps else []))


def table(shape: Any = None, **kinds: Any) -> Any:
    """Arrays (draw, unit, indicator), or of another shape."""
    wanted = shape or st.tuples(st.integers(1, 2), st.integers(1, 7), st.integers(1, 3))
    return arrays(float, wanted, elements=numbers(**kinds))


def normalised(method: str, x: np.ndarray, frame: np.ndarray, sign: float, chosen: dict[str, Any]) -> np.ndarray:
    signs = np.full(x.shape[-1], sign)
    if method in ABOVE_ZERO:  # the same order, and what was equal still is
        x, frame = frozen(np.exp(x / 50.0)), frozen(np.exp(frame / 50.0))
    if chosen.get("zeros") == "apart":  # counts, of which none is below 0
        x, frame = frozen(x + 100.0), frozen(frame + 100.0)
    return CATALOGUE["normalise"][method](x, Frame(frame, signs), **chosen)


def sign_of(method: str, sign: float) -> float:
    return SAY_THEMSELVES.get(method, sign)


def for_sign(room: str, method: str, sign: float) -> list[dict[str, Any]]:
    """The settings that fit a direction: fixed values one way for higher, the other for lower."""
    return settings_of(room, method, lower=sign < 0)[: None if sign > 0 else 1]


def frozen(x: np.ndarray) -> np.ndarray:
    """A copy that nobody can write to."""
    x = np.array(x)
    x.flags.writeable = False
    return x


SIGN = st.sampled_from([1.0, -1.0])


@pytest.mark.parametrize("room", CATALOGUE)
def test_every_method_is_documented_and_has_its_parameters_in_the_table(room: str) -> None:
    for method in CATALOGUE[room]:
        assert about(room, method).endswith((".", ")")), method
        settings_of(room, method)
    assert {name.split("/")[1] for name in (*REQUIRED, *MORE) if name.startswith(f"{room}/")} <= set(CATALOGUE[room])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_of_every_method_who_agrees_and_who_differs(language: str) -> None:
    page = (REPOSITORY / "docs" / language / "methods.md").read_text(encoding="utf-8")
    named = set(
        re.findall(r"`([a-z][a-z-]*)", page[page.index({"en": "\n## Where tools differ", "zh": "\n## 各软件的差异"}[language]) :])
    )
    steps = ("impute", "treat", "normalise", "weights", "aggregate")
    assert [method for step in steps for method in CATALOGUE[step] if method not in named] == []


def test_the_exceptions_are_methods_that_there_are() -> None:
    known = {name for room in CATALOGUE.values() for name in room}
    assert {
        *SAY_THEMSELVES,
        *NEED_A_SPREAD,
        *FREE_OF_MEASURE,
        *MIRRORED,
        *NO_MEANS,
        *NOT_RISING,
        *NEEDS_OTHERS,
        *ALL_OR_NOTHING,
    } <= known


@pytest.mark.parametrize("room", RECORDS)
def test_a_term_means_one_method_of_its_step(room: str) -> None:
    known = RECORDS[room]
    terms = [term for record in known.values() for term in record.terms]
    assert len(terms) == len(set(terms))
    assert [term for term in terms if term != term.strip().casefold()] == []
    for name, record in known.items():
        assert record.name == name
        assert {term_for(term, known) for term in record.terms} == {name}


def test_ranking_knows_every_rule_of_ties() -> None:
    assert get_args(NodeRanking.model_fields["ties"].annotation) == tuple(TIE_RULES)


@every("normalise")
def test_scores_depend_on_other_units_where_the_record_says_so(method: str, chosen: dict[str, Any]) -> None:
    rng = np.random.default_rng(5)
    x, others = np.exp(rng.normal(2, 0.7, (30, 1))), np.exp(rng.normal(3, 1.4, (40, 1)))
    record = NORMALISERS[method]
    among = [record.function(x, Frame(frame, np.array([1.0])), **chosen) for frame in (x, others)]
    assert np.array_equal(*among, equal_nan=True) != record.compares_units(chosen)


@every("normalise")
def test_values_of_a_record_are_parameters_that_fix_the_scale(method: str, chosen: dict[str, Any]) -> None:
    record = NORMALISERS[method]
    assert set(record.values) <= set(record.parameters)
    if record.compares == "unless fixed":
        assert not record.compares_units(chosen | dict.fromkeys(record.values, 7.0))


@pytest.mark.parametrize("method", AGGREGATORS)
def test_a_result_may_be_undefined_where_the_record_says_so(method: str) -> None:
    record, w = AGGREGATORS[method], np.array([0.4, 0.6])
    tables = [np.array(rows) for rows in ([[0.0, 1.0], [2.0, 3.0]], [[-2.0, -1.0], [2.0, 3.0]], [[1.0, 1.0], [1.0, 1.0]])]
    whole = [together(method, x, w, chosen) for chosen in settings_of("aggregate", method) for x in tables]
    whole += [together(method, np.array([[2.0, 3.0]]), w, chosen) for chosen in settings_of("aggregate", method)]  # a unit alone
    assert any(np.isnan(y).any() for y in whole) == (record.undefined in ("refused", "missing"))
    assert bool(record.reasons) == (record.undefined in ("refused", "missing"))
    gap = together(method, np.array([[np.nan, 3.0], [2.0, 5.0], [4.0, 1.0]]), w, settings_of("aggregate", method)[0])
    assert np.isnan(gap[0]) == (record.undefined == "without a child")


@pytest.mark.parametrize("method", [name for name, record in AGGREGATORS.items() if isinstance(record.split, Powers)])
def test_a_mean_of_powers_is_one(method: str) -> None:
    rng, record = np.random.default_rng(5), AGGREGATORS[method]
    x, w = rng.uniform(5.0, 90.0, (20, 4)), rng.dirichlet(np.ones(4))
    for chosen in settings_of("aggregate", method):
        p = record.power(chosen)
        y = np.exp(np.log(x) @ w) if not p else ((x**p) @ w) ** (1.0 / p)
        np.testing.assert_allclose(together(method, x, w, chosen), y * chosen.get("scale", 1.0), rtol=1e-9)


@every("weights")
def test_weights_are_made_of_what_the_record_says(method: str, chosen: dict[str, Any]) -> None:
    rng = np.random.default_rng(5)
    one, other = (np.exp(rng.normal(3, 0.5, (20, 4))) for _ in range(2))
    record, even = WEIGHTINGS[method], np.full(4, 0.25)
    weights = record.function(one, even, **chosen)
    assert (weights.ndim == one.ndim) == (record.scores == "each unit" or "bod" in chosen.get("of", ()))
    assert np.array_equal(weights, record.function(other, even, **chosen)) == (record.scores is None)
    uneven = record.function(one, np.array([0.1, 0.2, 0.3, 0.4]), **chosen)
    if record.declared is None:
        np.testing.assert_array_equal(weights, uneven)
    if record.declared == "as they are":
        np.testing.assert_array_equal(uneven, [0.1, 0.2, 0.3, 0.4])
    assert set(record.per_child) <= set(record.parameters)


def test_methods_of_weights_that_look_at_the_tree_do() -> None:
    x = np.exp(np.random.default_rng(5).normal(3, 0.5, (20, 4)))
    for name in (name for name, record in WEIGHTINGS.items() if record.declared):
        chosen = {"of": ["given"]} if name == "combine" else {}
        one, other = (WEIGHTINGS[name].function(x, np.array(w), **chosen) for w in ([0.25] * 4, [0.1, 0.2, 0.3, 0.4]))
        assert not np.allclose(one, other), name


@pytest.mark.parametrize("module", ["methods.rank", "methods.derive", "methods.impute", "panel"])
def test_examples_in_docstrings_hold(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"indexcalc.{module}"))
    assert result.failed == 0


# Normalisers


@every("normalise")
@FEW
@given(x=table(), sign=SIGN)
def test_normalise_keeps_the_shape_and_the_gaps_and_changes_nothing_in_place(
    method: str, chosen: dict[str, Any], x: np.ndarray, sign: float
) -> None:
    x = frozen(x)
    chosen = chosen if sign > 0 else settings_of("normalise", method, lower=True)[0]
    before = x.copy()
    score = normalised(method, x, x, sign, chosen)
    assert score.shape == x.shape
    np.testing.assert_array_equal(x, before)
    assert np.isnan(score[np.isnan(x)]).all()
    assert not np.isinf(score).any()
    low, high = np.fmin.reduce(x, axis=-2, keepdims=True), np.fmax.reduce(x, axis=-2, keepdims=True)
    few = np.count_nonzero(~np.isnan(x), axis=-2, keepdims=True) < 2
    without_log = (x <= 0) & bool(chosen.get("log"))
    excused = np.broadcast_to((low == high) | few, x.shape) | without_log
    assert (np.isfinite(score) | np.isnan(x) | excused).all(), "a number became missing"


@every("normalise")
@FEW
@given(x=table(), frame=table(), sign=SIGN)
def test_normalise_against_another_frame_never_becomes_infinite(
    method: str, chosen: dict[str, Any], x: np.ndarray, frame: np.ndarray, sign: float
) -> None:
    indicators = min(x.shape[-1], frame.shape[-1])
    x, frame = x[..., :indicators], frame[:1, :, :indicators]
    score = normalised(method, frozen(x), frozen(frame), sign, chosen)
    assert score.shape == x.shape
    assert not np.isinf(score).any()
    assert np.isnan(score[np.isnan(x)]).all()


@every("normalise")
@FEW
@given(x=table(), order=st.randoms(use_true_random=False))
def test_normalise_permuted_units_get_permuted_scores(method: str, chosen: dict[str, Any], x: np.ndarray, order: Any) -> None:
    places = list(range(x.shape[-2]))
    order.shuffle(places)
    straight = normalised(method, x, x, 1.0, chosen)
    shuffled = normalised(method, x[:, places], x[:, places], 1.0, chosen)
    np.testing.assert_allclose(shuffled, straight[:, places], rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("method", CATALOGUE["normalise"])
@FEW
@given(x=table(), sign=SIGN)
def test_normalise_a_better_value_never_has_a_lower_score(method: str, x: np.ndarray, sign: float) -> None:
    for chosen in for_sign("normalise", method, sign):
        score = normalised(method, x, x, sign, chosen)
        ordered = np.argsort(sign_of(method, sign) * x, axis=-2)
        rising = np.take_along_axis(score, ordered, axis=-2)
        steps = np.diff(rising, axis=-2)
        assert (steps[~np.isnan(steps)] >= -1e-9).all()


@pytest.mark.parametrize("method", CATALOGUE["normalise"])
@FEW
@given(x=table(gaps=False), more=st.floats(0, 50), sign=SIGN)
def test_normalise_a_unit_that_improves_never_loses(method: str, x: np.ndarray, more: float, sign: float) -> None:
    better = x.copy()
    better[:, 0] += sign_of(method, sign) * more
    for chosen in for_sign("normalise", method, sign):
        if method == "ampi" and "value" in chosen:
            continue  # the worst unit that improves narrows the range, which takes all farther from a reference outside it
        if method == "goalposts" and isinstance(chosen.get("worst"), dict) and not chosen.get("clip", True):
            continue  # the lowest unit takes the quantile up with it, and what it is below that is more of a narrower range
        change = normalised(method, better, better, sign, chosen)[:, 0] - normalised(method, x, x, sign, chosen)[:, 0]
        assert (change[~np.isnan(change)] >= -1e-9).all()


@pytest.mark.parametrize("method", sorted({*CATALOGUE["normalise"]} - {*SAY_THEMSELVES, *ABOVE_ZERO, "target"}))
@FEW
@given(x=table())
def test_normalise_turns_with_its_direction(method: str, x: np.ndarray) -> None:
    """Values of the other sign, with less of them better, are the same thing said otherwise."""
    straight, turned = settings_of("normalise", method)[0], settings_of("normalise", method, lower=True)[0]
    turned = {key: -straight[key] if key in ("worst", "best", "value") else value for key, value in turned.items()}
    np.testing.assert_allclose(
        normalised(method, -x, -x, -1.0, turned), normalised(method, x, x, 1.0, straight), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("method", MIRRORED)
@FEW
@given(x=table())
def test_normalise_lower_is_the_mirror_within_the_methods_own_range(method: str, x: np.ndarray) -> None:
    total = normalised(method, x, x, 1.0, {}) + normalised(method, x, x, -1.0, {})
    np.testing.assert_allclose(total[~np.isnan(total)], MIRRORED[method], atol=1e-9)


@pytest.mark.parametrize("method", ["rank", "borda"])
@FEW
@given(x=table())
def test_ranks_from_both_ends_add_up(method: str, x: np.ndarray) -> None:
    total = normalised(method, x, x, 1.0, {}) + normalised(method, x, x, -1.0, {})
    count = np.count_nonzero(~np.isnan(x), axis=-2, keepdims=True)
    expected = np.broadcast_to(count + (1.0 if method == "rank" else -1.0), x.shape)
    np.testing.assert_array_equal(total[~np.isnan(x)], expected[~np.isnan(x)])


@pytest.mark.parametrize("method", FREE_OF_MEASURE)
@FEW
@given(
    x=arrays(float, (1, 6, 2), elements=st.one_of(st.integers(-100, 100).map(float), st.just(np.nan))),
    factor=st.sampled_from([0.001, 0.5, 3.0, 10_000.0]),
    shift=st.sampled_from([0.0, -273.15, 32.0]),
    sign=SIGN,
)
def test_normalise_does_not_depend_on_the_unit_of_measurement(
    method: str, x: np.ndarray, factor: float, shift: float, sign: float
) -> None:
    other = x * factor + shift
    np.testing.assert_allclose(
        normalised(method, other, other, sign, {}), normalised(method, x, x, sign, {}), rtol=1e-6, atol=1e-6
    )


@pytest.mark.slow
@every("normalise")
@FEW
@given(x=arrays(float, (2, 3, 5, 2), elements=numbers()), sign=SIGN)
def test_normalise_a_stack_is_its_members_one_by_one(method: str, chosen: dict[str, Any], x: np.ndarray, sign: float) -> None:
    signs = np.array([sign, 1.0])
    x = np.exp(x / 50.0) if method in ABOVE_ZERO else x
    scores = CATALOGUE["normalise"][method](x, Frame(x, signs), **chosen)
    for at in np.ndindex(2, 3):
        one = CATALOGUE["normalise"][method](x[at], Frame(x[at], signs), **chosen)
        np.testing.assert_allclose(scores[at], one, rtol=1e-12, atol=1e-12)
    shared = CATALOGUE["normalise"][method](x, Frame(x[0, :1], signs), **chosen)
    for at in np.ndindex(2, 3):
        one = CATALOGUE["normalise"][method](x[at], Frame(x[0, 0], signs), **chosen)
        np.testing.assert_allclose(shared[at], one, rtol=1e-12, atol=1e-12)


@every("normalise")
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_normalise_constant_empty_and_single_columns(method: str, chosen: dict[str, Any], sign: float) -> None:
    constant = np.full(7, 0.1 + 0.2)  # the sum of seven, over seven, is not quite it
    x = np.column_stack([constant, np.full(7, np.nan), [7.0, *[np.nan] * 6], [1.0, 2, 3, 4, *[np.nan] * 3]])
    score = normalised(method, x, x, sign, chosen)
    assert np.isnan(score[:, 1]).all()
    assert np.isnan(score[1:, 2]).all()
    assert len(np.unique(score[:, 0])) == 1, "units that are alike get the same"
    given_ends = {key for key in ("satisfactory", "unacceptable", "worst", "best") if isinstance(chosen.get(key), float)}
    if (method in NEED_A_SPREAD or (method == "goalposts" and "worst" in chosen)) and not given_ends:
        assert np.isnan(score[:, 0]).all()
        assert np.isnan(score[0, 2])
    elif method == "percentile" and "share" not in chosen:
        assert np.isfinite(score[:, 0]).all()
        assert np.isnan(score[0, 2])
    else:
        assert np.isfinite(score[:, 0]).all()
        assert np.isfinite(score[0, 2])
    assert np.isfinite(score[:4, 3]).all()


def test_rank_of_a_constant_column_is_the_middle() -> None:
    x = np.full((5, 1), 3.0)
    np.testing.assert_array_equal(normalised("rank", x, x, 1.0, {}), np.full((5, 1), 3.0))


@FEW
@given(x=table((1, 9, 2)), sign=SIGN, ties=st.sampled_from(["average", "min", "max"]))
def test_rank_counts_from_the_worst_as_pandas_does(x: np.ndarray, sign: float, ties: Any) -> None:
    expected = pd.DataFrame(sign * x[0]).rank(method=ties).to_numpy()
    np.testing.assert_array_equal(normalised("rank", x, x, sign, {"ties": ties})[0], expected)


def test_ranks_of_computed_values_are_tied_where_these_are_one_and_ranks_of_values_as_read_are_not() -> None:
    x = np.array([[0.1 + 0.2], [0.3], [0.5], [0.1]])
    for sign, tied, apart in ((1.0, [2.5, 2.5, 4, 1], [3, 2, 4, 1]), (-1.0, [2.5, 2.5, 1, 4], [2, 3, 1, 4])):
        for computed, expected in ((True, tied), (False, apart)):
            frame = Frame(x, np.array([sign]), np.array([computed]))
            assert CATALOGUE["normalise"]["rank"](x, frame)[:, 0].tolist() == expected
            assert CATALOGUE["normalise"]["borda"](x, frame)[:, 0].tolist() == [place - 1 for place in expected]
    among = Frame(np.array([[0.3], [0.6]]), np.array([1.0]), np.array([True]))  # of another period
    assert CATALOGUE["normalise"]["rank"](x, among, ties="min")[:, 0].tolist() == [1, 1, 2, 1]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("ties", ["average", "min", "max"])
@given(steps=st.lists(st.integers(0, 60), min_size=1, max_size=30))
def test_ranks_of_computed_values_follow_the_rule_for_ties_from_the_best(sign: float, ties: Any, steps: list[int]) -> None:
    x = sign * (1.0 + 2.5e-13 * np.array(steps, dtype=float))
    found = CATALOGUE["normalise"]["rank"](x[:, None], Frame(x[:, None], np.array([sign]), np.array([True])), ties=ties)
    np.testing.assert_array_equal(found[:, 0], pd.Series(first_of_places((sign * x).tolist())).rank(method=ties))


def test_one_fixed_end_beyond_all_that_is_seen_never_turns_the_scale() -> None:
    x = np.array([[85.0], [90.0], [100.0], [np.nan]])
    for method in ("efficacy", "efficacy-exponential"):
        np.testing.assert_allclose(normalised(method, x, x, 1.0, {"satisfactory": 80.0})[:, 0], [100, 100, 100, np.nan])
        np.testing.assert_allclose(normalised(method, x, x, 1.0, {"unacceptable": 120.0})[:, 0], [60, 60, 60, np.nan])
        np.testing.assert_allclose(normalised(method, x, x, -1.0, {"satisfactory": 120.0})[:, 0], [100, 100, 100, np.nan])
    np.testing.assert_allclose(normalised("distance-to-target", x, x, 1.0, {"value": 85.0})[:, 0], [100, 100, 100, np.nan])


# Aggregators

SHAPE = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def siblings(draw: Any, *, gaps: bool = True, low: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores (unit, child) in the range where every mean is defined, and weights (child,)."""
    units, children = draw(SHAPE)
    x = draw(arrays(float, (units, children), elements=numbers(low, 100.0, gaps=gaps)))
    w = draw(arrays(float, children, elements=st.floats(0.01, 1.0)))
    return x, w


def together(method: str, x: np.ndarray, w: np.ndarray, chosen: dict[str, Any]) -> np.ndarray:
    return CATALOGUE["aggregate"][method](x, w, **chosen)


@every("aggregate")
@FEW
@given(both=siblings())
def test_aggregate_keeps_units_and_changes_nothing_in_place(method: str, chosen: dict[str, Any], both: Any) -> None:
    x, w = map(frozen, both)
    before = x.copy()
    y = together(method, x, w, chosen)
    assert y.shape == x.shape[:-1]
    np.testing.assert_array_equal(x, before)
    gone = np.isnan(x).any(axis=-1) if method in ALL_OR_NOTHING else np.isnan(x).all(axis=-1)
    assert np.isnan(y[gone]).all()
    assert not np.isinf(y).any()
    if method not in NEEDS_OTHERS or (np.maximum.reduce(x) > np.minimum.reduce(x)).any():  # not where any is missing
        assert np.isfinite(y[~gone]).all()


@every("aggregate")
@FEW
@given(both=siblings(), order=st.randoms(use_true_random=False))
def test_aggregate_children_may_come_in_any_order(method: str, chosen: dict[str, Any], both: Any, order: Any) -> None:
    x, w = both
    places = list(range(len(w)))
    order.shuffle(places)
    np.testing.assert_allclose(together(method, x[:, places], w[places], chosen), together(method, x, w, chosen), rtol=1e-9)


@every("aggregate")
@FEW
@given(both=siblings(), factor=st.sampled_from([0.01, 2.0, 100.0]))
def test_aggregate_scaling_all_weights(method: str, chosen: dict[str, Any], both: Any, factor: float) -> None:
    x, w = both
    expected = together(method, x, w, chosen) * (factor if method in FREE_SUM else 1.0)
    np.testing.assert_allclose(together(method, x, w * factor, chosen), expected, rtol=1e-9)


@every("aggregate")
@FEW
@given(both=siblings(), order=st.randoms(use_true_random=False))
def test_aggregate_units_may_come_in_any_order(method: str, chosen: dict[str, Any], both: Any, order: Any) -> None:
    x, w = both
    places = list(range(len(x)))
    order.shuffle(places)
    np.testing.assert_allclose(together(method, x[places], w, chosen), together(method, x, w, chosen)[places], rtol=1e-9)


@every("aggregate", without=COMPARES_UNITS)
@FEW
@given(both=siblings())
def test_aggregate_a_unit_alone_gets_what_it_gets_among_others(method: str, chosen: dict[str, Any], both: Any) -> None:
    x, w = both
    alone = np.concatenate([together(method, x[[unit]], w, chosen) for unit in range(len(x))])
    np.testing.assert_allclose(alone, together(method, x, w, chosen), rtol=1e-12)


@every("aggregate", without=NOT_RISING)
@FEW
@given(both=siblings(), more=st.floats(0, 50), child=st.integers(0, 4))
def test_aggregate_a_unit_that_improves_never_loses(
    method: str, chosen: dict[str, Any], both: Any, more: float, child: int
) -> None:
    x, w = both
    better = x.copy()
    better[0, child % len(w)] += more
    change = together(method, better, w, chosen)[0] - together(method, x, w, chosen)[0]
    assert np.isnan(change) or change >= -1e-9


@pytest.mark.parametrize("method", sorted(NOT_RISING))
def test_what_is_exempt_from_rising_can_fall(method: str) -> None:
    """An exemption stands for something: a unit that improves in one child has less than before."""
    rng, w = np.random.default_rng(3), np.array([0.02, 0.3, 0.68])
    for _ in range(2000):
        x = rng.uniform(1.0, 100.0, (4, 3))
        better = x + np.where(np.arange(4)[:, None] == 1, np.eye(3)[rng.integers(3)] * rng.uniform(0.0, 100.0 - x[1].max()), 0.0)
        if together(method, better, w, {})[1] < together(method, x, w, {})[1] - 1e-6:
            return
    pytest.fail("a unit that improves never loses: no exemption is needed")


@every("aggregate", without=NOT_RISING | COMPARES_UNITS)
@FEW
@given(both=siblings(), more=st.floats(0, 50), child=st.integers(0, 4))
def test_aggregate_rises_with_each_child(method: str, chosen: dict[str, Any], both: Any, more: float, child: int) -> None:
    x, w = both
    better = x.copy()
    better[:, child % len(w)] += more
    change = together(method, better, w, chosen) - together(method, x, w, chosen)
    assert (change[~np.isnan(change)] >= -1e-9).all()


@every("aggregate", without=NO_MEANS)
@FEW
@given(both=siblings())
def test_a_mean_lies_between_its_children(method: str, chosen: dict[str, Any], both: Any) -> None:
    x, w = both
    used = np.maximum(x, chosen["floor"]) if "floor" in chosen else x
    y = together(method, x, w, chosen)
    there = ~np.isnan(y)
    assert (y >= np.fmin.reduce(used, axis=-1) * (1 - 1e-9))[there].all()
    assert (y <= np.fmax.reduce(used, axis=-1) * (1 + 1e-9))[there].all()


@every("aggregate", without=ALL_OR_NOTHING)
@FEW
@given(both=siblings(gaps=False), data=st.data())
def test_a_missing_child_is_as_if_it_were_not_there(method: str, chosen: dict[str, Any], both: Any, data: Any) -> None:
    x, w = both
    assume(len(w) > 1)
    gone = data.draw(st.integers(0, len(w) - 1))
    rest = [at for at in range(len(w)) if at != gone]
    x = np.array(x)
    x[:, gone] = np.nan
    expected = together(method, x[:, rest], w[rest], chosen)
    if method in FREE_SUM:  # the others carry its weight too
        expected = expected * w.sum() / w[rest].sum()
    np.testing.assert_allclose(together(method, x, w, chosen), expected, rtol=1e-9)


@pytest.mark.slow
@every("aggregate")
@FEW
@given(x=arrays(float, (2, 4, 3), elements=numbers(1.0, 100.0)), w=arrays(float, (2, 1, 3), elements=st.floats(0.01, 1.0)))
def test_aggregate_a_stack_is_its_members_one_by_one(method: str, chosen: dict[str, Any], x: np.ndarray, w: np.ndarray) -> None:
    both = together(method, x, w, chosen)
    each = np.stack([together(method, x[draw], w[draw], chosen) for draw in range(2)])
    np.testing.assert_allclose(both, each, rtol=1e-12)
    np.testing.assert_allclose(together(method, x[1], w[0, 0], chosen), together(method, x[1], w[0], chosen), rtol=1e-12)
    np.testing.assert_allclose(together(method, x, w[0, 0], chosen)[1], together(method, x[1], w[0], chosen), rtol=1e-12)
    drawn = together(method, x[0], w, chosen)
    if method not in WITHOUT_WEIGHTS:
        assert drawn.shape == (2, 4), "draws of weights are one more axis of the result"
    np.testing.assert_allclose(
        np.broadcast_to(drawn, (2, 4)), np.stack([together(method, x[0], one, chosen) for one in w]), rtol=1e-12
    )


@every("aggregate")
@FEW
@given(x=arrays(float, (2, 4, 3), elements=numbers(1.0, 100.0)), w=arrays(float, (2, 4, 3), elements=st.floats(0.01, 1.0)))
def test_aggregate_each_unit_may_have_weights_of_its_own(
    method: str, chosen: dict[str, Any], x: np.ndarray, w: np.ndarray
) -> None:
    alike = np.broadcast_to(w[0, 0], (4, 3))
    np.testing.assert_allclose(together(method, x[0], alike, chosen), together(method, x[0], w[0, 0], chosen), rtol=1e-12)
    own = together(method, x, w, chosen)
    each = np.stack([together(method, x[draw], w[draw], chosen) for draw in range(2)])
    np.testing.assert_allclose(own, each, rtol=1e-12)
    if method not in COMPARES_UNITS:
        units = [together(method, x[0, unit : unit + 1], w[0, unit], chosen)[0] for unit in range(4)]
        np.testing.assert_allclose(own[0], units, rtol=1e-12)


@every("aggregate", without=WITHOUT_WEIGHTS)
@FEW
@given(both=siblings(gaps=False))
def test_a_child_without_weight_plays_no_part(method: str, chosen: dict[str, Any], both: Any) -> None:
    x, w = both
    wider, weights = np.column_stack([x, np.full(len(x), 37.0)]), np.append(w, 0.0)
    np.testing.assert_allclose(together(method, wider, weights, chosen), together(method, x, w, chosen), rtol=1e-9)
    alone = np.column_stack([np.full((len(x), len(w)), np.nan), np.full(len(x), 37.0)])
    assert np.isnan(together(method, alone, weights, chosen)).all()


@pytest.mark.parametrize(
    ("method", "chosen"), [("geometric", {}), ("harmonic", {}), ("power", {"p": 0.0}), ("power", {"p": -1.0})]
)
@pytest.mark.parametrize("low", [0.0, -5.0])
def test_no_value_at_or_below_zero_without_a_floor(method: str, chosen: dict[str, Any], low: float) -> None:
    x, w = np.array([[low, 10.0], [20.0, np.nan], [low, np.nan]]), np.array([0.5, 0.5])
    assert np.isnan(together(method, x, w, chosen)).tolist() == [True, False, True]
    assert np.isfinite(together(method, x, w, chosen | {"floor": 1.0})).all()


@pytest.mark.parametrize("children", [1, 2, 5, 9])
def test_a_mean_of_many_units_is_that_of_few_to_the_last_bit(children: int) -> None:
    rng = np.random.default_rng(children)
    x = rng.normal(50, 10, (2, children, 9000)).swapaxes(1, 2)
    x[rng.random(x.shape) < 0.1] = np.nan
    w = rng.random(children)
    whole, there = arithmetic(x, w), weight_there(x, w)
    for start in range(0, 9000, 300):
        part = x[:, start : start + 300]
        np.testing.assert_array_equal(whole[:, start : start + 300], arithmetic(part, w))
        np.testing.assert_array_equal(there[:, start : start + 300], weight_there(part, w))


def test_many_units_of_which_nothing_that_is_there_weighs_anything_are_missing() -> None:
    x = np.ones((9000, 2))
    x[::3, 0] = np.nan
    assert np.isnan(arithmetic(x, np.zeros(2))).all()
    np.testing.assert_array_equal(np.isnan(arithmetic(x, np.array([1.0, 0.0]))), np.arange(9000) % 3 == 0)


@pytest.mark.parametrize("children", [1, 5, 9])
@pytest.mark.parametrize("shape", [(), (3, 1), (2, 3, 1), (2, 1, 4000)])
def test_many_units_have_to_the_last_bit_what_each_has_alone(shape: tuple[int, ...], children: int) -> None:
    rng = np.random.default_rng(11)
    x = np.moveaxis(rng.normal(50.0, 10.0, (2, 3, children, 4000)), -2, -1)  # the units of a child side by side, as in a panel
    x[rng.random(x.shape) < 0.2] = np.nan
    w = rng.random((*shape, children))
    w[..., -1] = 0.0
    each = np.broadcast_to(w, x.shape)
    for found in (arithmetic, weight_there):
        alone = np.stack(
            [found(x[..., at : at + 300, :], each[..., at : at + 300, :]) for at in range(0, 4000, 300)][:-1], axis=2
        )
        np.testing.assert_array_equal(found(x, w)[..., :3900].reshape(2, 3, 13, 300), alone)


@pytest.mark.parametrize("children", [1, 5, 9])
@pytest.mark.parametrize("shape", [(), (3, 1), (2, 3, 1), (2, 1, 4000), (4000,)])
@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_quick_forms_are_the_plain_ones_to_the_last_bit(
    shape: tuple[int, ...], children: int, gaps: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(7)
    x, w = np.moveaxis(rng.normal(50.0, 10.0, (2, 3, children, 4000)), -2, -1), rng.random((*shape, children))
    x[rng.random(x.shape) < gaps] = np.nan
    quickly = arithmetic(x, w), weight_there(x, w)
    monkeypatch.setattr(quick, "SMALL", x.size)
    for found, plainly in zip(quickly, (arithmetic(x, w), weight_there(x, w)), strict=True):
        np.testing.assert_array_equal(found, np.broadcast_to(plainly, found.shape))


@pytest.mark.parametrize("children", [2, 8, 9, 20])
def test_a_single_unit_with_a_gap_has_to_the_last_bit_what_it_has_alone(children: int) -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        x, w = rng.normal(50.0, 10.0, (9000, children)), rng.random(children)
        x[17, 0] = np.nan
        np.testing.assert_array_equal(arithmetic(x, w)[17:18], arithmetic(x[17:18], w))


def test_what_weighs_nothing_plays_no_part_and_undefined_weights_are_of_those_that_are_there() -> None:
    for units in (2, 20_000):
        x = np.tile([1.0, np.inf], (units, 1))
        np.testing.assert_array_equal(arithmetic(x, np.array([1.0, 0.0])), 1.0)
        x[0, 1] = np.nan
        for w in (np.array([1.0, np.nan]), np.tile([1.0, np.nan], (units, 1))):
            np.testing.assert_array_equal(arithmetic(x, w), [1.0, *[np.nan] * (units - 1)])


@pytest.mark.parametrize(("chunk", "short"), [(1, 1 << 12), (700, 1 << 12), (700, 30), (1 << 18, 100)])
@pytest.mark.parametrize("ties", ["competition", "average", "dense", "max"])
def test_ranks_are_the_same_however_many_are_taken_at_once(
    ties: str, chunk: int, short: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    x = np.round(rng.normal(50, 10, (300, 7)), 1)  # ties
    x[rng.random(x.shape) < 0.1] = np.nan
    x[:, 3], x[:, 4] = np.nan, 1.0
    at_once = ranks(x, ties=ties)
    monkeypatch.setattr("indexcalc.methods.rank._CHUNK", chunk)
    monkeypatch.setattr("indexcalc.methods.rank._SHORT", short)
    np.testing.assert_array_equal(at_once, ranks(x, ties=ties))


@pytest.mark.parametrize("far", [0.0, 1e-300, 1e9, -1e9, 1e300])
def test_scores_too_near_to_be_told_apart_by_how_far_they_are_behind_are_ranked_as_they_are(far: float) -> None:
    rng = np.random.default_rng(7)
    x = np.round(rng.normal(0.0, 1.0, (9000, 2)), 3)  # ties
    x[rng.random(x.shape) < 0.1] = np.nan
    x[4, 0] = x[17, 1] = far
    tied = pd.DataFrame(np.transpose([first_of_places(column.tolist()) for column in x.T]))
    np.testing.assert_array_equal(ranks(x), tied.rank(method="min", ascending=False).to_numpy())
    np.testing.assert_array_equal(ranks(x, ties="average"), tied.rank(method="average", ascending=False).to_numpy())


def first_of_places(x: list[float]) -> list[float]:
    """Return the rule for ties as the documentation has it: each score as the first one of its place."""
    known = sorted({score for score in x if score == score}, reverse=True)
    apart, first, firsts = 1e-12 * max((abs(score) for score in known if abs(score) < math.inf), default=0.0), math.inf, {}
    for score in known:
        first = score if first - score > apart else first
        firsts[score] = first
    return [firsts.get(score, math.nan) for score in x]


@given(
    x=st.lists(
        st.one_of(
            st.just(math.nan), st.integers(-3, 3).map(float), st.integers(0, 60).map(lambda step: 1.0 + 2.5e-13 * step), numbers()
        ),
        min_size=1,
        max_size=40,
    )
)
def test_a_place_begins_where_the_gap_to_the_first_of_the_one_before_is_more_than_the_tolerance(x: list[float]) -> None:
    tied = first_of_places(x)
    np.testing.assert_array_equal(levelled(np.array(x)), tied)
    for method in TIE_RULES:
        expected = pd.Series(tied).rank(method="min" if method == "competition" else method, ascending=False)
        np.testing.assert_array_equal(ranks(np.array(x)[:, None], ties=method)[:, 0], expected)


def test_scores_without_end_and_of_any_size_are_ranked_by_what_they_are() -> None:
    x = np.array([3.0, np.inf, 2.0, -np.inf, np.nan, np.inf, 5e299, 1e308, -1e308])
    np.testing.assert_array_equal(ranks(x[:, None])[:, 0], [5.0, 1.0, 5.0, 8.0, np.nan, 1.0, 4.0, 3.0, 7.0])
    for units in (3, 5000):
        np.testing.assert_array_equal(ranks(np.full((units, 1), -np.inf)), 1.0)
    np.testing.assert_array_equal(ranks(np.array([[np.nan], [-np.inf], [np.nan]]))[:, 0], [np.nan, 1.0, np.nan])
    near = np.array([0.0, 5e-324, -5e-324, 1e-323])
    np.testing.assert_array_equal(ranks(near[:, None])[:, 0], [3.0, 2.0, 4.0, 1.0])


def test_power_means_meet_the_others_and_rise_with_their_exponent() -> None:
    x, w = np.array([[3.0, 8.0, 60.0], [5.0, 5.0, 90.0]]), np.array([0.2, 0.5, 0.3])
    for p, name in ((1.0, "arithmetic"), (0.0, "geometric"), (-1.0, "harmonic")):
        np.testing.assert_allclose(together("power", x, w, {"p": p}), together(name, x, w, {}), rtol=1e-12)
    means = [together("power", x, w, {"p": p}) for p in (-3.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0)]
    assert all((later > earlier).all() for earlier, later in itertools.pairwise(means))


def test_owa_is_the_best_the_mean_and_the_worst() -> None:
    x, w = np.array([[3.0, 8.0, 60.0], [5.0, np.nan, 90.0]]), np.array([0.2, 0.5, 0.3])
    for orness, name in ((1.0, "maximum"), (0.5, "arithmetic"), (0.0, "minimum")):
        np.testing.assert_allclose(together("owa", x, w, {"orness": orness}), together(name, x, w, {}), rtol=1e-12)
    np.testing.assert_allclose(together("owa", x, w, {"weights": [1.0, 1.0]}), together("arithmetic", x, w, {}), rtol=1e-12)
    rising = [together("owa", x, w, {"orness": orness}) for orness in (0.0, 0.1, 0.5, 0.7, 1.0)]
    assert all((later > earlier).all() for earlier, later in itertools.pairwise(rising))


@FEW
@given(both=siblings(), pairs=st.integers(1, 30))
def test_copeland_in_blocks_is_copeland_pair_by_pair(both: Any, pairs: int) -> None:
    x, w = both
    expected = []
    for one in x:
        ahead = [sum(weight * np.nan_to_num(np.sign(a - b)) for a, b, weight in zip(one, two, w, strict=True)) for two in x]
        expected.append(np.nan if np.isnan(one).all() else np.sign(np.round(ahead, 9)).sum())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compared, "PAIRS", pairs)
        np.testing.assert_array_equal(together("copeland", x, w, {}), expected)


def test_equal_weights_for_and_against_are_a_draw_whatever_is_left_in_the_last_bits() -> None:
    x, w = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), np.array([0.1, 0.2, 0.3])
    assert together("copeland", x, w, {}).tolist() == [0.0, 0.0]
    assert together("copeland", x, w, {"result": "share"}).tolist() == [50.0, 50.0]


def test_units_that_are_all_alike_or_alone() -> None:
    x, w = np.full((3, 2), 40.0), np.array([0.5, 0.5])
    assert np.isnan(together("topsis", x, w, {})).all()
    assert together("grey", x, w, {}).tolist() == [100.0] * 3
    assert together("copeland", x, w, {}).tolist() == [0.0] * 3
    assert np.isnan(together("copeland", x[:1], w, {"result": "share"})).all()
    for method in COMPARES_UNITS:
        assert together(method, x[:0], w, {}).shape == (0,)


def test_mpi_without_a_mean_above_zero_has_no_variation_to_speak_of() -> None:
    x, w = np.array([[-5.0, 3.0], [-4.0, -4.0], [0.0, 0.0], [-5.0, 5.0], [7.0, np.nan]]), np.array([0.5, 0.5])
    np.testing.assert_array_equal(together("mpi", x, w, {}), [np.nan, -4.0, 0.0, np.nan, 7.0])


def test_all_units_on_the_frontier_of_benefit_of_the_doubt_tie() -> None:
    rng = np.random.default_rng(5)
    x = rng.random((20, 4))
    for best in (x / np.sqrt((x**2).sum(axis=1, keepdims=True)), x / x.sum(axis=1, keepdims=True) * 37.3):
        scores = together("benefit-of-the-doubt", best, np.ones(4), {})
        assert np.abs(scores - 100).max() < 1e-12
        assert ranks(scores[:, None]).tolist() == [[1.0]] * 20
    led = np.where(np.arange(20)[:, None] % 4 == np.arange(4), 1.0, x)  # each leads in one child
    assert ranks(together("benefit-of-the-doubt", led, np.ones(4), {})[:, None]).tolist() == [[1.0]] * 20


def test_children_whose_scores_are_one_on_paper_decide_nothing() -> None:
    x = np.array([[0.1 + 0.2, 5.0], [0.3, 5.0]])
    assert together("copeland", x, np.ones(2), {}).tolist() == [0.0, 0.0]
    assert np.isnan(together("topsis", x, np.ones(2), {})).all()
    assert together("grey", x, np.ones(2), {}).tolist() == [100.0, 100.0]


def test_computed_values_that_are_all_one_are_constant() -> None:
    x = np.array([[0.1 + 0.2], [0.3], [0.3 + 1e-13]])
    for method in ("min-max", "z-score"):
        frame = Frame(x, np.array([1.0]), np.array([True]))
        assert np.isnan(CATALOGUE["normalise"][method](x, frame)).all()
        assert not np.isnan(CATALOGUE["normalise"][method](x, Frame(x, np.array([1.0])))).any()


def test_benefit_of_the_doubt_of_an_odd_unit() -> None:
    aggregate = CATALOGUE["aggregate"]["benefit-of-the-doubt"]
    x, w = np.array([[4.0, 1.0], [1.0, 4.0], [2.0, 2.0], [2.0, np.nan], [0.0, 0.0]]), np.ones(2)
    # the frontier from (4, 1) to (1, 4) is a + b = 5; (2, 2) comes to 4 / 5; without b there is 2 / 4
    np.testing.assert_allclose(aggregate(x, w), [100, 100, 80, 50, 0], atol=1e-9)
    np.testing.assert_allclose(aggregate(x, w, low=0.5, high=1.0)[:3], [800 / 17, 800 / 17, 80], rtol=1e-9)  # v = 1/17, 4/17
    assert np.isnan(aggregate(np.array([[1.0, -2.0], [1.0, 2.0]]), w)).all()
    assert np.isnan(aggregate(x, w, high=0.6)[3]), "one child cannot carry it all"


# Imputation


def masks(units: int, *starts: int) -> list[np.ndarray]:
    """Groups of units that follow each other."""
    place = np.searchsorted([*starts], np.arange(units), side="right")
    return [place == group for group in np.unique(place)]


@every("impute")
@FEW
@given(x=arrays(float, (4, 6, 2), elements=numbers()))
def test_impute_fills_gaps_only_and_never_touches_a_value(method: str, chosen: dict[str, Any], x: np.ndarray) -> None:
    x = frozen(x)
    before = x.copy()
    out = CATALOGUE["impute"][method](x, masks(6, 3), **chosen)
    assert out.shape == x.shape
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(out[~np.isnan(x)], x[~np.isnan(x)])
    assert not np.isinf(out).any()


@every("impute")
@FEW
@given(x=arrays(float, (3, 6, 2), elements=numbers(gaps=True)), order=st.randoms(use_true_random=False))
def test_impute_permuted_units_get_permuted_estimates(method: str, chosen: dict[str, Any], x: np.ndarray, order: Any) -> None:
    places = list(range(6))
    order.shuffle(places)
    straight = CATALOGUE["impute"][method](x, masks(6, 2), **chosen)
    shuffled = CATALOGUE["impute"][method](x[:, places], [mask[places] for mask in masks(6, 2)], **chosen)
    np.testing.assert_allclose(shuffled, straight[:, places], rtol=1e-7, atol=1e-6)


@every("impute")
@FEW
@given(x=arrays(float, (2, 5, 2), elements=numbers()))
def test_impute_nothing_from_nothing_and_groups_apart(method: str, chosen: dict[str, Any], x: np.ndarray) -> None:
    """A group's estimates come from the group alone."""
    empty = np.full_like(x, np.nan)
    both = CATALOGUE["impute"][method](np.concatenate([x, empty], axis=1), masks(10, 5), **chosen)
    alone = CATALOGUE["impute"][method](x, masks(5), **chosen)
    np.testing.assert_allclose(both[:, :5], alone, rtol=1e-12)
    if method != "value":
        assert np.isnan(both[:, 5:]).all()


@pytest.mark.parametrize("method", ["mean", "median"])
@FEW
@given(x=arrays(float, (3, 6, 2), elements=numbers()))
def test_impute_by_group_as_pandas_does(method: str, x: np.ndarray) -> None:
    out = CATALOGUE["impute"][method](x, masks(6, 4))
    for period in range(3):
        frame = pd.DataFrame(x[period])
        expected = frame.fillna(frame.groupby(np.array([0, 0, 0, 0, 1, 1])).transform(method))
        np.testing.assert_allclose(out[period], expected.to_numpy(), rtol=1e-12, atol=1e-12)


def test_a_line_is_drawn_through_a_gap_of_several_periods() -> None:
    x = np.array([1.0, np.nan, np.nan, 10.0, np.nan])[:, None, None]
    found = CATALOGUE["impute"]["linear"](x, masks(1))[:, 0, 0]
    np.testing.assert_allclose(found, [1, 4, 7, 10, np.nan])


@FEW
@given(x=arrays(float, (6, 3, 1), elements=numbers()))
def test_impute_over_time_as_pandas_does(x: np.ndarray) -> None:
    frame = pd.DataFrame(x[..., 0])
    wanted = {"last": frame.ffill(), "linear": frame.interpolate(limit_area="inside")}
    for method, expected in wanted.items():
        out = CATALOGUE["impute"][method](x, masks(3))[..., 0]
        np.testing.assert_allclose(out, expected.to_numpy(), rtol=1e-12, atol=1e-12)
    held = CATALOGUE["impute"]["linear"](x, masks(3), ends="hold")[..., 0]
    np.testing.assert_allclose(held, frame.interpolate(limit_direction="both").to_numpy(), rtol=1e-12, atol=1e-12)


def test_impute_nearest_takes_the_earlier_of_two() -> None:
    x = np.array([np.nan, 1.0, np.nan, 5.0, np.nan, np.nan, 9.0, np.nan])[:, None, None]
    assert CATALOGUE["impute"]["nearest"](x, [])[:, 0, 0].tolist() == [1, 1, 1, 5, 5, 9, 9, 9]


def test_impute_regression_finds_a_line_and_needs_enough_units() -> None:
    a = np.array([1.0, 2.0, 4.0, 7.0, 9.0, np.nan])
    x = np.column_stack([a, 3 * a + 2])[None]
    x[0, 2, 1] = np.nan
    out = CATALOGUE["impute"]["regression"](x, [np.ones(6, bool)])
    np.testing.assert_allclose(out[0, 2], [4.0, 14.0])
    assert np.isnan(out[0, 5]).all(), "no sibling, no estimate"
    few = CATALOGUE["impute"]["regression"](x[:, 1:4], [np.ones(3, bool)])
    assert np.isnan(few[0, 1, 1])


def test_impute_em_without_gaps_in_the_predictor_is_regression() -> None:
    """Where only one of two has gaps, the likeliest line is that of least squares (Anderson 1957)."""
    random = np.random.default_rng(5)
    a = random.normal(50, 10, 30)
    x = np.column_stack([a, 2 * a + random.normal(0, 5, 30)])[None]
    x[0, 20:, 1] = np.nan
    every_unit = [np.ones(30, bool)]
    expected = CATALOGUE["impute"]["regression"](x, every_unit)
    np.testing.assert_allclose(CATALOGUE["impute"]["em"](x, every_unit), expected, rtol=1e-6)


def test_impute_em_solves_its_own_equations() -> None:
    """At the end each estimate is what mean and covariance imply, and these are what the estimates imply."""
    random = np.random.default_rng(6)
    full = random.normal(size=(200, 1)) @ np.array([[1.0, -2.0, 0.5]]) + random.normal(size=(200, 3)) * 0.6 + 10
    x = np.where(random.random(full.shape) < 0.2, np.nan, full)
    out = CATALOGUE["impute"]["em"](x[None], [np.ones(200, bool)])[0]
    nobody = np.isnan(x).all(axis=1)
    assert np.isnan(out[nobody]).all()
    gaps = np.isnan(x) & ~nobody[:, None]
    assert np.isfinite(out[gaps]).all()
    by_mean = np.where(gaps, np.nanmean(x, axis=0), full)
    assert np.abs(out - full)[gaps].mean() < 0.8 * np.abs(by_mean - full)[gaps].mean(), "siblings tell something"
    moved = CATALOGUE["impute"]["em"](x[None] * 1000 - 7, [np.ones(200, bool)])[0]
    np.testing.assert_allclose(moved, out * 1000 - 7, rtol=1e-9)
    again = CATALOGUE["impute"]["em"](x[None], [np.ones(200, bool)], most=5000, tolerance=1e-13)[0]
    np.testing.assert_allclose(again, out, rtol=1e-6)


def test_impute_em_of_too_little_leaves_it_missing() -> None:
    x = np.array([[1.0, 2.0], [2.0, np.nan], [3.0, 4.0]])[None]
    np.testing.assert_array_equal(CATALOGUE["impute"]["em"](x, [np.ones(3, bool)]), x)
    lone = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, np.nan], [4.0, np.nan]])[None]
    np.testing.assert_array_equal(CATALOGUE["impute"]["em"](lone, [np.ones(4, bool)]), lone)


# Ranks


def by_pandas(scores: np.ndarray, ties: str) -> np.ndarray:
    assert ties in PANDAS, f"say in PANDAS of tests/test_methods.py what rank(method=...) {ties} is"
    rows = np.moveaxis(scores, -2, -1).reshape(-1, scores.shape[-2])
    ranked = [pd.Series(first_of_places(row.tolist())).rank(method=PANDAS[ties], ascending=False).to_numpy() for row in rows]  # type: ignore[call-overload]
    return np.moveaxis(np.reshape(ranked, np.moveaxis(scores, -2, -1).shape), -1, -2)


@pytest.mark.parametrize("ties", CATALOGUE["ties"])
@FEW
@given(x=arrays(float, st.tuples(st.integers(1, 2), st.integers(1, 12), st.integers(1, 3)), elements=numbers()))
def test_ranks_are_those_of_pandas(ties: str, x: np.ndarray) -> None:
    x = frozen(x)
    np.testing.assert_array_equal(ranks(x, ties=ties), by_pandas(x, ties))


NEAR = 73.975 * (1 + np.arange(-3, 4) * 2.0**-52)


@pytest.mark.parametrize("ties", CATALOGUE["ties"])
@FEW
@given(
    scale=st.sampled_from([5e-324, 1e-310, 1e-290, 1e-8, 1.0, 1e8, 1e290, 8e307]),
    x=arrays(float, (15, 2), elements=st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, np.nan])),
)
def test_ranks_of_huge_and_tiny_scores(ties: str, scale: float, x: np.ndarray) -> None:
    np.testing.assert_array_equal(ranks(x * scale, ties=ties), by_pandas(x * scale, ties))


@pytest.mark.parametrize("ties", CATALOGUE["ties"])
@FEW
@given(
    x=arrays(float, (20, 2), elements=st.sampled_from([*NEAR.tolist(), -1e12, 1e12, 0.0, np.nextafter(0.0, 1.0), np.nan])),
)
def test_ranks_of_scores_that_differ_in_the_last_bits(ties: str, x: np.ndarray) -> None:
    np.testing.assert_array_equal(ranks(x, ties=ties), by_pandas(x, ties))


@pytest.mark.slow
@pytest.mark.parametrize("ties", CATALOGUE["ties"])
def test_ranks_of_more_than_a_million_scores(ties: str) -> None:
    random = np.random.default_rng(7)
    tall = random.normal(size=(1_200_000, 1)).round(3)
    wide = random.integers(0, 300, (3, 150_000, 3)) / 7.0
    wide[random.random(wide.shape) < 0.02] = np.nan
    for scores in (tall, wide):
        np.testing.assert_array_equal(ranks(scores, ties=ties), by_pandas(scores, ties).astype(np.float32))


@pytest.mark.parametrize("ties", CATALOGUE["ties"])
def test_ranks_of_nothing_and_of_one(ties: str) -> None:
    assert ranks(np.empty((2, 0, 3)), ties=ties).shape == (2, 0, 3)
    np.testing.assert_array_equal(ranks(np.array([[4.0, np.nan]]), ties=ties), [[1.0, np.nan]])
    assert np.isnan(ranks(np.full((3, 1), np.nan), ties=ties)).all()


@pytest.mark.parametrize("ties", CATALOGUE["ties"])
@FEW
@given(x=arrays(float, (8, 1), elements=numbers()))
def test_a_tie_rule_orders_by_score_and_shares_among_equals(ties: str, x: np.ndarray) -> None:
    found, scores = ranks(x, ties=ties)[:, 0], x[:, 0]
    for one in range(8):
        for other in range(8):
            if scores[one] > scores[other]:
                assert found[one] < found[other]
            elif scores[one] == scores[other]:
                assert found[one] == found[other]


# Rounding


@pytest.mark.parametrize(
    ("number", "decimals", "shown"),
    [
        (73.975, 2, 73.98),  # stored as 73.97499999999999…
        (-73.975, 2, -73.98),
        (0.285, 2, 0.29),
        (1.005, 2, 1.01),
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (73.9749999, 2, 73.97),
        (73.97, 2, 73.97),
        (99.995, 2, 100.0),
        (1e6 + 0.125, 2, 1e6 + 0.13),
        (0.0, 2, 0.0),
    ],
)
def test_rounded_as_people_do_by_hand(number: float, decimals: int, shown: float) -> None:
    assert rounded(np.array([number]), decimals)[0] == shown


def test_rounded_keeps_gaps_and_has_no_minus_zero() -> None:
    out = rounded(np.array([np.nan, -0.001]), 2)
    assert np.isnan(out[0])
    assert f"{out[1]:.2f}" == "0.00"


@FEW
@given(x=arrays(float, 5, elements=st.floats(-1e4, 1e4)), decimals=st.integers(0, 6))
def test_rounded_is_near_and_stays(x: np.ndarray, decimals: int) -> None:
    out = rounded(x, decimals)
    assert (np.abs(out - x) <= 0.5 * 10.0**-decimals + 2e-9).all()
    np.testing.assert_array_equal(rounded(out, decimals), out)
    assert (np.diff(out[np.argsort(x)]) >= 0).all()


def test_required_parameters_pass_the_checks_of_an_index() -> None:
    for room, known in RECORDS.items():
        for method, record in known.items():
            for chosen in settings_of(room, method):
                assert record.problem(chosen) is None, (room, method)


def test_methods_take_keywords_only_beyond_their_arrays() -> None:
    for room, methods in CATALOGUE.items():
        for method, function in methods.items():
            kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
            assert inspect.Parameter.VAR_KEYWORD not in kinds, (room, method)
            assert inspect.Parameter.VAR_POSITIONAL not in kinds, (room, method)


# treat


@pytest.mark.parametrize("method", CATALOGUE["treat"])
@given(x=arrays(float, (3, 12, 2), elements=st.floats(-1e3, 1e3).map(lambda value: round(value, 2))), gaps=st.integers(0, 2**20))
def test_treating_keeps_shape_gaps_and_order(method: str, x: Any, gaps: int) -> None:
    treat = CATALOGUE["treat"][method]
    x = np.where(np.random.default_rng(gaps).random(x.shape) < 0.1, np.nan, x)
    before = x.copy()
    treated = treat(x)
    np.testing.assert_array_equal(x, before)
    assert treated.shape == x.shape
    constant = np.fmin.reduce(x, axis=-2, keepdims=True) == np.fmax.reduce(x, axis=-2, keepdims=True)
    assert np.isnan(treated[np.isnan(x)]).all()
    assert not np.isnan(treated[~np.isnan(x) & ~constant]).any()
    turned = np.random.default_rng(gaps).permutation(x.shape[1])
    np.testing.assert_allclose(treat(x[:, turned]), treated[:, turned], rtol=1e-12, atol=1e-12)
    for one in range(len(x)):
        np.testing.assert_array_equal(treat(x[one]), treated[one])
    for stack, column in np.ndindex(3, 2):
        order = np.argsort(x[stack, :, column])
        kept = treated[stack, order, column]
        assert (np.diff(kept[~np.isnan(kept)]) >= 0).all()


@FEW
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(["normal", "skewed", "turned", "tied", "heavy", "nearly constant"]),
    units=st.sampled_from([0, 1, 3, 4, 5, 12, 40, 3000]),
    chosen=st.fixed_dictionaries(
        {
            "skew": st.sampled_from([0.0, 0.5, 1.0, 2.0]),
            "kurtosis": st.sampled_from([-1.0, 0.0, 1.0, 3.5]),
            "most": st.integers(1, 7),
            "then": st.sampled_from(["log", "nothing"]),
        }
    ),
)
def test_moments_taken_quickly_change_no_bit(seed: int, kind: str, units: int, chosen: dict[str, Any]) -> None:
    rng = np.random.default_rng(seed)
    x = {
        "normal": rng.normal(size=(units, 3)),
        "skewed": rng.lognormal(0, 1.5, (units, 3)),
        "turned": -rng.lognormal(0, 1, (units, 3)),
        "tied": np.round(rng.lognormal(0, 1, (units, 3))),
        "heavy": rng.standard_t(2, (units, 3)) * 10.0 ** rng.integers(-30, 30),
        "nearly constant": 0.1 + rng.choice([0.0, 1e-17, 1e-14], (units, 3)),
    }[kind]
    x[rng.random(x.shape) < 0.1] = np.nan
    quickly = treat.winsorise(frozen(x), **chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(treat, "quickly", lambda *_: "unsure")
        np.testing.assert_array_equal(quickly, treat.winsorise(frozen(x), **chosen))


def test_winsorising_pulls_in_what_sticks_out_and_says_no_more_than_it_must() -> None:
    winsorise = CATALOGUE["treat"]["winsorise"]
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 100])[:, None]
    assert winsorise(x)[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    quiet = np.arange(10.0)[:, None]
    np.testing.assert_array_equal(winsorise(quiet), quiet)
    np.testing.assert_array_equal(winsorise(-x), -winsorise(x))


@pytest.mark.parametrize("power", [None, 0.0, 0.5, -1.0])
def test_box_cox_as_scipy(power: float | None) -> None:
    stats = pytest.importorskip("scipy.stats")
    x = np.random.default_rng(3).lognormal(2.0, 0.8, (300, 1)) + 1.0
    found = CATALOGUE["treat"]["box-cox"](x, power=power)[:, 0]
    if power is None:
        expected, likeliest = stats.boxcox(x[:, 0])
        assert -2 < likeliest < 2
        np.testing.assert_allclose(found, expected, rtol=1e-5)
        return
    np.testing.assert_allclose(found, stats.boxcox(x[:, 0], lmbda=power), rtol=1e-12)


def test_box_cox_moves_what_is_not_above_zero() -> None:
    x = np.array([-10.0, 0.0, 40.0, 90.0, np.nan])[:, None]
    np.testing.assert_allclose(
        CATALOGUE["treat"]["box-cox"](x, power=2.0)[:, 0],
        [0.0, 60.0, 1300.0, 5100.0, np.nan],  # squares of 1, 11, 51, 101
    )
    np.testing.assert_array_equal(CATALOGUE["treat"]["box-cox"](x, power=0.0), CATALOGUE["treat"]["log"](x))
    assert np.isnan(CATALOGUE["treat"]["box-cox"](np.full((4, 1), 3.0))).all()
    assert CATALOGUE["treat"]["box-cox"](np.full((0, 2), 3.0)).shape == (0, 2)
    skewed = np.random.default_rng(4).exponential(1.0, (500, 1)) ** 2
    assert abs(skewness(CATALOGUE["treat"]["box-cox"](skewed)[:, 0])) < 0.3 < skewness(skewed[:, 0])
