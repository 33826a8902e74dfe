"""Watches a running process with strace: which sync came before which answer, and failing syncs."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

READS = "read,readv,recvfrom,recvmsg"
SYNCS = "fsync,fdatasync"
WRITES = "write,writev,sendto,sendmsg"

_CALL = re.compile(r"^(\d+) +[\d.]+ (\w+)\((\d+)<(.*?)>(?:[,)]| <unf)")
_RESUMED = re.compile(r"^(\d+) +[\d.]+ <\.\.\. (\w+) resumed>")


@contextmanager
def traced(pid: int, out: Path, *options: str) -> Iterator[None]:
    """Trace a process and all its threads for a while."""
    calls = f"trace={READS},{SYNCS},{WRITES}"
    tracer = subprocess.Popen(
        [
            "strace",
            "-f",
            "-y",
            "-ttt",
            "-s",
            "64",
            "-e",
            calls,
            *options,
            "-o",
            out,
            "-p",
            str(pid),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    try:
        assert "attached" in tracer.stderr.readline()
        yield
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        try:
            tracer.wait(5)
        except subprocess.TimeoutExpired:
            # It sometimes waits for ever for threads of a process that is gone.
            tracer.kill()
            tracer.wait(20)
        tracer.stderr.close()


class Acks(NamedTuple):
    """Answers with 200 that were seen, and those of them no sync stood before."""

    seen: int
    unsynced: list[str]


def acks(trace: Path, *, log_name: str = "log.db") -> Acks:
    """Return every 200, and whether a sync of the log began after its request was read.

    A sync counts when it began after the request's last bytes were read from the same socket and
    succeeded before the answer was written to it.
    """
    request_read_at: dict[str, int] = {}
    open_calls: dict[str, tuple[str, str, int]] = {}
    synced_since = -1
    seen = 0
    unsynced: list[str] = []
    for number, line in enumerate(trace.read_text(errors="replace").splitlines()):
        name, where, began = _call(line, number, open_calls)
        if not name:
            continue
        result = line.rpartition(" = ")[2]
        if name in READS.split(",") and "socket:" in where and result[:1] not in {"-", "0"}:
            request_read_at[where] = number
        elif name in SYNCS.split(",") and log_name in where and result.startswith("0"):
            synced_since = max(synced_since, began)
        elif name in WRITES.split(",") and "HTTP/1.1 200" in line:
            seen += 1
            if synced_since < request_read_at.get(where, number):
                unsynced.append(line)
    return Acks(seen, unsynced)


def _call(
    line: str, number: int, open_calls: dict[str, tuple[str, str, int]]
) -> tuple[str, str, int]:
    """Return (call, file it works on, line where it began) of a finished call, else empty."""
    if found := _RESUMED.match(line):
        return open_calls.pop(found.group(1), ("", "", 0))
    found = _CALL.match(line)
    if not found:
        return "", "", 0
    pid, name, descriptor, path = found.groups()
    call = (name, f"{descriptor}<{path}>", number)
    if line.endswith("<unfinished ...>") and not name.startswith(("write", "send")):
        open_calls[pid] = call
        return "", "", 0
    return call
