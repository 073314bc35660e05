"""The ledger on SQLite and PostgreSQL: nothing acknowledged is lost, nothing is half there, every later change is found."""

from __future__ import annotations

import dataclasses
import json
import os
import pwd
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexcalc.findings import Refused
from indexcalc.jobs import ledger as jobs
from indexcalc.jobs.audit import audit
from indexcalc.jobs.project import Project
from indexcalc.jobs.submit import submit
from indexcalc.jobs.template import template
from indexcalc.journal import database
from indexcalc.journal.chain import verify
from indexcalc.journal.database import seal
from indexcalc.journal.entries import Draft, Entry, Reported, hash_of, read_cells, written
from indexcalc.journal.ledger import append, foresee, log, newest, read_moment

from .conftest import KEPT, Said, count, ran
from .kills import KILLED, Moments, started

FILE = "ledger.sqlite"


def draft(
    department: str = "市公安局", period: str = "2022Q1", *, shift: float = 0.0, reason: str = "", units: int = 11
) -> Draft:
    cells = [Reported(f"4401{unit:02}", "cases", unit * 1.5 + shift, True, unit + 2, 3) for unit in range(units)]
    return Draft("red-cotton", department, period, "张三", reason, "报送.xlsx", "填报", "ab" * 32, "", written(cells))


def codes(found: object) -> list[str]:
    return [one.code for one in found]  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ two kinds of database


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs, wherever Debian has put them."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    on_path = shutil.which("initdb")
    return found or (Path(on_path).resolve().parent if on_path else None)


class Server:
    """A PostgreSQL server of our own in a temporary folder, reached by a socket in it."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.programs, self.folder, self.user = programs, folder, user
        self.run(
            "initdb",
            "--no-sync",
            "--wal-segsize=1",
            "--auth=trust",
            "--username=clerk",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
            str(folder / "data"),
        )
        self.start()
        self.databases = 0

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            user=self.user,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr + done.stdout

    def start(self) -> None:
        options = f"-c fsync=off -c listen_addresses='' -c unix_socket_directories='{self.folder}'"  # no machine stops here
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-o", options, "-w", "start")

    def stop(self, mode: str) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://clerk@/{database}?host={self.folder}"

    def new_database(self) -> str:
        self.databases += 1
        name = f"ledger{self.databases}"
        self.run("createdb", "-h", str(self.folder), "-U", "clerk", name)
        return self.url(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL here: its initdb is neither below /usr/lib/postgresql nor on the path")
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to be run by root
        names = {one.pw_name for one in pwd.getpwall()}
        user = next((name for name in ("postgres", "nobody") if name in names), None)
        if user is None:
            pytest.skip("no user here that PostgreSQL could be run by")
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    running = Server(programs, folder, user)
    yield running
    running.stop("immediate")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> str:
    """A ledger that is not there yet: a file's name, or the URL of an empty database."""
    if request.param == "sqlite":
        return FILE
    running: Server = request.getfixturevalue("server")
    return running.new_database()


# --------------------------------------------------------------------------------------------------------- what it keeps


