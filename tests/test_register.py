"""Logs in the chain: every changed, removed or late row of a registered period is found and named, wherever the ledger lies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import indexcalc
from indexcalc.findings import Finding, Refused
from indexcalc.jobs import ledger as jobs
from indexcalc.jobs.project import project_of
from indexcalc.journal.logs import Registered, Row, differences, read_rows, written_rows

from .conftest import count
from .projects import laid_out, run, said
from .test_ledger import Server, server

__all__ = ["server"]

pytest.importorskip("ibis", reason="the extra `events` is not installed")
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::UserWarning"
)

TREE = """
index: {{id: t}}
units: {{table: u.csv}}
periods: {{kind: quarter}}
data:
  orders: {{path: {path}, events: {{unit: 区, time: 受理时间{key}}}}}
defaults: {{normalise: points}}
dimensions:
  - {{id: n, weight: 1, events: count}}
"""
UNITS = "id,name\n01,东区\n02,西区\n"
HEAD = "工单号,区,受理时间,内容,办结"


def orders(count: int, seed: int, first: int = 0) -> list[str]:
    rng = random.Random(seed)
    return [
        f"{first + at:06},{rng.choice(['东区', '西区', '北区'])},2023-0{rng.randint(1, 6)}-1{rng.randint(0, 9)} 08:00,"
        f'"噪声，{rng.randint(1, 99)}号",{rng.randint(0, 9)}'
        for at in range(count)
    ]


def project(folder: Path, rows: list[str], more: list[str], *, key: str = ", key: 工单号", path: str = "orders/*.csv") -> Path:
    files = {"orders/a.csv": "\n".join([HEAD, *rows]) + "\n", "orders/b.csv": "\n".join([HEAD, *more]) + "\n"}
    return laid_out(folder, {"indicators.yaml": TREE.format(path=path, key=key), "u.csv": UNITS, **files})


def rewritten(folder: Path, name: str, rows: list[str]) -> None:
    (folder / "orders" / name).write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


def verified(folder: Path, ledger: str | None = None) -> list[Finding]:
    try:
        jobs.verify(project_of(folder), ledger)
    except Refused as refused:
        return [one for one in refused.findings if one.severity == "error"]
    return []


def ledgers(folder: Path, kind: str, request: pytest.FixtureRequest) -> str | None:
    if kind == "sqlite":
        return None
    running: Server = request.getfixturevalue("server")
    return running.new_database()


@pytest.mark.parametrize(("kind", "key"), [("sqlite", ", key: 工单号"), ("sqlite", ""), ("postgres", ", key: 工单号")])
def test_a_changed_removed_or_late_row_is_named(kind: str, key: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    rows, more = orders(200, 1), orders(100, 2, first=1000)
    folder = project(tmp_path, rows, more, key=key)
    where = ledgers(tmp_path, kind, request)
    made = [indexcalc.register(folder, "orders", period, by="张三", ledger=where) for period in ("2023Q1", "2023Q2")]
    assert sum(one.rows for one in made) == 300
    assert verified(folder, where) == []
    rewritten(folder, "b.csv", more[::-1])  # the order of rows is no matter
    assert verified(folder, where) == []
    rewritten(folder, "b.csv", more)

    at = next(at for at, row in enumerate(rows) if ",2023-02" in row)
    changed = [*rows[:at], rows[at][:-1] + "x", *rows[at + 1 :]]
    rewritten(folder, "a.csv", changed)
    (found,) = verified(folder, where)
    assert (found.code, found.place.file, found.place.line) == ("IC698", "orders/a.csv", at + 2)
    assert (found.values["period"], found.values["count"]) == ("2023Q1", 1)
    assert not key or rows[at][:6] in found.message("zh")

    rewritten(folder, "a.csv", rows[:at] + rows[at + 1 :])
    (found,) = verified(folder, where)
    assert (found.code, found.place.file, found.place.line, found.values["period"]) == ("IC699", "orders/a.csv", at + 2, "2023Q1")

    rewritten(folder, "a.csv", rows)
    rewritten(folder, "b.csv", [*more, "009999,东区,2023-05-03 10:00,迟到,0"])
    (found,) = verified(folder, where)
    assert (found.code, found.place.file, found.place.line, found.values["period"]) == ("IC700", "orders/b.csv", 102, "2023Q2")

    rewritten(folder, "b.csv", [*more, "009999,东区,2023-08-03 10:00,以后,0"])  # of a period that is not registered
    assert verified(folder, where) == []


def test_a_row_moved_into_another_period_is_gone_from_one_and_late_in_the_other(tmp_path: Path) -> None:
    rows = orders(50, 3)
    folder = project(tmp_path, rows, [])
    for period in ("2023Q1", "2023Q2"):
        indexcalc.register(folder, "orders", period, by="张三")
    at = next(at for at, row in enumerate(rows) if ",2023-02" in row)
    rewritten(folder, "a.csv", [*rows[:at], rows[at].replace(",2023-02", ",2023-05"), *rows[at + 1 :]])
    assert {(one.code, one.values["period"]) for one in verified(folder)} == {("IC699", "2023Q1"), ("IC700", "2023Q2")}


def test_a_log_is_no_submission(tmp_path: Path) -> None:
    folder = project(tmp_path, orders(20, 4), [])
    assert "IC742" not in said(folder, "check")
    run(folder, "ledger", "register", "orders", "--period", "2023Q1", "--by", "李四")
    before = indexcalc.score(folder / "indicators.yaml").ranking()
    assert before["score"].sum() > 0
    assert "orders" in run(folder, "ledger", "log")
    assert "办结" in run(folder, "ledger", "show", "1")
    assert "orders" not in run(folder, "ledger", "status")
    assert "IC656" in said(folder, "ledger", "register", "orders", "--period", "2023Q1", "--by", "李四")
    rewritten(folder, "a.csv", orders(21, 4))
    assert "IC655" in run(folder, "ledger", "register", "orders", "--period", "2023Q1", "--by", "李四", expect=1)
    run(folder, "ledger", "register", "orders", "--period", "2023Q1", "--by", "李四", "--reason", "补录")
    assert verified(folder) == []


def test_a_log_that_is_not_registered_is_a_note(tmp_path: Path) -> None:
    tree = TREE.format(path="orders/*.csv", key="").replace(
        "data:\n", "data:\n  others: {path: others.csv, events: {unit: 区, time: 受理时间}}\n"
    )
    tree = tree.replace("{id: n, weight: 1, events: count}", "{id: n, weight: 1, events: count, source: orders}")
    folder = project(tmp_path, orders(20, 4), [])
    others = "\n".join([HEAD, *orders(5, 9)]) + "\n"
    laid_out(folder, {"indicators.yaml": tree + "  - {id: m, weight: 0, events: count, source: others}\n", "others.csv": others})
    run(folder, "ledger", "register", "orders", "--period", "2023Q1")
    assert "IC742" in said(folder, "ledger", "verify")


def test_a_log_without_its_columns_or_files_is_told(tmp_path: Path) -> None:
    rows = orders(20, 4)
    folder = project(tmp_path, rows, rows[:2])
    indexcalc.register(folder, "orders", "2023Q1", by="张三")
    (folder / "orders" / "b.csv").unlink()
    head, cut = HEAD.rsplit(",", 1)[0], [row.rsplit(",", 1)[0] for row in rows]
    (folder / "orders" / "a.csv").write_text("\n".join([head, *cut]) + "\n", encoding="utf-8")
    (found,) = verified(folder)
    assert (found.code, found.values["names"]) == ("IC746", ["办结"])
    tree = folder / "indicators.yaml"
    tree.write_text(tree.read_text(encoding="utf-8").replace("orders:", "calls:"), encoding="utf-8")
    assert [one.code for one in verified(folder)] == ["IC745"]


def test_what_is_written_of_rows_is_read_back_and_differences_are_those_made() -> None:
    rng = random.Random(5)
    rows = tuple(Row(rng.randbytes(8), f"{at % 40} 号", f"a.csv:{at}") for at in range(300))
    kept = Registered(("a", "b"), rows)
    assert read_rows(written_rows(kept)) == kept
    assert read_rows(written_rows(Registered(("a",), ()))).rows == ()
    after = list(rows)
    del after[7], after[100]
    after[50] = Row(rng.randbytes(8), after[50].name, "")
    after.append(Row(rng.randbytes(8), "new", ""))
    rng.shuffle(after)
    found = differences(rows, after)
    assert (len(found.changed), len(found.removed), len(found.added)) == (1, 2, 1)
    with pytest.raises(ValueError, match=""):
        read_rows("[]")


@pytest.mark.slow
def test_many_thousand_rows_are_registered_and_held_against_the_log(tmp_path: Path) -> None:
    rows = orders(count(20_000, 90_000), 6)
    folder = project(tmp_path, rows, [])
    made = indexcalc.register(folder, "orders", "2023Q1", by="张三")
    assert made.rows > len(rows) // 3
    assert (folder / "ledger.sqlite").stat().st_size < 40 * made.rows  # bytes a row
    at = next(at for at, row in enumerate(rows) if ",2023-03" in row)
    rewritten(folder, "a.csv", [*rows[:at], rows[at][:-1] + "x", *rows[at + 1 :]])
    (found,) = verified(folder)
    assert (found.code, found.place.line) == ("IC698", at + 2)
