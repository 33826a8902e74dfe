"""What every EventLog must do. An engine's test class inherits `EventLogConformance`.

Subclasses define the fixtures `log` (empty), `clock` (the FixedClock it was given) and
`open_again` (a function that opens one more handle on the same log).
"""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.ports import EventLog
from hamsafar.storage.types import Lane, LogRecord

WHOLE = 2**40
CANARY = b"canary-4d1f\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85"


def blobs(log: EventLog, lane: Lane = Lane.LIVE, after: int = 0) -> list[bytes]:
    return [record.blob for record in everything(log, lane, after)]


def everything(log: EventLog, lane: Lane = Lane.LIVE, after: int = 0) -> list[LogRecord]:
    found: list[LogRecord] = []
    while records := log.read(lane, after=after, limit_bytes=10_000):
        found += records
        after = records[-1].offset
    return found


class AppendConformance:
    def test_gives_growing_offsets_that_are_unique_over_lanes(self, log: EventLog):
        live = log.append(Lane.LIVE, [(b"a", 1), (b"b", 2)])
        bulk = log.append(Lane.BULK, [(b"c", 3)])
        more = log.append(Lane.LIVE, [(b"d", 4)])
        offsets = [*live, *bulk, *more]
        assert offsets == sorted(set(offsets))
        assert offsets[0] > 0

    def test_keeps_blob_count_lane_and_time(self, log: EventLog, clock: FixedClock):
        [offset] = log.append(Lane.BULK, [(b"\0\xff" * 70_000, 9)])
        [record] = log.read(Lane.BULK, after=0, limit_bytes=1)
        assert record == LogRecord(
            offset=offset,
            lane=Lane.BULK,
            count=9,
            appended_at=clock.now_us(),
            blob=b"\0\xff" * 70_000,
        )

    def test_nothing_to_append_is_nothing(self, log: EventLog):
        assert log.append(Lane.LIVE, []) == []
        assert log.end(Lane.LIVE).offset == 0

    def test_is_seen_at_once_by_another_handle(self, log: EventLog, open_again):
        other = open_again()
        for number in range(5):
            [offset] = log.append(Lane.LIVE, [(b"%d" % number, 1)])
            assert [r.offset for r in other.read(Lane.LIVE, after=offset - 1, limit_bytes=1)] == [
                offset
            ]
        other.close()

    def test_an_empty_blob_is_a_blob(self, log: EventLog):
        log.append(Lane.LIVE, [(b"", 0)])
        assert blobs(log) == [b""]

    def test_threads_may_append_at_once(self, log: EventLog):
        def work(name: bytes) -> None:
            for number in range(10):
                log.append(Lane.LIVE, [(b"%s %d" % (name, number), 1)])

        threads = [threading.Thread(target=work, args=(b"%d" % n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = blobs(log)
        assert len(found) == len(set(found)) == 40
        assert log.end(Lane.LIVE).events == 40


class ReadConformance:
    def test_gives_what_is_after_oldest_first(self, log: EventLog):
        offsets = log.append(Lane.LIVE, [(b"%d" % n, 1) for n in range(20)])
        records = log.read(Lane.LIVE, after=offsets[4], limit_bytes=WHOLE)
        assert [record.offset for record in records] == offsets[5:]
        assert log.read(Lane.LIVE, after=offsets[-1], limit_bytes=WHOLE) == []

    def test_gives_one_record_however_large(self, log: EventLog):
        log.append(Lane.LIVE, [(b"x" * 100_000, 1), (b"y", 1)])
        assert len(log.read(Lane.LIVE, after=0, limit_bytes=1)) == 1

    def test_stops_at_the_limit(self, log: EventLog):
        log.append(Lane.LIVE, [(b"x" * 1000, 1)] * 10)
        assert len(log.read(Lane.LIVE, after=0, limit_bytes=3500)) == 3

    def test_lanes_do_not_mix(self, log: EventLog):
        log.append(Lane.LIVE, [(b"a", 1)])
        log.append(Lane.BULK, [(b"b", 1)])
        log.append(Lane.LIVE, [(b"c", 1)])
        assert blobs(log) == [b"a", b"c"]
        assert blobs(log, Lane.BULK) == [b"b"]

    def test_two_readers_at_different_places_do_not_disturb_each_other(self, log: EventLog):
        offsets = log.append(Lane.LIVE, [(b"%d" % n, 1) for n in range(6)])
        for ahead, behind in zip(offsets[2:], offsets, strict=False):
            assert log.read(Lane.LIVE, after=ahead - 1, limit_bytes=1)[0].offset == ahead
            assert log.read(Lane.LIVE, after=behind - 1, limit_bytes=1)[0].offset == behind


class EndConformance:
    def test_an_empty_lane_ends_at_nought(self, log: EventLog):
        end = log.end(Lane.LIVE)
        assert (end.offset, end.events) == (0, 0)

    def test_counts_events_per_lane(self, log: EventLog, open_again):
        log.append(Lane.LIVE, [(b"a", 3), (b"b", 4)])
        [offset] = log.append(Lane.BULK, [(b"c" * 50_000, 5)])
        assert log.end(Lane.LIVE).events == 7
        assert (log.end(Lane.BULK).offset, log.end(Lane.BULK).events) == (offset, 5)
        assert log.end(Lane.BULK).bytes >= 50_000
        other = open_again()
        assert other.end(Lane.LIVE).events == 7
        other.close()


class DropConformance:
    def test_drops_what_is_old_enough_and_passed(self, log: EventLog, clock: FixedClock):
        old = log.append(Lane.LIVE, [(b"a", 1), (b"b", 1), (b"c", 1)])
        clock.move(1000)
        new = log.append(Lane.LIVE, [(b"d", 1)])
        assert log.drop(Lane.LIVE, through=old[1], older_than=clock.now_us()) == 2
        assert blobs(log) == [b"c", b"d"]
        assert log.drop(Lane.LIVE, through=new[0], older_than=clock.now_us()) == 1
        assert blobs(log) == [b"d"]

    def test_totals_and_offsets_outlive_what_was_dropped(
        self, log: EventLog, clock: FixedClock, open_again
    ):
        offsets = log.append(Lane.LIVE, [(b"a", 2), (b"b", 3)])
        clock.move(1)
        assert log.drop(Lane.LIVE, through=offsets[-1], older_than=clock.now_us()) == 2
        assert (log.end(Lane.LIVE).offset, log.end(Lane.LIVE).events) == (offsets[-1], 5)
        other = open_again()
        assert other.append(Lane.LIVE, [(b"c", 1)])[0] > offsets[-1]
        assert other.end(Lane.LIVE).events == 6
        other.close()
        log.verify()

    def test_a_reader_that_lags_reads_on_after_the_gap(self, log: EventLog, clock: FixedClock):
        offsets = log.append(Lane.LIVE, [(b"%d" % n, 1) for n in range(5)])
        assert log.read(Lane.LIVE, after=0, limit_bytes=1)[0].offset == offsets[0]
        clock.move(1)
        log.drop(Lane.LIVE, through=offsets[2], older_than=clock.now_us())
        assert blobs(log, after=offsets[0]) == [b"3", b"4"]

    def test_the_other_lane_stays(self, log: EventLog, clock: FixedClock):
        log.append(Lane.BULK, [(b"a", 1)])
        clock.move(1)
        assert log.drop(Lane.LIVE, through=WHOLE, older_than=clock.now_us()) == 0
        assert blobs(log, Lane.BULK) == [b"a"]

    def test_what_is_dropped_makes_room(self, log: EventLog, clock: FixedClock):
        for _ in range(5):
            log.append(Lane.LIVE, [(b"x" * 1_000_000, 1)])
        size = log.end(Lane.LIVE).bytes
        for _ in range(20):
            clock.move(1)
            log.drop(Lane.LIVE, through=WHOLE, older_than=clock.now_us())
            log.append(Lane.LIVE, [(b"y" * 1_000_000, 1)])
        assert log.end(Lane.LIVE).bytes <= size + 12_000_000


class RewriteConformance:
    def test_changes_what_it_is_told_and_nothing_else(self, log: EventLog):
        log.append(Lane.LIVE, [(b"a", 1), (b"b", 2), (b"c", 3)])
        log.append(Lane.BULK, [(b"b", 4)])
        before = [(r.offset, r.count, r.appended_at) for r in everything(log)]
        assert log.rewrite(lambda blob: b"new" if blob == b"b" else None).changed == 2
        assert blobs(log) == [b"a", b"new", b"c"]
        assert blobs(log, Lane.BULK) == [b"new"]
        assert [(r.offset, r.count, r.appended_at) for r in everything(log)] == before
        assert log.rewrite(lambda _: None).changed == 0
        log.verify()

    def test_goes_on_after_an_earlier_pass(self, log: EventLog):
        log.append(Lane.LIVE, [(b"a", 1)])
        log.append(Lane.BULK, [(b"a", 1)])
        first = log.rewrite(lambda _: b"one")
        assert log.rewrite(lambda _: b"never", after=first.through).through == first.through
        log.append(Lane.LIVE, [(b"a", 1)])
        [last] = log.append(Lane.BULK, [(b"a", 1)])
        second = log.rewrite(lambda _: b"two", after=first.through)
        assert (first.changed, second.changed, second.through) == (2, 2, last)
        assert blobs(log) == blobs(log, Lane.BULK) == [b"one", b"two"]

    def test_what_one_lane_gets_while_the_other_is_rewritten_is_not_passed_over(
        self, log: EventLog, open_again
    ):
        log.append(Lane.LIVE, [(b"a", 1)])
        log.append(Lane.BULK, [(b"b", 1)])
        other = open_again()

        def change(blob: bytes) -> bytes | None:
            if blob == b"b":
                other.append(Lane.LIVE, [(b"late", 1)])
            return None

        first = log.rewrite(change)
        assert log.rewrite(lambda _: b"new", after=first.through).changed >= 1
        assert blobs(log) == [b"a", b"new"]
        other.close()

    def test_leaves_no_byte_of_the_old_blob(self, log: EventLog, files: Callable[[], bytes]):
        for number in range(60):
            size = 10 if number % 3 else 50_000
            log.append(Lane.LIVE, [(CANARY * size, 1), (b"stays %d" % number, 1)])
        assert CANARY in files()
        log.rewrite(lambda blob: b"gone" if CANARY in blob else None)
        log.scrub()
        assert CANARY not in files()
        assert sum(blob == b"gone" for blob in blobs(log)) == 60

    def test_leaves_no_byte_of_what_was_dropped_before(
        self, log: EventLog, clock: FixedClock, files: Callable[[], bytes]
    ):
        for size in (1, 10, 1000, 10_000, 1):
            log.append(Lane.LIVE, [(CANARY * size, 1), (b"stays", 1)])
        clock.move(1)
        log.drop(Lane.LIVE, through=7, older_than=clock.now_us())
        log.append(Lane.LIVE, [(b"x", 1)])
        log.rewrite(lambda blob: b"gone" if CANARY in blob else None)
        log.scrub()
        assert CANARY not in files()

    @pytest.mark.parametrize("seed", range(6))
    def test_leaves_no_byte_after_a_long_life(
        self, log: EventLog, clock: FixedClock, files: Callable[[], bytes], seed: int
    ):
        rng = random.Random(seed)
        for _ in range(60):
            clock.move(1)
            records = []
            for _ in range(rng.choice([1, 3])):
                size = rng.choice([20, 200, 3000, 20_000, 100_000])
                blob = rng.randbytes(size)
                if rng.random() < 0.4:
                    blob = CANARY * (size // len(CANARY) + 1)
                records.append((blob, 1))
            lane = rng.choice(list(Lane))
            offsets = log.append(lane, records)
            if rng.random() < 0.2:
                log.drop(lane, through=offsets[-1] - 5, older_than=clock.now_us())
        log.rewrite(lambda blob: b"gone" if CANARY in blob else None)
        log.scrub()
        assert CANARY not in files()
        log.append(Lane.LIVE, [(b"after", 1)])
        log.verify()
        assert CANARY not in files()

    def test_appends_go_on_meanwhile(self, log: EventLog, open_again):
        log.append(Lane.LIVE, [(CANARY + b"x" * 300_000, 1) for _ in range(40)])
        other = open_again()
        waits: list[float] = []

        def work() -> None:
            for _ in range(20):
                began = time.monotonic()
                other.append(Lane.LIVE, [(b"meanwhile", 1)])
                waits.append(time.monotonic() - began)

        thread = threading.Thread(target=work)
        thread.start()
        assert log.rewrite(lambda blob: b"gone" if CANARY in blob else None).changed == 40
        thread.join()
        other.close()
        assert blobs(log).count(b"meanwhile") == 20
        assert log.verify() == 60


class CareConformance:
    def test_verify_counts_every_record(self, log: EventLog):
        assert log.verify() == 0
        log.append(Lane.LIVE, [(b"a", 1)] * 3)
        log.append(Lane.BULK, [(b"a", 1)] * 4)
        assert log.verify() == 7

    def test_backup_is_consistent_while_others_append(
        self, log: EventLog, tmp_path: Path, open_file: Callable[[Path], EventLog]
    ):
        stop = threading.Event()

        def work() -> None:
            while not stop.is_set():
                log.append(Lane.LIVE, [(b"x" * 1000, 1), (b"y" * 1000, 1)])

        thread = threading.Thread(target=work)
        thread.start()
        try:
            log.backup(tmp_path / "copy.db")
        finally:
            stop.set()
            thread.join()
        copy = open_file(tmp_path / "copy.db")
        assert copy.verify() == copy.end(Lane.LIVE).events
        assert copy.verify() % 2 == 0
        copy.append(Lane.LIVE, [(b"z", 1)])
        copy.close()

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
            HealthCheck.too_slow,
        ],
    )
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(Lane),
                st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 5)), max_size=4),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    def test_equals_a_list(self, log: EventLog, clock: FixedClock, steps):
        start = {lane: log.end(lane) for lane in Lane}
        model: dict[Lane, list[tuple[bytes, int]]] = {lane: [] for lane in Lane}
        for lane, records, drop in steps:
            clock.move(1)
            model[lane] += records
            if log.append(lane, records) and drop:
                log.drop(lane, through=start[lane].offset, older_than=clock.now_us())
        for lane in Lane:
            found = everything(log, lane, start[lane].offset)
            assert [(record.blob, record.count) for record in found] == model[lane]
            events = start[lane].events + sum(count for _, count in model[lane])
            assert log.end(lane).events == events


@pytest.mark.timeout(120)
class EventLogConformance(
    AppendConformance,
    ReadConformance,
    EndConformance,
    DropConformance,
    RewriteConformance,
    CareConformance,
):
    """All of it."""
