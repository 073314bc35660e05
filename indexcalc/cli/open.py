"""Opening a project for a command, and the screen that its results and findings are shown on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from ..findings import Finding, Language, Place, Refused, finding, in_order, render, spoken, system_said
from ..jobs.project import INDEX, Project
from ..words.agreement import several
from ..words.reports import word, word_of
from ..words.shown import visible
from . import colour

if TYPE_CHECKING:
    from types import TracebackType

REFUSED = 1
_LAST = {"IC330"}  # what is said of many rows, in every command: one line below the answer
_PLACES = 8  # that one line names
_EVERY = 0.2  # seconds after which the time left is shown again
_LONG = 20  # seconds left of which somebody who does not sit before a terminal is told, once


@dataclass
class Opened(Project):
    """A project that a command works on, shown on a screen; what refuses the command is shown too, and ends it.

    Used as a context: `with opened(options) as project`.
    """

    as_json: bool = False
    quiet: bool = False
    writes: bool = False
    """Whether the command is there to write something, so that it is worth saying when it did not."""
    held: list[Finding] = field(default_factory=list)
    """What is said once, when all else has been."""

    def __enter__(self) -> Self:
        if sys.stdout.isatty():
            import shutil

            from ..report.formats.text import SCREEN_WIDTH

            SCREEN_WIDTH.set(shutil.get_terminal_size().columns)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if isinstance(error, Refused):
            self.progress("")
            self.tell(error.findings, closing=not any(one.code == "IC517" for one in error.findings))
            sys.exit(REFUSED)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            self.progress("")
            place = Place(os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "")
            self.tell([finding("IC518", place, problem=system_said(error))])
            sys.exit(REFUSED)
        if kind is None:
            self._show(self._last())
        return False

    def tell(self, found: Iterable[Finding], *, closing: bool = False) -> None:
        """Print findings to stderr, as text or as lines of JSON, with their number below when something was refused."""
        listed = in_order(self.labelled(list(found)))
        self.held += [one for one in listed if one.code in _LAST]
        shown = [one for one in listed if one.code not in _LAST]
        self._show([*shown, *self._last()] if closing else shown)
        if closing and not self.as_json:
            count = {f"{kind}s": sum(one.severity == kind for one in listed) for kind in ("error", "warning")}
            print(_closing(count["errors"], count["warnings"], self.language, writes=self.writes), file=sys.stderr)

    def _show(self, found: Sequence[Finding]) -> None:
        if found:
            self.progress("")
        for one in found:
            if self.quiet and one.severity not in ("error", *(("warning",) if self.strict else ())):
                continue
            print(_json(one.as_dict(self.language)) if self.as_json else self._rendered(one), file=sys.stderr)

    def _rendered(self, one: Finding) -> str:
        line = render(one, self.language)
        return colour.finding_in_colour(line, one.code, one.severity) if colour.wanted(sys.stderr) else line

    def _last(self) -> list[Finding]:
        """Return what is said when all else has been: rows that are no records, all in one line."""
        held, self.held = in_order(self.held), []
        if len(held) < 2:
            return held
        places = [str(one.place) for one in held]
        shown = several(places[:_PLACES], len(places))
        return [finding("IC535", held[0].place, count=len(held), note=held[0].values["note"], places=shown)]

    def print(self, text: str, data: Any) -> None:
        """Print a result to stdout: as text, or as JSON when that was asked for."""
        if self.as_json:
            print(_json(data, indent=1, allow_nan=False))
        elif not self.quiet:
            text = visible(text, lines=True)
            print(colour.answer_in_colour(text, self.language) if colour.wanted(sys.stdout) else text)

    def progress(self, step: str) -> None:
        """Show on a terminal what is being done."""
        if self.is_watched:
            print(f"\r\033[K{word_of(f'doing {step}', self.language) if step else ''}", end="", file=sys.stderr, flush=True)

    def counting(self) -> Callable[[int, int], None]:
        """Return what shows on a terminal how much is done and how long the rest will take; elsewhere once, if that is long."""
        start = last = time.monotonic()
        told = self.quiet or self.as_json

        def show(done: int, of: int) -> None:
            nonlocal last, told
            now = time.monotonic()
            left = round((now - start) * (of - done) / max(done, 1))
            said = word.time_left(self.language).format(done=done, all=of, clock=f"{left // 60}:{left % 60:02}")
            if self.is_watched and now - last >= _EVERY:
                last = now
                print(f"\r\033[K{said}", end="", file=sys.stderr, flush=True)
            elif not self.is_watched and not told and left > _LONG:
                told = True
                print(said, file=sys.stderr, flush=True)

        return show

    @property
    def is_watched(self) -> bool:
        """Whether somebody sits before a terminal and wants to know what is being done."""
        return sys.stderr.isatty() and not self.quiet and not self.as_json


def opened(options: Mapping[str, Any], *, writes: bool = False) -> Opened:
    """Return the project that a command is given by its options; `index` is the tree's file, or the folder that it lies in.

    `writes` says that the command is there to write something; those that show an answer do where they are asked to keep it.
    """
    file = Path(options.get("index") or INDEX)
    file = file / INDEX if os.path.isdir(file) else file  # noqa: PTH112 - false of names too long for one
    data, out, lang = (options.get(name) for name in ("data", "out", "lang"))
    return Opened(
        file=file,
        data=file.parent if data is None else Path(data),
        reports=file.parent / "reports" if out is None else Path(out),
        language=spoken(lang),
        report_language="en" if lang == "en" else "zh",
        seed=options.get("seed") or 0,
        level=options.get("level"),
        as_of=options.get("as_of"),
        strict=bool(options.get("strict")),
        as_json=bool(options.get("json")),
        quiet=bool(options.get("quiet")),
        writes=writes or options.get("keep") is not None,
    )


def _closing(errors: int, warnings: int, language: Language, *, writes: bool) -> str:
    said = word.refused_with if writes else word.not_passed
    return said(language).format(errors=errors, warnings=warnings)


def _json(data: Any, **how: Any) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, **how)
