"""Write the pages that are made from the program, in both languages: `python docs/generate.py`. A test holds them fresh."""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from indexcalc.cli import LANGUAGE
from indexcalc.cli.app import app
from indexcalc.findings import Language
from indexcalc.methods import CATALOGUE, RECORDS
from indexcalc.tree.kinds import kind_of, within, written
from indexcalc.tree.schema import descriptions, schema_file, schema_text
from indexcalc.words.findings import MESSAGES, SEVERITIES, plain_words
from indexcalc.words.keys import KEYS, meaning, unfolded  # noqa: F401 - a test holds KEYS to the model
from indexcalc.words.kinds import KINDS

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a test runs this file by its path

from worked import METHODS, consistency_table, formula_table, method_table, over_units_tables, step_table  # noqa: E402


def read(name: str) -> Any:
    """Return what a file of words beside this one says."""
    return unfolded(yaml.safe_load((HERE / name).read_text(encoding="utf-8")))


FORMULAS, WORDS, CHINESE = map(read, ("formulas.yaml", "pages.yaml", "methods.zh.yaml"))
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def methods_page(language: Language) -> str:
    """Return every method by room, in the order that data goes: what it does, formula, edge cases, source, YAML, an example."""
    words = {key: said[language] for key, said in WORDS["methods"].items()}
    differ = f"## {words['differ']}"
    slugs: dict[str, int] = {}
    parts, links = [], []
    for room, text in METHODS["sections"].items():
        titled, about = (room, text) if language == "en" else (f"{room} {_chinese(room)['name']}", _chinese(room)["about"])
        parts += [f"## {titled}", about]
        where, below = _slug(titled, slugs), []
        for name, block in _blocks(room, language).items():
            heading = name if language == "en" else f"{name} {_chinese(room, name)['name']}"
            below.append(f"[{heading}](#{_slug(heading, slugs)})")
            parts += [f"### {heading}", *block]
        links.append(f"- **[{titled}](#{where})**: {' · '.join(below)}")
    links.append(f"- **[{words['differ']}](#{_slug(words['differ'], slugs)})**")
    opening = [words["title"], words["about"], "\n".join(links), words["sources"]]
    return "\n\n".join([*opening, *parts, differ, _written("methods", language).partition(differ)[2].strip()]) + "\n"


