"""Runs the collect server as a process and reads what it put into its log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hamsafar.collect.envelope import unpack
from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.types import Bots, Envelope, SourceInfo
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.types import Lane

SERVER = Path(__file__).with_name("collect_server.py")
WRITE_KEY = "test-write-key"


@dataclass
class CollectProcess:
    """A running server.

    Attributes:
        data: its data folder.
        url: where it listens.
        process: itself.
    """

    data: Path
    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self) -> int:
        """End it in order; return its exit code."""
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def collect_process(
    data: Path, *extra: str, wrapper: tuple[str, ...] = (), scheme: str = "http"
) -> Iterator[CollectProcess]:
    """Start a server, also under a wrapper such as strace, and stop it at the end."""
    process = subprocess.Popen(
        [*wrapper, sys.executable, str(SERVER), "--data", str(data), *extra],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready "), f"the server did not start: {line!r}"
        yield CollectProcess(data, f"{scheme}://127.0.0.1:{line.split()[1]}", process)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
        process.stdout.close()


def logged(data: Path) -> list[Envelope]:
    """Return every envelope in the log of a data folder, oldest first."""
    log = SqliteLog(data / "log.db")
    found: list[Envelope] = []
    after = 0
    while records := log.read(Lane.LIVE, after=after, limit_bytes=1 << 24):
        for record in records:
            found.extend(unpack(record.blob))
            after = record.offset
    log.close()
    return found


@dataclass
class Delivered:
    """The events of a log by message id, as the pipeline reads them.

    Attributes:
        bodies: the body hash of every copy that came.
    """

    bodies: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        return set(self.bodies)

    @property
    def resent(self) -> dict[str, int]:
        """Ids that came more than once, and how often."""
        return {key: len(found) for key, found in self.bodies.items() if len(found) > 1}

    @property
    def conflicts(self) -> list[str]:
        """Ids that came with two different bodies."""
        return [key for key, found in self.bodies.items() if len(set(found)) > 1]


def delivered(data: Path) -> Delivered:
    """Return the events of a log; anything the pipeline would quarantine is an error."""
    info = SourceInfo(
        id=1, slug="web", channel="web", zone="Asia/Tehran", bots=Bots.KEEP, internal_networks=()
    )
    reader = Reader(FixedSources(info), "IR")
    out = Delivered()
    for envelope in logged(data):
        reading = Reading(next_seq=0)
        reader.read_envelope(envelope, reading)
        assert [q.detail for q in reading.quarantined] == []
        for event in reading.events:
            out.bodies.setdefault(event.message_id, []).append(event.body)
    return out


class FixedSources:
    """The one source of these tests."""

    def __init__(self, info: SourceInfo) -> None:
        self._info = info

    def find(self, source_id: int) -> SourceInfo | None:
        return self._info if source_id == self._info.id else None
