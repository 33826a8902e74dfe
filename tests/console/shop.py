"""The people the browser tests know: a customer for each language, and events nobody can place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EMAIL = "owner@example.com"
PASSWORD = "a short sentence to remember"
NAMES = {"fa": "کیانا شریفی", "en": "Daniel Moore"}
PHONES = {"fa": "+989121110001", "en": "+989121110002"}
PHONE_BROWSER = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36"
)
CAME_BY = "https://books.example/?utm_source=sms&utm_campaign=yalda"
TWINS = {"fa": "تینا شریفی", "en": "Emma Moore"}
"""Customers whose merge the tests undo; the others are left alone."""


def user_id(language: str) -> str:
    """Return the user id of a language's customer."""
    return f"customer-{language}"


def lost_event(language: str) -> str:
    """Return the name of the event that names nobody."""
    return f"Gift Sent {language}"


def events() -> list[dict[str, object]]:
    """Return a batch: visits, sign-ups that merge a device with a user and a phone, lost events."""
    start = datetime.now(UTC) - timedelta(hours=3)
    stories = [_story(language, start) + _twin(language, start) for language in NAMES]
    return [event for story in stories for event in story]


def _story(language: str, start: datetime) -> list[dict[str, object]]:
    device, user = f"device-{language}", user_id(language)
    traits = {"name": NAMES[language], "phone": PHONES[language], "city": "شیراز"}
    order = {"title": "بوف کور", "total": 1_250_000}
    told: list[dict[str, object]] = [
        {
            "type": "page",
            "name": "Home",
            "category": "Front",
            "anonymousId": device,
            "context": {"userAgent": PHONE_BROWSER, "page": {"title": "کتاب", "url": CAME_BY}},
        },
        {"type": "page", "name": "Book", "anonymousId": device},
        {"type": "identify", "anonymousId": device, "userId": user, "traits": traits},
        {"type": "track", "event": "Order Completed", "userId": user, "properties": order},
        {"type": "track", "event": lost_event(language), "properties": order},
    ]
    return _dated(told, language, start)


def _twin(language: str, start: datetime) -> list[dict[str, object]]:
    device, user = f"tablet-{language}", f"twin-{language}"
    told: list[dict[str, object]] = [
        {"type": "track", "event": "Tablet Opened", "anonymousId": device},
        {
            "type": "identify",
            "anonymousId": device,
            "userId": user,
            "traits": {"name": TWINS[language]},
        },
        {"type": "track", "event": "Card Charged", "userId": user},
    ]
    return _dated(told, f"twin-{language}", start)


def _dated(told: list[dict[str, object]], prefix: str, start: datetime) -> list[dict[str, object]]:
    return [
        {
            **event,
            "messageId": f"{prefix}-{index}",
            "timestamp": (start + timedelta(minutes=index)).isoformat(),
        }
        for index, event in enumerate(told)
    ]
