"""The pages that are made from the program are fresh, the pages of both languages say the same, and README tells the truth."""

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
from indexcalc.tree.schema import descriptions
from indexcalc.words.findings import MESSAGES

from .conftest import index_of, ran

DOCS = Path(__file__).parent.parent / "docs"
LANGUAGES = ("en", "zh")
GENERATED = runpy.run_path(str(DOCS / "generate.py"))
PAGES = GENERATED["PAGES"]
WORKED = runpy.run_path(str(DOCS / "worked.py"))
NAMES = sorted(path.name for path in (DOCS / "en").glob("*.md"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def page(language: str, name: str) -> str:
    return (DOCS / language / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_program_makes_it(name: str) -> None:
    made = PAGES[name]()
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run python docs/generate.py"


def test_no_page_is_missing_in_either_language() -> None:
    assert sorted(path.name for path in (DOCS / "zh").glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_of_both_languages_name_the_same_things(name: str) -> None:
    english, chinese = (mentioned(page(language, name)) for language in LANGUAGES)
    if name == "findings.md":  # the program's own messages, which need not name the same in both languages
        english, chinese = {"codes": english["codes"]}, {"codes": chinese["codes"]}
    if name == "tutorial.md":
        english["files"].remove("streets.xlsx")  # the reader's own workbook, whose name is in his language
    assert english == chinese


def mentioned(text: str) -> dict[str, set[str]]:
    """The finding codes, commands with what stands below them, options, files, keys and methods that a page names."""
    keys = {key for block in descriptions().values() for key in block} | {name for known in CATALOGUE.values() for name in known}
    commands = {command.callback.__name__ for command in app.registered_commands if command.callback} | {"weights", "ledger"}
    spans = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    named = re.findall(r"\bindexcalc (weights [a-z]+|ledger [a-z]+|[a-z]+)\b", text)
    return {
        "codes": set(re.findall(r"\bIC\d{3}\b", text)),
        "commands": {command for command in named if command.split()[0] in commands},
        "options": set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) - {"--lang"},
        "files": set(re.findall(r"\b[\w-]+\.(?:csv|md|json|parquet|xlsx|yaml|py)\b", text, re.ASCII)),
        "words": {word for span in spans for word in re.findall(r"[a-z][\w-]*", span, re.ASCII)} & keys,
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_page_begins_in_its_language_with_what_it_is_for(name: str) -> None:
    for language in LANGUAGES:
        title, opening = page(language, name).split("\n\n")[:2]
        assert title.startswith("# ")
        assert opening[0].isalpha(), "a sentence, no list, table or heading"
        assert bool(CHINESE.match(opening)) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_points_at_is_there(language: str, name: str) -> None:
    for link in re.findall(r"\]\(([^):]+)\)", re.sub(r"```.*?```", "", page(language, name), flags=re.DOTALL)):
        file, _, anchor = link.partition("#")
        target = DOCS / language / (file or name)
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings have."""
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE):
        slug = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        seen[slug] = seen.get(slug, -1) + 1
    return {f"{slug}-{at}" if at else slug for slug, most in seen.items() for at in range(most + 1)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_code_and_command_is_documented(language: str) -> None:
    methods, findings, commands = (page(language, f"{name}.md") for name in ("methods", "findings", "commands"))
    for known in CATALOGUE.values():
        for method in known:
            assert re.search(rf"^### {re.escape(method)}(?: |$)", methods, re.MULTILINE)
    for code in MESSAGES:
        assert re.search(rf"^### {code}\b", findings, re.MULTILINE)
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"## {command.callback.__name__}\n" in commands
    for group in app.registered_groups:
        assert group.typer_instance is not None
        for command in group.typer_instance.registered_commands:
            assert f"### {group.typer_instance.info.name} {command.name or command.callback.__name__}\n" in commands


def test_every_command_has_a_chinese_sentence() -> None:
    for section in re.split(r"^##+ ", page("zh", "commands.md"), flags=re.MULTILINE)[1:]:
        assert CHINESE.search(section.partition("```")[0]), section.partition("\n")[0]


def test_every_key_has_a_chinese_text_and_none_is_left_over() -> None:
    english, chinese = descriptions(), GENERATED["KEYS"]
    blocks = GENERATED["WORDS"]["yaml"]["blocks"]
    everywhere = chinese["everywhere"]
    for block in blocks:
        said = chinese.get(block, {})
        own = set(GENERATED["own_keys"](block, english))
        assert set(said) <= own <= set(said) | set(everywhere), block
        assert all(CHINESE.search(text) for text in said.values())
    assert set(chinese) <= {"everywhere", *blocks}
    assert set(everywhere) <= {key for block in blocks for key in english[block]}


def test_every_method_and_step_has_chinese_texts_and_none_is_left_over() -> None:
    texts = GENERATED["CHINESE"]
    assert {room: set(said) for room, said in texts["methods"].items()} == {room: set(said) for room, said in CATALOGUE.items()}
    english = WORKED["METHODS"]
    assert {room: set(said) for room, said in texts["steps"].items()} == {
        room: set(said) for room, said in english["steps"].items()
    }
    assert set(texts["sections"]) == set(english["sections"])
    for rooms in (texts["methods"], texts["steps"]):
        for room, known in rooms.items():
            for name, said in known.items():
                assert {"name", "about", "edges"} <= set(said) <= {"name", "about", "edges", "source"}, (room, name)
                assert all(CHINESE.search(said[label]) for label in ("about", "edges")), (room, name)


def test_no_english_is_left_in_the_formulas_and_tables_of_the_chinese_page() -> None:
    text = page("zh", "methods.md")
    words = {
        word
        for formula in re.findall(r"```math\n(.*?)```", text, re.DOTALL)
        for words in re.findall(r"\\text\{([^}]*)\}", formula)
        for word in re.findall(r"[a-z]{3,}", words)
    }
    assert words <= {
        "cap",
        "ceiling",
        "kurtosis",
        "middle",
        "skew",
        "spread",
        "ddof",
        "deduct",
        "each",
        "entropy",
        "floor",
        "from",
        "high",
        "last",
        "low",
        "move",
        "orness",
    } | {
        "quantile",
        "ref",
        "start",
        "top",
        "year",
    }
    headings = {cell.strip(" *") for row in re.findall(r"^\| (.*) \|\n\| ---", text, re.MULTILINE) for cell in row.split("|")}
    assert not headings & set(GENERATED["CHINESE"]["headings"])


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


@pytest.mark.parametrize(("language", "readme"), [("en", "README.md"), ("zh", "README.zh.md")])
def test_a_readme_leads_to_every_page(language: str, readme: str, repository: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    assert set(re.findall(rf"\]\(docs/{language}/([\w.]+)\)", text)) == set(NAMES)


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_ranking_that_a_readme_shows_is_the_one_that_comes_out(readme: str, repository: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    shown = re.search(r"```\n(广州市域.*?)```", text, re.DOTALL)
    assert shown is not None
    said = ran(repository, "rank")
    for line, printed in zip(shown[1].splitlines(), said.stdout.splitlines(), strict=False):
        assert printed.startswith(line.removesuffix("…").rstrip()), line


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_finding_that_a_readme_shows_is_the_one_that_comes_out(readme: str, repository: Path, tmp_path: Path) -> None:
    text = (repository / readme).read_text(encoding="utf-8")
    shown = re.search(r"\$ (indexcalc check.*)\n((?:.*\n)+?)```", text)
    assert shown is not None
    tree = (repository / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(tree) if "id: criminal-cases," in line)
    tree[at] = tree[at].replace("weight: 0.06", "weight: 0.16")
    (tmp_path / "indicators.yaml").write_text("\n".join(tree), encoding="utf-8")
    command = [sys.executable, "-m", *shlex.split(shown[1])]
    said = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True, encoding="utf-8")
    assert said.returncode == 1
    assert said.stderr == shown[2]


@pytest.mark.parametrize("name", ["change.md", "warning.md"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_page_shows_of_the_repository_comes_out(language: str, name: str, repository: Path) -> None:
    for block in re.findall(r"```(?:text)?\n\$ indexcalc (.*?)```", page(language, name), re.DOTALL):
        command, _, shown = block.partition("\n")
        said = CliRunner().invoke(app, [*shlex.split(command), "--index", str(repository)], env={"LANG": "zh_CN.UTF-8"})
        assert said.exit_code == 0, said.output
        for line in shown.splitlines():
            assert any(printed.startswith(line.removesuffix("…")) for printed in said.stdout.splitlines()), line


FORMULAS = yaml.safe_load((DOCS / "formulas.yaml").read_text(encoding="utf-8"))


def entries(language: str) -> list[tuple[str, str, str]]:
    """The section, name and text of every entry of methods.md."""
    found = []
    *sections, _ = re.split(r"^## ", page(language, "methods.md"), flags=re.MULTILINE)[1:]  # the last says where tools differ
    for section in sections:
        room = section.partition("\n")[0].partition(" ")[0]
        for entry in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
            heading, _, text = entry.partition("\n")
            found.append((room, next(name for name in FORMULAS[room] if f"{heading} ".startswith(f"{name} ")), text))
    return found


ENTRIES = {language: entries(language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_and_step_has_a_formula_and_none_is_left_over(language: str) -> None:
    shown = [(room, name) for room, name, _ in ENTRIES[language]]
    assert sorted(shown) == sorted((room, name) for room, known in FORMULAS.items() for name in known)
    assert {(room, name) for room, known in CATALOGUE.items() for name in known} <= set(shown)


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
    for language in LANGUAGES:
        (entry,) = [text for other, name, text in ENTRIES[language] if (other, name) == (room, method)]
        for name in parameters(room, method):
            assert f"`{name}` " in entry


@pytest.mark.parametrize(
    ("room", "name", "text"),
    [pytest.param(*entry, id=f"{language}/{entry[0]}/{entry[1]}") for language in LANGUAGES for entry in ENTRIES[language]],
)
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_of_formulas_is_shown(language: str) -> None:
    for name in FUNCTIONS:
        assert f"| `{name}(" in page(language, "methods.md")


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=f"{language}-{at}")
        for language in LANGUAGES
        for at, block in enumerate(re.findall(r"```yaml\n(.*?)```", page(language, "yaml.md"), re.DOTALL))
    ],
)
def test_every_example_of_the_language_is_right(block: str) -> None:
    index_of(WORKED["small_index"](block))
