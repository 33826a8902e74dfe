"""The profile read API, compatible with Segment's Profile API; the token goes as Basic user name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import JsonValue

from hamsafar.access.types import Caller
from hamsafar.api.gate import ProfilesReader
from hamsafar.api.looks import looked_at
from hamsafar.api.models.profiles import (
    CursorShape,
    EventId,
    EventsAnswer,
    ExternalId,
    ExternalIdsAnswer,
    Metadata,
    MetadataAnswer,
    ProfileEvent,
    SegmentProblem,
    TraitsAnswer,
)
from hamsafar.api.routes.people import cursor_of, json_object, place_of
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso, iso_or_none, moment
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.profiles.types import TimelineEvent, TimelineQuery

_ROOM = "/v1/spaces/{space}/collections/users/profiles/{external_id:path}"
_SPACE = "default"
_PAGES_READ = 20
"""A filter may leave a page short rather than read a whole long history for it."""

router = APIRouter(
    tags=["profiles"],
    responses={"4XX": {"model": SegmentProblem, "description": "refused; says why"}},
)
Space = Annotated[str, Path(max_length=100, description="always `default`")]
ExternalIdText = Annotated[
    str, Path(max_length=1_000, description="`type:id`, e.g. `user_id:u1` or `email:a@b.com`")
]
Words = Annotated[str, Query(max_length=10_000, description="comma-separated names")]
Next = Annotated[str, Query(alias="next", max_length=2_000)]
Moment = Annotated[str, Query(max_length=60, description="ISO 8601")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every route of this room is asked, and by whom."""

    request: Request
    services: Services
    caller: Caller
    space: str
    external_id: str

    def person(self, action: str) -> int:
        """Return whom the address names, and note that he was looked at.

        Raises:
            BadInput: the address is no `type:id`.
            NotFound: nobody has this identifier.
        """
        kind, _, value = self.external_id.partition(":")
        if not value:
            raise BadInput("give type:id, such as user_id:u1", where="external_id")
        found = self.services.profiles.find(kind, value) if self.space == _SPACE else None
        if found is None:
            raise NotFound("Profile was not found.")
        looked_at(self.services, self.caller, found, action)
        return found


def _asked(
    request: Request,
    space: Space,
    external_id: ExternalIdText,
    caller: ProfilesReader,
    services: Parts,
) -> _Asked:
    return _Asked(request, services, caller, space, external_id)


Asked = Annotated[_Asked, Depends(_asked)]


@router.get(_ROOM + "/traits")
def get_traits(
    asked: Asked,
    include: Words = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 10,
    after: Next = "",
    verbose: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> TraitsAnswer:
    """Return the traits of a profile by name; `next` names the first of the following page."""
    person = asked.person("profile.traits")
    profile = asked.services.profiles.profile(person)
    wanted = _words(include)
    names = [
        name for name in sorted(profile.traits) if (not wanted or name in wanted) and name >= after
    ]
    shown: dict[str, JsonValue] = {}
    for name in names[:limit]:
        trait = profile.traits[name]
        shown[name] = _json(trait.value)
        if verbose:
            shown[name] = {
                "value": _json(trait.value),
                "source_id": str(trait.source_id),
                "updated_at": iso(trait.occurred_at),
            }
    following = names[limit] if len(names) > limit else ""
    return TraitsAnswer.model_construct(
        traits=shown, cursor=_cursor(asked.request, following, limit)
    )


@router.get(_ROOM + "/external_ids")
def get_external_ids(
    asked: Asked,
    include: Words = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 25,
    after: Next = "",
) -> ExternalIdsAnswer:
    """Return the identifiers of a profile, oldest first."""
    person = asked.person("profile.external_ids")
    wanted, start = _words(include), _node(after)
    nodes = [
        node
        for node in asked.services.identity.members(person)
        if (not wanted or node.kind in wanted) and node.node >= start
    ]
    following = str(nodes[limit].node) if len(nodes) > limit else ""
    data = [
        ExternalId(
            source_id=str(node.source_id),
            collection="users",
            id=node.value,
            type=node.kind,
            created_at=iso(node.first_seen_at),
            encoding="none",
        )
        for node in nodes[:limit]
    ]
    return ExternalIdsAnswer(data=data, cursor=_cursor(asked.request, following, limit))


@router.get(_ROOM + "/events")
def get_events(  # noqa: PLR0913 - one parameter per filter of the address
    asked: Asked,
    include: Words = "",
    exclude: Words = "",
    start: Moment = "",
    end: Moment = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    after: Next = "",
) -> EventsAnswer:
    """Return the events of a profile, newest first."""
    since, until = moment(start, "start"), moment(end, "end")
    place = place_of(after)
    person = asked.person("profile.events")
    wanted, unwanted = _words(include), _words(exclude)
    found: list[TimelineEvent] = []
    more = False
    for _ in range(_PAGES_READ):
        query = TimelineQuery(since=since, until=until, before=place, limit=limit - len(found))
        events, place = asked.services.profiles.timeline(person, query)
        found += [e for e in events if (not wanted or e.name in wanted) and e.name not in unwanted]
        more = place is not None
        if not more or len(found) >= limit:
            break
    labels: dict[int, tuple[str, str]] = {
        node.node: (node.kind, node.value) for node in asked.services.identity.members(person)
    }
    following = (cursor_of(place) or "") if more else ""
    return EventsAnswer(
        data=[_event(event, labels) for event in found],
        cursor=_cursor(asked.request, following, limit),
    )


@router.get(_ROOM + "/metadata")
def get_metadata(asked: Asked) -> MetadataAnswer:
    """Return when we first and last heard of a profile."""
    person = asked.person("profile.metadata")
    profile = asked.services.profiles.profile(person)
    newest, _ = asked.services.profiles.timeline(person, TimelineQuery(limit=1))
    first_source = str(profile.identifiers[0].source_id) if profile.identifiers else None
    return MetadataAnswer(
        metadata=Metadata(
            created_at=iso_or_none(profile.first_seen_at or None),
            updated_at=iso_or_none(profile.last_seen_at or None),
            first_message_id=None,
            first_source_id=first_source,
            last_message_id=newest[0].id if newest else None,
            last_source_id=str(newest[0].source_id) if newest else None,
        )
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _node(after: str) -> int:
    if after and not (after.isascii() and after.isdigit() and len(after) < 12):
        raise BadInput("`next` is not one of ours", where="next")
    return int(after or 0)


def _cursor(request: Request, following: str, limit: int) -> CursorShape:
    url = quote(request.url.path)
    if following:
        kept = [(k, v) for k, v in request.query_params.multi_items() if k != "next"]
        url += "?" + urlencode([*kept, ("next", following)])
    return CursorShape(url=url, has_more=bool(following), next=following, limit=limit)


def _event(event: TimelineEvent, labels: dict[int, tuple[str, str]]) -> ProfileEvent:
    kind, value = labels.get(event.node, ("", ""))
    return ProfileEvent(
        external_ids=[EventId(collection="users", type=kind, id=value, encoding="none")],
        type=event.type,
        event=event.name,
        message_id=event.id,
        source_id=str(event.source_id),
        timestamp=iso(event.occurred_at),
        context=json_object(event.context) or {},
        properties=json_object(event.properties) or {},
        traits=json_object(event.traits) or {},
    )


def _json(value: object) -> JsonValue:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [_json(item) for item in value]
        case dict():
            return {str(key): _json(item) for key, item in value.items()}
        case _:
            return str(value)
