"""What an event happened on: device, campaign, page; found by us or said by the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

import msgspec

from hamsafar.profiles.types import TimelineEvent

UNKNOWN = "Other"
"""What the parser of user agents says where it does not know."""
_PAGES = frozenset({"page", "screen"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What was held in the hand; empty where nobody said.

    Attributes:
        kind: desktop, mobile, tablet, or the client's own word.
    """

    kind: str = ""
    os: str = ""
    browser: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What brought somebody here: the client's own word, else the utm parameters of the page."""

    source: str = ""
    medium: str = ""
    name: str = ""
    term: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where on the site or in the app it was.

    Attributes:
        category: what the page belongs to, as Segment's page and screen calls say it.
    """

    title: str = ""
    url: str = ""
    path: str = ""
    referrer: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything known about where an event happened; None for nothing known."""

    device: Device | None = None
    campaign: Campaign | None = None
    page: Page | None = None


Part = TypeVar("Part", Device, Campaign, Page)
Said = Mapping[str, object]


def surroundings_of(event: TimelineEvent) -> Surroundings:
    """Return where an event happened. What it says is never changed, only gathered."""
    context, derived = _object(event.context), _object(event.derived)
    own = _object(event.properties) if event.type in _PAGES else {}
    page = _filled(Page, _part(context, "page"), own)
    if event.category:
        page = Page(**{**_strings(page), "category": event.category})
    return Surroundings(
        device=_known(_device(context, _part(derived, "device"))),
        campaign=_known(_filled(Campaign, _part(context, "campaign"), _part(derived, "campaign"))),
        page=_known(page),
    )


def _device(context: Said, found: Said) -> Device:
    said, system = _part(context, "device"), _part(context, "os")
    os, browser = (_text(found, name) for name in ("os", "browser"))
    os, browser = (text if text != UNKNOWN else "" for text in (os, browser))
    maker, model = _text(said, "manufacturer"), _text(said, "model") or _text(said, "name")
    if maker and not model.lower().startswith(maker.lower()):
        model = f"{maker} {model}".strip()
    return Device(
        # Of an unknown system "desktop" would be a guess.
        kind=_text(said, "type") or (_text(found, "type") if os else ""),
        os=os or " ".join(filter(None, (_text(system, "name"), _text(system, "version")))),
        browser=browser,
        model=model,
    )


def _filled(kind: type[Part], *parts: Said) -> Part:
    """Return the fields of a kind, each from the first part that has it."""
    names = [field.name for field in fields(kind)]
    return kind(**{n: next(filter(None, (_text(part, n) for part in parts)), "") for n in names})


def _known(part: Part) -> Part | None:
    return part if any(_strings(part).values()) else None


def _strings(part: Part) -> dict[str, str]:
    return {field.name: getattr(part, field.name) for field in fields(part)}


def _part(whole: Said, name: str) -> Said:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def _text(part: Said, name: str) -> str:
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _object(data: bytes) -> Said:
    found: object = msgspec.json.decode(data) if data else {}
    return found if isinstance(found, dict) else {}
