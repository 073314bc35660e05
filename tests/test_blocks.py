"""In blocks and with arrays in files every number is the one that the whole gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexcalc import load, read
from indexcalc.engine import score
from indexcalc.findings import Finding, Refused, in_order
from indexcalc.journal.run import read_run
from indexcalc.large.blocks import score_in_blocks
from indexcalc.large.on_disk import Scratch
from indexcalc.methods import CATALOGUE, FROM_DATA
from indexcalc.panel import MISSING, VALUE, Panel, empty
from indexcalc.scores import Scores
from indexcalc.sources import match, panel
from indexcalc.sources.readers.parquet import StoredColumns
from indexcalc.tree import Index
from indexcalc.units import Units

from . import trees
from .conftest import Said, count, ran

PERIODS = trees.QUARTERS
STAGES = ("derived", "treated", "status", "scores", "coverage", "points", "ranks")
# Trees that ask for anything the engine can do, at random places; of the methods that solve programs seldom.
ANYTHING = trees.ANY.changed(
    often={
        "direction": 0.5, "normalise": 0.6, "normalise over": 0.4, "derived": 0.1, "impute": 0.3, "treat": 0.3, "round": 0.1,
        "over_time": 0.1, "weights": 0.5, "weights over": 0.5, "aggregate": 0.6, "missing": 0.5, "inner": 0.3, "formula": 0.1,
        "adjusted": 0.1, "within": 0.5, "decimals": 0.5,
    },
    only={
        "direction": ["higher", "lower"],
        "aggregate": tuple(CATALOGUE["aggregate"]),
        "weights": [*sorted(FROM_DATA - {"importance"}), "equal", "relative"],
        "over_time": ["sum", "mean", "last"],
        "within": ["group"],
        "decimals": [0],
        "missing": [{"policy": "reweight", "coverage": 0.6}, {"policy": "fail"}, {"policy": "floor"}],
    },
    defaults={"weights": "relative", "missing": {"policy": "reweight", "coverage": 0.5}, "normalise": {"method": "min-max"}},
    whole={
        "periods": ({"kind": "quarter"}, {"kind": "quarter", "roll_up": "year"}, {"kind": "quarter", "roll_up": ["year"]}),
        "grades": [{"name": "优秀", "top": 0.2}, {"name": "良好", "top": 0.6}, {"name": "不合格"}],
        "screen": (None, None, {"coverage": 0.9}),
    },
    periods=PERIODS,
)  # fmt: skip


def random_panel(index: Index, seed: int) -> Panel:
    return trees.panel(index, seed, units=23, periods=PERIODS, missing=0.1, absent=0.05)


def same_scores(whole: Scores, parts: Scores) -> None:
    for stage in STAGES:
        mine = getattr(whole, stage)
        found = np.asarray(getattr(parts, stage))[..., : mine.shape[-1]]
        np.testing.assert_array_equal(found, mine, err_msg=stage)
    if whole.group_ranks is not None:
        np.testing.assert_array_equal(np.asarray(parts.group_ranks), whole.group_ranks)
    for mine, found in zip(whole.weights, parts.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(found), mine)
    assert whole.grades.keys() == parts.grades.keys()
    for node, mine in whole.grades.items():
        np.testing.assert_array_equal(parts.grades[node], mine)
    np.testing.assert_array_equal(parts.sibling_weights, whole.sibling_weights)
    assert said(whole.findings) == said(parts.findings)


def said(found: Any) -> list[Finding]:
    """In order, and without what units are called, which one way says sooner than the other."""
    return in_order([replace(one, values={key: value for key, value in one.values.items() if key != "label"}) for one in found])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of methods given what they were not made for, the same both ways
@settings(max_examples=count(20, 400))
@given(seed=st.integers(0, 10**6), together=st.integers(1, 6))
def test_a_random_tree_scores_the_same_a_few_columns_at_a_time(tmp_path_factory: Any, seed: int, together: int) -> None:
    index = trees.index(seed, ANYTHING)
    given = random_panel(index, seed)
    make = Scratch(tmp_path_factory.getbasetemp())
    stored = make(*given.values.shape), make(*given.values.shape, np.uint8)
    stored[0][...], stored[1][...] = given.values, given.status
    apart = Panel(*stored, given.periods, given.units, given.columns)
    same_scores(score(index, given), score_in_blocks(index, apart, make, cells=together * len(PERIODS) * len(given.units)))


def test_levels_are_brought_up_column_by_column(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("id,level,parent\nC,city,\nA,area,C\nB,area,C\na1,spot,A\na2,spot,A\nb1,spot,B\n")
    (tmp_path / "v.csv").write_text("id,year,x,y,people\na1,2020,1,4,10\na2,2020,2,,30\nb1,2020,6,5,5\nB,2020,,9,\n")
    (tmp_path / "indicators.yaml").write_text(
        "index: {id: i}\nunits: {table: u.csv, level: level}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
        "denominators: [{id: people}]\n"
        "dimensions: [{id: x, weight: 0.5, per: people}, {id: y, weight: 0.5, over_units: people}]\n"
    )
    index = load(tmp_path / "indicators.yaml")
    given = read(index, tmp_path)
    for level in ("area", "spot", None):
        same_scores(score(index, given, level=level), score_in_blocks(index, given, empty, level=level, cells=1))


@given(data=st.data())
def test_an_array_in_a_file_is_indexed_as_one_in_memory(tmp_path_factory: Any, data: Any) -> None:
    shape = tuple(data.draw(st.integers(1, 4)) for _ in range(3))
    stored, plain = Scratch(tmp_path_factory.getbasetemp())(*shape), np.zeros(shape)

    def run(length: int) -> Any:
        ends = sorted(data.draw(st.integers(0, length)) for _ in range(2))
        return data.draw(st.sampled_from([slice(None), slice(*ends), data.draw(st.integers(-length, length - 1))]))

    for step in range(4):
        columns = data.draw(st.lists(st.integers(0, shape[2] - 1), min_size=1, unique=True))
        key = data.draw(
            st.sampled_from([(run(shape[0]), run(shape[1]), run(shape[2])), (..., run(shape[2])), run(shape[0]), (..., columns)])
        )
        value = np.random.default_rng(step).random(plain[key].shape)
        stored[key], plain[key] = value, value
        np.testing.assert_array_equal(np.asarray(stored), plain)
        np.testing.assert_array_equal(stored[key], plain[key])
    with pytest.raises(IndexError):
        stored[:, shape[1]]


def test_what_needs_all_columns_at_once_is_refused_where_they_are_too_many() -> None:
    leaves = [{"id": f"x{at}", "impute": "em"} for at in range(3)]
    nodes = [
        {"id": "near", "aggregate": "topsis", "indicators": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
        {"id": "own", "weights": "entropy", "indicators": [{"id": "d"}, {"id": "e"}, {"id": "f"}]},
        {"id": "siblings", "indicators": leaves},
    ]
    head = {"index": {"id": "whole"}, "units": {"table": "u.csv"}, "data": {"v": {"path": "v.csv"}}}
    index = Index.model_validate(head | {"defaults": {"weights": "equal"}, "dimensions": nodes})
    given = random_panel(index, 1)
    with pytest.raises(Refused) as refused:
        score_in_blocks(index, given, empty, most=2 * 6 * 23)
    found = {(one.values["node"], one.values["method"]) for one in refused.value.findings}
    assert found == {("near", "topsis"), ("own", "entropy"), ("siblings", "em")}
    assert {one.code for one in refused.value.findings} == {"IC830"}


HEAD = """index: {id: whole, name: Whole}
units: {table: units.csv}
periods: {kind: quarter}
denominators: [{id: people, column: Residents, source: units}]
defaults: {source: v}
dimensions:
  - {id: x, weight: 0.5, per: people}
  - {id: y, weight: 0.5, valid: [0, 100]}
