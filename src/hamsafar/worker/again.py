"""Erasing again, after a restore, whom the backup still knows."""

from __future__ import annotations

import json

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.kernel.errors import HamsafarError
from hamsafar.wiring.build import Hamsafar
from hamsafar.wiring.erasures import Due
from hamsafar.worker.build import build_worker

AT_ONCE = 10_000


def erase_again(hamsafar: Hamsafar, due: Due) -> int:
    """Erase what is due from a restored folder nobody else has open; return how many people.

    The restored log is worked through first: it too may bring somebody back.

    Raises:
        HamsafarError: it could not be done, in words; run the restore again.
    """
    hamsafar.erasures.merge(due.entries)
    if not due.entries:
        return 0
    worker = build_worker(hamsafar)
    worker.begin()
    worker.drain()
    nodes = _mentioned(hamsafar, due)
    if not nodes:
        return 0
    people = len(set(hamsafar.identity.persons_of(nodes).values()))
    entry = AuditEntry(
        action="person.erase",
        subject_kind="people",
        subject="",
        purpose="erased before, restored from a backup",
        detail=f"{people} people",
    )
    args = json.dumps({"nodes": nodes})
    job = hamsafar.access.jobs.ask(local_caller("restore"), JobKind.ERASE, args, entry)
    worker.do_jobs()
    ended = hamsafar.access.jobs.get(job.id)
    if ended.state is not JobState.DONE:
        raise HamsafarError(ended.error or "the erasure did not end", where="erasures")
    return people


def _mentioned(hamsafar: Hamsafar, due: Due) -> list[int]:
    found: list[int] = []
    after = 0
    while page := hamsafar.identity.marks(after, AT_ONCE):
        found += [node for node, identifier in page if due.mentions(identifier)]
        after = page[-1][0]
    return found
