"""A small project that is served in tests, who may log in to it, and how a test asks it as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import argon2
import pytest
from starlette.testclient import TestClient

from indexcalc.jobs import users as users_of
from indexcalc.jobs.project import Project, project_of
from indexcalc.web.app import make_app

OURS = {"origin": "http://testserver"}
TREE = """
index: {id: i, name: "指数"}
units: {table: u.csv, label: "区"}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions:
  - {id: d, name: 甲, weight: 0.5, indicators: [{id: a, name: A, weight: 0.5, department: "某局"}, {id: b, weight: 0.5}]}
  - {id: e, name: 乙, weight: 0.5, indicators: [{id: c}]}
warnings: {rules: [{id: low, node: [d, e], watch: indicators, by: score, orange: 70, red: 45}]}
"""
PASSWORD = "correct horse"
TOKEN = "t" * 32


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash with the least memory and time: what is tested is not the library."""
    patch = pytest.MonkeyPatch()
    users_of._of_nobody.cache_clear()
    patch.setattr(users_of, "_hasher", lambda: argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()
    users_of._of_nobody.cache_clear()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("served")
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (folder / "u.csv").write_text("id,name\nu1,东区\nu2,西区\nu3,南区\n", encoding="utf-8")
    rows = [f"{year},u{at},{40 + 9 * at + year % 7},{90 - 11 * at},{30 + 20 * at}" for year in (2020, 2021) for at in (1, 2, 3)]
    (folder / "v.csv").write_text("period,unit,a,b,c\n" + "\n".join(rows), encoding="utf-8")
    return project_of(folder)


@pytest.fixture(scope="module")
def users(project: Project) -> Path:
    file = project.file.with_name("users.tsv")
    users_of.add_user(project, file, "读者", "reader", PASSWORD)
    users_of.add_user(project, file, "某局填报", "department", PASSWORD, department="某局")
    users_of.add_user(project, file, "编辑", "editor", PASSWORD)
    return file


def client(project: Project, **asked: Any) -> TestClient:
    return TestClient(make_app(project, **{"hosts": ("testserver",), **asked}), follow_redirects=False)


def form_token(page: str) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found is not None
    return found[1]


def log_in(at: TestClient, name: str, password: str = PASSWORD) -> Any:
    form = {"name": name, "password": password, "form_token": form_token(at.get("/login").text)}
    return at.post("/login", data=form, headers={"origin": "http://testserver"})
