"""A query over values that stay where they are gives the numbers that scoring in memory gives."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from indexcalc import load, read
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.methods import AGGREGATORS, NORMALISERS
from indexcalc.tree import Index

from .conftest import PROVE, count
from .sources.engines import spark
from .trees import Menu, Trees

__all__ = ["spark"]

pytest.importorskip("ibis", reason="the extra `events` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")

PERIODS = ("2022Q1", "2022Q2", "2022Q3", "2022Q4")
UNITS = [f"u{at:02}" for at in range(19)]
NUMBERS = [
    *("score", "rank", "group_rank", "coverage", "raw", "derived", "treated"),
    *("weight", "effective_weight", "declared_weight", "imputed"),
]


def test_every_operation_of_formulas_but_two_has_an_expression() -> None:
    from indexcalc.large.expressions import OPERATIONS
    from indexcalc.methods.derive import _OPERATIONS

    assert set(_OPERATIONS) - OPERATIONS.keys() == {"median", "trimmed"}


DRAWN: dict[str, list[dict[str, Any]]] = {
    "min-max": [{}, {"low": 60, "high": 100}],
    "efficacy": [{}, {"satisfactory": 60}, {"unacceptable": 5, "clip": True}, {"satisfactory": 70, "unacceptable": 2}],
    "efficacy-exponential": [{}, {"satisfactory": 60, "clip": True}],
    "z-score": [{}, {"mean": 100, "sd": 10, "ddof": 0}],
    "goalposts": [{"worst": 2, "best": 60}, {"worst": 2, "best": 60, "clip": False}, {"worst": 2, "best": 60, "log": True}],
    "target": [{"value": 30}],
    "distance-to-target": [{"value": 30}, {"value": 30, "worst": 2, "clip": False}],
    "reference": [{}, {"value": "max"}, {"value": 20.0, "form": "difference"}],
    "ampi": [{}, {"value": "min"}, {"value": 25.0}],
    "piecewise": [
        {"points": [[5, 0], [20, 60], [60, 100]]},
        {"points": [[5, 0], [60, 100]], "below": "extend", "above": "missing"},
    ],
    "bands": [{"bands": [[5, 20], [20, 60], [50, 100]]}, {"bands": [[5, 20], [50, 100]], "below": 0}],
    "points": [{}, {"floor": 5, "cap": 50}],
    "deduct": [{"each": 2}, {"each": 1, "cap": 30, "floor": None}],
    "bonus": [{"each": 2, "cap": 40}, {"each": 1, "start": 10}],
}
AGGREGATES: list[Any] = [
    "arithmetic",
    "minimum",
    "maximum",
    "sum",
    "product",
    {"method": "geometric", "floor": 1},
    {"method": "harmonic", "floor": 1},
    {"method": "power", "p": 2, "floor": 0.5},
    {"method": "power", "p": -0.5, "floor": 0.5},
]


def test_every_expression_is_drawn_by_the_test_below() -> None:
    assert DRAWN.keys() == {name for name, record in NORMALISERS.items() if record.query}
    drawn = {one if isinstance(one, str) else one["method"] for one in AGGREGATES}
    wanted = {name for name, record in AGGREGATORS.items() if record.query}
    assert drawn | {"mpi"} == wanted  # defined above 0 alone, so in a test of its own


FORMULAS = [
    "where(a > 20, a, sqrt(b)) + people",
    "max(a, b, people) / min(a, b)",
    "max(a, b, skip: true) - min(a, people, b, skip: true) + clip(a, 3, b)",
    "mean(a, b) - log(a) ^ 0.5",
    "sum(a, b)",
]
# Trees of what a query can do, at random places; numbers are asked for where no analyst would mean them.
ASKED = Menu(
    often={
        "direction": 0.6, "normalise": 1, "normalise over": 0.75, "derived": 0.1, "round": 0.15, "aggregate": 0.7, "weights": 0.4,
        "missing": 0.6, "inner": 0.2, "ranking": 0.2, "within": 0.5, "decimals": 0.3,
    },
    only={
        "direction": ["higher", "lower", "lower", "range"],
        "normalise": [{"method": name, **takes} for name, known in DRAWN.items() for takes in known],
        "derived": [
            {"per": "people"}, {"scale": 10}, {"applies": "people > 20"}, *({"formula": formula} for formula in FORMULAS),
        ],
        "aggregate": AGGREGATES,
        "weights": ["equal", {"method": "roc"}, {"method": "rank-sum"}],
        "missing": [{"policy": "reweight", "coverage": 0.6}, {"policy": "reweight", "children": 0.5}, {"policy": "fail"}],
        "inner": ["lower"],
        "ranking": [{"ties": ties, "first": "lowest", "decimals": 0} for ties in ("dense", "average", "max")],
        "within": ["group"],
        "decimals": [1],
    },
    defaults={
        "source": "v", "weights": "relative", "missing": {"policy": "reweight", "coverage": 0.5}, "normalise": {"method": "min-max"},
    },
    whole={
        "units": {"table": "units.csv"},
        "data": {
            "v": {"path": "v.parquet", "missing": ["-1"], "not_applicable": ["-999"]},
            "p": {"path": "people.csv", "period": "every"},
        },
        "denominators": [{"id": "people", "source": "p"}],
    },
    nodes=(2, 6),
    leaves=(4, 10),
    levels=4,
    periods=PERIODS,
)  # fmt: skip


def write_project(folder: Path, tree: dict[str, Any], rng: np.random.Generator) -> Index:
    """Lay out a tree with values of which some are missing, some do not apply and some rows are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "indicators.yaml").write_text(json.dumps(tree))
    groups = "".join(f"{unit},Unit {unit},{'abc'[at % 3]}\n" for at, unit in enumerate(UNITS))
    (folder / "units.csv").write_text("id,name,group\n" + groups)
    people = "".join(f"{unit},{10 + 3 * at}\n" for at, unit in enumerate(UNITS[:-1]))
    (folder / "people.csv").write_text("id,people\n" + people)
    index = Index.model_validate(tree)  # unchecked: numbers are asked for where no analyst would mean them
    rows = [(unit, period) for period in PERIODS for unit in UNITS if rng.random() > 0.03]
    table: dict[str, Any] = {
        "unit": [f"Unit {unit}" if unit == "u03" else unit for unit, _ in rows],
        "period": [p for _, p in rows],
    }
    for column in index.columns:
        if column.source == "v":
            x = np.round(rng.lognormal(3, 0.8, len(rows)), 1)
            x = np.where(rng.random(len(rows)) < 0.1, -999.0, np.where(rng.random(len(rows)) < 0.05, -1.0, x))
            table[column.headers[0]] = pa.array(x, mask=rng.random(len(rows)) < 0.1)
    pq.write_table(pa.table(table), folder / "v.parquet")
    return index


