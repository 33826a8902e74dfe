"""Nouns of identity: nodes, claims, verdicts, rules, changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from hamsafar.collect.types import Identifier
from hamsafar.storage.types import NodeId, PersonId

USER_ID = "user_id"
"""The kind of identifier that says who a person is; a person has one."""

DEVICE_KINDS = (
    "anonymous_id",
    "ios_id",
    "ios_idfa",
    "ios_push_token",
    "android_id",
    "android_idfa",
    "android_push_token",
    "ga_client_id",
)
"""Kinds that name a browser or a device: several people may use one."""

MAX_NODE = (1 << 31) - 1
"""Node ids fit in 31 bits, so that a claim is named by one 64-bit integer."""


class Period(StrEnum):
    """Over what a limit counts; calendar windows are UTC, weeks begin on Monday."""

    EVER = "ever"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ANNUALLY = "annually"


class Verdict(StrEnum):
    """What became of a claim."""

    ACCEPTED = "accepted"
    """It joins its two identifiers (or they were together already)."""
    LIMIT = "limit"
    """The person would have too many identifiers of a kind, or two user ids."""
    BLOCKED = "blocked"
    """One of its values names nobody: `guest`, `0000`, `ناشناس`."""
    SHARED = "shared"
    """One of its identifiers belongs to too many people to join any."""
    SEVERED = "severed"
    """A member of staff has cut it."""


class Cause(StrEnum):
    """Why a node changed its person."""

    CLAIM = "claim"
    """An event named two identifiers together."""
    LATE_CLAIM = "late_claim"
    """A claim that happened earlier came later, and took the place of another one."""
    SHARED = "shared"
    """An identifier turned out to be shared (or no longer)."""
    SEVERED = "severed"
    """A link was cut by hand."""
    REJOINED = "rejoined"
    """A cut was undone."""
    RULES = "rules"
    """The rules themselves changed."""
    ERASED = "erased"
    """The node is gone; `person_to` is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` identifiers of a kind in one person, counted over `period`.

    An identifier counts in the window in which it first joined.
    """

    most: int
    period: Period = Period.EVER


def _default_limits() -> Mapping[str, Limit]:
    return {USER_ID: Limit(most=1)}


def _default_shared() -> Mapping[str, int]:
    return dict.fromkeys(DEVICE_KINDS, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When two identifiers named together become one person.

    Attributes:
        limits: per kind.
        limit_else: for every other kind.
        shared: for a kind, with how many user ids an identifier may be claimed before it joins
            nobody: a family's tablet serves two, a shop's serves everybody.
        shared_else: for every other kind but `user_id`; a couple may share a phone number.
        max_links: an identifier claimed with more than this many others joins nobody either,
            user ids included: nobody has a thousand browsers, but a till does.
        max_size: a person has at most this many identifiers.
        blocked: further values that name nobody, besides `resolve.BLOCKED_WORDS`.
        join_identified: let a claim join two persons who both have a user id. Off: a browser's
            write key is public, so its word must never merge two known customers.
    """

    limits: Mapping[str, Limit] = field(default_factory=_default_limits)
    limit_else: Limit = Limit(most=5)
    shared: Mapping[str, int] = field(default_factory=_default_shared)
    shared_else: int = 3
    max_links: int = 1_000
    max_size: int = 1_000
    blocked: tuple[str, ...] = ()
    join_identified: bool = False


class Node(msgspec.Struct, frozen=True, gc=False):
    """The first sight of an identifier. All but `person` and the counts stays for ever.

    Attributes:
        node: its id, growing in order of arrival.
        kind: kind of identifier.
        value: normalised value.
        hash: 16 bytes naming (kind, value).
        person: the smallest node id of the person it belongs to.
        first_seen_at: µs UTC, when the event that brought it occurred.
        source_id: source of that event.
        users: with how many user ids it was claimed (blocked and severed claims aside).
        links: with how many identifiers in all.
    """

    node: NodeId
    kind: str
    value: str
    hash: bytes
    person: PersonId
    first_seen_at: int
    source_id: int
    users: int = 0
    links: int = 0

    @property
    def label(self) -> str:
        """Return `kind:value`, as in the profile API."""
        return f"{self.kind}:{self.value}"

    def moved(self, person: int) -> Node:
        """Return the node in another person."""
        return Node(
            self.node,
            self.kind,
            self.value,
            self.hash,
            PersonId(person),
            self.first_seen_at,
            self.source_id,
            self.users,
            self.links,
        )

    def counted(self, other: Node, by: int) -> Node:
        """Return the node with `by` more claims to `other`."""
        return Node(
            self.node,
            self.kind,
            self.value,
            self.hash,
            self.person,
            self.first_seen_at,
            self.source_id,
            self.users + by if other.kind == USER_ID else self.users,
            self.links + by,
        )


class Claim(msgspec.Struct, frozen=True, gc=False):
    """Two identifiers named by one event, with the earliest event that did so.

    Attributes:
        a: the smaller node id.
        b: the larger one.
        occurred_at: µs UTC.
        message_id: of that event.
        source_id: of that event.
        received_at: µs UTC.
        verdict: what became of it.
    """

    a: int
    b: int
    occurred_at: int
    message_id: str
    source_id: int
    received_at: int
    verdict: Verdict

    @property
    def edge(self) -> int:
        """Return its name: both node ids in one integer."""
        return self.a << 32 | self.b

    @property
    def cause(self) -> tuple[int, str, int]:
        """Return what orders claims: (occurred_at, message_id, source_id)."""
        return (self.occurred_at, self.message_id, self.source_id)

    def judged(self, verdict: Verdict) -> Claim:
        """Return the claim with this verdict."""
        return Claim(
            self.a,
            self.b,
            self.occurred_at,
            self.message_id,
            self.source_id,
            self.received_at,
            verdict,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledClaim:
    """A claim as the console shows it."""

    claim: Claim
    a_label: str
    b_label: str


class Change(msgspec.Struct, frozen=True, gc=False):
    """One node moved from one person to another.

    Attributes:
        version: place in the history of identity; 0 when not yet written.
        node: which node.
        person_from: its person until then.
        person_to: its person since; 0 when erased.
        cause: why.
        cause_a: one end of the claim that caused it, 0 when no single one did.
        cause_b: the other end.
        changed_at: µs UTC.
    """

    version: int
    node: int
    person_from: int
    person_to: int
    cause: Cause
    cause_a: int
    cause_b: int
    changed_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Severance:
    """A link that was cut by hand and stays cut until `undone_at`."""

    id: str
    a: int
    b: int
    made_at: int
    made_by: str
    reason: str
    undone_at: int | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCard:
    """Who one person is, and how we came to think so.

    Attributes:
        person: smallest node id.
        nodes: the person's identifiers, oldest first.
        claims: every claim touching them, by time.
        changes: every move of a node into or out of this person, newest first.
        labels: `kind:value` of every node named in `changes` and `severances`.
        severances: cuts at these nodes, newest first.
    """

    person: PersonId
    nodes: tuple[Node, ...]
    claims: tuple[LabelledClaim, ...]
    changes: tuple[Change, ...]
    labels: Mapping[int, str]
    severances: tuple[Severance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a cut, its undoing or an erasure changed.

    Attributes:
        severance: the cut in question.
        changes: nodes that moved to another person.
        still_joined: the two ends are one person all the same, through other claims.
    """

    severance: Severance
    changes: tuple[Change, ...]
    still_joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """What judging everything anew has changed; all zero and empty when all was right.

    Attributes:
        claims: how many got another verdict.
        nodes: how many have another person or other counts.
        changes: nodes that moved.
    """

    claims: int
    nodes: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalPerson:
    """A person without anything that depends on the order of arrival.

    Attributes:
        name: smallest identifier.
        identifiers: sorted.
        person: the id in this database; not for export, it depends on arrival.
    """

    name: Identifier
    identifiers: tuple[Identifier, ...]
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CanonicalClaim:
    """A claim by its identifiers, `a` < `b`."""

    a: Identifier
    b: Identifier
    occurred_at: int
    message_id: str
    verdict: Verdict


def edge_of(x: int, y: int) -> int:
    """Return the name of the claim between two nodes, in either order."""
    return x << 32 | y if x < y else y << 32 | x
