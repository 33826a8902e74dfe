"""The audit: what was done and who looked at whom, as a chain that shows any change."""

from __future__ import annotations

import threading
from collections import OrderedDict

from hamsafar.access import store
from hamsafar.access.chain import START, link
from hamsafar.access.ports import LookBook
from hamsafar.access.rows import audit_of, raw, whole
from hamsafar.access.settings import AccessSettings
from hamsafar.access.types import AuditEntry, AuditRow, Caller
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page, decode_cursor, encode_cursor
from hamsafar.storage.ports import Database, Tx

_CHAIN = "access.audit"
_NEWEST = (1 << 63) - 1
_MAX_LOOKS = 10_000
_VERIFY_ROWS = 5_000
_SETTLE_ROWS = 500


def append(tx: Tx, at: int, actor: str, entry: AuditEntry) -> None:
    """Add a row to the chain, in the transaction of what it tells of."""
    tx.lock(_CHAIN)
    rows = tx.rows(store.LAST_AUDIT)
    previous = raw(rows[0][0]) if rows else START
    tx.run(
        store.ADD_AUDIT,
        {
            "at": at,
            "actor": actor,
            "action": entry.action,
            "subject_kind": entry.subject_kind,
            "subject": entry.subject,
            "purpose": entry.purpose,
            "detail": entry.detail,
            "previous": previous,
            "hash": link(previous, at, actor, entry),
        },
    )


class Audit:
    """Reads the chain, and keeps who looked at whom.

    With a book a look is written there, so that no look waits for the database's other writers;
    `settle` brings it into the chain soon after. Without one it goes into the chain at once.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: AccessSettings,
        looks: LookBook | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._book = looks
        self._again_us = int(settings.look_again.total_seconds() * SECOND_US)
        self._lock = threading.Lock()
        self._looks: OrderedDict[tuple[str, AuditEntry], int] = OrderedDict()

    def looked(self, caller: Caller, entry: AuditEntry) -> None:
        """Keep that a caller looks at something, before he sees it.

        The same look again within a minute is not written again.

        Raises:
            Retriable: it cannot be kept, so he must not see it.
        """
        now = self._clock.now_us()
        key = (caller.actor, entry)
        with self._lock:
            if now - self._looks.get(key, -self._again_us) < self._again_us:
                return
        if self._book is not None:
            self._book.add(now, caller.actor, entry)
        else:
            with self._database.write() as tx:
                append(tx, now, caller.actor, entry)
        with self._lock:
            self._looks[key] = now
            self._looks.move_to_end(key)
            while len(self._looks) > _MAX_LOOKS:
                self._looks.popitem(last=False)

    def tell(self, tx: Tx, by: Caller, entry: AuditEntry) -> None:
        """Add what a caller did to the chain, in the transaction that does it."""
        append(tx, self._clock.now_us(), by.actor, entry)

    def settle(self) -> int:
        """Bring the looks of the book into the chain, each once; return how many.

        Raises:
            Retriable: the database cannot be written now; the book keeps them.
        """
        settled = 0
        while self._book is not None and self._book.after(0, 1):
            settled += self._settle_some(self._book)
        return settled

    def _settle_some(self, book: LookBook) -> int:
        with self._database.write() as tx:
            # Before the position is read: another process may be settling too.
            tx.lock(_CHAIN)
            rows = tx.rows(store.LOOKS_THROUGH, {"book": book.id})
            known = whole(rows[0][0]) if rows else 0
            looks = book.after(known, _SETTLE_ROWS)
            for look in looks:
                append(tx, look.at, look.actor, look.entry)
            through = looks[-1].number if looks else known
            if looks:
                now = self._clock.now_us()
                place: dict[str, str | int] = {"book": book.id, "through": through, "now": now}
                tx.run(store.SET_LOOKS_THROUGH, place)
        # A death before this line leaves looks in the book that the chain has: they are skipped.
        book.drop(through)
        return len(looks)

    def page(
        self, *, subject_kind: str = "", subject: str = "", cursor: str = "", limit: int = 50
    ) -> Page[AuditRow]:
        """Return audit rows, newest first, of one subject or of all (empty `subject_kind`).

        Raises:
            BadInput: the cursor is not of this list.
            Retriable: there are looks that cannot be brought into the chain now; a list without
                them would not be true.
        """
        self.settle()
        params: dict[str, str | int] = {"before": _before(cursor), "limit": limit + 1}
        statement = store.AUDIT
        if subject_kind:
            statement = store.AUDIT_OF
            params |= {"subject_kind": subject_kind, "subject": subject}
        with self._database.read() as tx:
            rows = [audit_of(row) for row in tx.rows(statement, params)]
        more = encode_cursor((rows[limit - 1].id,)) if len(rows) > limit else None
        return Page(tuple(rows[:limit]), more)

    def first_break(self) -> int | None:
        """Return the id of the first row that does not fit the chain, None when all do."""
        previous, after = START, 0
        with self._database.read() as tx:
            while rows := tx.rows(store.AUDIT_CHAIN, {"after": after, "limit": _VERIFY_ROWS}):
                for row in rows:
                    found = audit_of(row)
                    expected = link(previous, found.at, found.actor, found.entry)
                    if raw(row[9]) != previous or found.hash != expected:
                        return found.id
                    previous = found.hash
                after = whole(rows[-1][0])
        return None


def _before(cursor: str) -> int:
    if not cursor:
        return _NEWEST
    match decode_cursor(cursor):
        case (int() as before,):
            return before
        case _:
            raise BadInput("this cursor belongs to another list", where="cursor")
