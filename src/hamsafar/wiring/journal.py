"""The history as journeys see it: segments and recent events of one moment, each once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from hamsafar.engines.properties import PropertyLoader, peek_newest
from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.threads import ThreadCompute
from hamsafar.expr import Fields
from hamsafar.identity import IdentityService
from hamsafar.journeys import Sequences, Snapshot, Stamp
from hamsafar.journeys.columns import TraitColumn
from hamsafar.journeys.shards import frozen
from hamsafar.journeys.types import FieldSeen
from hamsafar.kernel.errors import Retriable
from hamsafar.profiles import Catalogue, TraitBook
from hamsafar.profiles.types import TraitValues
from hamsafar.storage import BlockKey, RecentReader, block_keys, join
from hamsafar.storage.ports import Compute, Database
from hamsafar.storage.types import U32, Columns, IdentityView

TRIES = 3
READ_WITHIN_S = 10.0
"""`scan` must be told of waiting events at most 15 seconds after they were read."""
AGAIN = timedelta(seconds=5)
SAMPLE = 2000
"""So many of the newest events or nodes are looked at for the names of their fields."""
EXAMPLES = 10


class StoreJournal:
    """Reads what waits for history, then history."""

    def __init__(
        self,
        database: Database,
        store: SegmentStore,
        identity: IdentityService,
        compute: Compute | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._identity = identity
        self._properties = PropertyLoader(store.stored, self._blocks, compute or ThreadCompute())
        self._traits = TraitBook(database, store)
        self._catalogue = Catalogue()
        self._recent = RecentReader()
        self._view: IdentityView | None = None

    def stamp(self) -> Stamp:
        """Return which state the history is in."""
        with self._database.read() as tx:
            keys = block_keys(tx)
        self._view = self._identity.view(self._view)
        newest = max((written for _, written, _ in keys), default=0)
        return Stamp(
            manifest=self._store.stats().version, identity=self._view.version, recent=newest
        )

    def snapshot(self) -> Snapshot:
        """Return the history with the names of its codes, and the stamp it has at least.

        What waits is read first, so nothing is missed. A flush since then moved all of it into
        history, where `scan` counts it once; so what is seen is all events up to one moment,
        however often the manifest changes meanwhile. The stamp is read before everything: at
        worst it makes the next look read again.

        Raises:
            Retriable: the machine is so busy that what was read is too old to be counted rightly.
        """
        for _ in range(TRIES):
            began = time.monotonic()
            manifest = self._store.stats().version
            with self._database.read() as tx:
                blocks = self._recent.read(tx)
                keys = block_keys(tx)
            view = self._view = self._identity.view(self._view)
            if time.monotonic() - began <= READ_WITHIN_S:
                break
        else:
            raise Retriable("the machine is too busy to read the history", after=AGAIN)
        chunks = self._store.scan(view, join(blocks) if blocks else None)
        with self._database.read() as tx:
            names, channels = self._catalogue.names(tx), self._catalogue.channels(tx)
        newest = max((written for _, written, _ in keys), default=0)
        stamp = Stamp(manifest=manifest, identity=view.version, recent=newest)
        return Snapshot(
            stamp=stamp, chunks=chunks, names=_by_code(names), channels=_by_code(channels)
        )

    def loaded(self, sequences: Sequences, wanted: Fields) -> Sequences:
        """Return the same events with the columns a question reads; those there already stay.

        Traits are as of now: newer than the events, if somebody spoke since.

        Raises:
            BadInput: a field has too many different values.
        """
        traits: dict[str, TraitColumn] = {}
        if wanted.traits:
            view = self._identity.view(self._view)
            for name, values in self._traits.values(wanted.traits, view).items():
                traits[name] = _by_person(values, sequences)
        return sequences.with_properties(self._properties.columns(sequences, wanted), traits=traits)

    def properties_seen(self, names: Sequence[str]) -> list[FieldSeen]:
        """Return what events of these names (none: of all) say, from some of the newest."""
        with self._database.read() as tx:
            known = self._catalogue.names(tx)
        codes = {code for code, name in known.items() if name in names} if names else None
        found, of = peek_newest(self._store.stored(), self._blocks(), codes, SAMPLE)
        return [
            FieldSeen(
                kind=seen.kind,
                path=seen.path,
                count=seen.count,
                of=of,
                examples=tuple(seen.examples),
            )
            for seen in found
        ]

    def traits_seen(self) -> list[FieldSeen]:
        """Return the traits people have, from some of the newest."""
        found, of = self._traits.seen(sample=SAMPLE, examples=EXAMPLES)
        return [
            FieldSeen(
                kind="trait",
                path=seen.name,
                count=seen.count,
                of=of,
                examples=tuple(seen.examples),
            )
            for seen in found
        ]

    def _blocks(self) -> Mapping[BlockKey, Columns]:
        with self._database.read() as tx:
            return self._recent.blocks(tx)


def _by_person(values: TraitValues, sequences: Sequences) -> TraitColumn:
    """Return a trait in the order of the chunks' persons."""
    codes: list[U32] = []
    for chunk in sequences.chunks:
        person = chunk.person[chunk.starts[:-1]]
        place = np.searchsorted(values.person, person)
        place[place == len(values.person)] = 0
        found = values.code[place] if len(values.code) else np.zeros(len(person), np.uint32)
        if len(values.person):
            found = np.where(values.person[place] == person, found, 0).astype(np.uint32)
        codes.append(frozen(found))
    return TraitColumn(codes=tuple(codes), values=values.values)


def _by_code(names: dict[int, str]) -> list[str]:
    return [names.get(code, "") for code in range(max(names, default=0) + 1)]
