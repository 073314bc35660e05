"""What this machine has of what indexcalc can use: versions, encodings, optional parts, fonts, office programs."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..findings import Language
from ..report.fonts import ROLES, Face, Role, find_faces
from ..report.numbers import listed
from ..version import VERSION
from ..words.doctor import doctor as word

PARTS: Mapping[str, tuple[str, ...]] = {
    "events": ("duckdb", "ibis-framework", "sqlglot"),
    "locked": ("msoffcrypto-tool",),
    "plot": ("altair", "vl-convert-python"),
    "postgres": ("ibis-framework", "packaging", "psycopg", "sqlglot"),
    "report": ("python-docx", "typst"),
    "serve": ("argon2-cffi", "python-multipart", "starlette", "uvicorn"),
    "spark": ("ibis-framework", "pyspark", "sqlglot"),
}
"""The distributions of each optional part, as pyproject.toml names them."""
_OFFICE: Mapping[str, tuple[str, ...]] = {
    "LibreOffice": (
        "soffice",
        "libreoffice",
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        "{PROGRAMFILES}/LibreOffice/program/soffice.exe",
    ),
    "WPS": (
        "wps",
        "/Applications/wpsoffice.app/Contents/MacOS/wpsoffice",
        "{LOCALAPPDATA}/Kingsoft/WPS Office/ksolaunch.exe",
        "{PROGRAMFILES(X86)}/Kingsoft/WPS Office/ksolaunch.exe",
    ),
    "Word": (
        "winword",
        "/Applications/Microsoft Word.app/Contents/MacOS/Microsoft Word",
        "{PROGRAMFILES}/Microsoft Office/root/Office16/WINWORD.EXE",
        "{PROGRAMFILES(X86)}/Microsoft Office/root/Office16/WINWORD.EXE",
    ),
}


@dataclass(frozen=True)
class Machine:
    """What was found: `parts` are by their extra the versions of their distributions (None where one is not installed),
    `fonts` the face of each role of a page (None where no Chinese face is there), `office` programs by name.
    """

    indexcalc: str
    python: str
    system: str
    locale: str
    encodings: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str | None]]
    fonts: Mapping[Role, Face | None]
    japanese: tuple[str, ...]
    office: Mapping[str, str]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The extras of which something is not installed."""
        return tuple(extra for extra, found in self.parts.items() if None in found.values())

    @property
    def has_chinese(self) -> bool:
        """Whether there is a face of simplified Chinese."""
        return all(self.fonts.values())

    def to_install(self, language: Language) -> list[str]:
        """Return what to install for all that indexcalc can do, a line each; nothing where all is there."""
        lines = [word.part(language).format(extra=extra, use=getattr(word, f"use_{extra}")(language)) for extra in self.lacking]
        return lines if self.has_chinese else [word.no_chinese(language), *lines]

    def as_dict(self, language: Language) -> dict[str, Any]:
        """Return the same as data."""
        fonts = {
            role: None if face is None else {"family": face.family, "file": str(face.file)} for role, face in self.fonts.items()
        }
        return {
            "indexcalc": self.indexcalc,
            "python": self.python,
            "system": self.system,
            "locale": self.locale,
            "encodings": dict(self.encodings),
            "parts": {extra: dict(found) for extra, found in self.parts.items()},
            "fonts": fonts,
            "japanese_fonts": list(self.japanese),
            "office": dict(self.office),
            "to_install": self.to_install(language),
        }

    def text(self, language: Language) -> str:
        """Return what was found in one screen."""
        parts = [_line(extra, _versions(found, language), language) for extra, found in self.parts.items()]
        faces = [_face(role, face, language) for role, face in self.fonts.items() if face is not None]
        lines = (
            (word.program, [f"indexcalc {self.indexcalc}, Python {self.python}, {self.system}"]),
            (word.locale, [f"{self.locale}; {word.encodings(language).format(**self.encodings)}"]),
            (word.parts, ["", *parts]),
            (word.fonts, ["", *faces] if faces else [self._no_chinese(language)]),
            (word.office, [listed(self.office, language) or word.none(language)]),
            (word.to_do, ["", *(self.to_install(language) or [word.complete(language)])]),
        )
        return "\n".join("\n  ".join((_line(name(language), first, language), *more)) for name, (first, *more) in lines)

    def _no_chinese(self, language: Language) -> str:
        names = listed((Path(file).name for file in self.japanese[:3]), language)
        return word.japanese_only(language).format(files=names) if names else word.none(language)


def doctor() -> Machine:
    """Look at what this machine has: versions, encodings, optional parts, Chinese fonts, office programs; nothing is started."""
    faces = find_faces()
    return Machine(
        indexcalc=VERSION,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        locale=".".join(part for part in locale.getlocale() if part) or "C",
        encodings={
            "files": sys.getfilesystemencoding(),
            "screen": getattr(sys.stdout, "encoding", None) or "-",
            "text": locale.getpreferredencoding(do_setlocale=False),
        },
        parts={extra: {name: _version(name) for name in names} for extra, names in PARTS.items()},
        fonts={role: faces.of(role) for role in ROLES},
        japanese=tuple(str(file) for file in faces.japanese),
        office={name: found for name, places in _OFFICE.items() if (found := _program(places))},
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _program(places: tuple[str, ...]) -> str | None:
    """Return where a program is: on the search path, or at one of its usual places."""
    known = {name.upper(): value for name, value in os.environ.items()}
    for place in places:
        name = place
        for variable in ("LOCALAPPDATA", "PROGRAMFILES", "PROGRAMFILES(X86)"):
            name = name.replace(f"{{{variable}}}", known.get(variable, ""))
        if found := shutil.which(name):
            return found
    return None


def _versions(found: Mapping[str, str | None], language: Language) -> str:
    there = listed((f"{name} {one}" for name, one in found.items() if one), language)
    lacking = listed((name for name, one in found.items() if one is None), language)
    if there and lacking:
        return word.partly(language).format(there=there, lacking=lacking)
    return there or word.absent(language)


def _face(role: Role, face: Face, language: Language) -> str:
    """Return the face of a role, and what it stands in for where it is not the standard's own."""
    wanted = ROLES[role][0]
    shown = face.family if face.family == wanted else word.stands_in(language).format(family=face.family, wanted=wanted)
    return _line(getattr(word, f"role_{role}")(language), f"{shown} {face.file.name}", language)


def _line(name: str, text: str, language: Language) -> str:
    return str(word.line(language).format(name=name, text=text)).rstrip()
