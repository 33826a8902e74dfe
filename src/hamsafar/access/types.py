"""Nouns of access: who may do what, with which key, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", str)
TokenId = NewType("TokenId", str)
SourceId = NewType("SourceId", int)
JobId = NewType("JobId", str)


class Role(StrEnum):
    """What a person of the staff is here for."""

    OWNER = "owner"
    ANALYST = "analyst"
    AGENT = "agent"


class Permission(StrEnum):
    """What a caller may do. Every route asks for one."""

    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    PEOPLE_ERASE = "people.erase"
    JOURNEYS_READ = "journeys.read"
    JOURNEYS_EDIT = "journeys.edit"
    SOURCES_READ = "sources.read"
    SOURCES_EDIT = "sources.edit"
    QUARANTINE_READ = "quarantine.read"
    QUARANTINE_EDIT = "quarantine.edit"
    USERS_EDIT = "users.edit"
    TOKENS_EDIT = "tokens.edit"
    AUDIT_READ = "audit.read"
    WORKSPACE_EDIT = "workspace.edit"
    PULSE_READ = "pulse.read"
    PROFILES_READ = "profiles.read"
    INGEST_BULK = "ingest.bulk"


class LinkPurpose(StrEnum):
    """What a one-time link is good for."""

    OWNER = "owner"
    INVITE = "invite"
    RESET = "reset"


class CallerKind(StrEnum):
    """How a caller proved who he is."""

    ACCOUNT = "account"
    PROGRAM = "token"
    """A program with an API token."""
    LOCAL = "local"
    """Someone at the machine itself, by the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person of the staff.

    Attributes:
        language: `fa` or `en`.
        joined: whether the person has set a password.
        disabled_at: µs UTC, None while the account works.
    """

    id: AccountId
    email: str
    name: str
    role: Role
    language: str
    joined: bool
    created_at: int
    disabled_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking, and what he may do.

    Attributes:
        kind: how he proved it.
        id: of the account or token; the machine's user name for `local`.
        name: for people to read.
        permissions: what he may do now.
        account: the account, when a person signed in.
    """

    kind: CallerKind
    id: str
    name: str
    permissions: frozenset[Permission]
    account: Account | None = None

    @property
    def actor(self) -> str:
        """Return how the audit names him, e.g. `account:0192…`."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session just begun.

    Attributes:
        secret: what the cookie holds; shown only here.
        csrf: what every changing request must carry.
        expires_at: µs UTC.
    """

    account: Account
    secret: str
    csrf: str
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A running session."""

    account: Account
    csrf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A one-time link that still works."""

    purpose: LinkPurpose
    email: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token of a program.

    Attributes:
        prefix: its first characters, to recognise it by.
        created_by: actor who made it.
    """

    id: TokenId
    name: str
    prefix: str
    scopes: tuple[Permission, ...]
    created_by: str
    created_at: int
    expires_at: int | None
    last_used_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """A key with which events may be appended to one source, and nothing else.

    Attributes:
        secret: the key itself; derived each time, never stored.
    """

    id: str
    name: str
    secret: str
    created_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where events come from: a site, an app, a shop, a call centre, a file.

    Attributes:
        slug: stable short name.
        channel: touchpoint its events happen on: web, app, store, call, ...
        zone: IANA zone for times sent without one.
        retention_days: 0 keeps for ever.
        bots: `reject` or `keep` crawlers and internal traffic.
        internal_networks: address blocks (CIDR) of our own people.
        silent_after_s: an alert opens after so many seconds without an event; 0 never.
    """

    id: SourceId
    slug: str
    name: str
    channel: str
    zone: str
    retention_days: int
    bots: str
    internal_networks: tuple[str, ...]
    silent_after_s: int
    created_at: int
    archived_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDraft:
    """What a source shall be; None keeps what it is (or takes the default for a new one)."""

    name: str | None = None
    channel: str | None = None
    zone: str | None = None
    retention_days: int | None = None
    bots: str | None = None
    internal_networks: tuple[str, ...] | None = None
    silent_after_s: int | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The organisation this deployment serves.

    Attributes:
        zone: IANA zone of its days.
        currency: three letters; `IRR` and `IRT` are one.
        calendar: `jalali` or `gregorian`.
        week_start: `saturday`, `sunday` or `monday`.
        country: ISO 3166, two letters.
        language: `fa` or `en`.
        epoch: grows with every restore of a backup.
    """

    name: str
    zone: str
    currency: str
    calendar: str
    week_start: str
    country: str
    language: str
    epoch: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something done, before it has its place in the chain.

    Attributes:
        action: what was done: `person.read`, `user.invited`, ...
        subject_kind, subject: to whom or what: (`person`, `1042`), (`source`, `3`).
        purpose: why, in the words of the caller or the room it happened in.
        detail: more about it, never with personal data.
    """

    action: str
    subject_kind: str
    subject: str
    purpose: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looked at somebody; on its way into the audit chain.

    Attributes:
        number: its place in its book.
        at: µs UTC.
        actor: who looked, `kind:id`.
    """

    number: int
    at: int
    actor: str
    entry: AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One link of the audit chain.

    Attributes:
        at: µs UTC.
        actor: who did it, `kind:id`.
        hash: SHA-256 over this row and the hash of the one before.
    """

    id: int
    at: int
    actor: str
    entry: AuditEntry
    hash: bytes


class JobKind(StrEnum):
    """What the worker can be asked to do, with its arguments."""

    SEVER = "sever"
    """`{"severance", "a", "b", "reason", "by"}`: cut the link of two nodes."""
    MEND = "mend"
    """`{"severance", "by"}`: take a cut back."""
    REPLAY = "replay"
    """`{"ids", "reason", "fix"}`: send quarantined events down the river again."""
    DISCARD = "discard"
    """`{"ids"}`: drop quarantined events."""
    ERASE = "erase"
    """`{"person", "reason", "by"}`: remove every trace of a person; or `{"nodes"}`: of identifiers."""
    COMPACT = "compact"
    BACKUP = "backup"


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work the worker was asked for.

    Attributes:
        args, result: JSON objects, as text.
        done, todo: progress; `todo` is 0 while unknown.
        error: in words, empty unless it failed.
    """

    id: JobId
    kind: JobKind
    args: str
    state: JobState
    done: int
    todo: int
    result: str
    error: str
    requested_by: str
    created_at: int
    finished_at: int | None
