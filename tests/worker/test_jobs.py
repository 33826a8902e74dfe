"""How jobs end that could not be done at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Lock

import pytest

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.kernel.errors import HamsafarError, Retriable
from hamsafar.storage.errors import DiskBroken
from hamsafar.worker.between import Between
from hamsafar.worker.jobs import Hands, JobRunner, Progress
from tests.support.river import River, river

ASKED = AuditEntry(action="person.erase", subject_kind="person", subject="1")


class Stumbling:
    """An eraser that fails in the middle at first, as one beside a long reader."""

    def __init__(self, first: HamsafarError) -> None:
        self._first: HamsafarError | None = first
        self.resumed: list[bool] = []

    def erase(self, person: int, progress: Progress, *, resumed: bool) -> dict[str, object]:
        """Fail once, then do it."""
        self.resumed.append(resumed)
        progress(1, 5)
        if self._first is not None:
            first, self._first = self._first, None
            raise first
        return {"identifiers": person}


def _runner(water: River, eraser: Stumbling) -> JobRunner:
    # Of all hands an erasure takes only these.
    known = dict.fromkeys(Hands.__dataclass_fields__)
    here = {"between": Between(), "steady": Lock()}
    hands = Hands(**{**known, **here, "database": water.hamsafar.database, "eraser": eraser})
    return JobRunner(water.hamsafar.access.jobs, hands)


def _ask(water: River) -> str:
    jobs = water.hamsafar.access.jobs
    return jobs.ask(local_caller("test"), JobKind.ERASE, '{"person": 1}', ASKED).id


class TestStep:
    """JobRunner.step."""

    def test_a_passing_fault_leaves_the_job_in_the_queue(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            job = _ask(water)
            eraser = Stumbling(Retriable("a reader", after=timedelta(0)))
            runner = _runner(water, eraser)
            assert not runner.step()
            assert water.hamsafar.access.jobs.get(job).state is JobState.QUEUED
            assert runner.step()
            assert water.hamsafar.access.jobs.get(job).state is JobState.DONE
            assert eraser.resumed == [False, True]

    def test_it_waits_before_it_tries_again(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            _ask(water)
            eraser = Stumbling(Retriable("a reader", after=timedelta(hours=1)))
            runner = _runner(water, eraser)
            assert not runner.step()
            assert not runner.step()
            assert eraser.resumed == [False]

    def test_a_failed_write_ends_the_worker_and_the_next_goes_on(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            job = _ask(water)
            runner = _runner(water, Stumbling(DiskBroken("a sync failed")))
            with pytest.raises(DiskBroken):
                runner.step()
            assert runner.recover() == 1
            assert runner.step()
            assert water.hamsafar.access.jobs.get(job).state is JobState.DONE
