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
fuzzy: {grades: {优: 95, 良: 75, 差: 50}, knots: [90, 70, 40]}
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


def project_in(folder: Path, third: str = "南区") -> Project:
    """Lay out the project in a folder; its third unit may be called otherwise."""
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (folder / "u.csv").write_text(f"id,name\nu1,东区\nu2,西区\nu3,{third}\n", encoding="utf-8")
    rows = [f"{year},u{at},{40 + 9 * at + year % 7},{90 - 11 * at},{30 + 20 * at}" for year in (2020, 2021) for at in (1, 2, 3)]
    (folder / "v.csv").write_text("period,unit,a,b,c\n" + "\n".join(rows), encoding="utf-8")
    return project_of(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_in(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def beside(project: Project) -> Project:
    """The project with what it can be compared with."""
    return compared_in(project.file.parent)


def compared_in(folder: Path) -> Project:
    """Lay out the project with another tree, a table that was printed, costs, and sets of weights beside it."""
    draft = TREE.replace("name: 甲, weight: 0.5", "name: 甲, weight: 0.5, aggregate: geometric")
    (folder / "draft.yaml").write_text(draft, encoding="utf-8")
    (folder / "printed.csv").write_text("unit,总分,总分位次\nu1,51.2,2\nu2,55.5,1\n", encoding="utf-8")
    (folder / "costs.csv").write_text("indicator,cost\na,1\nb,2\nc,5\n", encoding="utf-8")
    (folder / "sets.csv").write_text("d,e\n0.4,0.6\n0.7,0.3\n", encoding="utf-8")
    return project_in(folder)


@pytest.fixture(scope="module")
def users(project: Project) -> Path:
    return users_in(project)


def users_in(project: Project) -> Path:
    """Add a user of each role."""
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
