"""A job as the command line shows it."""

from __future__ import annotations

import json

from hamsafar.access.types import Job


def job_view(job: Job) -> dict[str, object]:
    """Return a job as plain values."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "state": job.state.value,
        "done": job.done,
        "todo": job.todo,
        "result": json.loads(job.result or "{}"),
        "error": job.error,
    }
