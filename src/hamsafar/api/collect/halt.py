"""The end of a process whose log cannot be trusted any more."""

from __future__ import annotations

import logging
import os
from typing import NoReturn

EXIT_LOG_BROKEN = 74
"""EX_IOERR of sysexits.h."""


def halt(error: BaseException) -> NoReturn:
    """Log why, and end the process at once, without letting any request be answered.

    After a failed sync the operating system may have thrown the data away and marked it clean: a
    second try would "succeed" and lose it. So nothing is tried; the supervisor starts a new
    process, which reads what is really on disk.
    """
    logging.getLogger("hamsafar.collect").critical(
        "the event log is broken, the process ends: %s: %s", type(error).__name__, error
    )
    logging.shutdown()
    os._exit(EXIT_LOG_BROKEN)