def in_memory(index: Index, folder: Path) -> tuple[pd.DataFrame, list[str]]:
    from indexcalc.report.sheets.tidy import tidy

    scores = score(index, read(index, folder))
    return tidy(scores, "en").to_pandas(), sorted(f"{one.code} {one.values.get('node')}" for one in scores.findings)


def in_query(index: Index, folder: Path, kind: str) -> tuple[pd.DataFrame, list[str]]:
    from indexcalc.large.in_place import open_values
    from indexcalc.large.in_the_way import in_the_way
    from indexcalc.large.query import bare_scores, scaled_sums, score_in_query, set_aside, undefined, without_result
    from indexcalc.large.ranked import rows
    from indexcalc.report.query import tidy_in_query
    from indexcalc.sources.events.engines import connect

    assert in_the_way(index) == []
    values = open_values(index, folder, connect(kind), kind)
    assert values.table is not None, values.findings
    assert values.units is not None
    bare = bare_scores(index, values.periods)
    table, found = score_in_query(index, values.table, bare, values.groups)
    found += undefined(index, table, bare, values.units.units.title)
    found += scaled_sums(index, table, bare, values.units.units.title)
    found += set_aside(index, values.table, values.units.units.title)
    found += without_result(index, table, bare, values.units.units.title)
    long = rows(index, table, index.ranking.within is not None)
    made = tidy_in_query(long, bare, values.units.units, "en").to_pyarrow().to_pandas()
    return made, sorted(f"{one.code} {one.values.get('node')}" for one in found)


