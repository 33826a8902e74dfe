"""Watching published maps: their fitness by day, and whether it fell."""

from __future__ import annotations

import numpy as np

from hamsafar.kernel.clock import DAY_US, SECOND_US, Clock
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
                self._record(self._watched(stored))

    def line(self, map_id: str) -> tuple[tuple[DriftDay, ...], Drift]:
        """Return the fitness of a published map by day, and whether it fell.

        Raises:
            UnknownMap: there is no such map.
        """
        stored = self._watched(self._archive.get(map_id))
        today = self._today(stored)
        days = self._days(map_id, today - KEEP_DAYS)
        return days, drift_of(days, today)

    def fallen(self) -> tuple[tuple[StoredMap, Drift], ...]:
        """Return the published maps whose fitness fell beyond chance."""
        found = []
        for newest in self._archive.all():
            if newest.published:
                stored = self._watched(newest)
                today = self._today(stored)
                days = self._days(stored.journey.id, today - RECENT_DAYS - USUAL_DAYS)
                drift = drift_of(days, today)
                if drift.has_fallen:
                    found.append((stored, drift))
        return tuple(found)

    def _watched(self, stored: StoredMap) -> StoredMap:
        """Return the published version of a map, else the one given."""
        if stored.published in {0, stored.version}:
            return stored
        return self._archive.get(stored.journey.id, stored.published)

    def _today(self, stored: StoredMap) -> int:
        """Return the last day on which every attempt is over.

        On a later one only those are over that another followed: mostly the fast ones that
        reached the goal, which would make the present look better than it is.
        """
        silence_s = stored.journey.attempts.silence_s or 0.0
        return (self._clock.now_us() - round(silence_s * SECOND_US)) // DAY_US - 1

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
        last = self._today(stored)
        kept = fit.is_over & (day > last - KEEP_DAYS) & (day <= last)
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
