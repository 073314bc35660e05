"""Questions asked from Python: the same answers as the command line's, the same refusals, a table and a view of each."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from indexcalc.analysis.result import Result
from indexcalc.cli.app import app
from indexcalc.findings import Refused
from indexcalc.jobs import questions
from indexcalc.jobs.project import Project
from indexcalc.scores import Scores

from .conftest import REPOSITORY
from .test_change import scored

INDEX = REPOSITORY / "indicators.yaml"


@pytest.fixture(scope="module")
def scores() -> Scores:
    return Project(INDEX, REPOSITORY, REPOSITORY / "reports").scores()


def told(*words: str) -> dict[str, Any]:
    """What a command prints as data."""
    said = CliRunner().invoke(app, [*words, "--index", str(INDEX), "--json"])
    assert said.exit_code == 0, said.output
    data: dict[str, Any] = json.loads(said.stdout)
    return data


def walked(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for child in tree.get("children", ()):
        yield from walked(child)


def same(column: Any, values: list[Any]) -> None:
    """A column holds some values, NaN where there is none."""
    assert [None if isinstance(one, float) and math.isnan(one) else one for one in column.tolist()] == values


def test_explain(scores: Scores) -> None:
    found = questions.explain(scores, "越秀", node="safety")
    nodes = list(walked(told("explain", "越秀", "--node", "safety")["tree"]))
    frame = found.frame()
    assert frame["node"].tolist() == [one["node"] for one in nodes]
    for key in ("name", "score", "rank", "weight", "weight_in_effect", "coverage", "contribution", "index_points"):
        same(frame[key], [one[key] for one in nodes])
    same(frame["value"], [one.get("value") for one in nodes])
    boards = told("explain", "越秀")["boards"]
    same(found.boards.frame()["node"], [one["node"] for one in boards])
    same(found.boards.frame()["index_points"], [one["index_points"] for one in boards])


@pytest.mark.parametrize("vs", ["group", "best", "天河"])
def test_explain_beside_others(scores: Scores, vs: str) -> None:
    frame = questions.explain(scores, "越秀", vs=vs, depth=2).frame()
    nodes = list(walked(told("explain", "越秀", "--vs", vs, "--depth", "2")["tree"]))
    assert frame["node"].tolist() == [one["node"] for one in nodes]
    for key in ("score", "contribution", "index_points"):
        same(frame[key], [one[key][0] for one in nodes])
        same(frame[f"{key}_others"], [one[key][1] for one in nodes])
        same(frame[f"{key}_difference"], [one[f"{key}_difference"] for one in nodes])


@pytest.mark.parametrize("unit", [None, "天河"])
def test_change(scores: Scores, unit: str | None) -> None:
    frame = questions.change(scores, unit, from_="2021", to="2022").frame()
    units = told("change", *([unit] if unit else []), "--from", "2021", "--to", "2022")["units"]
    assert frame["unit"].tolist() == [one["unit"] for one in units]
    same(frame["score_after"], [one["score"][1] for one in units])
    for factor in units[0]["parts"]:
        same(frame[factor], [one["parts"][factor] for one in units])
        same(frame[f"rank_{factor}"], [one["rank_parts"][factor] for one in units])
    own = frame.filter(regex="^own_").sum(axis=1)
    assert (own.iloc[0] == pytest.approx(frame["own"].iloc[0])) if unit else not own.any()


@pytest.mark.parametrize("both", [("2021", "2022"), ("arithmetic", "geometric")])
def test_compare(scores: Scores, both: tuple[str, str]) -> None:
    found = questions.compare(scores, *both)
    data = told("compare", *both)
    assert list(found.names) == data["names"]
    assert found.kendall == data["kendall"]
    same(found.frame()["leading"], [one["leading"] for one in data["units"]])


def test_two_scorings_are_compared_by_their_names(scores: Scores) -> None:
    found = questions.compare(scores, scores, names=("before", "after"))
    assert (found.names, found.moved, found.change.periods) == (("before", "after"), 0, ("2022", "2022"))


def test_uncertainty(scores: Scores) -> None:
    found = questions.uncertainty(scores, draws=50, weights="dirichlet:20", aggregate=["arithmetic", "geometric"])
    words = ["--draws", "50", "--weights", "dirichlet:20", "--aggregate", "arithmetic, geometric"]
    units, frame = told("uncertainty", *words)["units"], found.frame()
    for key in ("unit", "rank", "score", "median_rank", "mean", "sd"):
        same(frame[key], [one[key] for one in units])
    assert frame[["rank_low", "rank_high"]].to_numpy().tolist() == [one["rank_interval"] for one in units]


def test_sensitivity(scores: Scores) -> None:
    found = questions.sensitivity(scores, rows=4, weights="dirichlet")
    data = told("sensitivity", "--rows", "4", "--weights", "dirichlet")
    frame = found.frame()
    for key in ("node", "nominal", "main_index"):
        same(frame[key], [one[key] for one in data["influence"]])
    without = {one["node"]: one["mean_shift"] for one in data["left_out"]}
    same(frame["mean_shift"], [without.get(node) for node in frame["node"]])
    assert found.choices is not None
    for key in ("input", "first", "total"):
        same(found.choices.frame()[key], [one[key] for one in data["sobol"]["rank_shift"]])


def test_robustness(scores: Scores) -> None:
    frame = questions.robustness(scores, "天河", depth=1, top=3).frame()
    turns = told("robustness", "天河", "--depth", "1", "--top", "3")["turns"]
    for key in ("above", "below", "level", "norm", "distance", "exact", "verified"):
        same(frame[key], [one[key] for one in turns])


def test_target(scores: Scores, tmp_path: Path) -> None:
    costs = {"criminal-cases": 2.0, "youth-crime": 1.0, "theft": 1.0}
    known = {leaf.id for leaf in scores.index.leaves}
    costs = {leaf: cost for leaf, cost in costs.items() if leaf in known}
    file = tmp_path / "costs.csv"
    file.write_text("indicator,cost\n" + "".join(f"{leaf},{cost}\n" for leaf, cost in costs.items()), encoding="utf-8")
    one, other = (questions.target(scores, "天河", score=75.7, costs=way) for way in (costs, str(file)))
    pd.testing.assert_frame_equal(one.frame(), other.frame())
    frame, steps = questions.target(scores, "天河", rank=3).frame(), told("target", "天河", "--rank", "3")["steps"]
    for key, name in {"indicator": "indicator", "old": "from", "new": "to", "effort": "effort", "points": "index_points"}.items():
        same(frame[key], [step[name] for step in steps])


@pytest.mark.parametrize("words", [{"unit": "越秀"}, {"node": "criminal-cases", "period": "2022Q4"}])
def test_trend(scores: Scores, words: dict[str, str]) -> None:
    frame = questions.trend(scores, **words).frame()
    options = [part for key, text in words.items() for part in ([text] if key == "unit" else [f"--{key}", text])]
    entries = told("trend", *options)["trend"]
    for key, name in {
        "period": "period",
        "unit": "unit",
        "value": "values",
        "rank": "ranks",
        "year_before": "year_before",
    }.items():
        same(frame[key], [one[name] for one in entries])


def test_warn(scores: Scores) -> None:
    frame = questions.warn(scores, least="yellow", period="2022").frame()
    listed = told("warn", "--least", "yellow", "--period", "2022")["warnings"]
    assert listed
    for key in ("level", "unit", "node", "node_name", "period", "rule", "value", "limit", "in_a_row"):
        same(frame[key], [one[key] for one in listed])


def refusals() -> dict[str, tuple[Callable[[Scores], object], list[str]]]:
    """Questions that cannot be answered, from Python and on the command line, by the code that both refuse with."""
    ask = questions
    return {
        "IC502": (lambda scores: ask.explain(scores, "nowhere"), ["explain", "nowhere"]),
        "IC510": (lambda scores: ask.trend(scores, node="nowhere"), ["trend", "--node", "nowhere"]),
        "IC501": (lambda scores: ask.robustness(scores, period="1999"), ["robustness", "--period", "1999"]),
        "IC780": (lambda scores: ask.change(scores, from_="2022Q1", to="2022"), ["change", "--from", "2022Q1", "--to", "2022"]),
        "IC784": (lambda scores: ask.change(scores, to="2021"), ["change", "--to", "2021"]),
        "IC781": (lambda scores: ask.compare(scores, "what", "2022"), ["compare", "what", "2022"]),
        "IC782": (lambda scores: ask.compare(scores, "topsis", "median"), ["compare", "topsis", "median"]),
        "IC783": (lambda scores: ask.compare(scores, "power", "arithmetic"), ["compare", "power", "arithmetic"]),
        "IC752": (ask.uncertainty, ["uncertainty"]),
        "IC756": (lambda scores: ask.uncertainty(scores, weights="some"), ["uncertainty", "--weights", "some"]),
        "IC759": (lambda scores: ask.sensitivity(scores, rows=7), ["sensitivity", "--rows", "7"]),
        "IC787": (lambda scores: ask.target(scores, "天河", rank=99), ["target", "天河", "--rank", "99"]),
        "IC791": (lambda scores: ask.target(scores, "天河", score=float("nan")), ["target", "天河", "--score", "nan"]),
        "IC788": (lambda scores: ask.target(scores, "天河", score=1000), ["target", "天河", "--score", "1000"]),
        "IC789": (
            lambda scores: ask.target(scores, "天河", rank=1, costs="no.csv"),
            ["target", "天河", "--rank", "1", "--costs", "no.csv"],
        ),
        "IC812": (lambda scores: ask.warn(scores, node="red-cotton"), ["warn", "--node", "red-cotton"]),
    }


@pytest.mark.parametrize("code", refusals())
def test_what_cannot_be_answered_is_refused_alike(code: str, scores: Scores) -> None:
    asked, words = refusals()[code]
    with pytest.raises(Refused) as refused:
        asked(scores)
    assert [found.code for found in refused.value.findings] == [code]
    said = CliRunner().invoke(app, [*words, "--index", str(INDEX), "--json"])
    assert said.exit_code == 1
    shown = [json.loads(line) for line in said.stderr.splitlines()]
    assert (
        refused.value.findings[0].as_dict("zh") in [one | {"file": "", "line": 0, "column": 0} for one in shown]
        or code == "IC789"
    )
    assert [one["code"] for one in shown if one["severity"] == "error"] == [code]


def test_scores_without_rules_have_no_warnings() -> None:
    found = scored("defaults: {normalise: points}\ndimensions: [{id: a, weight: 1}]\n", [[1], [2]])
    with pytest.raises(Refused, match="IC811"):
        questions.warn(found)


def test_a_view_shows_names_as_they_are_written() -> None:
    found = scored('defaults: {normalise: points}\ndimensions: [{id: a, name: "<b>", weight: 1}]\n', [[1], [2]])
    answers: list[Result] = [questions.explain(found, found.panel.units.ids[0]), questions.trend(found, node="a")]
    assert "&lt;b&gt;" in answers[0]._repr_html_()
    for answer in answers:
        assert "<b>" not in answer._repr_html_()
        assert answer._repr_html_().count("<tr") == 1 + len(answer.frame())
