"""Editing in a browser: who may, what is found as one types, what is looked at before it is saved, and two editors at once."""

# ruff: noqa: F401 - a fixture is taken from where it is shared
from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")
from starlette.testclient import TestClient

from indexcalc.jobs import users as users_of
from indexcalc.jobs.project import Project
from indexcalc.journal.history import read_history
from indexcalc.journal.published import published_file
from indexcalc.journal.served import read_acts

from .served import PASSWORD, TREE, client, form_token, log_in, project_in, quick_hashes

ORIGIN = {"origin": "http://testserver"}
ROUTES = ["/edit", "/edit/node", "/edit/check", "/edit/preview", "/edit/save", "/edit/history", "/edit/publish"]
POSTED = ["/edit/check", "/edit/preview", "/edit/save", "/edit/publish"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_in(tmp_path)


@pytest.fixture
def users(project: Project) -> Path:
    file = project.file.with_name("users.tsv")
    for name, role, department in (
        ("读者", "reader", ""),
        ("填报", "department", "某局"),
        ("甲", "editor", ""),
        ("乙", "editor", ""),
    ):
        users_of.add_user(project, file, name, role, PASSWORD, department=department)
    return file


def fields(page: str) -> dict[str, str]:
    """What the form of a node's page sends where nothing is typed."""
    own = page[page.index('<form class="edit"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", own):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in said and said.get("type") not in ("checkbox", "file"):
            found[html.unescape(said["name"])] = html.unescape(said.get("value", ""))
    for name, inside in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', own, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return found


def node(at: TestClient, name: str) -> dict[str, str]:
    answer = at.get(f"/edit/node?node={name}")
    assert answer.status_code == 200
    return fields(answer.text)


def preview(at: TestClient, form: dict[str, str]) -> Any:
    return at.post("/edit/preview", data=form, headers=ORIGIN)


def save(at: TestClient, looked_at: str, **more: str) -> Any:
    return at.post("/edit/save", data={**fields(looked_at), **more}, headers=ORIGIN)


# --------------------------------------------------------------------------------------------------------------- who may


def test_without_the_option_nothing_of_it_is_there(project: Project) -> None:
    at = client(project)
    token = form_token(at.get("/").text)
    assert {at.get(one).status_code for one in ROUTES} == {404}
    assert {at.post(one, data={"form_token": token}, headers=ORIGIN).status_code for one in POSTED} == {404}
    assert "/edit" not in at.get("/").text


def test_what_writes_is_never_a_get_and_needs_the_forms_token_and_origin(project: Project) -> None:
    at = client(project, edit=True)
    before = project.file.read_bytes()
    assert {at.get(one).status_code for one in POSTED if one != "/edit/publish"} == {405}
    form = node(at, "d")
    form["k:a:weight"] = "0.9"
    assert at.post("/edit/save", data=form).status_code == 403
    assert at.post("/edit/save", data=form, headers={"origin": "http://elsewhere"}).status_code == 403
    assert at.post("/edit/save", data={**form, "form_token": "0" * 64}, headers=ORIGIN).status_code == 403
    assert project.file.read_bytes() == before


def test_editors_alone_edit(project: Project, users: Path) -> None:
    for name in ("读者", "填报"):
        at = client(project, edit=True, users=users)
        log_in(at, name)
        token = form_token(at.get("/").text)
        assert {at.get(one).status_code for one in ROUTES if one not in POSTED} == {403}
        assert {at.post(one, data={"form_token": token}, headers=ORIGIN).status_code for one in POSTED} == {403}
        assert "/edit" not in at.get("/").text
    at = client(project, edit=True, users=users)
    log_in(at, "甲")
    assert 'href="/edit"' in at.get("/").text and at.get("/edit").status_code == 200


# -------------------------------------------------------------------------------------------------------------- an edit


def test_a_weight_is_checked_as_it_is_typed_looked_at_and_saved_with_a_name_from_the_login(project: Project, users: Path) -> None:
    at = client(project, edit=True, users=users)
    log_in(at, "甲")
    form = node(at, "d")
    assert form["k:a:weight"] == "0.5"
    form["k:a:weight"] = "0.8"
    said = at.post("/edit/check", data=form, headers=ORIGIN).json()
    assert "1.3" in said["texts"]["sum"] and "IC201" in json.dumps(said["slots"])
    refused = preview(at, form)
    assert "IC201" in refused.text and "previewed" not in fields(refused.text)
    form["k:b:weight"] = "0.2"
    said = at.post("/edit/check", data=form, headers=ORIGIN).json()
    assert "IC201" not in json.dumps(said)
    looked = preview(at, form)
    assert looked.status_code == 200
    assert "<del>" in looked.text and "<ins>" in looked.text
    assert save(at, looked.text, why="").status_code == 422  # a reason is asked for
    saved = save(at, looked.text, why="专家论证", who="别人")
    assert saved.status_code == 303
    assert b"weight: 0.8" in project.file.read_bytes()
    changes, problems = read_history(project.file)
    assert problems == [] and [(one.who, one.node, one.new, one.why) for one in changes] == [
        ("甲", "a", "0.8", "专家论证"),
        ("甲", "b", "0.2", "专家论证"),
    ]
    acts, _ = read_acts(project.file)
    assert [(one.who, one.proven, one.action) for one in acts][-1] == ("甲", "login", "edit")
    assert "专家论证" in at.get("/edit/history").text
    assert 'value="0.8"' in at.get("/edit/node?node=d").text


def test_without_a_login_the_name_is_recorded_as_not_proven(project: Project) -> None:
    at = client(project, edit=True)
    form = node(at, "a")
    form["k:a:department"] = "另一局"
    looked = preview(at, form)
    assert save(at, looked.text, why="改", who="张三").status_code == 303
    changes, _ = read_history(project.file)
    assert [(one.who, one.old, one.new) for one in changes] == [("张三（未登录）", 'department: "某局"', "department: 另一局")]
    assert read_acts(project.file)[0][-1].proven == "unproven"


def test_what_was_not_looked_at_is_not_saved(project: Project) -> None:
    at = client(project, edit=True)
    form = node(at, "d")
    form["k:d:name"] = "新名"
    looked = fields(preview(at, form).text)
    looked |= {"k:a:name": "混入", "who": "张三", "why": "x"}
    before = project.file.read_bytes()
    assert at.post("/edit/save", data=looked, headers=ORIGIN).status_code == 422
    assert project.file.read_bytes() == before


def test_indicators_come_and_go(project: Project) -> None:
    at = client(project, edit=True)
    form = {**node(at, "d"), "remove:b": "1", "new:id": "n", "new:name": "新指标", "new:weight": "0.5", "new:more": "column: b"}
    looked = preview(at, form)
    assert looked.status_code == 200
    sent = {**fields(looked.text), "remove:b": "1", "who": "张三", "why": "换指标"}
    assert at.post("/edit/save", data=sent, headers=ORIGIN).status_code == 303
    text = project.file.read_text(encoding="utf-8")
    assert "{id: b," not in text and "{id: n, name: 新指标, weight: 0.5, column: b}" in text


def test_the_others_share_what_a_weight_leaves(project: Project) -> None:
    at = client(project, edit=True)
    form = {**node(at, "i"), "k:d:weight": "0.7", "share:d": "1"}
    shown = fields(preview(at, form).text)
    assert (shown["k:d:weight"], shown["k:e:weight"]) == ("0.7", "0.3")


# ---------------------------------------------------------------------------------------------------------- two at once


def test_the_second_of_two_editors_sees_the_firsts_change_and_is_asked(project: Project, users: Path) -> None:
    first, second = client(project, edit=True, users=users), client(project, edit=True, users=users)
    log_in(first, "甲")
    log_in(second, "乙")
    one, other = node(first, "d"), node(second, "d")
    one |= {"k:a:weight": "0.6", "k:b:weight": "0.4"}
    other |= {"k:a:weight": "0.9", "k:b:weight": "0.1", "k:d:name": "乙的名称"}
    looked_second = preview(second, other).text
    assert save(first, preview(first, one).text, why="甲改").status_code == 303
    after_first = project.file.read_bytes()
    asked = save(second, looked_second, why="乙改")
    assert asked.status_code == 409
    assert "IC617" in asked.text and "甲 a 0.5 → 0.6" in html.unescape(asked.text)
    assert "现在是“0.6”" in asked.text
    assert project.file.read_bytes() == after_first
    again = fields(asked.text)  # what was typed is still there, and is saved after another look
    assert again["k:a:weight"] == "0.9" and again["k:d:name"] == "乙的名称"
    assert save(second, preview(second, again).text, why="乙改").status_code == 303
    kept = {(one.who, one.node, one.old, one.new) for one in read_history(project.file)[0]}
    assert kept == {
        ("甲", "a", "0.5", "0.6"),
        ("甲", "b", "0.5", "0.4"),
        ("乙", "a", "0.6", "0.9"),
        ("乙", "b", "0.4", "0.1"),
        ("乙", "d", "name: 甲", "name: 乙的名称"),
    }


def test_what_the_second_did_not_touch_stays_as_the_first_has_put_it(project: Project) -> None:
    at = client(project, edit=True)
    first, second = node(at, "d"), node(at, "d")
    first["k:b:name"] = "改过的"
    assert save(at, preview(at, first).text, why="x", who="甲").status_code == 303
    second["k:a:name"] = "另一处"
    asked = preview(at, second)
    assert asked.status_code == 409
    again = fields(asked.text)
    assert (again["k:a:name"], again["k:b:name"]) == ("另一处", "改过的")
    assert save(at, preview(at, again).text, why="y", who="乙").status_code == 303
    text = project.file.read_text(encoding="utf-8")
    assert "改过的" in text and "另一处" in text


# ----------------------------------------------------------------------------------------------------------------- safe

HOSTILE = """"><img src=x onerror=alert(1)></script><script>alert(1)</script><b>'{{1234*7}}"""


def test_what_is_typed_in_any_field_of_the_tree_stays_text_on_every_page(project: Project) -> None:
    at = client(project, edit=True)
    form = node(at, "d")
    form |= {"k:a:name": f"a{HOSTILE}", "k:d:name": HOSTILE, "new:key": "note", "new:value": HOSTILE}
    looked = preview(at, form)
    assert looked.status_code == 200
    assert save(at, looked.text, why=HOSTILE, who=HOSTILE).status_code == 303
    pages = [
        at.get(path).text for path in ("/", "/edit", "/edit/node?node=d", "/edit/node?node=a", "/edit/history", "/edit/publish")
    ]
    for page in (looked.text, *pages):
        assert "<img src=x" not in page and "<script>alert" not in page and "8638" not in page
    assert "&lt;img src=x" in pages[4]


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system [touch pwned]",
        "!!python/name:os.system",
        "*x",
        "&x 1",
        "{a: 1}}",
        "1\n2",
        "__import__('os')",
    ],
)
def test_an_edit_runs_nothing(project: Project, text: str) -> None:
    at = client(project, edit=True)
    form = {**node(at, "a"), "new:key": "formula", "new:value": text}
    preview(at, form)
    form = {**node(at, "a"), "k:a:weight": text}
    preview(at, form)
    at.post("/edit/check", data=form, headers=ORIGIN)
    assert not list(project.file.parent.glob("pwned")) and not Path("pwned").exists()
    assert project.file.read_text(encoding="utf-8") == TREE


def test_a_tree_that_is_broken_can_be_looked_at(project: Project) -> None:
    at = client(project, edit=True)
    project.file.write_text(TREE.replace("weight: 0.5, department", "weight: 0.7, department"), encoding="utf-8")
    assert "IC201" in at.get("/edit").text
    project.file.write_text(TREE.replace("{id: d", "{id: d, wieght: 1"), encoding="utf-8")
    page = at.get("/edit").text
    assert "IC111" in page and "node=d" in page


# -------------------------------------------------------------------------------------------------------------- publish


def test_a_period_is_published_once_and_revised_with_a_reason(project: Project) -> None:
    at = client(project, edit=True)
    token = form_token(at.get("/edit/publish").text)
    sent = {"form_token": token, "period": "2021", "who": "张三", "why": ""}
    assert at.post("/edit/publish", data={**sent, "who": ""}, headers=ORIGIN).status_code == 422
    assert at.post("/edit/publish", data=sent, headers=ORIGIN).status_code == 200
    kept = published_file(project.file).read_bytes()
    assert (project.reports / "2021" / "report.html").exists()
    assert "未重复发布" in at.post("/edit/publish", data=sent, headers=ORIGIN).text
    assert (
        save(at, preview(at, {**node(at, "d"), "k:a:weight": "0.8", "k:b:weight": "0.2"}).text, why="x", who="乙").status_code
        == 303
    )
    assert "IC823" in at.post("/edit/publish", data=sent, headers=ORIGIN).text
    assert published_file(project.file).read_bytes() == kept
    assert at.post("/edit/publish", data={**sent, "why": "权重调整"}, headers=ORIGIN).status_code == 200
    assert published_file(project.file).read_bytes().startswith(kept)
