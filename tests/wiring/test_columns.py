"""Properties and traits of the living history: merged, parted, flushed, erased, sent twice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.engines.properties import PropertyLoader
from hamsafar.engines.threads import ThreadCompute
from hamsafar.expr import Fields, fields, parse
from hamsafar.journeys import Sequences
from hamsafar.journeys.masks import CLOSURES, mask_of, people_mask_of
from hamsafar.journeys.services.explore import Explore
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import Lane
from hamsafar.wiring.journal import StoreJournal
from tests.support.river import NOON, River, river, track

LOCAL = local_caller("test")


def bought(message: str, user: str, second: int = 0, **properties: object) -> dict[str, object]:
    return track(message, "Bought", second=second, userId=user, properties=properties)


def said(message: str, user: str, second: int = 0, **traits: object) -> dict[str, object]:
    event = track(message, "", second=second, userId=user)
    del event["event"]
    return event | {"type": "identify", "traits": traits}


def condition(**leaf: object) -> object:
    return parse(leaf)


def events(water: River, where: object) -> list[tuple[int, int]]:
    """Return (person, seconds after noon) of the events a condition holds of."""
    _, told = water.hamsafar.explore.sequences(fields(where))
    found: list[tuple[int, int]] = []
    masks = mask_of(told, where)
    for at, (chunk, mask) in enumerate(zip(told.chunks, masks, strict=True)):
        assert mask.tolist() == CLOSURES.event_mask(told, at, where).tolist()
        who = np.repeat(np.arange(len(chunk.starts) - 1), np.diff(chunk.starts))
        kept = mask.astype(bool)
        if chunk.skip is not None:
            kept &= ~chunk.skip[who]
        begun = NOON - 86_400 * SECOND_US - 4 * 3600 * SECOND_US
        seconds = (chunk.time - begun) // SECOND_US
        found += zip(chunk.person[kept].tolist(), seconds[kept].tolist(), strict=True)
    return sorted(found)


def people(water: River, where: object) -> set[int]:
    """Return the persons a condition holds of."""
    _, told = water.hamsafar.explore.sequences(fields(where))
    found: list[int] = []
    masks = people_mask_of(told, where)
    for at, (chunk, mask) in enumerate(zip(told.chunks, masks, strict=True)):
        assert mask.tolist() == CLOSURES.person_mask(told, at, where).tolist()
        kept = mask.astype(bool) & (True if chunk.skip is None else ~chunk.skip)
        found += chunk.person[chunk.starts[:-1]][kept].tolist()
    assert len(set(found)) == len(found)
    return set(found)


def who(water: River, user: str) -> int:
    found = water.hamsafar.profiles.find("user_id", user)
    assert found is not None
    return found


def flow(water: River) -> None:
    """Work everything through, a moment later than the last time."""
    water.clock.move(1)
    water.flow()


def apart(water: River) -> Explore:
    """Return what answers in another process than the worker's."""
    made = water.hamsafar
    return Explore(StoreJournal(made.database, made.store, made.identity), ThreadCompute(1))


def job(water: River, kind: JobKind, **args: object) -> None:
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    water.hamsafar.access.jobs.ask(LOCAL, kind, json.dumps(args), entry)
    flow(water)


BIG = condition(kind="property", path="total", op="at_least", value=10)
CITY = condition(kind="trait", name="city", op="equals", value="تهران")


