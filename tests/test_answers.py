"""What commands of analysis show and keep: files that are the same bytes, what is cut short and says so, runs that are stopped."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.cli.open import opened
from indexcalc.jobs import questions
from indexcalc.report.answers import answer, change, compare, explain, ranking, robustness, sensitivity, uncertainty

COMMANDS = {
    "explain-2022-龙湖区": ["explain", "龙湖区"],
    "explain-2022-龙湖区-vs-best-legal": ["explain", "龙湖区", "--vs", "best", "--node", "legal"],
    "change-2021-2022": ["change"],
    "change-2021-2022-潮南区": ["change", "潮南区"],
    "compare-2021-2022": ["compare", "2021", "2022"],
    "compare-arithmetic-geometric": ["compare", "arithmetic", "geometric"],
    "uncertainty-2022": ["uncertainty", "--draws", "200", "--weights", "dirichlet", "--top", "3"],
    "sensitivity-2022": ["sensitivity", "--rows", "4", "--weights", "dirichlet"],
    "robustness-2022": ["robustness", "--depth", "1", "--top", "1"],
    "robustness-2022-龙湖区": ["robustness", "龙湖区", "--depth", "1"],
    "target-2022-龙湖区": ["target", "龙湖区", "--rank", "3"],
}
OF_RED_COTTON = {
    "explain-2022-越秀区-vs-group": ["explain", "越秀", "--vs", "group", "--depth", "2"],
    "audit": ["audit"],
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of seven districts with ten indicators and three years: what it is asked does not take long."""
    folder = tmp_path_factory.mktemp("city") / "five-governance"
    started = CliRunner().invoke(app, ["init", "--from", "five-governance", str(folder)])
    assert started.exit_code == 0, started.stderr
    return folder


def run(repository: Path, *words: str) -> tuple[int, str, str]:
    said = CliRunner().invoke(app, [*words, "--index", str(repository / "indicators.yaml")])
    return said.exit_code, said.stdout, said.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("stem", "words"), [*COMMANDS.items(), *OF_RED_COTTON.items()], ids=[*COMMANDS, *OF_RED_COTTON])
def test_every_result_is_kept_as_files_that_are_the_same_bytes(
    stem: str, words: list[str], city: Path, repository: Path, tmp_path: Path
) -> None:
    project = city if stem in COMMANDS else repository
    made = []
    for folder in (tmp_path / "one", tmp_path / "two" / "below"):
        code, text, found = run(project, *words, "--out", str(folder), "--lang", "zh", "--json")
        assert code == 0, found
        result = json.loads(text)
        assert sorted(Path(file).name for file in result.pop("files")) == sorted(file.name for file in folder.iterdir())
        made.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert made[0] == made[1]
    files = made[0]
    kept = json.loads(files[f"{stem}.json"])
    assert kept["result"] == result, "the file has all that --json has"
    assert kept["made"]["command"] == words[0]
    assert "indicators.yaml" in kept["made"]["inputs"]
    book = openpyxl.load_workbook(io.BytesIO(files[f"{stem}.xlsx"]))
    tables = [content for name, content in files.items() if name.endswith(".csv")]
    assert len(tables) == len(book.worksheets) >= 1
    assert all(name.split(".")[0] == stem for name in files)
    rows = [len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) - 1 for content in tables]
    assert min(rows) >= 1, "tables without rows are left out"
    assert sum(sheet.max_row for sheet in book.worksheets) > sum(rows)


