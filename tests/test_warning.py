"""The risk warning: each rule by hand, what must hold of any numbers, and what the report and the command say of it."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexcalc.analysis.warning import (
    NOT_JUDGED,
    apart_from_history,
    control_limits,
    in_a_row,
    judge,
    leading,
    listed,
    periods_shown,
    quantile_limits,
    reached,
    step_reached,
    warnings,
)
from indexcalc.engine import score
from indexcalc.report.files import report_files
from indexcalc.scores import Scores
from indexcalc.tree.model import Index, Step

from .conftest import index_of, panel_of

NAN = float("nan")
TREE = """
index: {{id: test}}
units: {{table: units.csv}}
periods: {{kind: {kind}}}
data: {{values: {{path: values.csv}}}}
defaults: {{weights: equal, normalise: {{method: goalposts, worst: 0, best: 100}}}}
warnings:
  escalation: [{{name: 通报, name_en: notice, after: 3}}, {{name: 约谈, after: 4}}, {{name: 挂牌, after: 5}}]
  rules:
    - {{id: rule, {rule}}}
dimensions:
  - id: all
    indicators:
      - {{id: bad, direction: lower, normalise: {{method: goalposts, worst: 100, best: 0}}}}
      - {{id: good}}
      - {{id: near, direction: target, target: 50, normalise: {{method: goalposts, worst: 50, best: 0}}}}
