"""Kills at chosen moments: a process that ends without a word at its n-th open, write, flush, rename or statement.

What is counted is what reaches the disk, wherever the program does it: opening a file to write, each write (of which half
reaches the file), each flush, and every name made, changed, exchanged or removed below a folder, as Python's own audit events
tell; and each statement and commit of a database.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib
import io
import json
import multiprocessing
import os
import pkgutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy
import sqlalchemy.event

import indexcalc
from indexcalc.cli.app import app

# what commands import is in the process that their processes are copies of, or each would take a second to start
for heavy in ("numpy", "openpyxl", "pandas", "pyarrow.parquet", "scipy.optimize", "scipy.stats", "xlsxwriter"):
    importlib.import_module(heavy)
for own in pkgutil.walk_packages(indexcalc.__path__, "indexcalc."):
    if not own.name.endswith("__main__"):
        with contextlib.suppress(ImportError):  # of an extra that is not installed
            importlib.import_module(own.name)

KILLED = 137  # as the shell says of a process that was killed
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
NAMES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate"}
NEED_ROOM = {"open", "write", "flush", "mkdir"}
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Moments:
    """Counts the moments of this process, and ends it at one of them."""

    def __init__(self, base: Path, at: int | None, fault: str = "") -> None:
        self.base, self.at, self.fault = f"{os.path.realpath(base)}{os.sep}", at, fault
        self.seen: list[str] = []

    def come(self, what: str) -> None:
        self.seen.append(what)
        now = self.at is not None and len(self.seen) == self.at
        if self.fault and (now or (self.fault == "full" and len(self.seen) > (self.at or 0) and what in NEED_ROOM)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if now and not self.fault:
            os._exit(KILLED)

    def inside(self, path: Any) -> bool:
        with contextlib.suppress(TypeError, ValueError):
            return os.path.realpath(os.fsdecode(path)).startswith(self.base)
        return False

    def watch(self) -> None:
        """From now on every moment of this process counts; there is no way back, so only a child calls this."""
        import sys

        sys.addaudithook(self.audited)
        opened = io.open

        def fsync(_: int) -> None:  # no machine stops here, so that what was handed to its system is kept
            self.come("flush")

        def open_(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            made = opened(file, mode, *rest, **more)
            if set(mode) & set("wax+") and self.inside(file):
                made.write = self.halved(made, made.write)
            return made

        os.fsync, io.open = fsync, open_  # type: ignore[assignment]
        import builtins

        builtins.open = open_  # type: ignore[assignment]
        engine = sqlalchemy.engine.Engine
        for event in ("before_cursor_execute", "after_cursor_execute"):
            sqlalchemy.event.listen(engine, event, lambda *said, event=event: self.come(f"{event[:6]} {str(said[2])[:12]}"))
        sqlalchemy.event.listen(engine, "commit", lambda *_: self.come("commit"))

    def audited(self, event: str, arguments: Sequence[Any]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if (set(mode or "") & set("wax+") or (flags or 0) & _TO_WRITE) and self.inside(path):
                self.come("open")
        elif event in NAMES:
            by_handle = event in ("os.remove", "os.rmdir") and arguments[-1] not in (None, -1)
            if by_handle or self.inside(arguments[0]):
                self.come(event.removeprefix("os."))
        elif event == "ctypes.dlsym" and "rename" in str(arguments[1]):
            self.come("rename")

    def halved(self, file: Any, write: Callable[[Any], int]) -> Callable[[Any], int]:
        """Return a `write` in the middle of which the process may end."""

        def half(content: Any) -> int:
            if len(self.seen) + 1 == self.at and not self.fault:
                write(content[: len(content) // 2])
                file.flush()
            self.come("write")
            return write(content)

        return half


def ended(arguments: Sequence[str]) -> int:
    """Run a command in this process, for its exit code."""
    try:
        app([*arguments], standalone_mode=False)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def said_by(arguments: Sequence[str]) -> int:
    """Run a command that nobody sees in this process, for its exit code."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return ended(arguments)


def absent(*_: object, **__: object) -> None:
    """As on a system that cannot exchange two names in one step."""
    raise OSError


def _command(base: str, arguments: Sequence[str], at: int | None, told: str, exchange: bool) -> None:
    os.chdir(base)
    if not exchange:
        ctypes.CDLL = absent  # type: ignore[assignment,misc]
    moments = Moments(Path(base), at)
    moments.watch()
    code = said_by(arguments)
    Path(told).write_text(json.dumps([code, moments.seen]), encoding="utf-8")


def _with_a_fault(base: str, arguments: Sequence[str], at: int, told: str, how: str, exchange: bool) -> None:
    os.chdir(base)
    if not exchange:
        ctypes.CDLL = absent  # type: ignore[assignment,misc]
    said = io.StringIO()
    moments = Moments(Path(base), at, how)
    moments.watch()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = ended(arguments)
    moments.at = None
    moments.fault = ""
    Path(told).write_text(json.dumps([code, said.getvalue()]), encoding="utf-8")


def faulty(base: Path, arguments: Sequence[str], at: int, how: str, *, exchange: bool = True) -> tuple[int, str]:
    """Run a command of which the disk refuses one moment, or all that need room from then on; return how it ended and what it said."""
    told = base.with_name(f"{base.name}.told")
    told.unlink(missing_ok=True)
    process = started(_with_a_fault, str(base), list(arguments), at, str(told), how, exchange)
    process.join(120)
    assert process.exitcode == 0, f"{arguments} at {at}"
    code, said = json.loads(told.read_text(encoding="utf-8"))
    return int(code), str(said)


def started(target: Callable[..., None], *arguments: object) -> multiprocessing.process.BaseProcess:
    process = FORKS.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def command(base: Path, arguments: Sequence[str], at: int | None = None, *, exchange: bool = True) -> list[str] | None:
    """Run a command in a process of its own and return its moments, or nothing where it was killed at one of them."""
    told = base.with_name(f"{base.name}.told")
    told.unlink(missing_ok=True)
    process = started(_command, str(base), list(arguments), at, str(told), exchange)
    process.join(120)
    if process.exitcode == KILLED:
        return None
    assert process.exitcode == 0
    code, seen = json.loads(told.read_text(encoding="utf-8"))
    assert code == 0, arguments
    return list(seen)


def at_once(folder: Path, commands: Sequence[Sequence[str]]) -> list[int]:
    """Run commands in processes of their own at the same time, for the exit code of each."""
    told = [folder.with_name(f"{folder.name}.told-{at}") for at in range(len(commands))]
    running = [started(_told, str(folder), [*words], str(file)) for words, file in zip(commands, told, strict=True)]
    for process in running:
        process.join(240)
    return [int(file.read_text(encoding="utf-8")) for file in told]


def _told(base: str, arguments: Sequence[str], told: str) -> None:
    os.chdir(base)
    Path(told).write_text(str(said_by(arguments)), encoding="utf-8")
