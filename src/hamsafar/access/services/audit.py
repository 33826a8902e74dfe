"""The audit: what was done and who looked at whom, as a chain that shows any change."""

from __future__ import annotations

import threading
from collections import OrderedDict

from hamsafar.access import store
from hamsafar.access.chain import START, link
from hamsafar.access.rows import audit_of, raw, whole
from hamsafar.access.settings import AccessSettings
from hamsafar.access.types import AuditEntry, AuditRow, Caller
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page, decode_cursor, encode_cursor
from hamsafar.storage.ports import Database, Tx

_NEWEST = (1 << 63) - 1
_MAX_LOOKS = 10_000
_VERIFY_ROWS = 5_000


def append(tx: Tx, at: int, actor: str, entry: AuditEntry) -> None:
    """Add a row to the chain, in the transaction of what it tells of."""
    tx.lock("access.audit")
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
    """Reads the chain, and keeps who looked at whom."""

    def __init__(self, database: Database, clock: Clock, settings: AccessSettings) -> None:
        self._database = database
        self._clock = clock
        self._again_us = int(settings.look_again.total_seconds() * SECOND_US)
        self._lock = threading.Lock()
        self._looks: OrderedDict[tuple[str, AuditEntry], int] = OrderedDict()

    def looked(self, caller: Caller, entry: AuditEntry) -> None:
        """Keep that a caller looks at something, before he sees it.

        The same look again within a minute is not written again.
        """
        now = self._clock.now_us()
        key = (caller.actor, entry)
        with self._lock:
            if now - self._looks.get(key, -self._again_us) < self._again_us:
                return
        with self._database.write() as tx:
            append(tx, now, caller.actor, entry)
        with self._lock:
            self._looks[key] = now
            self._looks.move_to_end(key)
            while len(self._looks) > _MAX_LOOKS:
                self._looks.popitem(last=False)

    def page(
        self, *, subject_kind: str = "", subject: str = "", cursor: str = "", limit: int = 50
    ) -> Page[AuditRow]:
        """Return audit rows, newest first, of one subject or of all (empty `subject_kind`).

        Raises:
            BadInput: the cursor is not of this list.
        """
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
