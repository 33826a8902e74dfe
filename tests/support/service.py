"""The real `hamsafar up` as a process tree to be hurt: started, found, killed, measured, stopped."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pysqlite3.dbapi2 as sqlite

ROOT = Path(__file__).parents[2]
MUTANTS = ROOT / "tests" / "crash" / "mutants"
PATIENCE_S = 90.0
BEAT = "SELECT at FROM heartbeat WHERE process = 'worker'"


@dataclass
class Service:
    """One data folder and the `hamsafar up` on it, which comes and goes.

    Attributes:
        data: the data folder.
        mutant: name of a module in `tests/crash/mutants` that spoils the service's processes.
        environ: further environment of the service.
        write_key: of its first source.
        api_token: a token that may read.
        said_at: where its standard error goes; beside the data folder by default.
    """

    data: Path
    mutant: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    write_key: str = ""
    api_token: str = ""
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    said_at: Path | None = None

    def init(self) -> None:
        """Make the data folder, its write key and its token."""
        ran = subprocess.run(
            [sys.executable, "-m", "hamsafar.cli", "init", "--data", str(self.data), "--json"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        made = json.loads(ran.stdout)
        self.write_key, self.api_token = made["write_key"], made["api_token"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def said(self) -> Path:
        """What its processes wrote to their standard error."""
        return self.said_at or self.data.with_name(self.data.name + ".log")

    def start(self) -> float:
        """Start it and wait until it is ready; return the seconds that took."""
        began = time.monotonic()
        paths = [str(MUTANTS)] if self.mutant else []
        if "PYTHONPATH" in os.environ:
            paths.append(os.environ["PYTHONPATH"])
        environ = {
            **os.environ,
            "PYTHONWARNINGS": "ignore",
            "PYTHONPATH": os.pathsep.join(paths),
            "HAMSAFAR_MUTANT": self.mutant,
            **self.environ,
        }
        with self.said.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "hamsafar.cli", "up"),
                    *("--data", str(self.data), "--port", str(self.port)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environ,
                start_new_session=True,
            )
        self.wait_ready()
        return time.monotonic() - began

    def wait_ready(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until /healthz answers 200."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, f"hamsafar up ended: {self.last_words()}"
            if get(self.port, "/healthz", timeout_s=2)[0] == 200:
                return
            time.sleep(0.02)
        raise AssertionError(f"not ready after {patience_s} s: {self.last_words()}")

    def wait_worker(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until the worker has shown, after this moment, that it lives."""
        after = time.time_ns() // 1000
        until = time.monotonic() + patience_s
        while self.beat() <= after:
            assert time.monotonic() < until, f"no heartbeat: {self.last_words()}"
            time.sleep(0.02)

    def beat(self) -> int:
        """Return the worker's last sign of life, µs UTC."""
        return next((int(at) for (at,) in self.rows(BEAT)), 0)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the service's database from beside it."""
        where = f"file:{self.data / 'main.db'}?mode=ro"
        connection = sqlite.connect(where, uri=True, timeout=20)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def pid(self, name: str) -> int | None:
        """Return the process id of `api` or `worker`, None while there is none."""
        assert self.process is not None
        try:
            children = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return None
        for child in children:
            try:
                if f"{name}-process" in child.cmdline():
                    return child.pid
            except psutil.NoSuchProcess:
                continue
        return None

    def kill(self, *names: str) -> list[str]:
        """SIGKILL `api`, `worker`, both, or everything with `up`; return what was there to kill."""
        pids = {name: self.process.pid if name == "up" else self.pid(name) for name in names}
        killed = []
        for name, pid in pids.items():
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                wait_gone(pid)
                killed.append(name)
        if "up" in names:
            self.process.wait(20)
        return killed

    def stop(self) -> int:
        """Stop it in order; return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        return code

    def end(self) -> None:
        """Leave no process behind, however the test went."""
        if self.process is None or self.process.poll() is not None:
            return
        family = [*psutil.Process(self.process.pid).children(recursive=True)]
        self.process.kill()
        self.process.wait(20)
        for one in family:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, 20)

    def settle(self, patience_s: float = PATIENCE_S) -> dict[str, float]:
        """Wait until the pipeline has no lag, or for so long; return the conservation sheet."""
        until = time.monotonic() + patience_s
        while True:
            found = self.sheet()
            if found and (found["lag_events"] == 0 or time.monotonic() > until):
                return found
            assert time.monotonic() < until + PATIENCE_S, self.last_words()
            time.sleep(0.1)

    def sheet(self) -> dict[str, float]:
        """Return what /metrics says of events, empty when it does not answer."""
        status, body = get(self.port, "/metrics", timeout_s=10)
        if status != 200:
            return {}
        found = {"lag_events": 0.0}
        for line in body.decode().splitlines():
            if line.startswith("hamsafar_lag_events{"):
                found["lag_events"] += float(line.rpartition(" ")[2])
            elif line.startswith("hamsafar_events_total{"):
                found[line.split('"')[1]] = float(line.rpartition(" ")[2])
            elif line.startswith("hamsafar_received_total "):
                found["received"] = float(line.rpartition(" ")[2])
        return found

    def last_words(self) -> str:
        """Return the end of what its processes wrote."""
        return self.said.read_text(errors="replace")[-3000:] if self.said.exists() else ""


@contextmanager
def service(
    data: Path, *, mutant: str = "", said_at: Path | None = None, **environ: str
) -> Iterator[Service]:
    """A running service on a fresh folder; nothing of it is left at the end."""
    it = Service(data, mutant=mutant, environ=environ, said_at=said_at)
    it.init()
    try:
        it.start()
        yield it
    finally:
        it.end()


def get(port: int, path: str, *, token: str = "", timeout_s: float = 10) -> tuple[int, bytes]:
    """GET from a local server; status 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def wait_gone(pid: int, patience_s: float = 20) -> None:
    """Wait until a process has ended (its parent may not have noticed yet)."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(0.005)
    raise AssertionError(f"process {pid} does not end")


def victims(rng: random.Random) -> tuple[str, ...]:
    """Choose who is killed next: mostly one of the two, sometimes both, sometimes everything."""
    return rng.choices(
        [("api",), ("worker",), ("api", "worker"), ("up", "api", "worker")], [4, 4, 2, 1]
    )[0]
