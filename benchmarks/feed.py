"""Writes the simulator's stream into the log of a data folder, and prints the truth about it.

    python -m benchmarks.feed --data DIR --events N --seed S

As the API process would: envelopes of up to 100 events of one source. Run as a process of its own,
so that neither its memory nor its CPU time is the worker's.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import msgspec

from benchmarks.report import say
from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.collect import pack
from hamsafar.collect.types import Envelope
from hamsafar.simulate import Settings as Town
from hamsafar.simulate import Simulation
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings

BATCH = 100
RECORD_BYTES = 500_000


class _Line(msgspec.Struct):
    source: str = "web"


_line = msgspec.json.Decoder(_Line)


class Feeder:
    """Packs lines by source, as clients send them, and appends them to the live lane."""

    def __init__(self, hamsafar: Hamsafar) -> None:
        self._hamsafar = hamsafar
        self._sources = {s.slug: int(s.id) for s in hamsafar.access.sources.all()}
        self._envelopes: list[Envelope] = []
        self._bytes = 0

    def add(self, lines: list[bytes]) -> None:
        """Take lines in the order in which they arrive."""
        by_source: dict[str, list[bytes]] = {}
        for line in lines:
            by_source.setdefault(self._slug(line), []).append(line)
        for slug, own in by_source.items():
            for start in range(0, len(own), BATCH):
                self._put(self._source(slug), own[start : start + BATCH])

    def flush(self) -> None:
        """Append what is packed."""
        if self._envelopes:
            count = sum(envelope.count for envelope in self._envelopes)
            self._hamsafar.log.append(Lane.LIVE, [(pack(self._envelopes), count)])
        self._envelopes, self._bytes = [], 0

    def _put(self, source: int, lines: list[bytes]) -> None:
        body = b'{"batch":[' + b",".join(lines) + b"]}"
        now = self._hamsafar.clock.now_us()
        self._envelopes.append(Envelope(source, "batch", now, "", "", len(lines), body))
        self._bytes += len(body)
        if self._bytes >= RECORD_BYTES:
            self.flush()

    def _slug(self, line: bytes) -> str:
        try:
            return _line.decode(line).source
        except msgspec.DecodeError:
            return "web"

    def _source(self, slug: str) -> int:
        if slug not in self._sources:
            draft = SourceDraft(name=slug, channel=slug)
            made = self._hamsafar.access.sources.create(local_caller("bench"), draft)
            self._sources[slug] = int(made.id)
        return self._sources[slug]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    simulation = Simulation(Town.bench(events=options.events, seed=options.seed))
    done = told = 0
    with opened(read_settings(options.data)) as hamsafar:
        feeder = Feeder(hamsafar)
        for lines in simulation.batches():
            feeder.add(lines)
            done += len(lines)
            if done >= told:
                say(f"feed: {done:,} of about {options.events:,} events")
                told += 500_000
        feeder.flush()
    print(json.dumps(msgspec.to_builtins(simulation.truth.counts)))


if __name__ == "__main__":
    main()
