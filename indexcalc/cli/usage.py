"""What was typed wrongly, as findings: a command or option that there is not, a value that is missing or not allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import typer

from ..findings import Finding, Language, Place, finding, nearest
from ..words.agreement import Several, in_both
from . import LANGUAGE
from .help import bounded, choices_of, path_of, shown, usage_of, value_of


class Unfit(typer.BadParameter):
    """What was given does not go together; `words.commands` says in both languages what would."""

    def __init__(self, wanted: str) -> None:
        from ..words.commands import TOGETHER

        super().__init__(TOGETHER[wanted]["en"])
        self.said = in_both(TOGETHER[wanted]["en"], TOGETHER[wanted]["zh"])


def finding_of(error: Any, typed: Sequence[str]) -> Finding:
    """Return as a finding what Typer says of what was typed."""
    kind, context, parameter = type(error).__name__, error.ctx, getattr(error, "param", None)
    usage, message = _in_both(lambda language: _usage(context, language)), str(error.message)
    if isinstance(error, Unfit):
        return finding("IC596", Place(), problem=error.said, usage=usage)
    if kind == "NoSuchOption":
        known = [
            name for one in context.command.params if shown(one) for name in (*one.opts, *one.secondary_opts) if name[:1] == "-"
        ]
        return finding("IC591", Place(), found=error.option_name, near=nearest(error.option_name, known), usage=usage)
    if kind == "MissingParameter":
        return finding("IC592", Place(), name=_name(parameter, context), usage=usage)
    if kind == "BadOptionUsage" and (option := _option(context, error.option_name)) is not None:
        code = "IC597" if option.is_flag else "IC594"
        return finding(code, Place(), name=error.option_name, value=_in_both(lambda one: value_of(option, path_of(context), one)))
    if kind == "BadParameter" and parameter is not None:
        allowed = _in_both(lambda language: _allowed(parameter, language))
        return finding("IC593", Place(), found=_given(parameter, typed), name=_name(parameter, context), allowed=allowed)
    if found := re.search(r"^No such command '(.*?)'", message):
        known = list(context.command.commands)
        return finding("IC590", Place(), found=found[1], near=nearest(found[1], known), known=known)
    if found := re.search(r"extra arguments?(?:\(s\))? \((.*)\)$", message):
        return finding("IC595", Place(), found=found[1], usage=usage)
    return finding("IC596", Place(), problem=message, usage=usage)


def _in_both(said: Callable[[Language], str]) -> Several:
    return in_both(said("en"), said("zh"))


def _usage(context: Any, language: Language) -> str:
    if context is None:
        return ""
    before = context.meta.get(LANGUAGE)
    context.meta[LANGUAGE] = language
    usage = usage_of(context)
    context.meta[LANGUAGE] = before
    return usage[usage.index("indexcalc") :]


def _name(parameter: Any, context: Any) -> Several | str:
    """Return what an option or argument is called."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return _in_both(lambda language: value_of(parameter, path_of(context), language))


def _allowed(parameter: Any, language: Language) -> str:
    """Return what may be given for an option or argument."""
    from ..words.commands import HELP

    said = HELP[language]
    if choices := choices_of(parameter):
        return said["or"].join(choices)
    kind = said["whole"] if isinstance(parameter.default, int) or "int" in _type(parameter) else said["any"]
    bounds = bounded(parameter, language)
    return said["bounded"].format(kind, bounds) if bounds else kind


def _type(parameter: Any) -> str:
    """Return the name of the type of a parameter, which Typer tells one way and Click told another."""
    described = getattr(parameter, "type_descriptor", None)
    return str(getattr(described, "annotation", getattr(getattr(parameter, "type", None), "name", "")))


def _option(context: Any, name: str) -> Any:
    return next((one for one in context.command.params if name in (*one.opts, *one.secondary_opts)), None)


def _given(parameter: Any, typed: Sequence[str]) -> str:
    """Return what was typed for an option; nothing is known of an argument."""
    for name in parameter.opts if parameter.param_type_name == "option" else ():
        for at, word in enumerate(typed):
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
            if word == name and at + 1 < len(typed):
                return typed[at + 1]
    return ""
