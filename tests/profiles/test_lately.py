"""The people seen last, newest first, wherever their events lie."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hamsafar.profiles.types import Found
from hamsafar.storage.types import Lane
from tests.support.river import River, river, track


def _pages(water: River, limit: int) -> list[Found]:
    """Everybody, page by page."""
    found: list[Found] = []
    before: tuple[int, int] | None = None
    while page := water.hamsafar.profiles.lately(limit=limit, before=before):
        assert len(page) <= limit
        found += page
        before = page[-1].last_seen_at, page[-1].person
    return found


class TestLately:
    """Profiles.lately."""

    @pytest.mark.parametrize("seed", range(3))
    def test_pages_give_everybody_once_by_their_last_event(self, tmp_path: Path, seed: int) -> None:
        rng = random.Random(seed)
        with river(tmp_path) as water:
            for turn in range(25):
                who = {"userId": f"u{rng.randint(0, 12)}"}
                if rng.random() < 0.3:
                    who["anonymousId"] = f"a{rng.randint(0, 6)}"
                # Few different seconds, so that many were seen at the same time.
                told = track(f"m{turn}", "Seen", second=rng.randint(0, 6), **who)
                lane = rng.choice(list(Lane))
                water.send([told], lane=lane, kind="import" if lane is Lane.BULK else "batch")
                water.flow()
                if rng.random() < 0.3:
                    water.worker.tidy()
            profiles = water.hamsafar.profiles
            for limit in (1, 3, 50):
                found = _pages(water, limit)
                seen = [(one.last_seen_at, one.person) for one in found]
                assert seen == sorted(seen, reverse=True)
                assert len({one.person for one in found}) == len(found) == profiles.count()
                for one in found:
                    assert one.last_seen_at == profiles.profile(one.person).last_seen_at

    def test_an_import_of_old_events_does_not_come_first(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([track("m1", "Seen", second=50, userId="today")])
            water.flow()
            water.send([track("m2", "Seen", userId="old")], lane=Lane.BULK, kind="import")
            water.flow()
            labels = [one.label for one in water.hamsafar.profiles.lately(limit=5)]
            assert labels == ["today", "old"]

    def test_of_nobody_is_empty(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            assert water.hamsafar.profiles.lately(limit=5) == []
