"""Killed at any write, flush or rename, every command that writes leaves what was there whole, or what it makes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import openpyxl
import pytest

import indexcalc
from indexcalc.findings import Refused
from indexcalc.journal.chain import verify
from indexcalc.journal.run import digest

from .conftest import PROVE, count
from .kills import command
from .test_publish import is_whole

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")]

TREE = """\
index: {id: demo, name: 示例指数, decimals: 2}
units: {label: 区, table: units.csv}
periods: {kind: year, due: 15}
data: {yearly: {path: values.csv}}
dimensions:
  - id: safety
    weight: 0.6
    indicators:
      - {id: cases, name: 案件数, direction: lower, weight: 0.50, department: 市公安局}
      - {id: clinics, name: 诊所数, weight: 0.50, department: 市卫健委}
  - {id: calls, weight: 0.4, name: 求助数, department: 市公安局}
"""
VALUES = "区,年份,案件数,诊所数,求助数\n东区,2022,10,5,7\n西区,2022,20,7,9\n南区,2022,15,2,4\n北区,2022,12,9,5\n"
State = dict[str, object]


def lay_out(folder: Path) -> None:
    folder.mkdir()
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8", newline="\n")
    (folder / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n04,北区\n", encoding="utf-8")
    (folder / "values.csv").write_text(VALUES, encoding="utf-8")


def rewrite(name: str, old: str, new: str) -> Callable[[Path], object]:
    """Return what changes a text of a project."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    return change


def weigh_in_a_workbook(folder: Path) -> None:
    workbook = openpyxl.load_workbook(folder / "w.xlsx")
    for row in workbook.worksheets[0].iter_rows():
        for cell in row:
            if cell.value in ("cases", "clinics"):
                workbook.worksheets[0].cell(cell.row, 3).value = 0.7 if cell.value == "cases" else 0.3
    workbook.save(folder / "w.xlsx")


def from_a_ledger(folder: Path) -> None:
    rewrite("indicators.yaml", "{path: values.csv}", "{ledger: ledger.sqlite}")(folder)
    rewrite("indicators.yaml", "市卫健委", "市公安局")(folder)


def more_periods(folder: Path) -> None:
    with (folder / "values.csv").open("a", encoding="utf-8") as file:
        file.write(
            "".join(f"{unit}区,{year},{year - 2000},{at},3\n" for year in (2020, 2021) for at, unit in enumerate("东西南北"))
        )


@dataclass
class Case:
    """A command, what is done before it, and whether doing it again comes to the same."""

    words: list[str]
    before: list[list[str] | Callable[[Path], object]] = field(default_factory=list)
    again: bool = True
    exchange: bool = True


OTHER = rewrite("indicators.yaml", "decimals: 2", "decimals: 3")
CASES = {
    "score": Case(["score"]),
    "score every period": Case(
        ["score", "--period", "all", "--format", "xlsx,md"],
        [more_periods, ["score", "--period", "all", "--format", "xlsx,md"], OTHER],
    ),
    "score over a report": Case(["score"], [["score"], OTHER]),
    "score where names are not exchanged": Case(
        ["score", "--format", "xlsx,md"], [["score", "--format", "xlsx,md"], OTHER], exchange=False
    ),
    "score in blocks": Case(["score", "--blocks"], [["score", "--blocks"], OTHER]),
    "watch": Case(["watch", "--once"], [["score"], OTHER]),
    "publish": Case(["publish", "--by", "张三"]),
    "publish anew": Case(
        ["publish", "--by", "张三", "--why", "更正"], [["publish", "--by", "张三"], rewrite("values.csv", "20,7,9", "21,7,9")]
    ),
    "answer": Case(["uncertainty", "--draws", "50", "--weights", "dirichlet", "--out", "answer"]),
    "submit": Case(["submit", "values.csv", "--by", "张三"], [from_a_ledger]),
    "correct": Case(
        ["submit", "values.csv", "--by", "张三", "--reason", "更正"],
        [from_a_ledger, ["submit", "values.csv", "--by", "张三"], rewrite("values.csv", "20,7,9", "21,7,9")],
    ),
    "template": Case(["template", "--department", "市公安局", "--period", "2022", "--out", "form.xlsx"]),
    "weights set": Case(["weights", "set", "cases", "0.6", "--rescale"], again=False),
    "weights suggest": Case(["weights", "suggest", "safety", "--method", "rank-sum", "--write"], again=False),
    "weights export": Case(["weights", "export", "w.xlsx"], again=False),
    "weights import": Case(["weights", "import", "w.xlsx"], [["weights", "export", "w.xlsx"], weigh_in_a_workbook], again=False),
    "weights ahp template": Case(["weights", "ahp", "template", "safety", "judged.xlsx"], again=False),
    "init": Case(["init", "new"], again=False),
    "init in a folder": Case(["init", "there"], [lambda folder: (folder / "there").mkdir()], again=False),
}


