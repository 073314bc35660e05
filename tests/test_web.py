"""Served pages: who is let in, what a form must bring, what every answer says; no file of the project is ever served."""

# ruff: noqa: F401, F811 - fixtures are taken from where they are shared
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")
from indexcalc.findings import Refused
from indexcalc.jobs import users as users_of
from indexcalc.jobs.project import Project
from indexcalc.journal.served import read_acts
from indexcalc.web import app
from indexcalc.web.app import make_app
from indexcalc.web.guard import HEADERS
from indexcalc.web.sessions import IDLE, LIFE, MOST_OF_A_NAME, Attempts, Sessions
from indexcalc.web.visit import Page, Visit
from tests.served import OURS, PASSWORD, TOKEN, client, form_token, log_in, project, quick_hashes, users


def test_everybody_on_this_machine_reads_without_a_login(project: Project) -> None:
    answer = client(project).get("/")
    assert answer.status_code == 200
    assert "东区" in answer.text
    assert '<html lang="zh-CN">' in answer.text
    english = client(project).get("/?lang=en")
    assert '<html lang="en">' in english.text


def test_every_answer_says_what_browsers_may_do(project: Project) -> None:
    at = client(project)
    style = re.search(r'href="(/static/\w+/web.css)"', at.get("/").text)
    assert style is not None
    for path in ("/", "/nothing", "/login", style[1], "/static/0/none"):
        answer = at.get(path)
        for name, value in HEADERS.items():
            if name != "cache-control" or not path.startswith(style[1]):
                assert answer.headers[name] == value, (path, name)
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert "access-control-allow-origin" not in at.get("/", headers={"origin": "http://elsewhere"}).headers


def test_what_is_refused_says_it_too_and_no_other_method_is_taken(project: Project, users: Path) -> None:
    at = client(project, users=users, edit=True, submit=True, display=True)
    form = {"form_token": form_token(at.get("/login").text), "name": "x" * (2 << 20), "password": "p"}
    asked = [
        (303, at.get("/")),
        (403, at.post("/edit/save")),
        (403, at.get("/display/state")),
        (405, at.get("/edit/save")),
        (405, at.get("/logout")),
        (413, at.post("/login", data=form, headers=OURS)),
        (400, at.get("/", headers={"host": "elsewhere"})),
        (400, at.get("/", headers=[("host", "testserver"), ("host", "elsewhere")])),
        *((405, at.request(method, "/edit/save", headers=OURS)) for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")),
    ]
    for status, answer in asked:
        assert answer.status_code == status, answer.request
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.request
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["elsewhere", "testserver.elsewhere", "127.0.0.1", ""])
def test_another_name_is_not_answered(project: Project, host: str) -> None:
    answer = client(project).get("/", headers={"host": host})
    assert (answer.status_code, answer.text) == (400, "IC560\n")


def test_with_users_nothing_is_read_before_a_login(project: Project, users: Path) -> None:
    at = client(project, users=users)
    answer = at.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "东区" not in at.get("/nothing").text
    walls = client(project, users=users, display=True)
    assert "/display" not in walls.get("/login").text
    assert log_in(at, "读者", "wrong").status_code == 403
    assert log_in(at, "nobody").status_code == 403
    assert at.get("/").status_code == 303
    assert log_in(at, "读者").status_code == 303
    assert "东区" in at.get("/").text
    page = at.get("/")
    assert at.post("/logout", data={"form_token": form_token(page.text)}, headers=OURS).status_code == 303
    assert at.get("/").status_code == 303


def test_a_login_has_an_id_of_its_own(project: Project, users: Path) -> None:
    """An id that somebody else put into the browser is worth nothing after the login."""
    at = client(project, users=users)
    at.cookies.set("indexcalc", "known-to-another", domain="testserver.local", path="/")
    before = at.get("/login")
    assert form_token(before.text)
    answer = log_in(at, "读者")
    id_ = answer.cookies["indexcalc"]
    assert id_ != "known-to-another"
    assert len(id_) >= 40
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    for other in ("known-to-another", id_[:-1], ""):
        assert client(project, users=users).get("/", headers={"cookie": f"indexcalc={other}"}).status_code == 303
    assert at.get("/").status_code == 200


def test_a_form_must_come_from_a_page_of_ours(project: Project, users: Path) -> None:
    at = client(project, users=users)
    form = {"name": "读者", "password": PASSWORD, "form_token": form_token(at.get("/login").text)}
    for headers in (
        {},
        {"origin": "null"},
        {"origin": "http://elsewhere"},
        {"origin": "https://testserver"},
        {**OURS, "sec-fetch-site": "cross-site"},
    ):
        assert at.post("/login", data=form, headers=headers).status_code == 403
    other = client(project, users=users)
    for token in ("", "0" * 64, form_token(other.get("/login").text)):
        assert at.post("/login", data={**form, "form_token": token}, headers=OURS).status_code == 403
    assert at.post("/login", data=form, headers=OURS).status_code == 303