def test_a_submission_is_kept_as_it_was_handed_in(where: str, tmp_path: Path) -> None:
    handed = draft()
    entries, notes = append(where, tmp_path, [handed])
    assert notes == []
    [kept], moment = newest(where, tmp_path, "red-cotton")
    assert kept == entries[0]
    assert (kept.number, kept.version, kept.previous != kept.hash, kept.hash) == (1, 1, True, hash_of(kept))
    assert (kept.cells, kept.by, kept.file, kept.sheet, kept.at) == (handed.cells, "张三", "报送.xlsx", "填报", moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", kept.at)
    assert verify(where, tmp_path) == (1, kept.hash, [])


def test_values_come_back_exactly(where: str, tmp_path: Path) -> None:
    values = [0.1 + 0.2, 1e-300, -0.0, 123456789.123456789, 5e-324, 2**53 + 1.0, None]
    cells = [Reported(f"u{at}", "x", value, True, at, 1) for at, value in enumerate(values)]
    cells.append(Reported('街道 "7"\n\'', "比率", None, False, 9, 1))
    append(where, tmp_path, [Draft("i", "d", "2022", "b", "", "f", "", "", "", written(cells))])
    [kept], _ = newest(where, tmp_path, "i")
    assert sorted(read_cells(kept.cells), key=lambda cell: cell.unit) == sorted(cells, key=lambda cell: cell.unit)


def test_a_correction_needs_a_reason_and_leaves_the_old_version(where: str, tmp_path: Path) -> None:
    append(where, tmp_path, [draft()])
    with pytest.raises(Refused) as refused:
        append(where, tmp_path, [draft(period="2022Q2"), draft(shift=1.0)])
    assert codes(refused.value.findings) == ["IC655"]
    assert len(log(where, tmp_path)) == 1, "all or none"
    [entry], _ = append(where, tmp_path, [draft(shift=1.0, reason="误录")])
    assert (entry.number, entry.version, entry.reason) == (2, 2, "误录")
    assert [one.version for one in log(where, tmp_path)] == [1, 2]
    assert newest(where, tmp_path, "red-cotton")[0] == [entry]


def test_the_same_values_again_are_the_same_submission(where: str, tmp_path: Path) -> None:
    """So a submission whose answer was lost can be sent again."""
    [first], _ = append(where, tmp_path, [draft()])
    [again], notes = append(where, tmp_path, [draft()])
    assert again == first
    assert codes(notes) == ["IC656"]
    assert len(log(where, tmp_path)) == 1


def test_what_is_foreseen_is_what_is_recorded(where: str, tmp_path: Path) -> None:
    handed_in = [
        [draft()],
        [draft("市法院"), draft(), draft(period="2022Q2")],
        [draft(shift=1.0, reason="误录")],
        [draft("市法院", shift=2.0, reason="误录"), draft(shift=1.0)],
    ]
    rows: list[Entry] = []
    for drafts in handed_in:
        expected, notes = foresee(where, tmp_path, drafts)
        if not rows:
            assert list(tmp_path.iterdir()) == [], "no ledger was made"
        assert rows == (log(where, tmp_path) if rows else [])
        entries, said = append(where, tmp_path, drafts)
        unsigned = [
            entry if one.hash else dataclasses.replace(entry, at="", previous="", hash="")
            for one, entry in zip(expected, entries, strict=True)
        ]
        assert (expected, codes(notes)) == (unsigned, codes(said))
        assert [bool(one.hash) for one in expected] == [one.number <= len(rows) for one in entries]
        rows = log(where, tmp_path)
    with pytest.raises(Refused) as refused:
        foresee(where, tmp_path, [draft(period="2023Q1"), draft(shift=3.0)])
    assert codes(refused.value.findings) == ["IC655"]


def test_the_newest_version_up_to_a_moment(where: str, tmp_path: Path) -> None:
    [old], _ = append(where, tmp_path, [draft()])
    [other], _ = append(where, tmp_path, [draft("市教育局")])
    [new], _ = append(where, tmp_path, [draft(shift=2.0, reason="更正")])
    assert newest(where, tmp_path, "red-cotton") == ([other, new], new.at)
    assert newest(where, tmp_path, "red-cotton", as_of=other.at) == ([old, other], other.at)
    assert newest(where, tmp_path, "red-cotton", as_of="2000-01-01T00:00:00.000000Z") == ([], "")
    assert newest(where, tmp_path, "another") == ([], new.at)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-10-15T10:00:00Z", "2022-10-15T10:00:00.000000Z"),
        ("2022-10-15T18:00+08:00", "2022-10-15T10:00:00.000000Z"),
        ("2022-10-15T10:00:00.123456Z", "2022-10-15T10:00:00.123456Z"),
        ("2022-13-01", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_moments(text: str, moment: str | None) -> None:
    assert read_moment(text) == moment


def test_a_day_means_its_end_and_a_plain_time_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert read_moment("2022-10-15") == "2022-10-15T15:59:59.999999Z"
        assert read_moment("2022-10-15T18:00") == "2022-10-15T10:00:00.000000Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_password_is_not_shown() -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with pytest.raises(Refused) as refused:
        log("postgresql://clerk:s3cret@127.0.0.1:1/index", Path())
    assert codes(refused.value.findings) == ["IC653"]
    assert "s3cret" not in str(refused.value)


def test_rows_refuse_to_be_changed(where: str, tmp_path: Path) -> None:
    append(where, tmp_path, [draft()])
    for statement in ("UPDATE ledger_submissions SET by = 'x'", "DELETE FROM ledger_submissions"):
        with pytest.raises(Exception, match="only ever added to"):
            tamper(where, tmp_path, statement.replace(" by ", ' "by" '), guards=True)
    assert verify(where, tmp_path)[2] == []


# --------------------------------------------------------------------------------------------------------- what it finds


def tamper(where: str, base: Path, *statements: str, guards: bool = False) -> None:
    """Do what somebody with the file or the database in hand can do."""
    if "://" in where:
        import psycopg

        with psycopg.connect(where) as connection:
            if not guards:
                connection.execute("ALTER TABLE ledger_submissions DISABLE TRIGGER ALL")
            for statement in statements:
                connection.execute(statement)
            if not guards:
                connection.execute("ALTER TABLE ledger_submissions ENABLE TRIGGER ALL")
        return
    with closing(sqlite3.connect(base / where)) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers if not guards else ():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, text in triggers if not guards else ():
            connection.execute(text)
    connection.close()


@pytest.fixture
def filled(where: str, tmp_path: Path) -> str:
    for quarter in range(1, 4):
        append(where, tmp_path, [draft(department, f"2022Q{quarter}") for department in ("市公安局", "市教育局", "团市委")])
    append(where, tmp_path, [draft(shift=1.0, reason="更正")])
    assert verify(where, tmp_path)[0] == 10
    return where


@pytest.mark.parametrize(
    ("statement", "found", "number"),
    [
        ("UPDATE ledger_submissions SET cells = replace(cells, '1.5', '1.6') WHERE number = 4", "IC666", 4),
        ("UPDATE ledger_submissions SET at = '2020-01-01T00:00:00.000000Z' WHERE number = 2", "IC666", 2),
        ("UPDATE ledger_submissions SET \"by\" = '李四' WHERE number = 10", "IC666", 10),
        ("UPDATE ledger_submissions SET reason = '' WHERE number = 10", "IC666", 10),
        ("UPDATE ledger_submissions SET hash = previous WHERE number = 1", "IC666", 1),
        ("DELETE FROM ledger_submissions WHERE number = 1", "IC667", 2),
        ("DELETE FROM ledger_submissions WHERE number = 5", "IC667", 6),
        ("DELETE FROM ledger_submissions WHERE number = 10", "IC668", None),
        ("DELETE FROM ledger_submissions", "IC668", None),
        ("DELETE FROM ledger_head", "IC668", None),
        ("UPDATE ledger_head SET number = 9", "IC668", None),
        ("UPDATE ledger_submissions SET number = 50 WHERE number = 5", "IC667", 6),
    ],
)
def test_every_change_of_a_row_is_found(filled: str, tmp_path: Path, statement: str, found: str, number: int | None) -> None:
    tamper(filled, tmp_path, statement)
    problems = verify(filled, tmp_path)[2]
    assert found in codes(problems)
    if number is not None:
        assert problems[0].values["number"] == number


def test_a_forged_row_is_found(filled: str, tmp_path: Path) -> None:
    """Somebody changes a value and makes its row's hash anew: the row after it does not follow any more."""
    entry = newest(filled, tmp_path, "red-cotton")[0][2]
    forged = dataclasses.replace(entry, cells=entry.cells.replace("1.5", "1.6"))
    new = hash_of(dataclasses.replace(forged, hash=""))
    changes = f"cells = replace(cells, '1.5', '1.6'), hash = '{new}'"
    tamper(filled, tmp_path, f"UPDATE ledger_submissions SET {changes} WHERE number = {entry.number}")
    problems = verify(filled, tmp_path, receipts=[entry.receipt])[2]
    assert [(one.code, one.values.get("number")) for one in problems] == [("IC667", entry.number + 1), ("IC665", None)]


def test_a_receipt_proves_that_the_end_was_cut_off_even_by_a_forger(filled: str, tmp_path: Path) -> None:
    entries = log(filled, tmp_path)
    before, last = entries[-2], entries[-1]
    receipts = [before.receipt, last.receipt]
    assert verify(filled, tmp_path, receipts=receipts)[2] == []
    head = f"UPDATE ledger_head SET number = {before.number}, hash = '{before.hash}', at = '{before.at}'"
    tamper(filled, tmp_path, f"DELETE FROM ledger_submissions WHERE number = {last.number}", head)
    assert "IC665" in codes(verify(filled, tmp_path, receipts=receipts)[2])
    assert "IC665" not in codes(verify(filled, tmp_path, receipts=receipts[:1])[2])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_head SET number = 'ten'",
        "UPDATE ledger_head SET number = 1.5",
        "UPDATE ledger_head SET hash = x'ff00'",
        "UPDATE ledger_head SET at = 'soon'",
        "UPDATE ledger_submissions SET version = 'first' WHERE number = 10",
        "UPDATE ledger_submissions SET cells = x'ff00' WHERE number = 10",
    ],
)
def test_what_is_of_another_kind_is_no_ledger_any_more(tmp_path: Path, statement: str) -> None:
    """SQLite keeps text where a number was declared; whoever reads or adds to it is told, and nothing is added."""
    where = "ledger.sqlite"
    for quarter in range(1, 4):
        append(where, tmp_path, [draft(period=f"2022Q{quarter}")])
    append(where, tmp_path, [draft(period="2022Q1", shift=1.0, reason="更正")])
    tamper(where, tmp_path, statement.replace("10", "4"))
    assert {one.code for one in verify(where, tmp_path)[2]} & {"IC671", "IC668"}
    again = draft(period="2022Q1", shift=2.0, reason="再更正")
    asked: list[Callable[[], object]] = [lambda: append(where, tmp_path, [again]), lambda: foresee(where, tmp_path, [again])]
    if "submissions" in statement:
        asked.append(lambda: newest(where, tmp_path, "red-cotton"))
    for ask in asked:
        with pytest.raises(Refused) as refused:
            ask()
        assert codes(refused.value.findings) == ["IC652"]
    with closing(sqlite3.connect(tmp_path / where)) as connection:
        assert connection.execute("SELECT count(*) FROM ledger_submissions").fetchone() == (4,)


