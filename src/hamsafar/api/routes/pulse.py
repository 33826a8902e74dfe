"""Pulse: how everything is just now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from hamsafar.api.gate import PulseReader
from hamsafar.api.models.pulse import PulseShape
from hamsafar.api.vitals import Vitals

router = APIRouter(tags=["pulse"])


async def vitals_of(request: Request) -> Vitals:
    """Return the vitals of the application a request came to."""
    vitals = request.app.state.vitals
    if not isinstance(vitals, Vitals):
        raise TypeError("app.state.vitals was never set")
    return vitals


@router.get("/api/pulse")
def get_pulse(_: PulseReader, vitals: Annotated[Vitals, Depends(vitals_of)]) -> PulseShape:
    """Return rates, counts, lag, sources, alerts and health."""
    return vitals.pulse()
