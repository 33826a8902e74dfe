"""Where the command line puts imported events: into the log, with a worker behind it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.cli.local_client import LocalClient
from hamsafar.collect.importing import BulkCounts
from hamsafar.kernel.errors import Conflict, HamsafarError, Retriable
from hamsafar.storage.errors import LogFull
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.wiring.settings import Settings

WAIT_S = 0.5
MAX_AHEAD = 400_000
"""Events the pipeline may be behind before the importer waits for it: a file never fills a disk."""
STOP_S = 30.0
ANSWER_S = 10.0
"""How long a running server may take to answer; its API process starts in three seconds."""


class Sink:
    """The bulk lane of a data folder, whoever writes its log."""

    def __init__(
        self,
        hamsafar: Hamsafar,
        append: Callable[[bytes, int], None],
        check: Callable[[], None],
    ) -> None:
        self._hamsafar = hamsafar
        self._append = append
        self._check = check
        self._room = MAX_AHEAD

    def source(self, slug: str, channel: str) -> int:
        """Return the number of a source; it is made, with this channel, when there is none."""
        book = self._hamsafar.access.sources
        known = {source.slug: int(source.id) for source in book.all()}
        if slug in known:
            return known[slug]
        draft = SourceDraft(name=slug, channel=channel)
        return int(book.create(local_caller("import"), draft).id)

    def append(self, blob: bytes, count: int) -> None:
        """Append one log record of `count` events; waits while the log is full."""
        self._room -= count
        while self._room <= 0:
            self._room = MAX_AHEAD - self.lag()
            if self._room <= 0:
                time.sleep(WAIT_S)
        while True:
            try:
                self._append(blob, count)
            except (LogFull, Retriable):
                # The server may be starting again. A record it took twice is dropped by its ids.
                self._check()
                time.sleep(WAIT_S)
            else:
                return

    def lag(self) -> int:
        """Return how many events of the bulk lane the pipeline has not finished.

        Raises:
            HamsafarError: nobody works on them any more.
        """
        self._check()
        return self._hamsafar.counts.sheet().lanes.get(Lane.BULK, 0)

    def counts(self, source_id: int) -> BulkCounts:
        """Return what became of a source's events on the bulk lane so far."""
        found = self._hamsafar.counts.by_source(Lane.BULK).get(source_id)
        if found is None:
            return BulkCounts()
        return BulkCounts(
            stored=found.stored,
            duplicates=found.duplicates,
            quarantined=found.quarantined,
            rejected=found.rejected,
        )


@contextmanager
def bulk_sink(settings: Settings) -> Iterator[Sink]:
    """Give the bulk lane of a data folder: the running server's, else our own with a worker."""
    with ExitStack() as stack:
        if is_owned(settings.data):
            hamsafar = stack.enter_context(opened(settings))
            client = LocalClient(settings.local_socket)
            stack.callback(client.close)
            _greet(client, settings)
            yield Sink(hamsafar, client.append, partial(_check_server, settings))
            return
        stack.enter_context(owned(settings.data))
        hamsafar = stack.enter_context(opened(settings))
        worker = stack.enter_context(_worker(settings))

        def append(blob: bytes, count: int) -> None:
            hamsafar.log.append(Lane.BULK, [(blob, count)])

        def check() -> None:
            if worker.poll() is not None:
                message = f"the worker ended with {worker.returncode}; run the import again"
                raise HamsafarError(message)

        yield Sink(hamsafar, append, check)


def _greet(client: LocalClient, settings: Settings) -> None:
    """Wait for the server's answer: its API process may be starting again just now.

    Raises:
        Conflict: no server owns the folder, but another command.
    """
    deadline = time.monotonic() + ANSWER_S
    while True:
        try:
            client.lag()
        except Retriable:
            if time.monotonic() > deadline:
                message = f"{settings.data} is in use by another command: wait until it has ended"
                raise Conflict(message, where="--data") from None
            time.sleep(WAIT_S)
        else:
            return


def _check_server(settings: Settings) -> None:
    """Raise when the server whose lane it is has stopped."""
    if not is_owned(settings.data):
        message = "the server has stopped; run the import again, nothing is taken twice"
        raise HamsafarError(message, where="--data")


@contextmanager
def _worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "hamsafar.cli", "worker-process", "--data", str(settings.data)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603  our own module
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
