"""Which files a report has, for whoever is to open them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..formats.html import PAGE


def report_answer(folders: Sequence[Path]) -> tuple[str, Any]:
    """Return the files of reports, the page first, as lines and as data."""
    files = {
        folder.as_posix(): sorted(
            (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()),
            key=lambda name: (name != PAGE, name),
        )
        for folder in folders
    }
    lines = [f"{folder}/{name}" for folder, names in files.items() for name in names]
    return "\n".join(lines), {"folders": [{"folder": folder, "files": names} for folder, names in files.items()]}
