"""Erasing a person while the river flows on.

The long part (rewriting history and log, searching the quarantine) runs beside the river. What
touches the river's memory are two short steps between its batches:

1. *begin*: who is it; what waits for history goes there; from now on the river keeps nothing of
   events that name the person, so that nothing of them is written behind our back.
2. *finish*: the few log records that came since are rewritten too, the rows go, the river forgets
   what it has read ahead and keeps everything again. What is sent from then on is a new person's.

The rows that name the person go last: until then a worker that died can do all of it again. What
follows is physical and needs to know nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from hamsafar.collect import Naming
from hamsafar.collect.types import Identifier
from hamsafar.identity import Members
from hamsafar.identity.types import Node
from hamsafar.kernel.errors import NotFound, Retriable
from hamsafar.profiles import ProfilesStage
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.backup import backup_folders
from hamsafar.worker.between import Between
from hamsafar.worker.forget import Forgetter
from hamsafar.worker.history import History
from hamsafar.worker.jobs import Progress
from hamsafar.worker.pipeline import Pipeline

STEPS: Final = 5
TRIES: Final = 5
FEW_RECORDS: Final = 8
"""Log records (of at most 1 MB each) the river itself may rewrite while it stands still."""
_log = logging.getLogger(__name__)
T = TypeVar("T")


def patiently(do: Callable[[], T]) -> T:
    """Return what `do` returns; tries a few times while a reader holds old bytes.

    Raises:
        Retriable: it holds them still.
    """
    for _ in range(TRIES - 1):
        try:
            return do()
        except Retriable as error:
            _log.warning("erasing waits: %s", error.detail)
    return do()


@dataclass(frozen=True, slots=True, kw_only=True)
class River:
    """What an erasure needs of the river."""

    history: History
    profiles: ProfilesStage
    pipeline: Pipeline
    between: Between


@dataclass(slots=True)
class Removed:
    """What an erasure has removed so far."""

    identifiers: int = 0
    events: int = 0
    log_records: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What is being erased: identifiers, mostly all of a person."""

    nodes: tuple[Node, ...]

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(node.node for node in self.nodes)

    @property
    def named(self) -> frozenset[Identifier]:
        return frozenset((node.kind, node.value) for node in self.nodes)


@dataclass(frozen=True, slots=True)
class _Rest:
    """Where the work beside the river ended, and the river takes over."""

    forgetter: Forgetter
    held: Naming
    through: int


Find = Callable[[Tx], _Found | None]


class PersonEraser:
    """Removes every trace of a person from every store."""

    def __init__(self, hamsafar: Hamsafar, river: River) -> None:
        self._hamsafar = hamsafar
        self._river = river
        self._members = Members()

    def erase(self, person: int, progress: Progress, *, resumed: bool) -> dict[str, object]:
        """Remove a person; whoever is joined to them by then goes too.

        Raises:
            NotFound: no such person.
        """

        def find(tx: Tx) -> _Found | None:
            # A person's number is that of its oldest node, which tells where it belongs now.
            now = self._members.persons_of(tx, [person]).get(person)
            return None if now is None else _Found(tuple(self._members.nodes_of(tx, [now])[now]))

        return self._erase(find, f"there is no person {person}", progress, resumed=resumed)

    def erase_nodes(
        self, nodes: Collection[int], progress: Progress, *, resumed: bool
    ) -> dict[str, object]:
        """Remove some identifiers; others of the same person stay.

        Raises:
            NotFound: none of them is there.
        """

        def find(tx: Tx) -> _Found | None:
            found = self._members.some(tx, nodes)
            return _Found(tuple(found)) if found else None

        return self._erase(find, "there are no such identifiers", progress, resumed=resumed)

    def _erase(
        self, find: Find, nobody: str, progress: Progress, *, resumed: bool
    ) -> dict[str, object]:
        hamsafar, between = self._hamsafar, self._river.between
        removed = Removed()
        try:
            found = between.do(lambda: self._begin(find))
            if found is None and not resumed:
                raise NotFound(nobody, where="person")
            progress(1, STEPS)
            for _ in range(TRIES):
                if found is None or self._remove(find, found, removed, progress):
                    break
                # Joined with somebody else meanwhile: all of it again, for both.
                found = between.do(lambda: self._begin(find))
            else:
                raise Retriable("the person keeps changing", after=timedelta(seconds=1))
        finally:
            between.do(lambda: self._river.pipeline.refuse(frozenset()))
        hamsafar.erasures.copy_beside(backup_folders(hamsafar.access.jobs))
        patiently(hamsafar.log.scrub)
        progress(4, STEPS)
        patiently(hamsafar.database.scrub)
        progress(STEPS, STEPS)
        return {
            "identifiers": removed.identifiers,
            "events": removed.events,
            "log_records": removed.log_records,
        }

    def _begin(self, find: Find) -> _Found | None:
        """In the river's thread: find whom, and keep nothing of them from now on."""
        with self._hamsafar.database.read() as tx:
            found = find(tx)
        if found is not None:
            self._river.pipeline.refuse(found.named)
            self._river.history.step(force=True)
        return found

    def _remove(self, find: Find, found: _Found, removed: Removed, progress: Progress) -> bool:
        """Remove all of it; return whether it was still all of the person at the end."""
        hamsafar = self._hamsafar
        removed.events += hamsafar.store.erase(found.numbers)
        progress(2, STEPS)
        forgetter = Forgetter(hamsafar, set(found.named))
        through = 0
        for _ in range(TRIES):
            rewritten = hamsafar.log.rewrite(forgetter.without, after=through)
            removed.log_records += rewritten.changed
            through = rewritten.through
            if max(hamsafar.log.end(lane).offset for lane in Lane) - through <= FEW_RECORDS:
                break
        held = hamsafar.quarantine.naming(forgetter.names)
        progress(3, STEPS)
        rest = _Rest(forgetter, held, through)
        return self._river.between.do(lambda: self._finish(find, found, rest, removed))

    def _finish(self, find: Find, found: _Found, rest: _Rest, removed: Removed) -> bool:
        """In the river's thread: the rest of log and quarantine, then the rows."""
        hamsafar, names = self._hamsafar, rest.forgetter.names
        rewritten = hamsafar.log.rewrite(rest.forgetter.without, after=rest.through)
        removed.log_records += rewritten.changed
        newer = hamsafar.quarantine.naming(names, after=rest.held.through)
        with hamsafar.database.write() as tx:
            now = find(tx)
            if now is None or now.numbers != found.numbers:
                return False
            hamsafar.findings.erase(tx, sorted({*found.numbers, *(n.person for n in found.nodes)}))
            nodes = tuple(hamsafar.identity.erase_nodes(tx, found.numbers))
            self._river.profiles.erase(tx, nodes)
            hamsafar.quarantine.erase(tx, [*rest.held.ids, *newer.ids])
            # On disk before the rows are gone for good: no erasure is unknown to a later restore.
            hamsafar.erasures.add(found.named, hamsafar.clock.now_us())
        self._river.pipeline.reload()
        self._river.pipeline.refuse(frozenset())
        removed.identifiers += len(nodes)
        return True
