"""Work asked of the worker: unmerge, replay, erase, compact. A row each, done in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import Row, Statement

Json = dict[str, object]


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work.

    Attributes:
        kind: which handler does it.
        args, result: JSON objects.
        done, todo: progress, in the handler's own unit; todo 0 while unknown.
        error: why it failed, in words.
    """

    id: str
    kind: str
    args: Json
    state: JobState
    done: int
    todo: int
    result: Json
    error: str
    requested_by: str


_COLUMNS = "id, kind, args, state, done, todo, result, error, requested_by"
_ADD = Statement(
    "jobs.add",
    """INSERT INTO job (id, kind, args, state, done, todo, result, error, requested_by, created_at)
    VALUES (:id, :kind, :args, 'queued', 0, 0, '{}', '', :by, :at)""",
)
_GET = Statement("jobs.get", f"SELECT {_COLUMNS} FROM job WHERE id = :id")  # noqa: S608  constant
_NEXT = Statement(
    "jobs.next",
    f"SELECT {_COLUMNS} FROM job WHERE state IN ('queued', 'running') "  # noqa: S608  constant
    "ORDER BY created_at, id LIMIT 1",
)
_START = Statement(
    "jobs.start", "UPDATE job SET state = 'running', started_at = :at WHERE id = :id"
)
_PROGRESS = Statement("jobs.progress", "UPDATE job SET done = :done, todo = :todo WHERE id = :id")
_END = Statement(
    "jobs.end",
    """UPDATE job SET state = :state, result = :result, error = :error, args = :args,
    finished_at = :at WHERE id = :id""",
)
FORGOTTEN_ARGS = "{}"


class Jobs:
    """The queue. The API adds, the worker takes; both look."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, kind: str, args: Json, *, by: str) -> Job:
        """Queue a piece of work and return it."""
        with self._database.write() as tx:
            return self.add_in(tx, kind, args, by=by)

    def add_in(self, tx: Tx, kind: str, args: Json, *, by: str) -> Job:
        """Queue a piece of work in the caller's transaction."""
        job_id = uuid7()
        params = {"id": job_id, "kind": kind, "args": json.dumps(args), "by": by}
        tx.run(_ADD, {**params, "at": self._clock.now_us()})
        return _job(tx.rows(_GET, {"id": job_id})[0])

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFound: no such job.
        """
        with self._database.read() as tx:
            rows = tx.rows(_GET, {"id": job_id})
        if not rows:
            raise NotFound(f"there is no job {job_id}", where="job")
        return _job(rows[0])

    def take(self) -> Job | None:
        """Return the oldest unfinished job, marked running; one found running died half-way."""
        with self._database.read() as tx:
            rows = tx.rows(_NEXT)
        if not rows:
            return None
        job = _job(rows[0])
        with self._database.write() as tx:
            tx.run(_START, {"id": job.id, "at": self._clock.now_us()})
        return job

    def progress(self, job_id: str, done: int, todo: int) -> None:
        """Note how far a job is."""
        with self._database.write() as tx:
            tx.run(_PROGRESS, {"id": job_id, "done": done, "todo": todo})

    def finish(self, job: Job, result: Json, *, forget_args: bool = False) -> None:
        """Mark a job done; `forget_args` drops its arguments (they named an erased person)."""
        self._end(job, JobState.DONE, json.dumps(result), "", forget_args=forget_args)

    def fail(self, job: Job, why: str) -> None:
        """Mark a job failed."""
        self._end(job, JobState.FAILED, "{}", why, forget_args=False)

    def _end(
        self, job: Job, state: JobState, result: str, error: str, *, forget_args: bool
    ) -> None:
        args = FORGOTTEN_ARGS if forget_args else json.dumps(job.args)
        params = {"id": job.id, "state": state.value, "result": result, "error": error}
        with self._database.write() as tx:
            tx.run(_END, {**params, "args": args, "at": self._clock.now_us()})


def _job(row: Row) -> Job:
    job_id, kind, args, state, done, todo, result, error, by = row
    return Job(
        id=str(job_id),
        kind=str(kind),
        args=json.loads(str(args)),
        state=JobState(str(state)),
        done=int(done or 0),
        todo=int(todo or 0),
        result=json.loads(str(result)),
        error=str(error),
        requested_by=str(by),
    )
