"""The stream: whoever has new events is looked at again, and the table says what holds now.

A detector sees all events of a person, so a late, repeated or foreign event, a merge or its undo
change exactly what they change in the batch. A turn that dies is done again: rows are the same, and
the position moves in the transaction of the last of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

import msgspec
import numpy as np

from hamsafar.friction import store
from hamsafar.friction.definitions import Settings
from hamsafar.friction.detect import findings, tracks
from hamsafar.friction.facts import facts_of
from hamsafar.friction.ports import Feed
from hamsafar.friction.services.desk import read_settings
from hamsafar.friction.services.reports import wanted_fields
from hamsafar.friction.stream import (
    Kept,
    differences,
    from_row,
    id_of,
    of_people,
    people_of,
    to_row,
)
from hamsafar.friction.types import Finding
from hamsafar.journeys import Roles, Sequences, Stamp
from hamsafar.journeys.ports import Journal
from hamsafar.kernel.clock import DAY_US, Clock
from hamsafar.kernel.ids import digest128
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import I64

PEOPLE_AT_ONCE = 20_000
"""So many people's properties are read at once: reading a file for few costs as much."""
WRITTEN_AT_ONCE = 1_000
"""Findings of so many people are written in one transaction: it stays short."""
ALL_AGAIN_US = DAY_US
"""So often everybody is looked at: events that a source's retention removed leave no trace."""
KEEP_WITHDRAWN_US = 35 * DAY_US
_MANIFEST, _IDENTITY, _RECENT, _SETTINGS, _ALL_AT = (
    "manifest",
    "identity",
    "recent",
    "settings",
    "all_at",
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a turn did.

    Attributes:
        people: looked at. found, withdrawn: rows that are new, and that no longer hold.
    """

    people: int = 0
    found: int = 0
    withdrawn: int = 0


NOTHING = Turn()


class Keeper:
    """Keeps the table `finding`. One for a deployment, in one thread."""

    def __init__(self, database: Database, journal: Journal, feed: Feed, clock: Clock) -> None:
        self._database = database
        self._journal = journal
        self._feed = feed
        self._clock = clock

    def turn(self, is_ending: Callable[[], bool] = bool) -> Turn:
        """Look at whoever has something new, and write what changed.

        Args:
            is_ending: asked between transactions; when it says so, the rest is left to later.

        Raises:
            Retriable: the history cannot be read now.
        """
        with self._database.read() as tx:
            state = {str(name): int(str(value)) for name, value in tx.rows(store.STATE)}
            settings = read_settings(tx)
        now, print_ = self._clock.now_us(), fingerprint(settings)
        known = _stamp(state)
        is_new = state.get(_SETTINGS) != print_ or now - state.get(_ALL_AT, 0) > ALL_AGAIN_US
        if not is_new and known == self._journal.stamp():
            return NOTHING
        seen = self._journal.snapshot()
        whole = Sequences.from_chunks(seen.chunks, names=seen.names, channels=seen.channels)
        # Asked after the snapshot: whoever is in it with something new is among them.
        persons = self._everybody(whole) if is_new else self._feed.people_since(known)
        moved = {_SETTINGS: print_, **_positions(seen.stamp)}
        if is_new:
            moved[_ALL_AT] = now
        return self._look(whole, persons, settings, moved, is_ending)

    def everything(self) -> list[Finding]:
        """Return what the table holds now, oldest first."""
        with self._database.read() as tx:
            return [from_row(row).finding for row in tx.rows(store.EVERY)]

    def erase(self, tx: Tx, persons: list[int]) -> None:
        """Remove everything about some people."""
        tx.remove(store.ERASE, persons)

    def _everybody(self, whole: Sequences) -> I64:
        with self._database.read() as tx:
            held = [int(str(person)) for (person,) in tx.rows(store.HELD)]
        both: I64 = np.union1d(people_of(whole), np.array(held, np.int64))
        return both

    def _look(
        self,
        whole: Sequences,
        persons: I64,
        settings: Settings,
        moved: dict[str, int],
        is_ending: Callable[[], bool],
    ) -> Turn:
        looked, found, withdrawn = 0, 0, 0
        for part in _parts(persons, PEOPLE_AT_ONCE):
            now = self._findings(whole, part, settings)
            by_person: dict[int, list[Finding]] = {}
            for finding in now:
                by_person.setdefault(finding.person, []).append(finding)
            for some in _parts(part, WRITTEN_AT_ONCE):
                if is_ending():
                    return Turn(people=looked, found=found, withdrawn=withdrawn)
                theirs = [f for person in some.tolist() for f in by_person.get(person, ())]
                with self._database.write() as tx:
                    rows = self._write(tx, some, theirs)
                    looked += len(some)
                    if looked == len(persons):
                        self._move(tx, moved)
                withdrawn += sum(row.withdrawn_at is not None for row in rows)
                found += sum(row.withdrawn_at is None for row in rows)
        return Turn(people=looked, found=found, withdrawn=withdrawn)

    def _findings(self, whole: Sequences, persons: I64, settings: Settings) -> list[Finding]:
        own = of_people(whole, persons)
        if not own.chunks:
            return []
        loaded = self._journal.loaded(own, wanted_fields())
        facts = facts_of(loaded, Roles.of(loaded.names, settings.roles))
        return findings(facts, tracks(facts, settings))

    def _write(self, tx: Tx, persons: I64, found: list[Finding]) -> list[Kept]:
        rows = tx.lookup(store.OF_PEOPLE, persons.tolist())
        rows += tx.lookup(store.BY_ID, [id_of(finding) for finding in found])
        known = {kept.id: kept for kept in map(from_row, rows)}
        changed = differences(known, found, self._clock.now_us())
        if changed:
            tx.upsert(store.PUT_FINDINGS, [to_row(kept) for kept in changed])
        return changed

    def _move(self, tx: Tx, moved: dict[str, int]) -> None:
        tx.run(store.FORGET, {"before": self._clock.now_us() - KEEP_WITHDRAWN_US})
        for name, value in moved.items():
            tx.run(store.SET_STATE, {"name": name, "value": value})


def _parts(persons: I64, size: int) -> list[I64]:
    """Return the people in pieces; one empty piece of nobody."""
    cuts = range(size, len(persons), size)
    return np.split(persons, list(cuts))


def fingerprint(settings: Settings) -> int:
    """Return a number that changes when settings or roles do."""
    said = {
        "detectors": {d.value: asdict(s) for d, s in settings.detectors.items()},
        "roles": {name: sorted(roles) for name, roles in sorted(settings.roles.items())},
    }
    text = msgspec.json.encode(said, order="deterministic")
    return int.from_bytes(digest128(text)[:7], "big")


def _stamp(state: dict[str, int]) -> Stamp:
    return Stamp(
        manifest=state.get(_MANIFEST, 0),
        identity=state.get(_IDENTITY, 0),
        recent=state.get(_RECENT, 0),
    )


def _positions(stamp: Stamp) -> dict[str, int]:
    return {_MANIFEST: stamp.manifest, _IDENTITY: stamp.identity, _RECENT: stamp.recent}
