"""Who is who: read it, cut a link, undo the cut, erase a person, export it all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import groupby
from typing import cast

import numpy as np

from hamsafar.identity.errors import (
    AlreadySevered,
    AlreadyUndone,
    LinkNotJoining,
    UnknownLink,
    UnknownPerson,
    UnknownSeverance,
)
from hamsafar.identity.rejudge import rejudge
from hamsafar.identity.settle import Edit, Step, settle
from hamsafar.identity.store import Store
from hamsafar.identity.types import (
    CanonicalClaim,
    CanonicalPerson,
    Cause,
    Change,
    Claim,
    IdentityCard,
    LabelledClaim,
    Moved,
    Node,
    Rejudged,
    Rules,
    Severance,
    Verdict,
    edge_of,
)
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.ids import digest128
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import U32, IdentityView, NodeId, PersonId, Row

CLAIMS_SHOWN = 200
"""Claims shown at most on each side of one identifier: a shared one may have thousands."""
CHANGES_SHOWN = 500


class IdentityService:
    """Reads open their own snapshot; what changes identity runs in the worker's transaction."""

    def __init__(self, database: Database, rules: Rules, clock: Clock) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock

    # --- reading ---

    def view(self, known: IdentityView | None = None) -> IdentityView:
        """Return the present map of nodes to persons; cheap when `known` is recent.

        Args:
            known: an earlier view; returned as it is when nothing happened since.
        """
        with self._database.read() as tx:
            store = Store(tx)
            version, top = store.version(), store.top()
            if known is None or known.version > version:
                return IdentityView(version=version, person_of=_whole(store, top))
            if known.version == version and len(known.person_of) == top + 1:
                return known
            return IdentityView(version=version, person_of=_newer(store, known, top))

    def moved_since(self, version: int) -> frozenset[int]:
        """Return every person who lost or won an identifier after this version of the view."""
        with self._database.read() as tx:
            return Store(tx).moved_since(version)

    def people(self) -> int:
        """Return how many persons there are."""
        with self._database.read() as tx:
            return Store(tx).people()

    def members(self, person: int) -> tuple[Node, ...]:
        """Return the identifiers of a person, oldest node first; empty when unknown."""
        with self._database.read() as tx:
            return _members(Store(tx), person)

    def person_of(self, kind: str, value: str) -> PersonId | None:
        """Return who a (normalised) identifier belongs to now."""
        with self._database.read() as tx:
            store = Store(tx)
            found = store.by_hash([digest128(kind, value)])
            persons = store.persons(list(found.values())) if found else {}
        return PersonId(next(iter(persons.values()))) if persons else None

    def persons_of(self, nodes: Collection[int]) -> dict[int, PersonId]:
        """Return the person of each node; a node erased or never seen is absent."""
        with self._database.read() as tx:
            found = Store(tx).persons(nodes)
        return {node: PersonId(person) for node, person in found.items()}

    def describe(self, person: int) -> IdentityCard:
        """Return who a person is and why; an id merged away leads to the present person.

        Raises:
            UnknownPerson: no node of this id.
        """
        with self._database.read() as tx:
            store = Store(tx)
            current = store.persons([person]).get(person)
            if current is None:
                raise UnknownPerson(person)
            nodes = _members(store, current)
            ids = [node.node for node in nodes]
            claims = {c.edge: c for node in ids for c in store.some_claims(node, CLAIMS_SHOWN)}
            changes = {c.version: c for c in store.changes_of(ids)}
            changes.update((c.version, c) for c in store.moves(current, CHANGES_SHOWN))
            cuts = store.severances(ids)
            named = {end for c in claims.values() for end in (c.a, c.b)}
            named |= {change.node for change in changes.values()}
            named |= {end for cut in cuts for end in (cut.a, cut.b)}
            labels: dict[int, str] = {node.node: node.label for node in store.nodes(named)}
        return IdentityCard(
            person=PersonId(current),
            nodes=nodes,
            claims=_labelled(claims.values(), labels),
            changes=tuple(sorted(changes.values(), key=_by_version, reverse=True)[:CHANGES_SHOWN]),
            labels=labels,
            severances=tuple(sorted(cuts, key=_by_time, reverse=True)),
        )

    # --- changing, inside the worker's transaction ---

    def sever(self, tx: Tx, cut: Severance) -> Moved:
        """Cut the link between two nodes; it stays cut until `rejoin`.

        Nothing but node → person changes, so folds and history stay where they are. A link counts
        no more for any guard, as if it had never been made.

        A job that is run again after a crash changes nothing the second time.

        Args:
            tx: the worker's transaction.
            cut: with an id of the caller's making; `a` and `b` in either order.

        Raises:
            UnknownLink: no event names the two together.
            LinkNotJoining: one of the values is blocked.
            AlreadySevered: cut before, and not undone.
        """
        store = Store(tx)
        store.lock()
        cut = replace(cut, a=min(cut.a, cut.b), b=max(cut.a, cut.b))
        made = store.severance(cut.id)
        if made is not None and (made.a, made.b, made.undone_at) == (cut.a, cut.b, None):
            return Moved(severance=made, changes=(), still_joined=_together(store, made))
        claim = store.by_edge([edge_of(cut.a, cut.b)]).get(edge_of(cut.a, cut.b))
        if claim is None:
            raise UnknownLink(cut.a, cut.b)
        if claim.verdict is Verdict.BLOCKED:
            raise LinkNotJoining(cut.a, cut.b)
        if (standing := store.standing(cut.a, cut.b)) is not None:
            raise AlreadySevered(standing)
        store.add_severance(cut)
        return self._change(store, cut, Edit(Step.CUT, claim, claim))

    def rejoin(self, tx: Tx, key: str, *, by: str) -> Moved:
        """Undo a cut: the link counts again, under the rules.

        Raises:
            UnknownSeverance: no cut of this id.
            AlreadyUndone: undone before.
        """
        store = Store(tx)
        store.lock()
        cut = store.severance(key)
        if cut is None:
            raise UnknownSeverance(key)
        if cut.undone_at is not None:
            raise AlreadyUndone(key)
        now = self._clock.now_us()
        store.undo(key, by=by, at=now)
        claim = store.by_edge([edge_of(cut.a, cut.b)])[edge_of(cut.a, cut.b)]
        cut = replace(cut, undone_at=now, undone_by=by)
        return self._change(store, cut, Edit(Step.MEND, claim, claim))

    def marks(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Return nodes behind a number with the `digest128(kind, value)` of their identifiers."""
        with self._database.read() as tx:
            return Store(tx).hashes(after, limit)

    def erase(self, tx: Tx, person: int) -> tuple[NodeId, ...]:
        """Remove a person as `erase_nodes` does; return the node ids.

        Raises:
            UnknownPerson: no such person.
        """
        nodes = [node.node for node in _members(Store(tx), person)]
        if not nodes:
            raise UnknownPerson(person)
        return self.erase_nodes(tx, nodes)

    def erase_nodes(self, tx: Tx, nodes: Collection[int]) -> tuple[NodeId, ...]:
        """Remove nodes with their claims, cuts and history; return those there were.

        Mostly all nodes of a person. If others of that person stay, everything is judged anew:
        that reads all of identity, not while the river flows fast.

        What is left is the number of each node in the history of changes, marked `erased`, so
        that readers forget it and the number is never given again. An identifier that appears
        later is a new node and a new person.
        """
        store = Store(tx)
        store.lock()
        found = store.nodes(nodes)
        ids = frozenset(node.node for node in found)
        members = store.members({node.person for node in found}) if found else []
        claims = {claim.edge: claim for claim in store.claims(ids)}
        cuts = [cut.id for cut in store.severances(ids)]
        now = self._clock.now_us()
        if all(node.node in ids for node in members):
            edits = [Edit(Step.DROP, claim, claim) for claim in claims.values()]
            settlement = settle(store, self._rules, edits, now_us=now, gone=ids)
            store.drop(ids, claims, cuts)
        else:
            store.drop(ids, claims, cuts)
            settlement = rejudge(*store.everything(), self._rules, now_us=now)
        store.write(settlement)
        store.add_changes([_erased(node, now) for node in sorted(found, key=_by_node)])
        return tuple(sorted(ids))

    def rejudge(self, tx: Tx) -> Rejudged:
        """Judge all claims anew, as after a change of the rules; return what changed.

        Where the rules did not change this changes nothing: so it also proves the state right.
        Reads everything: not while the river flows fast. An event keeps the node it was given.
        """
        store = Store(tx)
        store.lock()
        settlement = rejudge(*store.everything(), self._rules, now_us=self._clock.now_us())
        store.write(settlement)
        return Rejudged(
            claims=len(settlement.claims), nodes=len(settlement.nodes), changes=settlement.changes
        )

    def _change(self, store: Store, cut: Severance, edit: Edit) -> Moved:
        settlement = settle(store, self._rules, [edit], now_us=self._clock.now_us())
        store.write(settlement)
        together = _together(store, cut)
        return Moved(severance=cut, changes=settlement.changes, still_joined=together)

    # --- export ---

    def canonical_people(self, tx: Tx) -> list[CanonicalPerson]:
        """Return every person by its identifiers, in an order free of arrival."""
        rows = Store(tx).export_nodes()
        people = []
        for person, members in groupby(rows, key=lambda row: row[0]):
            identifiers = tuple((str(kind), str(value)) for _, kind, value in members)
            people.append(
                CanonicalPerson(
                    name=identifiers[0],
                    identifiers=identifiers,
                    person=PersonId(cast("int", person)),
                )
            )
        return sorted(people, key=lambda person: person.name)

    def canonical_claims(self, tx: Tx) -> list[CanonicalClaim]:
        """Return every claim by its identifiers, sorted."""
        return sorted(_canonical(row) for row in Store(tx).export_claims())


class Members:
    """Who is who, read inside the caller's own transaction."""

    def nodes_of(self, tx: Tx, persons: Collection[int]) -> dict[int, list[Node]]:
        """Return the nodes of each person, oldest first; unknown persons are absent."""
        found: dict[int, list[Node]] = {}
        for node in sorted(Store(tx).members(persons), key=_by_node) if persons else ():
            found.setdefault(node.person, []).append(node)
        return found

    def persons_of(self, tx: Tx, nodes: Collection[int]) -> dict[int, int]:
        """Return the person of each node; a node erased or never seen is absent."""
        return Store(tx).persons(nodes) if nodes else {}

    def some(self, tx: Tx, nodes: Collection[int]) -> list[Node]:
        """Return those of these nodes there are, oldest first."""
        return sorted(Store(tx).nodes(nodes), key=_by_node) if nodes else []

    def find(self, tx: Tx, kind: str, value: str) -> int | None:
        """Return who a (normalised) identifier belongs to now, or None."""
        store = Store(tx)
        found = store.by_hash([digest128(kind, value)])
        persons = store.persons(list(found.values())) if found else {}
        return next(iter(persons.values()), None)


def _together(store: Store, cut: Severance) -> bool:
    persons = store.persons([cut.a, cut.b])
    return persons[cut.a] == persons[cut.b]


def _members(store: Store, person: int) -> tuple[Node, ...]:
    return tuple(sorted(store.members([person]), key=_by_node))


def _by_node(node: Node) -> int:
    return node.node


def _by_version(change: Change) -> int:
    return change.version


def _by_time(cut: Severance) -> tuple[int, str]:
    return (cut.made_at, cut.id)


def _labelled(claims: Collection[Claim], labels: dict[int, str]) -> tuple[LabelledClaim, ...]:
    ordered = sorted(claims, key=lambda claim: (claim.cause, claim.edge))
    return tuple(
        LabelledClaim(claim=c, a_label=labels.get(c.a, ""), b_label=labels.get(c.b, ""))
        for c in ordered
    )


def _erased(node: Node, now_us: int) -> Change:
    return Change(0, node.node, node.person, 0, Cause.ERASED, 0, 0, now_us)


def _canonical(row: Row) -> CanonicalClaim:
    kind, value, other_kind, other_value, occurred_at, message_id, verdict = row
    one, two = sorted([(str(kind), str(value)), (str(other_kind), str(other_value))])
    return CanonicalClaim(
        a=one,
        b=two,
        occurred_at=cast("int", occurred_at),
        message_id=str(message_id),
        verdict=Verdict(cast("str", verdict)),
    )


def _whole(store: Store, top: int) -> U32:
    person_of = np.arange(top + 1, dtype=np.uint32)
    for page in store.joined():
        columns = np.array(page, dtype=np.int64)
        person_of[columns[:, 0]] = columns[:, 1]
    person_of[store.erased()] = 0
    person_of.setflags(write=False)
    return person_of


def _newer(store: Store, known: IdentityView, top: int) -> U32:
    person_of = np.arange(top + 1, dtype=np.uint32)
    person_of[: len(known.person_of)] = known.person_of
    for node, person in store.changes_since(known.version):
        person_of[cast("int", node)] = cast("int", person)
    person_of.setflags(write=False)
    return person_of
