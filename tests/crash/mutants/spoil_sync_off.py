"""The log commits without a sync."""

import hamsafar.engines.sqlite_log as module

module.SYNCHRONOUS = "OFF"
