"""The pages that are made from the program are fresh, and README tells the truth."""

from __future__ import annotations

import inspect
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.methods import CATALOGUE, about, parameters
from indexcalc.tree.formula import FUNCTIONS
from indexcalc.words.findings import MESSAGES

from .conftest import index_of

DOCS = Path(__file__).parent.parent / "docs"
PAGES = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]
WORKED = runpy.run_path(str(DOCS / "worked.py"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_program_makes_it(name: str) -> None:
    made = PAGES[name]()
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run python docs/generate.py"


def test_every_method_code_and_command_is_documented() -> None:
    methods, findings, commands = (
        (DOCS / "en" / f"{name}.md").read_text(encoding="utf-8") for name in ("methods", "findings", "commands")
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


def headings(page: str) -> list[tuple[str, str, str]]:
    """The section, name and text of every entry of methods.md."""
    found = []
    for section in re.split(r"^## ", page.partition("## Where tools differ")[0], flags=re.MULTILINE)[1:]:
        room = section.partition("\n")[0]
        for entry in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
            name, _, text = entry.partition("\n")
            found.append((room, name, text))
    return found


METHODS_PAGE = (DOCS / "en" / "methods.md").read_text(encoding="utf-8")
ENTRIES = headings(METHODS_PAGE)
FORMULAS = yaml.safe_load((DOCS / "formulas.yaml").read_text(encoding="utf-8"))


def test_every_method_and_step_has_a_formula_and_none_is_left_over() -> None:
    assert {(room, name) for room, known in FORMULAS.items() for name in known} == {(room, name) for room, name, _ in ENTRIES}
    assert {(room, name) for room, known in CATALOGUE.items() for name in known} <= {(room, name) for room, name, _ in ENTRIES}


@pytest.mark.parametrize(
    "formula", [pytest.param(text, id=f"{room}/{name}") for room, known in FORMULAS.items() for name, text in known.items()]
)
def test_a_formula_is_well_formed(formula: str) -> None:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert formula.count(r"\{") == formula.count(r"\}")
    for opened, closed in (("left", "right"), ("bigl", "bigr"), ("Bigl", "Bigr"), ("lfloor", "rfloor"), ("lvert", "rvert")):
        assert len(re.findall(rf"\\{opened}(?![a-z])", formula)) == len(re.findall(rf"\\{closed}(?![a-z])", formula))
    assert not re.search(r"\$|\\operatorname|\\begin", formula), "not shown everywhere"


@pytest.mark.parametrize(
    ("room", "method"), [pytest.param(room, name, id=f"{room}/{name}") for room, known in CATALOGUE.items() for name in known]
)
def test_a_docstring_says_what_its_method_does_with_what(room: str, method: str) -> None:
    text = inspect.getdoc(CATALOGUE[room][method]) or ""
    labels = re.findall(r"^(Formula|Edge cases|Source): ", text, re.MULTILINE)
    assert labels == ["Formula", "Edge cases", "Source"]
    assert about(room, method).endswith(".")
    if parameters(room, method):
        (entry,) = [text for other, name, text in ENTRIES if (other, name) == (room, method)]
        for name in parameters(room, method):
            assert f"`{name}` " in entry


@pytest.mark.parametrize(("room", "name", "text"), [pytest.param(*entry, id=f"{entry[0]}/{entry[1]}") for entry in ENTRIES])
def test_the_yaml_of_an_entry_selects_it_and_its_example_has_four_units(room: str, name: str, text: str) -> None:
    (lines,) = re.findall(r"```yaml\n(.*?)\n```", text, re.DOTALL)
    index = index_of(WORKED["small_index"](lines))
    if room == "ties":
        assert index.ranking.ties == name
    elif room in CATALOGUE:
        assert getattr(index.defaults, room).method == name
    else:
        key = {"target and range": "target", "floor": "policy: floor", "fail": "policy: fail", "reweight": "policy: reweight"}
        assert key.get(name, name) in lines
    for unit in "ABCD":
        assert f"\n| {unit} | " in text
    assert "| nan" not in text


def test_every_function_of_formulas_is_shown() -> None:
    for name in FUNCTIONS:
        assert f"| `{name}(" in METHODS_PAGE


def test_what_the_index_of_methods_points_at_is_there() -> None:
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.*)$", METHODS_PAGE, re.MULTILINE):
        slug = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
    known = {f"{slug}-{at}" if at else slug for slug, most in seen.items() for at in range(most + 1)}
    assert set(re.findall(r"\]\(#([^)]+)\)", METHODS_PAGE)) <= known


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", (DOCS / "en" / "yaml.md").read_text(encoding="utf-8"), re.DOTALL))
def test_every_example_of_the_language_is_right(block: str) -> None:
    index_of(WORKED["small_index"](block))
