"""The run: what a report was made of and how, so that the same run gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..version import VERSION

SHAPING = ("numpy", "pyarrow", "xlsxwriter")  # the libraries whose versions show in the bytes of a report


@dataclass(frozen=True)
class Run:
    """All that decides the bytes of a report, and the digests of what came out."""

    indexcalc: str
    index: str
    index_file: str
    data: str
    period: str
    language: str
    seed: int
    packages: Mapping[str, str]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    ranking: Mapping[str, Sequence[float | None]]

    def as_json(self) -> bytes:
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()


def packages() -> dict[str, str]:
    """Return the versions of the libraries that shape a report's bytes."""
    import sys

    import numpy as np
    import pyarrow as pa
    import xlsxwriter

    del sys
    return {"numpy": np.__version__, "pyarrow": pa.__version__, "xlsxwriter": xlsxwriter.__version__}


def digest(content: bytes) -> str:
    """Return the SHA-256 digest of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digests(files: Sequence[Path], base: Path) -> dict[str, str]:
    """Return the digests of files, named relative to a folder where they lie below it, in the order of their names."""
    named = {}
    for file in files:
        resolved = file.resolve()
        inside = resolved.is_relative_to(base.resolve())
        named[resolved.relative_to(base.resolve()).as_posix() if inside else file.name] = digest(file.read_bytes())
    return dict(sorted(named.items()))


def new_run(
    *,
    index: str,
    index_file: str,
    data: str,
    period: str,
    language: str,
    seed: int,
    inputs: Mapping[str, str],
    outputs: Mapping[str, bytes],
    ranking: Mapping[str, Sequence[float | None]],
) -> Run:
    """Record a run of this version of the program."""
    made = {name: digest(content) for name, content in sorted(outputs.items())}
    return Run(VERSION, index, index_file, data, period, language, seed, packages(), inputs, made, ranking)


def read_run(text: str) -> Run:
    """Read a run back.

    :raises ValueError: when the text is no run.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        return Run(**data)
    except (TypeError, json.JSONDecodeError) as error:
        raise ValueError(str(error)) from None
