"""Sources and the keys that append events to them."""

from __future__ import annotations

import re
from dataclasses import replace

from hamsafar.access import store
from hamsafar.access.networks import checked_networks
from hamsafar.access.rows import source_of, whole
from hamsafar.access.secrets import hash_secret, write_key_of
from hamsafar.access.services.audit import append
from hamsafar.access.services.workspaces import checked_zone, workspace
from hamsafar.access.types import (
    AuditEntry,
    Caller,
    Source,
    SourceDraft,
    SourceId,
    WriteKey,
)
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.kernel.ids import uuid7
from hamsafar.lang.text import text_key
from hamsafar.storage.ports import Database, Tx

MAX_SOURCES = 65_000
"""A source's number is kept in 16 bits."""
BOTS = ("reject", "keep")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_SLUG_FILLING = re.compile(r"[^\w]+")
_MAX_NAME = 200
_MAX_RETENTION_DAYS = 36_500
_MAX_SILENT_S = 366 * 86_400


class Sources:
    """Where events come from."""

    def __init__(self, database: Database, clock: Clock, secret: bytes) -> None:
        """Take the deployment's secret, from which write keys are derived."""
        self._database = database
        self._clock = clock
        self._secret = secret

    def all(self) -> tuple[Source, ...]:
        """Return every source, archived ones too, by number."""
        with self._database.read() as tx:
            return tuple(source_of(row) for row in tx.rows(store.SOURCES))

    def get(self, source_id: SourceId) -> Source:
        """Return a source.

        Raises:
            NotFound: no such source.
        """
        with self._database.read() as tx:
            return _source(tx, source_id)

    def create(self, by: Caller, draft: SourceDraft) -> Source:
        """Return a new source; name and channel are needed, the zone is the workspace's if absent.

        Raises:
            BadInput: a field is missing or cannot be; `where` names it.
        """
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.lock("access.sources")
            known = [source_of(row) for row in tx.rows(store.SOURCES)]
            if len(known) >= MAX_SOURCES:
                raise BadInput("there are too many sources; archive does not free numbers")
            number = max((source.id for source in known), default=0) + 1
            empty = Source(
                id=SourceId(number),
                slug=_free_slug(draft.name or "", {source.slug for source in known}, number),
                name="",
                channel="",
                zone=workspace(tx).zone,
                retention_days=0,
                bots=BOTS[0],
                internal_networks=(),
                silent_after_s=0,
                created_at=now,
                archived_at=None,
            )
            source = _checked(_drawn(empty, draft, now))
            tx.run(store.ADD_SOURCE, {**_params(source), "slug": source.slug, "now": now})
            _tell(tx, now, by, "source.create", source.id)
        return source

    def change(self, by: Caller, source_id: SourceId, draft: SourceDraft) -> Source:
        """Return the source with what the draft gives.

        Raises:
            NotFound: no such source.
            BadInput: a field cannot be what it shall; `where` names it.
        """
        now = self._clock.now_us()
        with self._database.write() as tx:
            source = _checked(_drawn(_source(tx, source_id), draft, now))
            tx.run(store.SET_SOURCE, {**_params(source), "archived_at": source.archived_at})
            _tell(tx, now, by, "source.change", source_id)
        return source

    def keys(self, source_id: SourceId) -> tuple[WriteKey, ...]:
        """Return the write keys of a source, revoked ones too, oldest first.

        Raises:
            NotFound: no such source.
        """
        with self._database.read() as tx:
            _source(tx, source_id)
            rows = tx.rows(store.KEYS, {"source_id": source_id})
        return tuple(
            self._key(str(key_id), str(name), whole(at), None if gone is None else whole(gone))
            for key_id, name, at, gone in rows
        )

    def add_key(self, by: Caller, source_id: SourceId, name: str) -> WriteKey:
        """Return a new write key of a source.

        Raises:
            NotFound: no such source.
            BadInput: no name.
        """
        if not name.strip():
            raise BadInput("give the key a name, such as `shop web site`", where="name")
        now = self._clock.now_us()
        key = self._key(uuid7(), name.strip()[:_MAX_NAME], now, None)
        with self._database.write() as tx:
            _source(tx, source_id)
            tx.run(
                store.ADD_KEY,
                {
                    "id": key.id,
                    "source_id": source_id,
                    "name": key.name,
                    "hash": hash_secret(key.secret),
                    "now": now,
                },
            )
            _tell(tx, now, by, "write_key.create", source_id, key.id)
        return key

    def revoke_key(self, by: Caller, source_id: SourceId, key_id: str) -> None:
        """End a write key; collect refuses it within a second.

        Raises:
            NotFound: no such working key.
        """
        now = self._clock.now_us()
        params: dict[str, str | int] = {"id": key_id, "source_id": source_id, "now": now}
        with self._database.write() as tx:
            if tx.run(store.REVOKE_KEY, params) != 1:
                raise NotFound("no such working key", where="key_id")
            _tell(tx, now, by, "write_key.revoke", source_id, key_id)

    def _key(self, key_id: str, name: str, created_at: int, revoked_at: int | None) -> WriteKey:
        return WriteKey(
            id=key_id,
            name=name,
            secret=write_key_of(self._secret, key_id),
            created_at=created_at,
            revoked_at=revoked_at,
        )


