"""Files on the disk: written whole beside what they replace, then put in their places in one step each, all of them or none.

Whatever happens in between, a kill or a full disk, a reader finds each old file or folder whole, or the new one whole.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

if sys.platform != "win32":
    import fcntl

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2)
_HERE = -100  # AT_FDCWD
_BESIDE, _ASIDE = ".new-indexcalc-", ".old-"
_LEFT_BEHIND = 3600.0  # seconds after which what nobody can be asked about is nobody's
_PATIENCE, _LOOK_AGAIN = 60.0, 0.01  # seconds to wait for others that are writing, and between two looks
_IN_THE_WAY = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOENT)  # another writer was quicker
_LONGEST_STEM = 150  # bytes; a name may have 255, of which what is added to it needs some
_WORKBOOKS = (".xlsx", ".xls", ".ods", ".docx")

Content = bytes | Callable[[IO[bytes]], object] | Path
"""Bytes, what writes them, or where on the same disk they were written, as a file or a folder."""


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep other runs from changing a file, and what is kept beside it, until this one has read and written it.

    Another run waits, the same may ask again. The empty file that is locked stays, since taking it away would let two in.
    It is held from reading to writing, on every system; a folder is `locked` only while names in it change.

    :raises OSError: when there can be no lock there, or others take too long.
    """
    from filelock import FileLock

    with FileLock(lock_of(file), timeout=_PATIENCE, is_singleton=True):
        yield


def lock_of(file: Path) -> Path:
    """Return the file that is locked in place of another."""
    target = Path(os.path.realpath(file))
    return target.with_name(f".{target.name}.lock")


class PartlyWritten(OSError):  # noqa: N818 - it says what is so
    """Not everything could be written, nor what had been written already be taken back: `written` is what is new."""

    written: tuple[Path, ...] = ()


@dataclass
class Replacement:
    """Files and folders that are written beside what they replace, and put in their places by `commit`: all, or none.

    Used as a context: without `commit` nothing changes, and nothing stays beside. What can go wrong for want of room goes
    wrong before the first of them is put in its place.
    """

    _steps: list[_Step] = field(default_factory=list)
    _beside: dict[Path, _Beside] = field(default_factory=dict)
    _made: list[Path] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        for one in self._beside.values():
            one.remove()
        for made in reversed(self._made):
            with contextlib.suppress(OSError):  # it is no longer empty
                made.rmdir()
        return False

    def folder(self, folder: Path, files: Mapping[str, Content]) -> None:
        """Write files as the whole content of a folder.

        :raises OSError: when anything cannot be written.
        """
        _put_back(folder)
        new = self._new(folder)
        new.mkdir()
        for name, content in files.items():
            with _about(folder / name):
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                _write(new / name, content)
        _flush(new)
        self._steps.append(_Step(folder, new, folder))

    def file(self, path: Path, content: Content, *, over_folder: bool = False, lists: bool = False) -> None:
        """Write a file, with the permissions that it had; a link is followed to the file that it names.

        One that lists others is put in its place before them: a kill in between leaves none that nobody knows of.

        :raises OSError: when it cannot be written.
        """
        target = Path(os.path.realpath(path))
        if target.is_dir() and not over_folder:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if target.is_file() and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        new = self._new(target if path.is_symlink() else path)
        with _about(path):
            _write(new, content)
        if target.is_file() and new.is_file():
            shutil.copymode(target, new)
            _own_as(target, new)
        self._steps.append(_Step(target, new, path, order=1 if lists else 2))

    def remove(self, path: Path) -> None:
        """Take a file or folder away."""
        self._steps.append(_Step(path, self._new(path), path, removed=True, order=0))

    def written(self, target: Path) -> Path:
        """Return where what will stand in a place lies until then."""
        return next(step.new for step in self._steps if target in (step.target, step.named))

    def commit(self) -> None:
        """Put everything in its place, in the order in which it was written; what goes, goes first.

        :raises OSError: when something cannot be; what was put in its place before has been taken back.
        :raises PartlyWritten: when that could not be done either.
        """
        done: list[_Step] = []
        with contextlib.ExitStack() as held:
            for parent in sorted(self._beside):
                held.enter_context(locked(parent))
            try:
                for step in sorted(self._steps, key=lambda step: step.order):
                    step.put()
                    done.append(step)
            except BaseException as error:
                stuck = [step.named for step in reversed(done) if not step.taken_back()]
                if stuck and isinstance(error, OSError):
                    partly = PartlyWritten(error.errno, error.strerror, error.filename)
                    partly.written = tuple(reversed(stuck))
                    raise partly from error
                raise
        self._made.clear()
        for step in done:
            step.forget()
        for parent in self._beside:
            with contextlib.suppress(OSError):  # everything is in its place by now
                _flush(parent)

    def _new(self, target: Path) -> Path:
        """Return where something is written before it comes to its place."""
        for above in reversed([one for one in (target.parent, *target.parent.parents) if not one.exists()]):
            above.mkdir(exist_ok=True)
            self._made.append(above)
        parent = Path(os.path.realpath(target.parent))  # one folder is one, whatever it is called
        if parent not in self._beside:
            self._beside[parent] = _Beside.of(parent)
        return self._beside[parent].path / f"{len(self._steps)}{target.suffix[:8]}"


