"""Filling a demo: a simulated past on the bulk lane, and a present that goes on arriving."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.collect import pack
from hamsafar.collect.types import MINUTE_US, Envelope
from hamsafar.kernel.clock import SECOND_US
from hamsafar.maps import from_yaml
from hamsafar.simulate import Settings as Town
from hamsafar.simulate import Simulation
from hamsafar.simulate.blueprint import designed_maps
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.build import build_worker

AT_ONCE = 500
AHEAD = timedelta(hours=3)
"""How much of the future is kept, to arrive while somebody looks."""
CHANNELS = {"ivr": "call", "call-centre": "call"}
_SEND_EVERY_US = SECOND_US


class _Line(msgspec.Struct):
    source: str
    timestamp: datetime


_line = msgspec.json.Decoder(_Line)


@dataclass
class Coming:
    """Events that have not happened yet: (µs, source slug, JSON line), in order."""

    lines: deque[tuple[int, str, bytes]] = field(default_factory=deque)
    keys: dict[str, str] = field(default_factory=dict)
    sent_at: int = 0


def fill(hamsafar: Hamsafar, town: str, people: int, console: Console) -> Coming:
    """Fill an empty data folder with a blueprint's people; return what is still to come."""
    now = hamsafar.clock.now_us()
    until = datetime.fromtimestamp(now / SECOND_US, UTC) + AHEAD
    simulation = Simulation(Town(blueprint=town, people=people, until=until))
    coming = Coming()
    sources: dict[str, int] = {}
    worker = build_worker(hamsafar)
    worker.begin()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"Living through {people:,} people's month", total=None)
        bar.update(task, total=simulation.expected_events)
        for batch in simulation.batches():
            past = list(_past(batch, now, coming))
            envelopes = list(_envelopes(hamsafar, past, sources, coming))
            if envelopes:
                hamsafar.log.append(Lane.BULK, [(pack(envelopes), sum(e.count for e in envelopes))])
            worker.drain()
            bar.advance(task, len(batch))
    worker.tidy()
    hamsafar.maps.bring(local_caller("demo"), map(from_yaml, designed_maps(town)))
    coming.lines = deque(sorted(coming.lines))
    return coming


def _past(batch: list[bytes], now: int, coming: Coming) -> Iterator[tuple[int, str, bytes]]:
    for line in batch:
        try:
            found = _line.decode(line)
        except msgspec.DecodeError:
            continue
        at = round(found.timestamp.timestamp() * SECOND_US)
        if at <= now:
            yield at, found.source, line
        else:
            coming.lines.append((at, found.source, line))


def _envelopes(
    hamsafar: Hamsafar,
    lines: list[tuple[int, str, bytes]],
    sources: dict[str, int],
    coming: Coming,
) -> Iterator[Envelope]:
    by_minute: dict[tuple[str, int], list[tuple[int, bytes]]] = {}
    for at, slug, line in lines:
        by_minute.setdefault((slug, at // MINUTE_US), []).append((at, line))
    for (slug, _), own in by_minute.items():
        if slug not in sources:
            sources[slug] = _source(hamsafar, slug, coming)
        for start in range(0, len(own), AT_ONCE):
            some = own[start : start + AT_ONCE]
            yield Envelope(
                source_id=sources[slug],
                kind="import",
                received_at=max(at for at, _ in some),
                address="",
                user_agent="",
                count=len(some),
                body=b'{"batch":[' + b",".join(line for _, line in some) + b"]}",
            )


def _source(hamsafar: Hamsafar, slug: str, coming: Coming) -> int:
    caller = local_caller("demo")
    draft = SourceDraft(name=slug, channel=CHANNELS.get(slug, slug))
    source = hamsafar.access.sources.create(caller, draft)
    coming.keys[slug] = hamsafar.access.sources.add_key(caller, source.id, "demo").secret
    return int(source.id)


def send_due(coming: Coming, base: str, now: int) -> int:
    """Send what has happened meanwhile, as clients would; return how many events."""
    if now - coming.sent_at < _SEND_EVERY_US:
        return 0
    coming.sent_at = now
    due: dict[str, list[bytes]] = {}
    while coming.lines and coming.lines[0][0] <= now:
        _, slug, line = coming.lines.popleft()
        due.setdefault(slug, []).append(line)
    for slug, lines in due.items():
        if slug in coming.keys:
            body = b'{"batch":[' + b",".join(lines) + b"]}"
            key = (coming.keys[slug], "")
            httpx.post(f"{base}/v1/batch", content=body, auth=key, timeout=10.0)
    return sum(map(len, due.values()))
