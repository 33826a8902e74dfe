"""The stream of friction on a real folder: after all is said, the table equals the batch."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.river import NOON, River, river

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, SourceDraft
from hamsafar.friction import Detector, findings, warm
from hamsafar.identity.types import Severance
from hamsafar.storage.types import Statement

START = datetime(2025, 11, 1, 8, tzinfo=UTC)
NAMES = [
    ("Page: Checkout Address", {}),
    ("Page: Checkout Shipping", {}),
    ("Product Added", {"product_id": "b1"}),
    ("Checkout Started", {}),
    ("Payment Failed", {"gateway": "saman"}),
    ("Order Completed", {"revenue": 10}),
    ("Products Searched", {"results": 0}),
    ("Element Clicked", {"element": "buy", "effect": False}),
    ("Help Article Viewed", {"article": "a", "topic": "t"}),
    ("Chat Started", {"case_id": "c", "topic": "t"}),
    ("Call Started", {"case_id": "c", "topic": "t"}),
    ("Call Started", {"case_id": "d"}),
    ("Matter Explained", {"case_id": "c"}),
    ("Call Transferred", {"case_id": "c", "context_passed": False}),
    ("Call Answered", {"case_id": "c"}),
    ("Question Asked", {"case_id": "c"}),
    ("Bot Answered", {"case_id": "c"}),
    ("Call Ended", {"case_id": "c", "solved": True}),
]
GAPS = [0.4, 0.9, 20, 70, 200, 700, 1_900, 4_000, 90_000]
CHANNELS = {"chat": ("Chat", "Question", "Bot"), "call": ("Call", "Matter")}
ALL_WORDS = (*CHANNELS["chat"], *CHANNELS["call"])
IDS = [{"userId": "u1"}, {"userId": "u2"}, {"anonymousId": "a1"}, {"anonymousId": "a2"}]


@pytest.fixture(scope="module", autouse=True)
def warmed():
    warm()


def script(seed: int, size: int) -> list[dict]:
    """A few people's events in which every detector finds something now and then."""
    chance = random.Random(seed)
    clocks = [0.0] * len(IDS)
    last = [[] for _ in IDS]
    events = []
    for number in range(size):
        who = chance.randrange(len(IDS))
        if chance.random() < 0.5 and last[who]:
            # Often the same or the one before that again: so there are loops and hammering.
            clocks[who] += 0.5
            name, properties = chance.choice(last[who])
        else:
            clocks[who] += chance.choice(GAPS)
            name, properties = chance.choice(NAMES)
        last[who] = [(name, properties), *last[who][:1]]
        event = {
            "type": "track",
            "messageId": f"m{number}",
            "timestamp": (START + timedelta(seconds=clocks[who])).isoformat(),
            "event": name,
            "properties": properties,
            **IDS[who],
        }
        if name.startswith("Page: "):
            event |= {"type": "page", "name": name.removeprefix("Page: ")}
            del event["event"]
        events.append(event)
    for round_ in range(6):
        # Going round in circles is too rare to come by chance.
        clocks[0] += 20
        events.append({
            "type": "page",
            "messageId": f"round{round_}",
            "timestamp": (START + timedelta(seconds=clocks[0])).isoformat(),
            "name": ("Checkout Address", "Checkout Shipping")[round_ % 2],
            **IDS[0],
        })
    events.append({
        "type": "identify",
        "messageId": "joins",
        "timestamp": START.isoformat(),
        "anonymousId": "a1",
        "userId": "u1",
    })
    return events


def send(flow: River, events: list[dict]) -> None:
    """Send events as their touchpoints do: the chat, the call centre, the site."""
    flow.clock.move(1_000_000)
    known = {s.name: int(s.id) for s in flow.hamsafar.access.sources.all()}
    web = flow.source
    for channel, words in CHANNELS.items():
        if channel not in known:
            draft = SourceDraft(name=channel, channel=channel)
            source = flow.hamsafar.access.sources.create(local_caller("test"), draft)
            known[channel] = int(source.id)
            flow.clock.move(2_000_000)
        flow.source = known[channel]
        if part := [e for e in events if e.get("event", "").startswith(words)]:
            flow.send(part)
    flow.source = web
    if rest := [e for e in events if not e.get("event", "").startswith(ALL_WORDS)]:
        flow.send(rest)
    flow.flow()


def batch_of(flow: River):
    board = flow.hamsafar.friction.board()
    return findings(board.facts, board.tracks)


def table_of(flow: River):
    flow.hamsafar.findings.turn()
    return flow.hamsafar.findings.everything()


