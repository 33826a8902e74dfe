"""Health and metrics, for machines."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from hamsafar.api.gate import Open
from hamsafar.api.models.base import Told
from hamsafar.api.routes.pulse import vitals_of
from hamsafar.api.services import Parts
from hamsafar.api.vitals import Vitals
from hamsafar.kernel.errors import HamsafarError

router = APIRouter(tags=["health"])
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_Machines = Depends(Open(why="counts for machines, nothing about people"))


class Ready(Told):
    """Whether requests can be answered."""

    status: str


@router.get(
    "/healthz",
    dependencies=[_Machines],
    response_model=Ready,
    responses={503: {"model": Ready, "description": "not ready; try again"}},
)
def healthz(services: Parts) -> JSONResponse:
    """Answer 200 when the database answers, else 503."""
    try:
        services.access.workspaces.get()
    except HamsafarError:
        return JSONResponse({"status": "the database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


@router.get(
    "/metrics",
    dependencies=[_Machines],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(services: Parts, vitals: Annotated[Vitals, Depends(vitals_of)]) -> Response:
    """Return counts, lag and health in the text format of Prometheus."""
    # The Prometheus library takes a tenth of a second to load; a restart need not wait for it.
    text: bytes = import_module("hamsafar.api.figures").metrics_text(services, vitals)
    return Response(text, media_type=_METRICS_TYPE)
