"""`hamsafar up`: keeps one API process and one worker process running on one data folder."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hamsafar.cli.child import EXIT_LOG_BROKEN
from hamsafar.cli.hang import Hang
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.settings import Settings
from hamsafar.worker.build import MARK

GRACE_S = 20.0
BACKLOG = 2048
_OFTEN, _OFTEN_S, _PAUSE_S = 4, 10.0, 1.0
"""A child started this often in this time waits a little before its next start."""
_CHECK_S = 0.05
_log = logging.getLogger(__name__)


@dataclass
class _Child:
    name: str
    command: list[str]
    fds: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)
    ended_at: float = 0.0

    def start(self) -> None:
        self.starts = [*self.starts[-4:], time.monotonic()]
        self.ended_at = 0.0
        # The child ends itself when this pipe closes: it never outlives its supervisor.
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            self.command, stdin=subprocess.PIPE, pass_fds=self.fds, start_new_session=True
        )

    def ended(self) -> int | None:
        """Return its exit code, None while it runs."""
        code = self.process.poll() if self.process is not None else 0
        if code is not None and not self.ended_at:
            self.ended_at = time.monotonic()
            _log.warning("%s ended with %s; starting it again", self.name, code)
        return code

    def is_due(self) -> bool:
        """Return whether to start it again: at once, unless it dies again and again."""
        lately = [at for at in self.starts if self.ended_at - at < _OFTEN_S]
        pause_s = 0.0 if len(lately) < _OFTEN else _PAUSE_S
        return time.monotonic() - self.ended_at >= pause_s


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
        self._hang = Hang(settings.data / MARK, settings.stuck_after.total_seconds())

    def run(self, on_tick: Callable[[], None] | None = None) -> int:
        """Run until told to stop; return the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        children = (self._worker, self._api)
        for child in children:
            self._start(child)
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
            ended = child.ended()
            if ended is None or self._stopping:
                continue
            if ended == EXIT_LOG_BROKEN:
                _log.critical("the log's disk failed; stopping")
                return EXIT_LOG_BROKEN
            if child.is_due():
                self._start(child)
        worker = self._worker.process
        if worker is not None and worker.returncode is None and self._hang.is_there(worker.pid):
            _log.error("the worker hangs on one batch; ending it")
            worker.kill()
            worker.wait()
        return 0

    def _start(self, child: _Child) -> None:
        if child is self._worker:
            self._hang.forget()
        child.start()

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
