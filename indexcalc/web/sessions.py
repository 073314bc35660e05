"""Who is logged in: sessions kept by the server, attempts that are counted, tokens against forged forms."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..journal.sessions import read_sessions, write_sessions

LIFE = 12 * 3600.0  # seconds of a session
IDLE = 2 * 3600.0  # seconds of a session in which nothing is asked for
MOST_SESSIONS = 10_000
WITHIN = 600.0  # seconds in which attempts are counted
MOST_OF_A_NAME = 5  # failed attempts of one name from one address
MOST_OF_ALL = 50  # failed attempts of one address, or of one name from anywhere


@dataclass
class Session:
    """One login: of whom, since when, and when it was last used."""

    user: str
    since: float
    used: float


@dataclass
class Sessions:
    """The sessions of a server, by ids that only browsers hold; here they are known by their digests.

    In a `file` they outlive the server.
    """

    clock: Callable[[], float] = time.time
    file: Path | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _kept: OrderedDict[str, Session] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Take up the sessions from before; each may be idle from now on."""
        now = self.clock()
        for digest, (user, since) in (read_sessions(self.file) if self.file is not None else {}).items():
            if 0 <= now - since <= LIFE:
                self._kept[digest] = Session(user, since, now)

    def start(self, user: str) -> str:
        """Start a session under a new id, whatever id there was before, and return the id."""
        id_, now = secrets.token_urlsafe(32), self.clock()
        with self._lock:
            while len(self._kept) >= MOST_SESSIONS:
                self._kept.popitem(last=False)
            self._kept[_digest(id_)] = Session(user, now, now)
            self._keep()
        return id_

    def find(self, id_: str) -> Session | None:
        """Return the session of an id, unless it is over, and note that it was used."""
        now = self.clock()
        with self._lock:
            found = self._kept.get(_digest(id_))
            if found is None:
                return None
            if now - found.since > LIFE or now - found.used > IDLE:
                del self._kept[_digest(id_)]
                return None
            found.used = now
            self._kept.move_to_end(_digest(id_))
            return found

    def end(self, id_: str) -> None:
        """End a session."""
        with self._lock:
            if self._kept.pop(_digest(id_), None) is not None:
                self._keep()

    def _keep(self) -> None:
        if self.file is not None:
            with suppress(OSError):  # then they end with the server
                write_sessions(self.file, {digest: (one.user, one.since) for digest, one in self._kept.items()})

    def form_token(self, id_: str) -> str:
        """Return what a form of a browser must hold: made of the id in its cookie, which no other origin can read."""
        return hmac.new(self.secret, id_.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, id_: str, token: str) -> bool:
        """Say whether a form's token is that of a browser's id."""
        return bool(id_) and hmac.compare_digest(self.form_token(id_).encode(), token.encode(errors="replace"))


@dataclass
class Attempts:
    """Failed logins of the last minutes, by name and address."""

    clock: Callable[[], float] = time.monotonic
    _failed: OrderedDict[tuple[str, str], deque[float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, name: str, address: str) -> int:
        """Return for how many seconds no attempt is taken; 0 where one is."""
        now = self.clock()
        bounds = {(name, address): MOST_OF_A_NAME, ("", address): MOST_OF_ALL, (name, ""): MOST_OF_ALL}
        with self._lock:
            waits = [0.0]
            for key, most in bounds.items():
                times = self._failed.get(key, deque())
                while times and now - times[0] > WITHIN:
                    times.popleft()
                if len(times) >= most:
                    waits.append(WITHIN - (now - times[0]))
        return int(max(waits)) + (max(waits) > 0)

    def failed(self, name: str, address: str) -> None:
        """Note an attempt that failed."""
        with self._lock:
            for key in ((name, address), ("", address), (name, "")):
                self._failed.setdefault(key, deque(maxlen=MOST_OF_ALL)).append(self.clock())
                self._failed.move_to_end(key)
            while len(self._failed) > MOST_SESSIONS:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failed attempts of a name from an address."""
        with self._lock:
            self._failed.pop((name, address), None)


def _digest(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()