"""
ONE = "data: {v: {path: v.parquet}}\n"


def project(folder: Path, table: dict[str, Any], head: str = ONE, file: str = "v.parquet") -> Index:
    (folder / "indicators.yaml").write_text(HEAD + head)
    (folder / "units.csv").write_text("id,name,group,Residents\nA,Ash,g,10\nB,Bay,g,20\nC,Cod,h,40\nD,Dee,h,50\n")
    pq.write_table(pa.table(table), folder / file, row_group_size=3)
    return load(folder / "indicators.yaml")


def rows(**columns: Any) -> dict[str, Any]:
    units = ["A", "Bay", "C", "D"] * 2
    wide = {
        "unit": units,
        "period": ["2022Q1"] * 4 + ["2022年第二季度"] * 4,
        "x": [4.0, 3, 1, None, 6, 2, 8, 9],
        "y": list(range(8)),
    }
    return wide | columns


def both(folder: Path, index: Index) -> tuple[list[Finding], list[Finding]]:
    """The findings of reading at once and from the file, whose panels are the same."""
    whole, stored = match(index, folder), match(index, folder, keep=0)
    assert stored.later
    assert not stored.pieces or {piece.table.file for piece in stored.pieces} == {"units.csv"}
    one, two = panel(whole), panel(stored, Scratch(folder))
    assert one.periods == two.periods
    np.testing.assert_array_equal(np.asarray(two.values), one.values)
    np.testing.assert_array_equal(np.asarray(two.status), one.status)
    return said(one.findings), said(two.findings)


def test_columns_that_stay_in_their_file_are_read_as_at_once(tmp_path: Path) -> None:
    one, two = both(tmp_path, project(tmp_path, rows()))
    assert one == two == []
    shuffled = [5, 2, 7, 0, 3, 6, 1, 4]
    mixed = {name: [cells[at] for at in shuffled] for name, cells in rows().items()}
    one, two = both(tmp_path, project(tmp_path, mixed))
    assert one == two == []


def test_columns_that_stay_in_their_file_are_not_read_before_they_are_asked_for(tmp_path: Path, monkeypatch: Any) -> None:
    index, asked, column = project(tmp_path, rows()), list[str](), StoredColumns.__getitem__
    monkeypatch.setattr(StoredColumns, "__getitem__", lambda own, at: (asked.append(own.names[at]), column(own, at))[1])
    assert match(index, tmp_path, keep=0).later
    assert not {"x", "y"} & set(asked)


def test_what_is_found_in_the_cells_is_found_late_but_found(tmp_path: Path) -> None:
    odd = rows(unit=["A", "Bay", "Cid", "D", "A", "Bay", None, "D"], y=[1, 2, 3, 400, -5, 6, 7, float("inf")], left=[0] * 8)
    one, two = both(tmp_path, project(tmp_path, odd))
    assert one == two
    assert {found.code for found in one} == {"IC341", "IC349", "IC351", "IC356", "IC362"} or {found.code for found in one} > {
        "IC349"
    }


def test_ids_that_are_numbers_words_for_missing_and_a_column_of_statuses(tmp_path: Path) -> None:
    head = 'data: {v: {path: v.parquet, missing: ["8"], not_applicable: ["6", "n/a"]}}\n'
    index = project(tmp_path, rows(unit=[1, 2, 3, 4] * 2, status=["", "n/a", None, "ok", "", "what", "", "n/a"]), head)
    (tmp_path / "units.csv").write_text("id,Residents\n1,10\n2,20\n3,40\n4,50\n")
    one, two = both(tmp_path, index)
    assert {found.code for found in one} == {found.code for found in two} == {"IC366"}


def test_a_file_for_each_period_and_values_for_every_period(tmp_path: Path) -> None:
    for period in ("2022Q1", "2022Q2"):
        table = {"unit": ["A", "B", "C", "D"], "x": [4.0, 3, 1, None]}
        index = project(
            tmp_path,
            table,
            'data: {v: {path: "v-{period}.parquet"}, w: {path: w.parquet, period: every}}\n',
            f"v-{period}.parquet",
        )
    text = (tmp_path / "indicators.yaml").read_text().replace("valid: [0, 100]", "source: w")
    (tmp_path / "indicators.yaml").write_text(text)
    pq.write_table(pa.table({"unit": ["D", "A", "C"], "y": [1, 2, 3]}), tmp_path / "w.parquet")
    index = load(tmp_path / "indicators.yaml")
    one, two = both(tmp_path, index)
    assert {(found.code, found.values["units"]) for found in one} == {("IC396", "Dee"), ("IC396", "Bay")}, "x of D, y of B"
    assert sorted(one, key=str) == sorted(two, key=str), "what is absent is found in either way"


def test_what_is_not_there_at_all_is_found_in_columns_that_stay_in_their_file(tmp_path: Path) -> None:
    emptied = rows(x=[4.0, 3, 1, 2, None, None, None, None])
    one, two = both(tmp_path, project(tmp_path, emptied))
    assert one == two
    assert [(found.code, found.values["periods"], str(found.place)) for found in two] == [("IC397", "2022Q2", "v.parquet:5:3")]
    nowhere = rows(x=[4.0, 3, 1, None, 6, 2, 8, None], y=[1.0, 2, 3, None, 4, 5, 6, None])
    one, two = both(tmp_path, project(tmp_path, nowhere))
    assert one == two
    assert [(found.code, found.values["units"]) for found in two] == [("IC396", "Dee")]  # units.csv has residents of it
    whole = rows(y=[None] * 8)
    one, two = both(tmp_path, project(tmp_path, whole))
    assert {found.code for found in one} == {found.code for found in two} == {"IC397"}


def test_rows_that_stand_twice_are_found_in_one_file_and_across_files(tmp_path: Path) -> None:
    twice = match(project(tmp_path, rows(unit=["A", "A", "C", "D", "A", "B", "C", "D"])), tmp_path, keep=0)
    found = next(one for one in twice.findings if one.code == "IC348")
    assert (found.place.line, found.values["unit"], found.values["period"]) == (2, "Ash", "2022Q1")
    index = project(tmp_path, rows(), "data: {v: {path: '*.parquet'}}\n", "w.parquet")
    (tmp_path / "v.parquet").unlink()
    pq.write_table(pa.table({"unit": ["D"], "period": ["2022Q1"], "x": [1.0], "y": [2.0]}), tmp_path / "z.parquet")
    across = panel(match(index, tmp_path, keep=0))
    assert {(one.code, one.values["unit"]) for one in across.findings} == {("IC348", "Dee")}


def test_a_long_table_is_not_read_in_blocks(tmp_path: Path) -> None:
    long = {"unit": ["A"], "period": ["2022Q1"], "indicator": ["x"], "value": [1.0]}
    assert {one.code for one in match(project(tmp_path, long), tmp_path, keep=0).findings} >= {"IC832"}


def run(folder: Path, *words: str) -> Said:
    return ran(folder, *words, "--lang", "en")


def test_the_command_writes_the_same_numbers_and_ranking(tmp_path: Path) -> None:
    project(tmp_path, rows())
    assert run(tmp_path, "score", "--out", "whole").returncode == 0
    done = run(tmp_path, "score", "--blocks", "--out", "blocks", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["units"], said["period"], [one["unit"] for one in said["ranking"]][0]) == (4, "2022Q2", "D")
    whole, blocks = tmp_path / "whole" / "2022Q2", tmp_path / "blocks" / "2022Q2"
    assert {path.name for path in blocks.iterdir()} == {"ranking.csv", "inputs.csv", "run.json"}
    for name in ("ranking.csv", "inputs.csv"):
        assert (blocks / name).read_bytes() == (whole / name).read_bytes()
    one, two = (pq.read_table(folder.parent / "scores.parquet").to_pandas() for folder in (whole, blocks))
    assert list(one.columns) == list(two.columns)
    assert one.astype(object).where(one.notna(), None).equals(two.astype(object).where(two.notna(), None))
    assert {path.name for path in (tmp_path / "blocks").iterdir()} == {
        "2022Q2",
        "scores.parquet",
        "panel.json",
    }  # nothing else is left behind


@pytest.mark.slow
def test_a_report_in_blocks_is_verified_and_written_for_every_period(tmp_path: Path) -> None:
    project(tmp_path, rows())
    assert run(tmp_path, "score", "--blocks", "--period", "all").returncode == 0
    folders = [tmp_path / "reports", *(tmp_path / "reports" / period for period in ("2022Q1", "2022Q2"))]
    assert read_run((folders[0] / "panel.json").read_text()).outputs.keys() == {"scores.parquet"}
    assert all(run(tmp_path, "verify", str(folder)).returncode == 0 for folder in folders)
    content = bytearray((folders[0] / "scores.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (folders[0] / "scores.parquet").write_bytes(content)
    done = run(tmp_path, "verify", str(folders[0]))
    assert done.returncode == 1
    assert "IC505" in done.stderr
    assert run(tmp_path, "verify", str(folders[1])).returncode == 0


def test_blocks_are_chosen_by_size_and_refusals_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from indexcalc.cli.app import app
    from indexcalc.jobs import blocks

    project(tmp_path, rows())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(blocks, "MANY", 15)
    done = CliRunner().invoke(app, ["score", "--lang", "en"])
    assert done.exit_code == 0
    assert "IC831" in done.stderr
    assert not (tmp_path / "reports" / "2022Q2" / "ranking.xlsx").exists()
    assert CliRunner().invoke(app, ["score", "--no-blocks", "--out", "other"]).exit_code == 0
    assert (tmp_path / "other" / "2022Q2" / "ranking.xlsx").exists()
    project(tmp_path, rows(y=[float("inf")] * 8))
    monkeypatch.setattr(blocks, "_KEEP", 0)
    done = CliRunner().invoke(app, ["score", "--lang", "en", "--out", "third"])
    assert done.exit_code == 1
    assert "IC314" in done.stderr
    assert not (tmp_path / "third").exists()


@pytest.mark.slow
def test_many_units_take_little_memory_and_score_the_same(tmp_path: Path, repository: Path) -> None:
    code = "import scale, sys; from pathlib import Path; scale.make_project(Path(sys.argv[1]), int(sys.argv[2]))"
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(count(20_000, 100_000))], check=True, cwd=repository / "benchmarks"
    )
    # its own high-water mark: `getrusage` begins a child at the peak of the process that started it, pytest's hundreds of megabytes
    peak = (
        "import pathlib, re, runpy, sys\nsys.argv = ['indexcalc', 'score', '--quiet']\n"
        "try: runpy.run_module('indexcalc', run_name='__main__')\nexcept SystemExit as end: assert not end.code\n"
        "if sys.platform == 'linux': print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    environment = os.environ | {"PYTHONPATH": str(repository)}
    done = subprocess.run([sys.executable, "-c", peak], cwd=tmp_path, capture_output=True, text=True, check=True, env=environment)
    if sys.platform == "linux":
        # kilobytes; the values alone are 84 MB or 422 MB, all stages of the whole several times that
        assert int(done.stdout) < count(480_000, 1_000_000)
    index = load(tmp_path / "indicators.yaml")
    values = pq.read_table(tmp_path / "values.parquet", filters=[("period", "=", "2022Q3")])
    units = Units(tuple(values.column("unit").to_pylist()))
    x, status = empty(1, len(units), 132), empty(1, len(units), 132, np.uint8)
    for at, column in enumerate(index.columns):
        x[0, :, at] = values.column(column.id).to_numpy()
    status[...] = np.where(np.isnan(x), MISSING, VALUE)
    whole = score(index, Panel(x, status, ("2022Q3",), units, tuple(column.id for column in index.columns)))
    columns = ["unit", "score", "rank", "coverage"]
    written = tmp_path / "reports" / "scores.parquet"
    found = pq.read_table(written, columns=columns, filters=[("period", "=", "2022Q3"), ("node", "=", "benchmark")])
    np.testing.assert_array_equal(found.column("score").to_numpy(), whole.score()[0])
    np.testing.assert_array_equal(found.column("rank").to_numpy(), whole.rank()[0])
    np.testing.assert_array_equal(found.column("coverage").to_numpy(), whole.covered(whole.tree.root)[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told_and_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from indexcalc.cli.app import app
    from indexcalc.journal import files as publish
    from indexcalc.large import on_disk

    project(tmp_path, rows())
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["score", "--blocks"]).exit_code == 0
    old = (tmp_path / "reports" / "2022Q2" / "run.json").read_bytes()
    write = publish._write
    monkeypatch.setattr(
        publish, "_write", lambda path, content: write(Path("/dev/full") if path.suffix == ".parquet" else path, content)
    )
    done = CliRunner().invoke(app, ["score", "--blocks", "--lang", "en"])
    assert (done.exit_code, "IC503" in done.stderr) == (1, True), done.output
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(on_disk.OnDisk, "_write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    done = CliRunner().invoke(app, ["score", "--blocks", "--lang", "en"])
    assert (done.exit_code, "No space left" in done.stderr) == (1, True), done.output
    assert (tmp_path / "reports" / "2022Q2" / "run.json").read_bytes() == old
    assert {path.name for path in (tmp_path / "reports").iterdir()} == {"2022Q2", "scores.parquet", "panel.json"}