def same_rows(mine: pd.DataFrame, found: pd.DataFrame) -> None:
    assert list(found.columns) == list(mine.columns)
    keys = ["period", "unit", "node"]
    one, other = (frame.astype(dict.fromkeys(keys, "str")).sort_values(keys, ignore_index=True) for frame in (mine, found))
    for name in mine.columns:
        if name in NUMBERS:
            x, y = one[name].to_numpy(float), other[name].to_numpy(float)
            np.testing.assert_allclose(y, x, rtol=1e-9, atol=1e-9, err_msg=name)
        else:
            assert list(one[name].astype(object)) == list(other[name].astype(object)), name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of methods given what they were not made for
@pytest.mark.parametrize("seed", range(count(5, 60)))  # not drawn: a query takes a second to plan, and shrinking one minutes
def test_a_random_tree_scores_the_same_in_a_query(tmp_path: Path, seed: int) -> None:
    index = write_project(tmp_path, Trees(seed, ASKED).tree(), np.random.default_rng(seed))
    (mine, said), (found, noted) = in_memory(index, tmp_path), in_query(index, tmp_path, "duckdb")
    same_rows(mine, found)
    assert noted == said


def small_tree(**changes: Any) -> dict[str, Any]:
    """A tree that a query can score, and that checks find nothing wrong with."""
    safety = [
        {"id": "a", "weight": 0.4, "direction": "lower", "normalise": {"method": "min-max", "over": "base", "base": "2022Q1"}},
        {"id": "b", "weight": 0.6, "per": "people", "normalise": {"method": "z-score", "mean": 60, "sd": 10, "over": "all"}},
    ]
    service = [{"id": "c", "weight": 0.5, "applies": "people > 15"}, {"id": "d", "weight": 0.5, "formula": "a / (b + 1)"}]
    return {
        "index": {"id": "whole", "name": "Whole", "nature": "模拟数据", "nature_en": "simulated data"},
        "units": {"table": "units.csv"},
        "periods": {"kind": "quarter"},
        "data": {"v": {"path": "v.parquet"}, "p": {"path": "people.csv", "period": "every"}},
        "denominators": [{"id": "people", "source": "p"}],
        "defaults": {"source": "v", "missing": {"coverage": 0.5}},
        "dimensions": [
            {"id": "safety", "weight": 0.5, "indicators": safety, "grades": [{"name": "A", "from": 60}, {"name": "B"}]},
            {"id": "service", "weight": 0.5, "aggregate": {"method": "geometric", "floor": 1}, "indicators": service},
        ],
        "ranking": {"within": "group"},
        "grades": [{"name": "first", "top": 0.3}, {"name": "other"}],
    } | changes


def write_small(folder: Path, table: dict[str, Any] | None = None, **changes: Any) -> None:
    rng = np.random.default_rng(7)
    write_project(folder, small_tree(**changes), rng)
    rows = [(unit, period) for period in PERIODS for unit in UNITS]
    values = {name: np.round(rng.lognormal(3, 0.5, len(rows)), 2) for name in "abcd"}
    values["c"][::5] = np.nan
    whole: dict[str, Any] = {"unit": [unit for unit, _ in rows], "period": [period for _, period in rows], **values}
    pq.write_table(pa.table(whole | (table or {})), folder / "v.parquet")


def invoke(folder: Path, *words: str) -> Any:
    where = ["--index", str(folder / "indicators.yaml"), "--lang", "en"]
    return CliRunner().invoke(app, [*words[:1], *where, *words[1:]])


def same_reports(one: Path, other: Path) -> None:
    mine, found = (pd.read_parquet(folder.parent / "scores.parquet") for folder in (one, other))
    same_rows(mine, found)
    for name in ("ranking.csv", "inputs.csv", "grades.csv"):
        assert (one / name).exists() == (other / name).exists(), name
        if (one / name).exists():
            mine, found = (pd.read_csv(folder / name) for folder in (one, other))
            pd.testing.assert_frame_equal(mine, found, rtol=1e-9)


