"""The canonical export: the same events give the same bytes, in whatever order they came.

People are named by their smallest identifier; there are no surrogate numbers, no log positions and
no clocks of ours. It proves that order does not matter, and that a move lost nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import chain

from hamsafar.collect import decode_payload
from hamsafar.identity.types import CanonicalPerson
from hamsafar.profiles import Catalogue
from hamsafar.profiles.types import Trait
from hamsafar.storage import RecentReader
from hamsafar.storage.ports import Tx
from hamsafar.wiring.build import Hamsafar
from hamsafar.wiring.sorting import Line, sorted_lines


def canonical_lines(hamsafar: Hamsafar) -> Iterator[str]:
    """Yield one JSON text per person, claim and event, in an order free of arrival.

    Not for a store that is being written to.
    """
    slugs = {int(s.id): s.slug for s in hamsafar.access.sources.all()}
    with hamsafar.database.read() as tx:
        people = hamsafar.identity.canonical_people(tx)
        names = {int(p.person): p.name for p in people}
        owners = _owners(hamsafar)
        yield from _people(hamsafar, people, slugs)
        for claim in hamsafar.identity.canonical_claims(tx):
            line = [claim.a, claim.b, claim.occurred_at, claim.message_id, claim.verdict]
            yield _line("claim", line)
        yield from sorted_lines(_events(hamsafar, tx, owners, names, slugs))


def canonical_digest(hamsafar: Hamsafar) -> str:
    """Return the SHA-256 of the canonical export, in hex."""
    digest = hashlib.sha256()
    for line in canonical_lines(hamsafar):
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _line(kind: str, value: object) -> str:
    return json.dumps([kind, value], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _owners(hamsafar: Hamsafar) -> dict[int, int]:
    """Return node → person for everybody."""
    view = hamsafar.identity.view()
    return {node: int(person) for node, person in enumerate(view.person_of.tolist()) if person}


def _people(
    hamsafar: Hamsafar, people: list[CanonicalPerson], slugs: dict[int, str]
) -> Iterator[str]:
    for person in people:
        profile = hamsafar.profiles.profile(int(person.person))
        yield _line(
            "person",
            {
                "name": person.name,
                "identifiers": sorted(person.identifiers),
                "traits": {k: _trait(v, slugs) for k, v in profile.traits.items()},
                "activity": sorted(
                    (a.name, a.count, a.first_at, a.last_at, sorted(a.days.items()))
                    for a in profile.activity
                ),
                "channels": sorted(profile.channels),
            },
        )


def _trait(trait: Trait, slugs: dict[int, str]) -> list[object]:
    return [trait.value, trait.occurred_at, trait.message_id, slugs.get(trait.source_id, "")]


def _events(
    hamsafar: Hamsafar,
    tx: Tx,
    owners: dict[int, int],
    names: dict[int, tuple[str, str]],
    slugs: dict[int, str],
) -> Iterator[Line]:
    catalogue = Catalogue()
    events, channels = catalogue.names(tx), catalogue.channels(tx)
    for columns in chain(RecentReader().read(tx), hamsafar.store.export()):
        for index in range(len(columns)):
            stored = decode_payload(columns.payload[index])
            at = int(columns.occurred_at[index])
            line = {
                "person": names.get(owners.get(int(columns.node[index]), 0)),
                "source": slugs.get(int(columns.source[index]), ""),
                "channel": channels.get(int(columns.channel[index]), ""),
                "name": events.get(int(columns.code[index]), ""),
                "id": stored.message_id,
                "type": stored.type,
                "at": at,
                "ids": [stored.user_id, stored.anonymous_id, stored.group_id, stored.previous_id],
                "flags": int(columns.flags[index]),
                "parts": [stored.properties.decode(), stored.traits.decode()],
                "context": stored.context.decode(),
            }
            yield at, _line("event", line)
