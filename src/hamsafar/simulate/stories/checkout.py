"""From the cart to the order, with the planted drivers of the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from hamsafar.kernel.clock import DAY_US
from hamsafar.simulate.actor import Actor
from hamsafar.simulate.blueprint import Book
from hamsafar.simulate.rhythm import MINUTE_US


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody is about to buy."""

    index: int
    book: Book
    quantity: int = 1

    @property
    def total(self) -> int:
        """Return rial."""
        return self.book.price * self.quantity


def product(actor: Actor, index: int, **more: object) -> dict[str, object]:
    """Return the properties that tell a book."""
    book = actor.stage.blueprint.books[index]
    return {
        "product_id": f"b{index}",
        "name": actor.title(book),
        "author": book.author_fa if actor.person.persian else book.author_en,
        "category": book.category,
        "price": book.price,
        "currency": "IRR",
        **more,
    }


def look_at(actor: Actor, *, index: int | None = None) -> int:
    """Look at a book's page; return which one. The first books are looked at most."""
    books = actor.stage.blueprint.books
    chosen = int(len(books) * actor.dice.roll() ** 1.8) if index is None else index
    actor.page("Product", f"/books/{chosen}", low_s=1, high_s=3)
    actor.do("Product Viewed", product(actor, chosen), low_s=8, high_s=90)
    return chosen


def add_to_cart(actor: Actor, index: int) -> Basket:
    """Put a book into the cart."""
    quantity = 1 if actor.dice.chance(0.85) else 2
    actor.do("Product Added", product(actor, index, quantity=quantity))
    return Basket(index, actor.stage.blueprint.books[index], quantity)


def check_out(actor: Actor, basket: Basket) -> bool:
    """Go through the checkout; return whether it ended in an order.

    The chance of it depends on the planted drivers; a broken gateway ends most tries.
    """
    stage, dice = actor.stage, actor.dice
    actor.sign_in()
    coupon = dice.chance(0.12)
    driver, chance = _driver(actor, coupon=coupon)
    stage.visits.add(actor.person.index)
    actor.page("Cart", "/cart", low_s=5, high_s=40)
    actor.do("Checkout Started", {"value": basket.total, "currency": "IRR", "products": 1})
    if coupon:
        actor.do("Coupon Applied", {"coupon": "MEHR1405", "discount_percent": 15})
    gateway, fails = _gateway(actor)
    failed = dice.chance(fails)
    goes_on = dice.chance(chance)
    if not failed and not goes_on:
        stage.truth.outcome(driver, chance, reached=False)
        _leave_half_way(actor)
        return False
    actor.do("Shipping Chosen", {"method": dice.pick(actor.words.carriers)})
    actor.do("Payment Started", {"gateway": gateway, "value": basket.total}, low_s=15, high_s=80)
    if failed:
        reached = _after_failure(actor, basket, gateway)
        stage.truth.outcome(f"payment error: {gateway}", 0.15, reached=reached)
        return reached
    _complete(actor, basket, gateway)
    stage.truth.outcome(driver, chance, reached=True)
    return True


def _driver(actor: Actor, *, coupon: bool) -> tuple[str, float]:
    outcome = actor.stage.blueprint.settings.outcome
    if actor.person.member:
        return "club member", outcome.club_member
    if coupon:
        return "coupon", outcome.coupon
    if actor.person.index not in actor.stage.visits:
        return "first visit", outcome.first_visit
    return "base", outcome.base


def _gateway(actor: Actor) -> tuple[str, float]:
    """Return the gateway this person pays by and its chance to fail now."""
    settings = actor.stage.blueprint.settings
    names = list(settings.gateways)
    edges = accumulate(share for share, _ in settings.gateways.values())
    roll = actor.dice.roll()
    name = names[min(sum(roll >= edge for edge in edges), len(names) - 1)]
    begins, ends = actor.stage.trouble
    is_broken = name == settings.trouble.gateway and begins <= actor.now < ends
    return name, settings.trouble.fails if is_broken else settings.gateways[name][1]


def _leave_half_way(actor: Actor) -> None:
    if actor.dice.chance(0.5):
        actor.do("Shipping Chosen", {"method": actor.dice.pick(actor.words.carriers)})


def _complete(actor: Actor, basket: Basket, gateway: str) -> None:
    order = actor.order_id()
    actor.do(
        "Order Completed",
        product(
            actor,
            basket.index,
            order_id=order,
            quantity=basket.quantity,
            revenue=basket.total,
            gateway=gateway,
        ),
    )
    actor.page("Thank You", f"/orders/{order}", low_s=2, high_s=20)
    actor.stage.last_book[actor.person.index] = basket.index
    actor.free_at = actor.now
    if actor.person.identified:
        _deliver(actor, order)


def _deliver(actor: Actor, order: str) -> None:
    """Let the parcel travel; a late one keeps people from buying again."""
    settings, dice = actor.stage.blueprint.settings, actor.dice
    carrier = dice.pick(actor.words.carriers)
    is_late = carrier == settings.trouble.slow_carrier and dice.chance(settings.trouble.slow_share)
    actor.now += int(dice.between(0.4, 1.5) * DAY_US)
    actor.text()
    sent = {"order_id": order, "carrier": carrier}
    actor.do("Order Shipped", dict(sent))
    days = dice.between(7, 12) if is_late else dice.between(1, 3)
    actor.now += int(days * DAY_US)
    actor.do("Order Delivered", {**sent, "days": round(days, 1), "late": is_late})
    if is_late:
        actor.stage.is_late.add(actor.person.index)
        actor.stage.late_at.setdefault(actor.person.index, actor.now)


def _after_failure(actor: Actor, basket: Basket, gateway: str) -> bool:
    """Live through a failed payment: most ask, and leave; some try another gateway."""
    dice = actor.dice
    cause = f"payment_error:{gateway}"
    failed = actor.do(
        "Payment Failed",
        {"gateway": gateway, "code": "GW-504", "value": basket.total},
        low_s=20,
        high_s=70,
    )
    roll = dice.roll()
    if roll < 0.62:
        around = actor.source
        actor.now += int(dice.between(0.3, 4) * MINUTE_US)
        messages = [failed, *ask_about(actor, "payment", f"payment-{failed[-8:]}", solved=False)]
        actor.friction("error_to_support", messages, cause=cause, least=2)
        actor.friction("drop_after_error", [failed], cause=cause)
        actor.back_to(around)
        return False
    if roll < 0.85:
        actor.friction("drop_after_error", [failed], cause=cause)
        return False
    other = dice.pick([name for name in actor.stage.blueprint.settings.gateways if name != gateway])
    actor.do("Payment Started", {"gateway": other, "value": basket.total}, low_s=15, high_s=60)
    _complete(actor, basket, other)
    return True


def ask_about(actor: Actor, topic: str, matter: str, *, solved: bool) -> list[str]:
    """Ask the bot, and a person behind it, in the chat; return the message ids."""
    words, dice = actor.words, actor.dice
    actor.chat()
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    question = actor.words_of(dice.pick(words.questions[topic]))
    answer = actor.words_of(dice.pick(words.answers[topic]))
    return [
        actor.do("Chat Started", dict(about), high_s=10),
        actor.do("Question Asked", {**about, "text": question}, low_s=2, high_s=9),
        actor.do("Bot Answered", {**about, "text": answer}, low_s=10, high_s=60),
        actor.do("Chat Ended", {**about, "solved": solved}, high_s=10),
    ]
