"""Files on the disk: each written whole beside the old one, then put in its place in one step.

Whatever happens in between, a kill or a full disk, a reader finds the old file or folder whole, or the new one whole.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2)
_HERE = -100  # AT_FDCWD
_PREFIX = ".new-"
_LEFT_BEHIND = 3600.0  # seconds
_PATIENCE = 120.0  # seconds to wait for others that are writing


Content = bytes | Callable[[IO[bytes]], object] | Path


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep other runs from changing a file, and what is kept beside it, until this one has read and written it.

    Another run waits, the same may ask again. The empty file that is locked stays, since taking it away would let two in.

    :raises OSError: when there can be no lock there, or others take too long.
    """
    from filelock import FileLock

    with FileLock(lock_of(file), timeout=_PATIENCE, is_singleton=True):
        yield


def lock_of(file: Path) -> Path:
    """Return the file that is locked in place of another."""
    target = Path(os.path.realpath(file))
    return target.with_name(f".{target.name}.lock")


def publish(folder: Path, files: Mapping[str, Content]) -> None:
    """Write files as the whole content of a folder, replacing what was there.

    Each is its bytes, what writes them, or where on the same disk they were written, as a file or a folder.

    :raises OSError: when anything cannot be written; the old content is then still there, untouched.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _tidy_up(folder)
    beside = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{folder.name}-", dir=folder.parent))
    try:
        beside.chmod(0o755)  # mkdtemp's is for its owner alone
        for name, content in files.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            _write(beside / name, content)
        _flush(beside)
        _put_in_place(beside, folder)
        _flush(folder.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Replace single files, each whole and with the permissions it had: all are written beside, then renamed in this order.

    A link is followed to the file that it names. A file that is new gets the permissions of any new file.

    :raises OSError: when anything cannot be written; before the first rename nothing has changed.
    """
    beside: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            target = Path(os.path.realpath(path))
            if target.exists() and not os.access(target, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            _remove_halves(target)
            new = target.with_name(f"{_PREFIX}{target.name}-{os.getpid()}")
            beside[target] = new
            _write(new, content)
            if target.exists():
                shutil.copymode(target, new)
                _own_as(target, new)
        for target, new in beside.items():
            new.replace(target)
        for folder in {target.parent for target in beside}:
            _flush(folder)
    finally:
        for new in beside.values():
            new.unlink(missing_ok=True)


def _remove_halves(target: Path) -> None:
    """Remove what kills have left beside a file or folder; a younger half may be another run's, still at work."""
    for half in target.parent.glob(f"{_PREFIX}{target.name}-*"):
        if time.time() - half.stat().st_mtime > _LEFT_BEHIND:
            if half.is_dir():
                shutil.rmtree(half, ignore_errors=True)
            else:
                half.unlink(missing_ok=True)


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


def _put_in_place(beside: Path, folder: Path) -> None:
    if not folder.exists():
        beside.rename(folder)
    elif not _exchange(beside, folder):
        # no exchange in one step on this system: a kill between the two renames leaves the old one as .old-…, which the
        # next run puts back (_tidy_up)
        old = folder.with_name(f".old-{folder.name}")
        folder.rename(old)
        try:
            beside.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)


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


def _tidy_up(folder: Path) -> None:
    """Put back an old report that a kill left aside, and remove the halves of new ones."""
    old = folder.with_name(f".old-{folder.name}")
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    _remove_halves(folder)
