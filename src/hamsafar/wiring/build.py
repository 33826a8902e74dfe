"""From settings to one frozen `Hamsafar`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hamsafar.access import Access
from hamsafar.access.ports import LookBook, WebhookSender
from hamsafar.access.settings import AccessSettings
from hamsafar.collect import Counts, QuarantineDesk
from hamsafar.engines.duckdb_judge import DuckJudge
from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.sql import open_database
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.engines.sqlite_looks import SqliteLooks
from hamsafar.engines.threads import ThreadCompute
from hamsafar.friction.services.desk import Desk
from hamsafar.friction.services.keeper import Keeper
from hamsafar.friction.services.reports import Reports
from hamsafar.identity import IdentityService, Members, Rules
from hamsafar.impact.service import Impact
from hamsafar.journeys.kinds.ground import Place
from hamsafar.journeys.masks import ByValue
from hamsafar.journeys.services.explore import Explore
from hamsafar.journeys.services.groups import Groups
from hamsafar.journeys.services.queries import Queries
from hamsafar.kernel.clock import Clock, SystemClock
from hamsafar.kernel.errors import Conflict
from hamsafar.lang.calendar import Calendar, WeekStart
from hamsafar.ledger.service import LedgerDesk
from hamsafar.maps.services.archive import MapArchive
from hamsafar.maps.services.overlay import Overlay
from hamsafar.maps.services.watch import DriftWatch
from hamsafar.profiles import Census, Profiles
from hamsafar.storage.ports import Database, EventLog
from hamsafar.wiring.erasures import ErasureLedger
from hamsafar.wiring.feed import StoreFeed
from hamsafar.wiring.journal import StoreJournal
from hamsafar.wiring.roles import DeskRoles
from hamsafar.wiring.sender import LateSender
from hamsafar.wiring.settings import Settings
from hamsafar.wiring.sources import SourceBook, WriteKeyRing
from hamsafar.wiring.version import check_data

SECRET_BYTES = 32
RESTORING = "restoring"
"""A file of this name stands in a data folder while a backup is copied into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hamsafar:
    """Every service of a deployment, put together once."""

    settings: Settings
    clock: Clock
    database: Database
    log: EventLog
    looks: LookBook
    erasures: ErasureLedger
    store: SegmentStore
    access: Access
    sources: SourceBook
    keys: WriteKeyRing
    identity: IdentityService
    profiles: Profiles
    census: Census
    journal: StoreJournal
    explore: Explore
    groups: Groups
    queries: Queries
    impact: Impact
    maps: MapArchive
    overlay: Overlay
    drift: DriftWatch
    ledger: LedgerDesk
    friction: Reports
    friction_desk: Desk
    findings: Keeper
    counts: Counts
    quarantine: QuarantineDesk
    sender: WebhookSender
    country: str

    def close(self) -> None:
        """Release files and connections."""
        self.store.close()
        self.log.close()
        self.looks.close()
        self.database.close()


def identity_rules() -> Rules:
    """Return the rules of identity of this release."""
    return Rules()


@contextmanager
def opened(
    settings: Settings, clock: Clock | None = None, *, restoring: bool = False
) -> Iterator[Hamsafar]:
    """Open a data folder (made and migrated if need be) while the block runs."""
    hamsafar = open_hamsafar(settings, clock, restoring=restoring)
    try:
        yield hamsafar
    finally:
        hamsafar.close()


def open_hamsafar(
    settings: Settings, clock: Clock | None = None, *, restoring: bool = False
) -> Hamsafar:
    """Open a data folder, made and migrated if need be.

    Raises:
        UnsupportedEngine: the database is of a kind or version we refuse.
        NewerData: a newer release wrote the data.
        Conflict: the database was moved away, or a restore was interrupted (and we are not it).
    """
    clock = clock or SystemClock()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (settings.data / RESTORING).exists() and not restoring:
        message = f"a restore into {settings.data} was interrupted; run `hamsafar restore` again"
        raise Conflict(message, where="--data")
    with ExitStack() as stack:
        database = open_database(settings.database_where)
        stack.callback(database.close)
        database.migrate()
        check_data(database)
        log = SqliteLog(settings.log_file, max_bytes=settings.max_log_bytes, clock=clock)
        stack.callback(log.close)
        looks = SqliteLooks(settings.looks_file)
        hamsafar = _put_together(settings, clock, database, log, looks)
        stack.pop_all()
    return hamsafar


def _put_together(
    settings: Settings, clock: Clock, database: Database, log: EventLog, looks: LookBook
) -> Hamsafar:
    store = SegmentStore(settings.lake, database, clock=clock)
    secret = secret_of(settings.secret_file)
    access = Access.on(
        database,
        clock,
        secret=secret,
        settings=AccessSettings(private_webhooks=settings.private_webhooks),
        looks=looks,
    )
    country = access.workspaces.ensure().country
    identity = IdentityService(database, identity_rules(), clock)
    book = SourceBook(access, clock)
    compute = ThreadCompute()
    journal = StoreJournal(database, store, identity, compute)
    explore = Explore(journal, compute, ByValue(DuckJudge(compute.width).table))
    groups = Groups(database, clock, access.audit)
    desk = Desk(database, clock, access.audit)
    maps, overlay = (
        MapArchive(database, clock, access),
        Overlay(explore, compute, clock, least=settings.min_people),
    )
    return Hamsafar(
        settings=settings,
        clock=clock,
        database=database,
        log=log,
        looks=looks,
        erasures=ErasureLedger(settings.erasures_file, secret),
        store=store,
        access=access,
        sources=book,
        keys=WriteKeyRing(access, book),
        identity=identity,
        profiles=Profiles(database, store, Members(), country),
        census=Census(database, store, identity),
        journal=journal,
        explore=explore,
        groups=groups,
        queries=Queries(
            explore,
            groups,
            compute=compute,
            clock=clock,
            place=partial(place_of, access),
            min_people=settings.min_people,
        ),
        impact=Impact(clock),
        maps=maps,
        overlay=overlay,
        drift=DriftWatch(database, clock, maps, overlay),
        ledger=LedgerDesk(
            database, clock, access, lives=explore, roles=DeskRoles(desk), compute=compute
        ),
        friction=Reports(explore, desk, least=settings.min_people),
        friction_desk=desk,
        findings=Keeper(database, journal, StoreFeed(database, store, identity), clock),
        counts=Counts(database, log),
        quarantine=QuarantineDesk(database, clock),
        sender=LateSender(clock, private=settings.private_webhooks),
        country=country,
    )


def place_of(access: Access) -> Place:
    """Return how the organisation counts time, as its workspace says now."""
    workspace = access.workspaces.get()
    return Place(
        zone=workspace.zone,
        calendar=Calendar(workspace.calendar),
        week_start=WeekStart(workspace.week_start),
    )


def secret_of(path: Path) -> bytes:
    """Return the deployment's secret; made at first, readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()