class TestProperties:
    def test_are_right_at_once_wherever_the_event_is(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought(f"a{n}", "u", n, total=n) for n in range(20)])
            flow(water)
            u = who(water, "u")
            expected = [(u, n) for n in range(10, 20)]
            assert events(water, BIG) == expected
            water.worker.tidy()
            assert events(water, BIG) == expected
            water.send([bought("b", "u", 50, total=11.5), bought("c", "u", 51, total="12")])
            flow(water)
            assert events(water, BIG) == [*expected, (u, 50)]
            while water.hamsafar.store.compact(water.hamsafar.identity.view(), eager=True):
                assert events(water, BIG) == [*expected, (u, 50)]

    def test_an_event_sent_twice_counts_once(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            for lane in (Lane.LIVE, Lane.BULK):
                water.send([bought("a", "u", 1, total=10)], lane=lane)
                flow(water)
                water.worker.tidy()
            assert events(water, BIG) == [(who(water, "u"), 1)]

    def test_follow_people_who_are_merged_and_parted(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([
                bought("a", "u", 1, total=10),
                track("v", "Bought", second=2, anonymousId="x", properties={"total": 20}),
            ])
            flow(water)
            water.worker.tidy()
            before = events(water, BIG)
            assert len({person for person, _ in before}) == 2
            water.send([track("m", "Seen", second=3, userId="u", anonymousId="x")])
            flow(water)
            merged = events(water, BIG)
            assert [second for _, second in merged] == [1, 2]
            assert len({person for person, _ in merged}) == 1
            twice = condition(
                kind="did",
                event={"kind": "property", "path": "total", "op": "exists"},
                count={"op": "equals", "value": 2},
            )
            assert people(water, twice) == {merged[0][0]}
            members = water.hamsafar.identity.members(merged[0][0])
            nodes = [int(member.node) for member in members]
            job(water, JobKind.SEVER, severance="s", a=nodes[0], b=nodes[1])
            assert events(water, BIG) == before
            assert people(water, twice) == set()

    def test_of_the_erased_are_gone_from_answers_and_memory(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought(f"a{n}", "goes", n, secret=f"CANARY{n}") for n in range(5)])
            water.send([bought(f"b{n}", "stays", n, secret="plain") for n in range(5)])
            flow(water)
            water.worker.tidy()
            water.send([bought("late", "goes", 9, secret="CANARY late")])
            flow(water)
            secret = condition(kind="property", path="secret", op="contains", value="CANARY")
            assert len(events(water, secret)) == 6
            job(water, JobKind.ERASE, person=who(water, "goes"))
            assert events(water, secret) == []
            _, told = water.hamsafar.explore.sequences(fields(secret))
            assert told.properties["secret"].values == (None, "plain")

    def test_only_of_events_asked_about_are_read_and_more_when_asked(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought("a", "u", 1, total=10)])
            water.send([track("b", "Seen", second=2, userId="u", properties={"total": 10})])
            flow(water)
            water.worker.tidy()
            explore = apart(water)
            wanted = Fields(properties=frozenset({"total"}), names=frozenset({"Bought"}))
            _, told = explore.sequences(wanted)
            assert told.properties["total"].names == {"Bought"}
            assert sum(int((c > 0).sum()) for c in told.properties["total"].codes) == 1
            with pytest.raises(BadInput, match="of all events asked of"):
                mask_of(told, BIG)
            _, told = explore.sequences(fields(BIG))
            assert sum(int(mask.sum()) for mask in mask_of(told, BIG)) == 2
            _, told = explore.sequences(wanted)
            assert told.properties["total"].names is None

    def test_of_a_few_persons_are_those_of_all(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought(f"a{n}", f"u{n}", n, total=n) for n in range(200)])
            flow(water)
            water.worker.tidy()
            water.send([bought("b", "u7", 300, total=99)])
            flow(water)
            journal = water.hamsafar.journal
            snapshot = journal.snapshot()
            whole = Sequences.from_chunks(snapshot.chunks, names=snapshot.names)
            chunk = max(whole.chunks, key=lambda chunk: -len(chunk.time))
            few = Sequences.from_chunks([chunk], names=snapshot.names)
            column = journal.loaded(few, fields(BIG)).properties["total"]
            assert sorted(column.numbers(0).tolist()) == [7, 99]
            by_seq: dict[int, float] = {}
            all_of_it = journal.loaded(whole, fields(BIG)).properties["total"]
            for at, one in enumerate(whole.chunks):
                by_seq |= dict(zip(one.seq.tolist(), all_of_it.numbers(at).tolist(), strict=True))
            assert [by_seq[seq] for seq in chunk.seq.tolist()] == column.numbers(0).tolist()

    def test_of_very_many_values_are_found_until_they_are_too_many(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought(f"a{n}", f"u{n % 9}", n, order=f"o-{n}") for n in range(3000)])
            flow(water)
            water.worker.tidy()
            one = condition(kind="property", path="order", op="equals", value="o-2999")
            assert [second for _, second in events(water, one)] == [2999]
            hamsafar = water.hamsafar
            loader = PropertyLoader(hamsafar.store.stored, dict, ThreadCompute(1), most_values=2999)
            _, told = hamsafar.explore.sequences()
            with pytest.raises(BadInput, match="more than 2,999 different values"):
                loader.columns(told, fields(one))

    def test_of_events_that_have_none_are_missing(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought("a", "u", 1), bought("b", "u", 2, total=None)])
            flow(water)
            u = who(water, "u")
            missing = condition(kind="property", path="total", op="missing")
            assert events(water, missing) == [(u, 1), (u, 2)]
            assert events(water, condition(kind="property", path="nobody", op="exists")) == []


