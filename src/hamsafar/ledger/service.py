"""The time ledger of the running system, and the working hours it counts in."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import msgspec

from hamsafar import expr
from hamsafar.access import Access
from hamsafar.access.types import AuditEntry, Caller
from hamsafar.journeys import DEFAULT_KEYS, CellPeople, CellPerson, Stamp, page_of
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page
from hamsafar.ledger import store
from hamsafar.ledger.account import Account
from hamsafar.ledger.hours import checked
from hamsafar.ledger.ports import Lives, RoleBook
from hamsafar.ledger.types import By, Ledger, LedgerWish, WorkingHours
from hamsafar.storage.ports import Compute, Database

MAX_HOURS = 200
_FRESH_US = 60_000_000

_Place = tuple[Stamp, tuple[object, ...], bytes, int]


class LedgerDesk:
    """Working hours, and the ledger counted in them; safe to call from many threads."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        access: Access,
        *,
        lives: Lives,
        roles: RoleBook,
        compute: Compute,
    ) -> None:
        self._database = database
        self._clock = clock
        self._access = access
        self._lives = lives
        self._roles = roles
        self._compute = compute
        self._lock = Lock()
        self._kept: tuple[_Place, Account] | None = None

    def hours(self) -> tuple[WorkingHours, ...]:
        """Return all working hours, by id."""
        with self._database.read() as tx:
            rows = tx.rows(store.HOURS)
        return tuple(msgspec.json.decode(str(body), type=WorkingHours) for (body,) in rows)

    def set_hours(self, by: Caller, wanted: Sequence[WorkingHours]) -> tuple[WorkingHours, ...]:
        """Put these in the place of all working hours and return them.

        Raises:
            BadInput: one cannot be, or two share an id; `where` is like `items[0].zone`.
        """
        if len(wanted) > MAX_HOURS:
            raise BadInput(f"at most {MAX_HOURS} working hours", where="items")
        seen: set[str] = set()
        for number, one in enumerate(wanted):
            try:
                checked(one)
            except BadInput as error:
                raise BadInput(error.detail, where=f"items[{number}].{error.where}") from None
            if one.id in seen:
                raise BadInput(f"two have the id {one.id!r}", where=f"items[{number}].id")
            seen.add(one.id)
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.run(store.CLEAR_HOURS)
            for one in wanted:
                body = msgspec.json.encode(one).decode()
                tx.run(store.ADD_HOURS, {"id": one.id, "body": body, "now": now, "by": by.actor})
            entry = AuditEntry(action="working_hours.set", subject_kind="working_hours", subject="")
            self._access.audit.tell(tx, by, entry)
        return self.hours()

    def ledger(self, wish: LedgerWish) -> Ledger:
        """Return who waited for whom.

        Raises:
            BadInput: a filter is wrong.
        """
        return self._account(wish).ledger()

    def people(
        self, wish: LedgerWish, cell: str, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Page[CellPerson], CellPeople]:
        """Return a page of the people behind a number, and the figures of all of them.

        Raises:
            BadInput: there is no such number, or a wrong filter, limit or cursor.
        """
        return page_of(self._account(wish).crowd(cell), cursor=cursor, limit=limit)

    def _account(self, wish: LedgerWish) -> Account:
        wanted = expr.fields(*map(expr.parse, wish.only.values()))
        if wish.by is By.MATTER:
            wanted |= expr.Fields(properties=frozenset(DEFAULT_KEYS.paths), names=None)
        stamp, sequences = self._lives.sequences(wanted)
        hours = self.hours()
        now = self._clock.now_us() // _FRESH_US * _FRESH_US
        asked = (
            wish.by,
            wish.names,
            tuple(wish.parties.items()),
            tuple(wish.owners.items()),
            tuple(wish.only.items()),
            wish.silence_s,
            wish.filters,
        )
        key = (stamp, asked, msgspec.json.encode(hours), now)
        with self._lock:
            if self._kept is not None and self._kept[0] == key:
                return self._kept[1]
        found = Account.of(
            sequences,
            wish,
            hours=hours,
            roles=self._roles.roles(sequences.names),
            as_of_us=now,
            compute=self._compute,
        )
        with self._lock:
            self._kept = key, found
        return found
