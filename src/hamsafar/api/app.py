"""The FastAPI application: rooms of routes, one gate each, one shape of error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from hamsafar import __version__
from hamsafar.api.bounds import BodyBound
from hamsafar.api.console import console_routes, packaged_console
from hamsafar.api.errors import LastResort, Problem, add_error_handlers
from hamsafar.api.gate import Gate, Needs, Open, check_gates
from hamsafar.api.headers import SecurityHeaders
from hamsafar.api.live import LiveFeed
from hamsafar.api.models.impact import impact_schemas
from hamsafar.api.models.queries import query_schemas
from hamsafar.api.routes import (
    audit,
    document,
    friction,
    groups,
    health,
    identity,
    impact,
    jobs,
    journeys,
    ledger,
    live,
    maps,
    me,
    people,
    profiles,
    pulse,
    quarantine,
    queries,
    sources,
    tokens,
    users,
    webhooks,
    workspace,
)
from hamsafar.api.services import Services
from hamsafar.api.vitals import Vitals

_ROOMS = (
    queries,
    groups,
    me,
    users,
    tokens,
    workspace,
    pulse,
    live,
    people,
    identity,
    journeys,
    friction,
    impact,
    maps,
    ledger,
    sources,
    quarantine,
    jobs,
    audit,
    webhooks,
    profiles,
    health,
    document,
)
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "hms_"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-hamsafar"},
}


def create_app(services: Services, *, console: Path | None = None) -> FastAPI:
    """Return the application.

    Args:
        services: what the routes call.
        console: folder of the built console; the one in the package by default.

    Raises:
        RouteWithoutGate: a route does not say who may call it.
    """
    app = _Documented(
        title="Hamsafar",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        generate_unique_id_function=_operation_name,
        responses={"4XX": {"model": Problem, "description": "refused; says why"}},
    )
    app.state.services = services
    app.state.closing = False
    app.state.live = LiveFeed(services.profiles)
    app.state.vitals = Vitals(services)
    add_error_handlers(app)
    for room in _ROOMS:
        app.include_router(room.router)
    app.include_router(console_routes(console or packaged_console()))
    app.state.gates = check_gates(app)
    app.add_middleware(LastResort)
    app.add_middleware(BodyBound)
    app.add_middleware(SecurityHeaders)
    return app


def _operation_name(route: APIRoute) -> str:
    return route.name


class _Documented(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document with who may call what; made when first asked for."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["components"]["schemas"].update(query_schemas() | impact_schemas())
            self.openapi_schema = _with_security(document, self.state.gates)
        return self.openapi_schema


def _with_security(
    document: dict[str, Any], gates: Mapping[tuple[str, str], Gate]
) -> dict[str, Any]:
    document.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for (method, path), gate in gates.items():
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            continue
        operation["security"] = [] if isinstance(gate, Open) else [{"token": []}, {"session": []}]
        if isinstance(gate, Needs):
            operation["x-permission"] = gate.permission.value
    return document
