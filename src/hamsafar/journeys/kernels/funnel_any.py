"""Steps in any order: as many different ones as one window holds, each by an event of its own.

`start[j]` is the latest time of step j, `spot[j]` its event; `early[j]`, `early_at[j]` the same
of the latest that may begin an attempt. Taking the latest of each gives the latest beginning.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import ABSENT, EPISODE, MATCH, NEVER, Limits, Room, Rules
from hamsafar.journeys.kernels.funnel_ordered import Moment, latest_start, moment_at
from hamsafar.journeys.kernels.jit import kernel


@kernel
def forget_before(room: Room, top: int, time: int) -> None:
    """Forget steps taken before a time."""
    for j in range(1, top + 1):
        if room.start[j] < time:
            room.start[j] = NEVER
        if room.early[j] < time:
            room.early[j] = NEVER


@kernel
def note_steps(room: Room, limits: Limits, moment: Moment) -> None:
    """Note the latest event of each step."""
    if moment[2] < limits.from_us:
        return
    for e in range(moment[0], moment[1]):
        for j in range(1, limits.top + 1):
            if room.word[e] >> (j - 1) & 1:
                room.start[j] = moment[2]
                room.spot[j] = e
                if moment[2] < limits.to_us:
                    room.early[j] = moment[2]
                    room.early_at[j] = e


@kernel
def sort_chain(room: Room, length: int) -> None:
    """Put the events of the told attempt in order."""
    for i in range(1, length):
        moving = room.chain[i]
        j = i
        while j > 0 and room.chain[j - 1] > moving:
            room.chain[j] = room.chain[j - 1]
            j -= 1
        room.chain[j] = moving


@kernel
def weigh(room: Room, limits: Limits, time: int) -> None:
    """See whether the steps within the window that ends now are the most so far."""
    least_allowed = time - limits.window
    count, least = 0, time
    for j in range(1, limits.top + 1):
        if room.start[j] >= least_allowed:
            count += 1
            least = min(least, room.start[j])
    if count <= room.best[0]:
        return
    anchor = 0
    if least >= limits.to_us:
        least = NEVER
        for j in range(1, limits.top + 1):
            if room.early[j] >= least_allowed and room.early[j] > least:
                anchor, least = j, room.early[j]
        if anchor == 0:
            return
    length = 0
    for j in range(1, limits.top + 1):
        if room.start[j] >= least_allowed:
            room.chain[length] = room.early_at[j] if j == anchor else room.spot[j]
            length += 1
    sort_chain(room, length)
    room.best[0], room.best[1], room.best[2] = count, least, time


@kernel
def seat(room: Room, event: int, top: int) -> bool:
    """Give `event` a step, moving others if need be; return whether it has one.

    Who has a step keeps one, so the events that come first are never left out for later ones.
    """
    asked, queue = room.following, room.queue
    for j in range(top):
        asked[j] = ABSENT
    queue[0] = event
    head, tail = 0, 1
    while head < tail:
        e = queue[head]
        head += 1
        for j in range(top):
            if asked[j] != ABSENT or not room.word[e] >> j & 1:
                continue
            asked[j] = e
            if room.chains[0, j] != ABSENT:
                queue[tail] = room.chains[0, j]
                tail += 1
                continue
            step = j
            while True:
                taker = asked[step]
                had = room.owner[taker]
                room.owner[taker] = step
                room.chains[0, step] = taker
                if taker == event:
                    return True
                step = had
    return False


@kernel
def seat_latest(room: Room, limits: Limits, first: int, last: int) -> bool:
    """Seat as many of the events as can be, the latest first; return whether an attempt may be.

    One of them must be early enough to begin it; that one is seated before all.
    """
    for e in range(first, last):
        room.owner[e] = ABSENT
    for j in range(limits.top):
        room.chains[0, j] = ABSENT
    anchor = last - 1
    if room.time[anchor] >= limits.to_us:
        while anchor >= first and room.time[anchor] >= limits.to_us:
            anchor -= 1
        while anchor >= first and not seat(room, anchor, limits.top):
            anchor -= 1
    for e in range(last - 1, first - 1, -1):
        if room.owner[e] == ABSENT:
            seat(room, e, limits.top)
    return anchor >= first


@kernel
def weigh_matched(room: Room, limits: Limits, kept: int, moment: Moment) -> int:
    """As `weigh`, where an event may meet several steps but takes one.

    `kept` is the place of the first event that is not forgotten; returns where the window begins.
    """
    first = kept
    while moment[2] - room.time[first] > limits.window or room.time[first] < limits.from_us:
        first += 1
    if not seat_latest(room, limits, first, moment[1]):
        return first
    length = 0
    for j in range(limits.top):
        if room.chains[0, j] != ABSENT:
            length += 1
    if length <= room.best[0]:
        return first
    length = 0
    for j in range(limits.top):
        if room.chains[0, j] != ABSENT:
            room.chain[length] = room.chains[0, j]
            length += 1
    sort_chain(room, length)
    room.best[0], room.best[1], room.best[2] = length, room.time[room.chain[0]], moment[2]
    return first


@kernel
def run_any(room: Room, rules: Rules, limits: Limits, span: tuple[int, int], mode: int) -> int:
    """Find the most steps within one window; as `run_ordered`, the chain in order of time."""
    top = limits.top
    room.start[:] = NEVER
    room.early[:] = NEVER
    room.best[0], room.best[1], room.best[2] = 0, NEVER, NEVER
    at, hi = span
    kept_from = at
    while at < hi:
        moment = moment_at(room, at, hi)
        if room.best[0] == top:
            break
        late = moment[2] - latest_start(room.start, top)
        if mode & EPISODE and room.best[0] and late > limits.window:
            break
        note_steps(room, limits, moment)
        if moment[3] & ((1 << top) - 1) and moment[2] >= limits.from_us:
            if rules.ties == MATCH:
                kept_from = weigh_matched(room, limits, kept_from, moment)
            else:
                weigh(room, limits, moment[2])
        if len(rules.first) and moment[3] >> top & ((1 << len(rules.first)) - 1):
            forget_before(room, top, moment[2])
            kept_from = moment[0]
        at = moment[1]
    return at
