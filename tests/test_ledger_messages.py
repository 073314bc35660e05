"""Every finding of submissions, the ledger and the audit, word for word as an analyst is told it.

A scenario is what happens before (`given`), what is typed, and what is said. The tree is that of `tests/test_ledger.py`.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.journal.entries import Draft, Reported, read_cells, written
from indexcalc.journal.ledger import append, newest
from indexcalc.words.findings import MESSAGES

from .test_ledger import report, small_project, tamper

Given = Callable[[Path], object]
SUBMIT = ["submit", "2022Q1.csv", "--by", "张三"]


@dataclass(frozen=True)
class Scenario:
    given: list[Given]
    typed: list[str]
    said: str
    said_zh: str = ""


def told(folder: Path, typed: list[str], language: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, [*typed, "--lang", language])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.stderr


def files(*quarters: int) -> Given:
    return lambda folder: [report(folder, quarter) for quarter in quarters]


def submitted(*quarters: int, department: str = "市公安局") -> Given:
    def submit(folder: Path) -> None:
        for quarter in quarters:
            cells = [
                Reported(f"0{at}", name, 50.0 * at + quarter, True, at + 1, 3) for at in (1, 2, 3) for name in ("cases", "solved")
            ]
            draft = Draft("small", department, f"2022Q{quarter}", "李四", "", "q.csv", "", "cd" * 32, "", written(cells))
            append("ledger.sqlite", folder, [draft])

    return submit


def text(name: str, content: str) -> Given:
    return lambda folder: (folder / name).write_text(content, encoding="utf-8")


def edited(name: str, old: str, new: str) -> Given:
    def edit(folder: Path) -> None:
        before = (folder / name).read_text(encoding="utf-8")
        assert old in before
        (folder / name).write_text(before.replace(old, new), encoding="utf-8")

    return edit


def changed(*statements: str) -> Given:
    return lambda folder: tamper("ledger.sqlite", folder, *statements)


def slack_changed(folder: Path) -> None:
    """A byte between two rows, where no value stands."""
    content = bytearray((folder / "ledger.sqlite").read_bytes())
    at = content.index(bytes(200), 4096) + 100
    content[at] = 7
    (folder / "ledger.sqlite").write_bytes(content)


def unsealed(folder: Path) -> None:
    """As a kill leaves it that comes after the submission was recorded."""
    from indexcalc.journal.database import OPEN

    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection, connection:
        connection.execute(f"PRAGMA user_version = {OPEN}")
    connection.close()


def damaged_text(folder: Path) -> None:
    """The first digit of a value becomes what is no UTF-8."""
    content = (folder / "ledger.sqlite").read_bytes()
    (folder / "ledger.sqlite").write_bytes(content.replace(b'["01","cases",52', b'["01","cases",\xff2'))


def read_only(folder: Path) -> None:
    (folder / "ledger.sqlite").mkdir()


def more_departments(folder: Path) -> None:
    edited(
        "indicators.yaml", "name: 破案数, measure: 件, department: 市公安局", "name: 破案数, measure: 件, department: 市检察院"
    )(folder)


def wide(*rows: list[object], header: str = "区,期次,立案数,破案数") -> Given:
    body = "\n".join(",".join(map(str, row)) for row in rows)
    return text("2022Q1.csv", f"{header}\n{body}\n")


def long_history(folder: Path) -> None:
    """Five quarters of usual movement."""
    for at in range(5):
        period = f"{2022 + at // 4}Q{at % 4 + 1}"
        values = {"01": 110, "02": 130, "03": 150}
        cells = [
            Reported(unit, name, (value if name == "cases" else value / 3 // 1) + (at * 7 + int(unit)) % 5, True, 2, 3)
            for unit, value in values.items()
            for name in ("cases", "solved")
        ]
        append("ledger.sqlite", folder, [Draft("small", "市公安局", period, "b", "", "f.csv", "", "", "", written(cells))])


SCENARIOS = {
    "no ledger": Scenario(
        [],
        ["ledger", "log"],
        "ledger.sqlite: IC651 there is no ledger 'ledger.sqlite'\n"
        "    hint: the first `indexcalc submit` makes it; or correct the path\n1 error, 0 warnings\n",
        "ledger.sqlite: IC651 没有台账“ledger.sqlite”\n"
        "    建议：请检查路径；第一次 `indexcalc submit` 会建立台账\n1 个错误，0 个提醒\n",
    ),
    "no ledger to score from": Scenario([], ["score"], "indicators.yaml:5:18: IC651 there is no ledger 'ledger.sqlite'\n"),
    "text instead of a ledger": Scenario(
        [text("ledger.sqlite", "区,期次\n" * 100)],
        ["ledger", "verify"],
        "ledger.sqlite: IC652 this is no ledger, or a damaged one: header\n"
        "    hint: put back the last copy that `indexcalc ledger verify` accepts\n",
        "ledger.sqlite: IC652 这不是台账，或已损坏：header\n",
    ),
    "a server that is not there": Scenario(
        [],
        ["ledger", "log", "--ledger", "postgresql://clerk:secret@127.0.0.1:1/x"],
        "postgresql://clerk:***@127.0.0.1:1/x: IC653 the ledger cannot be reached: ",
    ),
    "a folder where the ledger should be": Scenario(
        [files(1), read_only],
        SUBMIT,
        "ledger.sqlite: IC654 nothing was recorded: unable to open database file\n    hint: mend this, then submit the same file again\n",
        "ledger.sqlite: IC654 没有登记任何内容：unable to open database file\n    建议：请在解决后重新报送同一文件\n",
    ),
    "a correction without a reason": Scenario(
        [files(1), submitted(1)],
        SUBMIT,
        "2022Q1.csv: IC655 市公安局 has reported 2022Q1 before, in submission #1; a correction needs a reason\n"
        '    hint: add --reason "…"\n1 error, 0 warnings – nothing was written\n',
        "2022Q1.csv: IC655 市公安局已报送过 2022年第一季度（#1），更正须说明原因\n    建议：请加上 --reason “……”\n",
    ),
    "a period that has not begun": Scenario(
        [wide(["东区", "2222Q1", 1, 2], ["西区", "2222Q1", 3, 4], ["南区", "2222Q1", 5, 6])],
        SUBMIT,
        "2022Q1.csv: IC695 2222Q1 has not begun yet\n    hint: see that the period is right; add --yes if it is\n",
        "2022Q1.csv: IC695 2222年第一季度尚未开始\n    建议：请核对期次；确认无误请加 --yes\n",
    ),
    "a correction without any value of a column": Scenario(
        [submitted(1), wide(["东区", "2022Q1", 1, ""], ["西区", "2022Q1", 3, ""], ["南区", "2022Q1", 5, ""])],
        [*SUBMIT, "--reason", "r"],
        "2022Q1.csv: IC696 this correction of 市公安局 2022Q1 would take away all values of 破案数 that submission #1 has\n"
        "    hint: hand in a file with all values; add --yes if they are to go\n",
        "2022Q1.csv: IC696 此次更正将清空市公安局 2022年第一季度（#1）已报送的破案数的全部数值\n",
    ),
    "a correction without one value": Scenario(
        [submitted(1), wide(["东区", "2022Q1", 51, 51], ["西区", "2022Q1", 101, ""], ["南区", "2022Q1", 151, 151])],
        [*SUBMIT, "--reason", "r"],
        "2022Q1.csv: IC697 this correction of 市公安局 2022Q1 leaves out 1 value that submission #1 has, such as 02 破案数 (warning)\n",
        "2022Q1.csv: IC697 此次更正缺少市公安局 2022年第一季度（#1）已报送的 1 个数值，如 02 破案数（提醒）\n",
    ),
    "the same again": Scenario(
        [files(1), lambda folder: CliRunner().invoke(app, [*SUBMIT, "--index", str(folder)])],
        SUBMIT,
        "2022Q1.csv: IC656 市公安局 2022Q1 is in the ledger with these very values, as submission #1; nothing was added (note)\n",
    ),
    "a department misspelt": Scenario(
        [],
        ["template", "--department", "市公安", "--period", "2022Q1"],
        "IC657 no indicator is reported by '市公安'; departments are 市公安局\n    hint: did you mean '市公安局'?\n",
        "IC657 没有由“市公安”报送的指标；现有部门：市公安局\n    建议：是否应为“市公安局”？\n",
    ),
    "a department misspelt in the file": Scenario(
        [wide(["东区", "2022Q1", "公安局", 1, 2], header="区,期次,部门,立案数,破案数")],
        SUBMIT,
        "2022Q1.csv:2:3: IC657 no indicator is reported by '公安局'; departments are 市公安局\n    hint: did you mean '市公安局'?\n",
    ),
    "columns of two departments": Scenario(
        [files(1), more_departments],
        SUBMIT,
        "2022Q1.csv:1:1: IC658 it cannot be told which department reports here: 市公安局, 市检察院\n    hint: name it: --department …\n",
    ),
    "a unit that is gone": Scenario(
        [submitted(1), text("units.csv", "id,name\n01,东区\n02,西区\n")],
        ["check"],
        "ledger.sqlite#1/q.csv: IC659 submission #1 reports for '03', which is not among the units; 2 values are left out (warning)\n"
        "    hint: add it to the units table if it should be scored\n",
    ),
    "a department that is silent": Scenario(
        [
            submitted(1),
            more_departments,
            edited("indicators.yaml", "破案数, measure", "破案数, column: new, measure"),
            edited("indicators.yaml", "id: solved", "id: solved2"),
        ],
        ["check"],
        "indicators.yaml:5:18: IC660 市检察院 has submitted nothing: 1 column is without values (warning)\n",
    ),
    "no moment": Scenario(
        [submitted(1)],
        ["rank", "--as-of", "昨天"],
        "IC662 '昨天' is no moment\n    hint: write it like 2022-10-15, 2022-10-15T18:00 or 2022-10-15T10:00:00Z\n",
    ),
    "before the first submission": Scenario(
        [submitted(1)],
        ["rank", "--as-of", "2020-01-01T00:00Z"],
        "indicators.yaml:5:18: IC663 the ledger has no submission of this index up to 2020-01-01T00:00:00.000000Z\n",
    ),
    "a number too high": Scenario(
        [submitted(1, 2)],
        ["ledger", "show", "7"],
        "IC664 there is no submission '7'; the last is #2\n",
        "IC664 没有报送“7”；最近一次是 #2\n",
    ),
    "a receipt of another ledger": Scenario(
        [submitted(1)],
        ["ledger", "verify", "--receipt", "1:0000000000000000"],
        "ledger.sqlite: IC665 receipt 1:0000000000000000 does not fit: what was acknowledged is not in this ledger any more\n",
    ),
    "a value changed": Scenario(
        [submitted(1, 2), changed("UPDATE ledger_submissions SET cells = replace(cells, '51.0', '51.5') WHERE number = 1")],
        ["ledger", "verify"],
        "ledger.sqlite: IC666 submission #1 (市公安局 2022Q1, version 1) is not what was recorded\n1 error, 0 warnings\n",
        "ledger.sqlite: IC666 #1（市公安局 2022年第一季度第 1 版）与登记时不一致\n1 个错误，0 个提醒\n",
    ),
    "a submission removed": Scenario(
        [submitted(1, 2, 3), changed("DELETE FROM ledger_submissions WHERE number = 2")],
        ["ledger", "verify"],
        "ledger.sqlite: IC667 submission #3 (市公安局 2022Q3, version 1) does not follow the one before it\n",
    ),
    "the last submission removed": Scenario(
        [submitted(1, 2), changed("DELETE FROM ledger_submissions WHERE number = 2")],
        ["ledger", "verify"],
        "ledger.sqlite: IC668 the ledger ends with submission #1, but #2 was recorded\n",
    ),
    "a byte between the rows": Scenario(
        [submitted(1), slack_changed],
        ["ledger", "verify"],
        "ledger.sqlite: IC669 bytes outside of all submissions were changed: 1, the first at ",
    ),
    "killed before it was sealed": Scenario(
        [submitted(1), unsealed],
        ["ledger", "verify"],
        "ledger.sqlite: IC670 only the submissions are judged, not the bytes between them, until the next submission closes the file (note)\n",
    ),
    "a row that is no text": Scenario(
        [submitted(1, 2), damaged_text],
        ["ledger", "verify"],
        "ledger.sqlite: IC671 submission #2 cannot be read: Could not decode to UTF-8 column 'cells' with text '",
    ),
    "a unit without a row": Scenario(
        [wide(["东区", "2022Q1", 11, 12], ["西区", "2022Q1", 13, ""])],
        SUBMIT,
        "2022Q1.csv:1: IC672 no row for 1 unit in 2022Q1: 南区 (warning)\n"
        "    hint: add a row with empty cells if there is nothing to report\n"
        "2022Q1.csv:3:4: IC673 cells without a value in 2022Q1: 1, as 3:4 (note)\n",
        "2022Q1.csv:1: IC672 2022年第一季度缺少 1 个区的行：南区（提醒）\n"
        "    建议：请保留该行；没有数据的留空\n"
        "2022Q1.csv:3:4: IC673 2022年第一季度有 1 个空单元格，如 3:4（说明）\n",
    ),
    "nobody submits": Scenario(
        [files(1)], ["submit", "2022Q1.csv"], "IC674 who submits is not said\n    hint: name the person: --by …\n"
    ),
    "nothing to submit": Scenario(
        [wide(header="区,期次,立案数,破案数")], SUBMIT, "2022Q1.csv: IC675 there is no value to submit for 市公安局\n"
    ),
    "a form that nobody filled in": Scenario(
        [wide(["东区", "2022Q1", "", ""], ["西区", "2022Q1", "", ""], ["南区", "2022Q1", "", ""])],
        SUBMIT,
        "2022Q1.csv: IC675 there is no value to submit for 市公安局\n2022Q1.csv:2:3: IC673 cells without a value in 2022Q1: 6, as ",
    ),
    "a path and a ledger": Scenario(
        [edited("indicators.yaml", "{ledger: ledger.sqlite}", "{path: q.csv, ledger: ledger.sqlite, sheet: 表}")],
        ["check"],
        "indicators.yaml:5:19: IC676 source 'official' is a ledger, and `path` means nothing there\n    hint: remove it\n"
        "indicators.yaml:5:55: IC676 source 'official' is a ledger, and `sheet` means nothing there\n    hint: remove it\n",
    ),
    "another period than asked": Scenario(
        [wide(["东区", "2022Q1", 1, 2], header="区,季度,立案数,破案数")],
        [*SUBMIT, "--period", "2022Q2"],
        "2022Q1.csv:1:1: IC677 the rows are of 2022Q1, not of 2022Q2\n    hint: leave --period out, or take the file of 2022Q2\n",
    ),
    "a jump": Scenario(
        [
            text("2022Q1.csv", "区,期次,立案数,破案数\n东区,2023Q2,9000,21\n西区,2023Q2,131,41\n南区,2023Q2,151,52\n"),
            long_history,
        ],
        SUBMIT,
        "2022Q1.csv:2:3: IC680 立案数 of 东区 is 9000; before it was about ",
        "2022Q1.csv:2:3: IC680 东区的立案数为 9000，较以往水平（",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_department_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = SCENARIOS[name]
    for language, said in (("en", scenario.said), ("zh", scenario.said_zh)):
        folder = small_project(tmp_path / language)
        monkeypatch.chdir(folder)
        for given in scenario.given:
            given(folder)
        heard = told(folder, scenario.typed, language, monkeypatch)
        assert said in heard, heard
        assert "Traceback" not in heard


# ---------------------------------------------------------------------------------- what only a larger table can show

UNITS, PERIODS, COLUMNS = 12, 6, 4
BIG = """
index: {id: big, name: 大指数}
units: {label: 村, table: units.csv}
periods: {kind: year}
data: {values: {path: values.csv}}
defaults: {weights: equal}
dimensions:
  - id: all
    indicators:
      - {id: a, name: 甲, department: 局}
      - {id: b, name: 乙, department: 局, valid: [0, 99999]}
      - {id: c, name: 丙, department: 局}
      - {id: d, name: 丁, department: 局}
