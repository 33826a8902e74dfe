"""Stories of buying."""

from __future__ import annotations

from hamsafar.kernel.clock import DAY_US
from hamsafar.simulate.actor import Actor
from hamsafar.simulate.rhythm import HOUR_US, MINUTE_US
from hamsafar.simulate.stories.checkout import (
    add_to_cart,
    ask_about,
    check_out,
    look_at,
    product,
)

_SHARED = 0.4


def search(actor: Actor) -> str:
    """Search for something that is found."""
    words = actor.words_of(actor.dice.pick(actor.words.queries))
    actor.page("Search", "/search", low_s=1, high_s=4)
    found = 3 + actor.dice.below(40)
    return actor.do("Products Searched", {"query": words, "results": found}, low_s=5, high_s=30)


def arrive(actor: Actor, *, shared: bool = False) -> None:
    """Come to the shop, by app or by web."""
    by_app = actor.person.identified and actor.dice.chance(0.35)
    actor.browse_to("app" if by_app else "web", shared=shared)
    actor.page("Home", "/")
    if by_app and actor.dice.chance(0.9):
        actor.sign_in()


def browse(actor: Actor) -> None:
    """Look around and leave."""
    arrive(actor, shared=actor.dice.chance(_SHARED))
    if actor.dice.chance(0.6):
        search(actor)
    for _ in range(1 + actor.dice.below(4)):
        book = look_at(actor)
        if actor.dice.chance(0.08):
            actor.do("Wishlist Product Added", product(actor, book))
    if actor.dice.chance(0.18):
        actor.sign_in()


def buy(actor: Actor) -> None:
    """Find a book and buy it; who was let down by a late parcel rarely comes back."""
    if actor.person.index in actor.stage.is_late:
        again = actor.stage.blueprint.settings.outcome.after_late_delivery
        comes = actor.dice.chance(again)
        actor.stage.truth.outcome("late delivery", again, reached=comes, outcome="Product Added")
        if not comes:
            browse(actor)
            return
    arrive(actor)
    if actor.dice.chance(0.7):
        search(actor)
    book = look_at(actor)
    if actor.dice.chance(0.5):
        book = look_at(actor)
    check_out(actor, add_to_cart(actor, book))


def across_channels(actor: Actor) -> None:
    """Web search, reviews on social media, the bot, a cart left, an e-mail, done in the app."""
    actor.browse_to("web")
    actor.page("Home", "/")
    search(actor)
    book = look_at(actor)
    actor.now += int(actor.dice.between(5, 40) * MINUTE_US)
    actor.browse_to("web", social=True)
    actor.page("Reviews", f"/books/{book}/reviews")
    actor.do("Reviews Read", product(actor, book, network="instagram"))
    ask_about(actor, "advice", f"advice-{book}-{actor.now // HOUR_US}", solved=True)
    actor.back_to("web")
    actor.sign_in()
    basket = add_to_cart(actor, book)
    actor.page("Cart", "/cart")
    if actor.dice.chance(0.2):
        check_out(actor, basket)
        return
    actor.now += int(actor.dice.between(3, 20) * HOUR_US)
    letter: dict[str, object] = {"campaign": "cart-reminder", "product_id": f"b{book}"}
    actor.mail()
    actor.do("Email Delivered", dict(letter), low_s=600, high_s=20_000)
    actor.do("Email Opened", dict(letter))
    actor.do("Email Link Clicked", dict(letter), high_s=8)
    actor.browse_to("app")
    actor.page("Cart", "/cart")
    actor.sign_in()
    check_out(actor, basket)


def store_purchase(actor: Actor) -> None:
    """Buy at the counter with the member's phone or code."""
    actor.shop()
    actor.known_to_staff()
    shop = actor.words_of(actor.dice.pick(actor.stage.blueprint.people.shops))
    actor.do("Store Visited", {"store": shop}, low_s=300, high_s=1800)
    book = actor.dice.below(len(actor.stage.blueprint.books))
    order = actor.order_id()
    price = actor.stage.blueprint.books[book].price
    actor.do("Order Completed", product(actor, book, order_id=order, revenue=price, store=shop))
    actor.stage.last_book[actor.person.index] = book


def newsletter(actor: Actor) -> None:
    """Get the newsletter; some open it, some click."""
    dice = actor.dice
    letter: dict[str, object] = {"campaign": f"weekly-{actor.now // (7 * DAY_US) % 100}"}
    actor.mail()
    actor.do("Email Delivered", dict(letter), low_s=60, high_s=30_000)
    if dice.chance(0.45):
        actor.do("Email Opened", dict(letter), high_s=60)
        if dice.chance(0.3):
            actor.do("Email Link Clicked", dict(letter), high_s=6)
            actor.browse_to("web")
            look_at(actor)


def new_titles(actor: Actor) -> None:
    """Hear of new titles chosen from past orders, with the reason."""
    books, dice = actor.stage.blueprint.books, actor.dice
    past = actor.stage.last_book.get(actor.person.index, dice.below(len(books)))
    same = [i for i, book in enumerate(books) if book.category == books[past].category]
    book = dice.pick(same)
    reason = actor.words_of(dice.pick(actor.words.reasons))
    actor.text()
    actor.do(
        "New Titles Announced",
        {"product_id": f"b{book}", "reason": reason, "because_of": f"b{past}"},
        low_s=60,
        high_s=7200,
    )
    if dice.chance(0.5):
        actor.browse_to("app")
        actor.page("New Titles", "/new")
        actor.sign_in()
        look_at(actor, index=book)
        if dice.chance(0.5):
            check_out(actor, add_to_cart(actor, book))


def set_aside(actor: Actor) -> None:
    """Have titles set aside in the app, look at them in the shop, keep some."""
    dice = actor.dice
    actor.browse_to("app")
    actor.page("Home", "/")
    actor.sign_in()
    books = [look_at(actor) for _ in range(2 + dice.below(2))]
    shop = actor.words_of(dice.pick(actor.stage.blueprint.people.shops))
    wish = f"r{actor.order_id()[1:]}"
    for book in books:
        actor.do("Title Set Aside", product(actor, book, reservation_id=wish, store=shop))
    actor.now += int(dice.between(8, 60) * HOUR_US)
    actor.shop()
    actor.known_to_staff()
    if dice.chance(0.4):
        # "Just arrived" on the phone of somebody near the shop.
        actor.text()
        actor.do("Just Arrived Sent", {"reservation_id": wish, "store": shop}, high_s=900)
        actor.shop()
        actor.known_to_staff()
    actor.do("Store Visited", {"store": shop}, low_s=60, high_s=600)
    kept = dice.below(len(books) + 1)
    actor.do(
        "Set Aside Titles Shown",
        {"reservation_id": wish, "titles": len(books), "kept": kept},
        low_s=120,
        high_s=900,
    )
    if kept:
        order = actor.order_id()
        price = actor.stage.blueprint.books[books[0]].price
        bought = product(actor, books[0], order_id=order, quantity=kept, revenue=price, store=shop)
        actor.do("Order Completed", bought)
        actor.stage.last_book[actor.person.index] = books[0]
