"""Keeping groups: made, changed and dropped by people, each time with a row of the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hamsafar.access.ports import AuditTrail
from hamsafar.access.types import AuditEntry, Caller
from hamsafar.expr import Condition, parse, to_json
from hamsafar.journeys import store
from hamsafar.journeys.groups import (
    MAX_GROUPS,
    GroupDraft,
    NameTaken,
    SavedGroup,
    UnknownGroup,
    checked,
)
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import Row

_LOCK = "journeys.groups"


class Groups:
    """The saved groups."""

    def __init__(self, database: Database, clock: Clock, audit: AuditTrail) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def all(self) -> tuple[SavedGroup, ...]:
        """Return every group, by name."""
        with self._database.read() as tx:
            return tuple(_group(row) for row in tx.rows(store.GROUPS))

    def get(self, group_id: str) -> SavedGroup:
        """Return a group.

        Raises:
            UnknownGroup: there is none.
        """
        with self._database.read() as tx:
            return _found(tx, group_id)

    def conditions(self, group_ids: Iterable[str]) -> tuple[Condition, ...]:
        """Return the conditions of some groups, all of one moment.

        Raises:
            UnknownGroup: one of them is not there.
        """
        wanted = tuple(group_ids)
        if not wanted:
            return ()
        with self._database.read() as tx:
            return tuple(_found(tx, one).condition for one in wanted)

    def create(self, by: Caller, draft: GroupDraft) -> SavedGroup:
        """Return a new group.

        Raises:
            BadInput: name or condition is missing or cannot be; there are too many groups.
            NameTaken: another group has the name.
        """
        wanted = checked(draft)
        if wanted.name is None or wanted.condition is None:
            missing = "name" if wanted.name is None else "condition"
            raise BadInput(f"a group needs a {missing}", where=missing)
        now = self._clock.now_us()
        group = SavedGroup(
            id=uuid7(),
            name=wanted.name,
            condition=wanted.condition,
            created_at=now,
            created_by=by.actor,
            updated_at=now,
        )
        with self._database.write() as tx:
            tx.lock(_LOCK)
            if len(tx.rows(store.GROUPS)) >= MAX_GROUPS:
                raise BadInput(f"there are {MAX_GROUPS} groups; drop one first", where="name")
            _check_free(tx, group)
            tx.run(store.ADD_GROUP, {**_params(group), "by": group.created_by, "now": now})
            self._tell(tx, by, "group.create", group.id)
        return group

    def change(self, by: Caller, group_id: str, draft: GroupDraft) -> SavedGroup:
        """Return a group with what the draft gives.

        Raises:
            UnknownGroup: there is none.
            BadInput: a name or condition that cannot be.
            NameTaken: another group has the name.
        """
        wanted = checked(draft)
        now = self._clock.now_us()
        with self._database.write() as tx:
            tx.lock(_LOCK)
            group = _found(tx, group_id)
            group = replace(
                group,
                name=group.name if wanted.name is None else wanted.name,
                condition=group.condition if wanted.condition is None else wanted.condition,
                updated_at=now,
            )
            _check_free(tx, group)
            tx.run(store.SET_GROUP, {**_params(group), "now": now})
            self._tell(tx, by, "group.change", group.id)
        return group

    def drop(self, by: Caller, group_id: str) -> None:
        """Forget a group.

        Raises:
            UnknownGroup: there is none.
        """
        with self._database.write() as tx:
            tx.lock(_LOCK)
            _found(tx, group_id)
            tx.run(store.DROP_GROUP, {"id": group_id})
            self._tell(tx, by, "group.drop", group_id)

    def _tell(self, tx: Tx, by: Caller, action: str, group_id: str) -> None:
        # Neither name nor condition: both may speak of a person.
        self._audit.tell(tx, by, AuditEntry(action=action, subject_kind="group", subject=group_id))


def _found(tx: Tx, group_id: str) -> SavedGroup:
    rows = tx.rows(store.GROUP, {"id": group_id})
    if not rows:
        raise UnknownGroup(group_id)
    return _group(rows[0])


def _check_free(tx: Tx, group: SavedGroup) -> None:
    others = [str(row[0]) for row in tx.rows(store.NAMED, {"name": group.name})]
    if any(other != group.id for other in others):
        raise NameTaken(group.name)


def _params(group: SavedGroup) -> dict[str, str]:
    condition = to_json(group.condition).decode()
    return {"id": group.id, "name": group.name, "condition": condition}


def _group(row: Row) -> SavedGroup:
    group_id, name, condition, created_at, created_by, updated_at = row
    return SavedGroup(
        id=str(group_id),
        name=str(name),
        condition=parse(str(condition), "condition"),
        created_at=int(created_at or 0),
        created_by=str(created_by),
        updated_at=int(updated_at or 0),
    )
