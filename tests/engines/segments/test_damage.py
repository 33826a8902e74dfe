"""Flipped bits, cut and missing files: always noticed, never served."""

import random
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from support.history import (
    SMALL,
    History,
    assert_same,
    everything,
    expected_rows,
    flush,
    joined,
    open_database,
    open_store,
    own_view,
    picked,
    scanned_rows,
)

from hamsafar.engines.segments.container import FOOTER, FORMAT, FileKind, map_file
from hamsafar.storage.errors import DamagedData, NewerData

NODES = 200
VIEW = own_view(NODES)


@pytest.fixture
def sound(tmp_path: Path):
    """A history with L0 and L1; its root, database and events."""
    database = open_database(tmp_path)
    store = open_store(tmp_path, database)
    history = History(nodes=NODES)
    pieces = [history.events(1_200) for _ in range(6)]
    for piece in pieces:
        flush(store, database, piece)
        store.compact(VIEW)
    store.close()
    yield tmp_path, database, joined(pieces)
    database.close()


def read_everything(store, whole) -> None:
    """Raise DamagedData, or be right."""
    assert np.array_equal(scanned_rows(store.scan(VIEW)), expected_rows(whole, VIEW))
    assert_same(everything(store), whole)
    known, body = store.seen(whole.fp_hi, whole.fp_lo)
    assert known.all()
    assert np.array_equal(body, whole.body)


class TestVerify:
    def test_finds_every_flipped_bit(self, sound):
        root, database, whole = sound
        chance = random.Random(11)
        files = sorted(path for path in (root / "lake").iterdir() if path.is_file())
        for _ in range(100):
            path = chance.choice(files)
            original = path.read_bytes()
            damaged = bytearray(original)
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            path.write_bytes(damaged)
            store = open_store(root, database)
            found = store.verify()
            assert [damage.where for damage in found] == [path.name]
            # A bit of the footer or of padding may be wrong while all that is served is right.
            with suppress(DamagedData):
                read_everything(open_store(root, database), whole)
            path.write_bytes(original)
            shutil.rmtree(root / "lake" / "cache")
        read_everything(open_store(root, database), whole)

    def test_finds_every_cut_file(self, sound):
        root, database, _ = sound
        for path in sorted(path for path in (root / "lake").iterdir() if path.is_file()):
            original = path.read_bytes()
            for length in (0, 1, FOOTER.size, len(original) // 2, len(original) - 1):
                path.write_bytes(original[:length])
                assert [one.where for one in open_store(root, database).verify()] == [path.name]
            path.write_bytes(original)

    def test_finds_a_missing_file(self, sound):
        root, database, _ = sound
        path = min((root / "lake").glob("*.payloads"))
        path.unlink()
        assert [one.where for one in open_store(root, database).verify()] == [path.name]


class TestTimeline:
    def test_never_serves_a_damaged_payload(self, sound):
        root, database, whole = sound
        for path in (root / "lake").glob("*.payloads"):
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        store = open_store(root, database)
        served = 0
        for node in range(1, NODES + 1):
            expected = picked(whole, whole.node == node)
            try:
                page = store.timeline([node], limit=5)
            except DamagedData:
                continue
            served += 1
            assert set(page.payload) <= set(expected.payload)
        assert served < NODES


class TestFormat:
    def test_of_a_later_release_is_refused(self, sound):
        root, _, _ = sound
        path = min((root / "lake").glob("*.keys"))
        data = bytearray(path.read_bytes())
        footer = list(FOOTER.unpack_from(data, len(data) - FOOTER.size))
        footer[1] = FORMAT + 1
        data[-FOOTER.size :] = FOOTER.pack(*footer)
        path.write_bytes(data)
        with pytest.raises(NewerData, match="this release reads"):
            map_file(path, FileKind.KEYS)

    def test_of_another_kind_is_refused(self, sound):
        root, _, _ = sound
        with pytest.raises(DamagedData, match="kind"):
            map_file(min((root / "lake").glob("*.keys")), FileKind.COLUMNS)


def test_sizes_of_tests_split_everything():
    assert SMALL.flush < SMALL.fresh_rows < SMALL.step