class TestStream:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(seed=st.integers(0, 10**6), arrival=st.randoms(use_true_random=False))
    def test_equals_the_batch_under_any_arrival_and_any_cuts(self, seed, arrival):
        events = script(seed, 90)
        late = events + arrival.sample(events, 10)
        arrival.shuffle(late)
        with TemporaryDirectory() as folder, river(Path(folder)) as flow:
            while late:
                part, late = late[: arrival.randint(1, 30)], late[30:]
                send(flow, part)
                if arrival.random() < 0.7:
                    flow.hamsafar.findings.turn()
                if arrival.random() < 0.3:
                    flow.worker.tidy()
            assert sorted(table_of(flow), key=repr) == sorted(batch_of(flow), key=repr)

    def test_every_detector_takes_part(self):
        seen = set()
        with TemporaryDirectory() as folder, river(Path(folder)) as flow:
            for seed in range(12):
                events = script(seed, 150)
                for event in events:
                    event["messageId"] += f"-{seed}"
                    for key in ("userId", "anonymousId"):
                        if key in event:
                            event[key] += f"-{seed}"
                send(flow, events)
            seen = {one.detector for one in table_of(flow)}
        assert seen == set(Detector)


class TestTurn:
    def test_withdraws_what_a_late_event_undoes_and_finds_it_again(self, tmp_path):
        error, goal = (
            {
                "type": "track",
                "messageId": name,
                "userId": "u",
                "event": name,
                "timestamp": (START + timedelta(minutes=minute)).isoformat(),
            }
            for minute, name in ((0, "Payment Failed"), (5, "Order Completed"))
        )
        with river(tmp_path) as flow:
            send(flow, [error])
            assert [one.detector for one in table_of(flow)] == [Detector.DROP_AFTER_ERROR]
            send(flow, [goal])
            assert table_of(flow) == []

    def test_does_nothing_when_nothing_is_new(self, tmp_path):
        with river(tmp_path) as flow:
            send(flow, script(1, 50))
            flow.worker.tidy()
            assert table_of(flow)
            assert flow.hamsafar.findings.turn().people == 0
            send(flow, [{**script(2, 1)[0], "messageId": "new", "userId": "u2"}])
            assert flow.hamsafar.findings.turn().people == 1

    def test_a_turn_that_dies_is_done_again(self, tmp_path, monkeypatch):
        monkeypatch.setattr("hamsafar.friction.services.keeper.WRITTEN_AT_ONCE", 1)
        with river(tmp_path) as flow:
            send(flow, script(3, 120))
            turns = iter([False, True])
            flow.hamsafar.findings.turn(lambda: next(turns))
            assert sorted(table_of(flow), key=repr) == sorted(batch_of(flow), key=repr)

    def test_a_changed_detector_finds_all_anew(self, tmp_path):
        with river(tmp_path) as flow:
            send(flow, script(4, 120))
            assert any(f.detector is Detector.LONG_WAIT for f in table_of(flow))
            flow.hamsafar.friction_desk.set_detector(
                local_caller("test"), "long_wait", {}, is_on=False
            )
            assert not any(f.detector is Detector.LONG_WAIT for f in table_of(flow))
            assert sorted(table_of(flow), key=repr) == sorted(batch_of(flow), key=repr)

    def test_follows_an_undone_merge(self, tmp_path):
        with river(tmp_path) as flow:
            send(flow, script(5, 150))
            before = table_of(flow)
            person = flow.hamsafar.profiles.find("user_id", "u1")
            nodes = [n.node for n in flow.hamsafar.identity.members(person)]
            assert len(nodes) == 2
            _sever(flow, nodes)
            assert table_of(flow) != before
            assert sorted(table_of(flow), key=repr) == sorted(batch_of(flow), key=repr)


class TestErase:
    def test_nothing_of_a_person_is_left_in_the_table(self, tmp_path):
        with river(tmp_path) as flow:
            send(flow, script(6, 150))
            flow.worker.tidy()
            person = flow.hamsafar.profiles.find("user_id", "u2")
            assert any(f.person == person for f in table_of(flow))
            entry = AuditEntry(action="test", subject_kind="job", subject="")
            args = json.dumps({"person": person})
            flow.hamsafar.access.jobs.ask(local_caller("test"), JobKind.ERASE, args, entry)
            flow.flow()
            with flow.hamsafar.database.read() as tx:
                left = tx.rows(Statement("test.left", "SELECT DISTINCT person FROM finding"))
            assert person not in {row[0] for row in left}
            assert sorted(table_of(flow), key=repr) == sorted(batch_of(flow), key=repr)


def _sever(flow: River, nodes: list[int]) -> None:
    cut = Severance(
        id="cut",
        a=min(nodes),
        b=max(nodes),
        made_at=NOON,
        made_by="test",
        reason="test",
    )
    with flow.hamsafar.database.write() as tx:
        flow.hamsafar.identity.sever(tx, cut)
