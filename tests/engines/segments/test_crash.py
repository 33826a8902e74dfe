"""Kills and failing disks: nothing lost, nothing twice, nothing left behind."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.history import (
    assert_same,
    everything,
    expected_rows,
    joined,
    open_database,
    open_store,
    own_view,
    picked,
    scanned_rows,
    settle,
)
from support.history_writer import MOVE, NODES, flush_number, flushed

from hamsafar.engines.segments import Disk

TESTS = Path(__file__).parents[2]


def check(root: Path, *, erased: frozenset[int] = frozenset()) -> None:
    """Compare the history with the flushes that were committed."""
    database = open_database(root)
    store = open_store(root, database)
    store.sweep()
    names = {path.name for path in (root / "lake").iterdir() if path.is_file()}
    assert names == set(store.files())
    assert store.verify() == []
    pieces = [flush_number(number) for number in range(flushed(database))]
    if pieces:
        whole = joined(pieces)
        whole = picked(whole, ~np.isin(whole.node, list(erased)))
        assert_same(everything(store), whole)
        view = own_view(NODES)
        assert np.array_equal(scanned_rows(store.scan(view)), expected_rows(whole, view))
        known, body = store.seen(whole.fp_hi, whole.fp_lo)
        assert known.all()
        assert np.array_equal(body, whole.body)
        assert store.stats().keys == len(whole)
    database.close()


def kill_a_writer(root: Path, seconds: float) -> None:
    environment = os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"}
    writer = subprocess.Popen(
        [sys.executable, str(TESTS / "support" / "history_writer.py"), str(root)],
        stdout=subprocess.PIPE,
        env=environment,
    )
    with writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)


@pytest.mark.crash
class TestKill:
    def test_at_random_moments_loses_and_doubles_nothing(self, tmp_path: Path):
        chance = random.Random(5)
        for _ in range(3):
            kill_a_writer(tmp_path, chance.uniform(0.0, 1.5))
            check(tmp_path)
        database = open_database(tmp_path)
        assert flushed(database) > 0
        database.close()

    @pytest.mark.long
    def test_a_hundred_times(self, tmp_path: Path):
        chance = random.Random(6)
        for _ in range(100):
            kill_a_writer(tmp_path, chance.uniform(0.0, 1.5))
            check(tmp_path)


class FailingDisk(Disk):
    """Fails at its n-th change, and at every one after it, as a full or broken disk does."""

    def __init__(self, root: Path, at: int) -> None:
        super().__init__(root)
        self.left = at

    def step(self, what: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(5, f"Input/output error at {what}")


class TestFailingDisk:
    def test_at_any_step_of_flush_and_compaction_loses_nothing(self, tmp_path: Path):
        for at in range(64):
            root = tmp_path / str(at)
            database = open_database(root)
            disk = FailingDisk(root / "lake", at)
            store = open_store(root, database, disk=disk)
            with pytest.raises(OSError, match="Input/output"):  # noqa: PT012
                for number in range(40):
                    with database.write() as tx:
                        store.flush(tx, flush_number(number))
                        tx.run(MOVE, {"n": number + 1})
                    store.compact(own_view(NODES, number), eager=number % 3 == 0)
            database.close()
            check(root)

    def test_at_any_step_of_an_erasure_erases_all_or_nothing(self, tmp_path: Path):
        erased = frozenset({5, 6, 7})
        finished = False
        at = 0
        while not finished:
            root = tmp_path / str(at)
            database = open_database(root)
            store = open_store(root, database)
            for number in range(5):
                with database.write() as tx:
                    store.flush(tx, flush_number(number))
                    tx.run(MOVE, {"n": number + 1})
            settle(store, own_view(NODES), eager=False)
            failing = open_store(root, database, disk=FailingDisk(root / "lake", at))
            try:
                failing.erase(erased)
                finished = True
            except OSError:
                pass
            is_gone = open_store(root, database).count(sorted(erased)) == 0
            assert is_gone or not finished
            database.close()
            check(root, erased=erased if is_gone else frozenset())
            at += 3
        assert at > 9
