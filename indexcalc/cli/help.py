"""Help in the language of the screen: what a command does and takes, laid out for the width of the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from ..findings import Language, spoken
from ..words.shown import broken, wide
from . import LANGUAGE

_WIDEST = 100  # columns that are still read well
_LEFT = 30  # columns that what is typed takes at most beside what it means
_COMMON = {"index", "data", "lang", "json", "strict", "quiet", "help"}  # options that most commands have


def language_of(context: Any) -> Language:
    """Return the language of a command's screen."""
    found: Language | None = context.meta.get(LANGUAGE) if context is not None else None
    return found or spoken()


def help_of(command: Any, context: Any) -> str:
    """Return the help of a command, or of a group of commands."""
    from ..words.commands import HELP, SECTIONS

    language, path = language_of(context), path_of(context)
    width = context.terminal_width or min(shutil.get_terminal_size().columns, _WIDEST)
    said, taken = HELP[language], [one for one in command.get_params(context) if shown(one)]
    rows = [(_section(one), _row(one, path, language)) for one in taken]
    sections = {said[name]: [row for section, row in rows if section == name] for name in ("arguments", "options", "common")}
    below = {
        name: sentence_of(one, name if path == "indexcalc" else f"{path} {name}", language)
        for name, one in sorted(getattr(command, "commands", {}).items())
    }
    if path == "indexcalc":
        sections |= {title[language]: [(name, below[name]) for name in names] for title, names in SECTIONS}
    else:
        sections[said["commands"]] = list(below.items())
    parts = [usage_of(context), *_indented(sentence_of(command, path, language), width)]
    for title, listed in sections.items():
        if listed:
            parts += ["", said["heading"].format(title), *_columns(listed, width)]
    if path == "indexcalc":
        parts += ["", *said["begin"].splitlines()]
    return "\n".join(parts)


def sentence_of(command: Any, path: str, language: Language) -> str:
    """Return what a command does, in a sentence."""
    from ..words.commands import COMMANDS

    english = (command.help or "").partition("\n\n")[0].replace("\n", " ").strip()
    return (COMMANDS.get(path) if language == "zh" else None) or english


def about(parameter: Any, path: str, language: Language) -> str:
    """Return what an option or argument means."""
    from ..words.commands import OPTIONS

    chinese = OPTIONS.get(path, {}).get(parameter.name) or OPTIONS[""].get(parameter.name)
    return (chinese if language == "zh" else None) or parameter.help or ""


def usage_of(context: Any) -> str:
    """Return how a command is typed."""
    from ..words.commands import HELP

    command, language = context.command, language_of(context)
    said, path = HELP[language], path_of(context)
    arguments = [_argument(one, path, language) for one in command.params if one.param_type_name == "argument"]
    below = [said["command"]] if getattr(command, "commands", None) else []
    typed = "indexcalc" if path == "indexcalc" else f"indexcalc {path}"
    return " ".join([said["usage"].format(typed), said["some"], *arguments, *below])


def path_of(context: Any) -> str:
    """Return the names of a command and of the groups that it is in, or the program's own."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return " ".join(names) or "indexcalc"


def value_of(parameter: Any, path: str, language: Language) -> str:
    """Return what stands for the value of an option or argument."""
    from ..words.commands import VALUES

    if choices := choices_of(parameter):
        return "|".join(choices)
    said = VALUES.get(f"{path} {parameter.name}") or VALUES.get(parameter.name) or VALUES["number"]
    return said[language]


def choices_of(parameter: Any) -> tuple[str, ...]:
    """Return the words that may be given, or nothing where others may."""
    described = getattr(parameter, "type_descriptor", None) or parameter.type  # the latter before Typer had types of its own
    return tuple(map(str, getattr(described, "choices", None) or ()))


def bounds_of(parameter: Any) -> tuple[Any, Any]:
    """Return the least and the greatest number that may be given."""
    described = parameter if hasattr(parameter, "min") else getattr(parameter, "type", None)
    return getattr(described, "min", None), getattr(described, "max", None)


def bounded(parameter: Any, language: Language) -> str:
    """Return in words between which bounds a number lies."""
    from ..words.commands import HELP

    said, (least, most) = HELP[language], bounds_of(parameter)
    if least is None and most is None:
        return ""
    which = "within" if None not in (least, most) else "least" if most is None else "most"
    return said[which].format(least=_written(least), most=_written(most))


def shown(parameter: Any) -> bool:
    """Whether people are told of an option or argument."""
    return not getattr(parameter, "hidden", False)


def _section(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "arguments"
    return "common" if parameter.name in _COMMON else "options"


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else "" if value is None else str(value)


def _default(parameter: Any) -> str:
    """Return what holds where nothing is typed, if that is worth showing."""
    if getattr(parameter, "is_flag", False):  # of two flags one holds; of one its absence says nothing
        return str(parameter.opts[0]) if parameter.secondary_opts and parameter.default else ""
    return _written(parameter.default) if isinstance(parameter.default, (str, int, float, PurePath)) else ""


def _argument(parameter: Any, path: str, language: Language) -> str:
    value = value_of(parameter, path, language)
    return value if parameter.required else f"[{value}]"


def _row(parameter: Any, path: str, language: Language) -> tuple[str, str]:
    """Return what is typed, and what it means with its default and bounds."""
    from ..words.commands import HELP

    said = HELP[language]
    if parameter.param_type_name == "argument":
        typed = value_of(parameter, path, language)
    else:
        names = ", ".join(sorted([*parameter.opts, *parameter.secondary_opts], key=len))
        typed = names if parameter.is_flag else f"{names} {value_of(parameter, path, language)}"
    facts = [said["default"].format(default)] if (default := _default(parameter)) else []
    facts += [bound] if (bound := bounded(parameter, language)) else []
    facts += [said["required"]] if parameter.required and parameter.param_type_name == "option" else []
    meaning = about(parameter, path, language)
    return typed, f"{meaning}{said['facts'].format(said['next'].join(facts))}" if facts else meaning


def _indented(text: str, width: int) -> Iterator[str]:
    yield ""
    for line in broken(text, width - 2):
        yield f"  {line}"


def _columns(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    """Lay rows out in two columns; what is too long for the left one has a line of its own."""
    left = min(max(wide(typed) for typed, _ in rows), _LEFT)
    for typed, about in rows:
        lines = broken(about, max(width - left - 4, 20)) or [""]
        first, rest = lines[0], lines[1:]
        if wide(typed) > left:
            yield f"  {typed}"
            first, rest = "", lines
        if first or not rest:
            yield f"  {typed}{' ' * (left - wide(typed))}  {first}".rstrip()
        for line in rest:
            yield f"{' ' * (left + 4)}{line}"
