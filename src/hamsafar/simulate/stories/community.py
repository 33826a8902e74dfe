"""Stories of reading together: opinions, clubs, events, and an opinion that is bad news."""

from __future__ import annotations

from hamsafar.kernel.clock import DAY_US
from hamsafar.simulate.actor import Actor
from hamsafar.simulate.rhythm import HOUR_US
from hamsafar.simulate.stories.checkout import look_at, product


def enter(actor: Actor) -> None:
    """Come to the site or app and sign in."""
    actor.browse_to("app" if actor.dice.chance(0.4) else "web")
    actor.page("Home", "/")
    actor.sign_in()


def opinion(actor: Actor) -> None:
    """Say what one thinks of a favourite book; a late parcel colours also what came before it."""
    enter(actor)
    book = actor.stage.last_book.get(actor.person.index)
    book = look_at(actor, index=book)
    text = actor.words_of(actor.dice.pick(actor.words.praise))
    actor.do(
        "Review Submitted",
        product(actor, book, rating=4 + actor.dice.below(2) - _taint(actor), text=text),
        low_s=40,
        high_s=200,
    )
    if actor.dice.chance(0.4):
        actor.do("Favourite Book Added", product(actor, book))


def _taint(actor: Actor) -> int:
    """Return by how much a late parcel that has come lowers the ratings this person gives."""
    let_down_at = actor.stage.late_at.get(actor.person.index)
    if let_down_at is None or actor.now < let_down_at:
        return 0
    return actor.stage.blueprint.settings.outcome.rating_after_late_delivery


def club(actor: Actor) -> None:
    """Join a discussion group, ask or answer; an expert's answer is accepted."""
    dice, words = actor.dice, actor.words
    enter(actor)
    club_name = actor.words_of(dice.pick(words.clubs))
    actor.page("Club", "/clubs", low_s=5, high_s=30)
    about: dict[str, object] = {"club": club_name}
    actor.do("Club Joined", dict(about))
    number = dice.below(len(words.club_questions))
    thread = {**about, "thread_id": f"t{actor.now // HOUR_US}-{actor.person.index}"}
    if dice.chance(0.6):
        text = actor.words_of(words.club_questions[number])
        actor.do("Club Question Asked", {**thread, "text": text}, low_s=30, high_s=120)
        actor.now += int(dice.between(1, 20) * HOUR_US)
        actor.browse_to("web")
        actor.page("Club", "/clubs")
        actor.sign_in()
        actor.do("Club Answer Accepted", {**thread, "by_expert": dice.chance(0.5)})
    else:
        text = actor.words_of(words.club_answers[number])
        actor.do("Club Answer Posted", {**thread, "text": text}, low_s=30, high_s=200)


def event(actor: Actor) -> None:
    """Book a virtual or a shop event and attend it."""
    dice = actor.dice
    title_fa, title_en, kind = dice.pick(actor.words.events)
    enter(actor)
    actor.page("Events", "/events")
    about: dict[str, object] = {"event_title": actor.words_of((title_fa, title_en)), "kind": kind}
    actor.do("Event Booked", dict(about), low_s=10, high_s=60)
    actor.free_at = actor.now
    if not dice.chance(0.75):
        return
    actor.now += int(dice.between(1, 5) * DAY_US)
    if kind == "virtual":
        actor.browse_to("web")
        actor.page("Events", "/events")
        actor.sign_in()
    else:
        actor.shop()
        actor.known_to_staff()
    actor.do("Event Attended", dict(about), low_s=1800, high_s=6000)


def low_rating(actor: Actor) -> None:
    """Rate badly: a case is opened, promotions pause, somebody calls, the case is solved."""
    dice = actor.dice
    enter(actor)
    book = look_at(actor, index=actor.stage.last_book.get(actor.person.index))
    text = actor.words_of(dice.pick(actor.words.complaint))
    rating = 1 + dice.below(2)
    actor.do("Review Submitted", product(actor, book, rating=rating, text=text), high_s=60)
    case: dict[str, object] = {"case_id": f"c{actor.order_id()[1:]}", "topic": "damaged"}
    actor.now += int(dice.between(0.1, 3) * HOUR_US)
    actor.call()
    actor.known_to_staff()
    actor.do("Case Opened", {**case, "because": "low_rating", "rating": rating}, high_s=10)
    actor.do("Promotions Paused", dict(case))
    actor.now += int(dice.between(1, 30) * HOUR_US)
    actor.call()
    actor.known_to_staff()
    actor.do("Customer Called", dict(case), low_s=120, high_s=500)
    actor.do("Case Solved", dict(case), high_s=20)
    actor.do("Promotions Resumed", dict(case))
