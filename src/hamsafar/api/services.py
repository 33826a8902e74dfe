"""What the API calls: the services of a deployment, and how a request reaches them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from hamsafar.access import Access
from hamsafar.collect import Counts, QuarantineDesk
from hamsafar.friction.services.desk import Desk
from hamsafar.friction.services.reports import Reports
from hamsafar.identity import IdentityService
from hamsafar.impact.service import Impact
from hamsafar.journeys.services.explaining import Explaining
from hamsafar.journeys.services.explore import Explore
from hamsafar.journeys.services.groups import Groups
from hamsafar.journeys.services.queries import Queries
from hamsafar.journeys.services.scoped import Scoped
from hamsafar.kernel.clock import Clock
from hamsafar.ledger.service import LedgerDesk
from hamsafar.maps.services.archive import MapArchive
from hamsafar.maps.services.overlay import Overlay
from hamsafar.maps.services.watch import DriftWatch
from hamsafar.profiles import Census, Profiles
from hamsafar.wiring.build import Hamsafar
from hamsafar.wiring.sizes import Sizes, sizes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the routes need.

    Attributes:
        sizes: how large the stores are now.
        data: the data folder, whose disk Pulse watches.
        public_url: how people reach us from outside; empty: as the request came.
    """

    clock: Clock
    access: Access
    identity: IdentityService
    profiles: Profiles
    census: Census
    explore: Explore
    groups: Groups
    queries: Queries
    scoped: Scoped
    explaining: Explaining
    impact: Impact
    maps: MapArchive
    overlay: Overlay
    drift: DriftWatch
    ledger: LedgerDesk
    friction: Reports
    friction_desk: Desk
    counts: Counts
    quarantine: QuarantineDesk
    sizes: Callable[[], Sizes]
    data: Path
    public_url: str = ""

    @classmethod
    def of(cls, hamsafar: Hamsafar) -> Services:
        """Return the services of a deployment."""
        return cls(
            clock=hamsafar.clock,
            access=hamsafar.access,
            identity=hamsafar.identity,
            profiles=hamsafar.profiles,
            census=hamsafar.census,
            explore=hamsafar.explore,
            groups=hamsafar.groups,
            queries=hamsafar.queries,
            scoped=Scoped(hamsafar.queries),
            explaining=Explaining(hamsafar.queries, hamsafar.clock),
            impact=hamsafar.impact,
            maps=hamsafar.maps,
            overlay=hamsafar.overlay,
            drift=hamsafar.drift,
            ledger=hamsafar.ledger,
            friction=hamsafar.friction,
            friction_desk=hamsafar.friction_desk,
            counts=hamsafar.counts,
            quarantine=hamsafar.quarantine,
            sizes=lambda: sizes_of(hamsafar),
            data=hamsafar.settings.data,
            public_url=hamsafar.settings.public_url,
        )


async def services_of(request: Request) -> Services:
    """Return the services of the application a request came to."""
    services = request.app.state.services
    if not isinstance(services, Services):
        raise TypeError("app.state.services was never set")
    return services


Parts = Annotated[Services, Depends(services_of)]
"""A route's way to the services."""
