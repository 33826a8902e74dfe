"""Connections: how long a client may take over each step of a request, and who goes when it is full.

uvicorn bounds only the idle time after an answer. A client that sends its request byte by byte, or
reads its answer so, would hold a connection for ever, and a thousand of them every file descriptor.
"""

from __future__ import annotations

import asyncio
import resource
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hamsafar.api.collect.origin import rate_name

_FILES = 16_384
_RESERVE = 160
"""File descriptors left for databases, the log, history files and the worker."""
_SWEEP_S = 0.5
_TIMEOUT = b"408 Request Timeout"
_TOO_LONG = b"431 Request Header Fields Too Large"


def lift_file_limit() -> int:
    """Let this process open as many files as it may; return how many connections fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(64, files - _RESERVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a connection may take, and how many there may be.

    Attributes:
        head: from the connection, or the first byte of a later request, to the end of its headers.
        body: from the end of the headers to the end of the body; collection allows less.
        idle: between an answer and the next request.
        reading: how long what is written may lie unread.
        head_bytes: largest request line with headers.
        most: connections at once.
    """

    head: timedelta = timedelta(seconds=20)
    body: timedelta = timedelta(seconds=120)
    idle: timedelta = timedelta(seconds=75)
    reading: timedelta = timedelta(seconds=60)
    head_bytes: int = 64 * 1024
    most: int = 10_000


class _Step(Enum):
    HEAD = auto()
    """Before or within the headers of a request."""
    BODY = auto()
    ANSWER = auto()
    """The request is whole: now it is our turn."""


class Room:
    """Who is connected. When it is full, the address whose clients keep us waiting most loses one.

    So a flood from one place costs itself, and everybody else still gets in. A request that is
    being answered is never cut off for room.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._guests: set[PatientProtocol] = set()
        self._waiting: dict[str, OrderedDict[PatientProtocol, None]] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    def enter(self, guest: PatientProtocol) -> None:
        """Take a connection in, if need be in place of another."""
        self._guests.add(guest)
        self.wait(guest)
        if len(self._guests) > self._most:
            heaviest = max(self._waiting.values(), key=len)
            next(iter(heaviest)).cut()
        if self._sweeper is None:
            self._sweeper = guest.loop.call_later(_SWEEP_S, self._sweep, guest.loop)

    def wait(self, guest: PatientProtocol) -> None:
        """Note that a connection waits for its client."""
        self._waiting.setdefault(guest.address, OrderedDict())[guest] = None

    def work(self, guest: PatientProtocol) -> None:
        """Note that a connection does not wait for its client."""
        guests = self._waiting.get(guest.address)
        if guests is not None:
            guests.pop(guest, None)
            if not guests:
                del self._waiting[guest.address]

    def leave(self, guest: PatientProtocol) -> None:
        """Note that a connection is over."""
        self.work(guest)
        self._guests.discard(guest)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for guest in tuple(self._guests):
            guest.check(now)
        self._sweeper = loop.call_later(_SWEEP_S, self._sweep, loop) if self._guests else None


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline for each step of a request; made by `patient`."""

    patience: Patience
    room: Room
    address = ""
    _step = _Step.HEAD
    _deadline: float | None = None
    _read_by: float | None = None
    _head_bytes = 0

    # uvicorn narrows the transport in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.address = rate_name(self.client[0]) if self.client else ""
        self._until(self.patience.head)
        self.room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place free."""
        self.room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a head that does not end is refused, since the parser would keep all of it."""
        super().data_received(data)
        if self._step is _Step.HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > self.patience.head_bytes:
                self._refuse(_TOO_LONG)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._step = _Step.HEAD
        self._until(self.patience.head)

    def on_headers_complete(self) -> None:
        """Begin its body."""
        self._step = _Step.BODY
        self._head_bytes = 0
        self._until(self.patience.body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to answer."""
        self._step = _Step.ANSWER
        self._deadline = None
        self.room.work(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, if there is none yet."""
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:
            # uvicorn's own timer ends with any byte, so blank lines would keep us waiting for ever.
            if self._step is _Step.ANSWER:
                self._step = _Step.HEAD
                self._until(self.patience.idle)
            self.room.wait(self)

    def pause_writing(self) -> None:
        """Note since when the client does not read."""
        super().pause_writing()
        self._read_by = self.loop.time() + self.patience.reading.total_seconds()

    def resume_writing(self) -> None:
        """Note that it reads."""
        super().resume_writing()
        self._read_by = None

    def check(self, now: float) -> None:
        """Cut the connection off if its client took too long."""
        if self._read_by is not None and now > self._read_by:
            self.cut()
        elif self._deadline is not None and now > self._deadline:
            if self._step is _Step.HEAD and self._head_bytes:
                self._refuse(_TIMEOUT)
            else:
                self.cut()

    def cut(self) -> None:
        """End the connection at once."""
        self.room.leave(self)
        self.transport.abort()

    def _until(self, patience: timedelta) -> None:
        self._deadline = self.loop.time() + patience.total_seconds()

    def _refuse(self, status: bytes) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            self.cut()
            return
        self._until(self.patience.head)
        self.transport.write(
            b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        )
        self.transport.close()


def patient(patience: Patience) -> type[PatientProtocol]:
    """Return the protocol of one server: its connections share a room."""

    class Patient(PatientProtocol):
        """A protocol with its server's room."""

    Patient.patience = patience
    Patient.room = Room(patience.most)
    return Patient
