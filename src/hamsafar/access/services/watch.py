"""The watch: what is wrong just now, and whether the worker lives."""

from __future__ import annotations

import json

from hamsafar.access import store
from hamsafar.access.rows import moment, whole
from hamsafar.access.watching import Alert, AlertKind, AlertValue
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Row


class Watch:
    """Alerts: one is open per kind and subject at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open_alerts(self) -> tuple[Alert, ...]:
        """Return the alerts that are open now, oldest first."""
        with self._database.read() as tx:
            return tuple(_alert(row) for row in tx.rows(store.OPEN_ALERTS))

    def open_alert(
        self,
        kind: str,
        subject: str,
        detail: str,
        values: dict[str, AlertValue] | None = None,
    ) -> Alert:
        """Return the open alert of this kind and subject, opening one if there is none."""
        with self._database.write() as tx:
            tx.lock("access.alerts")
            about = {"kind": kind, "subject": subject}
            rows = tx.rows(store.OPEN_ALERT, about)
            if not rows:
                fresh: dict[str, str | int] = {
                    "id": uuid7(),
                    "detail": json.dumps(
                        {"detail": detail, "values": values or {}}, ensure_ascii=False
                    ),
                    "now": self._clock.now_us(),
                }
                tx.run(store.ADD_ALERT, {**about, **fresh})
                rows = tx.rows(store.OPEN_ALERT, about)
        return _alert(rows[0])

    def close_alert(self, kind: str, subject: str) -> None:
        """Close the alert of this kind and subject, if there is one."""
        params = {"kind": kind, "subject": subject}
        with self._database.write() as tx:
            tx.run(store.CLOSE_ALERT, {**params, "now": self._clock.now_us()})

    def untold(self) -> tuple[Alert, ...]:
        """Return the alerts, open and closed, whose present state webhooks were not told."""
        with self._database.read() as tx:
            return tuple(_alert(row) for row in tx.rows(store.UNTOLD_ALERTS))

    def told(self, alert: Alert) -> None:
        """Remember that every webhook was told of this alert, unless it was closed meanwhile."""
        params: dict[str, str | int] = {"id": alert.id, "closed_at": alert.closed_at or 0}
        with self._database.write() as tx:
            tx.run(store.TELL_ALERT, {**params, "now": self._clock.now_us()})

    def forget(self, before: int) -> None:
        """Drop alerts that were closed before this time."""
        with self._database.write() as tx:
            tx.run(store.FORGET_ALERTS, {"before": before})

    def seen_at(self, process: str) -> int | None:
        """Return when a process last showed that it lives (µs UTC), None if it never did."""
        with self._database.read() as tx:
            rows = tx.rows(store.SEEN, {"process": process})
        return whole(rows[0][0]) if rows else None


def _alert(row: Row) -> Alert:
    alert_id, kind, subject, stored = map(str, row[:4])
    detail, values = _told(stored)
    return Alert(
        id=alert_id,
        kind=AlertKind(kind),
        subject=subject,
        detail=detail,
        values=values,
        opened_at=whole(row[4]),
        told_at=moment(row[5]),
        closed_at=moment(row[6]),
    )


def _told(stored: str) -> tuple[str, dict[str, AlertValue]]:
    """Return an alert's words and values; release 0.1.0 stored the words alone."""
    if not stored.startswith('{"detail": '):
        return stored, {}
    found = json.loads(stored)
    return str(found["detail"]), dict(found["values"])
