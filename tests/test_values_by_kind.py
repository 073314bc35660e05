"""Fixed values of a method for each kind of periods: a quarter is held to those of quarters, a year to those of years."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import indexcalc

from .projects import answer, laid_out, run

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: quarter, roll_up: year}}
data: {{given: {{path: values.csv}}}}
defaults: {{over_time: sum, missing: {{policy: reweight, coverage: 0}}}}
dimensions:
  - {{id: cases, name: 案件数, direction: lower, weight: 1, normalise: {normalise}}}
"""
QUARTERS = {"东区": (5.0, 10.0, 20.0, 0.0), "西区": (10.0, 10.0, 10.0, 10.0)}
BOTH = "{method: goalposts, worst: {quarter: 20, year: 60}, best: {quarter: 0, year: 20}, low: 50, high: 100}"


def project(folder: Path, normalise: str) -> Path:
    rows = [f"{unit},2022Q{at + 1},{value}" for unit, values in QUARTERS.items() for at, value in enumerate(values)]
    files = {"indicators.yaml": TREE.format(normalise=normalise), "units.csv": "id,name\na,东区\nb,西区\n"}
    return laid_out(folder, files | {"values.csv": "\n".join(["区,期次,案件数", *rows, ""])})


def between(value: float, worst: float, best: float, low: float = 50.0, high: float = 100.0) -> float:
    share = min(max((value - worst) / (best - worst), 0.0), 1.0)
    return low + share * (high - low)


def scored(folder: Path) -> dict[tuple[str, str], float]:
    index = indexcalc.load(folder / "indicators.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, folder))
    names, own = scores.panel.units.names, scores.score()
    return {(period, unit): float(own[at, names.index(unit)]) for at, period in enumerate(scores.periods) for unit in names}


def test_each_kind_of_periods_is_held_to_its_own_values(tmp_path: Path) -> None:
    found = scored(project(tmp_path, BOTH))
    for unit, values in QUARTERS.items():
        for at, value in enumerate(values):
            assert found[f"2022Q{at + 1}", unit] == pytest.approx(between(value, 20, 0))
        assert found["2022", unit] == pytest.approx(between(sum(values), 60, 20))
    assert found["2022", "东区"] != found["2022", "西区"], "neither is beyond an end"


def test_a_value_without_a_kind_holds_for_all(tmp_path: Path) -> None:
    found = scored(project(tmp_path, "{method: goalposts, worst: 60, best: {quarter: 0, year: 20}, low: 50, high: 100}"))
    assert found["2022Q1", "东区"] == pytest.approx(between(5, 60, 0))
    assert found["2022", "东区"] == pytest.approx(between(35, 60, 20))
    same = scored(project(tmp_path / "same", "{method: goalposts, worst: {quarter: 60, year: 60}, best: 0, low: 50, high: 100}"))
    plain = scored(project(tmp_path / "plain", "{method: goalposts, worst: 60, best: 0, low: 50, high: 100}"))
    assert same == plain


def test_every_method_with_fixed_values_takes_them_by_kind(tmp_path: Path) -> None:
    found = scored(
        project(tmp_path, "{method: distance-to-target, value: {quarter: 0, year: 20}, worst: {quarter: 20, year: 60}}")
    )
    assert found["2022Q3", "东区"] == pytest.approx(0)
    assert found["2022", "东区"] == pytest.approx(100 * (60 - 35) / (60 - 20))
    assert np.isfinite(list(found.values())).all()


def test_a_kind_that_is_not_there_or_left_out_is_refused(tmp_path: Path) -> None:
    for name, given in (("few", "worst: {quarter: 20}"), ("many", "worst: {quarter: 20, year: 60, month: 5}")):
        folder = project(tmp_path / name, f"{{method: goalposts, {given}, best: 0}}")
        with pytest.raises(indexcalc.Refused) as refused:
            indexcalc.load(folder / "indicators.yaml")
        assert [one.code for one in refused.value.findings] == ["IC412"]


def test_explain_says_the_values_of_each_kind(tmp_path: Path) -> None:
    folder = project(tmp_path, BOTH)
    tree = answer(folder, "explain", "东区", "--period", "2022")["tree"]
    assert tree["score"] == pytest.approx(between(35, 60, 20))
    assert "worst: {quarter: 20, year: 60}" in run(folder, "explain", "东区", "--node", "cases", "--period", "2022Q1")
