"""Vitals: the figures of Pulse and /metrics, dear ones kept for a few seconds."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from hamsafar.access.watching import AlertKind
from hamsafar.api.models.pulse import (
    AlertShape,
    Health,
    Minute,
    PulseShape,
    PulseSource,
    Totals,
)
from hamsafar.api.services import Services
from hamsafar.api.times import iso, iso_or_none
from hamsafar.collect import Sheet, SourceCounts
from hamsafar.collect.types import MINUTE_US, Outcome
from hamsafar.kernel.clock import SECOND_US

T = TypeVar("T")
MINUTES_SHOWN = 60
WORKER = "worker"
_SILENT_US = 60 * SECOND_US
_HOUR = 60
_DAY = 24 * _HOUR
_USUAL_DAYS = 7
_FRESH_US = 10 * SECOND_US
_USUAL_FRESH_US = 60 * SECOND_US
_Counted = dict[int, dict[Outcome, int]]


class Kept(Generic[T]):
    """A value computed at most once in a while, by one thread at a time."""

    def __init__(self, compute: Callable[[], T], fresh_us: int, now_us: Callable[[], int]) -> None:
        self._compute = compute
        self._fresh_us = fresh_us
        self._now_us = now_us
        self._lock = threading.Lock()
        self._found: tuple[int, T] | None = None

    def get(self) -> T:
        """Return the value, as old as was allowed."""
        with self._lock:
            now = self._now_us()
            if self._found is None or now - self._found[0] >= self._fresh_us:
                self._found = now, self._compute()
            return self._found[1]


class Vitals:
    """Reads what Pulse shows."""

    def __init__(self, services: Services) -> None:
        self._services = services
        now = services.clock.now_us
        self._people_today = Kept(self._count_people_today, _FRESH_US, now)
        self._events_today = Kept(self._count_events_today, _FRESH_US, now)
        self._usual = Kept(self._count_usual, _USUAL_FRESH_US, now)
        self._people = Kept(services.census.people, _FRESH_US, now)

    def pulse(self) -> PulseShape:
        """Return everything Pulse shows."""
        services = self._services
        now = services.clock.now_us()
        minute = now // MINUTE_US
        since = minute - MINUTES_SHOWN + 1
        minutes = services.counts.minutes(since)
        sheet = services.counts.sheet()
        by_source = services.counts.by_source()
        usual_per_minute, usual_today = self._usual.get()
        return PulseShape(
            now=iso(now),
            events_per_minute=[_minute(m, minutes) for m in range(since, minute + 1)],
            usual_per_minute=usual_per_minute,
            totals=_totals(sheet),
            lag_events=sheet.lag_events,
            lag_seconds=lag_seconds(sheet, by_source, now),
            people=self._people.get(),
            people_today=self._people_today.get(),
            events_today=self._events_today.get(),
            usual_events_today=usual_today,
            sources=self._sources(by_source, minute, now),
            alerts=self.alerts(),
            health=Health(
                disk_free_bytes=self.disk_free_bytes(),
                worker_seen_at=iso_or_none(services.access.watch.seen_at(WORKER)),
            ),
        )

    def alerts(self) -> list[AlertShape]:
        """Return the alerts that are open now."""
        return [
            *self._worker_alert(),
            *(
                AlertShape(
                    id=alert.id,
                    kind=alert.kind,
                    subject=alert.subject,
                    detail=alert.detail,
                    values=alert.values,
                    opened_at=iso(alert.opened_at),
                )
                for alert in self._services.access.watch.open_alerts()
            ),
        ]

    def _worker_alert(self) -> list[AlertShape]:
        """Return that the worker is silent: all other alerts are opened by the worker itself."""
        seen_at = self._services.access.watch.seen_at(WORKER)
        if seen_at is None or self._services.clock.now_us() - seen_at <= _SILENT_US:
            return []
        detail = f"nothing from the worker since {iso(seen_at)}"
        at = iso(seen_at)
        alert = AlertShape(
            id=WORKER,
            kind=AlertKind.WORKER,
            subject="",
            detail=detail,
            values={"seen_at": at},
            opened_at=at,
        )
        return [alert]

    def disk_free_bytes(self) -> int:
        """Return the free bytes of the disk the data folder lies on."""
        return shutil.disk_usage(self._services.data).free

    def people(self) -> int:
        """Return how many people there are."""
        return self._people.get()

    def _sources(
        self, by_source: dict[int, SourceCounts], minute: int, now: int
    ) -> list[PulseSource]:
        lately = self._services.counts.stored_by_source(minute - _HOUR + 1)
        shown = []
        for source in self._services.access.sources.all():
            if source.archived_at is not None:
                continue
            last_at = by_source[source.id].last_at if source.id in by_source else None
            quiet_us = now - (last_at or source.created_at)
            allowed_us = source.silent_after_s * SECOND_US
            shown.append(
                PulseSource(
                    id=source.id,
                    name=source.name,
                    channel=source.channel,
                    last_event_at=iso_or_none(last_at),
                    events_last_hour=lately.get(source.id, 0),
                    silent=0 < allowed_us < quiet_us,
                )
            )
        return shown

    def _midnight_us(self) -> int:
        zone = ZoneInfo(self._services.access.workspaces.get().zone)
        now = datetime.fromtimestamp(self._services.clock.now_us() / SECOND_US, zone)
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return int(start.timestamp()) * SECOND_US

    def _count_people_today(self) -> int:
        return self._services.census.seen_since(self._midnight_us())

    def _count_events_today(self) -> int:
        # By the minute of receipt, as the usual day it is compared with.
        midnight = self._midnight_us() // MINUTE_US
        minutes = self._services.counts.minutes(midnight)
        return sum(counts.get(Outcome.STORED, 0) for counts in minutes.values())

    def _count_usual(self) -> tuple[float | None, float | None]:
        minute = self._services.clock.now_us() // MINUTE_US
        midnight = self._midnight_us() // MINUTE_US
        minutes = self._services.counts.minutes(minute - _USUAL_DAYS * _DAY)
        before = [m for m in minutes if m < midnight]
        if not before:
            return None, None
        days = max(1, -(-(midnight - min(before)) // _DAY))
        hour, so_far = 0, 0
        for day in range(1, days + 1):
            then = minute - day * _DAY
            hour += _stored(minutes, then - _HOUR, then)
            so_far += _stored(minutes, midnight - day * _DAY, then)
        return round(hour / days / _HOUR, 2), round(so_far / days, 1)


def lag_seconds(sheet: Sheet, by_source: dict[int, SourceCounts], now_us: int) -> float:
    """Return how far the pipeline is behind: the age of the newest event it has worked through."""
    if sheet.lag_events == 0:
        return 0.0
    newest = max((c.last_at for c in by_source.values() if c.last_at is not None), default=now_us)
    return round(max(0, now_us - newest) / SECOND_US, 3)


def _stored(minutes: _Counted, first: int, before: int) -> int:
    return sum(minutes[m].get(Outcome.STORED, 0) for m in range(first, before) if m in minutes)


def _minute(minute: int, minutes: _Counted) -> Minute:
    counts = minutes.get(minute, {})
    return Minute(
        minute=iso(minute * MINUTE_US),
        stored=counts.get(Outcome.STORED, 0),
        duplicates=counts.get(Outcome.DUPLICATE, 0),
        quarantined=counts.get(Outcome.QUARANTINED, 0),
        rejected=counts.get(Outcome.REJECTED, 0),
    )


def _totals(sheet: Sheet) -> Totals:
    return Totals(
        received=sheet.received,
        stored=sheet.stored,
        duplicates=sheet.duplicates,
        quarantined=sheet.quarantined,
        rejected=sheet.rejected,
    )
