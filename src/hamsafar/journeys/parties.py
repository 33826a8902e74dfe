"""Parties: who is waited for after an event, as its roles and its words say.

Example:
    >>> from hamsafar.journeys.catalogue import roles_of
    >>> [party_after(name, roles_of(name), "call") for name in ("Call Started", "Call Answered")]
    [<Party.QUEUE: 'queue'>, <Party.HANDLING: 'handling'>]
    >>> party_after("Page: Home", roles_of("Page: Home"), "web") is None
    True
"""

from __future__ import annotations

import re
from enum import StrEnum

from hamsafar.journeys.catalogue import ChannelKind, Role, channel_kind
from hamsafar.lang.text import text_key


class Party(StrEnum):
    """Who is waited for."""

    CUSTOMER = "customer"
    QUEUE = "queue"
    """The company has not begun yet."""
    HANDLING = "handling"
    """The company is at work."""
    THIRD_PARTY = "third_party"
    """A carrier, a bank, another company."""


_SENT = re.compile(r"\b(?:shipped|dispatched|ارسال شد|تحویل پست|مرسوله)\b")
_DONE = re.compile(r"\b(?:solved|closed|resolved|بسته|حل)\b")
_ASKS = frozenset({Role.CONTACT, Role.QUESTION, Role.CASE})
_TALKS = frozenset({ChannelKind.CALL, ChannelKind.STORE})
"""Channels where an answer is the beginning of a talk; elsewhere it is the customer's turn then."""


def party_after(name: str, roles: frozenset[Role], channel: str) -> Party | None:
    """Return who is waited for after an event; None: whoever was waited for before.

    Looking at a page, or a message that was sent, changes nothing: what the company owes it still
    owes.

    Args:
        name: of the event.
        roles: what the event is.
        channel: where it happened.
    """
    if Role.DELIVERY in roles:
        words = text_key(name.replace("_", " "))
        return Party.THIRD_PARTY if _SENT.search(words) else Party.CUSTOMER
    if Role.CASE in roles and _DONE.search(text_key(name)):
        return Party.CUSTOMER
    if Role.CONTACT_END in roles:
        return Party.CUSTOMER
    if Role.TRANSFER in roles:
        return Party.QUEUE
    if Role.EXPLAIN in roles:
        return Party.HANDLING
    if Role.ANSWER in roles:
        return Party.HANDLING if channel_kind(channel) in _TALKS else Party.CUSTOMER
    if roles & _ASKS:
        return Party.QUEUE
    return None
