"""A whole river in a temporary folder: send events as clients do, work them through, look."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.collect import pack
from hamsafar.collect.types import Envelope
from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.build import build_worker
from hamsafar.worker.loop import Worker

NOON = 1_764_000_000_000_000
"""A fixed moment, µs UTC: 2025-11-24T16:00:00Z."""


class River:
    """One open deployment with one web source."""

    def __init__(self, hamsafar: Hamsafar, clock: FixedClock) -> None:
        self.hamsafar = hamsafar
        self.clock = clock
        known = hamsafar.access.sources.all()
        draft = SourceDraft(name="shop", channel="web", zone="Asia/Tehran")
        self.source = int(
            (known[0] if known else hamsafar.access.sources.create(local_caller("test"), draft)).id
        )
        self.worker: Worker = build_worker(hamsafar)
        self.worker.begin()

    def send(
        self,
        events: Sequence[dict[str, object]],
        *,
        lane: Lane = Lane.LIVE,
        received_at: int = NOON,
        kind: str = "batch",
    ) -> None:
        """Put events into the log as one accepted request."""
        body = json.dumps({"batch": list(events)}, ensure_ascii=False).encode()
        self.send_body(body, len(events), lane=lane, received_at=received_at, kind=kind)

    def send_body(
        self,
        body: bytes,
        count: int,
        *,
        lane: Lane = Lane.LIVE,
        received_at: int = NOON,
        kind: str = "batch",
    ) -> None:
        """Put one accepted request into the log as it is."""
        envelope = Envelope(self.source, kind, received_at, "", "", count, body)
        self.hamsafar.log.append(lane, [(pack([envelope]), count)])

    def flow(self) -> None:
        """Work through everything that was sent, and do all jobs."""
        self.worker.drain()
        self.worker.do_jobs()

    def sheet(self) -> tuple[int, int, int, int, int]:
        """Return stored, duplicates, quarantined, rejected, lag."""
        s = self.hamsafar.counts.sheet()
        assert s.received == s.stored + s.duplicates + s.quarantined + s.rejected + s.lag_events
        return s.stored, s.duplicates, s.quarantined, s.rejected, s.lag_events


@contextmanager
def river(folder: Path, *, database: str = "") -> Iterator[River]:
    """Open a river on a folder (and a PostgreSQL database, if given)."""
    clock = FixedClock(NOON)
    environment = {"HAMSAFAR_DATABASE": database} if database else {}
    with opened(read_settings(folder, environment), clock) as hamsafar:
        yield River(hamsafar, clock)


def track(message_id: str, name: str, *, second: int = 0, **ids: object) -> dict[str, object]:
    """Return a track event that happened `second` seconds after noon the day before."""
    minute, sec = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return {
        "type": "track",
        "messageId": message_id,
        "event": name,
        "timestamp": f"2025-11-23T{12 + hour:02}:{minute:02}:{sec:02}Z",
        **ids,
    }