"""


def tree(rule: str, kind: str = "year") -> Index:
    return index_of(TREE.format(rule=rule, kind=kind))


def scored(
    rule: str, bad: object, *, good: object = 50.0, near: object = 50.0, kind: str = "year", periods: object = ()
) -> Scores:
    """Score one value of each leaf a period and unit: (period,) for one unit, (period, unit) for several."""
    x = np.array(bad, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    others = [
        np.broadcast_to(np.array(one, dtype=float).reshape(-1, 1) if np.ndim(one) == 1 else one, x.shape) for one in (good, near)
    ]
    index = tree(rule, kind)
    return score(index, panel_of(index, np.stack([x, *others], axis=-1).tolist(), periods=tuple(periods)))  # type: ignore[arg-type]


def levels(rule: str, bad: object, **more: object) -> list[int]:
    return warnings(scored(rule, bad, **more))[0].levels[:, 0, 0].tolist()  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------ rules by hand


def test_thresholds_are_reached_by_a_value_that_is_as_bad() -> None:
    rule = "node: bad, blue: 10, yellow: 20, orange: 30, red: 40"
    assert levels(rule, [9.99, 10, 25, 30, 39.99, 40, 99]) == [0, 1, 2, 3, 3, 4, 4]


def test_a_computed_value_within_the_tolerance_of_a_threshold_has_reached_it_and_one_as_read_has_not() -> None:
    text = TREE.format(rule="node: bad, red: 0.8", kind="year")
    made = index_of(text.replace("{id: bad, direction: lower", '{id: bad, formula: "a + b", direction: lower'))
    values = np.array([[[0.7, 0.1, 50, 50]]])  # 0.7999999999999999
    assert warnings(score(made, panel_of(made, values)))[0].levels.tolist() == [[[4]]]
    assert levels("node: bad, red: 0.8", [0.7 + 0.1, 0.8]) == [0, 4]


def test_a_limit_of_history_is_not_passed_by_what_is_equal_to_it() -> None:
    rule = "node: bad, method: quantiles, red: 0.5, least: 3"
    assert levels(rule, [0.1, 0.3, 0.1 + 0.3, 0.3, 0.30000000000000004, 0.31])[3:] == [0, 0, 4]


@given(
    st.integers(-500, 500), st.integers(1, 200), st.sampled_from([1, 2, 3]), st.sampled_from([1, 10, 1000]), st.booleans(), st.booleans()
)  # fmt: skip
def test_a_control_limit_that_is_met_exactly_is_no_alert(m: int, s: int, k: int, over: int, zero: bool, alone: bool) -> None:
    m = -k * s if zero else m  # the mean of m - s, m, m + s is m, and their standard deviation s
    values = [(m - s) / over, m / over, (m + s) / over, (m + k * s) / over]
    x = np.array([[value] if alone else [value, 0.0] for value in values])[..., None]
    limits = control_limits(x, np.array([float(k)]), least=3)
    assert reached(x, limits, at=False, apart=apart_from_history(x))[3, 0, 0] == 0
    beyond = np.array(x)
    beyond[3, 0] += 1e-9 * max(abs(m), s) / over
    assert reached(beyond, limits, at=False, apart=apart_from_history(beyond))[3, 0, 0] == 1


def test_less_is_worse_where_more_is_better() -> None:
    assert levels("node: good, yellow: 60, red: 40", [0] * 4, good=[61, 60, 41, 40]) == [0, 2, 2, 4]


def test_a_target_is_watched_by_the_distance_from_it() -> None:
    assert levels("node: near, yellow: 5, red: 10", [0] * 4, near=[50, 45, 55, 62]) == [0, 2, 2, 4]


def test_scores_are_worse_the_lower_they_are_and_judged_as_they_are_shown() -> None:
    rule = "node: bad, by: score, yellow: 60, red: 40"
    assert levels(rule, [39.0, 40.0, 39.996, 60.0]) == [0, 2, 2, 4]
    assert levels("node: test, red: 66.67", [0.0, 1.0, 100.0], good=[50, 50, 50], near=50) == [0, 0, 4]


def test_control_limits_are_mean_and_standard_deviations_of_the_periods_before() -> None:
    history = [10.0, 12.0, 11.0, 13.0]
    mean, sd = statistics.mean(history), statistics.stdev(history)
    rule = "node: bad, method: control, yellow: 2, red: 3"
    just_below, just_above = mean + 3 * sd - 1e-9, mean + 3 * sd + 1e-9
    assert levels(rule, [*history, just_below]) == [NOT_JUDGED] * 4 + [2]
    assert levels(rule, [*history, just_above]) == [NOT_JUDGED] * 4 + [4]
    found = warnings(scored(rule, [*history, just_above]))[0]
    np.testing.assert_allclose(found.limits[4, 0, 0], [NAN, mean + 2 * sd, NAN, mean + 3 * sd])


def test_control_limits_of_what_should_be_high_lie_below() -> None:
    history = [90.0, 92.0, 91.0, 93.0]
    mean, sd = statistics.mean(history), statistics.stdev(history)
    found = warnings(scored("node: good, method: control, red: 3", [0] * 5, good=[*history, mean - 3.01 * sd]))[0]
    assert found.levels[4, 0, 0] == 4
    assert found.limits[4, 0, 0, 3] == pytest.approx(mean - 3 * sd)


def test_the_median_variant_does_not_follow_one_outlier() -> None:
    history = [10.0, 11.0, 12.0, 13.0, 14.0, 500.0]
    median = 12.5
    mad = statistics.median(abs(one - median) for one in history)
    rule = "node: bad, method: control, centre: median, red: 3"
    found = warnings(scored(rule, [*history, 25.0]))[0]
    assert found.limits[6, 0, 0, 3] == pytest.approx(median + 3 * 1.4826 * mad)
    assert found.levels[6, 0, 0] == 4
    assert levels("node: bad, method: control, red: 3", [*history, 25.0])[6] == 0


def test_only_the_last_periods_are_the_history() -> None:
    x = [90.0, 95.0, 10.0, 11.0, 12.0, 13.0, 40.0]
    assert levels("node: bad, method: control, last: 4, red: 3", x)[-1] == 4
    assert levels("node: bad, method: control, red: 3", x)[-1] == 0


def test_a_history_without_spread_has_its_value_as_every_limit() -> None:
    rule = "node: bad, method: control, yellow: 2, red: 3"
    assert levels(rule, [0.1 * 3] * 5)[-1] == 0
    assert levels(rule, [0, 0, 0, 0, 1])[-1] == 4


def test_quantiles_of_own_history_are_type_7_and_from_the_bad_end() -> None:
    history = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6]
    found = warnings(scored("node: [bad, good], method: quantiles, yellow: 0.8, red: 1", [*history, 8.0], good=[*history, 1.0]))[
        0
    ]
    np.testing.assert_allclose(found.limits[6, 0, 0, [1, 3]], [np.quantile(history, 0.8), 9.0])
    np.testing.assert_allclose(found.limits[6, 0, 1, [1, 3]], [np.quantile(history, 0.2), 1.0])
    assert found.levels[6, 0].tolist() == [2, 2]  # as bad as the worst is not worse than it


def test_missing_values_are_not_judged_and_no_history() -> None:
    rule = "node: bad, method: quantiles, least: 3, red: 1"
    assert levels(rule, [1, NAN, 2, 3, NAN, 4]) == [NOT_JUDGED] * 5 + [4]


def test_warnings_in_a_row_escalate_and_a_gap_begins_anew() -> None:
    found = warnings(scored("node: bad, orange: 30, red: 40", [40, 41, 42, 43, 44, 45, 30, 40, NAN, 40]))[0]
    assert found.runs[:, 0, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 1, 0, 1]
    assert found.steps[:, 0, 0].tolist() == [-1, -1, 0, 1, 2, 2, -1, -1, -1, -1]


def test_what_lasts_at_a_milder_level_counts_for_steps_of_that_level() -> None:
    rule = "node: bad, orange: 30, red: 40, escalation: [{name: 提醒, after: 2, level: orange}, {name: 通报, after: 2}]"
    found = warnings(scored(rule, [30, 40, 40, 30]))[0]
    assert found.steps[:, 0, 0].tolist() == [-1, 0, 1, 0]
    assert found.runs[:, 0, 0].tolist() == [1, 1, 2, 4]


def test_a_period_that_is_not_in_the_data_breaks_the_row() -> None:
    found = warnings(scored("node: bad, red: 40", [40, 40, 40], periods=("2001", "2002", "2004")))[0]
    assert found.runs[:, 0, 0].tolist() == [1, 2, 1]


def test_quarters_and_the_years_made_of_them_are_judged_apart() -> None:
    text = TREE.format(rule="node: bad, red: 40", kind="quarter, roll_up: year")
    periods = tuple(f"{year}Q{quarter}" for year in (2001, 2002) for quarter in (1, 2, 3, 4))
    values = [[[x, 50.0, 50.0]] for x in (10, 20, 30, 40, 41, 10, 42, 10)]
    for extra, at, expected in (("", range(8), [0, 0, 0, 4, 4, 0, 4, 0]), (", periods: year", range(8, 10), [4, 4])):
        index = index_of(text.replace("red: 40", f"red: 40{extra}"))
        scores = score(index, panel_of(index, values, periods=periods))
        found = warnings(scores)[0]
        assert found.levels[list(at), 0, 0].tolist() == expected
        others = [one for one in range(10) if one not in at]
        assert (found.levels[others] == NOT_JUDGED).all()
    assert scores.periods[8:] == ("2001", "2002")
    quarters = warnings(score(index_of(text), panel_of(index, values, periods=periods)))[0]
    assert [scores.periods[one] for one in periods_shown(scores, quarters, "2002")] == ["2002Q1", "2002Q2", "2002Q3", "2002Q4"]
    assert [one.period for one in listed(scores, [quarters], "2002", least="red")] == [6, 4]


def test_children_and_indicators_are_watched_each_on_its_own() -> None:
    scores = scored("node: test, watch: children, red: 10", [0, 0])
    assert [scores.tree.nodes[at].id for at in warnings(scores)[0].nodes] == ["all"]
    scores = scored("node: [test, bad], watch: node, red: 10", [0, 0])
    assert [scores.tree.nodes[at].id for at in warnings(scores)[0].nodes] == ["test", "bad"]
    scores = scored("node: test, watch: indicators, by: score, red: 10", [0, 0])
    assert [scores.tree.nodes[at].id for at in warnings(scores)[0].nodes] == ["bad", "good", "near"]


def test_what_holds_a_node_down_adds_up_to_what_it_is_behind() -> None:
    scores = scored(
        "node: all, red: 10", [[10.0, 90.0, 40.0]], good=np.array([[10.0, 50.0, 90.0]]), near=np.array([[50.0, 60.0, 20.0]])
    )
    from indexcalc.analysis.contribution import contributions

    points = leading(scores, 0, scores.node("all"), contributions(scores)[0])
    node = scores.scores[0, :, scores.node("all")]
    np.testing.assert_allclose(points.sum(axis=1), node - node.mean())


# ------------------------------------------------------------------------------------------------- of any numbers

SERIES = arrays(float, (9, 3), elements=st.floats(-1e6, 1e6) | st.just(NAN))
METHODS = st.sampled_from(
    [
        "method: thresholds, blue: -1000, yellow: 0, orange: 10, red: 100000",
        "method: quantiles, blue: 0.5, yellow: 0.75, orange: 0.9, red: 1",
        "method: control, blue: 1, yellow: 2, orange: 3, red: 4",
        "method: control, centre: median, last: 5, blue: 1, yellow: 2, orange: 3, red: 4",
    ]
)


@given(SERIES, METHODS, st.floats(0, 1e6))
def test_a_worse_value_never_has_a_milder_level(x: np.ndarray, method: str, more: float) -> None:
    found = judge_of(method, x)
    worse = x.copy()
    worse[-1] += more
    assert (judge_of(method, worse)[-1] >= found[-1]).all()


@given(SERIES, METHODS, st.permutations(range(3)))
def test_units_are_judged_each_alone(x: np.ndarray, method: str, order: list[int]) -> None:
    np.testing.assert_array_equal(judge_of(method, x[:, order]), judge_of(method, x)[:, order])
    for unit in range(3):
        np.testing.assert_array_equal(judge_of(method, x[:, [unit]]), judge_of(method, x)[:, [unit]])


@given(SERIES, METHODS)
def test_what_comes_later_changes_no_earlier_level(x: np.ndarray, method: str) -> None:
    np.testing.assert_array_equal(judge_of(method, x[:7]), judge_of(method, x)[:7])


@given(SERIES, METHODS)
def test_a_missing_value_alone_is_never_judged(x: np.ndarray, method: str) -> None:
    assert (judge_of(method, x)[np.isnan(x)] == NOT_JUDGED).all()


def judge_of(method: str, x: np.ndarray) -> np.ndarray:
    index = tree(f"node: bad, {method}")
    values = np.stack([x, np.full_like(x, 50.0), np.full_like(x, 50.0)], axis=-1)
    scores = score(index, panel_of(index, values.tolist()))
    assert index.warnings is not None
    return judge(scores, index.warnings.rules[0]).levels[..., 0]


@given(arrays(bool, (12, 2)))
def test_periods_in_a_row_are_counted_as_by_hand(hits: np.ndarray) -> None:
    counted = in_a_row(hits, [False, *[True] * 11])
    for unit in range(2):
        by_hand = 0
        for period in range(12):
            by_hand = by_hand + 1 if hits[period, unit] else 0
            assert counted[period, unit] == by_hand


def test_the_last_step_that_is_reached_counts() -> None:
    rows = [np.array([[0, 3, 4, 9]], dtype=np.int16)] * 4
    steps = [Step(name="a", after=3), Step(name="b", after=4)]
    assert step_reached(rows, steps).tolist() == [[-1, 0, 1, 1]]
    assert step_reached(rows, []).tolist() == [[-1] * 4]


@given(arrays(float, (8, 4), elements=st.floats(-1e3, 1e3) | st.just(NAN)), st.floats(0, 1))
def test_quantiles_are_numpys_of_what_is_known(x: np.ndarray, share: float) -> None:
    limits = quantile_limits(x, np.array([share]), least=2)
    for period in range(8):
        for unit in range(4):
            known = x[:period, unit][~np.isnan(x[:period, unit])]
            expected = np.quantile(known, share) if len(known) >= 2 else NAN
            np.testing.assert_allclose(limits[period, unit, 0], expected, atol=1e-9)


def test_limits_are_of_any_shape() -> None:
    x = np.random.default_rng(1).normal(size=(8, 3, 2))
    for way in (quantile_limits, control_limits):
        whole = way(x, np.array([0.5, 1.0]))
        assert whole.shape == (8, 3, 2, 2)
        np.testing.assert_array_equal(whole[:, 1, 0], way(x[:, 1, 0], np.array([0.5, 1.0])))
    assert reached(x, np.full((8, 3, 2, 1), 99.0), at=True).max() == 0


# ------------------------------------------------------------------------------------------------------ in the report


def test_the_report_has_the_warnings_the_worst_first(tmp_path: Path) -> None:
    scores = scored(
        "node: bad, name: 案件, orange: 30, red: 40", [[40, 30], [40, 30], [41, 20]], periods=("2001", "2002", "2003")
    )
    files = report_files(scores, "2002", "zh")
    (tmp_path / "ranking.xlsx").write_bytes(files["ranking.xlsx"])
    page = openpyxl.load_workbook(tmp_path / "ranking.xlsx")["风险预警"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4, max_row=5)]
    assert [row[:6] for row in rows[:2]] == [["红色", "u0", "bad", "2002年度", 40, 40], ["橙色", "u1", "bad", "2002年度", 30, 30]]
    assert [row[8] for row in rows[:2]] == [2, 2]
    text = report_files(scores, "2003", "zh")["summary.md"].decode()
    assert "## 风险预警" in text
    assert "| 红色 | u0 | bad | 2003年度 | 41 | 40 | 固定阈值 | ▁▁█ | 3 | 通报 | 案件 |" in text
    assert "u1" not in text.partition("## 风险预警")[2].partition("## ")[0]
    assert files["warnings.csv"].decode("utf-8-sig").splitlines()[1].startswith("红色,u0,bad,2002,40,40,固定阈值")
    assert "notice" in report_files(scores, "2003", "en")["summary.md"].decode()


def test_without_rules_nothing_of_it_is_in_a_report() -> None:
    head, _, rest = TREE.format(rule="", kind="year").partition("warnings:")
    index = index_of(head + "dimensions:" + rest.partition("dimensions:")[2])
    scores = score(index, panel_of(index, [[[1.0, 2.0, 3.0]]], periods=("2001",)))
    files = report_files(scores, "2001", "zh")
    assert "warnings.csv" not in files
    assert "风险预警" not in files["summary.md"].decode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_rules_that_the_page_shows_are_right(language: str, repository: Path) -> None:
    block = (
        (repository / "docs" / language / "warning.md").read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    )
    tree = (repository / "indicators.yaml").read_text(encoding="utf-8").partition("\nwarnings:")[0]
    index = index_of(f"{tree}\n{block}")
    assert index.warnings is not None
    assert [step.after for step in index.warnings.escalation] == [1, 2, 3]
    assert {rule.id for rule in index.warnings.rules} == {"warn-violent", "warn-risk", "warn-food"}


def test_a_small_number_is_no_warning_however_unusual() -> None:
    history = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]
    for last, level in ((14.0, 0), (19.0, 0), (20.0, 4), (50.0, 4)):
        assert levels("node: bad, method: control, least: 8, beyond: 20, red: 4", [*history, last])[-1] == level
    found = warnings(scored("node: good, beyond: 40, blue: 60, red: 30", [50.0] * 4, good=[50.0, 41.0, 40.0, 20.0]))
    assert found[0].levels[:, 0, 0].tolist() == [0, 0, 1, 4]  # less is worse there


def test_warnings_of_one_event_are_brought_together_with_the_worst_first() -> None:
    text = TREE.format(rule="node: [bad, near], blue: 10, red: 40", kind="year")
    index = index_of(text.replace("warnings:", "warnings:\n  together: test"))
    values = np.array([[[95.0, 5.0, 50.0], [20.0, 50.0, 95.0], [5.0, 95.0, 50.0]]])
    scores = score(index, panel_of(index, values))
    rules = warnings(scores)
    apart = score(index_of(text), panel_of(index_of(text), values))
    every = listed(apart, warnings(apart), scores.periods[0])
    found = listed(scores, rules, scores.periods[0])
    assert {one.unit for one in found} == {one.unit for one in every} and len(found) == len({one.unit for one in every})
    assert sorted((each.unit, each.node) for one in found for each in (one, *one.beside)) == sorted(
        (one.unit, one.node) for one in every
    )
    for one in found:
        levels = [rules[each.rule].level(each.at) for each in (one, *one.beside)]
        assert levels == sorted(levels, reverse=True)
    reds = listed(scores, rules, scores.periods[0], least="red")
    assert reds == [one for one in found if rules[one.rule].level(one.at) == 4]
