from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hamsafar.cli.hang import Hang, main_thread
from hamsafar.storage.types import Lane
from hamsafar.worker.attempts import Attempts, Mark, mark_of

LIMIT_S = 0.1
LOOP = "while True: pass"
SLEEP = "import time; time.sleep(60)"


def a_try(tries: int) -> Mark:
    return mark_of(Lane.LIVE, (1, 9), count=9, tries=tries, now=tries)


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    return Attempts(tmp_path / "mark")


@contextmanager
def running(script: str) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def seen(hang: Hang, pid: int, patience_s: float) -> bool:
    """Watch for so long; return whether a hang was seen."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if hang.is_there(pid):
            return True
        time.sleep(0.01)
    return False


class TestHang:
    @pytest.mark.parametrize("script", [LOOP, SLEEP])
    def test_one_try_that_takes_too_long_is_one(
        self, tmp_path: Path, attempts: Attempts, script: str
    ) -> None:
        hang = Hang(tmp_path / "mark", LIMIT_S)
        attempts.begin(a_try(1))
        with running(script) as pid:
            assert seen(hang, pid, 20)

    def test_going_from_try_to_try_is_none(self, tmp_path: Path, attempts: Attempts) -> None:
        hang = Hang(tmp_path / "mark", LIMIT_S)
        with running(SLEEP) as pid:
            for tries in range(1, 6):
                attempts.begin(a_try(tries))
                assert not seen(hang, pid, LIMIT_S)

    def test_what_a_dead_worker_left_is_not_held_against_the_next(
        self, tmp_path: Path, attempts: Attempts
    ) -> None:
        hang = Hang(tmp_path / "mark", LIMIT_S)
        attempts.begin(a_try(1))
        with running(SLEEP) as pid:
            assert seen(hang, pid, 20)
            hang.forget()
            assert not seen(hang, pid, 4 * LIMIT_S)
            attempts.begin(a_try(2))
            assert seen(hang, pid, 20)

    def test_nothing_under_work_is_none(self, tmp_path: Path, attempts: Attempts) -> None:
        hang = Hang(tmp_path / "mark", LIMIT_S)
        with running(SLEEP) as pid:
            attempts.begin(a_try(1))
            assert not hang.is_there(pid)
            attempts.clear()
            assert not seen(hang, pid, 4 * LIMIT_S)


class TestMainThread:
    def test_it_tells_the_cpu_time_used(self) -> None:
        before = main_thread(os.getpid()).cpu_s
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        assert main_thread(os.getpid()).cpu_s >= before

    def test_a_process_that_is_gone_is_asleep(self) -> None:
        assert main_thread(2**22 + 1).state == "S"