def publish(folder: Path, files: Mapping[str, Content]) -> None:
    """Write files as the whole content of a folder, replacing what was there.

    :raises OSError: when anything cannot be written; the old content is then still there, untouched.
    """
    with Replacement() as new:
        new.folder(folder, files)
        new.commit()


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Replace files, each whole: all are written beside, then put in their places in this order.

    :raises OSError: when anything cannot be written; nothing has then changed.
    """
    with Replacement() as new:
        for path, content in files.items():
            new.file(path, content)
        new.commit()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against others that put something into it, where the system can; the lock leaves no file behind."""
    handle = _held(folder, wait=True)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


@dataclass
class _Step:
    """One file or folder that comes to its place, or goes."""

    target: Path
    new: Path
    named: Path  # as somebody called it, who may have meant a link
    removed: bool = False
    order: int = 2
    _undo: list[tuple[Path, Path, bool]] = field(default_factory=list)  # from, to, exchanged

    def put(self) -> None:
        try:
            if self.removed:
                self._rename(self.target, self.new)
            else:
                self._put_in_place()
        except OSError as error:
            open_file = in_use(self.target, error) if isinstance(error, PermissionError) else self.target
            open_file = self.named if open_file == self.target else open_file
            raise OSError(error.errno, error.strerror or type(error).__name__, str(open_file)) from error

    def _put_in_place(self) -> None:
        for again in (True, True, False):
            if self.target.exists() and _exchange(self.new, self.target):
                self._undo.append((self.new, self.target, True))
                return
            try:
                if self.target.exists() and (self.target.is_dir() or self.new.is_dir()):
                    self._by_way_of_another_name()
                else:
                    self._replace_file()
            except OSError as error:
                if again and error.errno in _IN_THE_WAY:
                    continue
                raise
            return

    def _by_way_of_another_name(self) -> None:
        """Replace a folder on a system that cannot exchange two names in one step.

        A kill between the two renames leaves the old one as .old-…, which the next run puts back (`_put_back`).
        """
        old = _aside(self.target)
        _discard(old)
        self._rename(self.target, old)
        try:
            self._rename(self.new, self.target)
        except OSError:
            self.taken_back()
            raise

    def _replace_file(self) -> None:
        if self.target.exists():
            old = self.new.with_name(f"{self.new.name}-old")
            _second_name(self.target, old)
            self.new.replace(self.target)
            self._undo.append((old, self.target, False))
        else:
            self._rename(self.new, self.target)

    def _rename(self, one: Path, other: Path) -> None:
        one.rename(other)
        self._undo.append((other, one, False))

    def taken_back(self) -> bool:
        """Undo what `put` did, and say whether it could be."""
        try:
            while self._undo:
                one, other, exchanged = self._undo[-1]
                if exchanged and not _exchange(one, other):
                    return False
                if not exchanged:
                    one.replace(other)
                self._undo.pop()
        except OSError:
            return False
        return True

    def forget(self) -> None:
        """Let go of what was replaced."""
        for one, _, _ in self._undo:
            if one == _aside(self.target):
                _discard(one)


@dataclass(frozen=True)
class _Beside:
    """A folder beside others in which new ones are written; whoever writes holds it, so that what a kill leaves is told."""

    path: Path
    handle: int | None

    @classmethod
    def of(cls, parent: Path) -> Self:
        with locked(parent):
            _sweep(parent)
            path = Path(tempfile.mkdtemp(prefix=_BESIDE, dir=parent))
            return cls(path, _held(path, wait=False))

    def remove(self) -> None:
        _discard(self.path)
        if self.handle is not None:
            os.close(self.handle)


