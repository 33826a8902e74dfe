"""Maps: the journeys we designed, their versions, and how real journeys fit them."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from hamsafar.api.gate import JourneysEditor, JourneysReader
from hamsafar.api.looks import listed
from hamsafar.api.models.base import Cursor, Key, Limit, Listing
from hamsafar.api.models.journeys import CellPeopleShape, CellPersonShape
from hamsafar.api.models.maps import (
    AllowanceChange,
    AllowanceNew,
    AllowanceShape,
    CardShape,
    ConformanceShape,
    DeviationShape,
    DraftNew,
    DraftShape,
    DriftDayShape,
    DriftShape,
    FigureShape,
    MapBody,
    MapChange,
    MapDifference,
    MapNew,
    MapRow,
    MapShape,
    OtherEvent,
    StageFitShape,
    VersionNew,
    VersionShape,
    WordsShape,
    YamlGiven,
    YamlShape,
)
from hamsafar.api.routes.journeys import Filtered, finite_or_none
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none, moment
from hamsafar.kernel.clock import DAY_US
from hamsafar.kernel.errors import BadInput
from hamsafar.maps import Conformance, from_object, from_yaml, to_object, to_yaml
from hamsafar.maps.differences import differences
from hamsafar.maps.draft import DraftWish
from hamsafar.maps.drift import MILLION
from hamsafar.maps.services.archive import renamed
from hamsafar.maps.services.overlay import PeopleQuery
from hamsafar.maps.types import Allowance, JourneyMap, StoredMap, Words
from hamsafar.maps.walk import touchpoints_of

router = APIRouter(tags=["maps"])
Version = Annotated[
    int | None, Query(ge=1, le=(1 << 53) - 1, description="which version; the newest by default")
]


@router.get("/api/maps")
def list_maps(_: JourneysReader, services: Parts) -> Listing[MapRow]:
    """Return the newest version of every map."""
    return Listing(items=[_row(stored) for stored in services.maps.all()])


@router.post("/api/maps")
def create_map(given: MapNew, caller: JourneysEditor, services: Parts) -> MapShape:
    """Make a map."""
    return _shape(services.maps.create(caller, _journey(given.body), note=given.note))


@router.post("/api/maps/draft")
def draft_map(given: DraftNew, _: JourneysEditor, filters: Filtered, services: Parts) -> DraftShape:
    """Draft a map from what people really did on their way to a goal; nothing is saved."""
    found = services.overlay.draft(
        DraftWish(
            goal=tuple(given.goal),
            id=given.id,
            name=Words(fa=given.name.fa, en=given.name.en),
            names=tuple(given.names),
            share=given.share,
            silence_s=given.silence_s,
            filters=filters,
        )
    )
    return DraftShape(
        body=MapBody.model_validate(to_object(found.journey)),
        attempts=found.attempts,
        covered=found.covered,
        variants=found.variants,
        left_out=list(found.left_out),
    )


@router.get("/api/maps/{map_id}")
def get_map(map_id: Key, _: JourneysReader, services: Parts, version: Version = None) -> MapShape:
    """Return a version of a map."""
    return _shape(services.maps.get(map_id, version))


@router.patch("/api/maps/{map_id}")
def change_map(map_id: Key, given: MapChange, caller: JourneysEditor, services: Parts) -> MapShape:
    """Publish a version: from now on it is watched for drift."""
    return _shape(services.maps.publish(caller, map_id, given.published))


@router.delete("/api/maps/{map_id}", status_code=204)
def archive_map(map_id: Key, caller: JourneysEditor, services: Parts) -> Response:
    """Put a map away; making one with its id brings its versions back."""
    services.maps.archive(caller, map_id)
    return Response(status_code=204)


@router.get("/api/maps/{map_id}/versions")
def list_versions(map_id: Key, _: JourneysReader, services: Parts) -> Listing[VersionShape]:
    """Return the versions of a map, newest first."""
    return Listing(
        items=[
            VersionShape(
                version=one.version, note=one.note, made_at=iso(one.made_at), made_by=one.made_by
            )
            for one in services.maps.versions(map_id)
        ]
    )


@router.post("/api/maps/{map_id}/versions")
def save_version(
    map_id: Key, given: VersionNew, caller: JourneysEditor, services: Parts
) -> MapShape:
    """Save a map, or restore an old version as the newest; what does not differ makes no version."""
    if (given.body is None) == (given.restore is None):
        raise BadInput("give either `body` or `restore`", where="body")
    if given.restore is not None:
        return _shape(services.maps.restore(caller, map_id, given.restore))
    journey = renamed(_journey(given.body), map_id)
    return _shape(services.maps.save(caller, journey, based_on=given.based_on, note=given.note))


@router.get("/api/maps/{map_id}/diff")
def diff_versions(
    map_id: Key,
    _: JourneysReader,
    before: Annotated[int, Query(ge=1, le=(1 << 53) - 1, description="the earlier version")],
    services: Parts,
    version: Version = None,
) -> Listing[MapDifference]:
    """Return what changed from one version of a map to another, the newest by default."""
    old, new = services.maps.get(map_id, before), services.maps.get(map_id, version)
    return Listing(
        items=[
            MapDifference(part=one.part, kind=one.kind, fields=list(one.fields))
            for one in differences(old.journey, new.journey)
        ]
    )


@router.get("/api/maps/{map_id}/yaml")
def get_yaml(map_id: Key, _: JourneysReader, services: Parts, version: Version = None) -> YamlShape:
    """Return a version of a map as YAML."""
    stored = services.maps.get(map_id, version)
    return YamlShape(yaml=to_yaml(stored.journey), version=stored.version)


@router.put("/api/maps/{map_id}/yaml")
def put_yaml(map_id: Key, given: YamlGiven, caller: JourneysEditor, services: Parts) -> MapShape:
    """Save a map from YAML; an error names the line and the field."""
    journey = renamed(from_yaml(given.yaml), map_id)
    return _shape(services.maps.save(caller, journey, based_on=given.based_on, note=given.note))


@router.get("/api/maps/{map_id}/conformance")
def get_conformance(
    map_id: Key, _: JourneysReader, filters: Filtered, services: Parts, version: Version = None
) -> ConformanceShape:
    """Return how real journeys fit a map; the times choose attempts that begin within them."""
    began = time.perf_counter()
    stored = services.maps.get(map_id, version)
    allowed = services.maps.allowed(map_id)
    found = services.overlay.conformance(stored.journey, filters, allowed=allowed)
    return _conformance(stored, found, (time.perf_counter() - began) * 1000)


@router.get("/api/maps/{map_id}/people")
def list_map_people(  # noqa: PLR0913 - one parameter per part of the address
    map_id: Key,
    caller: JourneysReader,
    deviation: Annotated[str, Query(max_length=300, description="`cell` of a figure")],
    filters: Filtered,
    services: Parts,
    version: Version = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> CellPeopleShape:
    """Return the people behind a number of conformance, those counted most first."""
    stored = services.maps.get(map_id, version)
    query = PeopleQuery(
        cell=deviation,
        filters=filters,
        allowed=services.maps.allowed(map_id),
        cursor=cursor or None,
        limit=limit,
    )
    page, whole = services.overlay.people(stored.journey, query)
    persons = [one.person for one in page.items]
    listed(services, caller, persons, "people.list")
    labels = services.profiles.labelled(persons)
    return CellPeopleShape(
        items=[
            CellPersonShape(
                person=str(one.person),
                label=labels.get(one.person, ""),
                count=one.count,
                last_at=iso(one.last_at_us),
                seconds=finite_or_none(one.mean_s),
            )
            for one in page.items
        ],
        next=page.next,
        people=whole.total,
        count=whole.count,
        median_s=finite_or_none(whole.median_s),
        p95_s=finite_or_none(whole.p95_s),
    )


@router.get("/api/maps/{map_id}/drift")
def get_drift(map_id: Key, _: JourneysReader, services: Parts) -> DriftShape:
    """Return the fitness of a published map by day, and whether it fell beyond chance."""
    days, drift = services.drift.line(map_id)
    return DriftShape(
        days=[
            DriftDayShape(
                day=iso(day.day * DAY_US)[:10],
                version=day.version,
                attempts=day.attempts,
                fitness=day.fitness_ppm / MILLION / max(day.attempts, 1),
                fitting=day.fitting,
            )
            for day in days
        ],
        published=services.maps.get(map_id).published,
        **asdict(drift),
    )


@router.get("/api/maps/{map_id}/allowances")
def list_allowances(map_id: Key, _: JourneysReader, services: Parts) -> Listing[AllowanceShape]:
    """Return what is or was allowed in a map, oldest first."""
    now = services.clock.now_us()
    return Listing(items=[_allowance(one, now) for one in services.maps.allowances(map_id)])


@router.post("/api/maps/{map_id}/allowances")
def allow_deviation(
    map_id: Key, given: AllowanceNew, caller: JourneysEditor, services: Parts
) -> AllowanceShape:
    """Allow a deviation: it is shown, but takes nothing from fitness until it expires."""
    wanted = _wanted(map_id, "", given.deviation, given)
    return _allowance(services.maps.allow(caller, wanted), services.clock.now_us())


@router.patch("/api/maps/{map_id}/allowances/{key}")
def change_allowance(
    map_id: Key, key: Key, given: AllowanceChange, caller: JourneysEditor, services: Parts
) -> AllowanceShape:
    """Change why, by whom and until when a deviation is allowed."""
    changed = services.maps.change_allowance(caller, _wanted(map_id, key, "", given))
    return _allowance(changed, services.clock.now_us())


@router.delete("/api/maps/{map_id}/allowances/{key}", status_code=204)
def disallow_deviation(map_id: Key, key: Key, caller: JourneysEditor, services: Parts) -> Response:
    """Take an allowance back."""
    services.maps.disallow(caller, map_id, key)
    return Response(status_code=204)


def _journey(body: MapBody | None) -> JourneyMap:
    return from_object({} if body is None else body.model_dump())


def _row(stored: StoredMap) -> MapRow:
    journey = stored.journey
    return MapRow(
        id=journey.id,
        name=WordsShape(fa=journey.name.fa, en=journey.name.en),
        aim=WordsShape(fa=journey.aim.fa, en=journey.aim.en),
        owner=journey.owner,
        stages=len(journey.stages),
        touchpoints=len(touchpoints_of(journey)),
        version=stored.version,
        published=stored.published,
        made_at=iso(stored.made_at),
        made_by=stored.made_by,
    )


def _shape(stored: StoredMap) -> MapShape:
    return MapShape(
        id=stored.journey.id,
        body=MapBody.model_validate(to_object(stored.journey)),
        version=stored.version,
        newest=stored.newest,
        published=stored.published,
        note=stored.note,
        made_at=iso(stored.made_at),
        made_by=stored.made_by,
    )


def _conformance(stored: StoredMap, found: Conformance, took_ms: float) -> ConformanceShape:
    return ConformanceShape(
        map=stored.journey.id,
        version=stored.version,
        people=found.people,
        attempts=found.attempts,
        open=found.open,
        variants=found.variants,
        fitness=found.fitness,
        fitting=FigureShape(**asdict(found.fitting)),
        goal=FigureShape(**asdict(found.goal)),
        stages=[StageFitShape.model_validate(asdict(stage)) for stage in found.stages],
        cards=[CardShape.model_validate(asdict(card)) for card in found.cards],
        deviations=[DeviationShape.model_validate(asdict(one)) for one in found.deviations],
        others=[OtherEvent(name=other.name, count=other.count) for other in found.others],
        unknown_events=list(found.unknown_events),
        unknown_channels=list(found.unknown_channels),
        too_long=found.too_long,
        as_of=iso(found.as_of_us),
        took_ms=round(took_ms, 3),
    )


def _wanted(
    map_id: str, key: str, deviation: str, given: AllowanceNew | AllowanceChange
) -> Allowance:
    return Allowance(
        id=key,
        map_id=map_id,
        deviation=deviation,
        reason=given.reason,
        owner=given.owner,
        expires_at=moment(given.expires_at or "", "expires_at"),
        made_at=0,
        made_by="",
    )


def _allowance(one: Allowance, now: int) -> AllowanceShape:
    return AllowanceShape(
        id=one.id,
        deviation=one.deviation,
        reason=one.reason,
        owner=one.owner,
        expires_at=iso_or_none(one.expires_at),
        made_at=iso(one.made_at),
        made_by=one.made_by,
        valid=one.is_valid(now),
    )