def test_the_command_writes_what_blocks_write(tmp_path: Path) -> None:
    write_small(tmp_path)
    for words in (["--blocks"], ["--engine", "duckdb"]):
        done = invoke(tmp_path, "score", *words, "--period", "all", "--out", str(tmp_path / words[-1]))
        assert done.exit_code == 0, done.output
    for period in PERIODS:
        same_reports(tmp_path / "--blocks" / period, tmp_path / "duckdb" / period)
    assert {path.name for path in (tmp_path / "duckdb").iterdir()} == {
        *PERIODS,
        "scores.parquet",
        "panel.json",
    }  # nothing is left behind
    again = invoke(tmp_path, "score", "--engine", "duckdb", "--out", str(tmp_path / "duckdb"), "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["ranking"][0]["rank"] == 1


def test_a_log_of_events_is_counted_and_joined_its_dirty_rows_told(tmp_path: Path) -> None:
    tree = small_tree()
    tree["data"]["log"] = {"path": "log.csv", "events": {"unit": "unit", "time": "at", "from": "2022Q1", "to": "2022Q4"}}
    tree["denominators"].append({"id": "calls", "source": "log", "events": "count"})
    tree["dimensions"][0]["indicators"][1]["per"] = "calls"
    write_small(tmp_path, **{key: tree[key] for key in ("data", "denominators", "dimensions")})
    rows = [f"{unit},2022-{month:02}-0{1 + at % 9}\n" for at, unit in enumerate(UNITS[1:]) for month in range(1, 13)]
    (tmp_path / "log.csv").write_text("unit,at\n" + "".join(rows) + "nobody,2022-01-01\n")
    for words in (["--no-blocks"], ["--engine", "duckdb"]):
        assert invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1])).exit_code == 0
    folder = tmp_path / "duckdb" / "2022Q4"
    same_reports(tmp_path / "--no-blocks" / "2022Q4", folder)
    assert "nobody" in (folder.parent / "quarantine-log.csv").read_text()
    assert invoke(tmp_path, "verify", str(folder)).exit_code == 0
    assert invoke(tmp_path, "verify", str(folder.parent)).exit_code == 0


def test_a_report_of_an_engine_is_verified_by_its_digests(tmp_path: Path) -> None:
    write_small(tmp_path)
    assert invoke(tmp_path, "score", "--engine", "duckdb").exit_code == 0
    folder = tmp_path / "reports" / "2022Q4"
    done = invoke(tmp_path, "verify", str(folder))
    assert (done.exit_code, "IC874" in done.stderr) == (0, True), done.output
    (folder / "ranking.csv").write_text("1")
    (tmp_path / "people.csv").write_text("id,people\nu01,3\n")
    done = invoke(tmp_path, "verify", str(folder))
    assert (done.exit_code, "IC505" in done.stderr, "IC506" in done.stderr) == (1, True, True), done.output


def test_what_a_query_cannot_do_is_told_at_once(tmp_path: Path) -> None:
    tree = small_tree()
    tree["dimensions"][0] |= {"weights": "entropy", "aggregate": "topsis"}
    ends = {"worst": {"quantile": 0.05}, "best": {"quantile": 0.95}}
    tree["dimensions"][0]["indicators"][0]["normalise"] = {"method": "goalposts", **ends}
    tree["dimensions"][1]["indicators"][0] |= {"impute": "median", "treat": "winsorise", "normalise": "rank"}
    tree["dimensions"][1]["indicators"][1] |= {
        "formula": "median(a, b, 1)",
        "normalise": {"method": "reference", "value": "median"},
    }
    write_small(tmp_path, dimensions=tree["dimensions"])
    done = invoke(tmp_path, "score", "--engine", "duckdb", "--json")
    assert done.exit_code == 1
    found = [one for one in map(json.loads, done.stderr.splitlines()) if one["severity"] == "error"]
    assert [one["code"] for one in found] == ["IC870"]
    for way in (
        "a: goalposts (quantile)",
        "safety: topsis",
        "safety: entropy",
        "c: rank",
        "c: median",
        "c: winsorise",
        "d: reference (median)",
        "d: median",
    ):
        assert way in found[0]["message"]
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ({"unit": ["Nowhere", *UNITS[1:]] + UNITS * 3}, {"IC342"}),
        ({"unit": ["u01", *UNITS[1:]] + UNITS * 3}, {"IC348"}),
        ({"period": ["2022Q1"] * 19 + ["2022Q2"] * 19 + ["soon"] * 38}, {"IC346"}),
        ({"b": [float("inf")] * 76}, {"IC314"}),
        ({"b": ["12"] * 76}, {"IC872"}),
        ({"other": [0] * 76}, {"IC351"}),
    ],
)
def test_what_is_wrong_with_the_values_is_found_by_queries(tmp_path: Path, table: dict[str, Any], codes: set[str]) -> None:
    write_small(tmp_path, table)
    done = invoke(tmp_path, "score", "--engine", "duckdb", "--json")
    assert {one["code"] for one in map(json.loads, done.stderr.splitlines())} - {"IC427"} >= codes, done.output
    assert "Traceback" not in done.output


