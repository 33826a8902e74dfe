"""The worker process behind `hamsafar up`. Started by the supervisor, not by people."""

from __future__ import annotations

import logging
import os
import signal
from threading import Event, Thread
from typing import NoReturn

from hamsafar.cli.child import EXIT_DISK_BROKEN, EXIT_LOG_BROKEN, child_order
from hamsafar.storage.errors import DiskBroken, LogBroken
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.build import build_herald, build_worker

HERALD_GRACE_S = 3.0
_log = logging.getLogger(__name__)


def main() -> None:
    """Run the worker until SIGTERM."""
    order = child_order()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(read_settings(order.data, host=order.host)) as hamsafar:
        _run(hamsafar, stop)


def _run(hamsafar: Hamsafar, stop: Event) -> None:
    # Kernels come first: compiled inside a batch they would look like a batch that hangs.
    hamsafar.store.warm()
    herald = Thread(target=build_herald(hamsafar).run, args=(stop,), daemon=True, name="herald")
    herald.start()
    try:
        has_ended = build_worker(hamsafar).run(stop)
    except DiskBroken as error:
        _halt(error)
    herald.join(HERALD_GRACE_S)
    if not has_ended:
        # A long copy is under way in its thread; the next worker begins it anew.
        _log.warning("long work was cut off; it is begun again at the next start")
        logging.shutdown()
        os._exit(0)


def _halt(error: DiskBroken) -> NoReturn:
    """End the process at once: what a kernel could not sync it may call clean afterwards."""
    _log.critical("the disk failed, the process ends: %s", error)
    logging.shutdown()
    os._exit(EXIT_LOG_BROKEN if isinstance(error, LogBroken) else EXIT_DISK_BROKEN)