def test_a_user_who_is_taken_away_is_out(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "users.tsv"
    users_of.add_user(project, file, "a", "reader", PASSWORD)
    at = client(project, users=file)
    assert log_in(at, "a").status_code == 303
    assert at.get("/").status_code == 200
    users_of.remove_user(file, "a")
    assert at.get("/").status_code == 303
    assert file.stat().st_mode & 0o077 == 0
    assert PASSWORD not in file.read_text(encoding="utf-8")


def test_failed_logins_are_counted(project: Project, users: Path) -> None:
    at = client(project, users=users)
    for _ in range(MOST_OF_A_NAME):
        assert log_in(at, "编辑", "wrong password").status_code == 403
    answer = log_in(at, "编辑")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert log_in(at, "读者").status_code == 303


def test_attempts_and_sessions_end() -> None:
    now = [0.0]
    attempts, sessions = Attempts(clock=lambda: now[0]), Sessions(clock=lambda: now[0])
    for _ in range(MOST_OF_A_NAME):
        attempts.failed("a", "here")
    assert attempts.wait("a", "here") > 0
    assert attempts.wait("a", "there") == attempts.wait("b", "here") == 0
    id_ = sessions.start("a")
    now[0] += 601
    assert attempts.wait("a", "here") == 0
    assert sessions.find(id_) is not None
    now[0] += IDLE + 1
    assert sessions.find(id_) is None
    id_ = sessions.start("a")
    while now[0] < 3 * LIFE and sessions.find(id_):
        now[0] += IDLE / 2
    assert now[0] < 2 * LIFE
    assert sessions.start("a") != sessions.start("a")


def test_a_token_is_taken_once_and_leaves_the_address(project: Project) -> None:
    at = client(project, token=TOKEN, loopback=False)
    assert at.get("/").status_code == 403
    assert at.get("/?token=" + "x" * 32).status_code == 403
    answer = at.get("/?token=" + TOKEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert TOKEN not in str(answer.headers)
    assert "东区" in at.get("/").text
    assert client(project, token=TOKEN).get("/").status_code == 403


def test_tokens_cannot_be_tried_one_after_another(project: Project) -> None:
    at = client(project, token=TOKEN, loopback=False)
    for number in range(MOST_OF_A_NAME):
        assert at.get("/", params={"token": f"{number:032}"}).status_code == 403
    answer = at.get("/?token=" + TOKEN)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"loopback": False}, "IC555"),
        ({"loopback": False, "users": True}, "IC556"),
        ({"loopback": False, "token": TOKEN, "submit": True}, "IC558"),
        ({"token": "short"}, "IC559"),
        ({"users": "none.tsv"}, "IC301"),
    ],
)
def test_what_would_be_open_to_everybody_is_not_started(project: Project, users: Path, asked: dict[str, Any], code: str) -> None:
    if "users" in asked:
        asked = {**asked, "users": users if asked["users"] is True else project.file.with_name(asked["users"])}
    with pytest.raises(Refused) as refused:
        make_app(project, **asked)
    assert [one.code for one in refused.value.findings] == [code]


def test_passwords_are_taken_behind_a_proxy_with_https_alone(project: Project, users: Path) -> None:
    at = client(project, users=users, loopback=False, behind_proxy=True)
    at.base_url = "https://testserver"
    form = {"name": "读者", "password": PASSWORD, "form_token": form_token(at.get("/login").text)}
    ours = {"origin": "https://testserver"}
    assert "IC557" in at.post("/login", data=form, headers=ours).text
    answer = at.post("/login", data=form, headers={**ours, "x-forwarded-proto": "https"})
    assert answer.status_code == 303
    assert "secure" in answer.headers["set-cookie"].lower()


def test_below_another_path(project: Project, users: Path) -> None:
    """A proxy may take the path off or leave it on; every address on a page has it."""
    at = client(project, root_path="/a/b/")
    for path in ("/", "/a/b/", "/a/b"):
        page = at.get(path)
        assert page.status_code == 200
        assert set(re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)) == {
            one for one in re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text) if one.startswith("/a/b/")
        }
    assert client(project, root_path="/a", users=users).get("/a/").headers["location"] == "/a/login"


@pytest.mark.parametrize(
    "path",
    [
        "/../indicators.yaml",
        "/%2e%2e/indicators.yaml",
        "/static/x/..%2f..%2fapp.py",
        "/static/../../app.py",
        "/indicators.yaml",
        "//etc/passwd",
    ],
)
def test_no_file_of_the_project_is_served(project: Project, path: str) -> None:
    answer = client(project).get(path)
    assert answer.status_code == 404
    assert "IC567" in answer.text


