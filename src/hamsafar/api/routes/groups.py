"""Saved groups: people of whom a condition holds, under a name."""

from __future__ import annotations

from fastapi import APIRouter, Response

from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.models.base import Key
from hamsafar.api.models.groups import GroupChange, GroupNew, GroupShape
from hamsafar.api.services import Parts, Services
from hamsafar.api.times import iso
from hamsafar.expr import parse, to_object
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.groups import GroupDraft, SavedGroup

router = APIRouter(tags=["journeys"])


@router.get("/api/groups")
def list_groups(_: JourneysReader, services: Parts) -> list[GroupShape]:
    """Return every saved group with how many people are in it now."""
    return [_shape(services, group) for group in services.groups.all()]


@router.post("/api/groups", status_code=201)
def create_group(given: GroupNew, caller: JourneysEditor, services: Parts) -> GroupShape:
    """Save a group."""
    draft = GroupDraft(name=given.name, condition=parse(given.condition, "condition"))
    return _shape(services, services.groups.create(caller, draft))


@router.patch("/api/groups/{group}")
def change_group(
    group: Key, given: GroupChange, caller: JourneysEditor, services: Parts
) -> GroupShape:
    """Change a group's name or condition."""
    condition = None if given.condition is None else parse(given.condition, "condition")
    draft = GroupDraft(name=given.name, condition=condition)
    return _shape(services, services.groups.change(caller, group, draft))


@router.delete("/api/groups/{group}", status_code=204)
def drop_group(group: Key, caller: JourneysEditor, services: Parts) -> Response:
    """Forget a group; nothing else changes."""
    services.groups.drop(caller, group)
    return Response(status_code=204)


def _shape(services: Services, group: SavedGroup) -> GroupShape:
    people = services.queries.count(group.condition)
    return GroupShape(
        id=group.id,
        name=group.name,
        condition=to_object(group.condition),
        people=None if is_small(people, services.queries.min_people) else people,
        created_at=iso(group.created_at),
        created_by=group.created_by,
        updated_at=iso(group.updated_at),
    )
