"""Steps in any order: as many different ones as one window holds, each by an event of its own.

`start[j]` is the latest time of step j, `spot[j]` its event; `early[j]`, `early_at[j]` the same
of the latest that may begin an attempt. Taking the latest of each gives the latest beginning.
"""

from __future__ import annotations

from hamsafar.journeys.funnel_work import (
    ABSENT,
    BEST,
    CHAIN,
    CHAINS,
    EARLY,
    EARLY_AT,
    EPISODE,
    FOLLOWING,
    MATCH,
    NEVER,
    OWNER,
    QUEUE,
    SPOT,
    START,
    TIME,
    WORD,
    Rules,
    Table,
)
from hamsafar.journeys.kernels.funnel_ordered import Moment, latest_start, moment_at, reset
from hamsafar.journeys.kernels.jit import kernel


@kernel
def forget_before(lv: Table, top: int, time: int) -> None:
    """Forget steps taken before a time."""
    for j in range(1, top + 1):
        if lv[START, j] < time:
            lv[START, j] = NEVER
        if lv[EARLY, j] < time:
            lv[EARLY, j] = NEVER


@kernel
def note_steps(ev: Table, lv: Table, rules: Rules, moment: Moment) -> None:
    """Note the latest event of each step."""
    if moment[2] < rules.from_us:
        return
    for e in range(moment[0], moment[1]):
        for j in range(1, rules.top + 1):
            if ev[WORD, e] >> (j - 1) & 1:
                lv[START, j] = moment[2]
                lv[SPOT, j] = e
                if moment[2] < rules.to_us:
                    lv[EARLY, j] = moment[2]
                    lv[EARLY_AT, j] = e


@kernel
def sort_chain(lv: Table, length: int) -> None:
    """Put the events of the told attempt in order."""
    for i in range(1, length):
        moving = lv[CHAIN, i]
        j = i
        while j > 0 and lv[CHAIN, j - 1] > moving:
            lv[CHAIN, j] = lv[CHAIN, j - 1]
            j -= 1
        lv[CHAIN, j] = moving


@kernel
def weigh(lv: Table, rules: Rules, time: int) -> None:
    """See whether the steps within the window that ends now are the most so far."""
    least_allowed = time - rules.window
    count, least = 0, time
    for j in range(1, rules.top + 1):
        if lv[START, j] >= least_allowed:
            count += 1
            least = min(least, lv[START, j])
    if count <= lv[BEST, 0]:
        return
    anchor = 0
    if least >= rules.to_us:
        least = NEVER
        for j in range(1, rules.top + 1):
            if lv[EARLY, j] >= least_allowed and lv[EARLY, j] > least:
                anchor, least = j, lv[EARLY, j]
        if anchor == 0:
            return
    length = 0
    for j in range(1, rules.top + 1):
        if lv[START, j] >= least_allowed:
            lv[CHAIN, length] = lv[EARLY_AT, j] if j == anchor else lv[SPOT, j]
            length += 1
    sort_chain(lv, length)
    lv[BEST, 0], lv[BEST, 1], lv[BEST, 2] = count, least, time


@kernel
def seat(ev: Table, lv: Table, event: int, top: int) -> bool:
    """Give `event` a step, moving others if need be; return whether it has one.

    Who has a step keeps one, so the events that come first are never left out for later ones.
    """
    for j in range(top):
        lv[FOLLOWING, j] = ABSENT
    lv[QUEUE, 0] = event
    head, tail = 0, 1
    while head < tail:
        e = lv[QUEUE, head]
        head += 1
        for j in range(top):
            if lv[FOLLOWING, j] != ABSENT or not ev[WORD, e] >> j & 1:
                continue
            lv[FOLLOWING, j] = e
            if lv[CHAINS, j] != ABSENT:
                lv[QUEUE, tail] = lv[CHAINS, j]
                tail += 1
                continue
            step = j
            while True:
                taker = lv[FOLLOWING, step]
                had = ev[OWNER, taker]
                ev[OWNER, taker] = step
                lv[CHAINS + 0, step] = taker
                if taker == event:
                    return True
                step = had
    return False


@kernel
def seat_latest(ev: Table, lv: Table, rules: Rules, first: int, last: int) -> bool:
    """Seat as many of the events as can be, the latest first; return whether an attempt may be.

    One of them must be early enough to begin it; that one is seated before all.
    """
    for e in range(first, last):
        ev[OWNER, e] = ABSENT
    for j in range(rules.top):
        lv[CHAINS, j] = ABSENT
    anchor = last - 1
    if ev[TIME, anchor] >= rules.to_us:
        while anchor >= first and ev[TIME, anchor] >= rules.to_us:
            anchor -= 1
        while anchor >= first and not seat(ev, lv, anchor, rules.top):
            anchor -= 1
    for e in range(last - 1, first - 1, -1):
        if ev[OWNER, e] == ABSENT:
            seat(ev, lv, e, rules.top)
    return anchor >= first


@kernel
def weigh_matched(ev: Table, lv: Table, rules: Rules, kept: int, moment: Moment) -> int:
    """As `weigh`, where an event may meet several steps but takes one.

    `kept` is the place of the first event that is not forgotten; returns where the window begins.
    """
    first = kept
    while moment[2] - ev[TIME, first] > rules.window or ev[TIME, first] < rules.from_us:
        first += 1
    if not seat_latest(ev, lv, rules, first, moment[1]):
        return first
    length = 0
    for j in range(rules.top):
        if lv[CHAINS, j] != ABSENT:
            length += 1
    if length <= lv[BEST, 0]:
        return first
    length = 0
    for j in range(rules.top):
        if lv[CHAINS, j] != ABSENT:
            lv[CHAIN, length] = lv[CHAINS, j]
            length += 1
    sort_chain(lv, length)
    lv[BEST, 0], lv[BEST, 1], lv[BEST, 2] = length, ev[TIME, lv[CHAIN, 0]], moment[2]
    return first


@kernel
def run_any(ev: Table, lv: Table, rules: Rules, span: tuple[int, int], mode: int) -> int:
    """Find the most steps within one window; as `run_ordered`, the chain in order of time."""
    top = rules.top
    reset(lv, top)
    at, hi = span
    kept_from = at
    while at < hi:
        moment = moment_at(ev, at, hi)
        if lv[BEST, 0] == top:
            break
        late = moment[2] - latest_start(lv, START, top)
        if mode & EPISODE and lv[BEST, 0] and late > rules.window:
            break
        note_steps(ev, lv, rules, moment)
        if moment[3] & ((1 << top) - 1) and moment[2] >= rules.from_us:
            if rules.ties == MATCH:
                kept_from = weigh_matched(ev, lv, rules, kept_from, moment)
            else:
                weigh(lv, rules, moment[2])
        if rules.bans and moment[3] >> top & ((1 << rules.bans) - 1):
            forget_before(lv, top, moment[2])
            kept_from = moment[0]
        at = moment[1]
    return at
