"""The gallery: projects to start from, each a folder of the package; their sentences, and their files with data made."""

from __future__ import annotations

import csv
import io
import runpy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from .project import INDEX, refuse

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

STARTER = "starter"
_TOP_LEVEL = "red-cotton"  # the project of the repository: copied into the package at build, beside it in a checkout
_GENERATOR = "generate.py"
_READMES = {"zh": "README.zh.md", "en": "README.md"}


@dataclass(frozen=True)
class GalleryProject:
    """A project to start from: its name, and what it is, a sentence in each language."""

    name: str
    zh: str
    en: str


def gallery() -> list[GalleryProject]:
    """Return the projects that can be started from: the small one first, then by name."""
    return [GalleryProject(name, *(_sentence(_gallery() / name, language) for language in _READMES)) for name in _names()]


def project_files(name: str) -> dict[str, bytes]:
    """Return the files of a gallery project by their paths in it, with the data that a generator makes; or refuse the name.

    A generator is a `generate.py` with a function `tables`, which takes nothing and returns by the paths of files their columns
    by headings, or their bytes. It is seeded, so that the same version gives the same bytes, and stays in the package.
    """
    from ..findings import nearest

    known = _names()
    if name not in known:
        refuse("IC532", found=name, known=known, near=nearest(name, known))
    folder = _gallery() / name
    contents = _contents(folder)
    if name == _TOP_LEVEL and INDEX not in contents:
        contents |= _checkout()
    if contents.pop(_GENERATOR, None) is not None:
        with as_file(folder / _GENERATOR) as script:
            tables = runpy.run_path(str(script))["tables"]()
        contents |= {path: table if isinstance(table, bytes) else _csv(table) for path, table in tables.items()}
    return contents


def _gallery() -> Traversable:
    return files("indexcalc") / "gallery"


def _names() -> list[str]:
    return sorted((folder.name for folder in _gallery().iterdir() if folder.is_dir()), key=lambda name: (name != STARTER, name))


def _sentence(folder: Traversable, language: str) -> str:
    """Return the first line below the title of a project's README."""
    lines = (folder / _READMES[language]).read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line and not line.startswith("#"))


def _checkout() -> dict[str, bytes]:
    """Return the top-level project's files where the package is not built but lies in its repository."""
    with as_file(files("indexcalc")) as package:
        root = package.parent
        return {INDEX: (root / INDEX).read_bytes(), **_contents(root / "data", "data/")}


def _contents(folder: Traversable, prefix: str = "") -> dict[str, bytes]:
    """Return the files of a folder by their paths in it, but for what Python leaves and what is made by a generator."""
    contents: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            contents |= {} if entry.name.startswith("__") else _contents(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith((".parquet", ".pyc")):
            contents[f"{prefix}{entry.name}"] = entry.read_bytes()
    return contents


def _csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """Write columns as a CSV file that spreadsheets show rightly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode("utf-8-sig")
