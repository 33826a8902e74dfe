"""Files through the whole program: counts equal the simulator's truth, also after kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from hamsafar.simulate import Settings, write
from hamsafar.simulate.simulation import Written

COMMAND = [sys.executable, "-m", "hamsafar.cli"]


def hamsafar(*words: str) -> dict[str, int]:
    done = subprocess.run([*COMMAND, *words, "--json"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout.splitlines()[-1])


@pytest.fixture
def town(tmp_path: Path) -> Written:
    return write(Settings(people=400, days=10, seed=6), tmp_path / "town.jsonl")


class TestImport:
    def test_a_town_becomes_its_people_once(self, town: Written, tmp_path: Path) -> None:
        data, counts = str(tmp_path / "data"), town.counts
        first = hamsafar("import", str(town.events), "--data", data, "--yes")
        assert (first["imported"], first["duplicates"]) == (counts.unique, counts.duplicates)
        assert first["quarantined"] == counts.invalid
        status = hamsafar("status", "--data", data)
        assert status["people"] == counts.people
        assert status["lag_events"] == 0
        again = hamsafar("import", str(town.events), "--data", data, "--yes")
        assert again["imported"] == 0
        assert again["duplicates"] == counts.unique + counts.duplicates
        assert hamsafar("status", "--data", data)["people"] == counts.people

    @pytest.mark.crash
    def test_goes_on_after_kill_9(self, tmp_path: Path) -> None:
        town = write(Settings(people=1500, days=12, seed=8), tmp_path / "town.jsonl")
        data = tmp_path / "data"
        words = ["import", str(town.events), "--data", str(data), "--yes"]
        running = subprocess.Popen(
            [*COMMAND, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        log = data / "log.db-wal"
        ends = time.monotonic() + 120
        while time.monotonic() < ends and not (log.is_file() and log.stat().st_size > 1_000_000):
            time.sleep(0.05)
        time.sleep(0.5)
        assert running.poll() is None, "it was done before it could be killed"
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        hamsafar(*words)
        status = hamsafar("status", "--data", str(data))
        assert status["stored"] == town.counts.unique
        assert status["people"] == town.counts.people
        assert status["lag_events"] == 0
