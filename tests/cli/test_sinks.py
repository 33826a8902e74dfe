"""What the importer is told of its own lane."""

from __future__ import annotations

from pathlib import Path

from hamsafar.cli.sinks import Sink
from hamsafar.collect.importing import BulkCounts
from hamsafar.collect.store import COUNT_TOTAL
from hamsafar.collect.types import Outcome
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import opened
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
