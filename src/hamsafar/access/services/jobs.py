"""Jobs: what the API asks the worker to do, and how far it is."""

from __future__ import annotations

from collections.abc import Collection

from hamsafar.access import store
from hamsafar.access.rows import job_of
from hamsafar.access.services.audit import append
from hamsafar.access.types import AuditEntry, Caller, Job, JobId, JobKind, JobState
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database, Tx

MAX_DEATHS = 5
ALL_KINDS = frozenset(JobKind)
_DIED = "workers that died on it: "


class Jobs:
    """The queue between those who ask and the worker."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(self, by: Caller, kind: JobKind, args: str, entry: AuditEntry) -> Job:
        """Return a new job in the queue; `entry` tells the audit what was asked for."""
        now, job_id = self._clock.now_us(), JobId(uuid7())
        with self._database.write() as tx:
            tx.run(
                store.ADD_JOB,
                {
                    "id": job_id,
                    "kind": kind,
                    "args": args,
                    "requested_by": by.actor,
                    "now": now,
                },
            )
            append(tx, now, by.actor, entry)
            return _job(tx, job_id)

    def get(self, job_id: JobId) -> Job:
        """Return a job.

        Raises:
            NotFound: no such job.
        """
        with self._database.read() as tx:
            return _job(tx, job_id)

    def backups(self) -> tuple[str, ...]:
        """Return the arguments of every backup that was made."""
        with self._database.read() as tx:
            return tuple(str(args) for (args,) in tx.rows(store.BACKUPS))

    def recover(self) -> int:
        """Put jobs a dead worker left running back into the queue; return how many.

        A job on which workers die again and again is failed instead: it would stop everything.
        """
        requeued = 0
        with self._database.write() as tx:
            for found, error in tx.rows(store.RUNNING_JOBS):
                job_id = JobId(str(found))
                deaths = 1 + int(str(error).removeprefix(_DIED) or 0)
                if deaths >= MAX_DEATHS:
                    message = f"{deaths} workers died on it; the journal says why"
                    self._end(tx, job_id, JobState.FAILED, "{}", message)
                    continue
                tx.run(store.REQUEUE_JOB, {"id": job_id, "error": f"{_DIED}{deaths}"})
                requeued += 1
        return requeued

    def take(self, kinds: Collection[JobKind] = ALL_KINDS) -> Job | None:
        """Return the oldest queued job of these kinds, now running, None when there is none."""
        wanted = dict(zip(store.JOB_KINDS, sorted(kinds), strict=False))
        asked = dict.fromkeys(store.JOB_KINDS, "") | wanted
        with self._database.read() as tx:
            if not tx.rows(store.NEXT_JOB, asked):
                return None
        with self._database.write() as tx:
            rows = tx.rows(store.NEXT_JOB, asked)
            if not rows:
                return None
            job = job_of(rows[0])
            params: dict[str, str | int] = {"id": job.id, "now": self._clock.now_us()}
            return _job(tx, job.id) if tx.run(store.START_JOB, params) == 1 else None

    def put_back(self, job_id: JobId) -> None:
        """Put a running job back into the queue: it could not be ended now."""
        with self._database.write() as tx:
            tx.run(store.PUT_BACK_JOB, {"id": job_id})

    def progress(self, tx: Tx, job_id: JobId, *, done: int, todo: int) -> None:
        """Tell how far a running job is, in the transaction of its work."""
        tx.run(store.MOVE_JOB, {"id": job_id, "done": done, "todo": todo})

    def finish(self, tx: Tx, job_id: JobId, result: str = "{}") -> None:
        """End a job well, in the transaction of its work; `result` is a JSON object."""
        self._end(tx, job_id, JobState.DONE, result, "")

    def fail(self, job_id: JobId, error: str) -> None:
        """End a job that could not be done, with the reason in words."""
        with self._database.write() as tx:
            self._end(tx, job_id, JobState.FAILED, "{}", error)

    def _end(self, tx: Tx, job_id: JobId, state: JobState, result: str, error: str) -> None:
        params = {"id": job_id, "state": state, "result": result, "error": error}
        tx.run(store.FINISH_JOB, {**params, "now": self._clock.now_us()})


def _job(tx: Tx, job_id: JobId) -> Job:
    rows = tx.rows(store.JOB, {"id": job_id})
    if not rows:
        raise NotFound("no such job", where="id")
    return job_of(rows[0])
