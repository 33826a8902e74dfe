"""What happens in the town: every story is a function that walks one actor through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hamsafar.simulate.actor import Actor
from hamsafar.simulate.stories import community, friction, service, shopping


@dataclass(frozen=True, slots=True)
class Story:
    """A kind of episode.

    Attributes:
        walk: plays it.
        needs_name: only people who sign in can live it.
    """

    walk: Callable[[Actor], None]
    needs_name: bool = True


STORIES: dict[str, Story] = {
    "browse": Story(shopping.browse, needs_name=False),
    "buy": Story(shopping.buy, needs_name=False),
    "across_channels": Story(shopping.across_channels),
    "store_purchase": Story(shopping.store_purchase),
    "newsletter": Story(shopping.newsletter),
    "new_titles": Story(shopping.new_titles),
    "set_aside": Story(shopping.set_aside),
    "opinion": Story(community.opinion),
    "club": Story(community.club),
    "event": Story(community.event),
    "low_rating": Story(community.low_rating),
    "order_status": Story(service.order_status),
    "ask_support": Story(service.ask_support),
    "repeat_contact": Story(service.repeat_contact),
    "channel_ping_pong": Story(service.channel_ping_pong),
    "transfer": Story(service.transfer),
    "long_wait": Story(service.long_wait),
    "silent_bot": Story(service.silent_bot),
    "abandoned_self_service": Story(service.abandoned_self_service),
    "checkout_loop": Story(friction.checkout_loop, needs_name=False),
    "rage_click": Story(friction.rage_click, needs_name=False),
    "hesitation": Story(friction.hesitation, needs_name=False),
    "dead_end": Story(friction.dead_end, needs_name=False),
}
"""By the name in the blueprint's weights."""
