"""The project as it is now: read and scored again when its files have changed, with what was made of it kept until then."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..findings import Finding, Language, Place, Refused, finding
from ..jobs.inputs import offered
from ..jobs.project import Project
from ..jobs.watch import databases, looked_at, watched_patterns
from ..scores import Scores

LOOK = 1.0  # seconds between two looks at the files
LOOK_ELSEWHERE = 60.0  # seconds after which what lies in a database is read again
MOST_KEPT = 500  # pages or parts of them, of one state


@dataclass
class Served(Project):
    """A project for one visit: what is found and refuses nothing is gathered, to be shown on the page."""

    told: list[Finding] = field(default_factory=list)
    sees_files: bool = True
    """Whether the visitor may see what lies beside the tree, such as a draft of another one."""

    def tell(self, found: Sequence[Finding]) -> None:
        """Gather what was found."""
        self.told += self.labelled(found)

    def beside(self, name: str) -> Path:
        """Return a file beside the tree that pages offer, by its name.

        :raises Refused: where it is none of these.
        """
        if name not in offered(self.file, Path(name).suffix):
            raise Refused([finding("IC546", Place(), found=name, name=self.file.parent.name)])
        return self.file.with_name(name)

    def is_tree(self, name: str) -> bool:
        """Say whether a name is that of a tree which lies beside the own one, or of that itself."""
        return name in offered(self.file, ".yaml")

    def scored(self, name: str) -> Scores:
        """Return the scores by another tree, of the same data."""
        return replace(self, file=self.beside(name)).scores()

    def stamps(self, names: Sequence[str]) -> tuple[Any, ...]:
        """Return what changes with what lies in some files beside the tree, those that another tree reads too.

        :raises Refused: where there are some, and the visitor may not see them.
        """
        if not self.sees_files and any(name in offered(self.file, Path(name).suffix) for name in names):
            raise Refused([finding("IC562", Place())])
        patterns = [
            pattern
            for name in names
            if name in offered(self.file, Path(name).suffix)
            for pattern in (
                watched_patterns(self.file.with_name(name), ())[1]
                if self.is_tree(name)
                else (str(self.file.with_name(name).resolve()),)
            )
        ]
        return tuple(sorted(looked_at(patterns, str(self.data)).items()))


@dataclass
class State:
    """Scores of one reading of the files, what was found in them, and what was made of them since."""

    number: int
    scores: Scores
    found: tuple[Finding, ...] = ()
    wrong: tuple[Finding, ...] = ()
    """Why the files as they are now are refused, where these scores are those of before."""
    _kept: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what was made under a key of these scores, or make it; a page may be made twice at once, but is then alike."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made

    def has(self, key: Hashable) -> Any:
        """Return what was made under a key, None where nothing was."""
        return self._kept.get(key)


@dataclass
class _Level:
    """One level's state, and the files it was made of."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    state: State | None = None
    wrong: tuple[Finding, ...] = ()
    patterns: tuple[str, ...] = ()
    elsewhere: bool = False
    seen: Any = None
    looked: float = float("-inf")
    read: float = float("-inf")


class Current:
    """A project that is read again, level by level, when its files have changed."""

    def __init__(self, project: Project, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._project = project
        self._clock = clock
        self._levels: dict[str | None, _Level] = {}
        self._number = 0

    def project(self, language: Language, level: str | None = None) -> Served:
        """Return the project, not read yet, for one visit in a language."""
        own = {one.name: getattr(self._project, one.name) for one in fields(Project)}
        return Served(**{**own, "language": language, "report_language": language, "level": level or self._project.level})

    def state(self, level: str | None = None) -> State:
        """Return the scores of a level as they are now, or those of before with why the files are refused now.

        :raises Refused: where there are no scores yet.
        """
        own = self._levels.setdefault(level, _Level())
        now = self._clock()
        if now - own.looked >= LOOK or own.state is None:
            # one visitor reads, others are shown what there is until then
            if own.state is None or own.read == float("-inf"):
                own.lock.acquire()
            elif not own.lock.acquire(blocking=False):
                return own.state
            try:
                self._look(own, level)
            finally:
                own.lock.release()
        if own.state is None:
            raise Refused(own.wrong)
        return own.state

    def changed(self) -> None:
        """Read anew at the next visit: something was written through a page."""
        for own in list(self._levels.values()):
            own.looked = own.read = float("-inf")
            own.seen = None

    def _look(self, own: _Level, level: str | None) -> None:
        now = self._clock()
        if now - own.looked < LOOK:  # another one has just looked
            return
        index, patterns = watched_patterns(self._project.file, own.patterns) if own.seen is None else (None, own.patterns)
        base = str(self._project.data)
        seen = looked_at(patterns, base)
        if seen == own.seen and not (own.elsewhere and now - own.read > LOOK_ELSEWHERE):
            own.looked = now
            return
        if own.seen is not None:
            index, patterns = watched_patterns(self._project.file, own.patterns)
            seen = looked_at(patterns, base)
        own.elsewhere = bool(databases(index)) if index is not None else own.elsewhere
        project = self.project("zh", level)
        try:
            scores = project.scores()
        except Refused as refused:
            own.wrong = tuple(project.labelled(refused.findings))
            if own.state is not None:
                own.state = replace(own.state, wrong=own.wrong)
        else:
            self._number += 1
            own.state, own.wrong = State(self._number, scores, tuple(project.told)), ()
        own.patterns, own.seen, own.looked, own.read = patterns, seen, now, now
