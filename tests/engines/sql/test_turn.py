"""Fair turns at writing."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from storage.conformance_database import FOLDS

from hamsafar.engines.sql import SqliteDatabase
from hamsafar.engines.sql.turn import FileLock, Turn
from hamsafar.kernel.errors import Retriable


class TestFileLock:
    def test_is_held_by_one(self, tmp_path: Path):
        first, second = FileLock(tmp_path / "x"), FileLock(tmp_path / "x")
        assert first.take(1)
        assert not second.take(0.05)
        assert not first.take(0.05)
        first.give()
        assert second.take(1)
        second.give()
        first.close()
        second.close()

    def test_complains_when_nobody_gives_it(self, tmp_path: Path):
        first, second = FileLock(tmp_path / "x"), FileLock(tmp_path / "x")
        with (
            first.held(timedelta(seconds=1)),
            pytest.raises(Retriable, match="holds the lock"),
            second.held(timedelta(milliseconds=20)),
        ):
            pass
        first.close()
        second.close()


class TestTurn:
    def test_a_greedy_writer_cannot_starve_another(self, tmp_path: Path):
        """Like the worker: 20 ms transactions, back to back, in another process's handle."""
        greedy, modest = (SqliteDatabase(tmp_path / "main.db") for _ in range(2))
        greedy.migrate()
        stop = threading.Event()
        rounds = 0

        def hog() -> None:
            nonlocal rounds
            while not stop.is_set():
                with greedy.write() as tx:
                    tx.upsert(FOLDS, [(rounds % 9, b"")])
                    time.sleep(0.02)
                rounds += 1

        thread = threading.Thread(target=hog)
        thread.start()
        waits = []
        for number in range(20):
            began, before = time.monotonic(), rounds
            with modest.write() as tx:
                tx.upsert(FOLDS, [(100 + number, b"")])
                waits.append((rounds - before, time.monotonic() - began))
            time.sleep(0.01)
        stop.set()
        thread.join()
        greedy.close()
        modest.close()
        assert max(missed for missed, _ in waits) <= 2
        assert rounds > 10

    def test_is_given_back_after_an_error(self, tmp_path: Path):
        turn = Turn(tmp_path / "x", timedelta(seconds=1))
        for _ in range(3):
            with pytest.raises(ValueError, match="wrong"), turn.held():
                raise ValueError("wrong")
        turn.close()