def test_a_changed_row_is_not_scored(filled: str, tmp_path: Path) -> None:
    tamper(filled, tmp_path, "UPDATE ledger_submissions SET cells = replace(cells, '1.5', '1.6') WHERE number = 5")
    with pytest.raises(Refused) as refused:
        newest(filled, tmp_path, "red-cotton")
    assert [(one.code, one.values["number"]) for one in refused.value.findings] == [("IC666", 5)]


def flips(folder: Path, places: Callable[[int], list[int]], seed: int) -> None:
    """Change one byte of a good ledger at a time; each must be found, and the file left as it is."""
    for quarter in range(1, 4):
        for size, department in ((4, "市公安局"), (40, "市教育局"), (150, "团市委")):
            append(FILE, folder, [draft(department, f"2022Q{quarter}", units=size)])
    append(FILE, folder, [draft(shift=1.0, reason="更正")])
    path, rng = folder / FILE, random.Random(seed)
    good = path.read_bytes()
    assert verify(FILE, folder)[2] == []
    missed = []
    for at in places(len(good)):
        bad = bytearray(good)
        bad[at] ^= rng.randrange(1, 256)
        path.write_bytes(bad)
        found = []
        try:
            found = verify(FILE, folder)[2]
        except Refused as refused:
            found = refused.findings
        if not any(one.severity == "error" for one in found):
            missed.append(at)
        assert path.read_bytes() == bad, "verifying must not write"
        assert [one.name for one in folder.iterdir()] == [FILE]
    assert missed == []


