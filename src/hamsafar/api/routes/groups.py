"""Saved groups: people of whom a condition holds, under a name."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.models.base import Key
from hamsafar.api.models.groups import Group, GroupChange, GroupList, GroupNew
from hamsafar.api.models.queries import asks, tells
from hamsafar.api.routes.queries import Body, Written
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.groups import GroupDraft, SavedGroup
from hamsafar.journeys.query_json import read_part, write_part

router = APIRouter(tags=["journeys"])


@router.get(
    "/api/groups", response_class=Written, responses=tells("GroupList", "the groups, by name")
)
def list_groups(_: JourneysReader, services: Parts) -> Response:
    """Return every saved group with how many people are in it now."""
    items = tuple(_shape(services, group) for group in services.groups.all())
    return Written(write_part(GroupList(items=items)))


@router.post(
    "/api/groups",
    response_class=Written,
    openapi_extra=asks("GroupNew"),
    responses=tells("Group", "the new group"),
)
def create_group(caller: JourneysEditor, body: Body, services: Parts) -> Response:
    """Save a group."""
    given = read_part(body, GroupNew, "")
    draft = GroupDraft(name=given.name, condition=given.condition.condition)
    return _told(services, services.groups.create(caller, draft))


@router.patch(
    "/api/groups/{group}",
    response_class=Written,
    openapi_extra=asks("GroupChange"),
    responses=tells("Group", "the group as it is now"),
)
def change_group(group: Key, caller: JourneysEditor, body: Body, services: Parts) -> Response:
    """Change a group's name or condition."""
    given = read_part(body, GroupChange, "")
    condition = None if given.condition is None else given.condition.condition
    draft = GroupDraft(name=given.name, condition=condition)
    return _told(services, services.groups.change(caller, group, draft))


@router.delete("/api/groups/{group}", status_code=204)
def drop_group(group: Key, caller: JourneysEditor, services: Parts) -> Response:
    """Forget a group; nothing else changes."""
    services.groups.drop(caller, group)
    return Response(status_code=204)


def _told(services: Services, group: SavedGroup) -> Response:
    return Written(write_part(_shape(services, group)))


def _shape(services: Services, group: SavedGroup) -> Group:
    people = services.queries.count(group.condition)
    return Group(
        id=group.id,
        name=group.name,
        condition=Clause(group.condition),
        people=None if is_small(people, services.queries.min_people) else people,
        created_at=iso(group.created_at),
        created_by=group.created_by,
        updated_at=iso(group.updated_at),
    )
