"""Start a project: a copy of one of the gallery, to change."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..journal.files import is_beside, publish, replace_files
from .gallery import STARTER, project_files
from .project import refuse, refuse_file


def init(folder: Path, name: str = STARTER) -> list[str]:
    """Write a project of the gallery into a new or empty folder, or refuse; return its files."""
    from ..findings import Place

    starter = project_files(name)
    try:
        there = folder.exists()
        if there and (not folder.is_dir() or _holds_others(folder, starter)):
            refuse("IC508", Place(folder.as_posix()))
        if there:  # a shell may stand in it: what is put there goes in, and the folder stays
            replace_files({folder / name: content for name, content in starter.items()})
        else:
            publish(folder, starter)
    except OSError as error:
        refuse_file(folder, error)
    return sorted(starter)


def _holds_others(folder: Path, starter: Mapping[str, bytes]) -> bool:
    """Say whether a folder holds anything but what a killed start has left of itself."""
    tops = {name.partition("/")[0] for name in starter}
    if any(entry.name not in tops and not is_beside(Path(entry.name)) for entry in folder.iterdir()):
        return True
    paths = [path for top in tops for path in (folder / top, *(folder / top).rglob("*")) if path.is_file()]
    names = {path.relative_to(folder): path for path in paths}
    there = {name.as_posix(): path for name, path in names.items() if not is_beside(name)}
    return len(there) == len(starter) or any(
        name not in starter or path.read_bytes() != starter[name] for name, path in there.items()
    )
