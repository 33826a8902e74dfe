"""Shapes of accounts, tokens, workspace, sources, jobs and audit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from hamsafar.access.types import Permission, Role
from hamsafar.api.models.base import Given, Secret, Text, Told

RoleWord = Role
Names = Annotated[list[Text], Field(max_length=200)]


class SignIn(Given):
    """E-mail and password."""

    email: Secret
    password: Secret


class WorkspaceShape(Told):
    """The organisation."""

    name: str
    zone: str
    currency: str
    calendar: str
    week_start: str
    language: str
    country: str


class Me(Told):
    """Who is signed in; `csrf` goes into X-CSRF-Token of every changing request."""

    id: str
    email: str
    name: str
    role: str
    language: str
    csrf: str
    permissions: list[Permission]
    workspace: WorkspaceShape


class MeChange(Given):
    """What to change about oneself; a new password needs the present one."""

    name: Text | None = None
    language: Annotated[str, Field(pattern="^(fa|en)$")] | None = None
    password: Secret | None = None
    current_password: Secret | None = None


class LinkShape(Told):
    """What a one-time link is good for."""

    purpose: str
    email: str
    role: str


class LinkUse(Given):
    """What makes or mends an account; `email` is for the first owner only."""

    password: Secret
    name: Text = ""
    email: Secret = ""


class User(Told):
    """A person of the staff."""

    id: str
    email: str
    name: str
    role: str
    language: str
    joined: bool
    created_at: str
    disabled_at: str | None


class UserInvite(Given):
    """Whom to invite."""

    email: Secret
    role: RoleWord
    name: Text = ""


class UserChange(Given):
    """What to change about an account."""

    role: RoleWord | None = None
    disabled: bool | None = None


class ResetLink(Told):
    """Where a new password is set; works once."""

    link: str


class NewUser(Told):
    """An account, and the link that lets its person in."""

    user: User
    link: str


class ApiTokenShape(Told):
    """A token of a program, without its text."""

    id: str
    name: str
    prefix: str
    scopes: list[Permission]
    created_by: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None


class TokenDraft(Given):
    """A token to make."""

    name: Text
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=50)]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class NewApiToken(ApiTokenShape):
    """A token with its text, which is shown this once."""

    token: str


class WorkspaceChange(Given):
    """What to change about the organisation."""

    name: Text | None = None
    zone: Text | None = None
    currency: Text | None = None
    calendar: Text | None = None
    week_start: Text | None = None
    language: Text | None = None
    country: Text | None = None


class SourceShape(Told):
    """Where events come from."""

    id: int
    slug: str
    name: str
    channel: str
    zone: str
    retention_days: int
    bots: str
    internal_networks: list[str]
    silent_after_s: int
    created_at: str
    archived_at: str | None
    first_event_at: str | None
    last_event_at: str | None
    stored: int
    quarantined: int


class WriteKeyShape(Told):
    """A key with which events are appended to a source, and nothing else."""

    id: str
    name: str
    write_key: str
    created_at: str
    revoked_at: str | None


class SourceDetail(SourceShape):
    """A source with its keys."""

    keys: list[WriteKeyShape]


class SourceChange(Given):
    """What to change about a source."""

    name: Text | None = None
    channel: Text | None = None
    zone: Text | None = None
    retention_days: Annotated[int, Field(ge=0, le=36_500)] | None = None
    bots: Text | None = None
    internal_networks: Names | None = None
    silent_after_s: Annotated[int, Field(ge=0, le=31_622_400)] | None = None
    archived: bool | None = None


class SourceNew(SourceChange):
    """A source to make."""

    name: Text
    channel: Text


class KeyNew(Given):
    """A write key to make."""

    name: Text


class JobRef(Told):
    """The worker was asked; look at `/api/jobs/{job}`."""

    job: str


class JobShape(Told):
    """How far a job is."""

    id: str
    kind: str
    state: str
    done: int
    todo: int
    result: dict[str, JsonValue]
    error: str
    created_at: str
    finished_at: str | None


class AuditRowShape(Told):
    """Who did what to whom, and why."""

    id: int
    at: str
    actor: str
    actor_name: str
    action: str
    subject_kind: str
    subject: str
    purpose: str
    detail: str
    hash: str


class WebhookShape(Told):
    """An address that is told of alerts; `secret` checks the signature of what it is sent."""

    id: str
    url: str
    secret: str
    created_at: str
    last_status: str
    last_at: str | None


class WebhookNew(Given):
    """A webhook to make."""

    url: Text
