"""Two rankings beside each other: agreement against scipy, what did it, and the commands."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import stats
from typer.testing import CliRunner

from indexcalc.analysis.change import change
from indexcalc.analysis.compare import _leading, compare, kendall, room_of, spearman, with_method
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.report.answers.change import change_answer
from indexcalc.report.answers.compare import compare_answer

from .conftest import count, flat_index, panel_of
from .test_change import NAN, POINTS, TWO, adds_up, random_scores, scored
from .trees import SEEDS


@given(seed=SEEDS)
def test_agreement_is_that_of_scipy(seed: int) -> None:
    random = np.random.default_rng(seed)
    one, other = random.integers(0, random.integers(2, 30), (2, int(random.integers(2, 40)))).astype(float)
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert spearman(one, other) == pytest.approx(stats.spearmanr(one, other).statistic, abs=1e-12)
        assert kendall(one, other) == pytest.approx(stats.kendalltau(one, other).statistic, abs=1e-12)
    else:
        assert math.isnan(spearman(one, other))
        assert math.isnan(kendall(one, other))


def test_agreement_of_too_few() -> None:
    assert math.isnan(spearman(np.array([1.0]), np.array([2.0])))
    assert math.isnan(kendall(np.array([1.0]), np.array([2.0])))


@pytest.mark.slow
@settings(max_examples=count(10, 250))
@given(seed=SEEDS)
def test_comparing_two_periods_is_their_change(seed: int) -> None:
    found = random_scores(seed)
    compared = compare(found, found, found.periods[0], found.periods[1])
    adds_up(compared.change)
    both = ~np.isnan(compared.change.scores).any(axis=0)
    assert compared.count == both.sum()
    assert compared.moved == (compared.change.ranks[0] != compared.change.ranks[1])[both].sum()


def test_the_main_cause_is_the_largest_part() -> None:
    found = scored(TWO, [[[10, 20], [14, 14]], [[12, 20], [14, 14]]])
    assert compare(found, found, "2000", "2001").leading == ("own", "")


RANKED = POINTS.format("{id: a, weight: 0.5}, {id: b, weight: 0.5}")


def test_the_main_cause_of_a_moved_rank_is_what_moved_the_rank() -> None:
    # U gains 4 by its own data, and yet loses its first place: V gained more
    found = scored(RANKED, [[[50, 50], [48, 48], [0, 0]], [[54, 54], [60, 60], [0, 0]]])
    compared = compare(found, found, "2000", "2001")
    assert compared.change.parts["own"][0] == 4
    assert compared.change.rank_parts["peers"][0] == 1
    assert compared.leading == ("peers", "own", "")


def test_a_cause_that_goes_against_the_move_is_not_the_main_one() -> None:
    parts = {"own": np.array([3.0, -3.0, 1e-13]), "peers": np.array([-2.0, 2.0, 0.0]), "weights": np.array([-2.0, 2.0, 0.0])}
    found = scored(RANKED, [[[50, 50], [48, 48], [0, 0]], [[50, 50], [48, 48], [0, 0]]])
    moves = dataclasses.replace(
        change(found, found, "2000", "2001"),
        ranks=np.array([[3.0, 3.0, 1.0], [3.0, 4.0, 1.0]]),
        scores=np.array([[50.0, 50.0, 50.0], [49.0, 50.0, 50.0]]),
        parts=parts,
        rank_parts={factor: np.where([False, True, False], -part, part) for factor, part in parts.items()},
    )
    assert _leading(moves) == ("peers", "own", "")


def test_units_without_a_score_in_either_are_counted_and_named() -> None:
    tree = RANKED.replace("weights: given", "weights: given, missing: {coverage: 0.6}")
    found = scored(tree, [[[10, 20], [30, NAN], [50, 60], [1, NAN]], [[20, 30], [80, 90], [60, NAN], [1, NAN]]])
    compared = compare(found, found, "2000", "2001")
    assert (compared.count, compared.left_out) == (1, ((1, 3), (2, 3)))
    answer = compare_answer(compared, "en")
    assert "3 units are left out: no score in 2000: u1, u3; no score in 2001: u2, u3" in answer.text
    assert any("3 units are left out" in note for note in answer.sheets[""].notes)
    assert "未计入 3 个评价对象：2000年度没有得分：u1、u3；2001年度没有得分：u2、u3" in compare_answer(compared, "zh").text
    assert [[one["unit"] for one in units] for units in answer.data["left_out"]] == [["u1", "u3"], ["u2", "u3"]]
    assert compared.leading == ("own", "", "", "")
    whole = scored(RANKED, [[[10, 20], [30, 4]], [[20, 30], [80, 90]]])
    assert "left out" not in compare_answer(compare(whole, whole, "2000", "2001"), "en").text


def test_a_change_to_or_from_no_score_says_so() -> None:
    tree = RANKED.replace("weights: given", "weights: given, missing: {coverage: 0.6}")
    found = scored(tree, [[[10, 20], [30, NAN], [50, 60]], [[20, 30], [80, 90], [60, NAN]]])
    lost = change_answer(change(found, found, "2000", "2001", units=["u2"], by_indicator=True), "en")
    assert "No score in 2001 (coverage 50.0%): the change cannot be split." in lost.text
    assert lost.sheets["indicators"].rows == (("a", "a", 50, 60, "", None), ("b", "b", 60, "missing", "", None))
    gained = change_answer(change(found, found, "2000", "2001", units=["u1"], by_indicator=True), "zh")
    assert "2000年度没有得分（数据完整率 50.0%），变化无法分解。" in gained.text
    every = change_answer(change(found, found, "2000", "2001"), "en")
    assert "not split: no score in 2000: u1; no score in 2001: u2" in every.text
    assert any("not split" in note for note in every.sheets[""].notes)
    kept = change_answer(change(found, found, "2000", "2001", units=["u0"], by_indicator=True), "en")
    assert "No score" not in kept.text


def test_a_unit_that_is_in_one_of_two_states_alone_is_said_to_be() -> None:
    one = scored(RANKED, [[10, 20], [30, 40]])
    index = one.index
    more = panel_of(index, [[10, 20], [30, 40], [5, 6]])
    found = change(one, score(index, more), "2000", "2000", units=["u2"], by_indicator=True)
    assert "Not among the units of 2000: the change cannot be split." in change_answer(found, "en").text


def test_a_method_in_the_place_of_another() -> None:
    index = flat_index(2, normalise="{method: min-max, low: 60, high: 100}")
    assert room_of("min-max", "z-score") == "normalise"
    assert room_of("min-max", "arithmetic") is None
    changed = with_method(index, "normalise", "min-max", "percentile")
    assert changed is not None
    panel = panel_of(index, [[1, 2], [2, 1], [4, 9]])
    assert score(changed, panel).scores[0, :, 0].tolist() == [60, 80, 100], "low and high are those of the tree"
    assert with_method(index, "aggregate", "geometric", "harmonic") is None
    with pytest.raises(ValueError, match="worst"):
        with_method(index, "normalise", "min-max", "goalposts")


def run(repository: Path, *arguments: str) -> dict[str, object]:
    said = CliRunner().invoke(app, [*arguments, "--index", str(repository / "indicators.yaml"), "--json", "--quiet"])
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)  # type: ignore[no-any-return]


def test_compare_periods_and_methods(repository: Path) -> None:
    periods = run(repository, "compare", "2021", "2022")
    assert periods["count"] == 11
    assert {"own", "peers", "weights", "structure"} == set(periods["units"][0]["parts"])  # type: ignore[index]
    methods = run(repository, "compare", "arithmetic", "geometric", "--period", "2022")
    assert set(methods["units"][0]["parts"]) == {"method"}  # type: ignore[index]


def test_compare_two_trees(repository: Path, tmp_path: Path) -> None:
    shutil.copytree(repository / "data", tmp_path / "data")
    text = (repository / "indicators.yaml").read_text(encoding="utf-8")
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
    fewer = [line for line in text.splitlines(keepends=True) if "id: rural-road-guard" not in line]
    new = "".join(
        line.replace("2021: 0.18, 2022: 0.15", "2021: 0.3, 2022: 0.23") if "id: black-spots-fixed" in line else line
        for line in fewer
    )
    (tmp_path / "new.yaml").write_text(new, encoding="utf-8")
    arguments = ["compare", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--json", "--quiet"]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert {one["kind"] for one in found["differences"]} == {"removed", "weight"}
    for unit in found["units"]:
        assert set(unit["parts"]) == {"weights", "structure"}
        assert math.fsum(unit["parts"].values()) == pytest.approx(unit["score"][1] - unit["score"][0], abs=1e-9)
    arguments = ["change", "越秀", "--from", "2021", "--to", "2022", "--index", str(tmp_path / "new.yaml")]
    said = CliRunner().invoke(app, [*arguments, "--index-from", str(tmp_path / "old.yaml"), "--json", "--quiet"])
    assert said.exit_code == 0, said.output
    (unit,) = json.loads(said.stdout)["units"]
    assert math.fsum(unit["parts"].values()) == pytest.approx(unit["score"][1] - unit["score"][0], abs=1e-9)
    assert math.fsum(unit["indicators"].values()) == pytest.approx(unit["parts"]["own"], abs=1e-9)
