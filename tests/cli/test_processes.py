from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {"numba", "httpx", "alembic", "psycopg", "prometheus_client", "ua_parser", "typer"}


class TestStart:
    @pytest.mark.parametrize("process", ["api_process", "worker_process"])
    def test_a_process_loads_nothing_slow_it_does_not_need_at_once(self, process: str) -> None:
        script = f"import sys, hamsafar.cli.{process}; print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
        )
        assert SLOW & set(done.stdout.split()) == set()
