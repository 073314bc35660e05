"""What may be typed next, for a shell that asks: commands, options, choices, and what the project has.

Nothing is ever said of what is wrong: a shell that completes has no place for it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..findings import Language, spoken
from . import LANGUAGE
from .arguments import language_in

if TYPE_CHECKING:
    from ..jobs.offered import Offer, What

_SECONDS = 4  # that a shell waits for a project at most
_FORMATS = ("html", "xlsx", "md", "svg", "pdf", "docx", "none")
_WHAT: dict[str, What] = {
    "unit": "unit",
    "vs": "unit",
    "node": "node",
    "wanted": "node",
    "level": "level",
    "log": "source",
    **dict.fromkeys(("department", "reports", "belongs", "template who"), "department"),
    **dict.fromkeys(("period", "periods", "before", "after", "when", "named", "one", "other"), "period"),
}
"""What of the project stands for an option or argument, by parameter, or by command and parameter."""


def answer(typed: Sequence[str]) -> int:
    """Print what may stand for the last of some words, each with what it is behind a tab."""
    current = next((one.partition("=")[2] for one in typed if one.startswith("--current=")), None)
    words = list(typed[typed.index("--") + 1 :]) if "--" in typed else list(typed)
    with suppress(Exception, SystemExit), _in_time():
        found = offers(words if current is None else [*words, current])
        lines = [f"{word}\t{about}".rstrip("\t") for word, about in found if word.isprintable() and about.isprintable()]
        print("".join(f"{line}\n" for line in lines), end="")
    return 0


def offers(words: Sequence[str]) -> list[Offer]:
    """Return what may stand for the last of some words, which begins like it."""
    typed = Typed.of(words[:-1], spoken(language_in(words)))
    current = words[-1] if words else ""
    before, equals, rest = current.partition("=")
    if typed.option is None and equals and (option := typed.named(before)) is not None:
        return [(f"{before}={word}", about) for word, about in _beginning(typed.values(option), rest)]
    if typed.option is not None:
        return _beginning(typed.values(typed.option), "" if current == "=" else current)
    if current.startswith("-"):
        return _beginning(typed.options(), current)
    if (argument := typed.argument()) is not None:
        return _beginning(typed.values(argument), current)
    return _beginning(typed.below() or (() if current else typed.options()), current)


def _beginning(found: Sequence[Offer], current: str) -> list[Offer]:
    """Return what begins like the word, each once; where nothing does, what has it somewhere."""
    once = list({word: (word, about) for word, about in found}.values())
    if not current:  # a thing by one of its two words
        return [one for at, one in enumerate(once) if (one[1], one[0]) not in once[:at]]
    return [one for one in once if one[0].startswith(current)] or [one for one in once if current.lower() in one[0].lower()]


@dataclass
class Typed:
    """What has been typed before the word that is completed."""

    context: Any
    language: Language
    option: Any = None
    """The option whose value comes next."""
    arguments_before: int = 0
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Sequence[str], language: Language) -> Typed:
        """Read words as a command line that may yet be wrong."""
        from typer.main import get_command

        from .app import app

        command = get_command(app)
        typed = cls(command.context_class(command, info_name="indexcalc", **command.context_settings), language)
        typed.context.meta[LANGUAGE] = language
        for word in words:
            typed.read(word)
        return typed

    def read(self, word: str) -> None:
        """Read one more word."""
        if word == "=":  # which bash takes for a word of its own
            return
        below = getattr(self.context.command, "commands", {}).get(word)
        if self.option is not None:
            self.given[self.option.name] = word
            self.option = None
        elif word.startswith("-"):
            name, equals, value = word.partition("=")
            if (option := self.named(name)) is not None and not option.is_flag:
                self.option = None if equals else option
                self.given |= {option.name: value} if equals else {}
        elif below is not None:
            self.context = below.context_class(below, info_name=word, parent=self.context, **below.context_settings)
        else:
            self.arguments_before += 1

    def named(self, name: str) -> Any:
        """Return the option of the command that has a name."""
        return next((one for one in self.context.command.params if name in (*one.opts, *one.secondary_opts)), None)

    def below(self) -> list[Offer]:
        """Return the commands of a group."""
        from .help import path_of, sentence_of

        commands, path = getattr(self.context.command, "commands", {}), path_of(self.context)
        paths = {name: name if path == "indexcalc" else f"{path} {name}" for name in sorted(commands)}
        return [(name, sentence_of(commands[name], path, self.language)) for name, path in paths.items()]

    def options(self) -> list[Offer]:
        """Return the options of the command, its own first."""
        from .help import about, path_of, shown

        path = path_of(self.context)
        taken = [one for one in self.context.command.get_params(self.context) if one.param_type_name == "option" and shown(one)]
        return [(max(one.opts, key=len), about(one, path, self.language)) for one in taken]

    def argument(self) -> Any:
        """Return the argument that comes next."""
        taken = [one for one in self.context.command.params if one.param_type_name == "argument"]
        last = taken[-1:] if taken and taken[-1].nargs == -1 else []
        return next(iter([*taken[self.arguments_before :], *last]), None)

    def values(self, parameter: Any) -> list[Offer]:
        """Return what may stand for an option or argument."""
        from .help import choices_of, path_of

        path = path_of(self.context)
        if choices := choices_of(parameter):
            return [(choice, "") for choice in choices]
        if said := list(self._words(f"{path} {parameter.name}")):
            return said
        what = _WHAT.get(f"{path} {parameter.name}") or _WHAT.get(parameter.name)
        return [*self._beside(path, parameter.name), *self._of_project(what)] if what else []

    def _words(self, which: str) -> Iterator[Offer]:
        """Yield the words of the program itself that an option or argument takes."""
        if which == "methods name":
            from ..words.methods import ENTRIES

            yield from ((name, room) for room, known in ENTRIES.items() for name in known)
        elif which == "codes code":
            from ..words.findings import MESSAGES

            yield from ((code, message.text[self.language].splitlines()[0]) for code, message in sorted(MESSAGES.items()))
        elif which == "init name":
            from ..jobs.gallery import gallery

            yield from ((one.name, one.en if self.language == "en" else one.zh) for one in gallery())
        elif which == "weights suggest method":
            from ..words.methods import ENTRIES, in_a_sentence

            yield from ((name, in_a_sentence("weights", name, self.language)) for name in ENTRIES["weights"])
        elif which.endswith(" formats"):
            yield from ((one, "") for one in _FORMATS)
        elif which == "uncertainty weights":
            yield from ((one, "") for one in ("dirichlet", "dirichlet:50", "perturb:0.25"))

    def _beside(self, path: str, name: str) -> list[Offer]:
        """Return the words that stand beside what the project has."""
        words = {"periods": ("all",), "vs": ("group", "best")}.get(name, ("template",) if path == "weights ahp" else ())
        return [(word, "") for word in words]

    def _of_project(self, what: What) -> list[Offer]:
        from ..jobs.offered import offered
        from ..jobs.project import Listening
        from .open import opened

        project = Listening.to(opened({**self.given, "lang": self.language}))
        return offered(project, what)


@contextmanager
def _in_time() -> Iterator[None]:
    """Give up, without a word, on what takes too long for somebody who waits for one; Windows has no such clock."""
    import signal

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _stop)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def _stop(*_: object) -> None:
    raise TimeoutError
