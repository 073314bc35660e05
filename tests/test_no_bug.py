"""What a user can type, name or lack room and rights for is answered in words: no command ends in 'this is a bug'."""

from __future__ import annotations

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from indexcalc.cli import run
from indexcalc.cli.app import app
from indexcalc.tree import parse_index

from .conftest import REPOSITORY
from .test_kills import from_a_ledger, lay_out, rewrite

posix = pytest.mark.skipif(os.name != "posix", reason="as POSIX systems have it")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    return tmp_path / "p"


def told(*words: str, code: int = 1) -> list[dict[str, Any]]:
    """Run a command that is refused, and return its errors."""
    done = CliRunner().invoke(app, [*words, "--json"])
    assert isinstance(done.exception, SystemExit | None), repr(done.exception)
    assert done.exit_code == code, done.output
    found = [json.loads(line) for line in done.stderr.splitlines()]
    return [one for one in found if one["severity"] == "error"]


def shell(folder: Path, *words: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    own = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    return subprocess.run([sys.executable, "-m", "indexcalc", *words], cwd=folder, capture_output=True, check=False, env=own)


@pytest.mark.parametrize(
    "command", ["rank --node", "verify", "submit", "explain", "score --out", "methods", "weights set", "codes"]
)
def test_bytes_that_are_no_text_are_refused(folder: Path, command: str) -> None:
    for raw in (b"\xff\xfe", "广".encode("gb18030"), b"a\x80"):
        assert [one["code"] for one in told(*command.split(), os.fsdecode(raw))] == ["IC519"]
    assert sorted(path.name for path in folder.iterdir()) == ["indicators.yaml", "units.csv", "values.csv"]


def test_bytes_that_are_no_text_do_not_damage_a_ledger(folder: Path) -> None:
    from indexcalc.findings import Refused
    from indexcalc.jobs.submit import submit

    from_a_ledger(folder)
    submit(folder, folder / "values.csv", by="张三")
    rewrite("values.csv", "20,7,9", "21,7,9")(folder)
    for by, reason in (("\udcff", "更正"), ("张三", "\udcff")):
        with pytest.raises(Refused) as refused:
            submit(folder, folder / "values.csv", by=by, reason=reason)
        assert "IC652" not in str(refused.value)  # the ledger is damaged: it is not
    assert CliRunner().invoke(app, ["ledger", "verify"]).exit_code == 0


@posix
def test_a_name_of_a_user_or_of_a_file_that_is_no_text(folder: Path) -> None:
    (folder / os.fsdecode(b"more-\xff.csv")).write_text("区,年份,案件数,诊所数,求助数\n东区,2021,1,2,3\n", encoding="utf-8")
    rewrite("indicators.yaml", "{path: values.csv}", '{path: "*e*-*.csv"}')(folder)
    done = shell(folder, "score", "--lang", "en", LOGNAME="x", USER="x")
    assert b"this is a bug" not in done.stderr
    assert b"Traceback" not in done.stderr
    rewrite("indicators.yaml", '{path: "*e*-*.csv"}', "{path: values.csv}")(folder)
    own = {**os.environb, b"PYTHONPATH": os.fsencode(REPOSITORY), b"LOGNAME": b"\xff\xfe"}
    words = [sys.executable, "-m", "indexcalc", "weights", "set", "cases", "0.6", "--rescale"]
    done = subprocess.run(words, cwd=folder, env=own, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "??" in (folder / "indicators.changes").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "address", ["postgresql://h:abc/d", "postgresql://u:geheim@h:p/d", "postgresql://[::1/d", "sqlite:///x", "x://"]
)
def test_addresses_that_are_none(folder: Path, address: str) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    from_a_ledger(folder)
    for words in (["ledger", "log"], ["submit", "values.csv", "--by", "a"]):
        found = told(*words, "--ledger", address)
        assert [one["code"] for one in found] == ["IC520"]
        assert "geheim" not in str(found)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("index: {id: a, name: 示例\x01}\n", 1, 24),
        ("# 中文注释，很长\nindex: {id: a}\nunits: 区\x07\n", 3, 9),
        ("𠀀: 字\n名: 市\ufffe\n", 2, 5),
        ("\ufeff# 中\x00\n", 1, 4),
    ],
)
def test_a_character_that_yaml_does_not_allow_is_found_where_it_stands(text: str, line: int, column: int) -> None:
    _, found = parse_index(text.encode(), "t.yaml")
    assert [(one.code, one.place.line, one.place.column) for one in found] == [("IC114", line, column)]


