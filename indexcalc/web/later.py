"""Answers that take their time: worked out beside the pages, a few at once, and kept for who asks again.

What takes too long is given up as soon as it says how far it is, so that one question does not keep out all others.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

AT_ONCE = 2
MOST_WAITING = 12
MOST_OF_ONE = 3  # that one visitor may have waiting or worked on, so that the others' turn comes
MOST_KEPT = 100
SOON = 1.0  # seconds that a page waits before it says that it will take longer
MOST_SECONDS = 300.0  # that one question may be worked on

Counted = Callable[[int, int], None]


class Busy(Exception):  # noqa: N818 - it says what is so
    """Too many answers are waited for: by all visitors together, or by this one."""

    def __init__(self, *, own: bool) -> None:
        """Say whether it is this visitor who asked for too much."""
        super().__init__()
        self.own = own


class TooLong(Exception):  # noqa: N818 - it says what is so
    """A question takes longer than any may."""


@dataclass
class Task:
    """Something that is worked out for somebody: how far it is, and in the end what it made or why it could not."""

    make: Callable[[Counted], Any]
    who: str = ""
    done: int = 0
    of: int = 0
    made: Any = None
    error: Exception | None = None
    begun: float | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work it out."""
        self.begun = time.monotonic()
        try:
            self.made = self.make(self._count)
        except Exception as error:  # noqa: BLE001 - raised again for who asked
            self.error = error
        self.over.set()

    @property
    def is_too_long(self) -> bool:
        """Whether it was given up, or will be."""
        if self.over.is_set():
            return isinstance(self.error, TooLong)
        return self.begun is not None and time.monotonic() - self.begun >= MOST_SECONDS

    def result(self) -> Any:
        """Return what was made.

        :raises Exception: what was raised while it was made.
        """
        if self.error is not None:
            raise self.error
        return self.made

    def _count(self, done: int, of: int) -> None:
        self.done, self.of = done, of
        if self.is_too_long:
            raise TooLong


class Later:
    """Tasks by their keys; threads work on them that end with the program, whatever they are at."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[Hashable, Task] = OrderedDict()
        self._waiting: queue.Queue[Task] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._workers = 0

    def task(self, key: Hashable, make: Callable[[Counted], Any], *, who: str = "", soon: float = SOON) -> Task:
        """Return the task of a key, begun for somebody where there is none, once it is over or some time has passed.

        :raises Busy: where too many wait, of all or of this one.
        """
        with self._lock:
            task = self._tasks.get(key)
            if task is None:
                task = self._tasks[key] = self._begun(Task(make, who))
                self._forget()
                if self._workers < self._wanted():
                    self._workers += 1
                    threading.Thread(target=self._work, daemon=True).start()
            self._tasks.move_to_end(key)
        task.over.wait(soon)
        return task

    def _begun(self, task: Task) -> Task:
        if sum(one.who == task.who and not one.over.is_set() for one in self._tasks.values()) >= MOST_OF_ONE:
            raise Busy(own=True)
        try:
            self._waiting.put_nowait(task)
        except queue.Full:
            raise Busy(own=False) from None
        return task

    def _forget(self) -> None:
        for key in [key for key, task in self._tasks.items() if task.over.is_set()][: max(len(self._tasks) - MOST_KEPT, 0)]:
            del self._tasks[key]

    def _wanted(self) -> int:
        """Return how many threads there are to be: for each that hangs, and says nothing, another takes its place once."""
        hung = sum(one.is_too_long and not one.over.is_set() for one in self._tasks.values())
        return AT_ONCE + min(hung, AT_ONCE)

    def _work(self) -> None:
        while True:
            self._waiting.get().run()
            with self._lock:
                if self._workers > self._wanted():
                    self._workers -= 1
                    return
