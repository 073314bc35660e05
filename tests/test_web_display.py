"""The display on a wall: the newest period, nothing to click, no login that a restart would take away; names stay text."""

# ruff: noqa: F401 - a fixture is taken from where it is shared
from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from indexcalc.jobs import users as users_of
from indexcalc.jobs.project import Project

from .served import PASSWORD, TREE, client, log_in, project_in, quick_hashes

HOSTILE = "<img src=x onerror=alert(1)></script>"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_in(tmp_path, third=HOSTILE)


def test_it_is_there_only_where_it_was_asked_for(project: Project) -> None:
    at = client(project)
    assert [at.get(one).status_code for one in ("/display", "/display/state")] == [404, 404]


def test_the_newest_period_is_shown_and_something_new_is_told(project: Project) -> None:
    at = client(project, display=True)
    page = at.get("/display")
    assert page.status_code == 200 and "2021年" in page.text and "东区" in page.text
    assert "<img src=x" not in page.text
    before = at.get("/display/state").text
    assert f'data-digest="{before}"' in page.text
    assert client(project, display=True).get("/display/state").text == before  # as after a restart
    assert client(project, display=True).get("/display/state?lang=en").text != before
    table = project.file.with_name("v.csv")
    table.write_text(
        table.read_text(encoding="utf-8") + "\n2022,u1,50,60,70\n2022,u2,55,65,75\n2022,u3,52,62,72\n", encoding="utf-8"
    )
    fresh = client(project, display=True)
    assert fresh.get("/display/state").text != before and "2022年" in fresh.get("/display").text


def test_pages_turn_without_scripts_too(project: Project) -> None:
    at = client(project, display=True)
    assert "url=/display?page=2" in at.get("/display").text
    second = at.get("/display?page=2").text
    assert second.count("data-slide hidden") == at.get("/display").text.count("data-slide hidden")
    for page in ("0", "99", "-1", "x", "9" * 5000):
        assert at.get("/display", params={"page": page}).status_code == 200


def test_files_with_errors_leave_the_wall_as_it_was_and_without_results_it_says_so(project: Project) -> None:
    project.file.write_text(TREE.replace("weight: 0.5, department", "weight: 0.9, department"), encoding="utf-8")
    page = client(project, display=True).get("/display")
    assert page.status_code == 200 and "应为 1" in page.text and "data-digest" in page.text


def test_a_wall_outlives_a_restart_and_ends_with_the_password(project: Project) -> None:
    file = project.file.with_name("users.tsv")
    users_of.add_user(project, file, "大屏", "reader", PASSWORD)
    at = client(project, display=True, users=file)
    assert at.get("/display").headers["location"] == "/login"
    assert at.get("/display/state").status_code == 403
    log_in(at, "大屏")
    assert at.get("/display").status_code == 200
    own = at.cookies["indexcalc-display"]
    cookies = {"cookie": f"indexcalc-display={own}"}
    again = client(project, display=True, users=file)
    assert again.get("/display", headers=cookies).status_code == 200
    assert again.get("/display/state", headers=cookies).status_code == 200
    assert again.get("/", headers=cookies).headers["location"] == "/login"  # nothing else is shown by it
    name, until, signed = own.split(".")
    for forged in (
        f"{name}.{int(until) + 1}.{signed}",
        f"{name}.{until}.{'0' * 64}",
        f"{name}.1.{signed}",
        "x",
        "..",
        "AA==.9.é",
    ):
        assert again.get("/display/state", headers={"cookie": f"indexcalc-display={forged}".encode()}).status_code == 403, forged
    users_of.add_user(project, file, "大屏", "reader", "another password")
    assert again.get("/display/state", headers=cookies).status_code == 403


def test_a_wall_that_came_with_a_token_ends_with_the_token(project: Project) -> None:
    at = client(project, display=True, token="t" * 32)
    at.get(f"/?token={'t' * 32}")
    assert at.get("/display").status_code == 200
    cookies = {"cookie": f"indexcalc-display={at.cookies['indexcalc-display']}"}
    assert client(project, display=True, token="t" * 32).get("/display", headers=cookies).status_code == 200
    assert client(project, display=True, token="u" * 32).get("/display", headers=cookies).status_code == 303
