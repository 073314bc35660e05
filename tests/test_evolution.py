"""Differences, convergence, shapes and moves of scores: golden sets, other libraries, and what adds up."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

import indexcalc
from indexcalc.analysis.convergence import beta_of_ends, beta_of_panel, sigma
from indexcalc.analysis.inequality import dagum, gini, theil, variation
from indexcalc.analysis.moves import bandwidth, chain, cuts_of, density, spatial_chain
from indexcalc.analysis.space import Neighbours, moran
from indexcalc.cli.app import app
from indexcalc.report.draw.plane import Axes, Drawn, plane

EXACT = {"rtol": 0, "atol": 1e-9}


@pytest.fixture
def golden(shared: Path) -> Path:
    return shared / "evaluation"


def panel(folder: Path) -> pd.DataFrame:
    """Scores of a set, a row a period and a column a unit."""
    return pd.read_csv(folder / "inputs.csv").pivot_table(index="period", columns="unit", values="score")


@pytest.mark.parametrize("weighted", [False, True])
def test_theil(golden: Path, weighted: bool) -> None:
    folder = golden / "theil"
    units = pd.read_csv(folder / "units.csv").set_index("unit")
    told = pd.read_csv(folder / ("expected_population.csv" if weighted else "expected.csv")).set_index("period")
    weight = units["population"].to_numpy(float) if weighted else None
    for period, row in panel(folder)[list(units.index)].iterrows():
        found = theil(row.to_numpy(float), [list(units["group"])], weight)
        expected = told.loc[period]
        ours = [found.total, *found.between, found.within]
        ours += [found.between[0] / found.total, found.within / found.total]
        np.testing.assert_allclose(ours, expected[["total", "between", "within", "share_between", "share_within"]], **EXACT)
        for group, (own, share) in found.groups.items():
            np.testing.assert_allclose([own, share], expected[[f"T_{group}", f"share_{group}"]], **EXACT)


def test_nested_theil(golden: Path) -> None:
    frame = pd.read_csv(golden / "theil-nested" / "inputs.csv")
    told = pd.read_csv(golden / "theil-nested" / "expected.csv").iloc[0]
    found = theil(frame["y"].to_numpy(), [list(frame["province"]), list(frame["city"])], frame["pop"].to_numpy())
    np.testing.assert_allclose([found.total, *found.between, found.within], told, **EXACT)


def test_dagum(golden: Path) -> None:
    folder = golden / "dagum"
    units, told = pd.read_csv(folder / "units.csv").set_index("unit"), pd.read_csv(folder / "expected.csv").set_index("period")
    for period, row in panel(folder)[list(units.index)].iterrows():
        found, expected = dagum(row.to_numpy(float), list(units["group"])), told.loc[period]
        ours = {"G": found.total, "G_within": found.within, "G_between": found.between, "G_overlap": found.overlap}
        ours |= {f"G_{group}": own for group, own in found.groups.items()}
        for (one, other), (between, affluence) in found.pairs.items():
            ours |= {f"G_{one}_{other}": between, f"D_{one}_{other}": affluence}
        names = list(ours)
        np.testing.assert_allclose([ours[name] for name in names], expected[names].astype(float), **EXACT)
        assert set(told.columns) - set(names) == {"share_within", "share_between", "share_overlap"}


def test_double_sums_say_the_same() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        n = int(rng.integers(2, 40))
        y, labels = rng.integers(0, 30, n).astype(float) + 0.5, [f"g{one}" for one in rng.integers(0, 4, n)]
        found, of = dagum(y, labels), np.array(labels)
        apart = np.abs(y[:, None] - y)
        alike = of[:, None] == of
        assert found.total == pytest.approx(apart.sum() / (2 * n**2 * y.mean()), abs=1e-13)
        assert found.within == pytest.approx(apart[alike].sum() / (2 * n**2 * y.mean()), abs=1e-13)
        assert found.within + found.between + found.overlap == pytest.approx(found.total, abs=1e-13)
        assert gini(y[::-1]) == pytest.approx(gini(y), abs=1e-14)
        cv = variation(y, labels)
        assert cv.total == pytest.approx(stats.variation(y), abs=1e-13)
        assert cv.between + cv.within == pytest.approx(cv.total**2, abs=1e-13)


def test_theil_adds_up_over_any_nesting_and_any_scale() -> None:
    rng = np.random.default_rng(8)
    y, w = rng.lognormal(size=60), rng.uniform(1, 9, 60)
    outer, inner, last = ([str(one) for one in rng.integers(0, k, 60)] for k in (3, 3, 2))
    found = theil(y, [outer, inner, last], w)
    assert sum(found.between) + found.within == pytest.approx(found.total, abs=1e-14)
    assert found.total == pytest.approx(theil(y, (), w).total, abs=1e-14)
    assert theil(7 * y, [outer], w).between == pytest.approx(theil(y, [outer], w).between, abs=1e-14)
    twice = theil(np.concatenate([y, y]), [outer * 2], np.concatenate([w, w]))
    assert twice.within == pytest.approx(theil(y, [outer], w).within, abs=1e-13)
    alike = theil(np.ones(4), [["a", "a", "b", "b"]])
    assert (alike.total, alike.within) == (0, 0)
    assert np.isnan(theil(np.array([-1.0, 2.0])).total)


def test_convergence(golden: Path) -> None:
    folder = golden / "convergence"
    frame, told = panel(folder), pd.read_csv(folder / "expected.csv").set_index("period")
    for period, row in frame.iterrows():
        own = sigma(row.to_numpy(float))
        np.testing.assert_allclose([own.cv, own.cv_of_sample, own.log, own.log_of_sample], told.loc[period], **EXACT)
    expected, y = pd.read_csv(folder / "beta.csv").set_index("model"), frame.to_numpy(float)
    before = list(range(-1, len(y) - 1))
    ends = beta_of_ends(y[0], y[-1], len(y) - 1)
    unit, both = (beta_of_panel(y, before, periods=periods) for periods in (False, True))
    assert ends is not None
    assert unit is not None
    assert both is not None
    row = expected.loc["cross-section"]
    np.testing.assert_allclose([ends.alpha, ends.beta, ends.error, ends.r2, ends.speed, ends.half_life], row, **EXACT)
    for found, name in ((unit, "unit effects"), (both, "unit and period effects")):
        ours = [found.beta, found.error, found.speed]
        np.testing.assert_allclose(ours, expected.loc[name, ["beta", "se", "speed"]].astype(float), **EXACT)


@pytest.mark.parametrize("periods", [False, True])
@pytest.mark.parametrize("given", [(), ("people", "wealth")])
def test_regressions_with_gaps_are_those_with_a_column_for_every_effect(periods: bool, given: tuple[str, ...]) -> None:
    rng = np.random.default_rng(4)
    y = rng.lognormal(4, 0.2, size=(6, 15))
    y[rng.random(y.shape) < 0.15] = np.nan
    columns = {"people": rng.lognormal(15, 1, y.shape), "wealth": rng.normal(size=y.shape)}  # of unlike sizes
    columns["wealth"][2, 3] = np.nan
    controls = {name: columns[name] for name in given}
    found = beta_of_panel(y, list(range(-1, 5)), periods=periods, controls=controls)
    assert found is not None
    there = ~np.isnan(y[:-1]) & ~np.isnan(y[1:]) & np.all([np.isfinite(own[:-1]) for own in controls.values()], axis=0)
    row, unit = np.nonzero(there)
    start, growth = np.log(y[row, unit]), np.log(y[row + 1, unit] / y[row, unit])
    effects = [*((unit == one) for one in np.unique(unit)), *((row == one) for one in np.unique(row)[1:] if periods)]
    x = np.column_stack([start, *(own[row, unit] for own in controls.values()), *effects]).astype(float)
    size = np.linalg.norm(x, axis=0)
    solved = np.linalg.lstsq(x / size, growth, rcond=None)[0] / size
    rest = growth - x @ solved
    freedom = len(growth) - x.shape[1]
    errors = np.sqrt(rest @ rest / freedom * np.diag(np.linalg.inv((x / size).T @ (x / size)))) / size
    ours = [found, *found.controls.values()]
    np.testing.assert_allclose([found.beta, *(one.value for one in found.controls.values())], solved[: len(ours)], rtol=1e-8)
    np.testing.assert_allclose([one.error for one in ours], errors[: len(ours)], rtol=1e-8)
    np.testing.assert_allclose([one.p for one in ours], (2 * stats.t.sf(abs(solved / errors), freedom))[: len(ours)], rtol=1e-7)
    assert (found.freedom, tuple(found.controls)) == (freedom, given)


def test_a_library_says_the_same_beside_conditional_columns() -> None:
    api = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(6)
    first, last = rng.lognormal(size=(2, 30))
    wealth = rng.normal(size=30) * 1e3
    found = beta_of_ends(first, last, 4, {"wealth": wealth})
    assert found is not None
    told = api.OLS(np.log(last / first) / 4, np.column_stack([np.log(first), np.ones(30), wealth])).fit()
    term = found.controls["wealth"]
    np.testing.assert_allclose([found.beta, found.alpha, term.value], told.params, rtol=1e-8)
    np.testing.assert_allclose([found.error, term.error], told.bse[[0, 2]], rtol=1e-8)
    np.testing.assert_allclose([found.p, term.p, found.r2], [*told.pvalues[[0, 2]], told.rsquared], rtol=1e-8)


def test_a_conditional_column_that_says_nothing_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    y, wealth = rng.lognormal(size=(5, 12)), rng.normal(size=(5, 12))
    before = list(range(-1, 4))
    own = beta_of_panel(y, before, periods=True, controls={"wealth": wealth})
    lasting = np.tile(rng.normal(size=12), (5, 1))  # which the effects of units hold already
    more = beta_of_panel(y, before, periods=True, controls={"lasting": lasting, "wealth": wealth, "twice": 3 - 2 * wealth})
    assert own is not None
    assert more is not None
    assert (more.beta, more.error, more.freedom) == (pytest.approx(own.beta), pytest.approx(own.error), own.freedom)
    assert np.isnan([more.controls["lasting"].value, more.controls["twice"].p]).all()
    assert more.controls["wealth"].value == pytest.approx(own.controls["wealth"].value)
    ends = beta_of_ends(y[0], y[-1], 4, {"lasting": lasting[0]})
    assert ends is not None
    assert np.isfinite(ends.controls["lasting"].value)  # units' effects are none of a cross-section


def test_a_cross_section_is_scipys_line() -> None:
    first, last = np.random.default_rng(1).lognormal(size=(2, 12))
    found, line = beta_of_ends(first, last, 3), stats.linregress(np.log(first), np.log(last / first) / 3)
    assert found is not None
    np.testing.assert_allclose(
        [found.alpha, found.beta, found.error, found.p, found.r2],
        [line.intercept, line.slope, line.stderr, line.pvalue, line.rvalue**2],
        rtol=1e-10,
    )
    assert beta_of_ends(first[:2], last[:2], 3) is None
    assert beta_of_panel(first[None], [-1], periods=True) is None


def next_to(folder: Path, units: list[str]) -> Neighbours:
    pairs = pd.read_csv(folder / "adjacency.csv")
    place = {unit: at for at, unit in enumerate(units)}
    one, other = (pairs[name].map(place).to_numpy(int) for name in ("unit", "neighbour"))
    return Neighbours(np.concatenate([one, other]), np.concatenate([other, one]))


def test_kernel(golden: Path) -> None:
    folder = golden / "kernel"
    told, frame = pd.read_csv(folder / "expected.csv"), panel(folder)
    for period, rows in told.groupby("period"):
        y = frame.loc[period].to_numpy(float)
        for how, name in (("silverman", "silverman"), ("normal", "106")):
            found = density(y, rows["at"].to_numpy(), bandwidth(y, how))
            np.testing.assert_allclose(found.bandwidth, rows[f"h_{name}"], **EXACT)
            np.testing.assert_allclose(found.density, rows[f"density_{name}"], **EXACT)
            theirs = stats.gaussian_kde(y, bw_method=found.bandwidth / y.std(ddof=1))(rows["at"])
            np.testing.assert_allclose(found.density, theirs, **EXACT)


def test_markov(golden: Path) -> None:
    folder = golden / "markov"
    y = pd.read_csv(folder / "inputs.csv").pivot_table(index="period", columns="unit", values="value")
    told = pd.read_csv(folder / "expected.csv", dtype={"lag": str}).set_index(["lag", "from"])
    before, values = list(range(-1, len(y) - 1)), y.to_numpy(float)
    cuts = cuts_of(values, 4)
    plain = chain(values, before, cuts)
    apart = spatial_chain(values, before, cuts, next_to(folder, list(y.columns)))
    for lag, found in (("all", plain), *((str(at + 1), one) for at, one in enumerate(apart.chains))):
        expected = told.loc[lag]
        np.testing.assert_array_equal(found.counts, expected[["n1", "n2", "n3", "n4"]])
        np.testing.assert_allclose(found.shares, expected[["p1", "p2", "p3", "p4"]], **EXACT)
    np.testing.assert_allclose(plain.stationary, told.loc["all", "stationary"], **EXACT)
    chi2, freedom = 0.0, 0
    for start in range(4):
        table = np.stack([one.counts[start] for one in apart.chains])
        table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
        if min(table.shape) > 1:
            theirs = stats.chi2_contingency(table, correction=False)
            chi2, freedom = chi2 + theirs.statistic, freedom + theirs.dof
    assert (apart.chi2, apart.freedom) == (pytest.approx(chi2, abs=1e-10), freedom)
    assert apart.p == pytest.approx(stats.chi2.sf(chi2, freedom), abs=1e-12)


def test_two_ends_have_no_one_distribution_and_an_empty_class_has_none() -> None:
    y = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]])
    assert np.isnan(chain(y, [-1, 0], np.array([2.5])).stationary).all()
    assert np.isnan(chain(y, [-1, 0], np.array([2.5, 9.0])).shares[2]).all()


@pytest.mark.parametrize("standardise", [True, False])
def test_moran(golden: Path, standardise: bool) -> None:
    folder, kind = golden / "moran", "row" if standardise else "binary"
    frame, told = pd.read_csv(folder / "inputs.csv"), pd.read_csv(folder / "expected.csv").iloc[0]
    found = moran(frame["value"].to_numpy(float), next_to(folder, list(frame["unit"])), standardise=standardise)
    assert found is not None
    ours = [
        found.value,
        found.expected,
        found.variance_normal,
        found.variance_random,
        found.p_normal,
        found.p_random,
        found.geary,
    ]
    names = ("I", "E", "var_normal", "var_random", "p_normal", "p_random", "geary")
    np.testing.assert_allclose(ours, [told[f"{name}_{kind}"] for name in names], **EXACT)
    local = pd.read_csv(folder / "local.csv")
    if standardise:
        np.testing.assert_allclose(found.local, local["local_n"], **EXACT)
        np.testing.assert_allclose(found.lag, local["lag"], **EXACT)
        assert list(found.quadrant) == list(local["quadrant"])
        assert found.local.mean() == pytest.approx(found.value, abs=1e-14)


def test_permutations_are_seeded_and_as_rare_as_by_every_order(golden: Path) -> None:
    frame = pd.read_csv(golden / "moran" / "inputs.csv")
    y, near = frame["value"].to_numpy(float), next_to(golden / "moran", list(frame["unit"]))
    one, again, other = (moran(y, near, draws=1999, seed=seed) for seed in (1, 1, 2))
    assert one is not None
    assert again is not None
    assert other is not None
    assert (one.p, *one.local_p) == (again.p, *again.local_p)
    assert (one.p, *one.local_p) != (other.p, *other.local_p)
    assert one.p == pytest.approx(other.p, abs=0.01)
    few, line = np.array([3.0, 1.0, 2.0, 7.0, 9.0]), np.array([0, 1, 2, 3])
    chain_of_five = Neighbours(np.append(line, line + 1), np.append(line + 1, line))
    values = [moran(np.array(order), chain_of_five) for order in itertools.permutations(few)]
    own, drawn = moran(few, chain_of_five), moran(few, chain_of_five, draws=9999)
    assert own is not None
    assert drawn is not None
    share = np.mean([each is not None and each.value >= own.value - 1e-12 for each in values])
    assert drawn.p == pytest.approx(min(share, 1 - share), abs=0.015)
    for unit in range(5):  # each unit stays, its neighbours are any of the others
        count = 1 if unit in (0, 4) else 2
        z = few - few.mean()
        lags = [np.mean(some) for some in itertools.combinations(np.delete(z, unit), count)]
        share = np.mean([z[unit] * lag >= own.local[unit] * (z @ z) / 5 - 1e-12 for lag in lags])
        assert drawn.local_p[unit] == pytest.approx(min(share, 1 - share), abs=0.03)


def test_units_without_neighbours_or_scores_are_left_out() -> None:
    y = np.array([1.0, 2.0, 4.0, 3.0, 9.0, np.nan, 7.0])
    near = Neighbours(np.array([0, 1, 1, 2, 2, 3, 3, 0, 5, 6]), np.array([1, 0, 2, 1, 3, 2, 0, 3, 6, 5]))
    found, alone = moran(y, near), moran(y[:4], Neighbours(near.one[:8], near.other[:8]))
    assert found is not None
    assert alone is not None
    assert found.places.tolist() == [0, 1, 2, 3]
    assert found.value == pytest.approx(alone.value, abs=1e-15)
    assert moran(np.ones(7), near) is None


def tree(columns: str = "") -> str:
    return f"""
