"""Write the pages that are made from the program itself: `python docs/generate.py`. A test checks that they are fresh."""

from __future__ import annotations

import inspect
from pathlib import Path

from typer.main import get_command

from indexcalc.cli.app import app
from indexcalc.messages import MESSAGES, plain_words
from indexcalc.methods import CATALOGUE, parameters
from indexcalc.spec.schema import ID, descriptions, schema_text

HERE = Path(__file__).parent
EVERY_KEY = "## Every key"
ROOMS = {
    "normalise": "Scores of single indicators: `normalise:` at an indicator or under `defaults:`.",
    "aggregate": "Children into a parent: `aggregate:` at a node, at `index:` or under `defaults:`.",
    "impute": "Estimates for missing values: `impute:` at an indicator or under `defaults:`.",
    "treat": "Outliers: `treat:` at an indicator or under `defaults:`; before the score, in the unit of measurement.",
    "weights": "Where weights among siblings come from: `weights:` at a node, at `index:` or under `defaults:`.",
    "ties": "Ranks of equal scores: `ties:` under `ranking:`.",
}
RANGES = {
    "1": "text and shape",
    "2": "the tree",
    "3": "data",
    "4": "methods and scores",
    "5": "reports and commands",
    "6": "weights, submissions, the ledger and the audit",
    "7": "analyses",
}


def methods_page() -> str:
    parts = ["# Methods", "Made from the program by `python docs/generate.py`; `indexcalc methods NAME` prints the same."]
    for room, known in CATALOGUE.items():
        parts += [f"## {room}", ROOMS[room]]
        for name, function in known.items():
            takes = parameters(room, name).values()
            shown = ", ".join(f"`{p.name}`" if p.required else f"`{p.name}: {_yaml(p.default)}`" for p in takes)
            parts += [f"### {name}", inspect.getdoc(function) or "", f"Parameters: {shown}." if shown else "No parameters."]
    return "\n\n".join(parts) + "\n"


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
    commands = dict(command.commands)  # type: ignore[attr-defined]
    for group, sub in command.commands.items():  # type: ignore[attr-defined]
        commands |= {f"{group} {name}": one for name, one in getattr(sub, "commands", {}).items()}
    for name, sub in sorted(commands.items()):
        with sub.make_context(f"indexcalc {name}", [], resilient_parsing=True) as context:
            context.max_content_width = context.terminal_width = 100
            parts += [f"## {name}", f"```\n{sub.get_help(context).strip()}\n```"]
            for own, below in sorted(getattr(sub, "commands", {}).items()):
                with below.make_context(own, [], parent=context, resilient_parsing=True) as inner:
                    inner.max_content_width = inner.terminal_width = 100
                    parts += [f"### {name} {own}", f"```\n{below.get_help(inner).strip()}\n```"]
    return "\n\n".join(parts) + "\n"


def yaml_page() -> str:
    written = (HERE / "yaml.md").read_text(encoding="utf-8").partition(EVERY_KEY)[0].strip()
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
    "denominators": ["Denominator"],
    "defaults": ["Defaults"],
    "dimensions: a node with children": ["Dimension"],
    "dimensions: an indicator": ["Indicator"],
    "missing": ["Missing"],
    "normalise": ["Normalise"],
    "impute": ["Impute"],
    "ranking": ["Ranking"],
    "grades": ["Grade"],
    "uncertainty": ["Alternatives"],
    "uncertainty: how weights are drawn": ["WeightDraw"],
    "uncertainty: errors of values": ["Noise"],
}
PAGES = {
    "yaml.md": yaml_page,
    "methods.md": methods_page,
    "findings.md": findings_page,
    "commands.md": commands_page,
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
