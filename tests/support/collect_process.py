"""Runs the collect server as a process and reads what it put into its log."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hamsafar.collect.envelope import unpack
from hamsafar.collect.types import Envelope
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
    """The events of a log by message id: every body each one came with."""

    bodies: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    @property
    def ids(self) -> set[str]:
        return set(self.bodies)

    @property
    def resent(self) -> dict[str, int]:
        """Ids that came more than once, and how often."""
        return {key: len(found) for key, found in self.bodies.items() if len(found) > 1}

    @property
    def conflicts(self) -> list[str]:
        """Ids that came with two different bodies, as the pipeline compares them."""
        return [
            key
            for key, found in self.bodies.items()
            if len({msgspec.json.encode(_identity(one), order="sorted") for one in found}) > 1
        ]


def delivered(data: Path) -> Delivered:
    """Return the events of a log by their message id; refused bodies are an error."""
    out = Delivered()
    for envelope in logged(data):
        assert envelope.kind != "refused", envelope.body
        body = msgspec.json.decode(envelope.body)
        events = body["batch"] if envelope.kind == "batch" else [{"type": envelope.kind, **body}]
        assert len(events) == envelope.count
        for event in events:
            out.bodies.setdefault(event["messageId"], []).append(event)
    return out


def _identity(event: dict[str, object]) -> dict[str, object]:
    """What an honest retry never changes."""
    names = (
        "type", "event", "name", "userId", "anonymousId", "groupId", "previousId",
        "traits", "properties", "timestamp", "originalTimestamp",
    )  # fmt: skip
    return {name: event[name] for name in names if event.get(name) is not None}
