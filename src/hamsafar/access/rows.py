"""Database rows become the nouns of access."""

from __future__ import annotations

from collections.abc import Iterable

from hamsafar.access.secrets import webhook_secret_of
from hamsafar.access.types import (
    Account,
    AccountId,
    ApiToken,
    AuditEntry,
    AuditRow,
    Job,
    JobId,
    JobKind,
    JobState,
    Permission,
    Role,
    Source,
    SourceId,
    TokenId,
    Workspace,
)
from hamsafar.access.watching import Webhook
from hamsafar.storage.types import Row, Value


def whole(value: Value) -> int:
    """Return an INT column that is never null."""
    return int(value or 0)


def moment(value: Value) -> int | None:
    """Return an INT column that may be null."""
    return None if value is None else int(value)


def raw(value: Value) -> bytes:
    """Return a BYTES column."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def account_of(row: Row) -> Account:
    """Return an account; columns as `store.ACCOUNT`."""
    identity, email, name, role, language, password_hash, created_at, disabled_at = row
    return Account(
        id=AccountId(str(identity)),
        email=str(email),
        name=str(name),
        role=Role(str(role)),
        language=str(language),
        joined=password_hash is not None,
        created_at=whole(created_at),
        disabled_at=moment(disabled_at),
    )


def token_of(row: Row) -> ApiToken:
    """Return an API token; columns as `store.TOKENS`. Scopes we no longer know are left out."""
    known = {permission.value for permission in Permission}
    return ApiToken(
        id=TokenId(str(row[0])),
        name=str(row[1]),
        prefix=str(row[2]),
        scopes=tuple(Permission(scope) for scope in str(row[3]).split() if scope in known),
        created_by=str(row[4]),
        created_at=whole(row[5]),
        expires_at=moment(row[6]),
        last_used_at=moment(row[7]),
        revoked_at=moment(row[8]),
    )


def source_of(row: Row) -> Source:
    """Return a source; columns as `store.SOURCE`."""
    return Source(
        id=SourceId(whole(row[0])),
        slug=str(row[1]),
        name=str(row[2]),
        channel=str(row[3]),
        zone=str(row[4]),
        retention_days=whole(row[5]),
        bots=str(row[6]),
        internal_networks=tuple(str(row[7]).split()),
        silent_after_s=whole(row[8]),
        created_at=whole(row[9]),
        archived_at=moment(row[10]),
    )


def workspace_of(row: Row) -> Workspace:
    """Return the workspace; columns as `store.WORKSPACE`."""
    name, zone, currency, calendar, week_start, country, language = map(str, row[:7])
    return Workspace(
        name=name,
        zone=zone,
        currency=currency,
        calendar=calendar,
        week_start=week_start,
        country=country,
        language=language,
        epoch=whole(row[7]),
    )


def audit_of(row: Row) -> AuditRow:
    """Return an audit row; first columns as `store.AUDIT`."""
    actor, action, subject_kind, subject, purpose, detail = map(str, row[2:8])
    return AuditRow(
        id=whole(row[0]),
        at=whole(row[1]),
        actor=actor,
        entry=AuditEntry(
            action=action,
            subject_kind=subject_kind,
            subject=subject,
            purpose=purpose,
            detail=detail,
        ),
        hash=raw(row[8]),
    )


def job_of(row: Row) -> Job:
    """Return a job; columns as `store.JOB`."""
    return Job(
        id=JobId(str(row[0])),
        kind=JobKind(str(row[1])),
        args=str(row[2]),
        state=JobState(str(row[3])),
        done=whole(row[4]),
        todo=whole(row[5]),
        result=str(row[6]),
        error=str(row[7]),
        requested_by=str(row[8]),
        created_at=whole(row[9]),
        finished_at=moment(row[10]),
    )


def webhooks_of(rows: Iterable[Row], secret: bytes) -> tuple[Webhook, ...]:
    """Return webhooks; columns as `store.WEBHOOKS`, their secrets derived from the deployment's."""
    return tuple(
        Webhook(
            id=str(row[0]),
            url=str(row[1]),
            secret=webhook_secret_of(secret, str(row[0])),
            created_by=str(row[2]),
            created_at=whole(row[3]),
            last_status=str(row[4]),
            last_at=moment(row[5]),
        )
        for row in rows
    )