def _source(tx: Tx, source_id: SourceId) -> Source:
    rows = tx.rows(store.SOURCE, {"id": source_id})
    if not rows:
        raise NotFound("no such source", where="id")
    return source_of(rows[0])


def _drawn(source: Source, draft: SourceDraft, now: int) -> Source:
    archived_at = source.archived_at
    if draft.archived is not None:
        archived_at = (archived_at or now) if draft.archived else None
    networks = source.internal_networks
    if draft.internal_networks is not None:
        networks = checked_networks(draft.internal_networks)
    return replace(
        source,
        name=source.name if draft.name is None else draft.name.strip()[:_MAX_NAME],
        channel=source.channel if draft.channel is None else draft.channel,
        zone=source.zone if draft.zone is None else draft.zone,
        bots=source.bots if draft.bots is None else draft.bots,
        internal_networks=networks,
        retention_days=_given(draft.retention_days, source.retention_days),
        silent_after_s=_given(draft.silent_after_s, source.silent_after_s),
        archived_at=archived_at,
    )


def _given(wanted: int | None, present: int) -> int:
    return present if wanted is None else wanted


def _checked(source: Source) -> Source:
    if not source.name:
        raise BadInput("give the source a name", where="name")
    if not _CHANNEL.fullmatch(source.channel):
        raise BadInput(
            "a channel is a small word such as web, app, store, call or chat", where="channel"
        )
    checked_zone(source.zone)
    if source.bots not in BOTS:
        raise BadInput("bots is `reject` or `keep`", where="bots")
    if not 0 <= source.retention_days <= _MAX_RETENTION_DAYS:
        raise BadInput("give 1 to 36,500 days, or 0 to keep for ever", where="retention_days")
    if not 0 <= source.silent_after_s <= _MAX_SILENT_S:
        raise BadInput("give up to a year in seconds, or 0 for never", where="silent_after_s")
    return source


def _free_slug(name: str, taken: set[str], number: int) -> str:
    slug = _SLUG_FILLING.sub("-", text_key(name)).strip("-")[:40] or f"source-{number}"
    return slug if slug not in taken else f"{slug}-{number}"


def _params(source: Source) -> dict[str, str | int | None]:
    return {
        "id": source.id,
        "name": source.name,
        "channel": source.channel,
        "zone": source.zone,
        "retention_days": source.retention_days,
        "bots": source.bots,
        "internal_networks": " ".join(source.internal_networks),
        "silent_after_s": source.silent_after_s,
    }


def _tell(tx: Tx, now: int, by: Caller, action: str, source_id: SourceId, detail: str = "") -> None:
    entry = AuditEntry(action=action, subject_kind="source", subject=str(source_id), detail=detail)
    append(tx, now, by.actor, entry)
