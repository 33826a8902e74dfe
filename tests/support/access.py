"""A real database with the services of access on it, cheap password hashes, a clock to move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hamsafar.access import Access, local_caller
from hamsafar.access.settings import AccessSettings
from hamsafar.access.types import Caller, Role, SignedIn
from hamsafar.engines.sql import open_database
from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.ports import Database

NOW = 1_790_000_000_000_000
SECRET = bytes(range(32))
PASSWORD = "correct horse 42 باتری"
CHEAP = AccessSettings(argon2_passes=1, argon2_memory_kib=64, argon2_lanes=1)
LOCAL: Caller = local_caller("tester")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Access on a database, with its clock."""

    access: Access
    clock: FixedClock
    database: Database

    def join(self, role: Role, email: str = "", password: str = PASSWORD) -> SignedIn:
        """Sign up a person in a role and return the session."""
        address = email or f"{role}@example.com"
        if role is Role.OWNER and not self.access.accounts.has_owner():
            link = self.access.accounts.owner_link(LOCAL)
            return self.access.sessions.redeem(link, password=password, email=address)
        _, link = self.access.accounts.invite(LOCAL, email=address, role=role)
        return self.access.sessions.redeem(link, password=password)


@contextmanager
def office(where: Path | str, settings: AccessSettings = CHEAP) -> Iterator[Office]:
    """Open a migrated database at `where` (a file or a PostgreSQL URL)."""
    database = open_database(where)
    database.migrate()
    clock = FixedClock(NOW)
    access = Access.on(database, clock, secret=SECRET, settings=settings)
    access.workspaces.ensure()
    try:
        yield Office(access=access, clock=clock, database=database)
    finally:
        database.close()
