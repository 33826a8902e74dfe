"""Sources and their write keys; names and channels of what they sent."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hamsafar.access.types import Source, SourceDraft, SourceId, WriteKey
from hamsafar.api.gate import Known, SourcesEditor, SourcesReader
from hamsafar.api.models.access import (
    KeyNew,
    SourceChange,
    SourceDetail,
    SourceNew,
    SourceShape,
    WriteKeyShape,
)
from hamsafar.api.models.base import Key, Listing, Number
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso, iso_or_none
from hamsafar.collect import SourceCounts

router = APIRouter(tags=["sources"])
_NOTHING_YET = SourceCounts()


@router.get("/api/sources")
def list_sources(_: SourcesReader, services: Parts) -> Listing[SourceShape]:
    """Return every source, archived ones too."""
    counts = services.counts.by_source()
    sources = services.access.sources.all()
    return Listing(
        items=[_source(source, counts.get(source.id, _NOTHING_YET)) for source in sources]
    )


@router.post("/api/sources")
def create_source(given: SourceNew, caller: SourcesEditor, services: Parts) -> SourceDetail:
    """Make a source; make a key for it next."""
    source = services.access.sources.create(caller, _draft(given))
    return _detail(services, source)


@router.get("/api/sources/{source}")
def get_source(source: Number, _: SourcesReader, services: Parts) -> SourceDetail:
    """Return a source with its keys."""
    return _detail(services, services.access.sources.get(SourceId(source)))


@router.patch("/api/sources/{source}")
def change_source(
    source: Number, given: SourceChange, caller: SourcesEditor, services: Parts
) -> SourceDetail:
    """Change a source."""
    changed = services.access.sources.change(caller, SourceId(source), _draft(given))
    return _detail(services, changed)


@router.post("/api/sources/{source}/keys")
def create_key(
    source: Number, given: KeyNew, caller: SourcesEditor, services: Parts
) -> WriteKeyShape:
    """Make a write key."""
    return _key(services.access.sources.add_key(caller, SourceId(source), given.name))


@router.delete("/api/sources/{source}/keys/{key}", status_code=204)
def revoke_key(source: Number, key: Key, caller: SourcesEditor, services: Parts) -> Response:
    """End a write key; collection refuses it within seconds."""
    services.access.sources.revoke_key(caller, SourceId(source), key)
    return Response(status_code=204)


@router.get("/api/channels")
def list_channels(_: Known, services: Parts) -> list[str]:
    """Return every channel of our sources."""
    return sorted({source.channel for source in services.access.sources.all()})


def _draft(given: SourceChange) -> SourceDraft:
    networks = given.internal_networks
    return SourceDraft(
        name=given.name,
        channel=given.channel,
        zone=given.zone,
        retention_days=given.retention_days,
        bots=given.bots,
        internal_networks=None if networks is None else tuple(networks),
        silent_after_s=given.silent_after_s,
        archived=given.archived,
    )


def _detail(services: Services, source: Source) -> SourceDetail:
    counts = services.counts.by_source().get(source.id, _NOTHING_YET)
    keys = [_key(key) for key in services.access.sources.keys(source.id)]
    return SourceDetail(**_source(source, counts).model_dump(), keys=keys)


def _key(key: WriteKey) -> WriteKeyShape:
    return WriteKeyShape(
        id=key.id,
        name=key.name,
        write_key=key.secret,
        created_at=iso(key.created_at),
        revoked_at=iso_or_none(key.revoked_at),
    )


def _source(source: Source, counts: SourceCounts) -> SourceShape:
    return SourceShape(
        id=source.id,
        slug=source.slug,
        name=source.name,
        channel=source.channel,
        zone=source.zone,
        retention_days=source.retention_days,
        bots=source.bots,
        internal_networks=list(source.internal_networks),
        silent_after_s=source.silent_after_s,
        created_at=iso(source.created_at),
        archived_at=iso_or_none(source.archived_at),
        first_event_at=iso_or_none(counts.first_at),
        last_event_at=iso_or_none(counts.last_at),
        stored=counts.stored,
        quarantined=counts.quarantined,
    )
