"""The workspace: name, zone, currency, calendar of the organisation."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hamsafar.access import store
from hamsafar.access.rows import whole, workspace_of
from hamsafar.access.services.audit import append
from hamsafar.access.types import AuditEntry, Caller, Workspace
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.money import Money
from hamsafar.lang.calendar import Calendar, WeekStart
from hamsafar.storage.ports import Database, Tx

LANGUAGES = ("fa", "en")
IRANIAN = Workspace(
    name="همسفر",
    zone="Asia/Tehran",
    currency="IRR",
    calendar=Calendar.JALALI,
    week_start=WeekStart.SATURDAY,
    country="IR",
    language="fa",
)
"""What a workspace is until somebody changes it."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_MAX_NAME = 200


class Workspaces:
    """The one workspace of this deployment."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ensure(self, default: Workspace = IRANIAN) -> Workspace:
        """Return the workspace; the first time it becomes `default`."""
        with self._database.write() as tx:
            tx.run(
                store.ADD_WORKSPACE,
                {**_params(default), "epoch": default.epoch, "now": self._clock.now_us()},
            )
            return workspace(tx)

    def get(self) -> Workspace:
        """Return the workspace."""
        with self._database.read() as tx:
            return workspace(tx)

    def change(self, by: Caller, wanted: Workspace) -> Workspace:
        """Return the workspace as it now is; its epoch does not change.

        Raises:
            BadInput: a field cannot be what it shall; `where` names it.
        """
        ready = _checked(replace(wanted, name=wanted.name.strip()[:_MAX_NAME]))
        with self._database.write() as tx:
            tx.run(store.SET_WORKSPACE, _params(ready))
            entry = AuditEntry(action="workspace.change", subject_kind="workspace", subject="1")
            append(tx, self._clock.now_us(), by.actor, entry)
            return workspace(tx)

    def new_epoch(self, by: Caller) -> int:
        """Begin a new epoch, as after a restore, and return its number."""
        with self._database.write() as tx:
            epoch = whole(tx.rows(store.NEW_EPOCH)[0][0])
            entry = AuditEntry(action="workspace.epoch", subject_kind="workspace", subject="1")
            append(tx, self._clock.now_us(), by.actor, entry)
        return epoch


def workspace(tx: Tx) -> Workspace:
    """Return the workspace as this transaction sees it."""
    rows = tx.rows(store.WORKSPACE)
    return workspace_of(rows[0]) if rows else IRANIAN


def checked_zone(zone: str) -> str:
    """Return the name of a zone.

    Raises:
        BadInput: there is no such zone.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(
            f"{zone[:60]!r} is not a time zone such as Asia/Tehran", where="zone"
        ) from None
    return zone


def _checked(wanted: Workspace) -> Workspace:
    if not wanted.name:
        raise BadInput("give the workspace a name", where="name")
    checked_zone(wanted.zone)
    Money(0, wanted.currency)
    if wanted.calendar not in tuple(Calendar):
        raise BadInput("calendar is `jalali` or `gregorian`", where="calendar")
    if wanted.week_start not in tuple(WeekStart):
        raise BadInput("week_start is `saturday`, `sunday` or `monday`", where="week_start")
    if not _COUNTRY.fullmatch(wanted.country):
        raise BadInput("country is two capital letters such as IR", where="country")
    if wanted.language not in LANGUAGES:
        raise BadInput("language is `fa` or `en`", where="language")
    return wanted


def _params(wanted: Workspace) -> dict[str, str]:
    return {
        "name": wanted.name,
        "zone": wanted.zone,
        "currency": wanted.currency,
        "calendar": str(wanted.calendar),
        "week_start": str(wanted.week_start),
        "country": wanted.country,
        "language": wanted.language,
    }
