"""The log of what was done through served pages: one line each, chained like the history of weights.

The time stands in this log alone. Who was not asked for a password is written as unproven.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from ..findings import Finding
from .files import alone, replace_files
from .lines import read_chained, with_lines

SUFFIX = ".served"


@dataclass(frozen=True)
class Act:
    """Something that was done: when, by whom, whether a login proved that, in which role, from where, what, and about what."""

    when: str
    who: str
    proven: str
    role: str
    address: str
    action: str
    about: str


COLUMNS = tuple(field.name for field in fields(Act))


def acts_file(index_file: Path) -> Path:
    """Return the file that holds what was done: `indicators.served` beside `indicators.yaml`."""
    return index_file.with_suffix(SUFFIX)


def read_acts(index_file: Path) -> tuple[list[Act], list[Finding]]:
    """Read what was done through served pages, the oldest first, with what cannot be read of it."""
    lines, found = read_chained(acts_file(index_file), COLUMNS)
    return [Act(*line.cells) for line in lines], found


def record_act(
    index_file: Path, action: str, about: str = "", *, who: str = "", proven: bool = False, role: str = "", address: str = ""
) -> None:
    """Add a line to the log, at this moment.

    :raises OSError: when it cannot be written.
    """
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    act = Act(now, who, "login" if proven else "unproven", role, address, action, about)
    file = acts_file(index_file)
    with alone(file):
        log = file.read_bytes() if file.exists() else b""
        replace_files({file: with_lines(log, COLUMNS, [astuple(act)])})
