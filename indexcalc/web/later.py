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
MOST_KEPT = 100
SOON = 1.0  # seconds that a page waits before it says that it will take longer

Counted = Callable[[int, int], None]


@dataclass
class Task:
    """Something that is worked out: how far it is, and in the end what it made or why it could not."""

    make: Callable[[Counted], Any]
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

    def task(self, key: Hashable, make: Callable[[Counted], Any], *, soon: float = SOON) -> Task | None:
        """Return the task of a key, begun where there is none, once it is over or some time has passed; None of too many."""
        with self._lock:
            task = self._tasks.get(key)
            if task is None:
                task = Task(make)
                try:
                    self._waiting.put_nowait(task)
                except queue.Full:
                    return None
                self._tasks[key] = task
                self._forget()
                if self._workers < AT_ONCE:
                    self._workers += 1
                    threading.Thread(target=self._work, daemon=True).start()
            self._tasks.move_to_end(key)
        task.over.wait(soon)
        return task

    def _forget(self) -> None:
        for key in [key for key, task in self._tasks.items() if task.over.is_set()][: max(len(self._tasks) - MOST_KEPT, 0)]:
            del self._tasks[key]

    def _work(self) -> None:
        while True:
            self._waiting.get().run()