class TestTraits:
    def test_are_the_newest_word_over_all_identifiers(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([said("a", "u", 1, city="تهران"), said("b", "v", 2, city="شیراز")])
            flow(water)
            assert people(water, CITY) == {who(water, "u")}
            anonymous = said("c", "", 9, city="شیراز") | {"anonymousId": "x"}
            del anonymous["userId"]
            water.send([anonymous])
            flow(water)
            assert people(water, CITY) == {who(water, "u")}
            water.send([track("m", "Seen", second=10, userId="u", anonymousId="x")])
            flow(water)
            assert people(water, CITY) == set()
            water.send([said("d", "u", 11, city="تهران")])
            flow(water)
            assert people(water, CITY) == {who(water, "u")}
            water.send([said("e", "u", 12, city=None)])
            flow(water)
            assert people(water, CITY) == set()

    def test_equal_those_of_the_profile_when_two_spoke_at_one_moment(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            one = said("a", "u", 1, city="تهران")
            other = said("b", "", 1, city="شیراز") | {"anonymousId": "x"}
            del other["userId"]
            water.send([one, other])
            water.send([track("m", "Seen", second=10, userId="u", anonymousId="x")])
            flow(water)
            person = who(water, "u")
            told = water.hamsafar.profiles.profile(person).traits["city"].value
            assert told == "شیراز"
            named = condition(kind="trait", name="city", op="equals", value=told)
            assert people(water, named) == {person}

    def test_of_the_erased_are_forgotten(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([said("a", "goes", 1, city="CANARY"), said("b", "stays", 2, city="x")])
            flow(water)
            has = condition(kind="trait", name="city", op="exists")
            assert len(people(water, has)) == 2
            job(water, JobKind.ERASE, person=who(water, "goes"))
            assert people(water, has) == {who(water, "stays")}
            _, told = water.hamsafar.explore.sequences(fields(has))
            assert told.traits["city"].values == (None, "x")


class TestSeen:
    def test_tells_what_events_and_people_have(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([bought(f"a{n}", "u", n, total=n % 3) for n in range(30)])
            flow(water)
            water.worker.tidy()
            water.send([
                bought("z", "u", 40, **{"utm.source": "x", "cart": {"size": 2}}),
                said("i", "u", 41, city="تهران"),
            ])
            flow(water)
            explore = water.hamsafar.explore
            seen = {field.path: field for field in explore.properties_seen("Bought")}
            assert (seen["total"].count, seen["total"].of) == (30, 31)
            assert set(seen["total"].examples) == {0, 1, 2}
            assert {r"utm\.source", "cart.size"} <= set(seen)
            assert explore.properties_seen("nobody did that") == []
            assert [field.path for field in explore.traits_seen()] == ["city"]
