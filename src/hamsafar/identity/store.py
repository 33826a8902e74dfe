"""SQL of identity: nodes, claims, severances and the history of changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, cast

from msgspec.structs import astuple

from hamsafar.identity.settle import Settlement
from hamsafar.identity.types import Cause, Change, Claim, Node, Severance, Verdict, edge_of
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import (
    Column,
    Kind,
    Lookup,
    NodeId,
    PersonId,
    Remove,
    Row,
    Statement,
    Upsert,
    Value,
)

LOCK: Final = "identity"
"""Whoever writes identity holds it, so that claims never meet half-seen and versions grow in the
order of their commits. On SQLite a write transaction is alone anyway."""

_INT, _TEXT, _BYTES = Kind.INT, Kind.TEXT, Kind.BYTES
_NODE: Final = (
    Column("id", _INT),
    Column("kind", _TEXT),
    Column("value", _TEXT),
    Column("hash", _BYTES),
    Column("person", _INT),
    Column("first_seen_at", _INT),
    Column("source_id", _INT),
    Column("users", _INT),
    Column("links", _INT),
)
_NODE_NAMES: Final = tuple(column.name for column in _NODE)
_CLAIM: Final = (
    Column("edge", _INT),
    Column("a", _INT),
    Column("b", _INT),
    Column("occurred_at", _INT),
    Column("message_id", _TEXT),
    Column("source_id", _INT),
    Column("received_at", _INT),
    Column("verdict", _TEXT),
)
_CLAIM_NAMES: Final = tuple(column.name for column in _CLAIM[1:])
_CHANGE: Final = (
    Column("node", _INT),
    Column("person_from", _INT),
    Column("person_to", _INT),
    Column("cause", _TEXT),
    Column("cause_a", _INT),
    Column("cause_b", _INT),
    Column("changed_at", _INT),
)
_CHANGE_NAMES: Final = ("version", *(column.name for column in _CHANGE))
_SEVERANCE: Final = (
    Column("id", _TEXT),
    Column("a", _INT),
    Column("b", _INT),
    Column("made_at", _INT),
    Column("made_by", _TEXT),
    Column("reason", _TEXT),
    Column("undone_at", _INT),
    Column("undone_by", _TEXT),
)
_SEVERANCE_NAMES: Final = tuple(column.name for column in _SEVERANCE)

_ADD_NODES: Final = Upsert("node", _NODE)
_PUT_CLAIMS: Final = Upsert(
    "claim",
    _CLAIM,
    ("edge",),
    ("occurred_at", "message_id", "source_id", "received_at", "verdict"),
)
_ADD_CHANGES: Final = Upsert("identity_change", _CHANGE)
_ADD_SEVERANCE: Final = Upsert("severance", _SEVERANCE)

_BY_HASH: Final = Lookup("node", ("hash", "id"), Column("hash", _BYTES))
_BY_ID: Final = Lookup("node", _NODE_NAMES, Column("id", _INT))
_BY_PERSON: Final = Lookup("node", _NODE_NAMES, Column("person", _INT))
_PERSONS: Final = Lookup("node", ("id", "person"), Column("id", _INT))
_CLAIM_BY_EDGE: Final = Lookup("claim", _CLAIM_NAMES, Column("edge", _INT))
_CLAIM_BY_A: Final = Lookup("claim", _CLAIM_NAMES, Column("a", _INT))
_CLAIM_BY_B: Final = Lookup("claim", _CLAIM_NAMES, Column("b", _INT))
_SEVERANCE_BY_ID: Final = Lookup("severance", _SEVERANCE_NAMES, Column("id", _TEXT))
_SEVERANCE_BY_A: Final = Lookup("severance", _SEVERANCE_NAMES, Column("a", _INT))
_SEVERANCE_BY_B: Final = Lookup("severance", _SEVERANCE_NAMES, Column("b", _INT))
_CHANGES_OF: Final = Lookup("identity_change", _CHANGE_NAMES, Column("node", _INT))

_DROP_NODES: Final = Remove("node", Column("id", _INT))
_DROP_CLAIMS: Final = Remove("claim", Column("edge", _INT))
_DROP_SEVERANCES: Final = Remove("severance", Column("id", _TEXT))
_DROP_CHANGES: Final = Remove("identity_change", Column("node", _INT))

_TOP: Final = Statement(
    "identity.top",
    "SELECT COALESCE(MAX(top), 0) FROM (SELECT MAX(id) AS top FROM node"
    " UNION ALL SELECT MAX(node) AS top FROM identity_change) AS tops",
)
_VERSION: Final = Statement(
    "identity.version", "SELECT COALESCE(MAX(version), 0) FROM identity_change"
)
_ERASURE: Final = Statement(
    "identity.erasure",
    "SELECT COALESCE(MAX(version), 0) FROM identity_change WHERE cause = 'erased'",
)
_JOINED: Final = Statement(
    "identity.joined",
    "SELECT id, person FROM node WHERE id > :after AND person <> id ORDER BY id LIMIT :most",
)
_ERASED: Final = Statement(
    "identity.erased", "SELECT node FROM identity_change WHERE cause = 'erased'"
)
_CHANGES_SINCE: Final = Statement(
    "identity.changes_since",
    "SELECT node, person_to FROM identity_change WHERE version > :version ORDER BY version",
)
_MOVED_SINCE: Final = Statement(
    "identity.moved_since",
    "SELECT DISTINCT person_from, person_to FROM identity_change WHERE version > :version",
)
_SET_NODE: Final = Statement(
    "identity.set_node",
    "UPDATE node SET person = :person, users = :users, links = :links WHERE id = :id",
)
_UNDO: Final = Statement(
    "identity.undo",
    "UPDATE severance SET undone_at = :at, undone_by = :by WHERE id = :id AND undone_at IS NULL",
)
_STANDING: Final = Statement(
    "identity.standing",
    "SELECT id FROM severance WHERE a = :a AND b = :b AND undone_at IS NULL",
)
_SOME_CLAIMS: Final = Statement(
    "identity.some_claims",
    "SELECT a, b, occurred_at, message_id, source_id, received_at, verdict FROM"
    " (SELECT * FROM claim WHERE a = :node LIMIT :most) AS from_a UNION ALL"
    " SELECT a, b, occurred_at, message_id, source_id, received_at, verdict FROM"
    " (SELECT * FROM claim WHERE b = :node LIMIT :most) AS from_b",
)
_MOVES: Final = Statement(
    "identity.moves",
    "SELECT version, node, person_from, person_to, cause, cause_a, cause_b, changed_at FROM"
    " identity_change WHERE person_from = :person OR person_to = :person"
    " ORDER BY version DESC LIMIT :most",
)
_HASHES: Final = Statement(
    "identity.hashes", "SELECT id, hash FROM node WHERE id > :after ORDER BY id LIMIT :limit"
)
_PEOPLE: Final = Statement("identity.people", "SELECT COUNT(DISTINCT person) FROM node")
_EXPORT_NODES: Final = Statement(
    "identity.export_nodes", "SELECT person, kind, value FROM node ORDER BY person, kind, value"
)
_EXPORT_CLAIMS: Final = Statement(
    "identity.export_claims",
    "SELECT one.kind, one.value, two.kind, two.value, claim.occurred_at, claim.message_id,"
    " claim.verdict FROM claim JOIN node AS one ON one.id = claim.a"
    " JOIN node AS two ON two.id = claim.b",
)

_ALL_NODES: Final = Statement(
    "identity.all_nodes",
    "SELECT id, kind, value, hash, person, first_seen_at, source_id, users, links FROM node",
)
_ALL_CLAIMS: Final = Statement(
    "identity.all_claims",
    "SELECT a, b, occurred_at, message_id, source_id, received_at, verdict FROM claim",
)
_ALL_CUTS: Final = Statement(
    "identity.all_cuts", "SELECT a, b FROM severance WHERE undone_at IS NULL"
)

_PAGE: Final = 200_000


def _int(value: Value) -> int:
    return cast("int", value)


def _node(row: Row) -> Node:
    return Node(*cast("tuple[NodeId, str, str, bytes, PersonId, int, int, int, int]", row))


def _claim(row: Row) -> Claim:
    a, b, occurred_at, message_id, source_id, received_at, verdict = cast(
        "tuple[int, int, int, str, int, int, str]", row
    )
    return Claim(a, b, occurred_at, message_id, source_id, received_at, Verdict(verdict))


def _change(row: Row) -> Change:
    version, node, person_from, person_to, cause, a, b, changed_at = cast(
        "tuple[int, int, int, int, str, int, int, int]", row
    )
    return Change(version, node, person_from, person_to, Cause(cause), a, b, changed_at)


def _severance(row: Row) -> Severance:
    key, a, b, made_at, made_by, reason, undone_at, undone_by = cast(
        "tuple[str, int, int, int, str, str, int | None, str | None]", row
    )
    return Severance(
        id=key,
        a=a,
        b=b,
        made_at=made_at,
        made_by=made_by,
        reason=reason,
        undone_at=undone_at,
        undone_by=undone_by,
    )


class Store:
    """Identity's tables, in one transaction."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    # --- the graph, as `settle` reads it ---

    def nodes(self, ids: Collection[int]) -> list[Node]:
        """Return these nodes."""
        return [_node(row) for row in self._tx.lookup(_BY_ID, list(ids))]

    def members(self, persons: Collection[int]) -> list[Node]:
        """Return the nodes of these persons."""
        return [_node(row) for row in self._tx.lookup(_BY_PERSON, list(persons))]

    def claims(self, nodes: Collection[int]) -> list[Claim]:
        """Return every claim with an end among these nodes; some twice."""
        keys: list[Value] = list(nodes)
        rows = self._tx.lookup(_CLAIM_BY_A, keys) + self._tx.lookup(_CLAIM_BY_B, keys)
        return [_claim(row) for row in rows]

    # --- further reading ---

    def lock(self) -> None:
        """Wait until no other transaction writes identity."""
        self._tx.lock(LOCK)

    def by_hash(self, hashes: Sequence[bytes]) -> dict[bytes, int]:
        """Return the node of each identifier already seen."""
        rows = self._tx.lookup(_BY_HASH, list(hashes))
        return {bytes(cast("bytes", key)): _int(node) for key, node in rows}

    def by_edge(self, edges: Collection[int]) -> dict[int, Claim]:
        """Return the claims of these names."""
        found = (_claim(row) for row in self._tx.lookup(_CLAIM_BY_EDGE, list(edges)))
        return {claim.edge: claim for claim in found}

    def persons(self, nodes: Collection[int]) -> dict[int, int]:
        """Return the person of each node."""
        rows = self._tx.lookup(_PERSONS, list(nodes))
        return {_int(node): _int(person) for node, person in rows}

    def top(self) -> int:
        """Return the largest node id ever given, also to nodes erased since."""
        return _int(self._tx.rows(_TOP)[0][0])

    def version(self) -> int:
        """Return the identity version."""
        return _int(self._tx.rows(_VERSION)[0][0])

    def erasure(self) -> int:
        """Return the version of the last erasure, 0 if there was none."""
        return _int(self._tx.rows(_ERASURE)[0][0])

    def people(self) -> int:
        """Return how many persons there are."""
        return _int(self._tx.rows(_PEOPLE)[0][0])

    def joined(self) -> Iterable[list[Row]]:
        """Yield (node, person) of every node that is not its own person, in pages."""
        after = 0
        while page := self._tx.rows(_JOINED, {"after": after, "most": _PAGE}):
            yield page
            after = _int(page[-1][0])

    def erased(self) -> list[int]:
        """Return every node erased."""
        return [_int(row[0]) for row in self._tx.rows(_ERASED)]

    def changes_since(self, version: int) -> list[Row]:
        """Return (node, person_to) of every change after a version, oldest first."""
        return self._tx.rows(_CHANGES_SINCE, {"version": version})

    def moved_since(self, version: int) -> frozenset[int]:
        """Return every person a node left or came to after this version."""
        rows = self._tx.rows(_MOVED_SINCE, {"version": version})
        return frozenset(int(str(person)) for row in rows for person in row if person)

    def some_claims(self, node: int, most: int) -> list[Claim]:
        """Return at most `most` claims on each side of one node."""
        rows = self._tx.rows(_SOME_CLAIMS, {"node": node, "most": most})
        return [_claim(row) for row in rows]

    def changes_of(self, nodes: Collection[int]) -> list[Change]:
        """Return every move of these nodes."""
        return [_change(row) for row in self._tx.lookup(_CHANGES_OF, list(nodes))]

    def moves(self, person: int, most: int) -> list[Change]:
        """Return the newest moves into and out of a person."""
        return [_change(row) for row in self._tx.rows(_MOVES, {"person": person, "most": most})]

    def severance(self, key: str) -> Severance | None:
        """Return one cut."""
        rows = self._tx.lookup(_SEVERANCE_BY_ID, [key])
        return _severance(rows[0]) if rows else None

    def standing(self, a: int, b: int) -> str | None:
        """Return the id of the cut that stands between two nodes (`a` < `b`)."""
        rows = self._tx.rows(_STANDING, {"a": a, "b": b})
        return str(rows[0][0]) if rows else None

    def severances(self, nodes: Collection[int]) -> list[Severance]:
        """Return every cut at these nodes, also those undone."""
        keys: list[Value] = list(nodes)
        rows = self._tx.lookup(_SEVERANCE_BY_A, keys) + self._tx.lookup(_SEVERANCE_BY_B, keys)
        return list({cut.id: cut for cut in map(_severance, rows)}.values())

    def export_nodes(self) -> list[Row]:
        """Return (person, kind, value) of every node, by person and identifier."""
        return self._tx.rows(_EXPORT_NODES)

    def export_claims(self) -> list[Row]:
        """Return (kind, value, kind, value, occurred_at, message_id, verdict) of every claim."""
        return self._tx.rows(_EXPORT_CLAIMS)

    def hashes(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Return nodes behind a number with the hash of their identifiers."""
        rows = self._tx.rows(_HASHES, {"after": after, "limit": limit})
        return [(_int(node), cast("bytes", key)) for node, key in rows]

    def everything(self) -> tuple[list[Node], list[Claim], set[int]]:
        """Return all nodes, all claims, and the edges cut."""
        nodes = [_node(row) for row in self._tx.rows(_ALL_NODES)]
        claims = [_claim(row) for row in self._tx.rows(_ALL_CLAIMS)]
        cuts = {edge_of(_int(a), _int(b)) for a, b in self._tx.rows(_ALL_CUTS)}
        return nodes, claims, cuts

    # --- writing ---

    def write(self, settlement: Settlement, fresh: Collection[int] = ()) -> None:
        """Write what was settled; `fresh` are the nodes not stored yet."""
        nodes = settlement.nodes
        self._tx.upsert(_ADD_NODES, [astuple(node) for node in nodes if node.node in fresh])
        self._tx.run_many(
            _SET_NODE,
            [
                {"person": n.person, "users": n.users, "links": n.links, "id": n.node}
                for n in nodes
                if n.node not in fresh
            ],
        )
        self._tx.upsert(_PUT_CLAIMS, [_claim_row(claim) for claim in settlement.claims])
        self.add_changes(settlement.changes)

    def add_changes(self, changes: Sequence[Change]) -> None:
        """Append to the history of changes; each takes the next version."""
        self._tx.upsert(
            _ADD_CHANGES,
            [astuple(change)[1:] for change in changes],
        )

    def add_severance(self, cut: Severance) -> None:
        """Keep a cut."""
        values = [getattr(cut, name) for name in _SEVERANCE_NAMES]
        self._tx.upsert(_ADD_SEVERANCE, [tuple(values)])

    def undo(self, key: str, *, by: str, at: int) -> None:
        """Mark a cut as undone."""
        self._tx.run(_UNDO, {"id": key, "by": by, "at": at})

    def drop(self, nodes: Collection[int], claims: Collection[int], cuts: Sequence[str]) -> None:
        """Delete nodes, claims (by edge), severances, and the nodes' own history."""
        self._tx.remove(_DROP_CLAIMS, list(claims))
        self._tx.remove(_DROP_SEVERANCES, list(cuts))
        self._tx.remove(_DROP_CHANGES, list(nodes))
        self._tx.remove(_DROP_NODES, list(nodes))


def _claim_row(claim: Claim) -> Row:
    return (claim.edge, claim.a, claim.b, *claim.cause, claim.received_at, claim.verdict.value)
