"""What every request passes before anything is done: whom it was sent to, how much it holds; and what every answer says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all browsers would not say where a form comes from
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
"""What every answer says, unless it says otherwise itself."""
MOST_BODY = 1 << 20
"""Bytes of a form, unless its page takes more."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class TooMuch(Exception):  # noqa: N818 - it says what is so
    """A body is larger than its page takes."""


class Guard:
    """Let through what was sent to one of our own names; take the sub-path off; say on every answer what browsers may do."""

    def __init__(self, app: App, *, hosts: Sequence[str], root: str, over_https: bool) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._root = root
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        if over_https:
            self._headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *(one for one in self._headers if one[0] not in there),
                ]
            await send(message)

        if scope["type"] != "http":
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or name_in(hosts[0].decode("latin-1")) not in self._hosts:
            await _refused(answer, 400, "IC560")
            return
        path = scope["path"]
        if self._root and (path == self._root or path.startswith(f"{self._root}/")):
            path = path[len(self._root) :] or "/"
        scope = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        await self._app(scope, receive, answer)


def name_in(host: str) -> str:
    """Return the name in a Host header, without its port.

    >>> name_in("Localhost:8000"), name_in("[::1]:8000"), name_in("a.example")
    ('localhost', '[::1]', 'a.example')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def limited(receive: Receive, most: int) -> Receive:
    """Return what hands out a body until it is larger than a page takes.

    :raises TooMuch: when it is, whatever its headers said.
    """
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooMuch
        return message

    return counted


async def _refused(send: Send, status: int, code: str) -> None:
    """Answer with a status and a code alone: who sends to a name that is not ours is told nothing."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{code}\n".encode()})
