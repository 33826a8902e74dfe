"""Events as a pure function of (seed, number), so that client and checker agree without talking."""

from __future__ import annotations

import random

PEOPLE = 400
NAMES = ("Product Viewed", "Product Added", "Order Completed", "صفحه دیده شد", "Support Called")
START_S = 1_763_900_000


def event_of(seed: int, number: int) -> dict[str, object]:
    """Return one event: devices, names, and identifications that merge people again and again."""
    rng = random.Random(f"{seed}:{number}")
    person = min(int(rng.paretovariate(0.6)), PEOPLE)
    device = f"device-{person}-{rng.randrange(3)}"
    event: dict[str, object] = {
        "messageId": f"{seed}-{number}",
        "timestamp": _moment(number),
        "context": {"page": {"path": f"/p/{number % 97}"}},
    }
    die = rng.random()
    if die < 0.12:
        traits = {"email": f"p{person}@example.com", "plan": rng.choice(["a", "b", "c"])}
        ids = {"userId": f"user-{person}", "anonymousId": device}
        return {**event, "type": "identify", "traits": traits, **ids}
    if die < 0.16:
        phone = f"+9891200{person:05}"
        return {**event, "type": "identify", "traits": {"phone": phone}, "anonymousId": device}
    ids = {"userId": f"user-{person}"} if die < 0.3 else {"anonymousId": device}
    properties = {"price": rng.randrange(1000), "note": "کتاب" * rng.randrange(8)}
    name = rng.choice(NAMES)
    return {**event, "type": "track", "event": name, "properties": properties, **ids}


def number_of(message_id: str) -> int:
    """Return the number in a message id."""
    return int(message_id.rpartition("-")[2])


def _moment(number: int) -> str:
    second, ms = divmod(number * 37, 1000)
    hour, rest = divmod(second % 36_000, 3600)
    return f"2025-11-23T{hour:02}:{rest // 60:02}:{rest % 60:02}.{ms:03}Z"
