from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hamsafar.cli.supervisor import _Hang, waits_for_disk
from hamsafar.storage.types import Lane
from hamsafar.worker.attempts import Attempts, Mark, mark_of

LIMIT_S = 0.05
SLOW = {"numba", "httpx", "alembic", "psycopg", "prometheus_client", "ua_parser", "typer"}


def a_try(tries: int) -> Mark:
    return mark_of(Lane.LIVE, (1, 9), count=9, tries=tries, now=tries)


@pytest.fixture
def attempts(tmp_path: Path) -> Attempts:
    return Attempts(tmp_path / "mark")


class TestHang:
    def test_one_try_that_takes_too_long_is_one(self, tmp_path: Path, attempts: Attempts) -> None:
        hang = _Hang(tmp_path / "mark", LIMIT_S)
        attempts.begin(a_try(1))
        assert not hang.is_there(os.getpid())
        time.sleep(2 * LIMIT_S)
        assert hang.is_there(os.getpid())

    def test_going_from_try_to_try_is_none(self, tmp_path: Path, attempts: Attempts) -> None:
        hang = _Hang(tmp_path / "mark", LIMIT_S)
        for tries in range(1, 4):
            attempts.begin(a_try(tries))
            assert not hang.is_there(os.getpid())
            time.sleep(2 * LIMIT_S)

    def test_what_a_dead_worker_left_is_not_held_against_the_next(
        self, tmp_path: Path, attempts: Attempts
    ) -> None:
        hang = _Hang(tmp_path / "mark", LIMIT_S)
        attempts.begin(a_try(1))
        assert not hang.is_there(os.getpid())
        time.sleep(2 * LIMIT_S)
        hang.forget()
        assert not hang.is_there(os.getpid())
        time.sleep(2 * LIMIT_S)
        assert not hang.is_there(os.getpid())
        attempts.begin(a_try(2))
        assert not hang.is_there(os.getpid())
        time.sleep(2 * LIMIT_S)
        assert hang.is_there(os.getpid())

    def test_nothing_under_work_is_none(self, tmp_path: Path, attempts: Attempts) -> None:
        hang = _Hang(tmp_path / "mark", LIMIT_S)
        attempts.begin(a_try(1))
        assert not hang.is_there(os.getpid())
        attempts.clear()
        time.sleep(2 * LIMIT_S)
        assert not hang.is_there(os.getpid())

    def test_a_process_that_is_gone_waits_for_no_disk(self) -> None:
        assert not waits_for_disk(2**22 + 1)


class TestStart:
    @pytest.mark.parametrize("process", ["api_process", "worker_process"])
    def test_a_process_loads_nothing_slow_it_does_not_need_at_once(self, process: str) -> None:
        script = f"import sys, hamsafar.cli.{process}; print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
        )
        assert SLOW & set(done.stdout.split()) == set()
