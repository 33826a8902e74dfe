"""Doing what was asked: unmerge, replay, discard, erase, compact, backup.

Quick jobs are done between two batches. Long ones run beside the river and ask it for each step
that touches what it holds in memory, so that it flows on meanwhile.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from hamsafar.access.services.jobs import Jobs
from hamsafar.access.types import Job, JobKind
from hamsafar.collect import QuarantineDesk
from hamsafar.identity import IdentityService
from hamsafar.identity.types import Severance
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, HamsafarError, Retriable
from hamsafar.storage.errors import DiskBroken
from hamsafar.storage.ports import Database
from hamsafar.worker.between import Between, Stopping
from hamsafar.worker.history import History
from hamsafar.worker.replay import Replay

Args = Mapping[str, object]
Progress = Callable[[int, int], None]
QUICK: Final = frozenset({JobKind.SEVER, JobKind.MEND, JobKind.DISCARD})
LONG: Final = frozenset(JobKind) - QUICK
_log = logging.getLogger(__name__)


class Eraser(Protocol):
    """Removes every trace of a person."""

    def erase(self, person: int, progress: Progress, *, resumed: bool) -> dict[str, object]:
        """Erase and return what was removed where.

        Args:
            person: whom.
            progress: is told before anything is removed.
            resumed: an earlier worker died after that: finish, even if the person is gone already.

        Raises:
            NotFound: no such person.
        """
        ...

    def erase_nodes(
        self, nodes: Collection[int], progress: Progress, *, resumed: bool
    ) -> dict[str, object]:
        """Erase identifiers, whoever else is joined to them, as `erase` does."""
        ...


class Keeper(Protocol):
    """Writes backups."""

    def backup(self, to: Path, progress: Progress, *, job: str) -> dict[str, object]:
        """Write a consistent copy of everything into a new folder and return what it holds.

        The same `job` again finds its backup done, or begins it anew.
        """
        ...


class Compactor(Protocol):
    """Tidies the history."""

    def compact(self) -> bool:
        """Do one bounded step; return False when there is nothing to do."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What jobs are done with.

    Attributes:
        steady: held by an erasure: nobody may change by hand who is who meanwhile.
    """

    database: Database
    identity: IdentityService
    desk: QuarantineDesk
    replay: Replay
    history: History
    eraser: Eraser
    keeper: Keeper
    compactor: Compactor
    between: Between
    steady: Lock
    clock: Clock


class JobRunner:
    """Takes one job at a time; a job that raises is failed with its reason, never lost."""

    def __init__(self, jobs: Jobs, hands: Hands, kinds: Collection[JobKind] = LONG) -> None:
        self._jobs = jobs
        self._hands = hands
        self._kinds = kinds
        self._not_before = 0.0
        self._verbs: dict[JobKind, Callable[[Job, Args, Progress], dict[str, object]]] = {
            JobKind.SEVER: self._sever,
            JobKind.MEND: self._mend,
            JobKind.REPLAY: self._replay,
            JobKind.DISCARD: self._discard,
            JobKind.ERASE: self._erase,
            JobKind.COMPACT: self._compact,
            JobKind.BACKUP: self._backup,
        }

    def recover(self) -> int:
        """Queue again what a dead worker left half done; return how many."""
        return self._jobs.recover()

    def step(self) -> bool:
        """Do the oldest queued job; return whether there was one to do now.

        A passing fault leaves it in the queue: an erasure that stopped halfway must end.

        Raises:
            DiskBroken: a write to disk failed; this process must end.
        """
        if time.monotonic() < self._not_before or self._must_wait():
            return False
        job = self._jobs.take(self._kinds)
        return job is not None and self._do(job)

    def _must_wait(self) -> bool:
        """Return whether an erasure is under way, whose person nobody may cut or join by hand.

        Asked and acted upon in the river's thread, where the erasure's own first step comes after.
        """
        return JobKind.SEVER in self._kinds and self._hands.steady.locked()

    def _do(self, job: Job) -> bool:
        try:
            result = self._verbs[job.kind](job, _args(job), self._progress(job))
        except DiskBroken:
            raise
        except Retriable as error:
            self._put_back(job, error)
            return False
        except Exception as error:
            if self._hands.between.is_ending:
                # The stores are being closed under it: that is no fault of the job.
                raise
            self._fail(job, error)
        else:
            with self._hands.database.write() as tx:
                self._jobs.finish(tx, job.id, json.dumps(result))
        return True

    def _put_back(self, job: Job, error: Retriable) -> None:
        self._jobs.put_back(job.id)
        self._not_before = time.monotonic() + error.after.total_seconds()
        if not isinstance(error, Stopping):
            _log.warning("job %s (%s) is tried again: %s", job.id, job.kind, error.detail)

    def _fail(self, job: Job, error: Exception) -> None:
        if isinstance(error, HamsafarError):
            self._jobs.fail(job.id, error.detail)
            return
        self._jobs.fail(job.id, f"{type(error).__name__}; see the worker's log")
        _log.error("job %s (%s) failed", job.id, job.kind, exc_info=error)

    def _progress(self, job: Job) -> Progress:
        def tell(done: int, todo: int) -> None:
            if self._hands.between.is_ending:
                raise Stopping
            with self._hands.database.write() as tx:
                self._jobs.progress(tx, job.id, done=done, todo=todo)

        return tell

    def _sever(self, _job: Job, args: Args, _: Progress) -> dict[str, object]:
        cut = Severance(
            id=str(args["severance"]),
            a=_whole(args, "a"),
            b=_whole(args, "b"),
            made_at=self._hands.clock.now_us(),
            made_by=str(args.get("by", "")),
            reason=str(args.get("reason", "")),
        )
        with self._hands.database.write() as tx:
            moved = self._hands.identity.sever(tx, cut)
        return {"moved": len(moved.changes), "still_joined": moved.still_joined}

    def _mend(self, _job: Job, args: Args, _: Progress) -> dict[str, object]:
        with self._hands.database.write() as tx:
            moved = self._hands.identity.rejoin(
                tx, str(args["severance"]), by=str(args.get("by", ""))
            )
        return {"moved": len(moved.changes), "joined": moved.still_joined}

    def _replay(self, _job: Job, args: Args, progress: Progress) -> dict[str, object]:
        fix = args.get("fix")
        text = json.dumps(fix) if isinstance(fix, dict) else str(fix or "")
        done = self._hands.replay.run(self._chosen(args), text, progress)
        return {"stored": done.stored, "duplicates": done.duplicates, "refused": done.refused}

    def _discard(self, _job: Job, args: Args, _: Progress) -> dict[str, object]:
        return {"discarded": self._hands.desk.discard(self._chosen(args))}

    def _chosen(self, args: Args) -> list[int]:
        ids = args.get("ids")
        if isinstance(ids, list) and ids:
            return [int(item) for item in ids]
        return self._hands.desk.open_ids(str(args.get("reason") or ""))

    def _erase(self, job: Job, args: Args, progress: Progress) -> dict[str, object]:
        resumed = job.done > 0
        nodes = args.get("nodes")
        with self._hands.steady:
            if isinstance(nodes, list):
                numbers = [int(node) for node in nodes]
                return self._hands.eraser.erase_nodes(numbers, progress, resumed=resumed)
            return self._hands.eraser.erase(_whole(args, "person"), progress, resumed=resumed)

    def _compact(self, _job: Job, _args: Args, progress: Progress) -> dict[str, object]:
        hands = self._hands
        hands.between.do(lambda: hands.history.step(force=True))
        steps = 0
        while hands.compactor.compact():
            steps += 1
            progress(steps, 0)
        return {"steps": steps}

    def _backup(self, job: Job, args: Args, progress: Progress) -> dict[str, object]:
        return self._hands.keeper.backup(Path(str(args["to"])), progress, job=job.id)


def _args(job: Job) -> dict[str, object]:
    found = json.loads(job.args or "{}")
    return found if isinstance(found, dict) else {}


def _whole(args: Args, name: str) -> int:
    try:
        return int(str(args[name]))
    except (KeyError, ValueError):
        raise BadInput(f"{name} must be a whole number", where=name) from None
