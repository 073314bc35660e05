"""What was typed, looked at before any of it is parsed; and the commands, which speak the language of the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import pairwise
from types import TracebackType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ..findings import Place, Refused, finding, spoken
from . import LANGUAGE, WRONG_USAGE

_WRONG: Any = typer.BadParameter.__mro__[1]  # what Typer raises of anything typed wrongly; it has no public name


class _Spoken:
    """What speaks the language of the screen where somebody asks for help, and knows of what is wrong which command it is of."""

    def get_help(self, ctx: Any) -> str:
        from .help import help_of

        return help_of(self, ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc, no-any-return]
        except _WRONG as error:
            error.ctx = error.ctx or ctx
            raise


class Command(_Spoken, TyperCommand):
    """A command."""


class Group(_Spoken, TyperGroup):
    """A group of commands."""


_PLAIN: Any = TyperGroup.context_class  # which has no public name either


class _Context(_PLAIN):  # type: ignore[misc]
    """What all commands run in; it tells what is found wrong below, when it ends, so that no function of ours stands between."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> Any:
        done = super().__exit__(kind, error, trace)
        if isinstance(error, _WRONG) and self.parent is None:
            _say(error, self.meta["typed"])
        return done


class Commands(Group):
    """All commands; what was typed must be text, since it is kept and shown as such, and is told where it is wrong."""

    context_class = _Context

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        typed = list(args)
        try:
            return super().make_context(info_name, args, parent, **extra)
        except _WRONG as error:
            _say(error, typed)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[LANGUAGE], ctx.meta["typed"] = spoken(language_in(args)), list(args)
        refuse_bytes(args)
        if not ctx.resilient_parsing and any(one in ctx.help_option_names for one in before_dashes(args)):
            print(self._asked(ctx, args).get_help())  # before Typer loads what reads values, which takes longer than all else
            ctx.exit()
        return super().parse_args(ctx, args)

    def _asked(self, ctx: Any, args: Sequence[str]) -> Any:
        """Return the context of the command whose help is asked for: of the last that was named."""
        for word in args:
            if below := getattr(ctx.command, "commands", {}).get(word):
                ctx = below.context_class(below, info_name=word, parent=ctx, **below.context_settings)
        return ctx


def _say(error: Any, typed: Sequence[str]) -> None:
    """Say what was typed wrongly, as findings are said, and end; a group without a command shows its help."""
    from .open import opened
    from .usage import finding_of

    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.ctx.get_help(), file=sys.stderr)
    else:
        with opened({"lang": language_in(typed), "json": "--json" in typed}) as project:
            project.tell([finding_of(error, typed)])
    sys.exit(WRONG_USAGE)


def before_dashes(arguments: Sequence[str]) -> list[str]:
    """Return the arguments among which options are looked for."""
    return list(arguments[: arguments.index("--")] if "--" in arguments else arguments)


def language_in(arguments: Sequence[str]) -> str | None:
    """Return the language that was asked for last, if it is one."""
    typed = before_dashes(arguments)
    asked = [value for option, value in pairwise(typed) if option == "--lang"]
    asked += [one.partition("=")[2] for one in typed if one.startswith("--lang=")]
    return next((one for one in reversed(asked) if one in ("zh", "en")), None)


def _spelt_out(text: str) -> str:
    """Return an argument with the bytes that are no text as they are written in a shell."""
    try:
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:  # Windows has characters that are halves of one, not bytes
        return text.encode(errors="backslashreplace").decode()


def refuse_bytes(arguments: Sequence[str]) -> None:
    """Refuse an argument that is no text in UTF-8."""
    found = [
        finding("IC519", Place(), number=number, found=_spelt_out(text))
        for number, text in enumerate(arguments, start=1)
        if any("\ud800" <= letter <= "\udfff" for letter in text)
    ]
    if not found:
        return
    from .open import opened

    with opened({"lang": language_in(arguments), "json": "--json" in arguments}):
        raise Refused(found)
