"""The audit: what is planted is found where it is, and clean data gives nothing."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from indexcalc import audit as audit_all
from indexcalc import read
from indexcalc.analysis import suspicion as audit
from indexcalc.analysis.suspicion import Suspicion, audit_panel, audit_period
from indexcalc.panel import Panel
from indexcalc.tree import load

PERIODS, UNITS, COLUMNS = 8, 11, 24


def clean(seed: int, periods: int = PERIODS) -> np.ndarray:
    """Values (period, unit, column) as departments report them: counts large and small, survey scores, rates, amounts."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.5, 3.0, UNITS)
    columns = []
    for column in range(COLUMNS):
        kind, season = column % 4, rng.normal(1.0, 0.03, (periods, 1))
        if kind == 0:
            columns.append(rng.poisson(size * rng.uniform(300, 3000) * season * rng.normal(1, 0.06, (periods, UNITS)).clip(0.5)))
        elif kind == 1:
            columns.append(rng.poisson(np.broadcast_to(size * rng.uniform(0.3, 8), (periods, UNITS))))
        elif kind == 2:
            columns.append(np.round(rng.uniform(85, 92, UNITS) + rng.normal(0, 0.4, (periods, UNITS)), 1))
        else:
            columns.append(np.round(size * 700 * season * rng.lognormal(0, 0.08, (periods, UNITS)), 2))
    values = np.stack(columns, axis=-1).astype(float)
    values[rng.random(values.shape) < 0.01] = np.nan
    return values


def kinds(found: list[Suspicion]) -> set[str]:
    return {one.kind for one in found}


@pytest.mark.parametrize("seed", range(25))
def test_clean_data_gives_nothing(seed: int) -> None:
    values = clean(seed)
    assert list(audit_panel(values)) == []
    assert list(audit_period(values[-1], values[:-1])) == []


def test_random_data_of_many_columns_gives_nothing() -> None:
    """The more columns are tested, the less each may be suspected by chance."""
    values = np.random.default_rng(7).integers(100, 99_999, (4, 60, 200)).astype(float)
    assert [one for one in audit_panel(values) if one.kind in ("round", "last digits")] == []


Planter = Callable[[np.ndarray], None]


def jump(values: np.ndarray) -> None:
    values[-1, 3, 0] *= 3


def survey_jump(values: np.ndarray) -> None:
    values[-1, 2, 2] = 71.3


def other_measure(values: np.ndarray) -> None:
    values[-1, :, 3] *= 10_000


def copied_column(values: np.ndarray) -> None:
    values[-1, :, 0] = values[-2, :, 0]


def mostly_copied_column(values: np.ndarray) -> None:
    values[-1, :9, 7] = values[-2, :9, 7]


def one_column_twice(values: np.ndarray) -> None:
    values[-1, :, 8] = values[-1, :, 4]


def copied_row(values: np.ndarray) -> None:
    values[-1, 5] = values[-2, 5]


def rows_alike(values: np.ndarray) -> None:
    values[-1, 9] = values[-1, 1]


def all_round(values: np.ndarray) -> None:
    values[-1, :, 0] = np.round(values[-1, :, 0] / 100) * 100


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("plant", "kind", "unit", "column"),
    [
        (jump, "jump", 3, 0),
        (survey_jump, "jump", 2, 2),
        (other_measure, "factor", -1, 3),
        (copied_column, "column again", -1, 0),
        (mostly_copied_column, "column again", -1, 7),
        (one_column_twice, "column twice", -1, 4),
        (copied_row, "row again", 5, -1),
        (rows_alike, "rows alike", 9, -1),
        (all_round, "round", -1, 0),
    ],
)
def test_what_is_planted_in_one_period_is_found(plant: Planter, kind: str, unit: int, column: int, seed: int) -> None:
    values = np.nan_to_num(clean(seed), nan=57.0)
    plant(values)
    found = list(audit_period(values[-1], values[:-1], period=7))
    assert (kind, 7, unit, column) in [(one.kind, one.period, one.unit, one.column) for one in found]
    assert kinds(found) <= {kind, "jump"}, "a copied row moves, and so does a column put in another's place"


