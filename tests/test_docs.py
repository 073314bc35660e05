"""The pages that are made from the program are fresh, and README tells the truth."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.messages import MESSAGES
from indexcalc.methods import CATALOGUE

DOCS = Path(__file__).parent.parent / "docs"
PAGES = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_program_makes_it(name: str) -> None:
    made = PAGES[name]()
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run python docs/generate.py"


def test_every_method_code_and_command_is_documented() -> None:
    methods, findings, commands = (
        (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("methods", "findings", "commands")
    )
    for known in CATALOGUE.values():
        for method in known:
            assert f"### {method}\n" in methods
    for code in MESSAGES:
        assert f"### {code} " in findings
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"## {command.callback.__name__}\n" in commands
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for command in group.typer_instance.registered_commands:
            assert f"### {group.typer_instance.info.name} {command.name or command.callback.__name__}\n" in commands


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_of_a_readme_is_there(readme: str, repository: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"`{command.callback.__name__}" in text
    for line in re.findall(r"^\$? ?(indexcalc .*)$", text, re.MULTILINE):
        name = shlex.split(line)[1]
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0, line
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (repository / link).exists(), link


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_ranking_that_a_readme_shows_is_the_one_that_comes_out(readme: str, repository: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    shown = re.search(r"```\n(广州市域.*?)```", text, re.DOTALL)
    assert shown is not None
    said = subprocess.run(
        [sys.executable, "-m", "indexcalc", "rank"], cwd=repository, check=True, capture_output=True, text=True, encoding="utf-8"
    )
    for line, printed in zip(shown[1].splitlines(), said.stdout.splitlines(), strict=False):
        assert printed.startswith(line.removesuffix("…").rstrip()), line


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_finding_that_a_readme_shows_is_the_one_that_comes_out(readme: str, repository: Path, tmp_path: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    shown = re.search(r"\$ (indexcalc check.*)\n((?:.*\n)+?)```", text)
    assert shown is not None
    tree = (repository / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(tree) if "id: criminal-cases," in line)
    tree[at] = tree[at].replace("weight: 0.20", "weight: 0.30")
    (tmp_path / "indicators.yaml").write_text("\n".join(tree), encoding="utf-8")
    command = [sys.executable, "-m", *shlex.split(shown[1])]
    said = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, encoding="utf-8")
    assert said.returncode == 1
    assert said.stderr == shown[2]
