"""The fold of a node and its sum ⊕ over the nodes of a person.

Both are associative and commutative: any order of the same events gives the same fold, so a merge
or unmerge only sums again and never reads history.
"""

from __future__ import annotations

from collections.abc import Iterable

from hamsafar.kernel.clock import DAY_US
from hamsafar.profiles.types import Activity, NameActivity, Trait

MAX_DAYS = 400
"""Days with counts that a fold keeps: the newest. Dropping the oldest day commutes."""

Traits = dict[str, Trait]


def add_event(activity: Activity, code: int, channel: int, occurred_at: int) -> None:
    """Fold one event into a node's activity, in place."""
    day = occurred_at // DAY_US
    entry = activity.names.get(code)
    if entry is None:
        activity.names[code] = NameActivity(1, occurred_at, occurred_at, {day: 1})
    else:
        entry.count += 1
        if occurred_at < entry.first:
            entry.first = occurred_at
        if occurred_at > entry.last:
            entry.last = occurred_at
        days = entry.days
        days[day] = days.get(day, 0) + 1
        if len(days) > MAX_DAYS:
            del days[min(days)]
    activity.channels[channel] = activity.channels.get(channel, 0) + 1


def add_traits(
    traits: Traits, said: dict[str, object], stamp: tuple[int, str], source: int
) -> bool:
    """Fold what one event says into a node's traits, in place; return whether anything changed.

    The newest wins, by (occurred_at, message_id, source): a message id is unique in its source.
    """
    changed = False
    at, message_id = stamp
    for name, value in said.items():
        before = traits.get(name)
        if before is None or (at, message_id, source) > _stamp(before):
            traits[name] = Trait(value, at, message_id, source)
            changed = True
    return changed


def sum_activity(folds: Iterable[Activity]) -> Activity:
    """Return the activity of a person: ⊕ of its nodes' activities."""
    total = Activity({}, {})
    for fold in folds:
        for code, entry in fold.names.items():
            known = total.names.get(code)
            total.names[code] = _sum_entry(known, entry) if known else entry
        for channel, count in fold.channels.items():
            total.channels[channel] = total.channels.get(channel, 0) + count
    return total


def _sum_entry(a: NameActivity, b: NameActivity) -> NameActivity:
    days = dict(a.days)
    for day, count in b.days.items():
        days[day] = days.get(day, 0) + count
    newest = sorted(days, reverse=True)[:MAX_DAYS]
    return NameActivity(
        a.count + b.count, min(a.first, b.first), max(a.last, b.last), {d: days[d] for d in newest}
    )


def sum_traits(folds: Iterable[Traits]) -> Traits:
    """Return the traits of a person: per name the newest over its nodes."""
    total: Traits = {}
    for fold in folds:
        for name, trait in fold.items():
            known = total.get(name)
            if known is None or _stamp(trait) > _stamp(known):
                total[name] = trait
    return total


def _stamp(trait: Trait) -> tuple[int, str, int]:
    return trait.occurred_at, trait.message_id, trait.source_id
