"""The history as journeys see it, while it changes under the reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hamsafar.identity import IdentityService
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import Retriable
from hamsafar.wiring import journal
from hamsafar.wiring.journal import StoreJournal
from tests.support.river import River, river, track


def _story(water: River) -> StoreJournal:
    water.send([track(f"a{n}", "Viewed", second=n, userId=f"u{n % 3}") for n in range(20)])
    water.flow()
    water.worker.tidy()
    water.send([track(f"b{n}", "Viewed", second=n, userId=f"u{n % 5}") for n in range(10)])
    water.flow()
    made = water.hamsafar
    return StoreJournal(made.database, made.store, made.identity)


def _events(seen: StoreJournal) -> int:
    """Return how many events are seen, those of skipped persons left out."""
    found = 0
    for chunk in seen.snapshot().chunks:
        sizes = np.diff(chunk.starts)
        found += int(sizes.sum() if chunk.skip is None else sizes[~chunk.skip].sum())
    return found


class TestSnapshot:
    """StoreJournal.snapshot."""

    def test_a_history_that_never_rests_is_read_once_and_right(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path) as water:
            seen = _story(water)
            view = IdentityService.view
            calls: list[int] = []

            def busy(self: IdentityService, known: object = None) -> object:
                calls.append(1)
                monkeypatch.setattr(IdentityService, "view", view)
                for n in range(30):
                    water.send([track(f"c{n}", "Viewed", userId="u9")])
                    water.worker.drain()
                    water.worker.tidy()
                monkeypatch.setattr(IdentityService, "view", busy)
                return view(self, known)

            monkeypatch.setattr(IdentityService, "view", busy)
            assert _events(seen) == 60
            assert len(calls) == 1

    def test_a_look_at_what_changed_since_is_not_the_same(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            seen = _story(water)
            stamp = seen.snapshot().stamp
            assert stamp == seen.stamp()
            water.worker.tidy()
            assert stamp != seen.stamp()
            assert _events(seen) == 30

    def test_a_settling_that_takes_long_counts_nothing_twice(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path) as water:
            seen = _story(water)
            view = IdentityService.view
            scanner = water.hamsafar.store._scanner
            settle = type(scanner)._settle

            def flushed(self: IdentityService, known: object = None) -> object:
                monkeypatch.setattr(IdentityService, "view", view)
                water.worker.tidy()
                return view(self, known)

            def slow(self: object, *args: object) -> object:
                water.clock.move(60 * SECOND_US)
                return settle(self, *args)

            monkeypatch.setattr(IdentityService, "view", flushed)
            monkeypatch.setattr(type(scanner), "_settle", slow)
            assert _events(seen) == 30

    def test_what_was_read_too_long_ago_is_read_again_and_in_the_end_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path) as water:
            seen = _story(water)
            monkeypatch.setattr(journal, "READ_WITHIN_S", -1.0)
            with pytest.raises(Retriable, match="too busy"):
                seen.snapshot()