@pytest.mark.parametrize("digits", [301, 5000])
def test_more_digits_than_a_number_has(folder: Path, digits: int) -> None:
    tree = (folder / "indicators.yaml").read_text(encoding="utf-8")
    (folder / "indicators.yaml").write_text(tree + f"ranking: {{decimals: {'9' * digits}}}\n", encoding="utf-8")
    assert [one["code"] for one in told("check")] == ["IC113"]


def test_a_report_folder_that_may_not_be_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CliRunner().invoke(app, ["score"]).exit_code == 0
    for name in ("iterdir", "exists", "is_dir"):
        before = getattr(Path, name)

        def refused(path: Path, *rest: Any, before: Any = before, **more: Any) -> Any:
            if path.name == "2022":
                raise PermissionError(13, "Permission denied", str(path))
            return before(path, *rest, **more)

        with monkeypatch.context() as patch:
            patch.setattr(Path, name, refused)
            found = told("score")
            assert [(one["code"], one["file"]) for one in found] == [("IC503", "reports/2022")], name
            if name == "iterdir":
                assert {one["code"] for one in told("verify", "reports/2022")} == {"IC504"}, name


def test_ids_that_are_longer_than_names_of_files_may_be(folder: Path) -> None:
    for long in ("a" * 300, "案" * 120):
        lay_out(folder.parent / long[:5])
        rewrite("indicators.yaml", "id: cases", f"id: {long}")(folder.parent / long[:5])
        out = folder.parent / long[:5] / "out"
        index = str(folder.parent / long[:5])
        done = CliRunner().invoke(app, ["explain", "01", "--node", long, "--index", index, "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert out.is_dir()
        assert any(long[:40] in path.name for path in out.iterdir())


def test_names_of_folders_and_files_that_are_too_long(folder: Path) -> None:
    long = "a" * 300
    assert [one["code"] for one in told("score", "--out", long)] == ["IC503"]
    assert [one["code"] for one in told("verify", long)] == ["IC504"]
    done = CliRunner().invoke(app, ["init", long])
    assert (done.exit_code, "IC503" in done.stderr) == (1, True), done.output
    assert told("check", "--index", long)
    assert told("submit", f"{long}.csv", "--by", "a")


@posix
@pytest.mark.slow
def test_a_locale_without_chinese(folder: Path) -> None:
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell(folder, "score", "--out", "报告".encode(), **plain)
    assert done.returncode == 0, done.stderr
    assert (folder / "报告" / "2022" / "run.json").exists()
    assert "社会" not in done.stdout.decode()
    done = shell(folder, "rank", "--node", "求助数".encode(), **plain)
    assert (done.returncode, "求助数" in done.stdout.decode()) == (0, True), done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", [["check"], ["rank"], ["rank", "--json"], ["codes"], ["--help"]])
def test_output_that_cannot_be_written(folder: Path, words: list[str]) -> None:
    own = {**os.environ, "PYTHONPATH": str(REPOSITORY), "LANG": "en_GB.UTF-8"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "indexcalc", *words], stdout=full, stderr=subprocess.PIPE, check=False, env=own
        )
    said = done.stderr.decode()
    assert (done.returncode, said.count("IC518"), "this is a bug" in said, "Traceback" in said) == (1, 1, False, False), said
    assert "nothing was written" not in said


@posix
@pytest.mark.slow
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_start(folder: Path, closed: str) -> None:
    own = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    for words, code in (("rank", 0), ("rank --period 1066", 1)):
        command = f"{shlex.quote(sys.executable)} -m indexcalc {words} {closed}"
        done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, check=False, env=own)
        assert (done.returncode, b"bug" in done.stderr, b"Traceback" in done.stderr) == (code, False, False), done.stderr


@pytest.mark.parametrize(("error", "said"), [(MemoryError(), os.strerror(errno.ENOMEM)), (KeyboardInterrupt(), "")])
def test_what_the_system_stops_is_no_bug(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, said: str
) -> None:
    def stopped(**_: object) -> None:
        raise error

    monkeypatch.setattr("indexcalc.cli.app.app", stopped)
    monkeypatch.setattr(sys, "argv", ["indexcalc", "rank"])
    with pytest.raises(SystemExit) as ended:
        run()
    told = capsys.readouterr().err
    assert (ended.value.code, said in told, "bug" in told, "IC518" in told) == (1, True, False, bool(said))


@pytest.mark.parametrize("told", ["abc", "1e5", ""])
def test_a_time_that_numpy_would_break_over_is_named(
    told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    monkeypatch.setattr(sys, "argv", ["indexcalc", "score"])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr().err
    assert (ended.value.code, "IC598" in said, "SOURCE_DATE_EPOCH" in said, f"“{told}”" in said or f"'{told}'" in said) == (
        2,
        True,
        True,
        True,
    )
