"""Shapes of people: lists, profile, timeline, identity."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from hamsafar.api.models.base import Given, Secret, Text, Told


class Identifier(Told):
    """A way we know somebody."""

    kind: str
    value: str


class PersonRow(Told):
    """A person in a list."""

    person: str
    label: str
    identifiers: list[Identifier]
    last_seen_at: str | None
    events: int


class TraitShape(Told):
    """A trait as it was last said."""

    name: str
    value: JsonValue
    source: int
    source_name: str
    occurred_at: str


class ActivityShape(Told):
    """How often and when one thing happened."""

    name: str
    count: int
    first_at: str
    last_at: str


class PersonIdentifier(Told):
    """An identifier of a person."""

    node: int
    kind: str
    value: str
    first_seen_at: str
    source: int | None


class ChannelCount(Told):
    """Events of one channel."""

    channel: str
    count: int


class Person(Told):
    """One person, now."""

    person: str
    label: str
    first_seen_at: str | None
    last_seen_at: str | None
    events: int
    traits: list[TraitShape]
    activity: list[ActivityShape]
    identifiers: list[PersonIdentifier]
    channels: list[ChannelCount]


class DeviceShape(Told):
    """What an event happened on, from the user agent or the app's own word; empty: not known."""

    kind: str
    os: str
    browser: str
    model: str


class CampaignShape(Told):
    """What brought somebody: the client's own word, else the page's utm parameters."""

    source: str
    medium: str
    name: str
    term: str
    content: str


class PageShape(Told):
    """Where on a site or in an app an event happened."""

    title: str
    url: str
    path: str
    referrer: str
    category: str


class TimelineEventShape(Told):
    """One event of a person; `device`, `campaign` and `page` are null where nothing is known."""

    seq: int
    id: str
    type: str
    name: str
    channel: str
    source: int
    occurred_at: str
    received_at: str
    origin: str
    properties: dict[str, JsonValue] | None
    context: dict[str, JsonValue] | None
    traits: dict[str, JsonValue] | None
    device: DeviceShape | None
    campaign: CampaignShape | None
    page: PageShape | None
    node: int
    identifier: str


class IdentityNode(Told):
    """The first sight of an identifier."""

    node: int
    kind: str
    value: str
    first_seen_at: str
    person: str


class ClaimShape(Told):
    """Two identifiers named by one event, and what became of it."""

    a: int
    b: int
    a_label: str
    b_label: str
    occurred_at: str
    source: int
    message_id: str
    verdict: str


class IdentityChangeShape(Told):
    """A node that moved from one person to another."""

    version: int
    node: int
    label: str
    from_: Annotated[str, Field(alias="from")]
    to: str
    cause: str
    changed_at: str


class SeveranceShape(Told):
    """A link that was cut by hand."""

    id: str
    a: int
    b: int
    a_label: str
    b_label: str
    made_at: str
    made_by: str
    reason: str
    undone_at: str | None


class IdentityStory(Told):
    """Who a person is, and how we came to think so."""

    person: str
    nodes: list[IdentityNode]
    claims: list[ClaimShape]
    changes: list[IdentityChangeShape]
    severances: list[SeveranceShape]


class SeveranceNew(Given):
    """Which link to cut, and why."""

    a: Annotated[int, Field(ge=1, le=(1 << 31) - 1)]
    b: Annotated[int, Field(ge=1, le=(1 << 31) - 1)]
    reason: Annotated[Text, Field(min_length=1)]


class EraseAsk(Given):
    """Why a person is erased, and one's own password again."""

    reason: Annotated[Text, Field(min_length=1)]
    password: Secret
