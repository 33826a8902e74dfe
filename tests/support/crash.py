"""Writers to be killed: each acknowledges on its standard output what is durable by then."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

APPENDER = """
import os, sys
from pathlib import Path
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.errors import LogBroken, LogFull
from hamsafar.storage.types import Lane
log = SqliteLog(Path(sys.argv[1]))
size = int(sys.argv[2])
for number in range(int(sys.argv[3])):
    try:
        log.append(Lane.LIVE, [(b"%08d" % number + os.urandom(size), 1)])
    except LogBroken:
        os.write(1, b"broken\\n")
        os._exit(3)
    except LogFull:
        os.write(1, b"full\\n")
        break
    os.write(1, b"ack %d\\n" % number)
os.write(1, b"done\\n")
sys.stdin.readline()
"""

COMMITTER = """
import os, sys
from pathlib import Path
from hamsafar.engines.sql import open_database
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DiskBroken
from hamsafar.storage.types import Column, Kind, Statement, Upsert
database = open_database(sys.argv[1])
database.migrate()
size = int(sys.argv[2])
into = Upsert("activity", (Column("node", Kind.INT), Column("state", Kind.BYTES)), ("node",))
last = Statement("last", "SELECT coalesce(max(node), 0) FROM activity")
with database.read() as tx:
    number = tx.rows(last)[0][0]
for number in range(number + 1, number + 1 + int(sys.argv[3])):
    try:
        with database.write() as tx:
            tx.upsert(into, [(number, os.urandom(size))])
    except DiskBroken:
        os.write(1, b"broken\\n")
        os._exit(3)
    except Retriable:
        os.write(1, b"full\\n")
        break
    os.write(1, b"ack %d\\n" % number)
os.write(1, b"done\\n")
sys.stdin.readline()
"""


MUTANT = """
import hamsafar.engines.sql.sqlite as database_module
import hamsafar.engines.sqlite_log as log_module
database_module.SYNCHRONOUS = log_module.SYNCHRONOUS = "OFF"
"""
"""Put before a script: acknowledges without syncing. A test that does not notice is no test."""


class Writer:
    """A running writer, and what it has said so far."""

    def __init__(self, script: str, *args: object, prefix: tuple[str, ...] = ()) -> None:
        self.process = start(script, *args, prefix=prefix)
        self._said: list[bytes] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def acks(self) -> list[int]:
        """The numbers it has acknowledged until now."""
        return acks(b"".join(self._said))

    def wait_for_acks(self, count: int) -> None:
        """Wait until it has acknowledged `count` times, or ended."""
        while len(self.acks()) < count and self._thread.is_alive():
            time.sleep(0.01)

    def kill(self) -> None:
        """Kill it, and hear its last words."""
        self.process.kill()
        self.process.wait(30)
        self._thread.join(30)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def _listen(self) -> None:
        while line := self.process.stdout.readline():
            self._said.append(line)


def start(script: str, *args: object, prefix: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a writer."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", script, *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )


def acks(output: bytes) -> list[int]:
    """The numbers a writer acknowledged."""
    return [int(line[4:]) for line in output.splitlines() if line.startswith(b"ack ")]


def strace() -> str | None:
    """The path of a strace that may trace our children, or None."""
    program = shutil.which("strace")
    if program is None:
        return None
    trial = subprocess.run([program, "-o", os.devnull, "true"], capture_output=True, check=False)
    return program if trial.returncode == 0 else None