def test_what_is_absent_or_implausible_is_found_by_queries_as_in_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    small = {name: np.round(rng.uniform(20, 30, len(UNITS) * 4), 2) for name in "abcd"}
    rows = [(unit, period) for period in PERIODS for unit in UNITS]

    def said(**changes: Any) -> list[list[str]]:
        write_small(tmp_path, {**small, **changes})
        out = []
        for words in (["--no-blocks"], ["--blocks"], ["--engine", "duckdb"]):
            done = invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1]))
            assert done.exit_code == 0, done.output
            lines = [
                line for line in done.stderr.splitlines() if re.search(r" IC(39[5-9]|422|91[3-7]) ", line) and "u18" not in line
            ]
            out.append(lines)  # people.csv has no u18
        return out

    assert said() == [[], [], []]
    off = np.array(small["c"])
    off[7] *= 1000
    for (line,) in said(c=off):
        assert "IC913" in line
        assert "Unit u07" in line
    for (line,) in said(c=np.where([period == "2022Q2" for _, period in rows], np.nan, small["c"])):
        assert re.search(r"IC39[79] c.* 2022Q2", line), "and not once more as IC422"
    nobody = {name: np.where([unit == "u03" for unit, _ in rows], np.nan, values) for name, values in small.items()}
    for (line,) in said(**nobody):
        assert re.search("IC396 .*u03", line), "people.csv has it"


def test_a_query_says_what_is_said_in_memory(tmp_path: Path) -> None:
    table = {name: np.linspace(1e120, 2e120, len(UNITS) * 4) for name in "cef"} | {"a": np.linspace(0.2, 0.9, len(UNITS) * 4)}
    dimensions = small_tree()["dimensions"]
    dimensions[0]["indicators"][0]["measure"] = "%"  # of which all are shares of 1
    dimensions[0]["indicators"][1] |= {"id": "x", "per": None, "formula": "1 / exp(a * 5000)"}  # an end that hides the way to it
    points = [{"id": name, "normalise": {"method": "points"}} for name in "cef"]
    dimensions[1] |= {"aggregate": {"method": "product", "scale": 1}, "indicators": points}
    write_small(tmp_path, table, dimensions=dimensions)
    said = []
    for words in (["--no-blocks"], ["--engine", "duckdb"]):
        done = invoke(tmp_path, "score", *words, "--json", "--out", str(tmp_path / words[-1]))
        said.append({(one["code"], one["message"]) for one in map(json.loads, done.stderr.splitlines())})
    assert said[0] == said[1]
    assert {"IC350", "IC396", "IC446", "IC447"} <= {code for code, _ in said[0]}  # people.csv has no u18


def test_a_unit_that_stands_in_the_large_file_alone_is_not_said_to_be_gone(tmp_path: Path) -> None:
    write_small(tmp_path)
    people = (tmp_path / "people.csv").read_text().splitlines()
    (tmp_path / "people.csv").write_text("\n".join(people[:-3]) + "\n")
    for words in (["--no-blocks"], ["--blocks"], ["--engine", "duckdb"]):
        done = invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1]))
        assert "IC395" not in done.stderr, words


def test_moves_since_a_published_period_are_those_of_what_was_published(tmp_path: Path) -> None:
    write_small(tmp_path)
    published = invoke(tmp_path, "publish", "--period", "2022Q3")
    assert published.exit_code == 0, published.output
    write_small(tmp_path, {"a": np.arange(len(UNITS) * 4.0) % 7 + 20})  # the past is scored anew
    shown = []
    for words in (["--no-blocks"], ["--blocks"], ["--engine", "duckdb"]):
        done = invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1]), "--period", "2022Q4")
        assert done.exit_code == 0, done.output
        table = pd.read_csv(tmp_path / words[-1] / "2022Q4" / "ranking.csv")
        shown.append(table.iloc[:, [1, *[at for at, name in enumerate(table.columns) if "ince" in name]]])
    assert shown[0].shape[1] > 1
    pd.testing.assert_frame_equal(shown[0], shown[1])
    pd.testing.assert_frame_equal(shown[0], shown[2])


