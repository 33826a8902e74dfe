"""Pure parts: kernels, tiers, layout, key files, payload files."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hamsafar.engines.segments.container import FileKind, map_file
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.kernels import order_rows, pairs_of, runs_of
from hamsafar.engines.segments.keyfile import (
    KeyFile,
    find_rows,
    look_up,
    sort_keys,
    write_keys,
    write_merged,
    write_without,
)
from hamsafar.engines.segments.layout import Sizes, file_rows
from hamsafar.engines.segments.manifest import MIXED, WHOLE, Segment
from hamsafar.engines.segments.parts import BUCKETS, bucket_of
from hamsafar.engines.segments.payloads import BLOCK_ROWS, PayloadFile, PayloadWriter, blank
from hamsafar.engines.segments.tiers import stretch

NOVEMBER = 1_793_491_200_000_000
DAY = 86_400_000_000


class TestOrderRows:
    @given(st.integers(0, 400), st.integers(1, 30), st.integers(0, 2**32))
    @settings(max_examples=60)
    def test_equals_a_lexsort(self, n: int, persons: int, seed: int):
        rng = np.random.default_rng(seed)
        person = rng.integers(0, persons, n).astype(np.uint32)
        time = rng.integers(-5, 5, n)
        seq = rng.integers(0, 3, n)
        assert np.array_equal(order_rows(person, time, seq), np.lexsort((seq, time, person)))

    def test_sorts_one_person_with_many_events(self):
        rng = np.random.default_rng(1)
        person = np.full(100_003, 9, np.uint32)
        time = rng.integers(0, 1000, len(person))
        seq = rng.integers(0, 2**63, len(person))
        assert np.array_equal(order_rows(person, time, seq), np.lexsort((seq, time, person)))


class TestRunsOf:
    def test_gives_persons_starts_and_pairs(self):
        person = np.array([3, 3, 7, 9, 9, 9], np.uint32)
        persons, starts = runs_of(person)
        assert persons.tolist() == [3, 7, 9]
        assert starts.tolist() == [0, 2, 3, 6]
        nodes, runs = pairs_of(starts, np.array([5, 5, 5, 6, 5, 6]))
        assert list(zip(nodes.tolist(), runs.tolist(), strict=True)) == [
            (5, 0),
            (5, 1),
            (6, 2),
            (5, 2),
        ]

    def test_of_nothing_is_nothing(self):
        persons, starts = runs_of(np.empty(0, np.uint32))
        assert len(persons) == 0
        assert starts.tolist() == [0]


class TestStretch:
    @given(st.lists(st.integers(1, 10**7), max_size=60), st.sampled_from([2, 4, 8]))
    def test_ends_with_few_files_whatever_their_sizes(self, sizes: list[int], fan_in: int):
        total, steps = sum(sizes), 0
        while found := stretch(sizes, fan_in=fan_in):
            start, end = found
            assert end - start > 1
            sizes = [*sizes[:start], sum(sizes[start:end]), *sizes[end:]]
            steps += 1
            assert steps < 100
        assert sum(sizes) == total
        tiers = 1 + int(np.log(max(total, 1)) / np.log(fan_in))
        assert len(sizes) < 3 * fan_in * (tiers + 1)

    def test_leaves_large_files_alone(self):
        assert stretch([100, 100, 100, 100], fan_in=2, ceiling=100) is None
        assert stretch([100, 5, 5, 100], fan_in=2, ceiling=100) == (1, 3)

    def test_rewrites_a_row_a_logarithmic_number_of_times(self):
        sizes: list[int] = []
        written = 0
        for _ in range(4096):
            sizes.append(1)
            while found := stretch(sizes, fan_in=8):
                start, end = found
                written += sum(sizes[start:end])
                sizes = [*sizes[:start], sum(sizes[start:end]), *sizes[end:]]
        assert written == 4 * 4096


def segment(period: str = MIXED, bucket: int = WHOLE) -> Segment:
    return Segment(
        id="x",
        level=1,
        period=period,
        bucket=bucket,
        rows=0,
        bytes=0,
        time_min=0,
        time_max=0,
        seq_min=0,
        seq_max=0,
        identity_version=0,
        format=1,
        added_in=0,
        created_at=0,
    )


class TestFileRows:
    SIZES = Sizes(thin=100, split=1_000, day=500)

    def rows(self, n: int, days: int, source: Segment, dense=frozenset()):
        rng = np.random.default_rng(2)
        time = NOVEMBER + rng.integers(0, days * DAY, n)
        person = rng.integers(1, 500, n).astype(np.uint32)
        groups = list(file_rows(time, person, source, self.SIZES, dense))
        everything = np.concatenate([rows for _, _, rows in groups])
        assert np.array_equal(np.sort(everything), np.arange(n))
        return {(period, bucket): rows for period, bucket, rows in groups}, person

    def test_puts_a_thin_month_into_the_mixed_file(self):
        groups, _ = self.rows(99, 3, segment())
        assert set(groups) == {(MIXED, WHOLE)}

    def test_gives_a_month_a_file(self):
        groups, _ = self.rows(600, 60, segment())
        assert set(groups) == {("2026-11", WHOLE), ("2026-12", WHOLE)}

    def test_splits_a_large_month_by_person(self):
        groups, person = self.rows(5_000, 20, segment())
        assert set(groups) == {("2026-11", bucket) for bucket in range(BUCKETS)}
        for (_, bucket), rows in groups.items():
            assert (bucket_of(person[rows]) == bucket).all()

    def test_splits_a_dense_month_into_days(self):
        groups, _ = self.rows(400, 4, segment("2026-11"), frozenset({"2026-11"}))
        assert {period for period, _ in groups} == {f"2026-11-{day:02d}" for day in range(1, 5)}

    def test_puts_strays_of_a_bucket_beside_it(self):
        groups, person = self.rows(800, 20, segment("2026-11", 3))
        assert set(groups) == {("2026-11", 3), ("2026-11", WHOLE)}
        assert (bucket_of(person[groups["2026-11", 3]]) == 3).all()


U64S = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 5), st.integers(2**64 - 5, 2**64 - 1))


def key_file(folder: Path, name: str, keys) -> KeyFile:
    disk = Disk(folder)
    with disk.create(name) as file:
        size = write_keys(file, keys)
    assert size == (folder / name).stat().st_size
    return opened(folder / name)


def opened(path: Path) -> KeyFile:
    mapped = map_file(path, FileKind.KEYS)
    mapped.verify()
    return KeyFile(mapped)


class TestKeyFile:
    @given(st.lists(st.tuples(U64S, U64S), unique=True, min_size=1, max_size=300), st.data())
    @settings(max_examples=60)
    def test_finds_what_it_holds_and_nothing_else(self, tmp_path_factory, pairs, data):
        folder = tmp_path_factory.mktemp("keys")
        cut = data.draw(st.integers(1, len(pairs)))
        held, others = pairs[:cut], pairs[cut:]
        hi, lo = np.array(held, np.uint64).T.copy()
        file = key_file(folder, "a.keys", sort_keys(hi, lo, hi ^ lo))
        known, body = look_up([file], hi, lo)
        assert known.all()
        assert np.array_equal(body, hi ^ lo)
        if others:
            hi, lo = np.array(others, np.uint64).T.copy()
            assert not look_up([file], hi, lo)[0].any()

    @pytest.mark.parametrize("sizes", [(20_000, 333), (70_000, 333, 1, 5_000, 40, 2, 2, 900)])
    def test_merges_and_takes_out(self, tmp_path: Path, sizes: tuple[int, ...]):
        rng = np.random.default_rng(4)
        parts = []
        for name, n in zip("abefghij", sizes, strict=False):
            keys = sort_keys(*(rng.integers(0, 2**64, n, dtype=np.uint64) for _ in range(3)))
            parts.append(key_file(tmp_path, f"{name}.keys", keys))
        with Disk(tmp_path).create("c.keys") as file:
            write_merged(file, parts)
        whole = opened(tmp_path / "c.keys")
        assert (np.diff(whole.hi.astype(object)) >= 0).all()
        for part in parts:
            known, body = look_up([whole], part.hi, part.lo)
            assert known.all()
            assert np.array_equal(body, part.body)
        [rows] = find_rows([whole], parts[1].hi, parts[1].lo)
        with Disk(tmp_path).create("d.keys") as file:
            write_without(file, whole, np.sort(rows))
        left = opened(tmp_path / "d.keys")
        assert not look_up([left], parts[1].hi, parts[1].lo)[0].any()
        assert look_up([left], parts[0].hi, parts[0].lo)[0].all()
        assert len(left.hi) == sum(sizes) - sizes[1]


class TestPayloadFile:
    def write(self, folder: Path, name: str, first: int, payloads: list[bytes]) -> PayloadFile:
        with Disk(folder).create(name) as file:
            writer = PayloadWriter(file)
            writer.add(first, payloads)
            writer.seal()
        return PayloadFile(map_file(folder / name, FileKind.PAYLOADS))

    def test_joins_copies_and_blanks(self, tmp_path: Path):
        one = [b"one %d" % at for at in range(3 * BLOCK_ROWS + 5)]
        two = [b"two %d" % at for at in range(7)]
        a = self.write(tmp_path, "a", 1 << 20, one)
        b = self.write(tmp_path, "b", 9 << 20, two)
        with Disk(tmp_path).create("c") as file:
            writer = PayloadWriter(file)
            writer.copy(a)
            writer.copy(b)
            writer.seal()
        both = PayloadFile(map_file(tmp_path / "c", FileKind.PAYLOADS))
        both.mapped.verify()
        places = np.array([(9 << 20) + 6, (1 << 20) + BLOCK_ROWS, 1 << 20, 9 << 20], np.uint64)
        expected = [b"two 6", b"one %d" % BLOCK_ROWS, b"one 0", b"two 0"]
        assert both.fetch(places) == expected
        with Disk(tmp_path).create("d") as file:
            blank(both, places[:2], file)
        blanked = PayloadFile(map_file(tmp_path / "d", FileKind.PAYLOADS))
        blanked.mapped.verify()
        assert blanked.fetch(places) == [b"", b"", *expected[2:]]
        beside = [b"two 5", b"one %d" % (BLOCK_ROWS - 1)]
        assert blanked.fetch(places[:2] - np.uint64(1)) == beside

    @pytest.mark.parametrize("name", ["polars", "pyarrow"])
    def test_is_an_arrow_stream_to_others(self, tmp_path: Path, name: str):
        module = pytest.importorskip(name)
        self.write(tmp_path, "a", 0, [b"one", b"two"] * 300)
        if name == "polars":
            assert module.read_ipc_stream(tmp_path / "a")["payload"].to_list()[:2] == [
                b"one",
                b"two",
            ]
        else:
            table = pytest.importorskip("pyarrow.ipc").open_stream(tmp_path / "a").read_all()
            assert table["payload"].to_pylist()[:2] == [b"one", b"two"]


@given(hnp.arrays(np.uint32, st.integers(0, 50)))
def test_buckets_are_in_range(person):
    assert (bucket_of(person) < BUCKETS).all()
