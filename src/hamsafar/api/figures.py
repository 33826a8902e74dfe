"""Every figure of the service in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hamsafar.api.services import Services
from hamsafar.api.vitals import WORKER, Vitals, lag_seconds
from hamsafar.collect import SourceCounts
from hamsafar.kernel.clock import SECOND_US

OUTCOMES = ("stored", "duplicates", "quarantined", "rejected")


def metrics_text(services: Services, vitals: Vitals) -> bytes:
    """Return all figures as they are now."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(services, vitals))
    return generate_latest(registry)


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
        for outcome in OUTCOMES:
            events.add_metric([outcome], getattr(sheet, outcome))
        yield events
        yield from self._by_source(by_source)
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
        yield from self._sizes()
        yield self._alerts()
        seen_at = self._services.access.watch.seen_at(WORKER)
        if seen_at is not None:
            yield GaugeMetricFamily(
                "hamsafar_worker_silence_seconds",
                "time since the worker last showed that it lives",
                value=max(0, now - seen_at) / SECOND_US,
            )

    def _by_source(self, by_source: dict[int, SourceCounts]) -> Iterable[Metric]:
        slugs = {int(source.id): source.slug for source in self._services.access.sources.all()}
        events = CounterMetricFamily(
            "hamsafar_source_events",
            "events worked through, by source and how they ended",
            labels=["source", "outcome"],
        )
        last = GaugeMetricFamily(
            "hamsafar_source_last_event_timestamp_seconds",
            "when the newest event of a source was received",
            labels=["source"],
        )
        for number, counts in by_source.items():
            slug = slugs.get(number, str(number))
            for outcome in OUTCOMES:
                events.add_metric([slug, outcome], getattr(counts, outcome))
            if counts.last_at is not None:
                last.add_metric([slug], counts.last_at / SECOND_US)
        yield events
        yield last

    def _sizes(self) -> Iterable[Metric]:
        sizes = self._services.sizes()
        stored = GaugeMetricFamily(
            "hamsafar_store_bytes", "bytes a store takes on disk", labels=["store"]
        )
        stored.add_metric(["database"], sizes.database_bytes)
        stored.add_metric(["log"], sizes.log_bytes)
        stored.add_metric(["history"], sizes.history_bytes)
        yield stored
        yield GaugeMetricFamily(
            "hamsafar_history_events", "events in the history", value=sizes.history_events
        )
        yield GaugeMetricFamily(
            "hamsafar_history_files", "files of the history", value=sizes.history_files
        )

    def _alerts(self) -> Metric:
        alerts = GaugeMetricFamily("hamsafar_alerts_open", "open alerts", labels=["kind"])
        kinds = [alert.kind for alert in self._vitals.alerts()]
        for kind in sorted(set(kinds)):
            alerts.add_metric([kind], kinds.count(kind))
        return alerts
