"""Health and metrics, for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hamsafar.api.gate import Open
from hamsafar.api.models.base import Told
from hamsafar.api.routes.pulse import vitals_of
from hamsafar.api.services import Parts, Services
from hamsafar.api.vitals import WORKER, Vitals, lag_seconds
from hamsafar.kernel.clock import SECOND_US
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
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(services, vitals))
    return Response(generate_latest(registry), media_type=_METRICS_TYPE)


class _Figures(Collector):
    def __init__(self, services: Services, vitals: Vitals) -> None:
        self._services = services
        self._vitals = vitals

    def collect(self) -> Iterable[Metric]:
        """Return every figure as it is now."""
        sheet = self._services.counts.sheet()
        by_source = self._services.counts.by_source()
        now = self._services.clock.now_us()
        events = CounterMetricFamily(
            "hamsafar_events", "events worked through, by how they ended", labels=["outcome"]
        )
        for outcome in ("stored", "duplicates", "quarantined", "rejected"):
            events.add_metric([outcome], getattr(sheet, outcome))
        yield events
        yield CounterMetricFamily("hamsafar_received", "events received", value=sheet.received)
        lag = GaugeMetricFamily(
            "hamsafar_lag_events", "events received and not yet worked through", labels=["lane"]
        )
        for lane, count in sheet.lanes.items():
            lag.add_metric([lane], count)
        yield lag
        yield GaugeMetricFamily(
            "hamsafar_lag_seconds",
            "how far the pipeline is behind",
            value=lag_seconds(sheet, by_source, now),
        )
        yield GaugeMetricFamily("hamsafar_people", "people known", value=self._vitals.people())
        yield GaugeMetricFamily(
            "hamsafar_disk_free_bytes",
            "free bytes of the disk of the data folder",
            value=self._vitals.disk_free_bytes(),
        )
        yield self._alerts()
        seen_at = self._services.access.watch.seen_at(WORKER)
        if seen_at is not None:
            yield GaugeMetricFamily(
                "hamsafar_worker_silence_seconds",
                "time since the worker last showed that it lives",
                value=max(0, now - seen_at) / SECOND_US,
            )

    def _alerts(self) -> Metric:
        alerts = GaugeMetricFamily("hamsafar_alerts_open", "open alerts", labels=["kind"])
        kinds = [alert.kind for alert in self._vitals.alerts()]
        for kind in sorted(set(kinds)):
            alerts.add_metric([kind], kinds.count(kind))
        return alerts
