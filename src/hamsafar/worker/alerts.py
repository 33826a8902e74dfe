"""What needs a person's eyes: lag, quarantine, disk, silent sources.

Each is judged from figures that are there anyway; a row is written only when one opens or closes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from hamsafar.access.watching import AlertKind, AlertValue
from hamsafar.collect.types import Outcome
from hamsafar.kernel.clock import SECOND_US
from hamsafar.storage.types import SEQ_BITS, Lane
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.pipeline import READER
from hamsafar.worker.store import POSITION

MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """When alerts open; each closes at half (disk: at one and a half times) its limit.

    Attributes:
        lag: how long a live event may wait for the pipeline.
        quarantine_window: over which time the share is taken.
        quarantine_pct: share of the events received in it that may be quarantined.
        quarantine_least: so few quarantined events open nothing, whatever their share.
        disk_free_bytes: free space below which it is urgent on any disk.
        disk_free_pct: share below which it is, on disks with less than `disk_ample_bytes` free.
        disk_ample_bytes: free space that is enough on any disk.
    """

    lag: timedelta = timedelta(seconds=60)
    quarantine_window: timedelta = timedelta(minutes=15)
    quarantine_pct: float = 5.0
    quarantine_least: int = 20
    disk_free_bytes: int = 1_000_000_000
    disk_free_pct: float = 5.0
    disk_ample_bytes: int = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong, or (not `opens`) not yet right again."""

    kind: AlertKind
    subject: str
    detail: str
    values: dict[str, AlertValue]
    opens: bool


class Alerts:
    """Opens and closes alerts."""

    def __init__(self, hamsafar: Hamsafar, rules: AlertRules | None = None) -> None:
        self._hamsafar = hamsafar
        self._rules = rules or AlertRules()

    def check(self) -> None:
        """Judge everything once."""
        watch = self._hamsafar.access.watch
        findings = {(str(f.kind), f.subject): f for f in self._findings()}
        known = {(alert.kind, alert.subject) for alert in watch.open_alerts()}
        for key, finding in findings.items():
            if finding.opens and key not in known:
                watch.open_alert(*key, finding.detail, finding.values)
        for kind, subject in known - findings.keys():
            if kind in tuple(AlertKind):
                watch.close_alert(kind, subject)

    def _findings(self) -> Iterator[Finding]:
        yield from self._lag()
        yield from self._quarantine()
        yield from self._disk()
        yield from self._silent_sources()
        yield from self._drifts()

    def _lag(self) -> Iterator[Finding]:
        waiting_us = self._waiting_us()
        limit_us = self._rules.lag.total_seconds() * SECOND_US
        if waiting_us * 2 > limit_us:
            lag = self._hamsafar.counts.sheet().lanes.get(Lane.LIVE, 0)
            seconds = waiting_us // SECOND_US
            detail = f"{lag:,} live events wait, the oldest for {seconds:,} s"
            values: dict[str, AlertValue] = {"events": lag, "waited_s": seconds}
            yield Finding(AlertKind.LAG, "", detail, values, waiting_us > limit_us)

    def _waiting_us(self) -> int:
        """Return how long the oldest live event has waited for the pipeline, 0 when none does."""
        hamsafar = self._hamsafar
        with hamsafar.database.read() as tx:
            rows = tx.rows(POSITION, {"reader": READER, "lane": Lane.LIVE.value, "part": 0})
        offset = (int(str(rows[0][0])) >> SEQ_BITS) - 1 if rows else 0
        if hamsafar.log.end(Lane.LIVE).offset <= max(offset, 0):
            return 0
        records = hamsafar.log.read(Lane.LIVE, after=max(offset, 0), limit_bytes=1)
        return hamsafar.clock.now_us() - records[0].appended_at if records else 0

    def _quarantine(self) -> Iterator[Finding]:
        rules, hamsafar = self._rules, self._hamsafar
        minutes = int(rules.quarantine_window.total_seconds() // 60)
        counts = hamsafar.counts.minutes(hamsafar.clock.now_us() // MINUTE_US - minutes + 1)
        held = sum(minute.get(Outcome.QUARANTINED, 0) for minute in counts.values())
        total = sum(sum(minute.values()) for minute in counts.values())
        share = 100 * held / total if total else 0.0
        if held >= rules.quarantine_least and share * 2 > rules.quarantine_pct:
            detail = f"{held:,} of {total:,} events of the last {minutes} minutes ({share:.0f} %)"
            values: dict[str, AlertValue] = {
                "held": held,
                "events": total,
                "window_s": minutes * 60,
                "share_pct": round(share, 1),
            }
            yield Finding(AlertKind.QUARANTINE, "", detail, values, share > rules.quarantine_pct)

    def _disk(self) -> Iterator[Finding]:
        usage = shutil.disk_usage(self._hamsafar.settings.data)
        if self._is_tight(usage.free / 1.5, usage.total):
            share = 100 * usage.free / usage.total
            detail = f"{usage.free / 1e9:.1f} GB free ({share:.0f} %)"
            values: dict[str, AlertValue] = {"free_bytes": usage.free, "share_pct": round(share, 1)}
            yield Finding(
                AlertKind.DISK, "", detail, values, self._is_tight(usage.free, usage.total)
            )

    def _is_tight(self, free: float, total: int) -> bool:
        rules = self._rules
        is_small_share = free * 100 < total * rules.disk_free_pct
        return free < rules.disk_free_bytes or (is_small_share and free < rules.disk_ample_bytes)

    def _silent_sources(self) -> Iterator[Finding]:
        hamsafar = self._hamsafar
        heard = hamsafar.counts.by_source()
        now = hamsafar.clock.now_us()
        for source in hamsafar.access.sources.all():
            if source.archived_at is not None or not source.silent_after_s:
                continue
            last_at = heard[source.id].last_at if source.id in heard else None
            quiet_s = (now - (last_at or source.created_at)) // SECOND_US
            if quiet_s > source.silent_after_s:
                detail = f"nothing from {source.name} for {timedelta(seconds=quiet_s)}"
                values: dict[str, AlertValue] = {"source": source.name, "silent_s": quiet_s}
                yield Finding(AlertKind.SILENT_SOURCE, str(source.id), detail, values, opens=True)

    def _drifts(self) -> Iterator[Finding]:
        for stored, drift in self._hamsafar.drift.fallen():
            journey = stored.journey
            name = journey.name.en or journey.name.fa
            usual, recent = (
                round(100 * (share or 0.0), 1) for share in (drift.usual, drift.recent)
            )
            detail = f"journeys fit the map {name} to {recent} %, usually to {usual} %"
            values: dict[str, AlertValue] = {
                "map": name,
                "map_id": journey.id,
                "recent_pct": recent,
                "usual_pct": usual,
                "attempts": drift.recent_attempts,
            }
            yield Finding(AlertKind.MAP_DRIFT, journey.id, detail, values, opens=True)
