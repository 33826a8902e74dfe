"""People: list and search, profile, timeline, erasure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import JsonValue

from hamsafar.access.types import AccountId, AuditEntry, JobKind
from hamsafar.api.gate import PeopleEraser, PeopleReader, person_behind
from hamsafar.api.looks import listed, looked_at
from hamsafar.api.models.access import JobRef
from hamsafar.api.models.base import Cursor, Limit, Listing, PersonNumber
from hamsafar.api.models.people import (
    ActivityShape,
    CampaignShape,
    ChannelCount,
    DeviceShape,
    EraseAsk,
    Identifier,
    PageShape,
    Person,
    PersonIdentifier,
    PersonRow,
    TimelineEventShape,
    TraitShape,
)
from hamsafar.api.routes.me import address_of
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso, iso_or_none, moment
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import decode_cursor, encode_cursor
from hamsafar.profiles import surroundings_of
from hamsafar.profiles.types import Found, Profile, TimelineEvent, TimelineQuery

router = APIRouter(tags=["people"])
_MAX_FOUND = 1_000
_OTHER_LIST = "this cursor belongs to another list"


@router.get("/api/people")
def list_people(
    caller: PeopleReader,
    services: Parts,
    q: Annotated[str, Query(max_length=500, description="any identifier, or words")] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listing[PersonRow]:
    """Return people found by any identifier or name; without `q` those seen last, newest first."""
    found, more = (
        _found(services, q, cursor, limit) if q.strip() else _lately(services, cursor, limit)
    )
    listed(services, caller, [row.person for row in found], "people.list")
    return Listing(items=[_row(row) for row in found], next=more)


@router.get("/api/people/{person}")
def get_person(person: PersonNumber, caller: PeopleReader, services: Parts) -> Person:
    """Return a person; the number of a merged one leads to whom it is part of now."""
    present = services.profiles.resolve(person)
    looked_at(services, caller, present, "person.read")
    return _person(services.profiles.profile(present), _source_names(services))


@router.get("/api/people/{person}/timeline")
def get_timeline(  # noqa: PLR0913 - one parameter per filter of the address
    person: PersonNumber,
    caller: PeopleReader,
    services: Parts,
    name: Annotated[str, Query(max_length=1_000)] = "",
    channel: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(alias="from", max_length=60)] = "",
    until: Annotated[str, Query(alias="to", max_length=60)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listing[TimelineEventShape]:
    """Return a person's events over all channels, newest first."""
    query = TimelineQuery(
        name=name,
        channel=channel,
        since=moment(since, "from"),
        until=moment(until, "to"),
        before=place_of(cursor),
        limit=limit,
    )
    present = services.profiles.resolve(person)
    looked_at(services, caller, present, "timeline.read")
    events, place = services.profiles.timeline(present, query)
    nodes: dict[int, str] = {node.node: node.label for node in services.identity.members(present)}
    return Listing(
        items=[_event(event, nodes.get(event.node, "")) for event in events],
        next=cursor_of(place),
    )


@router.post("/api/people/{person}/erase", status_code=202)
def erase_person(
    request: Request,
    person: PersonNumber,
    given: EraseAsk,
    caller: PeopleEraser,
    services: Parts,
) -> JobRef:
    """Remove every trace of a person from every store; asks for one's own password again."""
    account = AccountId(person_behind(caller))
    services.access.sessions.check_password(account, given.password, address=address_of(request))
    present = services.profiles.resolve(person)
    args = {"person": present, "reason": given.reason, "by": caller.actor}
    entry = AuditEntry(
        action="person.erase",
        subject_kind="person",
        subject=str(present),
        purpose=given.reason[:200],
    )
    job = services.access.jobs.ask(caller, JobKind.ERASE, msgspec.json.encode(args).decode(), entry)
    return JobRef(job=job.id)


def place_of(cursor: str) -> tuple[int, int] | None:
    """Return the place in a timeline a cursor stands for, None for the beginning.

    Raises:
        BadInput: a cursor of another list.
    """
    if not cursor:
        return None
    match decode_cursor(cursor):
        case (int(at), str(seq)) if seq.isascii() and seq.isdigit() and len(seq) <= 19:
            return at, min(int(seq), (1 << 63) - 1)
        case _:
            raise BadInput(_OTHER_LIST, where="cursor")


