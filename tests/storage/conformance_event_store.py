"""What every EventStore must do. An engine's test class inherits `EventStoreConformance`.

Subclasses define the fixtures `database` (migrated), `open_store` (a function that opens one more
handle on the same history, with sizes so small that a few thousand events are split and merged in
every way), `store` (the first handle) and `folder` (where all its bytes lie).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.history import (
    DAY,
    NOVEMBER,
    History,
    assert_same,
    everything,
    expected_rows,
    flush,
    joined,
    own_view,
    picked,
    scanned_rows,
    settle,
    view_of,
)

from hamsafar.storage.ports import Database, EventStore
from hamsafar.storage.types import Columns, Flag, TimelineFilter

NODES = 300
NOBODY = own_view(NODES)


def newest_of(columns: Columns, nodes: list[int]) -> Columns:
    """Brute force: the events of these nodes, newest first."""
    order = np.lexsort((columns.seq, columns.occurred_at))[::-1]
    return picked(columns, order[np.isin(columns.node[order], nodes)])


@pytest.fixture
def filled(store: EventStore, database: Database) -> Columns:
    """A history with L0 and L1 in it; returns its events in order of seq."""
    history = History(seed=3, nodes=NODES)
    pieces = []
    for _ in range(9):
        pieces.append(history.events(1_700))
        flush(store, database, pieces[-1])
        store.compact(NOBODY)
    return joined(pieces)


class FlushConformance:
    def test_keeps_every_column_and_payload(self, store: EventStore, database: Database):
        columns = History().events(500)
        flush(store, database, columns)
        assert_same(everything(store), columns)

    def test_takes_more_than_one_segment_holds(self, store: EventStore, database: Database):
        columns = History().events(5_001)
        flush(store, database, columns)
        assert_same(everything(store), columns)

    def test_of_nothing_changes_nothing(self, store: EventStore, database: Database):
        flush(store, database, History().events(0))
        assert store.stats().events == 0
        assert list(store.export()) == []

    def test_rolled_back_leaves_nothing_but_files_to_sweep(
        self, store: EventStore, database: Database, open_store: Callable[[], EventStore]
    ):
        columns = History().events(100)
        with pytest.raises(ZeroDivisionError), database.write() as tx:  # noqa: PT012 (both)
            store.flush(tx, columns)
            raise ZeroDivisionError
        assert store.stats().events == 0
        assert not store.seen(columns.fp_hi, columns.fp_lo)[0].any()
        assert open_store().sweep() > 0
        assert open_store().sweep() == 0

    def test_is_seen_by_another_handle(
        self, store: EventStore, database: Database, open_store: Callable[[], EventStore]
    ):
        other = open_store()
        assert other.scan(NOBODY) == []
        columns = History().events(100)
        flush(store, database, columns)
        assert np.array_equal(scanned_rows(other.scan(NOBODY)), expected_rows(columns, NOBODY))

    def test_survives_extreme_values(self, store: EventStore, database: Database):
        columns = History().events(4, payload=[b"", b"\x00\xff", "همسفر".encode(), b"x" * 300_000])
        columns.occurred_at[:] = [-(1 << 62), 0, 253_402_300_800_000_000, 1 << 62]
        columns.fp_hi[:2] = [0, 2**64 - 1]
        columns.fp_lo[:2] = [0, 2**64 - 1]
        flush(store, database, columns)
        settle(store, NOBODY)
        assert_same(everything(store), columns)
        assert store.seen(columns.fp_hi, columns.fp_lo)[0].all()


class SeenConformance:
    def test_knows_stored_keys_with_their_body(self, store: EventStore, filled: Columns):
        known, body = store.seen(filled.fp_hi, filled.fp_lo)
        assert known.all()
        assert np.array_equal(body, filled.body)

    def test_knows_no_others(self, store: EventStore, filled: Columns):
        known, _ = store.seen(filled.fp_hi, filled.fp_lo + np.uint64(1))
        assert not known.any()
        known, _ = store.seen(filled.fp_hi + np.uint64(1), filled.fp_lo)
        assert not known.any()

    def test_tells_keys_with_one_high_half_apart(self, store: EventStore, database: Database):
        columns = History().events(900)
        columns.fp_hi[:] = columns.fp_hi[0]
        flush(store, database, columns)
        known, body = store.seen(columns.fp_hi, columns.fp_lo)
        assert known.all()
        assert np.array_equal(body, columns.body)

    @pytest.mark.usefixtures("filled")
    def test_of_nothing_is_nothing(self, store: EventStore):
        empty = np.empty(0, np.uint64)
        assert len(store.seen(empty, empty)[0]) == 0

    def test_forgets_old_keys_only(
        self, store: EventStore, database: Database, open_store: Callable[[], EventStore]
    ):
        history = History()
        old, new = history.events(100), history.events(100)
        new.received_at[:] += 40 * DAY
        flush(store, database, old)
        flush(store, database, new)
        settle(store, NOBODY)
        with database.write() as tx:
            store.forget_keys(tx, before=NOVEMBER + 10 * DAY)
        assert not store.seen(old.fp_hi, old.fp_lo)[0].any()
        assert store.seen(new.fp_hi, new.fp_lo)[0].all()
        assert open_store().sweep() > 0

    def test_never_forgets_keys_of_imported_events(self, store: EventStore, database: Database):
        history = History()
        for _ in range(3):
            mixed = history.events(100)
            mixed.flags[::2] |= Flag.HISTORICAL
            mixed.flags[1::2] &= ~np.uint16(Flag.HISTORICAL)
            flush(store, database, mixed)
        later = history.events(100)
        later.received_at[:] += 400 * DAY
        flush(store, database, later)
        settle(store, NOBODY)
        with database.write() as tx:
            store.forget_keys(tx, before=NOVEMBER + 300 * DAY)
        known = store.seen(mixed.fp_hi, mixed.fp_lo)[0]
        assert known[::2].all()
        assert not known[1::2].any()

    def test_keys_stay_few_files(self, store: EventStore, database: Database):
        history = History()
        for _ in range(40):
            flush(store, database, history.events(50))
        settle(store, NOBODY)
        assert store.stats().files <= 12


class ScanConformance:
    def test_of_nothing_is_nothing(self, store: EventStore):
        assert store.scan(NOBODY) == []

    def test_equals_a_sort_of_all_events(self, store: EventStore, filled: Columns):
        assert np.array_equal(scanned_rows(store.scan(NOBODY)), expected_rows(filled, NOBODY))

    def test_adds_recent_events(self, store: EventStore, filled: Columns):
        history = History(seed=9, nodes=NODES)
        history.seq = 1 << 40
        recent = history.events(300)
        whole = joined([filled, recent])
        found = scanned_rows(store.scan(NOBODY, recent))
        assert np.array_equal(found, expected_rows(whole, NOBODY))
        assert np.array_equal(scanned_rows(store.scan(NOBODY)), expected_rows(filled, NOBODY))

    def test_counts_recent_events_flushed_meanwhile_once(
        self, store: EventStore, database: Database, filled: Columns
    ):
        history = History(seed=9, nodes=NODES)
        history.seq = 1 << 40
        recent = history.events(300)
        flush(store, database, picked(recent, np.arange(0, 300, 2)))
        whole = expected_rows(joined([filled, recent]), NOBODY)
        assert np.array_equal(scanned_rows(store.scan(NOBODY, recent)), whole)
        settle(store, NOBODY)
        assert np.array_equal(scanned_rows(store.scan(NOBODY, recent)), whole)

    def test_follows_merges_and_unmerges(self, store: EventStore, filled: Columns):
        person_of = np.arange(NODES + 1)
        for version in range(1, 30):
            node = 1 + version * 7 % NODES
            person_of[node] = 1 + version % 5 if version % 3 else node
            view = view_of(person_of, version)
            assert np.array_equal(scanned_rows(store.scan(view)), expected_rows(filled, view))

    def test_can_go_back_to_an_older_identity(self, store: EventStore, filled: Columns):
        later = view_of(np.arange(NODES + 1) // 2, 9)
        for view in (later, NOBODY, later):
            assert np.array_equal(scanned_rows(store.scan(view)), expected_rows(filled, view))

    def test_leaves_unknown_nodes_out_until_they_are_known(
        self, store: EventStore, filled: Columns
    ):
        part = view_of(np.arange(NODES // 2), 1)
        assert np.array_equal(scanned_rows(store.scan(part)), expected_rows(filled, part))
        whole = own_view(NODES, 2)
        assert np.array_equal(scanned_rows(store.scan(whole)), expected_rows(filled, whole))
        settle(store, part)
        assert np.array_equal(scanned_rows(store.scan(part)), expected_rows(filled, part))
        assert np.array_equal(scanned_rows(store.scan(whole)), expected_rows(filled, whole))

    def test_takes_a_read_only_view(self, store: EventStore, filled: Columns):
        view = own_view(NODES)
        view.person_of.flags.writeable = False
        assert len(scanned_rows(store.scan(view))) == len(filled)

    def test_chunks_outlive_their_files(self, store: EventStore, filled: Columns):
        chunks = store.scan(NOBODY)
        settle(store, NOBODY)
        store.erase(range(1, NODES + 1))
        assert np.array_equal(scanned_rows(chunks), expected_rows(filled, NOBODY))
        assert store.scan(NOBODY) == []


class CompactConformance:
    def test_keeps_every_event(self, store: EventStore, filled: Columns):
        settle(store, NOBODY)
        assert_same(everything(store), filled)
        assert store.stats().fresh_segments == 0
        assert np.array_equal(scanned_rows(store.scan(NOBODY)), expected_rows(filled, NOBODY))

    @pytest.mark.usefixtures("filled")
    def test_is_idle_in_the_end(self, store: EventStore):
        settle(store, NOBODY)
        assert not store.compact(NOBODY, eager=True)

    def test_brings_moved_persons_home(self, store: EventStore, filled: Columns):
        settle(store, NOBODY)
        view = view_of(np.arange(NODES + 1) % 40 + 1, 5_000)
        assert settle(store, view) > 0
        chunks = store.scan(view)
        assert np.array_equal(scanned_rows(chunks), expected_rows(filled, view))
        skipped = sum(int(chunk.skip.sum()) for chunk in chunks if chunk.skip is not None)
        assert skipped == 0
        assert_same(everything(store), filled)

    def test_is_seen_by_a_handle_that_reads_meanwhile(
        self, store: EventStore, filled: Columns, open_store: Callable[[], EventStore]
    ):
        reader = open_store()
        reader.timeline([1], limit=5)
        while store.compact(NOBODY, eager=True):
            found = scanned_rows(reader.scan(NOBODY))
            assert np.array_equal(found, expected_rows(filled, NOBODY))

    def test_files_thousands_of_months_in_few_files(self, store: EventStore, database: Database):
        columns = History().events(4_000)
        columns.occurred_at[:] = np.random.default_rng(1).integers(-(1 << 60), 1 << 60, 4_000)
        flush(store, database, columns)
        settle(store, NOBODY)
        assert store.stats().files < 20
        assert_same(everything(store), columns)


class TimelineConformance:
    def test_gives_the_newest_first_in_pages(self, store: EventStore, filled: Columns):
        nodes = [3, 7, 250]
        expected = newest_of(filled, nodes)
        before, found = None, []
        while len(page := store.timeline(nodes, before=before, limit=17)):
            found.append(page)
            before = int(page.occurred_at[-1]), int(page.seq[-1])
        assert_same(joined(found), expected)

    def test_finds_nodes_wherever_they_were_filed(self, store: EventStore, filled: Columns):
        settle(store, view_of(np.arange(NODES + 1) // 9 + 1, 4_000))
        nodes = [5, 6, 90]
        assert_same(store.timeline(nodes, limit=10_000), newest_of(filled, nodes))
        assert store.count(nodes) == len(newest_of(filled, nodes))

    def test_filters_by_name_channel_and_time(self, store: EventStore, filled: Columns):
        since = NOVEMBER + 30 * DAY
        only = TimelineFilter(codes=frozenset({1, 2, 3}), channels=frozenset({2}), since=since)
        nodes = list(range(1, 60))
        expected = newest_of(filled, nodes)
        mask = np.isin(expected.code, [1, 2, 3]) & (expected.channel == 2)
        mask &= expected.occurred_at >= since
        found = store.timeline(nodes, limit=12, only=only)
        assert_same(found, picked(expected, np.flatnonzero(mask)[:12]))

    @pytest.mark.usefixtures("filled")
    def test_of_unknown_nodes_is_empty(self, store: EventStore):
        assert len(store.timeline([NODES + 5, 10**9], limit=5)) == 0
        assert len(store.timeline([], limit=5)) == 0
        assert store.count([]) == 0

    def test_on_an_empty_history_is_empty(self, store: EventStore):
        assert len(store.timeline([1], limit=5)) == 0


class LatelyConformance:
    def test_last_seen_equals_a_sort_of_all_events(self, store: EventStore, filled: Columns):
        latest: dict[int, int] = {}
        for node, time in zip(filled.node.tolist(), filled.occurred_at.tolist(), strict=True):
            latest[node] = max(time, latest.get(node, time))
        expected = sorted(latest.items(), key=lambda item: (-item[1], item[0]))
        for limit in (1, 7, 60, NODES, 10_000):
            node, time = store.last_seen(limit)
            assert list(zip(node.tolist(), time.tolist(), strict=True)) == expected[:limit]

    def test_nodes_are_those_of_all_events_in_a_time(self, store: EventStore, filled: Columns):
        for since in (-(1 << 63), NOVEMBER, NOVEMBER + 80 * DAY, NOVEMBER + 900 * DAY):
            expected = np.unique(filled.node[filled.occurred_at >= since])
            assert np.array_equal(store.nodes(since=since), expected)

    def test_flushed_gives_what_came_since_a_version_whatever_was_compacted(
        self, store: EventStore, database: Database, filled: Columns
    ):
        before = store.stats().version
        history = History(seed=9, nodes=NODES)
        history.seq += len(filled)
        pieces = []
        for _ in range(3):
            pieces.append(history.events(700))
            # A replay keeps an old place in the log.
            pieces[-1].seq[5] = 77 + len(pieces)
            flush(store, database, pieces[-1])
        through = store.stats().version
        settle(store, NOBODY)
        flush(store, database, history.events(50))
        came = joined(pieces)
        every = {"after": before, "through": through, "known": np.empty(0, np.int64)}
        assert_same(store.flushed(**every, limit=9_999), came)
        assert_same(store.flushed(**every, limit=800), picked(came, slice(-800, None)))
        known = came.seq[::2]
        assert_same(
            store.flushed(**every | {"known": known}, limit=300),
            picked(came, np.arange(len(came))[1::2][-300:]),
        )
        later = store.nodes(after=through)
        assert set(later.tolist()) <= set(range(1, NODES + 1))
        assert np.array_equal(np.union1d(store.nodes(after=before), filled.node), store.nodes())

    def test_of_nothing_is_nothing(self, store: EventStore):
        nobody = np.empty(0, np.int64)
        assert len(store.nodes()) == 0
        assert len(store.last_seen(5)[0]) == 0
        assert len(store.flushed(after=0, through=9, known=nobody, limit=5)) == 0


class ExportConformance:
    def test_is_one_snapshot(self, store: EventStore, database: Database, filled: Columns):
        pieces = store.export()
        first = next(pieces)
        flush(store, database, History(seed=8).events(10))
        settle(store, NOBODY)
        whole = joined([first, *pieces])
        assert_same(picked(whole, np.argsort(whole.seq)), filled)


class ExpireConformance:
    def test_removes_old_events_of_one_source_and_no_others(
        self, store: EventStore, filled: Columns, folder: Path
    ):
        before = NOVEMBER + 40 * DAY
        gone = (filled.source == 2) & (filled.occurred_at < before)
        assert 0 < gone.sum() < len(filled)
        assert store.expire(2, before) == gone.sum()
        kept = picked(filled, ~gone)
        assert_same(everything(store), kept)
        assert np.array_equal(scanned_rows(store.scan(NOBODY)), expected_rows(kept, NOBODY))
        assert store.expire(2, before) == 0
        assert store.expire(9, before) == 0
        assert store.verify() == []
        assert set(store.files()) <= {path.name for path in folder.rglob("*") if path.is_file()}

    def test_remembers_the_keys_of_what_went(self, store: EventStore, filled: Columns):
        store.expire(1, NOVEMBER + 1000 * DAY)
        assert store.seen(filled.fp_hi, filled.fp_lo)[0].all()


class EraseConformance:
    def test_leaves_no_byte(self, store: EventStore, database: Database, folder: Path):
        history, canary = History(nodes=NODES), b"\xd9\x82\xd9\x86\xd8\xa7\xd8\xb1\xdb\x8cCANARY%d"
        pieces = []
        for number in range(7):
            columns = history.events(1_000)
            columns.node[5::100] = 77
            noise = np.random.default_rng(number).bytes
            columns.payload[5::100] = [canary % number + noise(40) for _ in columns.payload[5::100]]
            flush(store, database, columns)
            pieces.append(columns)
            store.compact(NOBODY)
            store.scan(NOBODY)
        whole = joined(pieces)
        gone = whole.node == 77
        keys = [int(key).to_bytes(8, "little") for key in whole.fp_hi[gone]]
        assert all(bytes_hold(folder, key) for key in keys)
        assert store.erase([77]) == gone.sum()
        for key in keys:
            assert not bytes_hold(folder, key)
        for piece in everything(store).payload:
            assert b"CANARY" not in piece
        assert_same(everything(store), picked(whole, ~gone))
        kept = picked(whole, ~gone)
        assert np.array_equal(scanned_rows(store.scan(NOBODY)), expected_rows(kept, NOBODY))
        assert not store.seen(whole.fp_hi[gone], whole.fp_lo[gone])[0].any()
        assert store.seen(kept.fp_hi, kept.fp_lo)[0].all()
        assert store.verify() == []

    def test_of_everybody_leaves_an_empty_history(
        self, store: EventStore, database: Database, filled: Columns
    ):
        assert store.erase(range(1, NODES + 1)) == len(filled)
        assert list(store.export()) == []
        assert store.stats().events == store.stats().keys == 0
        flush(store, database, History().events(10))
        assert store.stats().events == 10

    @pytest.mark.usefixtures("filled")
    def test_of_nobody_changes_nothing(self, store: EventStore):
        version = store.stats().version
        assert store.erase([NODES + 1]) == 0
        assert store.stats().version == version


class UpkeepConformance:
    @pytest.mark.usefixtures("filled")
    def test_files_are_all_there_is(self, store: EventStore, folder: Path):
        settle(store, NOBODY)
        names = {path.name for path in folder.iterdir() if path.is_file()}
        assert names == set(store.files())

    @pytest.mark.usefixtures("filled")
    def test_a_sound_history_verifies(self, store: EventStore):
        with store.held():
            assert store.verify() == []

    def test_opens_again(
        self, store: EventStore, filled: Columns, open_store: Callable[[], EventStore]
    ):
        store.scan(NOBODY)
        store.close()
        other = open_store()
        other.warm()
        assert np.array_equal(scanned_rows(other.scan(NOBODY)), expected_rows(filled, NOBODY))
        assert_same(everything(other), filled)


class EventStoreConformance(
    FlushConformance,
    SeenConformance,
    ScanConformance,
    CompactConformance,
    TimelineConformance,
    LatelyConformance,
    ExportConformance,
    ExpireConformance,
    EraseConformance,
    UpkeepConformance,
):
    """All of it."""


def bytes_hold(folder: Path, needle: bytes) -> bool:
    return any(needle in path.read_bytes() for path in folder.rglob("*") if path.is_file())
