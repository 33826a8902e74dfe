"""What the importer is told of its own lane."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hamsafar.cli import sinks
from hamsafar.cli.sinks import Sink, bulk_sink
from hamsafar.collect.importing import BulkCounts
from hamsafar.collect.store import COUNT_TOTAL
from hamsafar.collect.types import Outcome
from hamsafar.kernel.errors import Conflict, HamsafarError, Retriable
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import owned
from hamsafar.wiring.settings import read_settings


class TestCounts:
    def test_tell_every_outcome_of_the_bulk_lane_alone(self, tmp_path: Path) -> None:
        with opened(read_settings(tmp_path / "data", {})) as hamsafar:
            said = {
                (Lane.BULK, Outcome.STORED): 5,
                (Lane.BULK, Outcome.DUPLICATE): 4,
                (Lane.BULK, Outcome.QUARANTINED): 3,
                (Lane.BULK, Outcome.REJECTED): 2,
                (Lane.LIVE, Outcome.STORED): 100,
            }
            rows = [
                {
                    "source_id": 7,
                    "lane": lane.value,
                    "outcome": outcome.value,
                    "count": number,
                    "first_at": 1,
                    "last_at": 2,
                }
                for (lane, outcome), number in said.items()
            ]
            with hamsafar.database.write() as tx:
                tx.run_many(COUNT_TOTAL, rows)
            sink = Sink(hamsafar, lambda _blob, _count: None, lambda: None)
            assert sink.counts(7) == BulkCounts(stored=5, duplicates=4, quarantined=3, rejected=2)
            assert sink.counts(8) == BulkCounts()


class TestAppend:
    def test_waits_for_a_server_that_starts_again(self, tmp_path: Path) -> None:
        taken: list[int] = []
        asked = 0

        def append(_blob: bytes, count: int) -> None:
            nonlocal asked
            asked += 1
            if asked == 1:
                raise Retriable("away", after=timedelta(0))
            taken.append(count)

        with opened(read_settings(tmp_path / "data", {})) as hamsafar:
            Sink(hamsafar, append, lambda: None).append(b"blob", 3)
        assert taken == [3]

    def test_ends_when_nobody_will_come_back(self, tmp_path: Path) -> None:
        def append(_blob: bytes, _count: int) -> None:
            raise Retriable("away", after=timedelta(0))

        def check() -> None:
            raise HamsafarError("stopped")

        with (
            opened(read_settings(tmp_path / "data", {})) as hamsafar,
            pytest.raises(HamsafarError, match="stopped"),
        ):
            Sink(hamsafar, append, check).append(b"blob", 3)


class TestBulkSink:
    def test_a_folder_in_use_by_another_command_is_said_to_be(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sinks, "ANSWER_S", 0.0)
        settings = read_settings(tmp_path / "data", {})
        with owned(settings.data), pytest.raises(Conflict), bulk_sink(settings):
            """It does not open."""