def cursor_of(place: tuple[int, int] | None) -> str | None:
    """Return the cursor of a place in a timeline; its seq has 63 bits and goes as text."""
    return None if place is None else encode_cursor((place[0], str(place[1])))


def json_object(data: bytes) -> dict[str, JsonValue] | None:
    """Return a stored JSON object, None for none."""
    if not data:
        return None
    found: object = msgspec.json.decode(data)
    return found if isinstance(found, dict) else None


def _found(services: Services, q: str, cursor: str, limit: int) -> tuple[list[Found], str | None]:
    """Return a page of a search; its cursor is how many were shown."""
    offset = 0
    if cursor:
        match decode_cursor(cursor):
            case (int(offset),) if 0 <= offset < _MAX_FOUND:
                pass
            case _:
                raise BadInput(_OTHER_LIST, where="cursor")
    found = services.profiles.search(q, limit=min(offset + limit + 1, _MAX_FOUND))
    more = encode_cursor((offset + limit,)) if len(found) > offset + limit else None
    return found[offset : offset + limit], more


def _lately(services: Services, cursor: str, limit: int) -> tuple[list[Found], str | None]:
    """Return a page of who was seen last; its cursor is the last one's place in that order."""
    before: tuple[int, int] | None = None
    if cursor:
        match decode_cursor(cursor):
            case (int(at), int(person)):
                before = at, person
            case _:
                raise BadInput(_OTHER_LIST, where="cursor")
    found = services.profiles.lately(limit=limit + 1, before=before)
    page = found[:limit]
    more = (page[-1].last_seen_at, page[-1].person) if len(found) > limit else None
    return page, encode_cursor(more) if more else None


def _source_names(services: Services) -> dict[int, str]:
    return {source.id: source.name for source in services.access.sources.all()}


def _row(row: Found) -> PersonRow:
    return PersonRow(
        person=str(row.person),
        label=row.label,
        identifiers=[Identifier(kind=kind, value=value) for kind, value in row.identifiers],
        last_seen_at=iso_or_none(row.last_seen_at or None),
        events=row.events,
    )


def _person(profile: Profile, sources: dict[int, str]) -> Person:
    return Person(
        person=str(profile.person),
        label=profile.label,
        first_seen_at=iso_or_none(profile.first_seen_at or None),
        last_seen_at=iso_or_none(profile.last_seen_at or None),
        events=profile.events,
        traits=[
            TraitShape.model_construct(
                name=name,
                value=trait.value,
                source=trait.source_id,
                source_name=sources.get(trait.source_id, ""),
                occurred_at=iso(trait.occurred_at),
            )
            for name, trait in profile.traits.items()
        ],
        activity=[
            ActivityShape(
                name=entry.name,
                count=entry.count,
                first_at=iso(entry.first_at),
                last_at=iso(entry.last_at),
            )
            for entry in profile.activity
        ],
        identifiers=[
            PersonIdentifier(
                node=node.node,
                kind=node.kind,
                value=node.value,
                first_seen_at=iso(node.first_seen_at),
                source=node.source_id or None,
            )
            for node in profile.identifiers
        ],
        channels=[ChannelCount(channel=name, count=count) for name, count in profile.channels],
    )


def _event(event: TimelineEvent, identifier: str) -> TimelineEventShape:
    around = surroundings_of(event)
    return TimelineEventShape(
        seq=event.seq,
        id=event.id,
        type=event.type,
        name=event.name,
        channel=event.channel,
        source=event.source_id,
        occurred_at=iso(event.occurred_at),
        received_at=iso(event.received_at),
        origin=event.origin,
        properties=json_object(event.properties),
        context=json_object(event.context),
        traits=json_object(event.traits),
        device=DeviceShape(**asdict(around.device)) if around.device else None,
        campaign=CampaignShape(**asdict(around.campaign)) if around.campaign else None,
        page=PageShape(**asdict(around.page)) if around.page else None,
        node=event.node,
        identifier=identifier,
    )
