"""Detectors of trouble in contacts: each `(life, parameters, out) -> how many`.

`seen` arrays have a slot for each row of the person at hand: a matter is the row of its first
event, which is the person's own, so its slot is too. What each finds is said in `definitions`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamsafar.friction.kernels.track import following, has, is_skipped, put
from hamsafar.friction.life import F64, Fact, Hits, Life
from hamsafar.kernel.jit import compiled
from hamsafar.storage.types import I64

CONTACT, CONTACT_END, ANSWER = Fact.CONTACT, Fact.CONTACT_END, Fact.ANSWER
QUESTION, CHAT, LIVE, EXPLAIN = Fact.QUESTION, Fact.CHAT, Fact.LIVE, Fact.EXPLAIN
TRANSFER, NO_CONTEXT, WITH_CONTEXT = Fact.TRANSFER, Fact.NO_CONTEXT, Fact.WITH_CONTEXT
SELF_SERVICE, SOLVED, NAMED, IGNORED = Fact.SELF_SERVICE, Fact.SOLVED, Fact.NAMED, Fact.IGNORED
SECOND = 1_000_000


class Contacts(NamedTuple):
    """What is known of the contacts of each matter, by its slot."""

    first: I64
    last: I64
    times: I64
    lost: I64
    used: I64
    switches: I64
    returned: I64


@compiled
def book_contacts(life: Life, person: int, seen: Contacts) -> None:
    """Fill the slots of a person's matters."""
    first = life.starts[person]
    clear(seen, life.starts[person + 1] - first)
    for i in range(first, life.starts[person + 1]):
        matter = life.matter[i] - first
        if life.matter[i] < 0 or not has(life, i, CONTACT):
            continue
        bit = np.int64(1) << np.int64(life.channel[i] & 63)
        if seen.times[matter] == 0:
            seen.first[matter] = i
        else:
            seen.lost[matter] += life.talk[i]
            if life.channel[i] != life.channel[seen.last[matter]]:
                seen.switches[matter] += 1
                if seen.used[matter] & bit:
                    seen.returned[matter] = 1
        seen.used[matter] |= bit
        seen.times[matter] += 1
        seen.last[matter] = i


@compiled
def clear(seen: Contacts, rows: int) -> None:
    """Empty the first slots."""
    seen.first[:rows] = -1
    seen.last[:rows] = -1
    seen.times[:rows] = 0
    seen.lost[:rows] = 0
    seen.used[:rows] = 0
    seen.switches[:rows] = 0
    seen.returned[:rows] = 0


@compiled
def longest(life: Life) -> int:
    """Return how many events the person with most has."""
    most = np.int64(0)
    for person in range(life.lo, life.hi):
        most = max(most, life.starts[person + 1] - life.starts[person])
    return int(most)


