"""Watch inputs: do something again when a file that an index is made of has changed and come to rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ..findings import Finding, finding
from ..tree import Index, read_index
from ..tree.blocks.follow import FromTable
from .project import Project

Seen = dict[str, tuple[int, int]]
_BESIDE = ("-wal", "-journal")  # what SQLite writes into before its own file


def watch(project: Project, look: Callable[[], None], every: float) -> None:
    """Look once now, then whenever inputs have changed and come to rest, until somebody stops it.

    What `look` refuses it must say itself; its inputs are watched on until they are mended. Rest is two looks at the files,
    `every` so many seconds, that are alike.
    """
    base = str(project.data)
    index, patterns = watched_patterns(project.file, ())
    if index is not None:
        project.tell(databases(index))
    with suppress(KeyboardInterrupt):
        seen = looked_at(patterns, base)
        look()
        while True:
            time.sleep(every)
            now = looked_at(patterns, base)
            if now == seen:
                continue
            time.sleep(every)
            while (later := looked_at(patterns, base)) != now:
                now = later
                time.sleep(every)
            seen = now
            look()
            _, later_patterns = watched_patterns(project.file, patterns)
            if later_patterns != patterns:
                patterns = later_patterns
                seen = {path: seen.get(path, stamp) for path, stamp in looked_at(patterns, base).items()}


def watched_patterns(index_file: Path, before: Sequence[str]) -> tuple[Index | None, tuple[str, ...]]:
    """Return the index, if it can be read, and the files and patterns that it is made of; else those known before."""
    own = str(index_file.resolve())
    index, _ = read_index(index_file)
    if index is None:
        return None, tuple(before) or (own,)
    paths = [data.ledger or data.path for data in index.data.values()]
    paths += [one.table for one in (index.goals, index.remarks) if isinstance(one, FromTable)]
    paths += index.report.files
    return index, (own, index.units.table, *(path for path in dict.fromkeys(paths) if "://" not in path))


def databases(index: Index) -> list[Finding]:
    """Point out the sources whose changes no file tells of."""
    return [
        finding("IC820", index.place(("data", name)), source=name)
        for name, data in index.data.items()
        if "://" in (data.ledger or data.path)
    ]


def looked_at(patterns: Sequence[str], base: str) -> Seen:
    """Return the time and size of every file that some patterns mean, -1 for a single one that is not there."""
    from ..sources.readers.files import matching

    seen: Seen = {}
    for pattern in patterns:
        plain = pattern.replace("\\", "/")
        try:
            found = [path for path, _ in matching(plain, base)]
        except OSError:
            found = []
        for path in [*(found or [plain]), *(plain + beside for beside in _BESIDE if plain.endswith((".sqlite", ".sqlite3")))]:
            try:
                of = Path(base, path).stat()
                seen[path] = (of.st_mtime_ns, of.st_size)
            except OSError:
                seen[path] = (-1, -1)
    return seen
