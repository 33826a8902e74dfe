"""Shapes of the time ledger and of working hours."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hamsafar.api.models.base import Given, Listing, Text, Told
from hamsafar.api.models.maps import FigureShape

Weekday = Literal["saturday", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"]
_Seconds = Annotated[float, Field(gt=0, le=1_000_000_000)]


class HoursShape(Given):
    """When somebody is at work, and how fast they promise to be.

    `week` has spans of the zone's clock by weekday, `["09:00", "17:00"]`; one that ends at or before
    its beginning ends on the next day. Owners go before channels; hours with neither are for
    everything else. Promises are in working seconds.
    """

    id: Text
    zone: Text
    name: Text = ""
    week: dict[Weekday, list[tuple[Text, Text]]] = Field(default_factory=dict)
    country: Text = ""
    closed: list[Text] = Field(default_factory=list)
    channels: list[Text] = Field(default_factory=list)
    owners: list[Text] = Field(default_factory=list)
    respond_s: _Seconds | None = None
    resolve_s: _Seconds | None = None


class HoursGiven(Given):
    """All working hours; they replace those there are."""

    items: Annotated[list[HoursShape], Field(max_length=200)]


HoursListing = Listing[HoursShape]


class ShareShape(Told):
    """How long one party was waited for; `business_s` of it within working hours."""

    party: str
    wall_s: float
    business_s: float
    cell: str


class SpeedShape(Told):
    """How fast something came, in working time; `within` the promise `target_s`."""

    count: int
    done: int
    gave_up: int
    open: int
    median_s: float | None
    p90_s: float | None
    wall_median_s: float | None
    target_s: float | None
    within: FigureShape | None
    cell: str
    open_cell: str


class LedgerRowShape(Told):
    """The ledger of one touchpoint, channel or owner."""

    dimension: str
    key: str
    strands: int
    shares: list[ShareShape]
    response: SpeedShape | None
    resolution: SpeedShape | None


class LedgerShape(Told):
    """Who waited for whom: `elapsed_s` is the sum of all shares."""

    people: int
    strands: int
    elapsed_s: float
    median_s: float | None
    shares: list[ShareShape]
    waiting: int
    rows: list[LedgerRowShape]
    response: SpeedShape | None
    resolution: SpeedShape | None
    as_of: str
    took_ms: float