@contextlib.contextmanager
def beside(parent: Path) -> Iterator[Path]:
    """Make a folder to write in, on the same disk as what it will replace; it is gone afterwards, also after a kill."""
    made = _Beside.of(parent)
    try:
        yield made.path
    finally:
        made.remove()


def in_use(target: Path, error: OSError) -> Path:
    """Return the file that another program seems to hold open when a file or folder cannot be replaced."""
    if not target.is_dir():
        return target
    files = sorted(path for path in target.rglob("*") if path.is_file())
    held = [path for path in files if not _opens(path)]
    named = [path for path in files if error.filename and path == Path(os.fsdecode(error.filename))]
    owners = [path for path in files if any(is_lock_of(other.name, path.name) for other in files)]
    workbooks = [path for path in files if path.suffix.lower() in _WORKBOOKS]
    return next(iter([*held, *named, *owners, *workbooks, target]))


def is_lock_of(name: str, document: str) -> bool:
    """Say whether a file tells that a document is open; programs drop the first letters of longer names."""
    if name.startswith("~$"):
        return document == name[2:] or document[2:] == name[2:] != ""
    return name == f".~lock.{document}#"


def is_beside(path: Path) -> bool:
    """Say whether a path is of what is being written beside others, which nobody knows by its name."""
    return any(part.startswith((_BESIDE, _ASIDE)) for part in path.parts)


def fitting(stem: str) -> str:
    """Return the beginning of a file's name as it is, or what fits of a longer one, with a digest in place of the rest."""
    raw = stem.encode()
    if len(raw) <= _LONGEST_STEM:
        return stem
    return f"{raw[:_LONGEST_STEM].decode(errors='ignore')}-{hashlib.sha256(raw).hexdigest()[:8]}"


def _opens(path: Path) -> bool:
    try:
        with path.open("r+b"):
            return True
    except PermissionError:
        return False
    except OSError:
        return True


def _put_back(target: Path) -> None:
    """Put back an old folder that a kill left aside, between two renames."""
    old = _aside(target)
    if old.is_dir():
        with locked(target.parent):
            if not target.exists():
                old.rename(target)
            _discard(old)


def _sweep(parent: Path) -> None:
    """Remove what kills have left beside files and folders; what a run holds that is still at work stays."""
    for half in parent.glob(f"{_BESIDE}*"):
        with contextlib.suppress(OSError):
            held = _held(half, wait=False)
            if held is not None:
                os.close(held)
            if held is not None or time.time() - half.stat().st_mtime > _LEFT_BEHIND:
                _discard(half)


def _held(folder: Path, *, wait: bool) -> int | None:
    """Lock a folder or file and return its handle; nothing where another has it, or where the system cannot."""
    if sys.platform == "win32":
        return None
    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY)
        _lock(handle, time.monotonic() + (_PATIENCE if wait else 0.0))
    except OSError:
        if handle is not None:
            os.close(handle)
        return None
    return handle


def _lock(handle: int, until: float) -> None:
    """Lock an open file; nobody holds one for longer than it takes to change some names, so nobody is waited for without end."""
    if sys.platform == "win32":
        return
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(_LOOK_AGAIN)
        else:
            return


def _aside(target: Path) -> Path:
    return target.with_name(f"{_ASIDE}{target.name}")


@contextlib.contextmanager
def _about(path: Path) -> Iterator[None]:
    """Let errors be about what will be in a place, not about what is written beside it, of which nobody knows."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or type(error).__name__, str(path)) from error


def _second_name(path: Path, other: Path) -> None:
    """Give a file a second name, or a copy where the system knows no such thing."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


def _own_as(target: Path, new: Path) -> None:
    """Give a file the owner and group of another, where the system lets us."""
    if os.name == "posix":
        of_target = target.stat()
        with contextlib.suppress(OSError):
            os.chown(new, of_target.st_uid, of_target.st_gid)


def _write(path: Path, content: Content) -> None:
    if isinstance(content, Path):
        content.rename(path)
        return
    with path.open("wb") as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            content(file)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make a folder's names last; only POSIX systems can be asked to."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step, if the system can."""
    if os.name != "posix":
        return False
    paths = os.fsencode(one), os.fsencode(other)
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            return bool(library.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(library.renamex_np(paths[0], paths[1], _EXCHANGE) == 0)
    return False
