"""The event loop's side of the group commit: hand an envelope in, wait until it is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from hamsafar.collect import Limits, LogWriter, WriterCounts
from hamsafar.collect.types import Envelope
from hamsafar.storage.errors import LogFull
from hamsafar.storage.ports import EventLog

Ticket = asyncio.Future[None]


class Intake:
    """Writes envelopes for requests of one event loop.

    Attributes:
        reading: requests being read now that will write soon.
    """

    def __init__(
        self, log: EventLog, limits: Limits, on_broken: Callable[[BaseException], None]
    ) -> None:
        self.reading = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: LogWriter[Ticket] = LogWriter(
            log,
            limits,
            deliver=self._deliver,
            on_broken=on_broken,
            expecting=lambda: self.reading,
        )

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Return the event loop of all requests.

        Kept, since asking which one runs is a system call each time (Python 3.11).
        """
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    @property
    def counts(self) -> WriterCounts:
        """Return what was written so far."""
        return self._writer.counts

    def start(self) -> None:
        """Start writing."""
        self._writer.start()

    def close(self) -> None:
        """Write what waits, and stop."""
        self._writer.close()

    async def write(self, envelope: Envelope) -> None:
        """Return when the envelope is on disk.

        Raises:
            LogFull: it was not kept.
        """
        ticket: Ticket = self.loop.create_future()
        self._writer.submit(envelope, ticket)
        await ticket

    def _deliver(self, tickets: Sequence[Ticket], full: LogFull | None) -> None:
        """Wake the requests of a group; called by the writer's thread."""
        if self._loop is not None:
            # A closed loop has nobody left who waits.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_wake, tickets, full)


def _wake(tickets: Sequence[Ticket], full: LogFull | None) -> None:
    for ticket in tickets:
        if ticket.done():
            continue
        if full is None:
            ticket.set_result(None)
        else:
            ticket.set_exception(full)
