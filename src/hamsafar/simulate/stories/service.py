"""Stories of asking for help, and of help that fails."""

from __future__ import annotations

from hamsafar.simulate.actor import Actor
from hamsafar.simulate.rhythm import HOUR_US, MINUTE_US
from hamsafar.simulate.stories.checkout import ask_about
from hamsafar.simulate.stories.community import enter

_LONG_WAIT_S = 720


def order_status(actor: Actor) -> None:
    """See where an order is: in the app, or with staff in the shop."""
    order: dict[str, object] = {"order_id": actor.order_id()}
    if actor.dice.chance(0.8):
        enter(actor)
        actor.page("Orders", "/orders")
        actor.do("Order Status Viewed", dict(order))
    else:
        actor.shop()
        actor.known_to_staff()
        actor.do("Order Status Shown By Staff", dict(order), low_s=30, high_s=200)


def ask_support(actor: Actor) -> None:
    """Ask once and be helped, by chat, phone or e-mail."""
    matter, topic = _matter(actor)
    roll = actor.dice.roll()
    if roll < 0.5:
        enter(actor)
        ask_about(actor, topic, matter, solved=True)
    elif roll < 0.85:
        phone_call(actor, topic, matter, solved=True)
    else:
        letter(actor, topic, matter)


def repeat_contact(actor: Actor) -> None:
    """Come back with the same matter because the first contact did not solve it."""
    matter, topic = _matter(actor)
    messages = phone_call(actor, topic, matter, solved=False)[:1]
    for _ in range(1 + actor.dice.below(2)):
        actor.now += int(actor.dice.between(6, 40) * HOUR_US)
        messages += phone_call(actor, topic, matter, solved=False)[:1]
    actor.friction(
        "repeated_contact", messages, matter=matter, cause="not_solved_at_first", least=2
    )


def channel_ping_pong(actor: Actor) -> None:
    """Be sent from chat to phone to e-mail and back with one matter."""
    matter, topic = _matter(actor)
    enter(actor)
    messages = ask_about(actor, topic, matter, solved=False)[:1]
    actor.now += int(actor.dice.between(1, 9) * HOUR_US)
    messages += phone_call(actor, topic, matter, solved=False)[:1]
    actor.now += int(actor.dice.between(1, 9) * HOUR_US)
    messages += letter(actor, topic, matter)[:1]
    actor.now += int(actor.dice.between(1, 20) * HOUR_US)
    enter(actor)
    messages += ask_about(actor, topic, matter, solved=actor.dice.chance(0.5))[:1]
    for kind, least in (("channel_ping_pong", 4), ("repeated_contact", 2)):
        actor.friction(kind, messages, matter=matter, cause="nobody_owns_the_case", least=least)


def transfer(actor: Actor) -> None:
    """Be put through to another desk and tell everything again."""
    matter, topic = _matter(actor)
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    actor.call()
    actor.known_to_staff()
    actor.do("Call Started", dict(about), low_s=20, high_s=100)
    actor.do("Call Answered", {**about, "agent": "a1"}, low_s=5, high_s=20)
    first = actor.do("Matter Explained", {**about, "agent": "a1"}, low_s=60, high_s=200)
    moved = actor.do(
        "Call Transferred",
        {**about, "from_agent": "a1", "to_agent": "a2", "context_passed": False},
        low_s=30,
        high_s=120,
    )
    again = actor.do("Matter Explained", {**about, "agent": "a2"}, low_s=60, high_s=200)
    ended = actor.do("Call Ended", {**about, "solved": True}, high_s=10)
    if ended:
        cause = "desk_without_history"
        actor.friction("transfer_without_context", [moved], matter=matter, cause=cause)
        actor.friction("had_to_repeat", [first, again], matter=matter, cause=cause)


def long_wait(actor: Actor) -> None:
    """Wait in the queue of the call centre far longer than usual."""
    matter, topic = _matter(actor)
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    actor.call()
    actor.known_to_staff()
    started = actor.do("Call Started", dict(about), low_s=_LONG_WAIT_S, high_s=2400)
    answered = actor.do("Call Answered", {**about, "agent": "a3"}, low_s=60, high_s=300)
    actor.do("Call Ended", {**about, "solved": True}, high_s=10)
    actor.friction("long_wait", [started, answered], matter=matter, cause="too_few_agents")


def silent_bot(actor: Actor) -> None:
    """Ask the bot and get no answer."""
    matter, topic = _matter(actor)
    enter(actor)
    actor.chat()
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    question = actor.words_of(actor.dice.pick(actor.words.questions[topic]))
    actor.do("Chat Started", dict(about), high_s=10)
    asked = actor.do("Question Asked", {**about, "text": question}, low_s=130, high_s=400)
    ended = actor.do("Chat Ended", {**about, "solved": False}, high_s=10)
    actor.friction("silent_bot", [asked, ended], matter=matter, cause="bot_without_answer")


def abandoned_self_service(actor: Actor) -> None:
    """Read the help pages, find no answer, and ring."""
    matter, topic = _matter(actor)
    enter(actor)
    actor.page("Help", "/help")
    article = actor.words.articles[topic]
    read = actor.do(
        "Help Article Viewed", {"article": article, "topic": topic}, low_s=20, high_s=120
    )
    if actor.dice.chance(0.5):
        actor.do("Help Searched", {"topic": topic, "results": 2})
    actor.now += int(actor.dice.between(1, 9) * MINUTE_US)
    around = actor.now
    # Only in opening hours can they ring at once; else the chat takes it.
    actor.call()
    if actor.now == around:
        messages = phone_call(actor, topic, matter, solved=True)[:1]
    else:
        actor.now = around
        actor.browse_to("web")
        actor.sign_in()
        messages = ask_about(actor, topic, matter, solved=True)[:1]
    actor.friction(
        "abandoned_self_service",
        [read, *messages],
        matter=topic,
        cause=f"article_unclear:{article}",
        least=2,
    )


def phone_call(actor: Actor, topic: str, matter: str, *, solved: bool) -> list[str]:
    """Ring the call centre once; return the message ids."""
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    actor.call()
    started = actor.do("Call Started", dict(about), low_s=15, high_s=120)
    actor.known_to_staff()
    return [
        started,
        actor.do("Call Answered", {**about, "agent": f"a{actor.dice.below(9)}"}, high_s=20),
        actor.do("Matter Explained", dict(about), low_s=60, high_s=400),
        actor.do("Call Ended", {**about, "solved": solved}, high_s=10),
    ]


def letter(actor: Actor, topic: str, matter: str) -> list[str]:
    """Write an e-mail and get an answer; return the message ids."""
    about: dict[str, object] = {"topic": topic, "case_id": matter}
    question = actor.words_of(actor.dice.pick(actor.words.questions[topic]))
    actor.mail()
    actor.known_to_staff()
    return [
        actor.do("Email Received", {**about, "text": question}, low_s=1800, high_s=9000),
        actor.do("Email Answered", dict(about)),
    ]


def _matter(actor: Actor) -> tuple[str, str]:
    """Return a new case and its topic."""
    return f"c{actor.order_id()[1:]}", actor.dice.pick(actor.words.topics)
