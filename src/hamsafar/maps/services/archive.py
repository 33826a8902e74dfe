"""Keeping maps: every save is a version, none is ever lost."""

from __future__ import annotations

from collections.abc import Iterable

from hamsafar.access import Access
from hamsafar.access.types import AuditEntry, Caller
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, Conflict, NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.maps import store
from hamsafar.maps.errors import BadMap, MapChanged, UnknownMap
from hamsafar.maps.reading import from_json, to_json
from hamsafar.maps.types import Allowance, JourneyMap, MapVersion, StoredMap
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import Row

_MAX_NOTE = 1_000
_LOCK = "maps.save"


class MapArchive:
    """The maps of this deployment, with all their versions and what is allowed."""

    def __init__(self, database: Database, clock: Clock, access: Access) -> None:
        self._database = database
        self._clock = clock
        self._access = access

    def all(self) -> tuple[StoredMap, ...]:
        """Return the newest version of every map that is not archived, oldest map first."""
        with self._database.read() as tx:
            return tuple(_stored(row) for row in tx.rows(store.MAPS))

    def get(self, map_id: str, version: int | None = None) -> StoredMap:
        """Return a version of a map, the newest by default.

        Raises:
            UnknownMap: there is no such map or version.
        """
        with self._database.read() as tx:
            return _get(tx, map_id, version)

    def versions(self, map_id: str) -> tuple[MapVersion, ...]:
        """Return the versions of a map, newest first.

        Raises:
            UnknownMap: there is no such map.
        """
        with self._database.read() as tx:
            _get(tx, map_id)
            rows = tx.rows(store.VERSIONS, {"id": map_id})
        return tuple(
            MapVersion(version=_int(version), note=str(note), made_at=_int(at), made_by=str(by))
            for version, note, at, by in rows
        )

    def create(self, by: Caller, journey: JourneyMap, *, note: str = "") -> StoredMap:
        """Return a new map at version 1 (of an archived map with this id: at its next).

        Raises:
            Conflict: a map has this id already.
            BadInput: the note is too long.
        """
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.lock(_LOCK)
            known = bool(tx.rows(store.ANY_MAP, {"id": journey.id}))
            if known and tx.rows(store.MAP, {"id": journey.id}):
                raise Conflict(f"a map {journey.id!r} is there already", where="id")
            if known:
                tx.run(store.REVIVE, {"id": journey.id})
            else:
                tx.run(store.ADD_MAP, {"id": journey.id, "now": now, "by": by.actor})
            self._add(tx, by, journey, note)
            self._tell(tx, by, "map.create", journey.id)
            return _get(tx, journey.id)

    def save(
        self, by: Caller, journey: JourneyMap, *, based_on: int | None = None, note: str = ""
    ) -> StoredMap:
        """Return the map with one more version; what did not change makes none.

        Args:
            by: who saves.
            journey: the map; its id says which.
            based_on: the version that was changed; None: whatever is newest.
            note: what was changed.

        Raises:
            UnknownMap: there is no such map.
            MapChanged: there is a version after `based_on` already.
            BadInput: the note is too long.
        """
        with self._database.write() as tx:
            tx.lock(_LOCK)
            now = _get(tx, journey.id)
            if based_on is not None and based_on != now.newest:
                raise MapChanged(based_on, now.newest)
            if now.journey == journey:
                return now
            self._add(tx, by, journey, note)
            self._tell(tx, by, "map.save", journey.id)
            return _get(tx, journey.id)

    def restore(self, by: Caller, map_id: str, version: int) -> StoredMap:
        """Return the map with an old version saved again as its newest.

        Raises:
            UnknownMap: there is no such map or version.
        """
        old = self.get(map_id, version)
        return self.save(by, old.journey, note=f"version {version} restored")

    def publish(self, by: Caller, map_id: str, version: int) -> StoredMap:
        """Return the map with this version as the one that is watched; 0: none any more.

        Raises:
            UnknownMap: there is no such map or version.
        """
        with self._database.write() as tx:
            _get(tx, map_id, version or None)
            tx.run(store.PUBLISH, {"id": map_id, "version": version})
            tx.run(store.DROP_DAYS, {"id": map_id})
            self._tell(tx, by, "map.publish", map_id, f"version {version}")
            return _get(tx, map_id)

    def archive(self, by: Caller, map_id: str) -> None:
        """Put a map away; creating one with its id brings its versions back.

        Raises:
            UnknownMap: there is no such map.
        """
        with self._database.write() as tx:
            _get(tx, map_id)
            tx.run(store.ARCHIVE, {"id": map_id, "now": self._clock.now_us()})
            tx.run(store.DROP_DAYS, {"id": map_id})
            self._tell(tx, by, "map.archive", map_id)

    def bring(self, by: Caller, journeys: Iterable[JourneyMap]) -> tuple[str, ...]:
        """Create and publish the maps that are not there yet; return their ids."""
        known = {one.journey.id for one in self.all()}
        fresh = [journey for journey in journeys if journey.id not in known]
        for journey in fresh:
            self.create(by, journey)
            self.publish(by, journey.id, self.get(journey.id).newest)
        return tuple(journey.id for journey in fresh)

    def allowances(self, map_id: str) -> tuple[Allowance, ...]:
        """Return what is or was allowed in a map, oldest first.

        Raises:
            UnknownMap: there is no such map.
        """
        with self._database.read() as tx:
            _get(tx, map_id)
            return tuple(_allowance(row) for row in tx.rows(store.ALLOWANCES, {"id": map_id}))

    def allowed(self, map_id: str) -> frozenset[str]:
        """Return the keys of the deviations that are allowed now."""
        now = self._clock.now_us()
        return frozenset(one.deviation for one in self.allowances(map_id) if one.is_valid(now))

    def allow(self, by: Caller, wanted: Allowance) -> Allowance:
        """Return a new allowance; its id, time and maker are set here.

        Raises:
            UnknownMap: there is no such map.
            BadInput: no reason, no owner, or it ends in the past.
        """
        self._check(wanted)
        key = uuid7()
        with self._database.write() as tx:
            _get(tx, wanted.map_id)
            params = self._params(wanted) | {
                "id": key,
                "deviation": wanted.deviation,
                "now": self._clock.now_us(),
                "by": by.actor,
            }
            tx.run(store.ADD_ALLOWANCE, params)
            self._tell(tx, by, "map.allow", wanted.map_id, wanted.deviation)
        return self._one(wanted.map_id, key)

    def change_allowance(self, by: Caller, wanted: Allowance) -> Allowance:
        """Return an allowance with another reason, owner or end.

        Raises:
            NotFound: there is no such allowance.
            BadInput: as for `allow`.
        """
        self._check(wanted)
        with self._database.write() as tx:
            if not tx.run(store.SET_ALLOWANCE, self._params(wanted) | {"id": wanted.id}):
                raise NotFound("there is no such allowance", where="allowance")
            self._tell(tx, by, "map.allowance.change", wanted.map_id, wanted.id)
        return self._one(wanted.map_id, wanted.id)

    def disallow(self, by: Caller, map_id: str, key: str) -> None:
        """Take an allowance back.

        Raises:
            NotFound: there is no such allowance.
        """
        with self._database.write() as tx:
            if not tx.run(store.DROP_ALLOWANCE, {"id": key, "map_id": map_id}):
                raise NotFound("there is no such allowance", where="allowance")
            self._tell(tx, by, "map.disallow", map_id, key)

    def _one(self, map_id: str, key: str) -> Allowance:
        found = [one for one in self.allowances(map_id) if one.id == key]
        if not found:
            raise NotFound("there is no such allowance", where="allowance")
        return found[0]

    def _check(self, wanted: Allowance) -> None:
        for name in ("reason", "owner"):
            if not getattr(wanted, name).strip():
                raise BadInput(f"an allowance needs a {name}", where=name)
        if not wanted.is_valid(self._clock.now_us()):
            raise BadInput("give a time to come, or null for no end", where="expires_at")

    @staticmethod
    def _params(wanted: Allowance) -> dict[str, str | int | None]:
        return {
            "map_id": wanted.map_id,
            "reason": wanted.reason,
            "owner": wanted.owner,
            "expires_at": wanted.expires_at,
        }

    def _add(self, tx: Tx, by: Caller, journey: JourneyMap, note: str) -> None:
        if len(note) > _MAX_NOTE:
            raise BadInput(f"a note has at most {_MAX_NOTE} characters", where="note")
        last = _int(tx.rows(store.LAST_VERSION, {"id": journey.id})[0][0])
        tx.run(
            store.ADD_VERSION,
            {
                "id": journey.id,
                "version": last + 1,
                "body": to_json(journey).decode(),
                "note": note,
                "now": self._clock.now_us(),
                "by": by.actor,
            },
        )

    def _tell(self, tx: Tx, by: Caller, action: str, map_id: str, detail: str = "") -> None:
        entry = AuditEntry(action=action, subject_kind="map", subject=map_id, detail=detail)
        self._access.audit.tell(tx, by, entry)


