"""Start a project: a small working one to change."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from ..journal.files import publish
from .project import refuse, refuse_file


def init(folder: Path) -> list[str]:
    """Write the starter project into a new or empty folder, or refuse; return its files."""
    from ..findings import Place

    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            refuse("IC508", Place(folder.as_posix()))
        starter = _starter(files("indexcalc") / "gallery" / "starter")
        publish(folder, starter)
    except OSError as error:
        refuse_file(folder, error)
    return sorted(starter)


def _starter(folder: Any, prefix: str = "") -> dict[str, bytes]:
    """Return the files of the starter project by their paths in it."""
    contents: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            contents |= _starter(entry, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("__"):
            contents[f"{prefix}{entry.name}"] = entry.read_bytes()
    return contents
