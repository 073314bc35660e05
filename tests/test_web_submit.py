"""Reporting in a browser: who reports for whom, findings at their cells, receipts, and what is thrown at uploads."""

# ruff: noqa: F401 - a fixture is taken from where it is shared
from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")
from starlette.testclient import TestClient

from indexcalc.findings import Refused
from indexcalc.jobs import users as users_of
from indexcalc.jobs.ledger import log, verify
from indexcalc.jobs.project import Project, project_of
from indexcalc.journal.served import read_acts
from indexcalc.web.submit import MOST_UPLOADED

from .served import PASSWORD, client, form_token, log_in, quick_hashes
from .served import TREE as OTHER
from .sources import engines
from .test_fill import TREE

postgres = engines.postgres
ORIGIN = {"origin": "http://testserver"}
SHOWN = ["/submit", "/submit/form", "/submit/workbook", "/submit/receipt", "/submit/ledger"]
POSTED = ["/submit/check", "/submit/form", "/submit/upload"]
WHOLE = {f"c:{row}:{column}": str(10 + 3 * row + column) for row in range(3) for column in range(2)}
ASKED = {"department": "市公安局", "period": "2022Q1"}


def laid_out(folder: Path, where: str = "ledger.sqlite") -> Project:
    (folder / "indicators.yaml").write_text(TREE.replace("WHERE", f'"{where}"'), encoding="utf-8")
    (folder / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n", encoding="utf-8")
    return project_of(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return laid_out(tmp_path)


@pytest.fixture
def users(project: Project) -> Path:
    file = project.file.with_name("users.tsv")
    users_of.add_user(project, file, "读者", "reader", PASSWORD)
    users_of.add_user(project, file, "张三", "department", PASSWORD, department="市公安局")
    users_of.add_user(project, file, "李四", "department", PASSWORD, department="市卫健委")
    users_of.add_user(project, file, "甲", "editor", PASSWORD)
    return file


def token(at: TestClient) -> str:
    return form_token(at.get("/submit").text)


def send(at: TestClient, path: str = "/submit/form", **said: Any) -> Any:
    files = said.pop("files", None)
    return at.post(path, data={"form_token": token(at), **ASKED, **said}, headers=ORIGIN, files=files)


def workbook(at: TestClient, values: dict[str, str]) -> bytes:
    """The form that is downloaded, filled in."""
    book = openpyxl.load_workbook(io.BytesIO(at.get("/submit/workbook", params=ASKED).content))
    page = book.worksheets[0]
    first = next(row for row in range(1, 20) if page.cell(row, 1).value == "东区")
    for name, text in values.items():
        _, row, column = name.split(":")
        page.cell(first + int(row), 4 + int(column)).value = int(text) if text.isdecimal() else text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --------------------------------------------------------------------------------------------------------------- who may


def test_without_the_option_nothing_of_it_is_there(project: Project) -> None:
    project.file.write_text(OTHER, encoding="utf-8")
    at = client(project)
    assert {at.get(one).status_code for one in SHOWN} == {404}
    assert {at.post(one, headers=ORIGIN).status_code for one in POSTED} == {404}


def test_a_department_sees_and_reports_its_own_alone(project: Project, users: Path) -> None:
    at = client(project, submit=True, users=users)
    assert log_in(at, "读者").headers["location"] == "/"
    assert {at.get(one).status_code for one in SHOWN} == {403}
    at = client(project, submit=True, users=users)
    assert log_in(at, "张三").headers["location"] == "/submit"
    assert send(at, **WHOLE).status_code == 303
    assert send(at, **WHOLE, department="市卫健委").status_code == 422
    other = client(project, submit=True, users=users)
    log_in(other, "李四")
    for path in (
        "/submit/receipt?number=1",
        "/submit/form?department=市公安局&period=2022Q1",
        "/submit/workbook?department=市公安局&period=2022Q1",
    ):
        answer = other.get(path)
        assert answer.status_code == 422 and "IC580" in answer.text, path
    assert "1:" not in re.sub("<[^>]*>", "", other.get("/submit/ledger").text)
    editor = client(project, submit=True, users=users)
    log_in(editor, "甲")
    assert editor.get("/submit/receipt?number=1").status_code == 200


def test_the_name_comes_from_the_login_and_cannot_be_typed(project: Project, users: Path) -> None:
    at = client(project, submit=True, users=users)
    log_in(at, "张三")
    assert 'name="who"' not in at.get("/submit/form", params=ASKED).text
    assert send(at, **WHOLE, who="别人").status_code == 303
    assert [(one.by, one.department) for one in log(project).entries] == [("张三", "市公安局")]
    act = read_acts(project.file)[0][-1]
    assert (act.who, act.proven, act.action) == ("张三", "login", "submit")


def test_without_a_login_the_name_is_recorded_as_not_proven(project: Project) -> None:
    at = client(project, submit=True)
    refused = send(at, **WHOLE)
    assert refused.status_code == 422 and "IC674" in refused.text
    assert send(at, **WHOLE, who="张三").status_code == 303
    assert [one.by for one in log(project).entries] == ["张三（未登录）"]


def test_it_is_not_open_beyond_this_machine_without_users(project: Project) -> None:
    with pytest.raises(Refused) as caught:
        client(project, submit=True, loopback=False, token="t" * 32)
    assert [one.code for one in caught.value.findings] == ["IC558"]


def test_a_form_of_another_origin_or_without_its_token_records_nothing(project: Project) -> None:
    at = client(project, submit=True)
    said = {"form_token": token(at), **ASKED, **WHOLE, "who": "张三"}
    assert at.post("/submit/form", data=said).status_code == 403
    assert at.post("/submit/form", data=said, headers={"origin": "http://elsewhere"}).status_code == 403
    assert at.post("/submit/form", data={**said, "form_token": ""}, headers=ORIGIN).status_code == 403
    assert {at.get(one).status_code for one in ("/submit/check", "/submit/upload")} == {405}
    assert not project.file.with_name("ledger.sqlite").exists()


# -------------------------------------------------------------------------------------------------------------- the form


def test_one_mistake_is_told_at_its_cell_as_one_types_and_is_corrected(project: Project) -> None:
    at = client(project, submit=True)
    wrong = {**WHOLE, "c:1:0": "1000"}
    said = send(at, "/submit/check", **wrong).json()
    assert [one["severity"] for one in said["slots"]["c:1:0"]] == ["error"] and "IC349" in said["slots"]["c:1:0"][0]["text"]
    assert set(said["slots"]) <= {"c:1:0", ""}
    page = send(at, **wrong, who="张三")
    assert page.status_code == 422
    cell = re.search(r'<input name="c:1:0"[^>]*>', page.text)
    assert cell is not None and 'value="1000"' in cell[0] and 'aria-invalid="true"' in cell[0]
    assert '<a href="#c:1:0"><bdi>西区 案件数</bdi></a>' in page.text and 'id="c:1:0"' in cell[0]
    assert send(at, **wrong, only_check="1").status_code == 200
    assert not project.file.with_name("ledger.sqlite").exists()
    done = send(at, **WHOLE, who="张三")
    receipt = at.get(done.headers["location"])
    (entry,) = log(project).entries
    assert entry.receipt in receipt.text
    assert "更正" in at.get("/submit/form", params=ASKED).text
    refused = send(at, **{**WHOLE, "c:0:0": "11"}, who="张三")
    assert refused.status_code == 422 and "IC655" in refused.text
    assert send(at, **{**WHOLE, "c:0:0": "11"}, who="张三", reason="笔误").status_code == 303
    assert verify(project, receipts=[entry.receipt]).submissions == 2
    assert "<small>最近一期 11</small>" in at.get("/submit/form", params={**ASKED, "period": "2022Q2"}).text


def test_what_is_suspicious_is_shown_before_it_is_recorded(project: Project) -> None:
    units = "".join(f"{at:02},{at}区\n" for at in range(1, 7))
    project.file.with_name("units.csv").write_text(f"id,name\n{units}", encoding="utf-8")
    whole = {f"c:{row}:{column}": str(10 + 3 * row + column) for row in range(6) for column in range(2)}
    at = client(project, submit=True)
    assert send(at, **whole, who="张三").status_code == 303
    odd = {**whole, "c:0:1": "1100", "c:3:0": "", "period": "2022Q2", "who": "张三"}
    shown = send(at, **odd)
    assert shown.status_code == 200 and "再按一次" in shown.text
    assert "4区 案件数" in shown.text and "网页填报" not in shown.text  # what is empty is named as the form names it
    told = re.search(r'name="told" value="(\w+)"', shown.text)
    assert told is not None
    other = send(at, **{**odd, "c:1:1": "1500"}, told=told[1])  # another value is suspicious now
    assert other.status_code == 200 and len(log(project).entries) == 1
    done = send(at, **odd, told=told[1])
    assert done.status_code == 303
    assert re.search(r"IC\d{3} [^<]+（\d+ 处）", at.get(done.headers["location"]).text)


def test_a_workbook_that_was_downloaded_is_taken_or_told_what_is_wrong(project: Project) -> None:
    at = client(project, submit=True)
    bad = {"file": ("市公安局.xlsx", workbook(at, {**WHOLE, "c:2:1": "许多"}))}
    refused = send(at, "/submit/upload", files=bad, who="张三")
    assert refused.status_code == 422 and "IC314" in refused.text
    good = {"file": ("市公安局.xlsx", workbook(at, WHOLE))}
    checked = send(at, "/submit/upload", files=good, who="张三", only_check="1")
    assert checked.status_code == 200 and "检查通过" in checked.text
    assert not project.file.with_name("ledger.sqlite").exists()
    assert send(at, "/submit/upload", files=good, who="张三").status_code == 303
    assert [one.file for one in log(project).entries] == ["市公安局.xlsx"]
    assert "IC581" in send(at, "/submit/upload", who="张三").text


# ----------------------------------------------------------------------------------------------------------------- safe

HOSTILE = """"><img src=x onerror=alert(1)></script><script>alert(1)</script><b>'{{1234*7}}"""


def test_what_a_submission_says_stays_text_on_every_page(project: Project) -> None:
    at = client(project, submit=True)
    assert send(at, **WHOLE, who=HOSTILE).status_code == 303
    good = {"file": ("<img src=x onerror=alert(1)><b>.xlsx", workbook(at, {**WHOLE, "c:0:0": "12"}))}
    assert send(at, "/submit/upload", files=good, who=HOSTILE, reason=HOSTILE).status_code == 303
    pages = [at.get(path, params=ASKED).text for path in ("/submit", "/submit/form", "/submit/ledger")]
    pages += [at.get(f"/submit/receipt?number={number}").text for number in (1, 2)]
    pages.append(send(at, **{**WHOLE, "c:0:0": HOSTILE}, who=HOSTILE, reason=HOSTILE).text)
    for page in pages:
        assert "<img src=x" not in page and "<script>alert" not in page and "8638" not in page
    assert "&lt;img src=x" in pages[2] and "&lt;b&gt;" in pages[2]


def test_a_files_name_is_never_a_path(project: Project) -> None:
    at = client(project, submit=True)
    before = sorted(project.file.parent.iterdir())
    for name in ("../../etc/passwd", "..\\..\\x.xlsx", "/etc/passwd.csv", "x\x00.csv", "a" * 300 + ".csv", ".", "..", "*.csv"):
        answer = send(at, "/submit/upload", files={"file": (name, b"a,b\n1,2\n")}, who="张三")
        assert answer.status_code in (400, 422) and "IC568" not in answer.text, name
    assert sorted(project.file.parent.iterdir()) == before


def test_upload_bombs_are_refused(project: Project) -> None:
    at = client(project, submit=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 4_000_000)
    for name, content in (
        ("a.xlsx", packed.getvalue()),
        ("a.csv.gz", b"\x1f\x8b" + b"0" * 50),
        ("b.xlsx", b"PK\x03\x04" + b"0" * 900),
    ):
        answer = send(at, "/submit/upload", files={"file": (name, content)}, who="张三")
        assert answer.status_code == 422 and "IC568" not in answer.text, name
    too_large = {"file": ("a.xlsx", b"0" * (MOST_UPLOADED + 1))}
    assert send(at, "/submit/upload", files=too_large, who="张三").status_code == 413
    many = {f"c:{row}:0": "1" for row in range(5001)}
    assert send(at, **many, who="张三").status_code in (400, 413)
    assert not project.file.with_name("ledger.sqlite").exists()


# ---------------------------------------------------------------------------------------------------------- many at once


def eight_at_once(folder: Path, where: str) -> None:
    names = [f"部门{at}" for at in range(8)]
    nodes = "".join(f"  - {{id: i{at}, weight: 0.125, department: {name}}}\n" for at, name in enumerate(names))
    tree = TREE[: TREE.index("dimensions:")].replace("WHERE", f'"{where}"') + "dimensions:\n" + nodes
    (folder / "indicators.yaml").write_text(tree, encoding="utf-8")
    project = project_of(folder)
    at = client(project, submit=True)
    given = token(at)
    cookies = dict(at.cookies)

    def report(name: str) -> str:
        own = TestClient(at.app, follow_redirects=False, cookies=cookies)
        said = {"form_token": given, "department": name, "period": "2022Q1", "who": name}
        answer = own.post("/submit/form", data={**said, **{f"c:{row}:0": str(row + 1) for row in range(3)}}, headers=ORIGIN)
        assert answer.status_code == 303, answer.text
        found = re.search(r"<code>(\d+:\w+)</code>", own.get(answer.headers["location"]).text)
        assert found is not None
        return found[1]

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(report, names))
    assert len(set(receipts)) == 8
    assert verify(project, receipts=receipts).submissions >= 8
    assert {one.department for one in log(project).entries} >= set(names)
    assert len([one for one in read_acts(project.file)[0] if one.action == "submit"]) == 8


def test_eight_at_once_lose_nothing_that_was_acknowledged(project: Project) -> None:
    eight_at_once(project.file.parent, "ledger.sqlite")


@pytest.mark.slow
def test_eight_at_once_on_postgresql(tmp_path: Path, postgres: str) -> None:
    laid_out(tmp_path)
    eight_at_once(tmp_path, postgres)
