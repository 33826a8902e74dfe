"""The whole river, from log to profile, on both databases where it matters."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.river import River, river, track

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.collect import Reader
from hamsafar.collect.types import Batch, Reason
from hamsafar.kernel.errors import Retriable
from hamsafar.profiles.types import TimelineQuery
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Lane
from hamsafar.wiring.canonical import canonical_digest, canonical_lines
from hamsafar.worker.attempts import NOTHING
from hamsafar.worker.pipeline import Pipeline


def ask(flow: River, kind: JobKind, args: dict[str, object]) -> dict[str, object]:
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    jobs = flow.hamsafar.access.jobs
    job = jobs.ask(local_caller("test"), kind, json.dumps(args), entry)
    flow.flow()
    done = jobs.get(job.id)
    assert done.error == ""
    return dict(json.loads(done.result))


class TestCounting:
    def test_an_honest_retry_counts_once_hot_and_cold(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            events = [track(f"m{i}", "Viewed", anonymousId="a") for i in range(10)]
            flow.send(events)
            flow.send(events)
            flow.flow()
            assert flow.sheet() == (10, 10, 0, 0, 0)
            flow.worker.tidy()
            restamped = [
                e | {"sentAt": "2025-11-24T15:00:00Z", "context": {"x": 1}} for e in events
            ]
            flow.send([e | {"originalTimestamp": e["timestamp"]} for e in restamped])
            flow.flow()
            assert flow.sheet() == (10, 20, 0, 0, 0)
            assert flow.hamsafar.profiles.lately(limit=5)[0].events == 10

    def test_key_order_and_white_space_do_not_make_another_body(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send_body(
                b'{"batch":[{"type":"track","messageId":"m","userId":"u","event":"E",'
                b'"properties":{"a":1,"b":[1,2]}}]}',
                1,
            )
            flow.send_body(
                b'{"batch":[{"userId":"u","event":"E","properties": {"b":[1, 2],"a":1},'
                b'"messageId":"m","type":"track"}]}',
                1,
            )
            flow.flow()
            assert flow.sheet() == (1, 1, 0, 0, 0)

    def test_one_id_with_another_body_is_quarantined_and_replayable(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([track("m", "First", userId="u")])
            flow.send([track("m", "Second", userId="u")])
            flow.flow()
            assert flow.sheet() == (1, 0, 1, 0, 0)
            row = flow.hamsafar.quarantine.page()[0]
            assert row.reason is Reason.ID_CONFLICT
            assert json.loads(row.event)["event"] == "Second"
            result = ask(flow, JobKind.REPLAY, {"ids": [row.id], "fix": {"messageId": "m2"}})
            assert result == {"stored": 1, "duplicates": 0, "refused": 0}
            assert flow.sheet() == (2, 0, 0, 0, 0)
            assert flow.hamsafar.quarantine.page() == []

    def test_a_worker_that_starts_again_still_knows_what_it_stored(self, tmp_path: Path) -> None:
        events = [track(f"m{i}", "Viewed", anonymousId="a", second=i) for i in range(50)]
        with river(tmp_path) as flow:
            flow.send(events)
            flow.flow()
        with river(tmp_path) as flow:
            flow.send(events)
            flow.flow()
            assert flow.sheet() == (50, 50, 0, 0, 0)

    def test_crawlers_are_rejected_and_counted(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            agent = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
            flow.send([track("m", "Viewed", anonymousId="a") | {"context": agent}])
            flow.flow()
            assert flow.sheet() == (0, 0, 0, 1, 0)


BAD = [
    ({"type": "track", "messageId": "1", "event": "E"}, Reason.NO_IDENTITY, "userId"),
    ({"type": "track", "messageId": "2", "userId": "u"}, Reason.NO_NAME, "event"),
    ({"type": "dance", "messageId": "3", "userId": "u"}, Reason.BAD_TYPE, "type"),
    (
        {"type": "track", "messageId": "4", "userId": "u", "event": "E", "properties": [1]},
        Reason.BAD_FIELD,
        "properties",
    ),
    (
        {"type": "track", "messageId": "5", "userId": "u", "event": "E", "timestamp": "سه‌شنبه"},
        Reason.BAD_FIELD,
        "timestamp",
    ),
    (
        {"type": "track", "messageId": "5b", "userId": "u", "event": "E", "timestamp": True},
        Reason.BAD_FIELD,
        "timestamp",
    ),
    ({"type": "track", "messageId": "6", "userId": {}, "event": "E"}, Reason.BAD_FIELD, "userId"),
    (
        {"type": "track", "messageId": "7", "userId": "u", "event": "E", "properties": {"x": "\0"}},
        Reason.BAD_TEXT,
        "",
    ),
    (
        {"type": "track", "messageId": "8", "userId": "u" * 600, "event": "E"},
        Reason.BAD_FIELD,
        "user_id",
    ),
    ({"type": "track", "messageId": "9", "userId": "", "event": "E"}, Reason.NO_IDENTITY, "userId"),
]


class TestQuarantine:
    @pytest.mark.parametrize(("event", "reason", "where"), BAD)
    def test_a_bad_event_stands_alone_with_reason_and_field(
        self, tmp_path: Path, event: dict[str, object], reason: Reason, where: str
    ) -> None:
        with river(tmp_path) as flow:
            flow.send([
                track("good-1", "Viewed", userId="u"),
                event,
                track("good-2", "V", userId="u"),
            ])
            flow.flow()
            assert flow.sheet() == (2, 0, 1, 0, 0)
            row = flow.hamsafar.quarantine.page()[0]
            assert (row.reason, row.field) == (reason, where)
            assert json.loads(row.event) == event
            assert row.cause.sentence

    def test_lone_surrogates_are_quarantined(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send_body(
                b'{"batch":[{"type":"track","messageId":"m","userId":"u","event":"E",'
                b'"properties":{"x":"\\ud800"}},{"type":"track","messageId":"\\udfff",'
                b'"userId":"u","event":"E"}]}',
                2,
            )
            flow.flow()
            assert flow.sheet() == (0, 0, 2, 0, 0)
            assert set(flow.hamsafar.quarantine.reasons()) == {Reason.BAD_TEXT}

    def test_a_refused_replay_stays_open_and_counts_its_tries(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([{"type": "track", "messageId": "m", "event": "E"}])
            flow.flow()
            row = flow.hamsafar.quarantine.page()[0]
            assert ask(flow, JobKind.REPLAY, {"ids": [row.id]})["refused"] == 1
            assert flow.hamsafar.quarantine.page()[0].tries == 2
            assert flow.sheet() == (0, 0, 1, 0, 0)
            assert (
                ask(flow, JobKind.REPLAY, {"ids": [row.id], "fix": {"userId": "u"}})["stored"] == 1
            )
            assert flow.sheet() == (1, 0, 0, 0, 0)

    def test_a_discarded_event_stays_counted(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([{"type": "track", "messageId": "m", "event": "E"}])
            flow.flow()
            ids = [row.id for row in flow.hamsafar.quarantine.page()]
            assert ask(flow, JobKind.DISCARD, {"ids": ids}) == {"discarded": 1}
            assert flow.sheet() == (0, 0, 1, 0, 0)
            assert flow.hamsafar.quarantine.page() == []


class Fussy:
    """A stage that cannot bear one message."""

    def __init__(self, hated: str) -> None:
        self.hated = hated
        self.tries = 0

    def apply(self, batch: Batch, _tx: Tx) -> Batch:
        if any(event.message_id == self.hated for event in batch.events):
            self.tries += 1
            raise ZeroDivisionError
        return batch

    def committed(self) -> None:
        pass

    def rolled_back(self) -> None:
        pass


class Died(BaseException):
    """As if the process were gone: nothing after it runs."""


class Deadly(Fussy):
    """Kills whoever touches one event."""

    def apply(self, batch: Batch, _tx: Tx) -> Batch:
        if any(event.message_id == self.hated for event in batch.events):
            raise Died
        return batch


class Starved(Fussy):
    """Finds the disk full."""

    def __init__(self) -> None:
        super().__init__("")

    def apply(self, _batch: Batch, _tx: Tx) -> Batch:
        raise Retriable("the disk is full", after=timedelta(seconds=1))


def with_stage(flow: River, stage: Fussy) -> Pipeline:
    deps = flow.worker._day.pipeline._deps
    return Pipeline(replace(deps, stages=(*deps.stages, stage)))


def run_dry(pipeline: Pipeline) -> None:
    while pipeline.step(Lane.LIVE):
        pass


class TestPoison:
    def test_it_is_set_aside_after_five_tries_and_stops_nobody_else(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([track(f"m{i}", "Viewed", anonymousId=f"a{i}") for i in range(40)])
            stage = Fussy("m17")
            run_dry(with_stage(flow, stage))
            assert flow.sheet() == (39, 0, 1, 0, 0)
            assert stage.tries == 5
            row = flow.hamsafar.quarantine.page()[0]
            assert (row.reason, row.message_id, row.tries) == (Reason.POISON, "m17", 5)

    def test_a_batch_that_killed_the_worker_is_narrowed_down(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([track(f"m{i}", "Viewed", anonymousId=f"a{i}") for i in range(8)])
            attempts = flow.worker._day.pipeline._deps.attempts
            for _ in range(5):
                with pytest.raises(Died):
                    run_dry(with_stage(flow, Deadly("m3")))
            run_dry(with_stage(flow, Deadly("m3")))
            assert flow.sheet() == (7, 0, 1, 0, 0)
            row = flow.hamsafar.quarantine.page()[0]
            assert (row.reason, row.message_id, row.tries) == (Reason.POISON, "m3", 5)
            assert attempts.mark() == NOTHING

    def test_an_event_that_cannot_be_read_is_set_aside_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = Reader._event

        def fussy(self: Reader, seq: int, item: object, sender: object) -> object:
            if getattr(item, "messageId", "") == "m3":
                raise RecursionError
            return read(self, seq, item, sender)

        monkeypatch.setattr(Reader, "_event", fussy)
        with river(tmp_path) as flow:
            flow.send([track(f"m{i}", "Viewed", anonymousId=f"a{i}") for i in range(8)])
            flow.flow()
            assert flow.sheet() == (7, 0, 1, 0, 0)
            row = flow.hamsafar.quarantine.page()[0]
            assert (row.reason, row.message_id) == (Reason.POISON, "m3")

    def test_a_full_disk_is_no_fault_of_an_event(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            flow.send([track(f"m{i}", "Viewed", anonymousId=f"a{i}") for i in range(8)])
            pipeline = with_stage(flow, Starved())
            for _ in range(10):
                with pytest.raises(Retriable):
                    pipeline.step(Lane.LIVE)
            flow.flow()
            assert flow.sheet() == (8, 0, 0, 0, 0)


IDS = st.sampled_from(["u1", "u2", "u3"])
DEVICES = st.sampled_from(["d1", "d2", "d3", "d4"])


@st.composite
def stories(draw: st.DrawFn) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    for number in range(draw(st.integers(2, 14))):
        kind = draw(st.sampled_from(["track", "identify", "page"]))
        event = track(f"m{number}", draw(st.sampled_from("ABC")), second=draw(st.integers(0, 30)))
        event["type"] = kind
        event["anonymousId"] = draw(DEVICES)
        if draw(st.booleans()):
            event["userId"] = draw(IDS)
        if kind == "identify":
            event["traits"] = {
                "name": draw(st.sampled_from(["سارا", "علی", "Sam"])),
                "email": draw(st.sampled_from(["x@example.com", "y@example.com"])),
            }
        events.append(event)
    return events


class TestOrder:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(stories(), st.randoms(use_true_random=False), st.integers(1, 5))
    def test_any_permutation_gives_the_same_canonical_export(
        self, events: list[dict[str, object]], dice: random.Random, size: int
    ) -> None:
        digests = set()
        for shuffled in (False, True):
            told = list(events)
            if shuffled:
                dice.shuffle(told)
            with tempfile.TemporaryDirectory() as folder, river(Path(folder)) as flow:
                for start in range(0, len(told), size):
                    flow.send(told[start : start + size])
                    flow.flow()
                    if shuffled and start % 2:
                        flow.worker.tidy()
                digests.add(canonical_digest(flow.hamsafar))
        assert len(digests) == 1

    def test_a_timeline_is_never_behind_and_never_double(self, tmp_path: Path) -> None:
        with river(tmp_path) as flow:
            for part in range(4):
                flow.send([
                    track(f"m{part}-{i}", "V", userId="u", second=i * 4 + part) for i in range(30)
                ])
                flow.flow()
                if part % 2 == 0:
                    flow.worker.tidy()
                person = flow.hamsafar.profiles.find("user_id", "u")
                assert person is not None
                seen: list[str] = []
                before = None
                while True:
                    page, before = flow.hamsafar.profiles.timeline(
                        person, TimelineQuery(limit=17, before=before)
                    )
                    seen += [event.id for event in page]
                    if before is None:
                        break
                assert len(seen) == len(set(seen)) == 30 * (part + 1)


class TestErase:
    def test_not_one_byte_of_a_person_is_left(self, tmp_path: Path) -> None:
        canaries = ["canary-user-77", "canary-device-77", "zircon.canary@example.com", "یاقوت‌کناری"]
        with river(tmp_path) as flow:
            flow.send([track(f"x{i}", "Viewed", anonymousId=f"other{i}") for i in range(20)])
            who = {"userId": canaries[0], "anonymousId": canaries[1]}
            traits = {"name": canaries[3], "email": canaries[2]}
            flow.send([
                {"type": "identify", "messageId": "c1", "traits": traits, **who},
                track("c2", "Bought", properties={"note": canaries[3]}, **who),
                {"type": "track", "messageId": "c3", "timestamp": "never", "event": "E", **who},
                track("y", "Viewed", anonymousId="other1"),
            ])
            flow.flow()
            flow.worker.tidy()
            flow.send([track("c4", "Returned", **who)])
            flow.flow()
            person = flow.hamsafar.profiles.find("user_id", canaries[0])
            result = ask(flow, JobKind.ERASE, {"person": person, "by": "test"})
            assert result["identifiers"] == 3
            flow.flow()
            assert flow.hamsafar.profiles.find("email", canaries[2]) is None
            lines = list(canonical_lines(flow.hamsafar))
            assert sum('["event"' in line for line in lines) == 21
        for path in tmp_path.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                for canary in canaries:
                    assert canary.encode() not in data, path
                    assert json.dumps(canary)[1:-1].encode() not in data, path


class TestOneMoment:
    def test_events_of_one_moment_keep_the_order_in_which_they_came(self, tmp_path: Path) -> None:
        """Whatever their ids; fresh, in history, and filed anew."""
        names = [f"Step {i}" for i in range(12)]
        with river(tmp_path) as flow:
            first, rest = names[:8], names[8:]
            for part in (first, rest):
                flow.send([
                    track(f"{random.random()}", name, anonymousId="a")
                    | {"timestamp": "2025-11-24T12:00:00Z"}
                    for name in part
                ])
                flow.flow()
                flow.worker.tidy()
            flow.send([
                track("last", "Step 12", anonymousId="a") | {"timestamp": "2025-11-24T12:00:00Z"}
            ])
            flow.flow()
            person = flow.hamsafar.profiles.find("anonymous_id", "a")
            assert person is not None
            told, page = [], None
            while True:
                query = TimelineQuery(before=page, limit=5)
                events, page = flow.hamsafar.profiles.timeline(person, query)
                told += [event.name for event in events]
                if page is None:
                    break
            assert told == [*reversed([*names, "Step 12"])]
