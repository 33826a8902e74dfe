"""A whole `hamsafar up` on a data folder of its own, run as people run it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

HAMSAFAR = (sys.executable, "-m", "hamsafar.cli")
PATIENCE_S = 90


@dataclass
class Deployment:
    """A running deployment.

    Attributes:
        data: its data folder.
        url: where it listens.
        write_key: of its first source.
        api_token: a token that may read.
        process: its supervisor.
    """

    data: Path
    url: str
    write_key: str
    api_token: str
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def status(self) -> dict[str, int]:
        """Return what `hamsafar status --json` says."""
        found: dict[str, int] = json.loads(command("status", "--data", str(self.data), "--json"))
        return found

    def settled(self) -> dict[str, int]:
        """Return the status once the pipeline has no lag."""
        until = time.monotonic() + PATIENCE_S
        while True:
            found = self.status()
            if found["lag_events"] == 0 or time.monotonic() > until:
                return found
            time.sleep(0.2)


def command(*arguments: str) -> str:
    """Run a sub-command and return its standard output."""
    ran = subprocess.run(
        [*HAMSAFAR, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@contextmanager
def deployment(data: Path) -> Iterator[Deployment]:
    """Make a data folder, run `hamsafar up` on it, and stop it in order at the end."""
    made = json.loads(command("init", "--data", str(data), "--json"))
    with up_again(data, made["write_key"], made["api_token"]) as running:
        yield running


@contextmanager
def up_again(data: Path, write_key: str, api_token: str) -> Iterator[Deployment]:
    """Run `hamsafar up` on a data folder that is there, and stop it in order at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    said = data.with_suffix(".log")
    with said.open("ab") as output:
        process = subprocess.Popen(
            [*HAMSAFAR, "up", "--data", str(data), "--port", str(port)],
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    try:
        _wait_until_ready(url, process, said)
        yield Deployment(data, url, write_key, api_token, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/healthz", timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("hamsafar up did not get ready:\n" + said.read_text(errors="replace"))
