"""Watching published maps: their fitness by day, and whether it fell."""

from __future__ import annotations

import numpy as np

from hamsafar.kernel.clock import DAY_US, Clock
from hamsafar.maps import store
from hamsafar.maps.drift import MILLION, RECENT_DAYS, USUAL_DAYS, Drift, DriftDay, drift_of
from hamsafar.maps.services.archive import MapArchive
from hamsafar.maps.services.overlay import Overlay
from hamsafar.maps.types import StoredMap
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Value

KEEP_DAYS = 180


class DriftWatch:
    """Keeps the fitness of published maps by day, and tells when it falls."""

    def __init__(
        self, database: Database, clock: Clock, archive: MapArchive, overlay: Overlay
    ) -> None:
        self._database = database
        self._clock = clock
        self._archive = archive
        self._overlay = overlay

    def record(self) -> None:
        """Write the fitness of the last days anew; late events change days that are past."""
        for stored in self._archive.all():
            if stored.published:
                self._record(self._archive.get(stored.journey.id, stored.published))

    def line(self, map_id: str) -> tuple[tuple[DriftDay, ...], Drift]:
        """Return the fitness of a published map by day, and whether it fell.

        Raises:
            UnknownMap: there is no such map.
        """
        self._archive.get(map_id)
        days = self._days(map_id, self._today() - KEEP_DAYS)
        return days, drift_of(days, self._today())

    def fallen(self) -> tuple[tuple[StoredMap, Drift], ...]:
        """Return the published maps whose fitness fell beyond chance."""
        today = self._today()
        found = []
        for stored in self._archive.all():
            if stored.published:
                days = self._days(stored.journey.id, today - RECENT_DAYS - USUAL_DAYS)
                drift = drift_of(days, today)
                if drift.has_fallen:
                    found.append((stored, drift))
        return tuple(found)

    def _today(self) -> int:
        return self._clock.now_us() // DAY_US

    def _days(self, map_id: str, since: int) -> tuple[DriftDay, ...]:
        with self._database.read() as tx:
            rows = tx.rows(store.DAYS, {"id": map_id, "since": since})
        numbers = [tuple(int(str(value)) for value in row) for row in rows]
        return tuple(
            DriftDay(
                day=day,
                version=version,
                attempts=attempts,
                fitness_ppm=fitness,
                squares_ppm=squares,
                fitting=fitting,
            )
            for day, version, attempts, fitness, squares, fitting in numbers
        )

    def _record(self, stored: StoredMap) -> None:
        map_id, now = stored.journey.id, self._clock.now_us()
        picture = self._overlay.picture(stored.journey)
        fit = picture.fits(self._archive.allowed(map_id))
        day = fit.ended_us // DAY_US
        kept = fit.is_over & (day > now // DAY_US - KEEP_DAYS) & (day <= now // DAY_US)
        days, place = np.unique(day[kept], return_inverse=True)
        attempts = np.bincount(place, minlength=len(days))
        fitness = np.bincount(place, fit.fitness[kept], minlength=len(days))
        squares = np.bincount(place, fit.fitness[kept] ** 2, minlength=len(days))
        fitting = np.bincount(place, fit.is_fitting[kept], minlength=len(days))
        rows: list[dict[str, Value]] = [
            {
                "id": map_id,
                "day": int(days[at]),
                "version": stored.version,
                "attempts": int(attempts[at]),
                "fitness_ppm": round(float(fitness[at]) * MILLION),
                "squares_ppm": round(float(squares[at]) * MILLION),
                "fitting": int(fitting[at]),
                "now": now,
            }
            for at in range(len(days))
        ]
        with self._database.write() as tx:
            tx.run(store.DROP_DAYS, {"id": map_id})
            tx.run_many(store.ADD_DAY, rows)