index: {{id: i}}
units: {{id: unit{columns}}}
periods: {{kind: year}}
dimensions: [{{id: score, normalise: points}}]
"""


@pytest.fixture
def scores(golden: Path) -> indexcalc.Scored:
    return indexcalc.score(tree(), pd.read_csv(golden / "theil" / "inputs.csv").rename(columns={"period": "year"}))


def test_a_question_in_python(golden: Path, scores: indexcalc.Scored) -> None:
    units = pd.read_csv(golden / "theil" / "units.csv")
    pairs = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("F", "G"), ("G", "A")]
    found = indexcalc.evolution(scores, neighbours=pairs, permutations=99)
    told = pd.read_csv(golden / "convergence" / "expected.csv")
    frame = found.frame()
    np.testing.assert_allclose(frame["cv"], told["cv_ddof0"], **EXACT)
    np.testing.assert_allclose(frame["theil"], pd.read_csv(golden / "theil" / "expected.csv")["total"], **EXACT)
    np.testing.assert_allclose(frame["gini"], pd.read_csv(golden / "dagum" / "expected.csv")["G"], **EXACT)
    assert [one.effects for one in found.beta] == ["cross-section", "unit", "unit and period"]
    assert found.beta[0].beta == pytest.approx(pd.read_csv(golden / "convergence" / "beta.csv")["beta"][0], abs=1e-9)
    assert found.moran is not None
    assert found.moran[0] is not None
    assert len(found.moran[0].places) == 7
    assert len(units) == 11
    with pytest.raises(indexcalc.Refused, match="IC816"):
        indexcalc.evolution(scores, by="province")
    with pytest.raises(indexcalc.Refused, match="IC816"):
        indexcalc.evolution(scores, weight="people")
    with pytest.raises(indexcalc.Refused, match="IC818"):
        indexcalc.evolution(scores, neighbours=[("A", "nobody")])


@pytest.fixture
def project(golden: Path, tmp_path: Path) -> Path:
    """The golden scores in files, with groups and populations in the table of units."""
    folder = golden / "theil"
    (tmp_path / "units.csv").write_text(folder.joinpath("units.csv").read_text().replace("unit,", "id,", 1))
    (tmp_path / "values.csv").write_text(folder.joinpath("inputs.csv").read_text().replace("period", "year", 1))
    text = tree().replace("{id: unit}", "{table: units.csv}").replace("periods:", "data: {d: {path: values.csv}}\nperiods:")
    (tmp_path / "indicators.yaml").write_text(text)
    return tmp_path


def test_the_command_tells_groups_and_weights(golden: Path, project: Path) -> None:
    words = ["evolution", "--index", str(project / "indicators.yaml")]
    told = pd.read_csv(golden / "theil" / "expected_population.csv")
    dagums = pd.read_csv(golden / "dagum" / "expected.csv")
    said = CliRunner().invoke(app, [*words, "--weight", "population", "--json"])
    assert said.exit_code == 0, said.output
    periods = json.loads(said.stdout)["periods"]
    np.testing.assert_allclose([one["theil"]["between"][0] for one in periods], told["between"], **EXACT)
    np.testing.assert_allclose([one["theil"]["groups"]["west"]["share"] for one in periods], told["share_west"], **EXACT)
    np.testing.assert_allclose([one["dagum"]["overlap"] for one in periods], dagums["G_overlap"], **EXACT)
    given = json.loads(CliRunner().invoke(app, [*words, "--controls", "population,score", "--json"]).stdout)["beta"]
    assert [set(one["controls"]) for one in given] == [set()] * 3 + [{"population", "score"}] * 3
    assert given[3]["controls"]["population"]["value"] is not None
    assert given[4]["controls"]["population"]["value"] is None  # the same in all periods
    (project / "near.csv").write_text("unit,neighbour\nA,B\nB,C\nC,D\nD,E\nE,F\n")
    near = [*words, "--neighbours", str(project / "near.csv"), "--out", str(project / "out")]
    for language, expected in (
        ("zh", ("泰尔指数", "超变密度", "没有邻域：G、H")),
        ("en", ("Theil T", "Overlap", "Without neighbours: G, H")),
    ):
        shown = CliRunner().invoke(app, [*near, "--lang", language])
        assert shown.exit_code == 0, shown.output
        assert all(text in shown.stdout for text in expected)
    first = {path.name: path.read_bytes() for path in (project / "out").iterdir()}
    CliRunner().invoke(app, [*near, "--lang", "en"])
    assert first == {path.name: path.read_bytes() for path in (project / "out").iterdir()}
    assert any(name.endswith("local.csv") for name in first)


def test_the_command_gives_the_golden_densities_and_moran_of_binary_weights(golden: Path, project: Path) -> None:
    words = ["evolution", "--index", str(project / "indicators.yaml"), "--json"]
    told = pd.read_csv(golden / "kernel" / "expected.csv", dtype={"period": str})
    for period, rows in told.groupby("period"):
        points = ",".join(map(repr, rows["at"].tolist()))
        for how, name in (("silverman", "silverman"), ("normal", "106"), (str(rows["h_106"].iloc[0]), "106")):
            asked = [*words, "--period", str(period), "--points", points, "--bandwidth", how]
            found = json.loads(CliRunner().invoke(app, asked).stdout)["periods"][-1]["density"]
            np.testing.assert_allclose(found["bandwidth"], rows[f"h_{name}"], **EXACT)
            told_at = dict(zip(found["at"], found["density"], strict=True))
            np.testing.assert_allclose([told_at[at] for at in rows["at"]], rows[f"density_{name}"], **EXACT)
    folder, (row,) = golden / "moran", pd.read_csv(golden / "moran" / "expected.csv").to_dict("records")
    values = pd.read_csv(folder / "inputs.csv").rename(columns={"value": "score"}).assign(year=2020)
    values.to_csv(project / "values.csv", index=False)
    (project / "units.csv").write_text("id\n" + "\n".join(values["unit"]) + "\n")
    names = {
        "value": "I",
        "expected": "E",
        "variance_normal": "var_normal",
        "variance_random": "var_random",
        "p_normal": "p_normal",
        "p_random": "p_random",
        "geary": "geary",
    }
    for way, kind in (("--standardise", "row"), ("--no-standardise", "binary")):
        asked = [*words, "--neighbours", str(folder / "adjacency.csv"), way]
        found = json.loads(CliRunner().invoke(app, asked).stdout)["periods"][-1]["moran"]
        np.testing.assert_allclose([found[name] for name in names], [row[f"{name}_{kind}"] for name in names.values()], **EXACT)
    for wrong in (["--bandwidth", "wide"], ["--bandwidth", "0"], ["--points", "1,x"]):
        assert CliRunner().invoke(app, [*words, *wrong]).exit_code == 2


def test_what_cannot_be_told_is_left_open() -> None:
    frame = pd.DataFrame({"unit": list("ABC") * 2, "year": [2020] * 3 + [2021] * 3, "score": [-1.0, 0, 0, 2, 3, -5]})
    found = indexcalc.evolution(indexcalc.score(tree(), frame))
    assert found.beta == ()
    assert found.frame()[["theil", "gini", "cv", "log_deviation"]].isna().all(axis=None)


def test_a_report_shows_it_where_the_tree_asks_for_it_and_the_command_takes_the_same(project: Path) -> None:
    tree_file = project / "indicators.yaml"
    (project / "near.csv").write_text("unit,neighbour\nA,B\nB,C\nC,D\nD,E\nE,F\n")
    words = ["--index", str(tree_file), "--lang", "en"]
    bare = CliRunner().invoke(app, ["score", *words, "--out", str(project / "reports")])
    assert bare.exit_code == 0, bare.output
    (page,) = (project / "reports").glob("*/report.html")
    assert 'id="evolution"' not in page.read_text(encoding="utf-8")
    asked = "report: {evolution: {neighbours: near.csv, controls: population, weight: population}}\n"
    tree_file.write_text(tree_file.read_text(encoding="utf-8") + asked, encoding="utf-8")
    CliRunner().invoke(app, ["score", *words, "--out", str(project / "reports")])
    text = page.read_text(encoding="utf-8")
    section = text[text.index('<section id="evolution">') :].partition("</section>")[0]
    result = json.loads(CliRunner().invoke(app, ["evolution", *words, "--json"]).stdout)  # by what the tree says
    assert (result["weight"], len(result["beta"])) == ("population", 6)
    assert f"Moran I = {result['periods'][-1]['moran']['value']:.4f}" in section
    assert f"{result['periods'][-1]['theil']['total']:.4f}" in section
    assert section.count("<svg") >= 6
    assert "near.csv" in page.with_name("run.json").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["verify", str(page.parent), *words]).exit_code == 0
    (project / "near.csv").write_text("unit,neighbour\nA,B\nB,C\n")  # what the report was made of has changed
    assert CliRunner().invoke(app, ["verify", str(page.parent), *words]).exit_code != 0
    tree_file.write_text(tree_file.read_text(encoding="utf-8").replace("weight: population", "weight: people"), encoding="utf-8")
    refused = CliRunner().invoke(app, ["score", *words, "--out", str(project / "reports")])
    assert refused.exit_code != 0
    assert "IC816" in refused.output
    assert "indicators.yaml" in refused.output


def test_names_beside_points_do_not_stand_on_each_other() -> None:
    names = [f"<b>{at}号" for at in range(30)]
    points = [(at % 3, at % 2) for at in range(30)]  # five of them in each place
    drawn = plane(Axes("x", "y"), [Drawn("", points, joined=False, names=names)], "p")
    assert "<b>" not in drawn
    told = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>&lt;b&gt;\d+号', drawn)
    assert 6 <= len(told) < 30  # no more than one on each side of a point
    for (x, y), (left, low) in itertools.combinations([(float(x), float(y)) for x, y in told], 2):
        assert abs(x - left) > 30 or abs(y - low) > 10
    assert len(re.findall(r"<title>&lt;b&gt;", drawn)) == 30  # and each by its point
