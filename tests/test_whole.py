"""A year of which a quarter is missing: it says which, and may be made of the others where the tree says how many are enough."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexcalc.engine import score
from indexcalc.large.blocks import score_in_blocks
from indexcalc.methods.derive import OVER_TIME, rolled_in_part
from indexcalc.panel import MISSING, NOT_APPLICABLE, empty
from indexcalc.tree import parse_index

from .conftest import index_of, panel_of
from .projects import answer, laid_out, run, said

TREE = """
index: {{id: demo, name: 示例指数}}
units: {{label: 区, table: units.csv}}
periods: {{kind: {kind}, roll_up: {roll_up}}}
data: {{q: {{path: values.csv}}}}
denominators: [{{id: people, name: 常住人口, measure: 万人}}]
dimensions:
  - {{id: brave, name: 见义勇为人数, weight: 0.25, per: people, measure: 人/万人{more}}}
  - {{id: staff, name: 网格员数, weight: 0.25, over_time: last}}
  - {{id: safe, name: 安全感, weight: 0.25, over_time: mean}}
  - {{id: worst, name: 最高值, weight: 0.25, over_time: max, direction: lower}}
"""
QUARTERS = [f"2022Q{at}" for at in range(1, 5)]
NAN = float("nan")


def tree(roll_up: str, kind: str = "quarter", more: str = "") -> str:
    return TREE.format(roll_up=roll_up, kind=kind, more=more)


def year_of(roll_up: str, *quarters: tuple[float, float, float, float], more: str = "") -> dict[str, float]:
    """The reported columns of the year that four quarters make, of one unit: brave, staff, safe, worst."""
    index = index_of(tree(roll_up, more=more))
    panel = panel_of(index, [[[*quarter, 10.0]] for quarter in quarters], periods=QUARTERS)
    made = score(index, panel).panel
    return dict(zip(made.columns, made.values[4, 0].tolist(), strict=True))


FULL = ((3.0, 5.0, 90.0, 7.0), (2.0, 6.0, 92.0, 8.0), (4.0, 7.0, 91.0, 6.0), (1.0, 8.0, 95.0, 9.0))
GAP = (*FULL[:3], (NAN, NAN, NAN, NAN))
TWO = (*FULL[:2], *[(NAN,) * 4] * 2)


@pytest.mark.parametrize(
    ("roll_up", "quarters", "brave", "others"),
    [
        ("year", FULL, 10.0, True),
        ("year", GAP, NAN, True),
        ("{whole: 3/4}", FULL, 10.0, True),
        ("{whole: 3/4}", GAP, 12.0, True),  # 9 in three quarters
        ("{whole: 0.75}", GAP, 12.0, True),
        ("{whole: 3/4}", TWO, NAN, False),
        ("{whole: 2/4}", TWO, 10.0, True),
        ("{whole: 1}", GAP, NAN, False),
        ("{into: year}", GAP, NAN, True),
        ("{into: [half-year, year], whole: 3/4}", GAP, None, True),
    ],
)
def test_a_year_is_made_of_its_quarters(
    roll_up: str, quarters: tuple[tuple[float, float, float, float], ...], brave: float | None, others: bool
) -> None:
    if brave is None:
        index = index_of(tree(roll_up))
        made = score(index, panel_of(index, [[[*quarter, 10.0]] for quarter in quarters], periods=QUARTERS)).panel
        assert made.periods[4:] == ("2022H1", "2022H2", "2022")
        np.testing.assert_array_equal(made.values[4:, 0, 0], [5.0, NAN, 12.0])
        return
    found = year_of(roll_up, *quarters)
    known = pd.DataFrame(quarters).dropna()
    wanted = [known[1].iloc[-1], known[2].mean(), known[3].max()] if others else [NAN] * 3
    np.testing.assert_allclose([found["brave"], found["staff"], found["safe"], found["worst"]], [brave, *wanted])


@given(
    st.lists(st.sampled_from([NAN, 1.0, 2.5, 4.0]), min_size=1, max_size=12),
    st.integers(1, 12),
    st.sampled_from(sorted(OVER_TIME)),
)
def test_no_less_than_the_share_is_enough_and_a_sum_is_the_mean_of_what_is_there_times_all(
    parts: list[float], least: int, how: str
) -> None:
    whole = min(least, len(parts)) / len(parts)
    found = float(rolled_in_part(np.array(parts)[:, None], how, whole - 1e-9)[0])
    known = [part for part in parts if part == part]
    if len(known) < min(least, len(parts)) or not known:
        assert np.isnan(found)
    elif how == "sum":
        assert found == pytest.approx(sum(known) / len(known) * len(parts))
    else:
        assert found == float(OVER_TIME[how](np.array(parts)[:, None])[0])


def test_a_rate_is_made_of_the_year_that_is_made() -> None:
    index = index_of(tree("{whole: 3/4}"))
    scores = score(index, panel_of(index, [[[*quarter, 10.0]] for quarter in GAP], periods=QUARTERS))
    assert scores.derived[4, 0, 0] == pytest.approx(12.0 / 10.0)


def test_what_is_made_of_part_is_told_and_what_is_whole_is_not() -> None:
    index = index_of(tree("{whole: 3/4}"))
    rows = [[[*FULL[at], 10.0], [*GAP[at], 10.0]] for at in range(4)]
    told = [one for one in score(index, panel_of(index, rows, periods=QUARTERS)).findings if one.code == "IC470"]
    assert [(one.values["period"], one.values["count"]) for one in told] == [("2022", 4)]
    assert told[0].values["cells"].startswith("u1 见义勇为人数 (2022Q4); u1 网格员数 (2022Q4)")
    whole = score(index, panel_of(index, [row[:1] for row in rows], periods=QUARTERS))
    assert [one for one in whole.findings if one.code == "IC470"] == []
    index = index_of(tree("year"))
    assert [one for one in score(index, panel_of(index, rows, periods=QUARTERS)).findings if one.code == "IC470"] == []


def test_blocks_and_memory_agree() -> None:
    index = index_of(tree("{into: [half-year, year], whole: 3/4}"))
    panel = panel_of(index, [[[*quarter, 10.0], [*FULL[at], 9.0]] for at, quarter in enumerate(GAP)], periods=QUARTERS)
    one, other = score(index, panel), score_in_blocks(index, panel, empty, cells=1)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_array_equal(one.panel.values, other.panel.values)


def test_totals_since_the_year_began_leave_gaps_of_two_quarters() -> None:
    """Without the total of the second quarter nobody knows what the second and the third have added."""
    found = year_of("{whole: 2/4}", (3, 5, 90, 7), (NAN, 6, 92, 8), (9, 7, 91, 6), (10, 8, 95, 9), more=", cumulative: year")
    assert found["brave"] == pytest.approx((3 + 1) * 2)


@pytest.mark.parametrize(
    ("roll_up", "code"),
    [
        ("{whole: 5/4}", "IC122"),
        ("{whole: -1}", "IC122"),
        ("{whole: most}", "IC113"),
        ("{hole: 3/4}", "IC111"),
        ("{into: decade}", "IC112"),
        ("{into: month}", "IC215"),
    ],
)
def test_what_is_wrong_with_it_is_told(roll_up: str, code: str) -> None:
    _, found = parse_index(tree(roll_up).encode(), "indicators.yaml")
    assert [one.code for one in found if one.severity == "error"] == [code]


def files(roll_up: str) -> dict[str, str]:
    rows = [("东区", at, *quarter) for at, quarter in enumerate(GAP, 1)]
    rows += [("西区", at, *(x + 1 for x in quarter)) for at, quarter in enumerate(FULL, 1)]
    rows += [("南区", at, *(x + 3 for x in quarter)) for at, quarter in enumerate(FULL, 1)]
    lines = [f"{unit},2022Q{at},{','.join('' if x != x else f'{x:g}' for x in values)},10" for unit, at, *values in rows]
    return {
        "indicators.yaml": tree(roll_up),
        "units.csv": "id,name\na,东区\nb,西区\nc,南区\n",
        "values.csv": "区,期次,见义勇为人数,网格员数,安全感,最高值,常住人口\n" + "\n".join(lines) + "\n",
    }


def test_explain_says_which_quarter_is_missing(tmp_path: Path) -> None:
    project = laid_out(tmp_path, files("year"))
    shown = run(project, "explain", "东区", "--period", "2022", "--node", "brave")
    assert "见义勇为人数 – (brave)  ← values.csv:2:3, 3:3, 4:3, 5:3 （缺报：2022年第四季度）" in shown
    assert "缺报" not in run(project, "explain", "西区", "--period", "2022", "--node", "brave")
    assert "（缺报：" not in run(project, "explain", "东区", "--period", "2022Q4", "--node", "brave"), (
        "a quarter is missing itself"
    )
    raw = answer(project, "explain", "东区", "--period", "2022", "--node", "brave")["tree"]["raw"]
    assert [(cell["column"], cell.get("missing")) for cell in raw] == [("brave", ["2022Q4"]), ("people", None)]
    assert "(missing: 2022Q4)" in run(project, "explain", "东区", "--period", "2022", "--node", "brave", "--lang", "en")


def test_explain_says_what_a_year_was_made_without(tmp_path: Path) -> None:
    project = laid_out(tmp_path, files("{whole: 3/4}"))
    shown = run(project, "explain", "东区", "--period", "2022", "--node", "brave")
    assert "= 1.20 人/万人" in shown
    assert "（缺报：2022年第四季度，按其余期次推算）" in shown
    assert "IC470 2022年度：有 4 个数值由部分期次推算：东区见义勇为人数（2022年第四季度）" in said(project, "score")


def test_what_does_not_apply_is_no_gap() -> None:
    from indexcalc.analysis.cells import cell_of

    index = index_of(tree("year"))
    panel = panel_of(index, [[[*quarter, 10.0]] for quarter in GAP], periods=QUARTERS)
    panel.status[3, 0, 0] = NOT_APPLICABLE
    scores = score(index, panel)
    assert scores.panel.status[4, 0, 0] == MISSING
    assert cell_of(scores, 4, 0, "brave").gaps == ()
    assert cell_of(scores, 4, 0, "staff").gaps == ("2022Q4",)
