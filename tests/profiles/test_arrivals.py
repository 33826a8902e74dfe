"""Whoever looks again and again sees every stored event once, in the order it was stored."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.profiles import Mark
from hamsafar.profiles.services.arrivals import Arrivals
from hamsafar.storage.types import Lane
from tests.support.river import River, river, track


class Watcher:
    """Looks now and then, and remembers."""

    def __init__(self, water: River) -> None:
        self.arrivals = Arrivals(water.hamsafar.database, water.hamsafar.store)
        self.last: Mark | None = None
        self.seen: list[int] = []

    def look(self, limit: int = 10_000) -> int:
        """Return how many events were skipped."""
        before = self.last.stored if self.last else 0
        rows, self.last = self.arrivals.since(self.last, limit=limit)
        self.seen += rows.seq.tolist()
        return self.last.stored - before - len(rows)


def _replay(water: River) -> None:
    """Mend every event that had no name and send it down the river again."""
    args = json.dumps({"reason": "no_name", "ids": [], "fix": {"event": "Mended"}})
    entry = AuditEntry(action="quarantine.replay", subject_kind="quarantine", subject="")
    water.hamsafar.access.jobs.ask(local_caller("test"), JobKind.REPLAY, args, entry)
    water.worker.do_jobs()


class TestSince:
    """Arrivals.since."""

    @pytest.mark.parametrize("seed", range(4))
    def test_tells_every_event_once_whatever_lane_flush_or_replay_it_took(
        self, tmp_path: Path, seed: int
    ) -> None:
        rng = random.Random(seed)
        with river(tmp_path) as water:
            watcher = Watcher(water)
            watcher.look()
            sent = 0
            for _ in range(30):
                match rng.choice(["live", "bulk", "bad", "replay", "tidy", "look"]):
                    case "replay":
                        _replay(water)
                    case "tidy":
                        water.worker.tidy()
                    case "look":
                        assert watcher.look() == 0
                    case what:
                        names = [f"m{sent + n}" for n in range(rng.randint(1, 5))]
                        sent += len(names)
                        events = [track(name, "Seen", userId=f"u{sent % 7}") for name in names]
                        if what == "bad":
                            events = [{**event, "event": ""} for event in events]
                        kind = "import" if what == "bulk" else "batch"
                        lane = Lane.BULK if what == "bulk" else Lane.LIVE
                        water.send(events, lane=lane, kind=kind)
                        if rng.random() < 0.7:
                            water.flow()
            water.flow()
            assert watcher.look() == 0
            stored = [int(seq) for piece in _everything(water) for seq in piece]
            assert len(watcher.seen) == water.sheet()[0]
            assert sorted(watcher.seen) == sorted(stored)

    def test_an_import_behind_newer_live_events_is_new(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            watcher = Watcher(water)
            water.send([track("b1", "Old", userId="u1")], lane=Lane.BULK, kind="import")
            water.send([track("l1", "New", userId="u1")])
            water.worker._day.pipeline.step(Lane.LIVE)
            watcher.look()
            assert len(watcher.seen) == 1
            water.flow()
            watcher.look()
            assert len(watcher.seen) == 2
            assert watcher.seen[1] < watcher.seen[0]

    @pytest.mark.parametrize("covered", [False, True])
    def test_of_a_flood_the_newest_are_told_and_the_rest_is_counted(
        self, tmp_path: Path, *, covered: bool
    ) -> None:
        with river(tmp_path) as water:
            watcher = Watcher(water)
            watcher.look()
            water.send([track(f"m{n}", "Seen", userId=f"u{n}") for n in range(300)])
            water.flow()
            if covered:
                water.worker.tidy()
            assert watcher.look(limit=40) == 260
            assert watcher.seen == sorted(watcher.seen)
            assert len(watcher.seen) == 40
            assert watcher.look() == 0

    def test_a_first_look_finds_the_newest_in_the_history_too(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([track(f"m{n}", "Seen", userId=f"u{n}") for n in range(30)])
            water.flow()
            water.worker.tidy()
            water.send([track("m30", "Seen", userId="u1")])
            water.flow()
            watcher = Watcher(water)
            watcher.look(limit=10)
            assert watcher.seen == sorted(watcher.seen)
            assert len(watcher.seen) == 10

    def test_what_erasure_leaves_is_not_new(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([track(f"m{n}", "Seen", userId=f"u{n % 2}") for n in range(6)])
            water.flow()
            watcher = Watcher(water)
            watcher.look()
            person = water.hamsafar.profiles.find("user_id", "u1")
            args = json.dumps({"person": person, "reason": "asked", "by": "test"})
            entry = AuditEntry(action="person.erase", subject_kind="person", subject=str(person))
            water.hamsafar.access.jobs.ask(local_caller("test"), JobKind.ERASE, args, entry)
            water.flow()
            assert watcher.look() == 0
            assert len(watcher.seen) == 6


def _everything(water: River) -> list[list[int]]:
    water.worker.tidy()
    return [piece.seq.tolist() for piece in water.hamsafar.store.export()]
