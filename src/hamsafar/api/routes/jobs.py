"""Jobs: what the worker was asked to do."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from hamsafar.access.types import Job, JobId
from hamsafar.api.gate import Known
from hamsafar.api.models.access import JobShape
from hamsafar.api.models.base import Key
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none
from hamsafar.kernel.errors import NotFound

router = APIRouter(tags=["jobs"])


@router.get("/api/jobs/{job}")
def get_job(job: Key, caller: Known, services: Parts) -> JobShape:
    """Return how far a job is: one's own, or any for those who may read the audit."""
    found = services.access.jobs.get(JobId(job))
    if found.requested_by != caller.actor and "audit.read" not in caller.permissions:
        raise NotFound("no such job", where="job")
    return _job(found)


def _job(job: Job) -> JobShape:
    return JobShape(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        todo=job.todo,
        result=msgspec.json.decode(job.result),
        error=job.error,
        created_at=iso(job.created_at),
        finished_at=iso_or_none(job.finished_at),
    )