def test_values_at_an_address_are_read_by_the_engine_alone(tmp_path: Path) -> None:
    write_small(tmp_path)
    assert invoke(tmp_path, "score", "--no-blocks").exit_code == 0
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "v.parquet").rename(tmp_path / "elsewhere" / "v.parquet")
    tree = small_tree()
    tree["data"]["v"]["path"] = f"file://{tmp_path.as_posix()}/elsewhere/v.parquet"
    (tmp_path / "indicators.yaml").write_text(json.dumps(tree))
    done = invoke(tmp_path, "score", "--engine", "duckdb", "--out", str(tmp_path / "duckdb"))
    assert done.exit_code == 0, done.output
    same_reports(tmp_path / "reports" / "2022Q4", tmp_path / "duckdb" / "2022Q4")
    done = invoke(tmp_path, "score")
    assert (done.exit_code, "IC301" in done.stderr) == (1, True), done.output


def test_what_an_engine_says_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_small(tmp_path)
    (tmp_path / "v.parquet").write_bytes((tmp_path / "v.parquet").read_bytes()[:500])
    done = invoke(tmp_path, "score", "--engine", "duckdb")
    assert (done.exit_code, "IC876" in done.stderr, "Traceback" in done.output) == (1, True, False), done.output
    assert not (tmp_path / "reports").exists()
    for name in (
        "ibis",
        "indexcalc.large.in_the_way",
        "indexcalc.large.query",
        "indexcalc.large.ranked",
        "indexcalc.large.expressions",
        "indexcalc.large.statistics",
    ):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "ibis", None)
    done = invoke(tmp_path, "score", "--engine", "duckdb")
    assert (done.exit_code, "IC875" in done.stderr) == (1, True), done.output


def test_other_ways_of_writing_units_and_statuses(tmp_path: Path) -> None:
    units = ["Unit u00", " u01 ", *UNITS[2:]]
    write_small(tmp_path, {"unit": units * 4, "status": (["n/a", "ok"] + [None] * 17) * 4})
    for words in (["--no-blocks"], ["--engine", "duckdb"]):
        assert invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1])).exit_code == 0
    same_reports(tmp_path / "--no-blocks" / "2022Q4", tmp_path / "duckdb" / "2022Q4")


def test_a_penalty_for_imbalance_and_an_undefined_mean(tmp_path: Path) -> None:
    tree = small_tree()
    tree["dimensions"][0]["aggregate"] = "mpi"
    tree["dimensions"][0]["indicators"][0]["normalise"] = "min-max"
    write_small(tmp_path, dimensions=tree["dimensions"])
    index = load(tmp_path / "indicators.yaml")
    (mine, said), (found, noted) = in_memory(index, tmp_path), in_query(index, tmp_path, "duckdb")
    same_rows(mine, found)
    tree["dimensions"][1]["aggregate"] = "geometric"
    write_small(tmp_path, dimensions=tree["dimensions"])
    done = invoke(tmp_path, "score", "--engine", "duckdb")
    assert (done.exit_code, "IC424" in done.stderr) == (1, True), done.output
    assert said == noted


def test_statistics_do_not_lose_what_is_small_beside_what_is_large(tmp_path: Path) -> None:
    far = 1e9 + np.round(np.random.default_rng(3).normal(0, 1e-2, 76), 4)
    write_small(tmp_path, {"b": far, "a": np.where(np.arange(76) == 5, 1e12, far - 1e9)})
    index = load(tmp_path / "indicators.yaml")
    (mine, _), (found, _) = in_memory(index, tmp_path), in_query(index, tmp_path, "duckdb")
    scores = [frame[frame.node.isin(["a", "b"])].sort_values(["period", "unit", "node"]).score for frame in (mine, found)]
    np.testing.assert_allclose(scores[1], scores[0], rtol=1e-5)  # of which the mean in memory itself leaves no more