def methods_in_plain_text() -> str:
    """Return every entry of the page as plain text, by section and name: what `indexcalc methods NAME` shows."""
    entries: dict[str, dict[str, dict[str, str]]] = {}
    for room in METHODS["sections"]:
        for language in LANGUAGES:
            for name, block in _blocks(room, language).items():
                titled = f"{room}: {name}" if language == "en" else f"{room}: {name} {_chinese(room, name)['name']}"
                entries.setdefault(room, {}).setdefault(name, {})[language] = _plain("\n\n".join([titled, *block]))
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _plain(text: str) -> str:
    """Return Markdown without its marks: fences, bold, links and code within lines."""
    text = re.sub(r"^```\w*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    return re.sub(r"\*\*([^*\n]+)\*\*", r"\1", text).strip()


def _blocks(room: str, language: Language) -> dict[str, list[str]]:
    """Return the parts of every entry of a section by its name."""
    if room in CATALOGUE:
        return {name: _method_block(room, name, language) for name in CATALOGUE[room]}
    steps = METHODS["steps"][room]
    blocks = {name: _step_block(room, name, step, language) for name, step in steps.items()}
    if room == "derive":
        blocks["over_units"].append(_table(over_units_tables(steps["over_units"]["yaml"]), language))
        blocks["formula"].append(_table(formula_table(), language))
    return blocks


def _method_block(room: str, name: str, language: Language) -> list[str]:
    """Return the parts of a method's entry."""
    said = _documented(inspect.getdoc(CATALOGUE[room][name]) or "")
    if language == "zh":
        said |= {"more": "", "source": _pages(said["source"])} | _chinese(room, name)
    line = METHODS["lines"].get(room, {}).get(name, f"{room}: {name}")
    facts = [_fact("parameters", _takes(room, name, language), language)]
    facts += [_fact(label, said[label], language) for label in ("edges", "source")]
    parts = [said["about"], _math(room, name, language), said["more"], "\n".join(facts), f"```yaml\n{line}\n```"]
    parts.append(_table(method_table(room, name, line), language))
    if name == "ahp":
        parts.append(consistency_table(line, WORDS["methods"]["consistency"][language]))
    return [part for part in parts if part]


def _step_block(room: str, name: str, step: dict[str, str], language: Language) -> list[str]:
    """Return the parts of the entry of a step that is a key of the tree."""
    said = step if language == "en" else {key: _pages(step[key]) for key in ("source",) if key in step} | _chinese(room, name)
    facts = [_fact(label, said[label], language) for label in ("edges", "source") if label in said]
    parts = [said["about"], _math(room, name, language), "\n".join(facts), f"```yaml\n{step['yaml']}\n```"]
    return [*parts, _table(step_table(step), language)] if "shown" in step else parts


def _chinese(room: str, name: str = "") -> dict[str, str]:
    """Return the Chinese texts of a section, or of a method or step in it."""
    if not name:
        return CHINESE["sections"][room]
    return CHINESE["methods" if room in CATALOGUE else "steps"][room][name]


def _pages(source: str) -> str:
    """Return a source that is said in English with its pages in Chinese."""
    return re.sub(r", p\. ([\d-]+)", WORDS["methods"]["page"]["zh"], source.rstrip(".")).replace("; ", "；")


def _fact(label: str, text: str, language: Language) -> str:
    return WORDS["methods"][label][language].format(text)


def _documented(text: str) -> dict[str, str]:
    """Return a docstring by its parts; its formula is shown from the table of formulas."""
    body, *rest = re.split(r"^(Formula|Edge cases|Source): ", text, flags=re.MULTILINE)
    labelled = {label: " ".join(said.split()) for label, said in zip(rest[::2], rest[1::2], strict=True)}
    first, _, more = body.strip().partition("\n\n")
    return {
        "about": " ".join(first.split()),
        "more": " ".join(more.split()),
        "edges": labelled["Edge cases"],
        "source": labelled["Source"],
    }


def _math(room: str, name: str, language: Language) -> str:
    formula = FORMULAS[room][name]
    if language == "zh":
        formula = re.sub(r"\\text\{([^}]*)\}", lambda found: rf"\text{{{CHINESE['formulas'].get(found[1], found[1])}}}", formula)
    return f"```math\n{formula}\n```"


def _table(made: str, language: Language) -> str:
    """Return a table of a worked example with its words in a language."""
    if language == "en":
        return made
    words = CHINESE["headings"]
    return re.sub(r"(?<=\| )(\**)([^|*]+)(\**)(?= \|)", lambda cell: cell[1] + words.get(cell[2], cell[2]) + cell[3], made)


def _slug(heading: str, seen: dict[str, int]) -> str:
    """Return the anchor that a heading has on a page, numbered where another has the same."""
    slug = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
    seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{seen[slug]}" if seen[slug] else slug


def _takes(room: str, name: str, language: Language) -> str:
    """Return the parameters of a method, each with what may be written, between which bounds, and its default."""
    words, record = {key: said[language] for key, said in KINDS.items()}, RECORDS[room][name]
    takes = []
    for parameter in record.parameters.values():
        kind = f"`{parameter.name}` {kind_of(parameter.type, language)}"
        if bounds := within(record.bounds.get(parameter.name), language):
            kind = words["bounded"].format(kind, bounds)
        takes.append(kind if parameter.required else words["default"].format(kind, written(parameter.default)))
    return words["next"].join(takes) or words["none"]


def findings_page(language: Language) -> str:
    """Return every finding by its code: the message, the hint, what it means."""
    words = {key: said.get(language, said) for key, said in WORDS["findings"].items()}
    parts = [words["title"], words["about"]]
    for digit, titles in words["ranges"].items():
        parts.append(f"## {titles[language]}")
        for code, message in sorted(MESSAGES.items()):
            if code[2] == digit:
                text = plain_words(" ".join(message.text[language].split()), language)
                hint = words["hint"].format(plain_words(message.hint[language], language)) if message.hint[language] else ""
                parts.append(words["heading"].format(code, SEVERITIES[language][message.severity]))
                parts += [f"`{text}`{hint}", message.about[language]]
    return "\n\n".join(parts) + "\n"


def commands_page(language: Language) -> str:
    """Return the help of every command."""
    command = get_command(app)
    parts = [WORDS["commands"]["title"][language], WORDS["commands"]["about"][language]]
    whole = command.make_context("indexcalc", [], resilient_parsing=True)
    whole.meta[LANGUAGE], whole.terminal_width = language, 100
    for name, sub in sorted(command.commands.items()):  # type: ignore[attr-defined]
        with _below(sub, name, whole) as context:
            parts += [f"## {name}", _help(context)]
            for below, inner in sorted(getattr(sub, "commands", {}).items()):
                with _below(inner, below, context) as here:
                    parts += [f"### {name} {below}", _help(here)]
    return "\n\n".join(parts) + "\n"


def _below(command: Any, name: str, context: Any) -> Any:
    return command.context_class(command, info_name=name, parent=context, **command.context_settings)


def _help(context: Any) -> str:
    """Return a command's help: its sentence as text, and how it is typed as it stands on a screen."""
    usage, sentence, rest = context.get_help().split("\n\n", 2)
    return f"{' '.join(sentence.split())}\n\n```\n{usage}\n\n{rest}\n```"


def yaml_page(language: Language) -> str:
    """Return the guide to the tree's language, with every key at its end."""
    words = WORDS["yaml"]
    every = words["every"][language]
    parts = [_written("yaml", language).partition(every)[0].strip(), every, words["about"][language]]
    english = descriptions()
    for block, title in words["blocks"].items():
        own = own_keys(block, english)
        said = {key: english[block][key] if language == "en" else meaning(block, key) for key in own}
        keys = [words["key"][language].format(key, text) for key, text in said.items()]
        parts += [f"### {title[language]}", "\n".join(keys)]
    return "\n\n".join(parts) + "\n"


def own_keys(block: str, english: dict[str, dict[str, str]]) -> list[str]:
    """Return the keys that a block is shown with: what an indicator says of its values is shown once, for defaults too."""
    shared = english["Leaf"] if block in ("Indicator", "Defaults", "NodeDefaults") else {}
    return [key for key, text in english[block].items() if shared.get(key) != text]


def _written(page: str, language: Language) -> str:
    """Return a page as it stands, whose written part is kept."""
    return (HERE / language / f"{page}.md").read_text(encoding="utf-8")


def output_schema() -> str:
    """Return the JSON Schema of what `--json` prints, a definition a command, and of a finding."""
    said = yaml.safe_load((HERE / "json.yaml").read_text(encoding="utf-8"))
    shapes = {"finding": said["finding"], **said["shared"], **said["commands"]}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "indexcalc.output.schema.json",
        "description": "indexcalc COMMAND --json: #/$defs/COMMAND on standard output, #/$defs/finding a line of standard error",
        "$defs": {name: _schema_of(shape, said["words"]) for name, shape in shapes.items()},
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


_TYPES = {"text": "string", "number": "number", "whole": "integer", "flag": "boolean"}


def _schema_of(shape: Any, words: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the JSON Schema of a shape as json.yaml has it."""
    if isinstance(shape, list):
        return {"type": "array", "items": _schema_of(shape[0], words)}
    if shape is None:
        return {"type": "null"}
    if isinstance(shape, dict) and set(shape) == {"|"}:
        return {"anyOf": [_schema_of(one, words) for one in shape["|"]]}
    if isinstance(shape, dict) and set(shape) == {"*"}:
        return {"type": "object", "additionalProperties": _schema_of(shape["*"], words)}
    if isinstance(shape, dict):
        fields = {key.rstrip("~"): _schema_of(one, words) for key, one in shape.items()}
        for key in set(fields) & set(words):
            fields[key] = {"description": f"{words[key]['en']} · {words[key]['zh']}", **fields[key]}
        return {"type": "object", "properties": fields, "required": [key for key in shape if not key.endswith("~")]}
    if shape == "any":
        return {}
    if shape.startswith("$"):
        return {"$ref": f"#/$defs/{shape[1:]}"}
    kind = _TYPES[shape.rstrip("~")]
    return {"type": [kind, "null"] if shape.endswith("~") else kind}


PAGES: dict[str, Callable[[], str]] = {
    f"{language}/{name}.md": partial(page, language)
    for language in LANGUAGES
    for name, page in (("yaml", yaml_page), ("methods", methods_page), ("findings", findings_page), ("commands", commands_page))
}
PAGES[schema_file("en")] = partial(schema_text, "en")  # in Chinese the command prints it
PAGES["indexcalc.output.schema.json"] = output_schema
PAGES["../indexcalc/words/methods.json"] = methods_in_plain_text

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")
