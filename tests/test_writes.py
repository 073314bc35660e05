"""What is written lies where it should, is verified to the last byte, and is written by all at once or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.journal import files as module
from indexcalc.journal.files import Replacement

from .conftest import count
from .kills import at_once, command, faulty
from .test_kills import CASES, OTHER, TREE, Case, consistent, lay_out, more_periods, ready, state
from .test_publish import is_whole


def run(folder: Path, *words: str) -> Any:
    where = ["--index", str(folder / "indicators.yaml"), "--lang", "en"]
    return CliRunner().invoke(app, [*words[:1], *where, *words[1:]])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    lay_out(tmp_path / "p")
    more_periods(tmp_path / "p")
    return tmp_path / "p"


# ---------------------------------------------------------------------------------------------------------- where it lies


def test_a_period_has_its_own_rows_and_the_panel_is_written_once(project: Path) -> None:
    assert run(project, "score", "--period", "all").exit_code == 0
    reports = project / "reports"
    assert {path.name for path in reports.iterdir()} == {"2020", "2021", "2022", "scores.parquet", "panel.json"}
    whole = pd.read_parquet(reports / "scores.parquet")
    parts = [pd.read_csv(reports / period / "scores.csv", dtype={"period": str}) for period in ("2020", "2021", "2022")]
    assert [list(part["period"].unique()) for part in parts] == [["2020"], ["2021"], ["2022"]]
    together = pd.concat(parts, ignore_index=True)
    assert list(together.columns) == list(whole.columns)
    pd.testing.assert_series_equal(together["score"], whole["score"])
    assert all(is_whole(reports / period) for period in ("2020", "2021", "2022"))
    for folder in (reports, reports / "panel.json", reports / "2021"):
        assert run(project, "verify", str(folder)).exit_code == 0, folder


def test_one_period_replaces_its_own_folder_and_what_holds_for_all(project: Path) -> None:
    assert run(project, "score", "--period", "all").exit_code == 0
    before = state(project)
    OTHER(project)
    assert run(project, "score", "--period", "2021").exit_code == 0
    after = state(project)
    assert {name for name in before if before[name] != after[name]} == {"indicators.yaml", "reports/2021"}
    assert run(project, "verify", str(project / "reports")).exit_code == 0
    assert run(project, "verify", str(project / "reports" / "2020")).exit_code == 1  # its tree was another


def test_a_report_of_before_is_replaced_with_all_that_it_listed(project: Path) -> None:
    assert run(project, "score").exit_code == 0
    folder = project / "reports" / "2022"
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "scores.parquet").write_bytes(b"of all periods")
    told["outputs"]["scores.parquet"] = "0" * 64
    (folder / "run.json").write_text(json.dumps({name: told[name] for name in told if name != "digest"}), encoding="utf-8")
    assert run(project, "score").exit_code == 0
    assert not (folder / "scores.parquet").exists()
    assert is_whole(folder)


def test_files_of_somebody_else_beside_the_reports_are_left_alone(project: Path) -> None:
    (project / "reports").mkdir()
    (project / "reports" / "scores.parquet").write_bytes(b"mine")
    (project / "reports" / "notes.txt").write_bytes(b"mine")
    done = run(project, "score")
    assert (done.exit_code, "IC512" in done.stderr, "notes" in done.stderr) == (1, True, False), done.output
    assert {path.name for path in (project / "reports").iterdir()} == {"scores.parquet", "notes.txt"}


def test_a_panel_that_names_other_folders_takes_nothing_away(project: Path) -> None:
    assert run(project, "score").exit_code == 0
    panel = project / "reports" / "panel.json"
    told = json.loads(panel.read_text(encoding="utf-8"))
    told["outputs"]["../values.csv"] = "0" * 64
    panel.write_text(json.dumps(told), encoding="utf-8")
    run(project, "score")
    assert (project / "values.csv").exists()


# ------------------------------------------------------------------------------------------------------------- verifying


def changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, list):
        return [changed(value[0]), *value[1:]] if value else ["x"]
    return {**value, next(iter(value)): changed(next(iter(value.values())))} if value else {"x": ["1", "2"]}


@pytest.mark.parametrize("name", ["2022/run.json", "panel.json"])
def test_every_field_of_a_run_is_compared(project: Path, name: str) -> None:
    assert run(project, "score").exit_code == 0
    file = project / "reports" / name
    written = file.read_bytes()
    told = json.loads(written)
    for field in told:
        if field in ("packages", "indexcalc"):  # what was made by others is told in its own words
            continue
        file.write_text(json.dumps({**told, field: changed(told[field])}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        done = run(project, "verify", str(file.parent))
        assert done.exit_code == 1, field
        assert "this is a bug" not in done.output
    for unit in told["ranking"]:
        for at in (0, 1):
            ranking = {**told["ranking"], unit: [*told["ranking"][unit][:at], 7, *told["ranking"][unit][at + 1 :]]}
            file.write_text(json.dumps({**told, "ranking": ranking}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            done = run(project, "verify", str(file.parent))
            assert (done.exit_code, "IC514" in done.stderr, unit in done.stderr) == (1, True, True), done.output
    file.write_bytes(written.replace(b"\n", b"\r\n"))
    done = run(project, "verify", str(file.parent))
    assert (done.exit_code, "IC505" in done.stderr) == (1, True)
    file.write_bytes(written)
    assert run(project, "verify", str(file.parent)).exit_code == 0


def test_files_that_do_not_belong_are_named(project: Path) -> None:
    assert run(project, "score").exit_code == 0
    folder = project / "reports" / "2022"
    (folder / "排名（修订）.csv").write_bytes(b"")
    (folder / "more").mkdir()
    done = run(project, "verify", str(folder))
    assert (done.exit_code, "IC515" in done.stderr, "more, 排名（修订）.csv" in done.stderr) == (1, True, True), done.output


# ------------------------------------------------------------------------------------------------ disks and other programs

WRITING = {**CASES, "init in a folder": Case(["init", "."], [lambda folder: [path.unlink() for path in folder.iterdir()]])}
OF_FILES = [name for name in WRITING if name not in ("submit", "correct")]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")
@pytest.mark.parametrize("name", OF_FILES)
def test_nothing_was_written_is_said_when_nothing_was(name: str, tmp_path: Path) -> None:
    """At any moment the disk may be full, for once or from then on: what is refused then has changed nothing."""
    case = WRITING[name]
    ready(case, tmp_path / "ready")
    before = everything(tmp_path / "ready")
    shutil.copytree(tmp_path / "ready", tmp_path / "done")
    moments = command(tmp_path / "done", case.words, exchange=case.exchange)
    assert moments
    random = Random(name)
    for at in sorted(random.sample(range(1, len(moments) + 1), min(count(3, 30), len(moments)))):
        folder, how = tmp_path / f"faulty-{at}", random.choice(["once", "full"])
        shutil.copytree(tmp_path / "ready", folder)
        code, said = faulty(folder, [*case.words, "--lang", "en"], at, how, exchange=case.exchange)
        told = f"{how} at {at} of {len(moments)}, {moments[at - 1]}: {said}"
        assert "this is a bug" not in said, told
        assert "Traceback" not in said, told
        if "nothing was written" in said:
            assert code == 1, told
            assert everything(folder) == before, told
        else:
            assert code == 0, told
        shutil.rmtree(folder)


def everything(folder: Path) -> dict[str, bytes]:
    """Return all files and folders below a folder but locks; what could not be swept from a full disk is the next run's."""
    paths = [path for path in folder.rglob("*") if not any(part.startswith(".new-indexcalc-") for part in path.parts)]
    paths = [path for path in paths if not (path.name.startswith(".") and path.name.endswith(".lock"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in paths}


def test_what_cannot_be_taken_back_is_named_and_nothing_else_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(project, "score", "--period", "all").exit_code == 0
    OTHER(project)
    put = module._Step.put

    def fails(step: Any) -> None:
        if step.named.name == "2021":
            raise OSError(28, "No space left on device", str(step.named))
        put(step)

    monkeypatch.setattr(module._Step, "put", fails)
    monkeypatch.setattr(module._Step, "taken_back", lambda step: step.named.name != "2020")
    done = run(project, "score", "--period", "all")
    assert (done.exit_code, "IC517" in done.stderr) == (1, True), done.output
    assert "reports/2020" in done.stderr
    assert "nothing was written" not in done.stderr


@pytest.mark.parametrize("exchange", [True, False])
def test_a_report_of_which_a_workbook_is_open_stays_whole(project: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    assert run(project, "score", "--period", "all").exit_code == 0
    before = everything(project)
    OTHER(project)
    monkeypatch.setattr(module, "_exchange", refusing(module._exchange) if exchange else lambda *_: False)
    monkeypatch.setattr(Path, "rename", refusing(Path.rename))
    for words in (["score", "--period", "all"], ["publish", "--period", "2021", "--by", "a"]):
        done = run(project, *words)
        assert (done.exit_code, "IC516" in done.stderr) == (1, True), done.output
        assert "reports/2021/ranking.xlsx" in done.stderr
        put_back(project)
        assert everything(project) == before
        OTHER(project)
    monkeypatch.undo()
    assert run(project, "score", "--period", "all").exit_code == 0


def put_back(folder: Path) -> None:
    text = (folder / "indicators.yaml").read_text(encoding="utf-8")
    (folder / "indicators.yaml").write_text(text.replace("decimals: 3", "decimals: 2"), encoding="utf-8", newline="\n")


def refusing(rename: Callable[..., Any]) -> Callable[..., Any]:
    """Return what renames all but the report of 2021, as Windows does while one of its files is open."""

    def renamed(one: Path, other: Path) -> Any:
        if (one.name, one.parent.name) == ("2021", "reports") or (other.name, other.parent.name) == ("2021", "reports"):
            raise PermissionError(13, "The process cannot access the file", str(one), 32, str(other))
        return rename(one, other)

    return renamed


@pytest.mark.parametrize("lock", ["~$ranking.xlsx", ".~lock.ranking.xlsx#"])
def test_the_lock_of_an_office_program_says_which_document_is_open(project: Path, lock: str) -> None:
    assert run(project, "score").exit_code == 0
    (project / "reports" / "2022" / lock).write_bytes(b"")
    done = run(project, "score")
    assert (done.exit_code, "2022/ranking.xlsx: IC516" in done.stderr) == (1, True), done.output


def test_a_file_that_may_not_be_written_is_not_said_to_be_open(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(project, "score").exit_code == 0
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("scores.parquet") and access(path, mode))
    done = run(project, "score")
    assert (done.exit_code, "scores.parquet: IC503" in done.stderr, "IC516" in done.stderr) == (1, True, False), done.output


@pytest.mark.parametrize("words", [["template", "--department", "市公安局", "--period", "2022"], ["explain", "01"]])
def test_a_single_file_that_is_open_is_named(project: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    out = project / ("form.xlsx" if words[0] == "template" else "answers")
    assert run(project, *words, "--out", str(out)).exit_code == 0
    before = everything(project)

    def open_elsewhere(self: Any) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(module._Step, "_put_in_place", open_elsewhere)
    done = run(project, *words, "--out", str(out))
    first = "form.xlsx" if words[0] == "template" else "answers/"
    assert (done.exit_code, first in done.stderr) == (1, True), done.output
    assert everything(project) == before


def test_a_folder_takes_the_place_of_a_file_only_where_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "mine").write_bytes(b"")
    with Replacement() as new, pytest.raises(IsADirectoryError):
        new.file(tmp_path / "a", b"1")
    assert (tmp_path / "a" / "mine").exists()


def test_what_a_kill_leaves_is_swept_by_the_next_run_and_work_of_others_is_not(tmp_path: Path) -> None:
    left = tmp_path / ".new-indexcalc-left"
    left.mkdir()
    with module.beside(tmp_path) as at_work:
        module.replace_files({tmp_path / "a": b"1"})
        assert at_work.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_start_that_was_killed_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p").mkdir()
    monkeypatch.chdir(tmp_path / "p")
    assert CliRunner().invoke(app, ["init", "."]).exit_code == 0
    whole = everything(tmp_path / "p")
    assert CliRunner().invoke(app, ["init", "."]).exit_code == 1  # all of it is there
    Path("indicators.yaml").unlink()
    assert CliRunner().invoke(app, ["init", "."]).exit_code == 0
    half = Path("data/.new-indexcalc-killed")  # of a start that was killed while it wrote
    half.mkdir()
    (half / "2.csv").write_text("id", encoding="utf-8")
    Path("indicators.yaml").unlink()
    assert CliRunner().invoke(app, ["init", "."]).exit_code == 0
    assert not half.exists()
    assert everything(tmp_path / "p") == whole
    Path("indicators.yaml").write_text("mine", encoding="utf-8")
    assert CliRunner().invoke(app, ["init", "."]).exit_code == 1
    assert Path("indicators.yaml").read_text(encoding="utf-8") == "mine"


def test_one_folder_by_two_names_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Replacement() as new:
        new.file(Path("a"), b"1")
        new.folder(tmp_path / "b", {"c": b"2"})
        new.commit()
    assert sorted(everything(tmp_path)) == ["a", "b", "b/c"]


# -------------------------------------------------------------------------------------------------------- eight at once

AT_ONCE: dict[str, Callable[[int], list[str]]] = {
    "score": lambda at: ["score", "--period", "all", "--lang", "en" if at % 2 else "zh"],
    "watch": lambda at: ["watch", "--once", "--lang", "en" if at % 2 else "zh"],
    "answer": lambda at: ["explain", f"0{1 + at % 4}", "--out", "answers"],
    "template": lambda at: ["template", "--department", "市公安局", "--period", "2022", "--out", "form.xlsx"],
    "submit": lambda at: ["submit", f"values-{at}.csv", "--by", f"clerk{at}"],
    "publish": lambda at: ["publish", "--by", f"clerk{at}", "--period", str(2015 + at)],
    "weights set": lambda at: ["weights", "set", "cases", f"0.{at + 1}", "--rescale", "--by", f"clerk{at}"],
}


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")
@pytest.mark.parametrize("name", AT_ONCE)
def test_eight_writers_at_once_lose_nothing(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    lay_out(folder)
    values = (folder / "values.csv").read_text(encoding="utf-8")
    rows = values.splitlines()[1:]
    others = range(7) if name == "publish" else range(6, 7)  # each publishes a period of its own
    more = [row.replace("2022", str(2015 + at)).replace(",10,", f",1{at},") for at in others for row in rows]
    (folder / "values.csv").write_text("\n".join([values.splitlines()[0], *rows, *more]) + "\n", encoding="utf-8")
    for at in range(8):
        own = [values.splitlines()[0], *(row.replace("2022", str(2015 + at)) for row in rows)]
        (folder / f"values-{at}.csv").write_text("\n".join(own) + "\n", encoding="utf-8")
    if name == "submit":
        text = TREE.replace("{path: values.csv}", "{ledger: ledger.sqlite}").replace("市卫健委", "市公安局")
        (folder / "indicators.yaml").write_text(text, encoding="utf-8")
    codes = at_once(folder, [AT_ONCE[name](at) for at in range(8)])
    consistent(folder)
    assert not [path for path in folder.rglob("*") if path.name.startswith((".new-", ".old-"))]
    for report in (folder / "reports").glob("*/run.json"):
        assert is_whole(report.parent)
    accepted = [at for at, code in enumerate(codes) if code == 0]
    if name == "submit":
        assert len(accepted) == 8
        assert command(folder, ["ledger", "verify"]) is not None
    elif name == "publish":
        lines = (folder / "indicators.published").read_text(encoding="utf-8").splitlines()[1:]
        assert len(accepted) == 8
        assert {line.split("\t")[1] for line in lines} == {f"clerk{at}" for at in range(8)}
    elif name == "weights set":  # who came late is refused, or recorded; none is lost who was told that it was done
        lines = (folder / "indicators.changes").read_text(encoding="utf-8").splitlines()
        assert {f"clerk{at}" for at in accepted} <= {cell for line in lines for cell in line.split("\t")}
    else:
        assert len(accepted) == 8
    if name in ("score", "watch"):
        for report in (folder / "reports" / "2022", folder / "reports"):
            assert command(folder, ["verify", str(report)]) is not None