"""


def big_project(folder: Path, plant: Callable[[np.ndarray], None]) -> Path:
    rng = np.random.default_rng(5)
    values = rng.poisson(rng.uniform(800, 4000, (1, UNITS, COLUMNS)) * rng.normal(1, 0.05, (PERIODS, UNITS, COLUMNS))).astype(
        float
    )
    plant(values)
    names = [f"村{at + 1}" for at in range(UNITS)]
    rows = [
        f"{names[unit]},{2015 + period}," + ",".join(f"{value:.10g}" for value in values[period, unit])
        for period in range(PERIODS)
        for unit in range(UNITS)
    ]
    folder.mkdir()
    (folder / "indicators.yaml").write_text(BIG, encoding="utf-8")
    (folder / "units.csv").write_text(
        "id,name\n" + "\n".join(f"{at},{name}" for at, name in enumerate(names)) + "\n", encoding="utf-8"
    )
    (folder / "values.csv").write_text("村,年份,甲,乙,丙,丁\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def other_measure(values: np.ndarray) -> None:
    values[-1, :, 0] *= 10_000


def again(values: np.ndarray) -> None:
    values[-1, :, 2] = values[-2, :, 2]


def twice(values: np.ndarray) -> None:
    values[-1, :, 3] = values[-1, :, 2]


def row_again(values: np.ndarray) -> None:
    values[-1, 3] = values[-2, 3]


def rows_alike(values: np.ndarray) -> None:
    values[:, 7] = values[:, 2] * np.linspace(0.97, 1.03, PERIODS)[:, None] // 1
    values[-1, 7] = values[-1, 2]


def all_round(values: np.ndarray) -> None:
    values[..., 1] = np.round(values[..., 1] / 10) * 10


def odd_digits(values: np.ndarray) -> None:
    digits = np.random.default_rng(1).choice([3, 3, 3, 7, 7, 1, 9], (PERIODS, UNITS))
    values[..., 0] = values[..., 0] // 10 * 10 + digits


PLANTED = {
    "factor": (other_measure, "values.csv:62:3: IC681 甲 is about 10000 times what it was before, in nearly all units (warning)"),
    "column": (
        again,
        "values.csv:62:5: IC682 丙 repeats 2019 in 12 of 12 units (warning)\n    hint: was last period's column copied?",
    ),
    "columns": (twice, "values.csv:62:5: IC683 丙 and 丁 are the same in 12 of 12 units (warning)"),
    "row": (
        row_again,
        "values.csv:65:3: IC684 村4 repeats 2019 in 4 of 4 columns (warning)\n    hint: was last period's row copied?",
    ),
    "rows": (rows_alike, "values.csv:69:3: IC685 村8 and 村3 have the same values in all 4 columns (warning)"),
    "round": (all_round, "values.csv:2:4: IC686 乙: 69 of 69 values end in 0 (warning)\n    hint: are these estimates?"),
    "digits": (odd_digits, "values.csv:2:3: IC687 甲: the last digits of 71 values are not spread as counted ones are (chi² "),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_an_audit_tells(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, said = PLANTED[name]
    folder = big_project(tmp_path / "p", plant)
    heard = told(folder, ["audit"], "en", monkeypatch)
    assert said in heard, heard
    assert MESSAGES[re.findall("IC6..", said)[0]].text["zh"].partition("{")[0] in told(folder, ["audit"], "zh", monkeypatch)


def test_a_total_and_too_short_a_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_project(tmp_path / "p")
    wide(["东区", "2022Q1", 110, 11], ["西区", "2022Q1", 230, 12], ["南区", "2022Q1", 350, 13], ["合计", "2022Q1", 790, 36])(
        folder
    )
    heard = told(folder, SUBMIT, "en", monkeypatch)
    assert "2022Q1.csv:5:3: IC688 the total of 立案数 is given as 790, but the rows add up to 690 (warning)\n" in heard
    assert "破案数" not in heard, "its total is right"
    assert "IC690 jumps are not judged: there are 0 earlier periods, and 4 are needed (note)\n" in heard


def test_what_cannot_be_read_is_no_gap_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_project(tmp_path / "p")
    wide(["东区", "2022Q1", "690起", 11], ["西区", "2022Q1", "1 200", ""], ["南区", "2022Q1", 350, "7 200"])(folder)
    heard = told(folder, SUBMIT, "en", monkeypatch)
    assert [line[:22] for line in heard.splitlines() if "IC" in line] == [
        "2022Q1.csv:2:3: IC362 ", "2022Q1.csv:3:3: IC903 ", "2022Q1.csv:3:4: IC673 ", "2022Q1.csv:4:4: IC903 "
    ]  # fmt: skip
    assert "cells without a value in 2022Q1: 1, as 3:4" in heard


def test_what_is_submitted_is_read_as_the_sources_spell_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_project(tmp_path / "p")
    edited("indicators.yaml", "ledger: ledger.sqlite", "ledger: ledger.sqlite, thousands: ' ', flags: [p]")(folder)
    wide(["东区", "2022Q1", "1 690 p", 11], ["西区", "2022Q1", "2 200", 12], ["南区", "2022Q1", 350, "7p"])(folder)
    assert "error" not in told(folder, SUBMIT, "en", monkeypatch)
    entries, _ = newest("ledger.sqlite", folder, "small")
    values = [cell.value for cell in read_cells(entries[0].cells) if cell.column == "cases"]
    assert values == [1690, 2200, 350]


def test_the_libraries_are_asked_for_only_where_they_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small_project(tmp_path / "p")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "IC651" in told(folder, ["ledger", "log"], "en", monkeypatch), "a file needs nothing more"
    heard = told(folder, ["ledger", "log", "--ledger", "postgresql://db/x"], "en", monkeypatch)
    assert "IC650 psycopg is not installed, and the ledger needs it\n" in heard
    assert 'hint: install it: pip install "indexcalc[postgres]"\n' in heard


def test_every_code_is_told_here() -> None:
    """IC689 is left to tests/test_audit.py: where `valid:` is declared, the same is an error of reading the data.

    IC691 is told in tests/test_shown.py, IC692 in tests/test_weights_commands.py, IC694 in tests/test_ledger.py,
    IC698 and IC699 in tests/test_register.py.
    """
    source = Path(__file__).read_text(encoding="utf-8")
    assert {code for code in MESSAGES if "IC650" <= code < "IC700"} - set(re.findall("IC6[0-9]{2}", source)) == set()