@pytest.mark.slow
def test_one_changed_byte_is_found(tmp_path: Path) -> None:
    rng = random.Random(1)
    flips(tmp_path, lambda size: [*range(0, 100, count(3, 1)), *(rng.randrange(size) for _ in range(count(100, 2000)))], 1)


def test_a_changed_byte_of_a_value_names_its_submission(tmp_path: Path) -> None:
    for quarter in range(1, 4):
        append(FILE, tmp_path, [draft(period=f"2022Q{quarter}", shift=quarter * 1000.0)])
    path = tmp_path / FILE
    content = path.read_bytes()
    path.write_bytes(content.replace(b"2015.0", b"2016.0"))
    [one] = verify(FILE, tmp_path)[2]
    assert (one.code, one.values["number"], one.values["period"]) == ("IC666", 2, "2022Q2")


def test_what_is_no_ledger_is_said_so_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("区,期次\n", encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = (tmp_path / "other.sqlite").read_bytes()
    for name, reading in (("text.sqlite", "IC652"), ("other.sqlite", "IC651"), ("none.sqlite", "IC651")):
        with pytest.raises(Refused) as refused:
            newest(name, tmp_path, "red-cotton")
        assert codes(refused.value.findings) == [reading]
    for name in ("text.sqlite", "other.sqlite"):
        with pytest.raises(Refused) as refused:
            append(name, tmp_path, [draft()])
        assert codes(refused.value.findings) == ["IC652"]
    assert (tmp_path / "other.sqlite").read_bytes() == before
    assert not (tmp_path / "none.sqlite").exists()


def test_one_that_comes_late_to_seal_leaves_the_seal_of_another(tmp_path: Path) -> None:
    """The first of two submitters may get to close the file after the second has."""
    for quarter in (1, 2):
        append(FILE, tmp_path, [draft(period=f"2022Q{quarter}")])
    seal(tmp_path / FILE, 1)
    assert verify(FILE, tmp_path)[2] == []


# ------------------------------------------------------------------------------------------------ many at once, and kills


def submits(where: str, base: str, name: str, count: int, said: str) -> None:
    """Submit again and again, each time a new version, and write every acknowledgement down."""
    with Path(said).open("a", encoding="utf-8") as file:
        for at in range(count):
            entries, _ = append(where, Path(base), [draft(name, shift=time.time_ns() / 1e6 + at, reason="更正")])
            file.write("".join(f"{entry.receipt} {entry.hash}\n" for entry in entries))
            file.flush()


def acknowledged(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [line.split()[0] for line in text.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.slow
def test_eight_submit_at_once(where: str, tmp_path: Path) -> None:
    files = [tmp_path / f"said{at}" for at in range(8)]
    processes = [started(submits, where, str(tmp_path), f"d{at % 3}", 5, str(file)) for at, file in enumerate(files)]
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    receipts = [receipt for file in files for receipt in acknowledged(file)]
    number, _, found = verify(where, tmp_path, receipts=receipts)
    assert (number, len(receipts), found) == (40, 40, [])
    versions: dict[str, list[int]] = {}
    for entry in log(where, tmp_path):
        versions.setdefault(entry.department, []).append(entry.version)
    assert all(own == list(range(1, len(own) + 1)) for own in versions.values())


def submits_until(where: str, base: str, name: str, at: int, said: str) -> None:
    """Submit again and again until the process ends at one of its moments."""
    Moments(Path(base), at).watch()
    submits(where, base, name, 1000, said)


def killed(target: Callable[..., None], *arguments: object) -> None:
    process = started(target, *arguments)
    process.join(120)
    assert process.exitcode == KILLED


def holds(where: str, folder: Path, files: list[Path]) -> None:
    """What was acknowledged is there, and the chain is whole."""
    receipts = [receipt for file in files for receipt in acknowledged(file)]
    number, _, found = verify(where, folder, receipts=receipts)
    assert found == []
    assert number >= len(receipts) > 0
    for entry in newest(where, folder, "red-cotton")[0]:
        assert len(read_cells(entry.cells)) == 11


@pytest.mark.slow
def test_killed_at_each_statement_and_commit(where: str, tmp_path: Path) -> None:
    """Of one submission: one after the other in the long run, else some of them."""
    said = tmp_path / "said"
    submits(where, str(tmp_path), "d0", 1, str(said))
    for at in random.Random(3).sample(range(1, 25), count(5, 24)):
        killed(submits_until, where, str(tmp_path), "d0", at, str(said))
        submits(where, str(tmp_path), "d0", 1, str(said))
        holds(where, tmp_path, [said])


@pytest.mark.slow
def test_killed_while_others_submit(where: str, tmp_path: Path) -> None:
    """Three at work at a time, each until a moment of its own."""
    rng = random.Random(4)
    files = [tmp_path / f"said{at}" for at in range(3)]
    submits(where, str(tmp_path), "d0", 1, str(files[0]))
    for _ in range(count(2, 20)):
        arguments = [(where, str(tmp_path), f"d{at}", rng.randrange(5, 60), str(file)) for at, file in enumerate(files)]
        processes = [started(submits_until, *one) for one in arguments]
        for process in processes:
            process.join(120)
            assert process.exitcode == KILLED
        holds(where, tmp_path, files)
    submits(where, str(tmp_path), "d0", 1, str(files[0]))
    holds(where, tmp_path, files)


def submits_until_this_long(base: str, limit: int, said: str) -> None:
    """Submit until the system kills the process in the middle of a write, at a byte of a file of the database."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    submits(FILE, base, "d0", 10_000, said)


@pytest.mark.slow
def test_killed_within_a_write_of_the_database(tmp_path: Path) -> None:
    """SQLite writes by itself, where no moment is counted: but the system can be told at which byte."""
    said, rng = tmp_path / "said", random.Random(5)
    submits(FILE, str(tmp_path), "d0", 3, str(said))
    for _ in range(count(4, 60)):
        size = (tmp_path / FILE).stat().st_size
        process = started(submits_until_this_long, str(tmp_path), rng.randrange(600, size + 30_000), str(said))
        process.join(120)
        assert process.exitcode == -signal.SIGXFSZ
        submits(FILE, str(tmp_path), "d0", 1, str(said))
        holds(FILE, tmp_path, [said])


def test_the_server_is_killed(server: Server, tmp_path: Path) -> None:
    where = server.new_database()
    said = tmp_path / "said"
    for _ in range(count(2, 10)):
        before = len(acknowledged(said))
        processes = [started(submits, where, str(tmp_path), f"d{at}", 100_000, str(said)) for at in range(2)]
        end = time.monotonic() + 60
        while len(acknowledged(said)) < before + 5:
            assert time.monotonic() < end, "nothing is submitted"
            time.sleep(0.01)
        server.stop("immediate")  # as kill -9 is: no process of it may finish anything
        server.start()
        for process in processes:
            process.kill()
            process.join()
    receipts = acknowledged(said)
    number, _, found = verify(where, tmp_path, receipts=receipts)
    assert found == []
    assert number >= len(receipts) > 0


def submits_until_full(base: str, limit: int, said: str) -> None:
    """Submit with files bounded to a size, which the system enforces as a full disk does: by an error of `write`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        submits(FILE, base, "d0", 10_000, said)
    except Refused as refused:
        Path(said + ".refused").write_text(" ".join(codes(refused.findings)), encoding="utf-8")


@pytest.mark.slow
def test_a_file_that_can_not_grow(tmp_path: Path) -> None:
    said = tmp_path / "said"
    process = started(submits_until_full, str(tmp_path), 1 << 17, str(said))
    process.join(120)
    assert process.exitcode == 0
    assert (tmp_path / "said.refused").read_text(encoding="utf-8") == "IC654"
    number, _, found = verify(FILE, tmp_path, receipts=acknowledged(said))
    assert number == len(acknowledged(said)) > 3
    assert [one.code for one in found if one.severity == "error"] == []
    append(FILE, tmp_path, [draft("后来者")])  # once there is room again
    assert verify(FILE, tmp_path)[2] == []


def test_a_full_disk(tmp_path: Path) -> None:
    """On a small file system in memory, where the system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", str(disk)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        receipts = []
        with pytest.raises(Refused) as refused:
            for at in range(1000):
                receipts += [entry.receipt for entry in append(FILE, disk, [draft(f"d{at}")])[0]]
        assert codes(refused.value.findings) == ["IC654"]
        number, _, found = verify(FILE, disk, receipts=receipts)
        assert number == len(receipts) > 3
        assert [one.code for one in found if one.severity == "error"] == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_is_committed_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do not wait for it; the program does, and for the folder that holds the file."""
    monkeypatch.setattr(database, "SYNCHRONOUS", KEPT)
    with closing(database.connect(tmp_path / "ledger.sqlite", "rwc")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA


@pytest.mark.slow
def test_reading_while_others_submit(where: str, tmp_path: Path) -> None:
    """Who reads sees whole submissions, all up to one moment."""
    append(where, tmp_path, [draft()])
    process = started(submits, where, str(tmp_path), "d1", 15, str(tmp_path / "said"))
    while process.is_alive():
        entries, moment = newest(where, tmp_path, "red-cotton")
        assert max(entry.at for entry in entries) == moment
        assert all(len(read_cells(entry.cells)) == 11 for entry in entries)
        number, _, found = verify(where, tmp_path)
        assert [one.code for one in found if one.severity == "error"] == []
        assert number >= len(entries)
    process.join()
    assert process.exitcode == 0


def test_two_threads_of_one_process(where: str, tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=submits, args=(where, str(tmp_path), f"d{at}", 3, str(tmp_path / f"s{at}"))) for at in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(where, tmp_path)[0] == 6


# ----------------------------------------------------------------------------------------------------- the whole command

TREE = """
index: {id: small, name: 小指数}
units: {label: 区, table: units.csv}
periods: {kind: quarter, due: 15}
data: {official: {ledger: ledger.sqlite}}
dimensions:
  - id: safety
    name: 安全
    indicators:
      - {id: cases, name: 立案数, measure: 件, direction: lower, department: 市公安局, weight: 0.5}
      - {id: solved, name: 破案数, measure: 件, department: 市公安局, weight: 0.5}
"""


def small_project(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (folder / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n", encoding="utf-8")
    return folder


def report(folder: Path, quarter: int, shift: int = 0) -> Path:
    path = folder / f"2022Q{quarter}.csv"
    rows = [
        f"{name},2022Q{quarter},{100 * at + shift + 11},{7 * at + shift + 5}" for at, name in enumerate(("东区", "西区", "南区"))
    ]
    path.write_text("区,期次,立案数,破案数\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def indexcalc(folder: Path, *arguments: str) -> Said:
    return ran(folder, *arguments, "--lang", "en")


@pytest.mark.slow
def test_a_ledger_that_was_put_back_is_found_by_the_reports(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    assert indexcalc(folder, "submit", str(report(folder, 1)), "--by", "张三").returncode == 0
    before = (folder / "ledger.sqlite").read_bytes()
    assert indexcalc(folder, "submit", str(report(folder, 2)), "--by", "张三").returncode == 0
    assert indexcalc(folder, "score").returncode == 0
    assert indexcalc(folder, "ledger", "verify").returncode == 0
    (folder / "ledger.sqlite").write_bytes(before)
    told = indexcalc(folder, "ledger", "verify")
    assert (told.returncode, "IC694" in told.stderr, "#2" in told.stderr) == (1, True, True)


@pytest.mark.slow
def test_scores_as_of_any_moment_name_their_submissions(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    first = json.loads(indexcalc(folder, "submit", str(report(folder, 1)), "--by", "张三", "--json").stdout)
    before = json.loads(indexcalc(folder, "rank", "--json").stdout)["ranking"]
    assert indexcalc(folder, "score").returncode == 0
    run = json.loads((folder / "reports/2022Q1/run.json").read_text(encoding="utf-8"))
    assert run["as_of"] == first[0]["at"]
    assert run["inputs"]["ledger.sqlite#1 市公安局 2022Q1 v1"] == first[0]["hash"]

    corrected = report(folder, 1)
    corrected.write_text(corrected.read_text(encoding="utf-8").replace("111,", "911,"), encoding="utf-8")
    assert indexcalc(folder, "submit", str(corrected), "--by", "李四", "--reason", "西区误录").returncode == 0
    after = json.loads(indexcalc(folder, "rank", "--json").stdout)["ranking"]
    assert after != before
    assert json.loads(indexcalc(folder, "rank", "--as-of", first[0]["at"], "--json").stdout)["ranking"] == before
    assert indexcalc(folder, "verify", "reports/2022Q1").returncode == 0, "made again as of its own moment"
    explained = indexcalc(folder, "explain", "西区", "--node", "cases")
    assert "立案数 911 cases (cases)  ← ledger.sqlite#2/2022Q1.csv:3:3" in explained.stdout
    shown = indexcalc(folder, "ledger", "show", "2")
    assert re.search(r"\n\n西区  立案数  111 →  911  2022Q1.csv:3:3\n", shown.stdout)
    assert "西区误录" in indexcalc(folder, "ledger", "log").stdout
    late = indexcalc(folder, "ledger", "status", "--period", "2022Q1", "--period", "2022Q2").stdout
    assert re.search(r"市公安局 +\d\d-\d\d v2 \d+ days late +not yet, \d+ days overdue", late)
    assert indexcalc(folder, "ledger", "status", "--period", "2022Q2", "--as-of", "2022-07-10").stdout.endswith("not yet\n")


def test_a_dry_run_says_what_would_be_recorded_and_writes_nothing(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    file = report(folder, 1)

    def rehearsed(*arguments: str) -> tuple[int, str, str]:
        before = {path: path.read_bytes() for path in folder.iterdir()}
        done = indexcalc(folder, "submit", file.name, "--dry-run", *arguments)
        assert before == {path: path.read_bytes() for path in folder.iterdir()}
        return done.returncode, done.stdout, done.stderr

    said = "#1 市公安局 2022Q1 v1: 6 values would be recorded; nothing is written\n"
    assert rehearsed("--by", "张三")[:2] == (0, said)
    assert "IC674" in rehearsed()[2], "checked like a submission"
    expected = json.loads(rehearsed("--by", "张三", "--json")[1])
    recorded = json.loads(indexcalc(folder, "submit", file.name, "--by", "张三", "--json").stdout)
    assert expected == [{**recorded[0], "at": None, "hash": None, "receipt": None}]
    code, out, err = rehearsed("--by", "李四")
    assert (code, recorded[0]["receipt"] in out, "IC656" in err) == (0, True, True)
    report(folder, 1, 100)
    assert [rehearsed("--by", "李四")[0], "IC655" in rehearsed("--by", "李四")[2]] == [1, True]
    assert rehearsed("--by", "李四", "--reason", "误录")[1].startswith("#2 市公安局 2022Q1 v2: 6 values would be")


def test_departments_reports_from_python(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    project = Project(folder / "indicators.yaml", folder, folder / "reports")
    made = template(project, "市公安局", "2022Q1", folder / "t.xlsx")
    assert (made.units, made.columns, (folder / "t.xlsx").exists()) == (3, 2, True)
    for quarter in (1, 2):
        submitted = submit(project, report(folder, quarter), by="张三")
        assert submitted.frame()[["number", "department", "period", "by"]].values.tolist() == [
            [quarter, "市公安局", f"2022Q{quarter}", "张三"]
        ]
    assert jobs.verify(project, receipts=[submitted.entries[0].receipt]).submissions == 2
    assert jobs.log(project, period="2022Q2").frame()["receipt"].tolist() == [submitted.entries[0].receipt]
    cells = jobs.show(project, 1).frame()
    assert cells[["unit", "name", "column", "value"]].values.tolist()[0] == ["01", "东区", "cases", 11]
    states = jobs.status(project).frame()
    assert states[["department", "period", "version"]].values.tolist() == [["市公安局", "2022Q1", 1], ["市公安局", "2022Q2", 1]]
    asked = audit(project)
    assert (asked.values, asked.columns, len(asked.frame())) == (12, 2, len(asked.questions))
    for result in (made, submitted, jobs.log(project), jobs.show(project, 1), jobs.status(project), asked):
        assert "<table" in result._repr_html_()
    with pytest.raises(Refused) as refused:
        submit(project, report(folder, 2, 7), by="张三")
    assert codes(refused.value.findings)[-1:] == ["IC655"]


def refused_codes(project: Project, file: Path, **said: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        submit(project, file, by="张三", **said)
    return [one.code for one in refused.value.findings if one.severity == "error"]


def test_a_period_that_has_not_begun_is_recorded_only_when_it_is_meant(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    project = Project(folder / "indicators.yaml", folder, folder / "reports")
    file = report(folder, 1)
    file.write_text(file.read_text(encoding="utf-8").replace("2022Q1", "2222Q1"), encoding="utf-8")
    assert refused_codes(project, file) == ["IC695"]
    assert not (folder / "ledger.sqlite").exists()
    done = indexcalc(folder, "submit", str(file), "--by", "张三", "--yes")
    assert (done.returncode, "2222Q1" in done.stdout) == (0, True)


def test_a_correction_takes_no_report_away_unless_it_is_meant(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    project = Project(folder / "indicators.yaml", folder, folder / "reports")
    submit(project, report(folder, 1), by="张三")

    def rows(*cells: str) -> Path:
        file = folder / "again.csv"
        file.write_text("区,期次,立案数,破案数\n" + "\n".join(cells) + "\n", encoding="utf-8")
        return file

    blank = rows("东区,2022Q1,,", "西区,2022Q1,,", "南区,2022Q1,,")
    assert refused_codes(project, blank, reason="r") == ["IC675"]
    beside = rows("东区,2022Q1,,", "西区,2022Q1,,", "南区,2022Q1,,", "东区,2022Q2,1,2", "西区,2022Q2,3,4", "南区,2022Q2,5,6")
    assert refused_codes(project, beside, reason="r") == ["IC675"], "one blank period of two"
    emptied = ("东区,2022Q1,1,", "西区,2022Q1,2,", "南区,2022Q1,3,")
    assert refused_codes(project, rows(*emptied), reason="r") == ["IC696"]
    assert jobs.verify(project).submissions == 1
    said = indexcalc(
        folder, "submit", str(rows("东区,2022Q1,1,2", "西区,2022Q1,,4", "南区,2022Q1,5,6")), "--by", "b", "--reason", "r"
    )
    assert (said.returncode, "IC697" in said.stderr, "leaves out 1 value" in said.stderr) == (0, True, True)
    with pytest.warns(UserWarning, match="IC697"):
        assert submit(project, rows(*emptied), by="b", reason="r", yes=True).entries[0].version == 3
    filled = rows("东区,2022Q1,1,不适用", "西区,2022Q1,2,不适用", "南区,2022Q1,3,7")
    assert submit(project, filled, by="b", reason="r").entries[0].version == 4


def test_a_flag_stays_a_note_of_its_cell_and_an_id_in_full_width_is_found_again(tmp_path: Path) -> None:
    folder = small_project(tmp_path / "p")
    tree = (folder / "indicators.yaml").read_text(encoding="utf-8")
    (folder / "indicators.yaml").write_text(
        tree.replace("{ledger: ledger.sqlite}", "{ledger: ledger.sqlite, flags: [e]}"), encoding="utf-8"
    )
    (folder / "units.csv").write_text("id,name\nＡ０１,东区\n02,西区\n03,南区\n", encoding="utf-8")
    file = report(folder, 1)
    file.write_text(file.read_text(encoding="utf-8").replace("东区,2022Q1,11,", "A01,2022Q1,11 e,"), encoding="utf-8")
    project = Project(folder / "indicators.yaml", folder, folder / "reports")
    (entry,) = submit(project, file, by="张三").entries
    noted = [cell for cell in read_cells(entry.cells) if cell.note]
    assert [(cell.unit, cell.column, cell.value, cell.note) for cell in noted] == [("Ａ０１", "cases", 11.0, "e")]
    assert verify("ledger.sqlite", folder)[0] == 1
    scores = project.scores()
    assert scores.panel.units.ids[0] == "Ａ０１"
    assert scores.panel.values[0, 0, 0] == 11.0
    assert [place.note for place in scores.panel.places(0, 0, 0)] == ["e"]
    assert read_cells(written(read_cells(entry.cells))) == read_cells(entry.cells)
    assert read_cells('["01","cases",1.0,2,3]') == [Reported("01", "cases", 1.0, True, 2, 3)], "as they were before"


def commands(folder: str, start: int, at: int, said: str) -> None:
    """Run whole commands one after the other, each acknowledgement written to a file, until the process ends at a moment."""
    import contextlib
    import io

    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    os.chdir(folder)
    inbox = Path(folder) / "inbox"
    inbox.mkdir()
    Moments(Path(folder), at).watch()
    for number in range(start, start + 50):
        path = report(inbox, 1 + number % 4, number)
        with contextlib.redirect_stderr(io.StringIO()):
            result = CliRunner().invoke(app, ["submit", str(path), "--by", "b", "--reason", "r", "--json"])
        if result.exit_code == 0:
            with Path(said).open("a", encoding="utf-8") as file:
                file.write("".join(f"{one['receipt']}\n" for one in json.loads(result.stdout)))
        if number % 3 == 0:
            CliRunner().invoke(app, ["score", "--quiet"])


@pytest.mark.slow
def test_whole_commands_killed(tmp_path: Path) -> None:
    folder, said, rng = small_project(tmp_path / "p"), tmp_path / "said", random.Random(5)
    for at in range(count(5, 80)):
        killed(commands, str(folder), at * 50, rng.randrange(20, 250), str(said))
        shutil.rmtree(folder / "inbox")
    receipts = acknowledged(said)
    number, _, found = verify(FILE, folder, receipts=receipts)
    assert [one.code for one in found if one.severity == "error"] == []
    assert number >= len(receipts) > 0
    assert indexcalc(folder, "score").returncode == 0
    for report_folder in (folder / "reports").glob("2022Q*"):
        run = json.loads((report_folder / "run.json").read_text(encoding="utf-8"))
        assert {one.name for one in report_folder.iterdir()} == {*run["outputs"], "run.json"}, "a report is whole or not there"


def test_the_command_line_on_postgresql(server: Server, tmp_path: Path) -> None:
    folder, where = small_project(tmp_path / "p"), server.new_database()
    tree = (folder / "indicators.yaml").read_text(encoding="utf-8")
    (folder / "indicators.yaml").write_text(tree.replace("ledger: ledger.sqlite", f"ledger: '{where}'"), encoding="utf-8")
    assert indexcalc(folder, "submit", str(report(folder, 1)), "--by", "张三").returncode == 0
    assert indexcalc(folder, "score").returncode == 0
    assert indexcalc(folder, "verify", "reports/2022Q1").returncode == 0
    said = indexcalc(folder, "ledger", "verify")
    assert "1 submission, none changed" in said.stdout
    assert not (folder / "ledger.sqlite").exists()


def test_both_databases_hold_the_same_rows(server: Server, tmp_path: Path) -> None:
    """All but the moment and what follows from it."""

    def rows(where: str) -> list[Entry]:
        append(where, tmp_path, [draft(), draft("市教育局")])
        append(where, tmp_path, [draft(shift=0.1, reason="更正")])
        return [dataclasses.replace(entry, at="", previous="", hash="") for entry in log(where, tmp_path)]

    assert rows(FILE) == rows(server.new_database())
