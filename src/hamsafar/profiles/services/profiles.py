"""Reading profiles: one person, the people list, search, timeline. Never behind the pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hamsafar.identity import Members
from hamsafar.identity.types import Node
from hamsafar.kernel.errors import NotFound
from hamsafar.lang.contacts import normalise_email, normalise_phone
from hamsafar.lang.text import text_key
from hamsafar.profiles.fold import Traits, sum_activity, sum_traits
from hamsafar.profiles.search import label, tokens
from hamsafar.profiles.services.arrivals import Arrivals, Mark
from hamsafar.profiles.store import (
    CHANNELS,
    FIND_BOTH,
    FIND_PREFIX,
    NAMES,
    PEOPLE,
    TOKENS,
    read_activity,
    read_traits,
)
from hamsafar.profiles.timeline import Place, bound_of, narrowed, passing, told
from hamsafar.profiles.types import (
    Activity,
    Found,
    NamedActivity,
    Profile,
    TimelineEvent,
    TimelineQuery,
)
from hamsafar.storage import RecentReader, Sightings, join, newest_sightings, take
from hamsafar.storage.ports import Database, EventStore, Tx
from hamsafar.storage.types import Columns, TimelineFilter, Value

ID_KINDS = ("user_id", "anonymous_id", "email", "phone")
PREFIX_HITS = 2000
MOST_LATELY = 50_000
"""So many nodes are looked through for the people list; nobody turns more pages."""
_TOP = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Folds:
    activity: dict[int, Activity]
    traits: dict[int, Traits]


class Catalogue:
    """What the codes of event names and channels stand for."""

    def names(self, tx: Tx) -> dict[int, str]:
        """Return event names by code."""
        return {int(str(code)): str(name) for code, name in tx.rows(NAMES)}

    def channels(self, tx: Tx) -> dict[int, str]:
        """Return channel names by code."""
        return {int(str(code)): str(name) for code, name in tx.rows(CHANNELS)}


class Profiles:
    """Reads what the pipeline wrote; safe between threads."""

    def __init__(
        self, database: Database, store: EventStore, members: Members, country: str
    ) -> None:
        self._database = database
        self._store = store
        self._members = members
        self._country = country
        self._recent = RecentReader()
        self._arrivals = Arrivals(database, store)
        self._catalogue = Catalogue()

    def profile(self, person: int) -> Profile:
        """Return one person.

        Raises:
            NotFound: no such person (any more): it may have been merged into another.
        """
        with self._database.read() as tx:
            nodes = self._members.nodes_of(tx, [person]).get(person)
            if not nodes:
                raise NotFound(f"there is no person {person}", where="person")
            folds = _folds(tx, [known.node for known in nodes])
            names = self._catalogue.names(tx)
            channels = self._catalogue.channels(tx)
        return _profile(person, nodes, folds, names, channels)

    def find(self, kind: str, value: str) -> int | None:
        """Return the person with this identifier, normalised as events are; None if nobody."""
        with self._database.read() as tx:
            return self._find(tx, kind, value)

    def resolve(self, node: int) -> int:
        """Return the person a node belongs to now; follows a merged person's old number.

        Raises:
            NotFound: no such node.
        """
        with self._database.read() as tx:
            found = self._members.persons_of(tx, [node]).get(node)
        if found is None:
            raise NotFound(f"there is no person {node}", where="person")
        return found

    def count(self) -> int:
        """Return how many people have at least one event, counted anew (`Census` keeps it up)."""
        with self._database.read() as tx:
            return int(tx.rows(PEOPLE)[0][0] or 0)

    def search(self, text: str, *, limit: int) -> list[Found]:
        """Return people by any identifier, or by words of name, e-mail or phone.

        Args:
            text: as typed: Persian or Arabic letters and digits, half-spaces, any order of words.
            limit: at most this many, 1 to 200.
        """
        with self._database.read() as tx:
            persons = self._exact(tx, text.strip())
            persons += [p for p in self._by_words(tx, text, limit) if p not in persons]
            return self._listed(tx, persons[:limit])

    def lately(self, *, limit: int, before: tuple[int, int] | None = None) -> list[Found]:
        """Return the people whose last event is newest, newest first.

        Args:
            limit: at most this many.
            before: (last seen µs, person) of the last one already shown; None from the beginning.
        """
        with self._database.read() as tx:
            recent = [(block.node, block.occurred_at) for block in self._recent.read(tx)]
            seen: list[tuple[int, int]] = []
            wanted = 2 * limit
            while len(seen) < limit and wanted <= MOST_LATELY:
                found = newest_sightings([*recent, self._store.last_seen(wanted)], wanted)
                older = [one for one in self._seen(tx, found, wanted) if not before or one < before]
                seen = older[:limit]
                if len(found[0]) < wanted:
                    break
                wanted *= 4
            times = {person: at for at, person in seen}
            listed = self._listed(tx, list(times))
        return [replace(one, last_seen_at=times[one.person]) for one in listed]

    def _seen(self, tx: Tx, found: Sightings, wanted: int) -> list[tuple[int, int]]:
        """Return (last seen, person), newest first, as far as the nodes found tell."""
        node, time = found
        if len(node) == wanted:
            # Others may have been seen at the very last of these times.
            node, time = node[time > time[-1]], time[time > time[-1]]
        persons = self._members.persons_of(tx, node.tolist())
        last: dict[int, int] = {}
        for one, at in zip(node.tolist(), time.tolist(), strict=True):
            if one in persons:
                last.setdefault(persons[one], at)
        return sorted(((at, person) for person, at in last.items()), reverse=True)

    def labelled(self, persons: Sequence[int]) -> dict[int, str]:
        """Return a name for each of these people."""
        with self._database.read() as tx:
            return {found.person: found.label for found in self._listed(tx, list(persons))}

    def timeline(
        self, person: int, query: TimelineQuery
    ) -> tuple[list[TimelineEvent], tuple[int, int] | None]:
        """Return a person's events, newest first, and where to go on (None at the end).

        Raises:
            NotFound: no such person.
        """
        with self._database.read() as tx:
            nodes = [known.node for known in self._members.nodes_of(tx, [person]).get(person, ())]
            if not nodes:
                raise NotFound(f"there is no person {person}", where="person")
            names = self._catalogue.names(tx)
            channels = self._catalogue.channels(tx)
            recent = self._recent.read(tx)
        only = narrowed(query, names, channels)
        if only is None:
            return [], None
        # One more tells whether there is more.
        rows = self._newest(nodes, recent, (bound_of(query), only), query.limit + 1)
        events = [told(rows, i, names, channels) for i in range(min(len(rows), query.limit))]
        has_more = len(rows) > query.limit
        return events, (events[-1].occurred_at, events[-1].seq) if has_more else None

    def arrived(
        self, last: Mark | None, *, limit: int
    ) -> tuple[list[tuple[TimelineEvent, int]], Mark]:
        """Return the newest events stored since a mark, oldest first, each with its person.

        Args:
            last: where one looked last; None for the newest few.
            limit: at most so many; the marks' `stored` tells how many there were.
        """
        rows, now = self._arrivals.since(last, limit=limit)
        with self._database.read() as tx:
            persons = self._members.persons_of(tx, np.unique(rows.node).tolist())
            names = self._catalogue.names(tx)
            channels = self._catalogue.channels(tx)
        events = [told(rows, i, names, channels) for i in range(len(rows))]
        return [(event, persons.get(event.node, 0)) for event in events], now

    def _newest(
        self,
        nodes: Sequence[int],
        recent: list[Columns],
        bounds: tuple[Place | None, TimelineFilter],
        limit: int,
    ) -> Columns:
        before, only = bounds
        wanted = np.asarray(nodes, np.int64)
        parts = [take(part, np.isin(part.node, wanted) & passing(part, only)) for part in recent]
        parts.append(self._store.timeline(nodes, before=before, limit=limit, only=only))
        rows = join(parts)
        if before is not None:
            older = (rows.occurred_at < before[0]) | (
                (rows.occurred_at == before[0]) & (rows.seq < before[1])
            )
            rows = take(rows, older)
        order = np.lexsort((rows.seq, rows.occurred_at))[::-1]
        rows = take(rows, order)
        _, first = np.unique(rows.seq, return_index=True)
        return take(rows, np.sort(first)[:limit])

    def _find(self, tx: Tx, kind: str, value: str) -> int | None:
        normal: str | None = value.strip()
        if kind == "email":
            normal = normalise_email(value)
        elif kind == "phone":
            normal = normalise_phone(value, self._country)
        return self._members.find(tx, kind, normal) if normal else None

    def _exact(self, tx: Tx, text: str) -> list[int]:
        kind, colon, value = text.partition(":")
        tries = [(kind.strip(), value)] if colon and value else []
        tries += [(kind, text) for kind in ID_KINDS]
        found = [self._find(tx, kind, value) for kind, value in tries if value]
        return list(dict.fromkeys(person for person in found if person is not None))

    def _by_words(self, tx: Tx, text: str, limit: int) -> list[int]:
        found = tokens(text) or {text_key(text)}
        words = sorted((word for word in found if word), key=len, reverse=True)
        if not words:
            return []
        hits = [self._starting(tx, word) for word in words]
        nodes = min(hits, key=len)
        if len(words) > 1 and len(nodes) >= PREFIX_HITS:
            # Each word alone is too common; together they are not.
            nodes = _both(tx, words[0], words[1])
        persons = sorted(set(self._members.persons_of(tx, nodes).values()))
        if len(words) > 1:
            persons = self._with_all(tx, persons, words)
        return persons[:limit]

    def _starting(self, tx: Tx, word: str) -> list[int]:
        """Return some nodes with a word that starts so."""
        bounds: dict[str, Value] = {"low": word, "high": word + _TOP, "limit": PREFIX_HITS}
        return [int(row[0] or 0) for row in tx.rows(FIND_PREFIX, bounds)]

    def _with_all(self, tx: Tx, persons: list[int], words: list[str]) -> list[int]:
        """Return those of these people who have all the words, over all their nodes."""
        members = self._members.nodes_of(tx, persons)
        spoken: dict[int, list[str]] = {}
        for node, token in tx.lookup(TOKENS, [n.node for own in members.values() for n in own]):
            spoken.setdefault(int(node or 0), []).append(str(token))
        return [
            person
            for person in persons
            if all(
                any(
                    t.startswith(word)
                    for n in members.get(person, ())
                    for t in spoken.get(n.node, ())
                )
                for word in words
            )
        ]

    def _listed(self, tx: Tx, persons: list[int]) -> list[Found]:
        members = self._members.nodes_of(tx, persons)
        folds = _folds(tx, [known.node for nodes in members.values() for known in nodes])
        return [_found(person, members[person], folds) for person in persons if person in members]


def _both(tx: Tx, one: str, other: str) -> list[int]:
    """Return some nodes that have a word starting with each of two."""
    bounds: dict[str, Value] = {
        "low": one,
        "high": one + _TOP,
        "other_low": other,
        "other_high": other + _TOP,
        "limit": PREFIX_HITS,
    }
    return [int(row[0] or 0) for row in tx.rows(FIND_BOTH, bounds)]


def _folds(tx: Tx, nodes: Iterable[int]) -> _Folds:
    keys = list(nodes)
    return _Folds(read_activity(tx, keys), read_traits(tx, keys))


def _profile(
    person: int,
    nodes: list[Node],
    folds: _Folds,
    names: dict[int, str],
    channels: dict[int, str],
) -> Profile:
    ids = [known.node for known in nodes]
    activity = sum_activity(folds.activity[i] for i in ids if i in folds.activity)
    traits = sum_traits(folds.traits[i] for i in ids if i in folds.traits)
    entries = sorted(activity.names.items(), key=lambda item: (-item[1].count, item[0]))
    spoken = sorted(activity.channels.items(), key=lambda item: (-item[1], item[0]))
    return Profile(
        person=person,
        label=label(traits, ((known.kind, known.value) for known in nodes)),
        identifiers=nodes,
        traits={k: v for k, v in sorted(traits.items()) if v.value is not None},
        activity=[
            NamedActivity(
                name=names.get(code, "?"),
                count=entry.count,
                first_at=entry.first,
                last_at=entry.last,
                days=dict(sorted(entry.days.items())),
            )
            for code, entry in entries
        ],
        channels=[(channels.get(code, "?"), count) for code, count in spoken],
        events=sum(entry.count for _, entry in entries),
        first_seen_at=min((entry.first for _, entry in entries), default=0),
        last_seen_at=max((entry.last for _, entry in entries), default=0),
    )


def _found(person: int, nodes: list[Node], folds: _Folds) -> Found:
    own = [known.node for known in nodes]
    entries = [
        entry for n in own if n in folds.activity for entry in folds.activity[n].names.values()
    ]
    traits = sum_traits(folds.traits[n] for n in own if n in folds.traits)
    identifiers = [(known.kind, known.value) for known in nodes]
    return Found(
        person=person,
        label=label(traits, identifiers),
        identifiers=identifiers,
        events=sum(entry.count for entry in entries),
        last_seen_at=max((entry.last for entry in entries), default=0),
    )
