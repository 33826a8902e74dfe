"""Reads a request's body: bounded in size, time and memory, inflated when it is gzip."""

from __future__ import annotations

import asyncio
import zlib

from hamsafar.api.collect.asgi import Receive
from hamsafar.collect import Limits, Why, because
from hamsafar.collect.errors import BadBody
from hamsafar.collect.types import Reason
from hamsafar.kernel.errors import HamsafarError, Retriable

HEAD_BYTES = 2048
"""How much of a refused body is kept."""
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_MOST_MEMBERS = 64
"""Each member costs a copy of what follows it; clients send one."""
_THREAD_FROM = 64 * 1024
"""Compressed bytes from which inflating would hold the event loop too long."""


class ClientGone(HamsafarError):
    """The client went away before its body was complete."""


class SlowBody(HamsafarError):
    """The body did not come in time."""


class Budget:
    """The memory all unfinished requests may hold together, in bytes."""

    def __init__(self, limits: Limits) -> None:
        self._most = limits.inflight_bytes
        self._wait = limits.retry_after
        self.held = 0

    def take(self, size: int) -> None:
        """Reserve bytes.

        Raises:
            Retriable: not that much is free now.
        """
        if self.held + size > self._most:
            raise Retriable("too many requests at once: send again later", after=self._wait)
        self.held += size

    def give(self, size: int) -> None:
        """Return reserved bytes."""
        self.held -= size


class BodyReader:
    """Reads one body and keeps account of the memory it holds until `release`."""

    __slots__ = ("_budget", "_held", "_limits", "_loop")

    def __init__(self, budget: Budget, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        self._budget = budget
        self._limits = limits
        self._loop = loop
        self._held = 0

    def release(self) -> None:
        """Return the memory."""
        self._budget.give(self._held)
        self._held = 0

    def _hold(self, size: int) -> None:
        self._budget.take(size)
        self._held += size

    async def read(self, receive: Receive, declared: bytes) -> bytes:
        """Return the body as sent.

        Args:
            receive: of ASGI.
            declared: the `Content-Length` header, empty when there is none.

        Raises:
            BadBody: over `body_bytes`.
            SlowBody: it did not come in time.
            ClientGone: the connection ended before it.
            Retriable: no memory is free for it now.
        """
        loop = self._loop
        idle_s = self._limits.body_idle.total_seconds()
        end_at = loop.time() + self._limits.body_total.total_seconds()
        most = self._limits.body_bytes
        if declared.isdigit() and int(declared) > most:
            most = HEAD_BYTES  # enough to show what it was
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout_at(loop.time() + idle_s) as patience:
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone("the client closed the connection")
                    piece = message.get("body", b"")
                    size += len(piece)
                    if size > most:
                        raise too_large(self._limits, b"".join([*pieces, piece]))
                    self._hold(len(piece))
                    pieces.append(piece)
                    if not message.get("more_body", False):
                        break
                    patience.reschedule(min(loop.time() + idle_s, end_at))
        except TimeoutError:
            raise SlowBody("the body came too slowly: send it again") from None
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def plain(self, body: bytes) -> bytes:
        """Return the body inflated if it is gzip, whatever its headers say.

        JSON never begins with gzip's magic bytes, and a proxy that inflates may leave the
        `Content-Encoding` header standing, so the bytes decide.

        Raises:
            BadBody: broken gzip, or over `body_bytes` when inflated.
            Retriable: no memory is free for it now.
        """
        if body[:2] != _GZIP_MAGIC:
            return body
        if len(body) < _THREAD_FROM:
            inflated = inflate(body, self._limits)
        else:
            self._hold(self._limits.body_bytes)
            inflated = await asyncio.to_thread(inflate, body, self._limits)
            self._budget.give(self._limits.body_bytes)
            self._held -= self._limits.body_bytes
        self._hold(len(inflated))
        return inflated


def too_large(limits: Limits, head: bytes = b"") -> BadBody:
    """Return the error for a body over the limit."""
    return BadBody(
        because(Why.BODY_LARGE, limit=limits.body_bytes),
        where="body",
        reason=Reason.TOO_LARGE,
        head=head[:HEAD_BYTES],
    )


def inflate(body: bytes, limits: Limits) -> bytes:
    """Return the content of gzip data, which may have several members.

    Raises:
        BadBody: not gzip to its end, or over `body_bytes`.
    """
    pieces: list[bytes] = []
    room = limits.body_bytes + 1
    rest = body
    while rest:
        if len(pieces) == _MOST_MEMBERS:
            raise BadBody(because(Why.GZIP_MEMBERS, limit=_MOST_MEMBERS), where="body")
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            piece = stream.decompress(rest, room)
        except zlib.error as error:
            raise BadBody(because(Why.GZIP_BROKEN, error=str(error)), where="body") from None
        pieces.append(piece)
        room -= len(piece)
        if room <= 0:
            raise too_large(limits, pieces[0])
        if not stream.eof:
            raise BadBody(because(Why.GZIP_CUT), where="body")
        rest = stream.unused_data
    return b"".join(pieces)
