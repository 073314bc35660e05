"""Write the pages that are made from the program itself: `python docs/generate.py`. A test checks that they are fresh."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import yaml
from typer.main import get_command

from indexcalc.cli.app import app
from indexcalc.methods import CATALOGUE, parameters
from indexcalc.tree.schema import ID, descriptions, schema_text
from indexcalc.words.findings import MESSAGES, plain_words

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a test runs this file by its path

from worked import METHODS, consistency_table, formula_table, method_table, over_units_tables, step_table  # noqa: E402

EVERY_KEY = "## Every key"
DIFFER = "## Where tools differ"
FORMULAS = yaml.safe_load((HERE / "formulas.yaml").read_text(encoding="utf-8"))
MADE = (
    "Made from the program by `python docs/generate.py`, each example by scoring a small index of four units, A to D, rounded to "
    "four decimals; – is missing. `indexcalc methods NAME` says the same in plain text."
)
SHORT = (
    "Sources in short: **HB** OECD/JRC, Handbook on Constructing Composite Indicators (2008); "
    "**COINr** Becker et al., JOSS 2022, doi:10.21105/joss.04567."
)
RANGES = {
    "1": "text and shape",
    "2": "the tree",
    "3": "data",
    "4": "methods and scores",
    "5": "reports and commands",
    "6": "weights, submissions, the ledger and the audit",
    "7": "logs of events and analyses",
    "8": "warnings and size",
}


def methods_page() -> str:
    """Every method by room, in the order that data goes: what it does, formula, edge cases, source, YAML, an example."""
    written = (HERE / "en" / "methods.md").read_text(encoding="utf-8").partition(DIFFER)[2].strip()
    slugs: dict[str, int] = {}
    parts, links = [], []
    for room, text in METHODS["sections"].items():
        parts += [f"## {room}", text]
        where, own = _slug(room, slugs), []
        for name, block in _blocks(room).items():
            own.append(f"[{name}](#{_slug(name, slugs)})")
            parts += [f"### {name}", *block]
        links.append(f"- **[{room}](#{where})**: {' · '.join(own)}")
    links.append(f"- **[Where tools differ](#{_slug(DIFFER[3:], slugs)})**")
    return "\n\n".join(["# Methods", MADE, "\n".join(links), SHORT, *parts, DIFFER, written]) + "\n"


def _blocks(room: str) -> dict[str, list[str]]:
    """The parts of every entry of a section by its name."""
    if room in CATALOGUE:
        return {name: _method_block(room, name) for name in CATALOGUE[room]}
    blocks = {name: _step_block(room, name, step) for name, step in METHODS["steps"][room].items()}
    if room == "derive":
        blocks["over_units"].append(over_units_tables(METHODS["steps"][room]["over_units"]["yaml"]))
        blocks["formula"].append(formula_table())
    return blocks


def _method_block(room: str, name: str) -> list[str]:
    body, labelled = _documented(inspect.getdoc(CATALOGUE[room][name]) or "")
    first, _, more = body.partition("\n\n")
    line = METHODS["lines"].get(room, {}).get(name, f"{room}: {name}")
    takes = "; ".join(
        f"`{p.name}` {_kind(p.type)}{'' if p.required else f' = {_yaml(p.default)}'}" for p in parameters(room, name).values()
    )
    facts = [f"- **Parameters:** {takes or 'none'}."]
    facts += [f"- **{label}:** {labelled[label]}" for label in ("Edge cases", "Source")]
    parts = [" ".join(first.split()), _math(room, name), " ".join(more.split()), "\n".join(facts)]
    parts += [f"```yaml\n{line}\n```", method_table(room, name, line), consistency_table(line) if name == "ahp" else ""]
    return [part for part in parts if part]


def _step_block(room: str, name: str, step: dict[str, str]) -> list[str]:
    facts = [f"- **Edge cases:** {step['edges']}"] + ([f"- **Source:** {step['source']}"] if "source" in step else [])
    made = step_table(step) if "shown" in step else ""
    return [part for part in (step["about"], _math(room, name), "\n".join(facts), f"```yaml\n{step['yaml']}\n```", made) if part]


def _documented(text: str) -> tuple[str, dict[str, str]]:
    """A docstring without its labelled parts, and these by their labels; the formula is shown from the table of formulas."""
    body, *rest = re.split(r"^(Formula|Edge cases|Source): ", text, flags=re.MULTILINE)
    return body.strip(), {label: " ".join(said.split()) for label, said in zip(rest[::2], rest[1::2], strict=True)}


def _math(room: str, name: str) -> str:
    return f"```math\n{FORMULAS[room][name]}\n```"


def _slug(heading: str, seen: dict[str, int]) -> str:
    """The anchor that a heading has on a page, numbered where another has the same."""
    slug = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
    seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{seen[slug]}" if seen[slug] else slug


def _kind(wanted: Any) -> str:
    """What may be written for a parameter, in words."""
    plain = {float: "number", int: "whole number", bool: "true or false", str: "text", type(None): "null", Any: "anything"}
    if wanted in plain:
        return plain[wanted]
    kind, inside = get_origin(wanted), get_args(wanted)
    if kind is Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if kind in (Union, UnionType):
        return " or ".join(map(_kind, inside))
    if kind is tuple:
        return f"[{', '.join(map(_kind, inside))}]"
    if kind is Mapping:
        keys = get_args(inside[0]) if get_origin(inside[0]) is Literal else ()
        return f"`{{{', '.join(f'{key}: {_kind(inside[1])}' for key in keys)}}}`" if keys else "mapping"
    of = _kind(inside[0])
    return f"list of ({of})" if " or " in of and not of.startswith("list") else f"list of {of}"


def findings_page() -> str:
    parts = ["# Findings", "Made from the program by `python docs/generate.py`; `indexcalc codes CODE` prints the same."]
    for digit, title in RANGES.items():
        parts += [f"## {digit}xx: {title}"]
        for code, message in sorted(MESSAGES.items()):
            if code[2] == digit:
                lines = [f"### {code} ({message.severity})"]
                for language in ("en", "zh"):
                    text = plain_words(" ".join(message.text[language].split()))
                    hint = f" — {plain_words(message.hint[language])}" if message.hint[language] else ""
                    lines.append(f"- `{text}`{hint}\n  {message.about[language]}")
                parts.append("\n\n".join([lines[0], "\n".join(lines[1:])]))
    return "\n\n".join(parts) + "\n"


def commands_page() -> str:
    command = get_command(app)
    parts = ["# Commands", "Made from the program by `python docs/generate.py`."]
    whole = command.make_context("indexcalc", [], resilient_parsing=True)
    for name, sub in sorted(command.commands.items()):  # type: ignore[attr-defined]
        with sub.make_context(name, [], parent=whole, resilient_parsing=True) as context:
            context.max_content_width = context.terminal_width = 100
            parts += [f"## {name}", f"```\n{sub.get_help(context).strip()}\n```"]
            for own, below in sorted(getattr(sub, "commands", {}).items()):
                with below.make_context(own, [], parent=context, resilient_parsing=True) as inner:
                    inner.max_content_width = inner.terminal_width = 100
                    parts += [f"### {name} {own}", f"```\n{below.get_help(inner).strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def yaml_page() -> str:
    written = (HERE / "en" / "yaml.md").read_text(encoding="utf-8").partition(EVERY_KEY)[0].strip()
    parts = [written, EVERY_KEY, "This part is made from the program by `python docs/generate.py`."]
    said = descriptions()
    for title, blocks in BLOCKS.items():
        keys = {key: text for block in blocks for key, text in said[block].items()}
        parts += [f"### {title}", "\n".join(f"- `{key}` {text}" for key, text in keys.items())]
    return "\n\n".join(parts) + "\n"


BLOCKS = {
    "index": ["Root"],
    "units": ["UnitTable"],
    "periods": ["Periods"],
    "data, by names of your own": ["Data"],
    "events of a source": ["EventLog"],
    "denominators": ["Denominator"],
    "defaults": ["Defaults"],
    "dimensions: a node with children": ["Dimension"],
    "dimensions: an indicator": ["Indicator"],
    "events of an indicator": ["FromEvents"],
    "shrink": ["Shrink"],
    "score_over_units": ["FromUnits"],
    "missing": ["Missing"],
    "normalise": ["Normalise"],
    "impute": ["Impute"],
    "ranking": ["Ranking"],
    "grades": ["Grade"],
    "uncertainty": ["Alternatives"],
    "uncertainty: how weights are drawn": ["WeightDraw"],
    "uncertainty: errors of values": ["Noise"],
    "warnings": ["Warnings"],
    "warnings: a rule": ["WarningRule"],
    "warnings: escalation": ["Step"],
}
PAGES = {
    "en/yaml.md": yaml_page,
    "en/methods.md": methods_page,
    "en/findings.md": findings_page,
    "en/commands.md": commands_page,
    ID: schema_text,
}


def _yaml(value: object) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if isinstance(value, (bool, type(None)))
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")