def renamed(journey: JourneyMap, map_id: str) -> JourneyMap:
    """Return the map if it has this id.

    Raises:
        BadMap: its id is another.
    """
    if journey.id != map_id:
        raise BadMap(f"the id of this map is {map_id!r} and stays so", where="id")
    return journey


def _get(tx: Tx, map_id: str, version: int | None = None) -> StoredMap:
    statement = store.MAP if version is None else store.VERSION
    rows = tx.rows(statement, {"id": map_id, "version": version or 0})
    if not rows:
        raise UnknownMap(map_id, version)
    return _stored(rows[0])


def _stored(row: Row) -> StoredMap:
    _, published, _, _, version, body, note, at, by, newest = row
    return StoredMap(
        journey=from_json(str(body)),
        version=_int(version),
        newest=_int(newest),
        published=_int(published),
        note=str(note),
        made_at=_int(at),
        made_by=str(by),
    )


def _allowance(row: Row) -> Allowance:
    key, map_id, deviation, reason, owner, expires_at, made_at, made_by = row
    return Allowance(
        id=str(key),
        map_id=str(map_id),
        deviation=str(deviation),
        reason=str(reason),
        owner=str(owner),
        expires_at=None if expires_at is None else _int(expires_at),
        made_at=_int(made_at),
        made_by=str(made_by),
    )


def _int(value: object) -> int:
    return int(str(value))