@compiled
def no_contacts(rows: int) -> Contacts:
    """Return empty slots."""
    return Contacts(
        np.full(rows, -1, np.int64),
        np.full(rows, -1, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
        np.zeros(rows, np.int64),
    )


@compiled
def repeated_contact(life: Life, parameters: F64, out: Hits) -> int:
    """Several contacts about one matter."""
    least = parameters[0]
    seen = no_contacts(longest(life))
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        book_contacts(life, person, seen)
        for i in range(life.starts[person], life.starts[person + 1]):
            if life.matter[i] < 0:
                continue
            matter = life.matter[i] - life.starts[person]
            if seen.first[matter] == i and seen.times[matter] >= least:
                rows = (i, i, seen.last[matter])
                found = put(out, found, rows, seen.lost[matter])
    return found


@compiled
def channel_ping_pong(life: Life, parameters: F64, out: Hits) -> int:
    """Contacts about one matter that change the channel and come back to one used before."""
    least = parameters[0]
    seen = no_contacts(longest(life))
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        book_contacts(life, person, seen)
        for i in range(life.starts[person], life.starts[person + 1]):
            if life.matter[i] < 0:
                continue
            matter = life.matter[i] - life.starts[person]
            is_it = seen.first[matter] == i and seen.returned[matter] > 0
            if is_it and seen.switches[matter] >= least:
                rows = (i, i, seen.last[matter])
                found = put(out, found, rows, seen.lost[matter])
    return found


@compiled
def transfer_without_context(life: Life, _parameters: F64, out: Hits) -> int:
    """A transfer whose next desk was told nothing: said so, or shown by a second explanation."""
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        explained = -2
        for i in range(life.starts[person], beyond):
            if has(life, i, CONTACT):
                explained = -2
            elif has(life, i, EXPLAIN):
                explained = int(life.matter[i])
            elif has(life, i, TRANSFER) and not life.facts[i] & WITH_CONTEXT:
                again = next_explanation(life, i, beyond)
                if life.facts[i] & NO_CONTEXT or (again >= 0 and explained == life.matter[i]):
                    last = again if again >= 0 else i
                    lost = life.time[last] - life.time[i] + aftertime(life, last, beyond)
                    found = put(out, found, (i, i, last), lost)
    return found


@compiled
def next_explanation(life: Life, i: int, beyond: int) -> int:
    """Return the next explanation of the same matter before the contact ends, -1 for none."""
    for j in range(i + 1, beyond):
        if has(life, j, CONTACT) or has(life, j, CONTACT_END):
            return -1
        if has(life, j, EXPLAIN) and life.matter[j] == life.matter[i]:
            return int(j)
    return -1


@compiled
def aftertime(life: Life, i: int, beyond: int) -> int:
    """Return µs to the customer's next event in the session, 0 when it is the last."""
    after = following(life, i, beyond)
    if after < 0 or life.end[after] != life.end[i]:
        return 0
    return int(life.time[after] - life.time[i])


@compiled
def had_to_repeat(life: Life, parameters: F64, out: Hits) -> int:
    """The same matter explained again: in one contact, or (a parameter) in another one too."""
    across = parameters[0] > 0
    told = np.full(longest(life), -1, np.int64)
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        first, beyond = life.starts[person], life.starts[person + 1]
        told[: beyond - first] = -1
        for i in range(first, beyond):
            if life.matter[i] < 0:
                continue
            matter = life.matter[i] - first
            if has(life, i, CONTACT) and not across:
                told[matter] = -1
            if has(life, i, EXPLAIN):
                if told[matter] >= 0:
                    rows = (told[matter], told[matter], i)
                    found = put(out, found, rows, aftertime(life, i, beyond))
                told[matter] = i
    return found


@compiled
def silent_bot(life: Life, parameters: F64, out: Hits) -> int:
    """A question in a chat without any answer in the time people have patience."""
    patience = parameters[0] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        for i in range(life.starts[person], beyond):
            if not has(life, i, QUESTION | CHAT) or is_answered(life, i, beyond, patience):
                continue
            after = following(life, i, beyond)
            last, lost = i, int(patience)
            if after >= 0 and life.end[after] == life.end[i]:
                last, lost = after, int(life.time[after] - life.time[i])
            found = put(out, found, (i, i, last), lost)
    return found


@compiled
def is_answered(life: Life, i: int, beyond: int, within: float) -> bool:
    """Return whether an answer in the same channel comes in time."""
    for j in range(i + 1, beyond):
        if life.time[j] - life.time[i] > within:
            return False
        # An answer counts whoever wrote it: a bot's answers may be marked as the company's.
        if life.facts[j] & ANSWER and life.channel[j] == life.channel[i]:
            return True
    return False


@compiled
def abandoned_self_service(life: Life, parameters: F64, out: Hits) -> int:
    """Help looked at, and soon after it a contact about the same (or an unnamed) matter."""
    within = parameters[0] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        first = life.starts[person]
        for i in range(first, life.starts[person + 1]):
            if not has(life, i, CONTACT):
                continue
            begun, help_ = help_before(life, i, first, within)
            if help_ >= 0:
                lost = life.time[i] - life.time[begun] + life.talk[i]
                found = put(out, found, (help_, begun, i), lost)
    return found


@compiled
def help_before(life: Life, i: int, first: int, within: float) -> tuple[int, int]:
    """Return the first and the telling help before a contact, back to the contact before it.

    Telling is the latest that names itself, else the latest.
    """
    begun, help_ = -1, -1
    for j in range(i - 1, first - 1, -1):
        if life.time[i] - life.time[j] > within or has(life, j, CONTACT):
            break
        if not has(life, j, SELF_SERVICE):
            continue
        if life.facts[j] & SOLVED:
            break
        if life.matter[j] >= 0 and life.matter[i] >= 0 and life.matter[j] != life.matter[i]:
            continue
        begun = j
        if help_ < 0 or (life.facts[j] & NAMED and not life.facts[help_] & NAMED):
            help_ = j
    return begun, help_


@compiled
def long_wait(life: Life, parameters: F64, out: Hits) -> int:
    """A contact answered (or given up) later than its kind of channel should."""
    live, other = parameters[0] * SECOND, parameters[1] * SECOND
    found = 0
    for person in range(life.lo, life.hi):
        if is_skipped(life, person):
            continue
        beyond = life.starts[person + 1]
        for i in range(life.starts[person], beyond):
            if not has(life, i, CONTACT):
                continue
            last = relief(life, i, beyond)
            limit = live if life.facts[i] & LIVE else other
            if last >= 0 and life.time[last] - life.time[i] >= limit:
                found = put(out, found, (i, i, last), life.time[last] - life.time[i])
    return found


@compiled
def relief(life: Life, i: int, beyond: int) -> int:
    """Return what ended the wait of a contact: an answer or its end, -1 when nothing did."""
    for j in range(i + 1, beyond):
        is_same = life.channel[j] == life.channel[i]
        is_same |= life.matter[i] >= 0 and life.matter[j] == life.matter[i]
        if not is_same:
            continue
        if has(life, j, CONTACT):
            return -1
        if life.facts[j] & (ANSWER | CONTACT_END | EXPLAIN):
            return int(j)
    return -1
