"""Stories of a site that gets in the way."""

from __future__ import annotations

from hamsafar.simulate.actor import Actor
from hamsafar.simulate.stories.checkout import add_to_cart, look_at
from hamsafar.simulate.stories.shopping import arrive


def checkout_loop(actor: Actor) -> None:
    """Go round between address and shipping: the form refuses a postal code in Persian digits."""
    _fill_cart(actor)
    messages: list[str] = []
    for _ in range(3 + actor.dice.below(3)):
        messages.append(actor.page("Checkout Address", "/checkout/address", low_s=8, high_s=40))
        messages.append(actor.page("Checkout Shipping", "/checkout/shipping", low_s=3, high_s=12))
    actor.friction("loop", messages, cause="postal_code_in_persian_digits", least=6)


def rage_click(actor: Actor) -> None:
    """Hammer a button that does nothing."""
    arrive(actor)
    look_at(actor)
    button: dict[str, object] = {"element": "sample-pages", "page": "Product", "effect": False}
    messages = [
        actor.do("Element Clicked", dict(button), low_s=0.15, high_s=0.45)
        for _ in range(4 + actor.dice.below(4))
    ]
    actor.friction("rage_click", messages, cause="dead_button:sample-pages", least=4)


def hesitation(actor: Actor) -> None:
    """Stop for minutes at the payment page, then leave."""
    _fill_cart(actor)
    started = actor.do("Checkout Started", {"products": 1}, low_s=5, high_s=20)
    stopped = actor.page("Payment", "/checkout/payment", low_s=240, high_s=900)
    back = actor.page("Cart", "/cart", low_s=3, high_s=10)
    actor.friction("hesitation", [started, stopped, back], cause="delivery_fee")


def dead_end(actor: Actor) -> None:
    """Search for something that is not there, and leave."""
    arrive(actor)
    words = actor.words_of(actor.dice.pick(actor.words.nothing_found))
    actor.page("Search", "/search", low_s=1, high_s=3)
    search = actor.do("Products Searched", {"query": words, "results": 0})
    actor.friction("dead_end", [search], cause="nothing_found")


def _fill_cart(actor: Actor) -> None:
    arrive(actor)
    add_to_cart(actor, look_at(actor))
    actor.page("Cart", "/cart", low_s=3, high_s=15)
