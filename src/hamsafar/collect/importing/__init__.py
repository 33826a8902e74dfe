"""Importing: from the rows of a file to events on the bulk lane.

Answers: what does each column mean, when did a row happen, and which row is this (so that it is
never taken twice). Comes in: columns as Arrow batches, or JSON lines. Goes out: log blobs for a
`BulkSink`. Pure: opens no file, asks nobody; that is `hamsafar.cli`'s part.
"""

from hamsafar.collect.importing.guess import Wishes, guess
from hamsafar.collect.importing.ids import Occurrences
from hamsafar.collect.importing.lines import EventLines, ObjectLines
from hamsafar.collect.importing.packing import Packer, Refused
from hamsafar.collect.importing.plan import Plan, Role, describe
from hamsafar.collect.importing.ports import BulkCounts, BulkSink
from hamsafar.collect.importing.rows import Rows

__all__ = [
    "BulkCounts",
    "BulkSink",
    "EventLines",
    "ObjectLines",
    "Occurrences",
    "Packer",
    "Plan",
    "Refused",
    "Role",
    "Rows",
    "Wishes",
    "describe",
    "guess",
]
