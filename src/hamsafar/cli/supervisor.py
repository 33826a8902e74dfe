"""`hamsafar up`: keeps one API process and one worker process running on one data folder."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.settings import Settings
from hamsafar.worker.attempts import Attempts

EXIT_LOG_BROKEN = 74
"""EX_IOERR: a sync of the log failed. The whole service stops, loudly."""
GRACE_S = 20.0
STUCK_US = 60_000_000
BACKLOG = 2048
_CHECK_S = 0.1
_log = logging.getLogger(__name__)


@dataclass
class _Child:
    name: str
    command: list[str]
    fds: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts = [*self.starts[-4:], time.monotonic()]
        # The child ends itself when this pipe closes: it never outlives its supervisor.
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            self.command, stdin=subprocess.PIPE, pass_fds=self.fds, start_new_session=True
        )

    def delay(self) -> float:
        """Return how long to wait before the next start: none, unless it dies again and again."""
        lately = [at for at in self.starts if time.monotonic() - at < 10.0]
        return 0.0 if len(lately) < 4 else 1.0


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, which the API process inherits across its restarts.

    Raises:
        BadInput: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        message = f"cannot listen on {host}:{port}: {error.strerror}; choose another --port"
        raise BadInput(message, where="--port") from None
    sock.listen(BACKLOG)
    return sock


class Supervisor:
    """Runs the two processes until a signal, or until the log's disk fails."""

    def __init__(self, settings: Settings, sock: socket.socket) -> None:
        base = [sys.executable, "-m", "hamsafar.cli"]
        where = ["--data", str(settings.data), "--host", settings.host]
        fd = sock.fileno()
        self._settings = settings
        self._stopping = False
        self._api = _Child("api", [*base, "api-process", *where, "--fd", str(fd)], (fd,))
        self._worker = _Child("worker", [*base, "worker-process", *where], ())
        self._mark = settings.data / "worker.mark"

    def run(self, on_tick: Callable[[], None] | None = None) -> int:
        """Run until told to stop; return the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        children = (self._worker, self._api)
        for child in children:
            child.start()
        code = 0
        while not self._stopping:
            time.sleep(_CHECK_S)
            code = self._watch(children)
            if code:
                break
            if on_tick is not None:
                on_tick()
        self._end(children)
        return code

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _watch(self, children: tuple[_Child, ...]) -> int:
        """Restart what died; return non-zero when the service must stop."""
        for child in children:
            ended = child.process.poll() if child.process is not None else 0
            if ended is None or self._stopping:
                continue
            if ended == EXIT_LOG_BROKEN:
                _log.critical("the log's disk failed; stopping")
                return EXIT_LOG_BROKEN
            _log.warning("%s ended with %s; starting it again", child.name, ended)
            time.sleep(child.delay())
            child.start()
        self._end_stuck_worker()
        return 0

    def _end_stuck_worker(self) -> None:
        """End a worker that hangs on one event; the next one treats that event with care."""
        process = self._worker.process
        since = _working_since(self._mark)
        if process is not None and since and time.time_ns() // 1000 - since > STUCK_US:
            _log.error("the worker hangs on one batch; ending it")
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def _end(self, children: tuple[_Child, ...]) -> None:
        alive = [c.process for c in children if c.process is not None and c.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + GRACE_S
        for process in alive:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _working_since(mark: Path) -> int:
    if not mark.exists():
        return 0
    attempts = Attempts(mark)
    try:
        return attempts.mark().since
    finally:
        attempts.close()
