"""The OpenAPI document of this API."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from hamsafar.api.gate import Open

router = APIRouter(tags=["document"])
_ItsSourceIsOpen = Depends(Open(why="the source of this API is open"))


@router.get("/api/openapi.json", dependencies=[_ItsSourceIsOpen], include_in_schema=False)
def get_document(request: Request) -> JSONResponse:
    """Return the OpenAPI 3.1 document."""
    return JSONResponse(request.app.openapi())