def state(folder: Path) -> State:
    """Return what a reader finds: each report whole as one thing, other files each by itself, moments of time left out."""
    found: State = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or any(part.startswith((".new-", ".old-")) for part in parts) or ".sqlite" in path.name:
            continue
        content: object = path.read_bytes()
        if path.suffix not in (".xlsx", ".parquet"):
            content = re.sub(rb"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-][\d:]+)?|\b[0-9a-f]{64}\b", b"~", path.read_bytes())
        report = next((above for above in path.parents if above != folder and (above / "run.json").exists()), None)
        if report is None:
            found["/".join(parts)] = content
        else:
            found.setdefault(report.relative_to(folder).as_posix(), {})[path.name] = content  # type: ignore[index]
    return found


def chosen(moments: list[str], seed: str) -> list[int]:
    """Return some moments by chance, and first of all those about a name that is changed, by which it is all decided."""
    about = {at + step for at, what in enumerate(moments, 1) if what in ("rename", "commit") for step in (0, 1)}
    random, known = Random(seed), sorted(about & set(range(1, len(moments) + 1)))
    first = random.sample(known, min(count(1, 8), len(known)))
    others = [at for at in range(1, len(moments) + 1) if at not in first]
    return sorted(first + random.sample(others, min(count(1, 12), len(others))))


def ready(case: Case, folder: Path) -> None:
    lay_out(folder)
    for step in case.before:
        if callable(step):
            step(folder)
        else:
            command(folder, step)


@pytest.mark.parametrize("name", CASES)
def test_a_kill_leaves_the_old_whole_or_the_new(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    ready(case, tmp_path / "ready")
    before = state(tmp_path / "ready")
    shutil.copytree(tmp_path / "ready", tmp_path / "done")
    moments = command(tmp_path / "done", case.words, exchange=case.exchange)
    assert moments
    assert "rename" in moments or "commit" in moments, "how else is anything replaced whole?"
    after = state(tmp_path / "done")
    kills = chosen(moments, name)
    for at in kills:
        folder = tmp_path / f"killed-{at}"
        shutil.copytree(tmp_path / "ready", folder)
        assert command(folder, case.words, at, exchange=case.exchange) is None, "killed"
        left = state(folder)
        for path in {*before, *after, *left}:
            known = [before.get(path), after.get(path)]
            if not case.exchange and path not in left:  # between two renames the old one stands aside, and is put back
                known.append(None)
                assert is_whole(next((folder / path).parent.glob(".old-*")))
            assert left.get(path) in known, f"{path} is half there after {at} of {len(moments)}: {moments[at - 1]}"
        consistent(folder)
        if (case.again or left == before) and (at == kills[-1] or PROVE):
            assert command(folder, case.words, exchange=case.exchange) is not None
            assert state(folder) == after, f"done again after {at} of {len(moments)}: {moments[at - 1]}"
            consistent(folder)
        shutil.rmtree(folder)


def consistent(folder: Path) -> None:
    """The tree can be read; no weight was changed without its line in the history; what is in a ledger is whole."""
    tree, history, kept = folder / "indicators.yaml", folder / "indicators.changes", folder / "ledger.sqlite"
    weights = re.findall(r"weight: ([\d.]+)", tree.read_text(encoding="utf-8"))
    indexcalc.load(tree)
    if weights != re.findall(r"weight: ([\d.]+)", TREE):
        assert history.read_text(encoding="utf-8").splitlines()[-1].split("\t")[-2] == digest(tree.read_bytes())
    if kept.exists():
        try:
            found = verify(kept.name, folder)[2]
        except Refused as refused:  # killed before there was a ledger in the file
            found = [one for one in refused.findings if one.code not in ("IC651", "IC652")]
        assert [one.code for one in found if one.severity == "error"] == []
