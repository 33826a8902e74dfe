"""Saved groups: people of whom a condition holds, under a name."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.expr import Condition, check_people
from hamsafar.kernel.errors import BadInput, Conflict, NotFound
from hamsafar.lang.text import is_valid_text

MAX_GROUPS = 1_000
MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedGroup:
    """A group of people.

    Attributes:
        condition: holds of whom it has, now and always anew.
        created_at, updated_at: µs UTC.
        created_by: actor, as the audit names him.
    """

    id: str
    name: str
    condition: Condition
    created_at: int
    created_by: str
    updated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """What a group shall be; None keeps what it is. A new one needs both."""

    name: str | None = None
    condition: Condition | None = None


class UnknownGroup(NotFound):
    """There is no such group."""

    def __init__(self, group: str) -> None:
        super().__init__(f"there is no group {group!r}; see GET /api/groups", where="group")
        self.group = group


class NameTaken(Conflict):
    """Another group has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"another group is named {name!r}; take another name", where="name")
        self.name = name


def checked(draft: GroupDraft) -> GroupDraft:
    """Return a draft that can be kept, its name trimmed.

    Raises:
        BadInput: an empty, long or unstorable name, or a condition that asks of events.
    """
    name = draft.name
    if name is not None:
        name = " ".join(name.split())
        if not 1 <= len(name) <= MAX_NAME or not is_valid_text(name):
            raise BadInput(f"a name has 1 … {MAX_NAME} characters", where="name")
    if draft.condition is not None:
        check_people(draft.condition, "condition")
    return GroupDraft(name=name, condition=draft.condition)
