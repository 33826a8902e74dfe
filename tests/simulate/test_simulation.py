"""The simulator: same bytes for same settings, and a truth that can be counted again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest
from support.truth import resolved, valid_events

from hamsafar.collect import read
from hamsafar.collect.types import Bots, Envelope, SourceInfo
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.simulate import Settings, Simulation, blueprints, load, stream, write

SMALL = Settings(people=400, days=20, seed=3)


def lines_of(settings: Settings) -> tuple[list[bytes], Simulation]:
    simulation = Simulation(settings)
    return [line for batch in simulation.batches() for line in batch], simulation


@pytest.fixture(scope="module")
def town() -> tuple[list[bytes], Simulation]:
    return lines_of(SMALL)


class Sources:
    def find(self, source_id: int) -> SourceInfo | None:
        return SourceInfo(
            id=source_id,
            slug="web",
            channel="web",
            zone="Asia/Tehran",
            bots=Bots.REJECT,
            internal_networks=(),
        )


class TestStream:
    def test_same_settings_give_the_same_bytes(self, town: tuple[list[bytes], Simulation]) -> None:
        assert lines_of(SMALL)[0] == town[0]

    def test_another_seed_gives_other_events_and_ids(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        other = {
            msgspec.json.decode(line)["messageId"] for line in lines_of(replace(SMALL, seed=4))[0]
        }
        assert not other & {msgspec.json.decode(line)["messageId"] for line in town[0]}

    def test_every_touchpoint_speaks_persian_and_english(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        counts = town[1].truth.counts
        assert set(counts.by_source) == {"web", "app", "store", "call", "chat", "email", "sms"}
        text = b"".join(town[0]).decode()
        assert "شاهنامه" in text
        assert "The Shahnameh" in text

    def test_activity_is_heavy_tailed(self, town: tuple[list[bytes], Simulation]) -> None:
        people = Counter(
            event.get("userId") or event.get("anonymousId") or "?"
            for event in map(msgspec.json.decode, town[0])
        )
        most = [count for _, count in people.most_common()]
        assert sum(most[: len(most) // 10]) > 0.3 * sum(most)

    def test_nothing_happens_after_the_last_moment(self) -> None:
        until = datetime(2026, 3, 1, tzinfo=UTC)
        lines, _ = lines_of(replace(SMALL, until=until))
        times = [msgspec.json.decode(line)["timestamp"] for line in lines]
        assert max(t for t in times if t[0] == "2") <= "2026-03-01T00:00:00.000Z"

    def test_stops_after_the_wanted_events(self) -> None:
        count = sum(len(batch) for batch in stream(replace(SMALL, people=4000, events=3000)))
        assert 3000 <= count < 12_000

    def test_late_events_come_out_of_order(self, town: tuple[list[bytes], Simulation]) -> None:
        times = [msgspec.json.decode(line)["timestamp"] for line in town[0]]
        assert times != sorted(times)


class TestTruth:
    def test_counts_are_exact(self, town: tuple[list[bytes], Simulation]) -> None:
        lines, simulation = town
        counts = simulation.truth.counts
        assert counts.lines == len(lines) == counts.unique + counts.duplicates + counts.invalid
        assert len(set(lines)) == counts.unique + counts.invalid
        assert sum(counts.by_name.values()) == sum(counts.by_source.values()) == counts.unique

    def test_collect_refuses_exactly_the_invalid_ones(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        lines, simulation = town
        body = b'{"batch":[' + b",".join(lines) + b"]}"
        envelope = Envelope(1, "batch", 1_800_000_000_000_000, "", "", len(lines), body)
        out = read.Reading()
        read.Reader(Sources(), "IR").read_envelope(envelope, out)
        found = Counter(item.reason.value for item in out.quarantined)
        assert dict(found) == simulation.truth.counts.invalid_by_reason
        assert not out.rejected
        # A client whose clock is wrong still says the true time in `timestamp`.
        assert max(event.occurred_at for event in out.events) <= simulation._until_us

    def test_an_independent_resolution_finds_the_same_people(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        lines, simulation = town
        broken = simulation.truth.counts.invalid
        valid = valid_events(lines)
        assert len(valid) == len(lines) - broken - simulation.truth.counts.duplicates
        groups = resolved(valid)
        found = {groups.find(name) for name in groups.parent}
        assert len(found) == simulation.truth.counts.people
        for person in simulation.truth.people():
            if not person.user_id:
                continue
            home = groups.find(f"user:{person.user_id}")
            for name in person.anonymous_ids:
                assert groups.find(f"anonymous:{name}") == home
            for kind, value in (("email", person.email), ("phone", person.phone)):
                if value:
                    assert groups.find(f"{kind}:{value}") == home

    def test_merges_come_as_often_as_asked(self) -> None:
        lines, simulation = lines_of(
            Settings(people=3000, days=20, seed=1, profile="bench", events=20_000)
        )
        assert simulation.truth.counts.merges * 50 >= 0.98 * simulation.truth.counts.unique
        half = resolved(valid_events(lines[: len(lines) // 2]))
        assert len(half.parent) > len({half.find(name) for name in half.parent})

    def test_planted_trouble_names_events_of_the_stream(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        lines, simulation = town
        events = {e["messageId"]: e for e in map(msgspec.json.decode, lines)}
        kinds = Counter(friction.kind for friction in simulation.truth.frictions)
        assert set(kinds) == {
            "repeated_contact",
            "channel_ping_pong",
            "silent_bot",
            "abandoned_self_service",
            "loop",
            "rage_click",
            "hesitation",
            "dead_end",
            "transfer_without_context",
            "had_to_repeat",
            "long_wait",
            "error_to_support",
            "drop_after_error",
        }
        for friction in simulation.truth.frictions:
            assert set(friction.message_ids) <= set(events)
            assert friction.first_at <= friction.last_at

    def test_a_matter_comes_up_twice_only_where_it_was_planted(
        self, town: tuple[list[bytes], Simulation]
    ) -> None:
        lines, simulation = town
        contacts = Counter()
        for event in {e["messageId"]: e for e in map(msgspec.json.decode, lines)}.values():
            if event.get("event") in {"Call Started", "Chat Started", "Email Received"}:
                contacts[event["properties"]["case_id"]] += 1
        planted = {f.matter for f in simulation.truth.frictions if f.kind == "repeated_contact"}
        assert {matter for matter, count in contacts.items() if count > 1} == planted

    def test_the_broken_gateway_is_the_first_cause_of_lost_orders(self) -> None:
        _, simulation = lines_of(Settings(people=2000, days=30, seed=9))
        drivers = simulation.truth.drivers
        broken = drivers["payment error: saman"]
        assert broken.reached / broken.tried < 0.4
        assert drivers["club member"].reached / drivers["club member"].tried > 0.8
        assert broken.tried > 5 * drivers["payment error: zarin"].tried


class TestWrite:
    def test_writes_events_and_the_truth_beside_them(self, tmp_path) -> None:
        done = []
        written = write(SMALL, tmp_path / "town.jsonl", progress=lambda n, _: done.append(n))
        lines = written.events.read_bytes().splitlines()
        assert len(lines) == written.counts.lines == done[-1]
        summary = msgspec.json.decode((written.truth / "summary.json").read_bytes())
        assert summary["counts"]["lines"] == len(lines)
        assert summary["planted"]["payment_error"]["gateway"] == "saman"
        people = (written.truth / "people.jsonl").read_bytes().splitlines()
        assert len(people) > 100
        assert (written.truth / "friction.jsonl").stat().st_size > 0


class TestSettings:
    def test_retail_is_there(self) -> None:
        assert "retail" in blueprints()

    def test_unknown_blueprints_are_named(self) -> None:
        with pytest.raises(NotFound, match="retail"):
            Simulation(Settings(blueprint="airline"))

    def test_unknown_profiles_are_named(self) -> None:
        with pytest.raises(BadInput, match="bench"):
            load("retail", "fast")

    @pytest.mark.parametrize("field", ["people", "days", "events"])
    def test_numbers_out_of_range_are_refused(self, field: str) -> None:
        with pytest.raises(BadInput, match=field):
            Simulation(replace(SMALL, **{field: 0}))

    def test_a_last_moment_needs_a_zone(self) -> None:
        with pytest.raises(BadInput, match="zone"):
            Simulation(replace(SMALL, until=datetime(2026, 3, 1)))  # noqa: DTZ001  that is the point
