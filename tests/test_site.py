"""The documentation site: no page is missing in either language, every link leads somewhere, what it shows runs, and it asks nothing.

The pages are looked at as they are given to Sphinx, which takes a second; the slow test builds some of each kind.
"""

from __future__ import annotations

import posixpath
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.tree.schema import json_schema
from indexcalc.words.findings import MESSAGES
from indexcalc.words.methods import ENTRIES
from indexcalc.words.site import finding_page, method_page

from .conftest import PROVE, REPOSITORY

DOCS = REPOSITORY / "docs"
LANGUAGES = ("zh", "en")
REFERENCE = runpy.run_path(str(DOCS / "reference.py"))
WALK = runpy.run_path(str(DOCS / "walk.py"))
PAGES: dict[str, dict[str, str]] = {language: REFERENCE["pages"](language) for language in LANGUAGES}
WRITTEN = sorted(path.name for path in (DOCS / "zh").glob("*.md"))


def test_no_page_is_missing_in_either_language() -> None:
    assert set(PAGES["zh"]) == set(PAGES["en"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_method_command_and_key_has_a_page_and_a_list_leads_to_it(language: str) -> None:
    made = PAGES[language]
    wanted = {finding_page(code) for code in MESSAGES}
    wanted |= {method_page(room, name) for room, entries in ENTRIES.items() for name in entries}
    wanted |= {f"commands/{name}.html" for name in commands(get_command(app))}
    wanted |= {f"keys/{key}.html" for key in json_schema()["properties"]}
    wanted = {page.replace(".html", ".md") for page in wanted}
    assert wanted <= set(made)
    listed = {target for name in ("findings", "methods", "commands", "keys") for target, _ in links(f"{name}.md", made)}
    assert {page for page in made if "/" in page} <= listed


def commands(group: Any, above: str = "") -> list[str]:
    """The names of all commands, as their pages have them."""
    own = []
    for name, command in group.commands.items():
        own += [f"{above}{name}", *(commands(command, f"{above}{name}-") if hasattr(command, "commands") else [])]
    return own


def links(page: str, made: dict[str, str]) -> list[tuple[str, str]]:
    """Where a page's links lead: a page and an anchor."""
    found = []
    for target in re.findall(
        r"\]\(([^)\s:]+)\)", re.sub(r"```.*?^```|`[^`\n]*`", "", made[page], flags=re.DOTALL | re.MULTILINE)
    ):
        file, _, anchor = target.partition("#")
        found.append((posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page, anchor))
    return found


def anchors(text: str) -> set[str]:
    seen: dict[str, int] = {}
    own = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {REFERENCE["GENERATED"]["_slug"](heading, seen) for heading in own}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_a_page_and_a_heading_of_it(language: str) -> None:
    made = PAGES[language]
    headings = {page: anchors(text) for page, text in made.items()}
    astray = [
        (page, target, anchor)
        for page in made
        for target, anchor in links(page, made)
        if target not in made or (anchor and anchor not in headings[target])
    ]
    assert astray == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_written_page_has_its_place_in_the_navigation(language: str) -> None:
    trees = re.findall(r"```\{toctree\}\n(.*?)```", PAGES[language]["index.md"], re.DOTALL)
    placed = [line for tree in trees for line in tree.splitlines() if line and not line.startswith(":")]
    assert sorted(placed) == sorted(page[:-3] for page in PAGES[language] if "/" not in page and page != "index.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_says_what_why_and_how_to_mend_it_with_an_example(language: str) -> None:
    for code, message in MESSAGES.items():
        text = PAGES[language][finding_page(code).replace(".html", ".md")]
        words = {key: said[language] for key, said in REFERENCE["WORDS"]["finding"].items() if language in said}
        assert f"## {words['why']}" in text
        assert (f"## {words['mend']}" in text) == bool(message.hint[language])
    shown = [text for page, text in PAGES[language].items() if f"## {words['example']}" in text and page.startswith("findings/")]
    assert len(shown) > 0.75 * len(MESSAGES)  # the others are shown by tests of their own: tests/test_messages.py says which


@pytest.mark.parametrize(
    ("words", "page"), [(["codes", "IC201"], "findings/IC201"), (["methods", "veto"], "methods/adjustments/veto")]
)
def test_a_command_says_which_page_says_more(words: list[str], page: str) -> None:
    for language in LANGUAGES:
        said = CliRunner().invoke(app, [*words, "--lang", language])
        assert f"{language}/{page}.html" in said.stdout
        assert f"{page}.md" in PAGES[language]


# ------------------------------------------------------------------------------------------------- what the pages show


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tutorial_comes_out_as_it_is_shown(language: str, tmp_path: Path) -> None:
    steps = list(WALK["walk"](language, tmp_path))
    assert [step.command.split()[1] for step in steps] == [
        *("tree", "check", "score", "explain", "weights", "weights", "publish", "publish", "verify", "report")
    ]
    for step in steps:
        printed = iter(step.printed.splitlines())
        for line in step.shown:
            if line != "…":
                assert any(said.startswith(line) for said in printed), (step.command, line)
    files = (DOCS / language / "files.md").read_text(encoding="utf-8")
    own = {"\u8857\u9053", "Street", *(node["name"] for node in dimensions_of(tmp_path))}
    for file in (*tmp_path.glob("*/reports/2024/*.csv"), *tmp_path.glob("*/indicators.*ed"), *tmp_path.glob("*/indicators.*s")):
        columns = re.split(r"[\t,]", file.read_text(encoding="utf-8-sig").partition("\n")[0].replace('"', ""))
        assert [column for column in columns if column not in own and column not in files] == [], file.name


def dimensions_of(folder: Path) -> list[dict[str, str]]:
    (tree,) = folder.glob("*/indicators.yaml")
    return [
        {"name": node.get("name") or node["name_en"]} for node in yaml.safe_load(tree.read_text(encoding="utf-8"))["dimensions"]
    ]


LINES = sorted(
    {
        (name, line)
        for language in LANGUAGES
        for name in WRITTEN
        for block in re.findall(
            r"^```(?:sh|console|text)?\n(.*?)^```", (DOCS / language / name).read_text("utf-8"), re.DOTALL | re.MULTILINE
        )
        for line in re.findall(r"^(?:\$ )?(indexcalc .*)$(?!\nIC59)", block, re.MULTILINE)
    }
)


@pytest.mark.parametrize("name", WRITTEN)
def test_every_command_line_of_a_page_can_be_typed(name: str) -> None:
    for line in [line for page, line in LINES if page == name]:
        words = shlex.split(line.partition(" | ")[0].partition(" > ")[0].partition(" && ")[0], comments=True)[1:]
        command: Any = get_command(app)
        context = command.make_context("indexcalc", [], resilient_parsing=True)
        while hasattr(command, "commands") and words and not words[0].startswith("-"):
            assert words[0] in command.commands, line
            command = command.commands[words[0]]
            words = words[1:]
        try:
            command.make_context(command.name, words, parent=context)
        except Exception as error:  # noqa: BLE001 - click's, or what newer versions of typer have in its place
            if type(error).__name__ != "Exit":  # of --help
                pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WRITTEN)
def test_every_block_of_yaml_and_python_can_be_read(language: str, name: str) -> None:
    """`yaml.md`, the cookbook, the methods and the pages of Python are run as well, by tests of their own."""
    text = (DOCS / language / name).read_text(encoding="utf-8")
    known = set(re.findall(r'"([a-z_]+)":', (DOCS / "indexcalc.schema.json").read_text(encoding="utf-8")))
    for block in re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        said = yaml.safe_load(re.sub(r"^ *…$", "", block, flags=re.MULTILINE))
        assert set(said if isinstance(said, dict) else said[0]) & known, block
    for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE) if name != "adding.md" else ():
        compile(block, name, "exec")


# ------------------------------------------------------------------------------------------------------ the built pages


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES if PROVE else LANGUAGES[:1])
def test_the_pages_are_built_without_a_warning_and_ask_nothing_from_outside(language: str, tmp_path: Path) -> None:
    build = runpy.run_path(str(DOCS / "build.py"))
    made = {page: text for page, text in PAGES[language].items() if PROVE or "/" not in page or of_each_kind(page)}
    build["built"](tmp_path, language, made=made, whole=PROVE)
    pages = list((tmp_path / language).rglob("*.html"))
    assert {page.relative_to(tmp_path / language).with_suffix(".md").as_posix() for page in pages} >= set(made)
    other = {"zh": "en", "en": "zh"}[language]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(tmp_path / language).as_posix()
        asked = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"", text)
        assert not [address for address in asked if re.match(r"(?:https?:)?//", address)], name
        if name.replace(".html", ".md") in made:
            assert f'href="{"../" * (name.count("/") + 1)}{other}/{name}" lang="{other}"' in text
            assert "<math" in text or "```math" not in made[name.replace(".html", ".md")]
    for sheet in (tmp_path / language).rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8")), sheet
    assert not (tmp_path / language / "_sources").exists()


def of_each_kind(page: str) -> bool:
    return page in (
        *("findings/IC107.md", "findings/IC201.md", "findings/IC314.md", "findings/IC604.md", "commands/score.md"),
        *("methods/normalise/min-max.md", "methods/weights/ahp.md", "methods/derive/over_units.md", "keys/weight.md"),
    )
