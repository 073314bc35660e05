"""The run: what a report was made of and how, so that the same run gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .edition import AUDIENCES, FORMATS

ALL = "all"
PICTURES = ("svg", "png")
"""The folders of a report's pictures, each a file; they are named like their formats."""
_DIGEST = "digest"


@dataclass(frozen=True)
class Run:
    """All that decides the bytes of a report, and the digests of what came out.

    Of what holds for the whole panel the period is `ALL`, and there is no ranking.
    """

    indexcalc: str
    index: str
    index_file: str
    data: str
    period: str
    level: str
    language: str
    seed: int
    packages: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    ranking: Mapping[str, Sequence[float | None]]
    as_of: str = ""
    formats: Sequence[str] = ()
    languages: Sequence[str] = ()
    audience: str = "internal"
    unit: str = ""
    analyses: bool = False
    blocks: bool = False
    engine: str = ""
    template: str = ""

    def as_json(self) -> bytes:
        """Write the run, with the digest of all of it as its last line, so that no field of it changes unseen."""
        fields = asdict(self)
        return (json.dumps({**fields, _DIGEST: digest(_text(fields))}, ensure_ascii=False, indent=1) + "\n").encode()


def packages() -> dict[str, str]:
    """Return the versions of the libraries that shape a report's bytes."""
    import numpy as np
    import pyarrow as pa
    import xlsxwriter

    return {"numpy": np.__version__, "pyarrow": pa.__version__, "xlsxwriter": xlsxwriter.__version__}


def digest(content: bytes) -> str:
    """Return the SHA-256 digest of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of(file: Path) -> str:
    """Return the SHA-256 digest of a file, however large, in hexadecimal; of a folder that of its files' digests in order."""
    if file.is_dir():
        parts = sorted(digest_of(part) for part in file.iterdir() if part.suffix == ".parquet")
        return digest("".join(parts).encode())
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _text(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()


def named_from(base: Path, digests: Mapping[Path, str]) -> dict[str, str]:
    """Return the digests of files by their names as seen from a folder, in the order of these."""
    return dict(sorted((_relative(file.resolve(), base.resolve()), digest) for file, digest in digests.items()))


def _relative(file: Path, base: Path) -> str:
    """Return the name of a file as seen from a folder; bytes of it that are no text in UTF-8 are spelt out."""
    try:
        name = os.path.relpath(file, base)
    except ValueError:  # another drive
        name = str(file)
    return Path(name.encode(errors="backslashreplace").decode()).as_posix()


def read_run(text: str) -> Run:
    """Read a run back. Whether its text was changed is told by writing it again.

    :raises ValueError: when the text is no run.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        run = Run(**{name: value for name, value in data.items() if name != _DIGEST})
    except (TypeError, AttributeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(str(error)) from None
    if not _is_sound(run):
        raise ValueError("its fields are of other kinds")
    return run


def _is_sound(run: Run) -> bool:
    """Say whether the fields of a run are what they should be, and its files' names plain ones: some are replaced by them."""
    numbers = {"seed": int, "blocks": bool, "analyses": bool}
    tables = ("packages", "inputs", "outputs")
    lists: dict[str, set[str]] = {"formats": {*FORMATS}, "languages": {"zh", "en"}}
    return (
        all(
            type(getattr(run, name)) is numbers.get(name, str) for name in asdict(run) if name not in (*tables, *lists, "ranking")
        )
        and all(isinstance(some := getattr(run, name), list) and all(x in known for x in some) for name, known in lists.items())
        and run.audience in AUDIENCES
        and all(
            isinstance(table, dict) and all(isinstance(x, str) for x in table.values())
            for table in map(run.__getattribute__, tables)
        )
        and isinstance(run.ranking, dict)
        and all(isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair)) for pair in run.ranking.values())
        and all(_is_plain(name) for name in run.outputs)
    )


def _is_plain(name: str) -> bool:
    """Say whether a file's name is one of a report: in its folder, or in one of its pictures."""
    folder, _, inside = name.partition("/")
    if folder not in PICTURES:
        inside = name
    return Path(inside).name == inside and "\\" not in inside


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
