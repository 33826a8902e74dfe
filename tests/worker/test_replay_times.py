"""Replay keeps the moment an event had."""

from __future__ import annotations

import json
from pathlib import Path

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.profiles.types import TimelineQuery
from tests.support.river import river, track


class TestReplay:
    """Replay.run over conflicts."""

    def test_a_time_the_client_had_corrected_itself_is_kept(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            times = {
                "originalTimestamp": "2025-11-20T00:00:00Z",
                "timestamp": "2025-11-23T10:00:00Z",
                "sentAt": "2025-11-20T00:00:10Z",
            }
            water.send([
                track("m1", "First", userId="u1"),
                {**track("m1", "Second", userId="u1"), **times},
            ])
            water.flow()
            hamsafar = water.hamsafar
            (row,) = hamsafar.quarantine.page()
            args = json.dumps({"ids": [row.id], "fix": {"messageId": "m2"}})
            entry = AuditEntry(action="quarantine.replay", subject_kind="quarantine", subject="")
            hamsafar.access.jobs.ask(local_caller("test"), JobKind.REPLAY, args, entry)
            water.flow()
            person = hamsafar.profiles.find("user_id", "u1") or 0
            events, _ = hamsafar.profiles.timeline(person, TimelineQuery(name="Second"))
            assert [event.occurred_at for event in events] == [1_763_892_000_000_000]
