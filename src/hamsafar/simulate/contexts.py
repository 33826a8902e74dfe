"""The `context` of an event, as bytes put together from prepared parts."""

from __future__ import annotations

import msgspec

from hamsafar.simulate.blueprint import Blueprint
from hamsafar.simulate.dice import Dice

_encode = msgspec.json.Encoder().encode

_BROWSERS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/128.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/127.0.0.0 Mobile Safari/537.36"
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0",
)
_PHONES = (
    ("android", "14", "Samsung", "SM-A546E"),
    ("android", "13", "Xiaomi", "Redmi Note 12"),
    ("ios", "17.5", "Apple", "iPhone 13"),
)
_CAMPAIGNS = (
    ("instagram", "social", "https://www.instagram.com/"),
    ("google", "search", "https://www.google.com/"),
    ("telegram", "messenger", ""),
    ("newsletter", "email", ""),
)
_LIBRARIES = {
    "call": "hamsafar-ivr",
    "chat": "hamsafar-chat",
    "email": "hamsafar-mail",
    "sms": "hamsafar-sms",
    "store": "hamsafar-pos",
}
_LOCALES = {"fa": "fa-IR", "en": "en-US"}


class Contexts:
    """Makes contexts of the touchpoints of one shop."""

    def __init__(self, blueprint: Blueprint) -> None:
        settings = blueprint.settings
        self._site = settings.site
        self._zone = settings.zone
        self._web = {
            (agent, language): self._browser(agent, language)
            for agent in range(len(_BROWSERS))
            for language in _LOCALES
        }
        self._app = {
            (phone, language): self._phone(phone, language)
            for phone in range(len(_PHONES))
            for language in _LOCALES
        }
        self._pages: dict[tuple[str, str], bytes] = {}

    def web(self, device: int, language: str, address: str, dice: Dice) -> bytes:
        """Return an unclosed context of a browser; some visits come from a campaign."""
        start = self._web[device % len(_BROWSERS), language] + f',"ip":"{address}"'.encode()
        if dice.roll() >= 0.25:
            return start
        source, medium, _ = dice.pick(_CAMPAIGNS)
        campaign = {"source": source, "medium": medium, "name": f"{source}-{dice.below(4)}"}
        return start + b',"campaign":' + _encode(campaign)

    def from_social(self, device: int, language: str, address: str) -> bytes:
        """Return an unclosed context of a browser that followed a post."""
        source, medium, referrer = _CAMPAIGNS[0]
        campaign = {"source": source, "medium": medium, "name": "reviews"}
        start = self._web[device % len(_BROWSERS), language] + f',"ip":"{address}"'.encode()
        return (
            start
            + b',"campaign":'
            + _encode(campaign)
            + b',"referrer":'
            + _encode({"url": referrer, "type": "social"})
        )

    def app(self, device: int, language: str, address: str, device_id: str) -> bytes:
        """Return an unclosed context of the phone app."""
        start = self._app[device % len(_PHONES), language]
        return start.replace(b"@id@", device_id.encode()) + f',"ip":"{address}"'.encode()

    def staff(self, source: str, traits: dict[str, str]) -> bytes:
        """Return an unclosed context of a system that speaks for the customer."""
        start = b'{"library":{"name":"%b","version":"1.0"}' % _LIBRARIES[source].encode()
        return start + b',"traits":' + _encode(traits) if traits else start

    def page(self, path: str, title: str) -> bytes:
        """Return the part that tells the page, with its closing brace."""
        known = self._pages.get((path, title))
        if known is None:
            page = {"path": path, "url": self._site + path, "title": title}
            known = self._pages[path, title] = b',"page":' + _encode(page) + b"}"
        return known

    def _browser(self, agent: int, language: str) -> bytes:
        return _encode({
            "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
            "userAgent": _BROWSERS[agent],
            "locale": _LOCALES[language],
            "timezone": self._zone,
        })[:-1]

    def _phone(self, phone: int, language: str) -> bytes:
        system, version, maker, model = _PHONES[phone]
        return _encode({
            "library": {"name": "analytics-react-native", "version": "2.24.1"},
            "app": {"name": "Ketab", "version": "3.2.0", "build": "320"},
            "device": {"type": system, "manufacturer": maker, "model": model},
            "os": {"name": system, "version": version},
            "locale": _LOCALES[language],
            "timezone": self._zone,
            "instanceId": "@id@",
            "screen": {"width": 412, "height": 915, "density": 2.6},
        })[:-1]
