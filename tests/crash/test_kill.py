"""kill -9 of the API, the worker and everything, at random, under load."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from support.evidence import percentile, write_evidence
from support.kill_rounds import Killed, kill_rounds
from support.service import service

SEED = int(os.environ.get("HAMSAFAR_SEED", "20251123"))
READY_S = 3.0
"""On a machine that does nothing else; `calm` tells how far this one is from that."""


def calm() -> float:
    """Return by how much to stretch what is promised in seconds: runnable processes a core."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def held(killed: Killed) -> None:
    """Nothing lost, invented, doubled, miscounted or refused; everything sent in the end."""
    verdict = killed.verdict
    assert verdict.is_clean, verdict
    assert verdict.sent == verdict.acked == verdict.stored
    assert verdict.duplicates > 0
    assert killed.failures == {}
    assert killed.unanswered == 0


class TestKill:
    @pytest.mark.timeout(400)
    def test_twenty_kills_lose_nothing_and_count_nothing_twice(self, tmp_path: Path) -> None:
        with service(tmp_path / "data", mutant="hasty") as it:
            killed = kill_rounds(it, tmp_path / "books", rounds=20, seed=SEED)
        held(killed)
        stretch = calm()
        assert percentile(killed.ready_s, 0.5) <= READY_S * stretch, killed.ready_s
        assert percentile(killed.worker_s, 0.5) <= READY_S * stretch, killed.worker_s

    @pytest.mark.long
    @pytest.mark.timeout(7200)
    @pytest.mark.parametrize(
        ("pace", "share"), [("", 0.5), ("hasty", 0.5)], ids=["as it is", "in a hurry"]
    )
    def test_three_hundred_kills_lose_nothing_and_count_nothing_twice(
        self, tmp_path: Path, pace: str, share: float
    ) -> None:
        rounds = int(int(os.environ.get("HAMSAFAR_KILLS", "300")) * share)
        with service(tmp_path / "data", mutant=pace) as it:
            killed = kill_rounds(it, tmp_path / "books", rounds=rounds, seed=SEED + 1)
        write_evidence(
            f"kill-{pace}" if pace else "kill",
            f"{rounds} kills (-9) of API, worker and both under load"
            + (", history flushed and compacted every second" if pace else ""),
            {
                "seed": SEED + 1,
                "rounds": rounds,
                "killed": ", ".join(
                    f"{'+'.join(who)}: {count}" for who, count in Counter(killed.kills).items()
                ),
                **asdict(killed.verdict),
                "reads answered with 5xx, or events refused": sum(killed.failures.values()),
                "API killed → ready, median s": percentile(killed.ready_s, 0.5),
                "API killed → ready, p95 s": percentile(killed.ready_s, 0.95),
                "worker killed → at work, median s": percentile(killed.worker_s, 0.5),
                "worker killed → at work, p95 s": percentile(killed.worker_s, 0.95),
                "upper bound of losses per kill (95 %)": f"{3 / rounds:.4f}",
            },
        )
        held(killed)