def test_a_change_of_measure_says_how_large_it_is_and_no_more() -> None:
    values = clean(1)
    other_measure(values)
    found = list(audit_period(values[-1], values[:-1]))
    assert [(one.kind, one.values) for one in found] == [("factor", {"factor": 10_000.0})]


def test_digits_made_up_by_a_person_are_found() -> None:
    """People avoid 0 and 5 and like 3 and 7."""
    rng = np.random.default_rng(3)
    values = clean(3)
    made_up = rng.choice([1, 3, 3, 3, 7, 7, 7, 8, 2, 9], (PERIODS, UNITS))
    values[..., 0] = np.floor(values[..., 0] / 10) * 10 + made_up
    [one] = audit_panel(values)
    assert (one.kind, one.period, one.column) == ("last digits", -1, 0)
    assert set(one.values["digits"][:2]) == {3, 7}
    assert one.values["count"] > 80


def test_estimates_over_all_periods_are_found() -> None:
    values = clean(4)
    half = np.random.default_rng(4).random((PERIODS, UNITS)) < 0.5
    values[..., 0] = np.where(half, np.round(values[..., 0] / 10) * 10, values[..., 0])
    assert ("round", 0) in [(one.kind, one.column) for one in audit_panel(values)]


def test_what_never_moves_is_no_copy() -> None:
    """The number of villages is the same every quarter."""
    values = clean(5)
    values[..., 0] = values[0, :, 0]
    assert list(audit_panel(values)) == []


def test_zeros_that_agree_say_nothing() -> None:
    values = np.zeros((6, UNITS, 4))
    assert list(audit_panel(values)) == []
    values[:, :, 1] = np.random.default_rng(1).poisson(0.4, (6, UNITS))
    assert list(audit_panel(values)) == []


def test_columns_are_held_against_their_own_department_alone() -> None:
    values = clean(6)
    values[..., 4] = values[..., 0]
    assert "column twice" in kinds(list(audit_panel(values)))
    groups = ["a"] * 4 + ["b"] * (COLUMNS - 4)
    assert "column twice" not in kinds(list(audit_panel(values, groups=groups)))


def test_values_out_of_range() -> None:
    x = np.array([[5.0, np.nan], [101.0, -1.0]])
    valid = np.array([[0.0, 0.0], [100.0, np.inf]])
    found = list(audit_period(x, np.empty((0, 2, 2)), valid=valid))
    assert [(one.kind, one.unit, one.column, one.values["found"]) for one in found] == [
        ("outside", 1, 0, 101.0),
        ("outside", 1, 1, -1.0),
    ]


def test_a_robust_z_by_hand() -> None:
    before = np.array([10.2, 10.4, 10.1, 10.3, 10.9]).reshape(-1, 1, 1)
    z, usual = audit.jumps(np.array([[12.0]]), before)
    assert usual.item() == pytest.approx(10.3)
    # deviations 0.1 0.1 0.2 0 0.6: MAD 0.1; nine of ten stay below 0.44, which over 1.645 is more than 1.4826 · 0.1
    assert z.item() == pytest.approx(1.7 / (0.44 / 1.6449))
    counts = np.array([4.0, 9.0, 4.0, 4.0]).reshape(-1, 1, 1)
    z, _ = audit.jumps(np.array([[100.0]]), counts)
    centre = 2 * math.sqrt(4.375)
    spread = (2 * math.sqrt(9.375) - centre) / centre
    pooled = np.quantile([0, spread, 0, 0], 0.9) / 1.6449 * centre
    assert z.item() == pytest.approx((2 * math.sqrt(100.375) - centre) / max(1.0, pooled))


def test_too_short_a_history_judges_nothing() -> None:
    z, _ = audit.jumps(np.array([[1000.0]]), np.array([1.0, 2.0, 3.0]).reshape(-1, 1, 1))
    assert np.isnan(z).all()
    z, _ = audit.jumps(np.array([[7.5]]), np.full((5, 1, 1), 3.25))
    assert np.isnan(z).all(), "what never moved has no usual movement"


