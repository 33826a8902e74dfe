"""The rules of identity: from a set of claims to verdicts and persons. Pure.

The outcome depends on the *set* of claims only, never on the order of their arrival: claims are
replayed by (occurred_at, message_id), and every guard counts over the whole set.

Source: Segment Unify's identity resolution settings (limits, priority, blocked values).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import numpy as np

from hamsafar.identity.types import USER_ID, Claim, Limit, Node, Period, Rules
from hamsafar.kernel.clock import DAY_US
from hamsafar.lang.text import text_key

_WORDS = """
-1 null undefined none nil nan void n/a na unknown anonymous guest visitor user customer test
default false true [object_object]
ناشناس ناشناخته مهمان نامشخص نامعلوم کاربر کاربر_مهمان کاربر_ناشناس بی‌نام بی_نام مشتری
تست آزمایش آزمایشی هیچ هیچکدام هیچ_کدام خالی ندارد ندارم پوچ
"""
BLOCKED_WORDS: frozenset[str] = frozenset(map(text_key, _WORDS.split()))
"""Text keys of values that name nobody; `_` stands for a space."""

_LONG = 32  # a UUID; beyond any word above, so its repeated letters need no squeezing
_ZEROS = re.compile(r"^[0-]*$")
_EPOCH_MONDAY = 3  # 1970-01-01 was a Thursday
_UNIT = {Period.MONTHLY: "datetime64[M]", Period.ANNUALLY: "datetime64[Y]"}


def is_blocked(value: str, rules: Rules) -> bool:
    """Return whether a value names nobody, compared through the text key.

    >>> is_blocked("Guest", Rules()), is_blocked("بی‌نام", Rules()), is_blocked("sara", Rules())
    (True, True, False)
    >>> is_blocked("ﻧﺎﺷﻨﺎﺱ", Rules())
    True
    """
    if value.isascii():
        key = (value.lower() if len(value) > _LONG else text_key(value)).strip()
    else:
        # Letters in the forms of old printers (ﻧﺎﺷﻨﺎﺱ) or full width spell the same word.
        key = text_key(normalize("NFKC", value)).strip()
    if _ZEROS.match(key):
        return True
    word = key.replace(" ", "_")
    return word in BLOCKED_WORDS or word in _further(rules.blocked)


@lru_cache(maxsize=8)
def _further(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text_key(word).strip().replace(" ", "_") for word in words)


def priority(kind: str, value: str) -> tuple[int, str, str]:
    """Return what orders identifiers: user id, e-mail, then alphabetical."""
    return ({USER_ID: 0, "email": 1}.get(kind, 2), kind, value)


def is_shared(node: Node, rules: Rules) -> bool:
    """Return whether an identifier belongs to too many people to join any of them."""
    if node.links > rules.max_links:
        return True
    return node.kind != USER_ID and node.users > rules.shared.get(node.kind, rules.shared_else)


def window(period: Period, time_us: int) -> int:
    """Return the number of the calendar window (UTC) a time lies in; 0 for `ever`.

    >>> window(Period.WEEKLY, 3 * DAY_US), window(Period.WEEKLY, 4 * DAY_US)
    (0, 1)
    """
    match period:
        case Period.EVER:
            return 0
        case Period.DAILY:
            return time_us // DAY_US
        case Period.WEEKLY:
            return (time_us // DAY_US + _EPOCH_MONDAY) // 7
        case Period.MONTHLY | Period.ANNUALLY:
            return int(np.datetime64(time_us, "us").astype(_UNIT[period]).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who is one person.

    Attributes:
        accepted: edges of the claims that hold.
        person: for every node given, the smallest node id of its person.
    """

    accepted: frozenset[int]
    person: Mapping[int, int]


def order(claim: Claim, nodes: Mapping[int, Node]) -> tuple[object, ...]:
    """Return what claims are replayed by; of one event, the highest priorities come first."""
    a, b = nodes[claim.a], nodes[claim.b]
    one, two = priority(a.kind, a.value), priority(b.kind, b.value)
    return (*claim.cause, *((one, two) if one < two else (two, one)))


def replay(nodes: Mapping[int, Node], claims: Iterable[Claim], rules: Rules) -> Resolution:
    """Replay live claims (neither blocked, shared nor severed) under the rules.

    Args:
        nodes: every node to place; both ends of every claim are among them.
        claims: in any order.
        rules: limits.
    """
    components = _Components(nodes, rules)
    accepted = frozenset(
        claim.edge
        for claim in sorted(claims, key=lambda claim: order(claim, nodes))
        if components.join(claim)
    )
    return Resolution(accepted, {node: components.find(node) for node in nodes})


class _Components:
    """Union-find whose root is the smallest node; each root knows the kinds it holds."""

    def __init__(self, nodes: Mapping[int, Node], rules: Rules) -> None:
        self._rules = rules
        self._parent = {node: node for node in nodes}
        self._size = dict.fromkeys(nodes, 1)
        # kind → for each identifier the time it first joined, None before that
        self._joined: dict[int, dict[str, list[int | None]]] = {
            number: {node.kind: [None]} for number, node in nodes.items()
        }

    def find(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def join(self, claim: Claim) -> bool:
        a, b = self.find(claim.a), self.find(claim.b)
        if a == b:
            return True
        union = _union(self._joined[a], self._joined[b])
        if not self._may_join(a, b, union, claim.occurred_at):
            return False
        root, leaf = (a, b) if a < b else (b, a)
        self._parent[leaf] = root
        self._size[root] += self._size.pop(leaf)
        del self._joined[leaf]
        self._joined[root] = {
            kind: [claim.occurred_at if at is None else at for at in times]
            for kind, times in union.items()
        }
        return True

    def _may_join(
        self, a: int, b: int, union: Mapping[str, list[int | None]], time_us: int
    ) -> bool:
        rules = self._rules
        if self._size[a] + self._size[b] > rules.max_size:
            return False
        both_known = USER_ID in self._joined[a] and USER_ID in self._joined[b]
        if both_known and not rules.join_identified:
            return False
        return all(
            _within(rules.limits.get(kind, rules.limit_else), times, time_us)
            for kind, times in union.items()
        )


def _union(
    one: Mapping[str, list[int | None]], two: Mapping[str, list[int | None]]
) -> dict[str, list[int | None]]:
    union = {kind: times + two.get(kind, []) for kind, times in one.items()}
    union.update((kind, times) for kind, times in two.items() if kind not in one)
    return union


def _within(limit: Limit, times: list[int | None], now_us: int) -> bool:
    if len(times) <= limit.most:
        return True
    now = window(limit.period, now_us)
    joining = sum(1 for at in times if at is None or window(limit.period, at) == now)
    return joining <= limit.most