def test_numbers_of_a_table_are_those_of_the_data(city: Path, tmp_path: Path) -> None:
    code, text, _ = run(city, "change", "--json", "--out", str(tmp_path), "--lang", "en")
    assert code == 0
    found = {one["unit"]: one for one in json.loads(text)["units"]}
    rows = list(csv.reader(io.StringIO((tmp_path / "change-2021-2022.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0][:4] == ["district", "2021", "2022", "Change"]
    assert sorted(float(row[2]) for row in rows[1:]) == sorted(one["score"][1] for one in found.values())
    assert [float(row[rows[0].index("Own data")]) for row in rows[1:]] == [
        found[unit]["parts"]["own"] for unit in sorted(found, key=lambda unit: found[unit]["rank"][1])
    ]


def test_nothing_else_in_the_folder_is_touched_and_nothing_is_written_without_being_asked(city: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    before = sorted(path for path in city.glob("reports/**/*"))
    assert run(city, "compare", "2021", "2022", "--quiet")[0] == 0
    assert sorted(path for path in city.glob("reports/**/*")) == before
    code, text, _ = run(city, "compare", "2021", "2022", "--out", str(tmp_path), "--lang", "en")
    assert code == 0
    assert text.splitlines()[-1] == f"{tmp_path.as_posix()}/compare-2021-2022.json"
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_refused(city: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, text, found = run(city, "compare", "2021", "2022", "--out", str(tmp_path / "file"), "--lang", "en")
    assert (code, text) == (1, "")
    assert "IC503" in found


def test_wide_tables_are_in_csv_alone_and_the_workbook_says_so(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "MOST_COLUMNS", 11)
    words = ("uncertainty", "--draws", "50", "--weights", "dirichlet", "--lang", "en", "--out", str(tmp_path))
    assert run(repository, *words)[0] == 0
    book = openpyxl.load_workbook(tmp_path / "uncertainty-2022.xlsx")
    assert len(book.worksheets) == 1
    said = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    assert any("uncertainty-2022.places.csv, uncertainty-2022.pairs.csv" in one for one in said)


SMALL = """index: {{id: small}}
units: {{table: units.csv}}
periods: {{kind: year}}
data: {{v: {{path: v.csv}}}}
defaults: {{weights: equal, normalise: {}}}
dimensions: [{{id: a}}, {{id: d, aggregate: median, indicators: [{{id: b}}, {{id: c}}]}}]
"""
FEW = [
    ["explain", "u1"],
    ["explain", "u1", "--vs", "group"],
    ["explain", "u1", "--vs", "best"],
    ["change"],
    ["change", "u1"],
    ["compare", "2021", "2022"],
    ["compare", "arithmetic", "median"],
    ["uncertainty", "--weights", "dirichlet", "--draws", "20"],
    ["sensitivity", "--weights", "dirichlet", "--rows", "4"],
    ["robustness", "--top", "1"],
    ["robustness", "u1"],
    ["target", "u1", "--rank", "1"],
    ["audit"],
]


@pytest.mark.parametrize("words", FEW, ids=" ".join)
@pytest.mark.parametrize(
    ("normalise", "units", "rows"),
    [
        ("{method: goalposts, worst: 0, best: 10}", ["u1"], ["u1,2021,3,4,", "u1,2022,5,,"]),
        ("min-max", ["u1", "u2", "=1+1"], ["u1,2021,3,4,", "u2,2021,4,4,1", "u1,2022,5,,", "u2,2022,n/a,,", "=1+1,2022,,,"]),
        ("min-max", ["u1", "u2"], ["u1,2021,3,4,5", "u2,2021,4,4,1", "u1,2022,5,2,2", "u2,2022,6,5,6"]),
    ],
    ids=["one unit", "hardly a value", "two units"],
)
def test_the_smallest_projects_are_answered_or_refused(
    words: list[str], normalise: str, units: list[str], rows: list[str], tmp_path: Path
) -> None:
    (tmp_path / "indicators.yaml").write_text(SMALL.format(normalise), encoding="utf-8")
    (tmp_path / "units.csv").write_text("id,name\n" + "".join(f"{unit},{unit}\n" for unit in units), encoding="utf-8")
    (tmp_path / "v.csv").write_text("unit,period,a,b,c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    code, text, found = run(tmp_path, *words, "--json", "--out", str(tmp_path / "out"), "--lang", "en")
    assert code in (0, 1)
    if code:
        assert '"severity": "error"' in found
        assert not (tmp_path / "out").exists(), "nothing is written when something was refused"
    else:
        assert sorted(json.loads(text)["files"]) == sorted(path.as_posix() for path in (tmp_path / "out").iterdir())
        assert "nan" not in text.lower().replace("finance", "").split()


# What is cut short


@pytest.mark.parametrize("words", [["change"], ["compare", "2021", "2022"]])
def test_units_that_are_not_split_are_counted_and_how_to_have_them_is_said(
    words: list[str], city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(run(city, *words, "--json", "--lang", "en")[1])
    monkeypatch.setattr(questions, "MOST_UNITS", 3)
    text = run(city, *words, "--lang", "en", "--out", str(tmp_path))[1]
    assert "The first 3 of 7 units are split; add --all for all of them, or name one." in text
    assert "3 of 7" in "".join(
        str(cell.value) for row in openpyxl.load_workbook(next(tmp_path.glob("*.xlsx"))).worksheets[0].iter_rows() for cell in row
    )
    short = json.loads(run(city, *words, "--json", "--lang", "en")[1])
    assert (len(short["units"]), short["count"]) == (3, 7)
    assert {key: value for key, value in short.items() if key != "units"} == {
        key: value for key, value in whole.items() if key != "units"
    }, "how far the rankings agree is said of all units"
    every = json.loads(run(city, *words, "--json", "--lang", "en", "--all")[1])
    assert every == whole


def test_pairs_that_are_not_asked_about_are_counted(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_PAIRS", 3)
    text = run(city, "robustness", "--depth", "1", "--lang", "en")[1]
    assert "The first 3 of 6 neighbouring pairs are asked about; add --all for all of them, or name a unit." in text
    short, every = (json.loads(run(city, "robustness", "--depth", "1", "--json", *more)[1]) for more in ([], ["--all"]))
    assert (short["asked"], short["pairs"], every["asked"]) == (3, 6, 6)
    assert "The first" not in run(city, "robustness", "--depth", "1", "--lang", "en", "--all")[1]


@pytest.mark.parametrize(
    ("module", "limit", "words"),
    [
        (change, "MOST_ROWS", ["change"]),
        (compare, "MOST_ROWS", ["compare", "2021", "2022"]),
        (robustness, "MOST_ROWS", ["robustness", "--depth", "1"]),
        (explain, "MOST_BOARDS", ["explain", "金平区"]),
        (robustness, "MOST_TURNED", ["robustness", "南澳县", "--depth", "1"]),
        (uncertainty, "MOST_ROWS", ["uncertainty", "--draws", "20", "--weights", "dirichlet"]),
        (sensitivity, "MOST_SHOWN", ["sensitivity", "--rows", "4", "--weights", "dirichlet"]),
    ],
)
def test_a_table_that_is_shown_in_part_says_so_and_where_all_of_it_is(
    module: object, limit: str, words: list[str], city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, limit, 1)
    text = run(city, *words, "--lang", "en")[1]
    assert re.search(r"The first 1 of \d+ rows; --json / --out has all\.", text), text
    if words[0] == "sensitivity":
        assert re.search(r"\d+ indicators are not shown; --json and --out have all\.", text)


def test_a_ranking_that_is_shown_in_part_names_what_has_all(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MOST_ROWS", 2)
    assert "The first 2 of 7 rows; --json has all." in run(city, "rank", "--lang", "en")[1]


# Runs that are stopped

SCRIPT = "import sys; sys.argv[0] = 'indexcalc'; from indexcalc.cli import run; run()"


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name == "nt", reason="signals and terminals as on Unix")
@pytest.mark.parametrize(
    ("words", "whole"),
    [
        (["uncertainty", "--draws", "900000000", "--weights", "dirichlet", "--seed", "3"], 900_000_000),
        (["sensitivity", "--rows", "262144", "--weights", "dirichlet"], 262_144),
    ],
    ids=["uncertainty", "sensitivity"],
)
def test_a_run_shows_the_time_left_and_keeps_what_is_done_when_it_is_interrupted(
    words: list[str], whole: int, repository: Path
) -> None:
    """A real process with a terminal for its messages, and the signal that ctrl-C sends."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", SCRIPT, *words, "--lang", "en"]
    with subprocess.Popen(
        command, cwd=repository, stdout=subprocess.PIPE, stderr=theirs, encoding="utf-8", env={**os.environ, "NO_COLOR": "1"}
    ) as process:
        os.close(theirs)
        seen, sent, end = "", False, time.monotonic() + 120
        while time.monotonic() < end:
            if not select.select([ours], [], [], 1)[0]:
                continue
            try:
                read = os.read(ours, 1 << 16)
            except OSError:  # the other side is closed
                break
            if not read:
                break
            seen += read.decode(errors="replace")
            if not sent and re.search(r"\d+ of \d+, \d+:\d\d left", seen):
                process.send_signal(signal.SIGINT)
                sent = True
        assert process.stdout is not None
        text = process.stdout.read()
        assert process.wait(timeout=60) == 0, seen
    os.close(ours)
    assert sent, seen
    shown = re.findall(rf"(\d+) of {whole}, (\d+):\d\d left", seen)
    assert shown
    stopped = re.search(r"IC755 stopped early: ([\d,]+) of ([\d,]+) draws are done", seen.replace("\r\n", "\n"))
    assert stopped is not None, seen
    done = int(stopped[1].replace(",", ""))
    assert int(shown[-1][0]) <= done < whole
    if words[0] == "uncertainty":
        assert f"{done} draws, seed 3" in text
    assert "Guangzhou Red Cotton Index" in text


def test_how_long_is_left_is_said_once_where_nobody_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of 10 questions that take 3 s each, the first leaves 27 s: said once; of 10 that take 1 s each nothing is said."""
    clock = [0.0]
    monkeypatch.setattr("indexcalc.cli.open.time", SimpleNamespace(monotonic=lambda: clock[0]))
    for seconds, said in ((3.0, "1 of 10, 0:27 left\n"), (1.0, "")):
        for quiet, as_json in ((False, False), (True, False), (False, True)):
            show = opened({"index": tmp_path, "lang": "en", "quiet": quiet, "json": as_json}).counting()
            for done in range(1, 11):
                clock[0] += seconds
                show(done, 10)
            assert capsys.readouterr().err == ("" if quiet or as_json else said)
