"""Identity: who a person is and why, cutting a wrong link, taking the cut back."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter

from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.api.gate import PeopleEditor, PeopleReader
from hamsafar.api.looks import looked_at
from hamsafar.api.models.access import JobRef
from hamsafar.api.models.base import Key, PersonNumber
from hamsafar.api.models.people import (
    ClaimShape,
    IdentityChangeShape,
    IdentityNode,
    IdentityStory,
    SeveranceNew,
    SeveranceShape,
)
from hamsafar.api.services import Parts
from hamsafar.api.times import iso, iso_or_none
from hamsafar.identity.types import Change, IdentityCard, LabelledClaim, Severance, edge_of
from hamsafar.kernel.errors import NotFound
from hamsafar.kernel.ids import uuid7

router = APIRouter(tags=["identity"])


@router.get("/api/people/{person}/identity")
def get_identity(person: PersonNumber, caller: PeopleReader, services: Parts) -> IdentityStory:
    """Return a person's identifiers, the claims that join them, and every merge and unmerge."""
    card = services.identity.describe(person)
    looked_at(services, caller, card.person, "identity.read")
    return IdentityStory(
        person=str(card.person),
        nodes=[
            IdentityNode(
                node=node.node,
                kind=node.kind,
                value=node.value,
                first_seen_at=iso(node.first_seen_at),
                person=str(node.person),
            )
            for node in card.nodes
        ],
        claims=[_claim(claim) for claim in card.claims],
        changes=[_change(change, card) for change in card.changes],
        severances=[_severance(cut, card) for cut in card.severances],
    )


@router.post("/api/people/{person}/severances", status_code=202)
def sever(
    person: PersonNumber, given: SeveranceNew, caller: PeopleEditor, services: Parts
) -> JobRef:
    """Undo a merge: the link of two identifiers is cut and stays cut."""
    card = services.identity.describe(person)
    wanted = edge_of(given.a, given.b)
    if wanted not in {labelled.claim.edge for labelled in card.claims}:
        raise NotFound(f"no event links node {given.a} with node {given.b}", where="a")
    args = {
        "severance": uuid7(),
        "a": given.a,
        "b": given.b,
        "reason": given.reason,
        "by": caller.actor,
    }
    entry = AuditEntry(
        action="person.sever",
        subject_kind="person",
        subject=str(card.person),
        purpose=given.reason[:200],
        detail=f"{given.a} {given.b}",
    )
    job = services.access.jobs.ask(caller, JobKind.SEVER, msgspec.json.encode(args).decode(), entry)
    return JobRef(job=job.id)


@router.delete("/api/severances/{severance}", status_code=202)
def mend(severance: Key, caller: PeopleEditor, services: Parts) -> JobRef:
    """Undo the undo: the link counts again."""
    args = {"severance": severance, "by": caller.actor}
    entry = AuditEntry(action="person.mend", subject_kind="severance", subject=severance)
    job = services.access.jobs.ask(caller, JobKind.MEND, msgspec.json.encode(args).decode(), entry)
    return JobRef(job=job.id)


def _claim(labelled: LabelledClaim) -> ClaimShape:
    claim = labelled.claim
    return ClaimShape(
        a=claim.a,
        b=claim.b,
        a_label=labelled.a_label,
        b_label=labelled.b_label,
        occurred_at=iso(claim.occurred_at),
        source=claim.source_id,
        message_id=claim.message_id,
        verdict=claim.verdict,
    )


def _change(change: Change, card: IdentityCard) -> IdentityChangeShape:
    return IdentityChangeShape(
        version=change.version,
        node=change.node,
        label=card.labels.get(change.node, ""),
        from_=str(change.person_from),
        to=str(change.person_to),
        cause=change.cause,
        changed_at=iso(change.changed_at),
    )


def _severance(cut: Severance, card: IdentityCard) -> SeveranceShape:
    return SeveranceShape(
        id=cut.id,
        a=cut.a,
        b=cut.b,
        a_label=card.labels.get(cut.a, ""),
        b_label=card.labels.get(cut.b, ""),
        made_at=iso(cut.made_at),
        made_by=cut.made_by,
        reason=cut.reason,
        undone_at=iso_or_none(cut.undone_at),
    )
