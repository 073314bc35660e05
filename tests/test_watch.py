"""Scoring again when inputs change, values in time, and what was published."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from indexcalc.analysis.trend import trend
from indexcalc.engine import score
from indexcalc.jobs.watch import databases, looked_at
from indexcalc.journal.published import COLUMNS, Published, last_release, read_published, with_published

from .conftest import Said, index_of, panel_of, ran

pytestmark = pytest.mark.slow

TREE = """
index: {id: demo, name: 示例}
units: {label: 区, table: units.csv}
periods: {kind: quarter}
data: {v: {path: data/*.csv}}
defaults: {weights: equal, normalise: points}
dimensions:
  - {id: a, name: 甲}
  - {id: b, name: 乙}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (tmp_path / "units.csv").write_text("id,name\n01,东区\n02,西区\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    values(tmp_path, "2022Q1", 80, 60)
    return tmp_path


def values(folder: Path, period: str, east: float, west: float) -> None:
    text = f"区,季度,甲,乙\n东区,{period},{east},50\n西区,{period},{west},50\n"
    (folder / "data" / f"{period}.csv").write_text(text, encoding="utf-8")


def indexcalc(folder: Path, *arguments: str) -> Said:
    return ran(folder, *arguments, "--lang", "zh")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUNBUFFERED": "1"}


def test_once_scores_only_if_inputs_are_not_those_of_the_report(project: Path) -> None:
    first = indexcalc(project, "watch", "--once")
    assert first.returncode == 0
    assert "reports/2022Q1/" in first.stdout
    before = (project / "reports" / "2022Q1" / "run.json").stat().st_mtime_ns
    again = indexcalc(project, "watch", "--once")
    assert again.stdout == "数据未变动，报告无需更新。\n"
    assert (project / "reports" / "2022Q1" / "run.json").stat().st_mtime_ns == before
    values(project, "2022Q1", 50, 60)
    moved = indexcalc(project, "watch", "--once")
    assert "65.00 → 50.00" in moved.stdout
    assert "1 → 2" in moved.stdout


def test_once_sees_a_new_file_a_new_tree_and_a_lost_report(project: Path) -> None:
    indexcalc(project, "watch", "--once", "--period", "all")
    values(project, "2022Q2", 90, 90)
    assert "reports/2022Q2/" in indexcalc(project, "watch", "--once", "--period", "all").stdout
    (project / "indicators.yaml").write_text(TREE.replace("示例", "改名"), encoding="utf-8")
    assert "改名" in indexcalc(project, "watch", "--once", "--period", "all").stdout
    shutil.rmtree(project / "reports" / "2022Q1")
    assert "reports/2022Q1/" in indexcalc(project, "watch", "--once", "--period", "all").stdout


def test_what_is_refused_leaves_the_report_as_it_was(project: Path) -> None:
    indexcalc(project, "watch", "--once")
    before = {file.name: file.read_bytes() for file in (project / "reports" / "2022Q1").iterdir()}
    (project / "data" / "2022Q1.csv").write_text("区,季度,甲,乙\n东区,2022Q1,待报,50\n", encoding="utf-8")
    refused = indexcalc(project, "watch", "--once")
    assert refused.returncode == 1
    assert "IC" in refused.stderr
    assert {file.name: file.read_bytes() for file in (project / "reports" / "2022Q1").iterdir()} == before


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name != "posix", reason="a process is asked to end as Ctrl-C does")
def test_watching_scores_again_at_each_change_and_outlives_a_mistake(project: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "indexcalc", "watch", "--every", "0.1", "--lang", "zh"], cwd=project, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True)  # type: ignore[union-attr]
        reader.start()

        def wait_for(text: str) -> None:
            while text not in lines.get(timeout=60):
                pass

        try:
            wait_for("reports/2022Q1/")
            values(project, "2022Q1", 50, 60)
            wait_for("65.00 → 50.00")
            wait_for("reports/2022Q1/")
            (project / "indicators.yaml").write_text(TREE.replace("id: b", "id: a"), encoding="utf-8")
            wait_for("IC202")
            (project / "indicators.yaml").write_text(TREE, encoding="utf-8")
            wait_for("报告无需更新")
            values(project, "2022Q2", 70, 90)
            wait_for("reports/2022Q2/")
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()
    reader.join(10)
    assert not any("Traceback" in line for line in lines.queue)


def test_a_look_sees_times_sizes_and_what_is_not_there(project: Path) -> None:
    seen = looked_at(["indicators.yaml", "data/*.csv", "nothing.csv", "ledger.sqlite"], str(project))
    assert seen["nothing.csv"] == (-1, -1)
    assert seen["indicators.yaml"][1] == len(TREE.encode())
    assert {"data/2022Q1.csv", "ledger.sqlite-wal"} <= set(seen)
    values(project, "2022Q2", 1, 2)
    assert looked_at(["data/*.csv"], str(project)).keys() == {"data/2022Q1.csv", "data/2022Q2.csv"}


def test_databases_are_pointed_out_since_no_file_tells_of_their_changes() -> None:
    index = index_of(TREE.replace("path: data/*.csv", "ledger: postgresql://reader@host/city"))
    assert [found.code for found in databases(index)] == ["IC820"]
    assert databases(index_of(TREE)) == []


# ---------------------------------------------------------------------------------------------------------- in time


def test_values_stand_beside_the_period_and_the_year_before() -> None:
    index = index_of(TREE.replace("kind: quarter", "kind: quarter, roll_up: year"))
    periods = [f"{year}Q{quarter}" for year in (2021, 2022) for quarter in (1, 2, 3, 4)]
    x = np.arange(8.0)[:, None, None] * np.array([1.0, 10.0])[:, None] + np.zeros(2)
    scores = score(index, panel_of(index, x.tolist(), periods=periods))
    found = trend(scores, scores.node("a"))
    np.testing.assert_array_equal(found.before[:8, 0], [np.nan, 0, 1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(found.year_before[:8, 1], [np.nan] * 4 + [0, 10, 20, 30])
    assert scores.periods[8:] == ("2021", "2022")
    np.testing.assert_array_equal(found.before[8:, 0], [np.nan, 6])  # 0 + 1 + 2 + 3, a year before
    np.testing.assert_array_equal(found.year_before[8:, 0], [np.nan, 6])
    np.testing.assert_array_equal(found.rank_before[1:8, 1], [1] * 7)


def test_trend_shows_both_and_what_was_published(project: Path) -> None:
    for at, period in enumerate(["2021Q1", "2021Q4"]):
        values(project, period, 70 + at, 60)
    said = indexcalc(project, "trend", "东区", "--node", "a")
    rows = [line.split() for line in said.stdout.splitlines()]
    assert rows[1][:6] == ["期次", "数值", "环比增减", "环比增长", "同比增减", "同比增长"]
    assert rows[4][:6] == ["2022年第一季度", "80", "增加9", "上升12.7%", "增加10", "上升14.3%"]
    told = json.loads(indexcalc(project, "trend", "--period", "2022Q1", "--json").stdout)["trend"]
    assert [(one["unit"], one["before"], one["year_before"], one["published"]) for one in told] == [
        ("01", 60.5, 60.0, None),
        ("02", 55.0, 55.0, None),
    ]


# -------------------------------------------------------------------------------------------------- as it was published


def test_what_was_published_stays_when_it_is_revised(project: Path) -> None:
    assert indexcalc(project, "publish", "--by", "张三").returncode == 0
    first = (project / "indicators.published").read_bytes()
    assert "没有变化" in indexcalc(project, "publish").stdout
    assert (project / "indicators.published").read_bytes() == first
    values(project, "2022Q1", 50, 60)
    refused = indexcalc(project, "publish")
    assert refused.returncode == 1
    assert "IC823" in refused.stderr
    assert (project / "indicators.published").read_bytes() == first
    shown = [line.split() for line in indexcalc(project, "trend", "--period", "2022Q1").stdout.splitlines()]
    assert shown[1][-2:] == ["当时公布", "修订幅度"]
    assert {row[0]: row[-2:] for row in shown[2:4]} == {"东区": ["65.00", "-15.00"], "西区": ["55.00", "未修订"]}
    assert indexcalc(project, "publish", "--why", "更正上报数", "--by", "李四").returncode == 0
    assert (project / "indicators.published").read_bytes().startswith(first)
    lines, found = read_published(project / "indicators.yaml")
    assert found == []
    assert {(line.who, line.why) for line in lines} == {("张三", ""), ("李四", "更正上报数")}
    assert last_release(lines, "2022Q1")["demo", "01"].score == "50.0"
    assert len({line.report for line in lines}) == 2


def test_only_the_last_release_of_a_period_and_level_counts() -> None:
    def line(when: str, level: str, score: str) -> Published:
        return Published(when, "", "", "2022", level, "demo", "01", score, "1.0", "")

    lines = [line("1", "", "5.0"), line("2", "", "6.0"), line("3", "street", "7.0")]
    assert last_release(lines, "2022")["demo", "01"].score == "6.0"
    assert last_release(lines, "2022", "street")["demo", "01"].score == "7.0"
    assert last_release(lines, "2021") == {}


def test_a_log_gets_its_headings_once_and_a_text_cannot_break_a_line() -> None:
    odd = Published("1", "a\tb", "c\nd", "2022", "", "demo", "01", "", "", "")
    log = with_published(with_published(b"", [odd]), [odd]).decode()
    heading, *rows = log.splitlines()
    assert heading == "\t".join((*COLUMNS, "hash"))
    assert [row.rpartition("\t")[0] for row in rows] == ["1\ta b\tc d\t2022\t\tdemo\t01\t\t\t"] * 2


def test_a_line_that_was_changed_or_taken_out_is_found(tmp_path: Path) -> None:
    lines = [Published(str(at), "", "", "2022", "", "demo", f"0{at}", "5.0", "1.0", "") for at in range(4)]
    log = with_published(with_published(b"", lines[:2]), lines[2:])
    file = tmp_path / "indicators.published"

    def found_at(content: bytes) -> list[int]:
        file.write_bytes(content)
        return [one.place.line for one in read_published(tmp_path / "indicators.yaml")[1]]

    assert found_at(log) == []
    rows = log.splitlines(keepends=True)
    assert found_at(log.replace(b"01\t5.0", b"01\t6.0")) == [3]
    assert found_at(b"".join(rows[:2] + rows[3:])) == [3]
    assert found_at(b"".join([*rows[:2], rows[3], rows[2], rows[4]])) == [3, 4, 5]
