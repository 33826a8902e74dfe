"""SQLite and PostgreSQL under the same river: byte-identical canonical exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.river import River, river

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.identity.types import Verdict
from hamsafar.simulate import Settings, stream
from hamsafar.wiring.canonical import canonical_lines

PEOPLE = 60
AT_ONCE = 150


def live_through(flow: River) -> None:
    """Send a small town's month, then undo the first merge."""
    lines = [line for batch in stream(Settings(people=PEOPLE, days=10, seed=3)) for line in batch]
    for start in range(0, len(lines), AT_ONCE):
        some = lines[start : start + AT_ONCE]
        flow.send_body(b'{"batch":[' + b",".join(some) + b"]}", len(some))
        flow.flow()
        if start % (AT_ONCE * 5) == 0:
            flow.worker.tidy()
    person = flow.hamsafar.profiles.lately(limit=50)
    joined = next(found for found in person if len(found.identifiers) > 1)
    card = flow.hamsafar.identity.describe(joined.person)
    link = next(c.claim for c in card.claims if c.claim.verdict is Verdict.ACCEPTED)
    args = {"severance": "cut-1", "a": link.a, "b": link.b, "reason": "test", "by": "test"}
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    flow.hamsafar.access.jobs.ask(local_caller("test"), JobKind.SEVER, json.dumps(args), entry)
    flow.flow()


@pytest.mark.postgres
class TestTwoDatabases:
    def test_the_same_events_give_the_same_export(self, tmp_path: Path, postgres_url: str) -> None:
        exports: list[list[str]] = []
        sheets = []
        for name, database in (("sqlite", ""), ("postgres", postgres_url)):
            with river(tmp_path / name, database=database) as flow:
                live_through(flow)
                sheets.append(flow.sheet())
                exports.append(list(canonical_lines(flow.hamsafar)))
        assert sheets[0] == sheets[1]
        assert sheets[0][0] > 500
        assert exports[0] == exports[1]

    def test_a_worker_on_postgres_starts_again_where_it_was(
        self, tmp_path: Path, postgres_url: str
    ) -> None:
        lines = [line for batch in stream(Settings(people=20, days=4, seed=5)) for line in batch]
        body = b'{"batch":[' + b",".join(lines) + b"]}"
        with river(tmp_path, database=postgres_url) as flow:
            flow.send_body(body, len(lines))
            flow.flow()
            once = flow.sheet()
        with river(tmp_path, database=postgres_url) as flow:
            flow.send_body(body, len(lines))
            flow.flow()
            stored, duplicates, *_ = flow.sheet()
        assert stored == once[0]
        assert duplicates >= once[0]