def test_too_large_a_form_is_given_up(project: Project, users: Path) -> None:
    at = client(project, users=users)
    token = form_token(at.get("/login").text)
    form = {"name": "x" * (2 << 20), "password": "p", "form_token": token}
    assert at.post("/login", data=form, headers=OURS).status_code == 413

    def in_pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * (64 << 10)

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert at.post("/login", content=in_pieces(), headers={**OURS, **kind}).status_code == 413


def test_logins_are_written_down(project: Project, users: Path) -> None:
    log_in(client(project, users=users), "某局填报")
    acts, found = read_acts(project.file)
    assert found == []
    assert (acts[-1].who, acts[-1].proven, acts[-1].role, acts[-1].action) == ("某局填报", "login", "department", "login")
    assert not [act for act in acts if PASSWORD in "".join(vars(act).values())]


def test_a_role_may_do_what_is_its_own_and_what_was_not_asked_for_is_not_there(
    project: Project, users: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def write(visit: Visit) -> Any:
        done.append(visit.visitor.name)
        visit.record("test", "about")
        return visit.redirect("/")

    own = [Page("/edit", lambda visit: visit.redirect("/")), Page("/edit/save", write, "POST", roles=("editor",))]
    monkeypatch.setattr(app, "_module", lambda _: SimpleNamespace(pages=lambda: own))
    assert client(project, users=users).post("/edit/save", headers=OURS).status_code == 404
    for name, status in (("读者", 403), ("某局填报", 403), ("编辑", 303)):
        at = client(project, users=users, edit=True)
        assert at.post("/edit/save", headers=OURS).status_code == 403
        log_in(at, name)
        assert at.get("/edit/save").status_code == 405
        assert at.post("/edit/save", headers=OURS).status_code == 403
        form = {"form_token": form_token(at.get("/").text)}
        assert at.post("/edit/save", data=form, headers={"origin": "http://elsewhere"}).status_code == 403
        assert done == []
        assert at.post("/edit/save", data=form, headers=OURS).status_code == status
        assert done == (["编辑"] if status == 303 else [])
    assert read_acts(project.file)[0][-1].who == "编辑"


def test_a_broken_file_of_users_lets_nobody_in_and_is_not_told_of(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "users.tsv"
    users_of.add_user(project, file, "a", "reader", PASSWORD)
    at, other = client(project, users=file), client(project, users=file)
    log_in(at, "a")
    file.write_text(file.read_text(encoding="utf-8") + "b\tboss\t\tx\n", encoding="utf-8")
    for answer in (at.get("/"), at.get("/unit?unit=u1"), log_in(other, "a")):
        assert answer.status_code == 422
        assert "IC545" in answer.text
        assert "users.tsv" not in answer.text


def test_a_bug_is_not_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(visit: Visit) -> Any:
        raise ValueError("secret")

    monkeypatch.setattr(app, "_module", lambda _: SimpleNamespace(pages=lambda: [Page("/edit", broken)]))
    kept: list[Exception] = []
    answer = client(project, edit=True, told=lambda error: kept.append(error) or "ValueError").get("/edit")
    assert answer.status_code == 500
    assert "IC568" in answer.text
    assert "secret" not in answer.text
    assert str(kept[0]) == "secret"


def test_a_session_outlives_the_server_but_not_its_user_nor_another_token(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "users.tsv"
    users_of.add_user(project, file, "a", "reader", PASSWORD)
    at = client(project, users=file)
    id_ = log_in(at, "a").cookies["indexcalc"]
    cookie = {"cookie": f"indexcalc={id_}"}
    kept = file.with_name("users.tsv.sessions")
    assert id_ not in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0
    assert client(project, users=file).get("/", headers=cookie).status_code == 200
    at.post("/logout", data={"form_token": form_token(at.get("/").text)}, headers=OURS)
    assert client(project, users=file).get("/", headers=cookie).status_code == 303
    holder = tmp_path / "token"
    cookie = {
        "cookie": "indexcalc=" + client(project, token=TOKEN, token_file=holder).get("/?token=" + TOKEN).cookies["indexcalc"]
    }
    assert client(project, token=TOKEN, token_file=holder).get("/", headers=cookie).status_code == 200
    assert client(project, token="u" * 32, token_file=holder).get("/", headers=cookie).status_code == 403
    assert client(project, token=TOKEN).get("/", headers=cookie).status_code == 403


def test_users_are_added_to_a_file_that_is_named_from_here(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.file.parent)
    assert users_of.add_user(project, Path("new.tsv"), "读者", "reader", PASSWORD) is False
    assert users_of.add_user(project, Path("new.tsv"), "读者", "editor", PASSWORD) is True
    assert Path("new.tsv").stat().st_mode & 0o77 == 0
