"""Answers that take their time: worked out beside the pages, a few at once, and kept for who asks again."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

AT_ONCE = 2
MOST_WAITING = 12
MOST_OF_ONE = 3  # that one visitor may have waiting or worked on, so that the others' turn comes
MOST_KEPT = 100
SOON = 1.0  # seconds that a page waits before it says that it will take longer

Counted = Callable[[int, int], None]


class Busy(Exception):  # noqa: N818 - it says what is so
    """No more is taken on: of all together, or of one visitor."""

    def __init__(self, *, own: bool) -> None:
        """Say whether it is this visitor who asked for too much."""
        super().__init__()
        self.own = own


@dataclass
class Task:
    """Something that is worked out for somebody: how far it is, and in the end what it made or why it could not."""

    make: Callable[[Counted], Any]
    who: str = ""
    done: int = 0
    of: int = 0
    made: Any = None
    error: Exception | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work it out."""
        try:
            self.made = self.make(self._count)
        except Exception as error:  # noqa: BLE001 - raised again for who asked
            self.error = error
        self.over.set()

    def result(self) -> Any:
        """Return what was made.

        :raises Exception: what was raised while it was made.
        """
        if self.error is not None:
            raise self.error
        return self.made

    def _count(self, done: int, of: int) -> None:
        self.done, self.of = done, of


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
                if self._workers < AT_ONCE:
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

    def _work(self) -> None:
        while True:
            self._waiting.get().run()
