"""The log says "on disk" first and writes a little later."""

import threading

from hamsafar.engines.sqlite_log import SqliteLog

append = SqliteLog.append


def eager(self, lane, records):
    threading.Timer(0.1, append, (self, lane, records)).start()
    return []


SqliteLog.append = eager