def test_spark_scores_the_same_and_writes_the_same_report(tmp_path: Path, spark: Any) -> None:
    write_small(tmp_path)
    for words in (["--no-blocks"], ["--engine", "spark"]):
        done = invoke(tmp_path, "score", *words, "--out", str(tmp_path / words[-1]))
        assert done.exit_code == 0, done.output
    folder = tmp_path / "spark" / "2022Q4"
    same_reports(tmp_path / "--no-blocks" / "2022Q4", folder)
    assert (folder.parent / "scores.parquet").is_dir()  # a cluster writes a file for each of its parts
    assert invoke(tmp_path, "verify", str(folder)).exit_code == 0
    assert invoke(tmp_path, "verify", str(folder.parent)).exit_code == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.skipif(not PROVE, reason="half a minute of planning, and the full tree is asked of Spark: asked by `make prove`")
def test_a_random_tree_scores_the_same_on_spark(tmp_path: Path, spark: Any) -> None:
    index = write_project(tmp_path, Trees(5, ASKED).tree(), np.random.default_rng(5))
    (mine, said), (found, noted) = in_memory(index, tmp_path), in_query(index, tmp_path, "spark")
    same_rows(mine, found)
    assert noted == said


@pytest.mark.parametrize("ties", ["competition", "dense", "average", "max"])
@pytest.mark.parametrize("first", ["highest", "lowest"])
def test_computed_scores_tie_in_a_query_as_they_do_in_memory(tmp_path: Path, ties: str, first: str) -> None:
    """Sums that are equal on paper, and scores of which each is near the one before but not all near the first of them."""
    changes: dict[str, Any] = {
        "defaults": {"source": "v", "weights": "equal", "missing": {"coverage": 0}, "normalise": "points"},
        "denominators": [],
        "data": {"v": {"path": "v.parquet"}},
        "dimensions": [{"id": name, "name": name} for name in "abc"],
        "ranking": {"within": "group", "ties": ties, "first": first},
    }
    marks = [[80.1, 90.2, 70.3], [90.2, 70.3, 80.1], [70.3, 80.1, 90.2], [80.2, 80.2, 80.2], [60.0, 70.5, 80.0]]
    rows = [(unit, period) for period in PERIODS for unit in UNITS]
    values = np.array([marks[at % 5] for at in range(len(rows))])
    steps = np.random.default_rng(3).integers(0, 9, len(rows))
    values[:, 2] = np.where(np.arange(len(rows)) % 3 == 0, 100.0 - steps * 6e-11, values[:, 2])
    values[::11, 2] = np.nan
    table = {"unit": [unit for unit, _ in rows], "period": [period for _, period in rows]}
    write_small(tmp_path, table | dict(zip("abc", values.T, strict=True)), **changes)
    for words in (["--blocks"], ["--engine", "duckdb"]):
        done = invoke(tmp_path, "score", *words, "--period", "all", "--out", str(tmp_path / words[-1]))
        assert done.exit_code == 0, done.output
    for period in PERIODS:
        same_reports(tmp_path / "--blocks" / period, tmp_path / "duckdb" / period)
    found = pd.read_parquet(tmp_path / "duckdb" / "scores.parquet")
    assert found["rank"].min() == 1
    leaf = found[(found["node"] == "c") & (found["period"].astype(str) == PERIODS[0])]
    assert leaf["score"].nunique() > leaf["rank"].nunique()  # some are tied that are not the same to the last bit


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("over", ["period", "group", "all"])
@pytest.mark.parametrize("form", ["ratio", "difference"])
def test_a_mean_that_is_0_but_for_the_last_bits_is_no_reference_in_either(tmp_path: Path, over: str, form: str) -> None:
    leaf = {"id": "a", "weight": 1, "normalise": {"method": "reference", "over": over, "form": form}}
    index = write_project(tmp_path, small_tree(dimensions=[leaf], ranking={}, grades=[]), np.random.default_rng(7))
    rows = [(unit, period, [0.1, 0.2, -0.3][at // 3 % 3]) for period in PERIODS for at, unit in enumerate(UNITS[:18])]
    pq.write_table(
        pa.table(dict(zip(["unit", "period", "a"], map(list, zip(*rows, strict=True)), strict=True))), tmp_path / "v.parquet"
    )
    (mine, said), (found, noted) = in_memory(index, tmp_path), in_query(index, tmp_path, "duckdb")
    same_rows(mine, found)
    assert noted == said
    assert found["score"].isna().all()
