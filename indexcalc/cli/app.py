"""The commands, each in a file of its own that is loaded when it is asked for: `--help` and `check` are quick."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated, Any

import typer

from ..version import VERSION
from . import ASKED
from .arguments import Command, Commands
from .options import GROUP, Lang

_SHARED = {"app", "arguments", "colour", "give", "help", "offers", "open", "options", "usage"}
COMMANDS = tuple(one.name for one in iter_modules([str(Path(__file__).parent)]) if one.name not in _SHARED)
"""Every other file here is a command of its name, or a group of commands."""

HELP = "Composite and governance indices from a declared tree of indicators."
app = typer.Typer(
    name="indexcalc",
    help=HELP,
    **{**GROUP, "cls": Commands},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(VERSION)
        raise typer.Exit


@app.callback(help=HELP)
def main(
    context: typer.Context,
    lang: Annotated[Lang | None, typer.Option("--lang", help="zh or en, for any command.")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Say what holds for any command."""
    del version  # it has been printed already, where it was asked for
    if lang is not None:
        context.default_map = _spoken(context.command, lang)


def _spoken(group: Any, lang: str) -> dict[str, Any]:
    """Return a language as the default of all commands below a group."""
    return {
        name: {**(_spoken(one, lang) if hasattr(one, "commands") else {}), "lang": lang, "spoken": lang}
        for name, one in group.commands.items()
    }


def load(names: Iterable[str]) -> None:
    """Add commands to the app."""
    for name in names:
        module = import_module(f".{name}", __package__)
        if hasattr(module, "group"):
            for command in module.group.registered_commands:
                command.cls = Command
            app.add_typer(module.group)
        else:
            app.command(name, cls=Command)(getattr(module, name))


def load_sentences() -> None:
    """Add all commands with what their help says first, and nothing that they take: that is all that a list of them shows."""
    for name in COMMANDS:
        module = import_module(f".{name}", __package__)
        said = module.group.info.help if hasattr(module, "group") else getattr(module, name).__doc__
        app.command(name, cls=Command, help=said)(load_sentences)


# making every command ready takes longer than checking a tree: only what is asked for is loaded
if ASKED and sys.argv[1:] == ASKED and ASKED[0] in GROUP["context_settings"]["help_option_names"]:
    load_sentences()
else:
    load([one for one in ASKED if one in COMMANDS] or COMMANDS)
