"""Rounds of killing under load."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

from support.ledger import Verdict, check, ledger
from support.service import Service, victims


@dataclass
class Killed:
    """How the rounds went.

    Attributes:
        kills: who was killed in each round.
        ready_s: from each kill of the API until it was ready again.
        worker_s: from each kill of the worker until it showed that it lives.
        failures: answers nobody should see, with their count.
        unanswered: batches the client could not get rid of.
    """

    verdict: Verdict
    failures: dict[str, int]
    unanswered: int
    kills: list[tuple[str, ...]] = field(default_factory=list)
    ready_s: list[float] = field(default_factory=list)
    worker_s: list[float] = field(default_factory=list)


def kill_rounds(
    service: Service,
    books: Path,
    *,
    rounds: int,
    seed: int,
    longest_s: float = 1.0,
    whom: tuple[str, ...] = (),
    patience_s: float = 120.0,
) -> Killed:
    """Kill at random (or always `whom`) under load, let everything settle, stop, and check.

    Events still not worked through after `patience_s` are a leak in the verdict.
    """
    rng = random.Random(seed)
    kills, ready_s, worker_s = [], [], []
    with ledger(service, books, seed=seed) as client:
        time.sleep(1)
        for _ in range(rounds):
            time.sleep(rng.random() * longest_s)
            chosen = whom or victims(rng)
            began = time.monotonic()
            service.kill(*chosen)
            kills.append(chosen)
            if "up" in chosen:
                service.start()
            if "api" in chosen:
                service.wait_ready()
                ready_s.append(time.monotonic() - began)
            if "worker" in chosen:
                service.wait_worker()
                worker_s.append(time.monotonic() - began)
        said = client.finish()
    service.settle(patience_s)
    assert service.stop() == 0
    return Killed(
        verdict=check(service.data, books),
        failures=client.failures(),
        unanswered=int(str(said["unanswered"])),
        kills=kills,
        ready_s=ready_s,
        worker_s=worker_s,
    )
