"""What the processes behind `hamsafar up` share. They load fast: a restart must be short."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from hamsafar.cli import lifeline

EXIT_LOG_BROKEN = 74
"""EX_IOERR: a sync of the log failed. The whole service stops, loudly."""

EXIT_DISK_BROKEN = 71
"""EX_OSERR: another file could not be written; a new process starts from what is on disk."""

LOG_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


@dataclass(frozen=True, slots=True)
class Order:
    """What a child process is told: data folder, host, and the listening socket's descriptor."""

    data: Path
    host: str
    fd: int


def child_order() -> Order:
    """Begin as a child process: end with the supervisor, log, and return what we are told."""
    parser = ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--fd", type=int, default=-1)
    told = parser.parse_args()
    lifeline.hold()
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    return Order(told.data, told.host, told.fd)