@given(st.floats(0.1, 120))
def test_the_chance_of_a_chi_square(value: float) -> None:
    assert audit._beyond_chi2_9(value) == pytest.approx(scipy.stats.chi2.sf(value, 9), rel=1e-9)


@given(st.integers(8, 400), st.floats(0.12, 0.95))
def test_the_chance_of_roundness_is_a_bound(count: int, share: float) -> None:
    zeros = math.ceil(count * share)
    table = np.array([zeros, count - zeros, *[0] * 8]).reshape(10, 1)
    bound, exact = audit.rounded_off(table).item(), scipy.stats.binom.sf(zeros - 1, count, 0.1)
    assert exact <= bound * (1 + 1e-9)
    assert bound < 1 or zeros <= count * 0.1


def test_decimals_and_digits() -> None:
    x = np.array([[1.0, 0.25, 88.7, np.nan], [300.0, 1.5, 90.0, np.nan]])
    assert audit.decimals(x).tolist() == [0, 2, 1, 0]
    assert audit.informative(x, audit.decimals(x)).tolist() == [[0, 1, 2, 0], [2, 2, 2, 0]]


def test_a_permutation_of_units_permutes_what_is_found() -> None:
    values = clean(8)
    jump(values)
    copied_row(values)
    order = np.random.default_rng(8).permutation(UNITS)
    one = {(s.kind, s.unit, s.column) for s in audit_panel(values)}
    other = {(s.kind, int(order[s.unit]) if s.unit >= 0 else -1, s.column) for s in audit_panel(values[:, order])}
    assert one == other


def test_the_sample_data_is_nearly_clean(repository: Path) -> None:
    """What departments report has a few planted outliers, and no copies, round numbers or odd digits.

    Posts have surges, which are jumps, and whole numbers of reposts with one decimal, which look round. Two formulas that name one column of a
    file read it twice: like the command, the audit is given it once.
    """
    index = load(repository / "indicators.yaml")
    panel: Panel = read(index, repository)
    cells = [str(panel.places(0, 0, at)) for at in range(len(index.columns))]
    first = {cell: at for at, cell in reversed(list(enumerate(cells)))}
    posts = sorted(at for at in first.values() if index.columns[at].source == "opinion")
    reported = sorted(set(first.values()) - set(posts))
    assert posts
    assert len(reported) > 132
    found = list(audit_panel(panel.values[..., reported]))
    assert kinds(found) <= {"jump"}
    assert len(found) < 10
    surges = list(audit_panel(panel.values[..., posts]))
    assert kinds(surges) <= {"jump", "round"}
    rounded = [index.columns[posts[one.column]].headers for one in surges if one.kind == "round"]
    assert all(any(name.endswith("首小时转发量") for name in names) for names in rounded)


LONG = """index: {id: t}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv%s}}
defaults: {normalise: points, weights: equal}
dimensions: [{id: a}, {id: b}, {id: c, formula: "[a] + 1"}]
"""


@pytest.mark.parametrize("layout", ["long", "wide"])
def test_every_indicator_of_a_long_table_is_audited(tmp_path: Path, layout: str) -> None:
    units, years = "ABCDE", [2000, 2001, 2002]
    (tmp_path / "u.csv").write_text("\n".join(["id", *units, ""]), encoding="utf-8")
    cells = {
        (unit, year): (50 + at + year % 5, (7 + at) * (10 if year == 2002 else 1))
        for at, unit in enumerate(units)
        for year in years
    }
    if layout == "long":
        rows = [f"{unit},{year},{name},{cells[unit, year][at]}" for at, name in enumerate("ab") for unit, year in cells]
        heading, said = "unit,period,indicator,value", ", indicator: indicator, value: value"
    else:
        rows = [f"{unit},{year},{a},{b}" for (unit, year), (a, b) in cells.items()]
        heading, said = "unit,period,a,b", ""
    (tmp_path / "v.csv").write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    (tmp_path / "indicators.yaml").write_text(LONG % said, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that values are ten times what they were is said when they are read too
        found = audit_all(tmp_path / "indicators.yaml")
    assert (found.columns, found.values) == (2, 30), "a column that a formula shares is looked at once"
    assert [one.column for one in found.questions if one.finding.code == "IC681"] == ["b"]
