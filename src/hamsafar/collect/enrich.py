"""What we can tell from an event without asking anybody: device, campaign, crawler, own people."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

import msgspec

_CRAWLER = re.compile(
    r"bot\b|bot[/;_ -]|crawl|spider|slurp|facebookexternalhit|preview|lighthouse|pingdom|"
    r"uptime|monitor|python-requests/|curl/|wget/|scrapy|go-http-client",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk|playbook", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|android.+mobile|windows phone", re.IGNORECASE)
_CAMPAIGN = ("source", "medium", "name", "term", "content")
_NO_DERIVED = b""


@dataclass(frozen=True, slots=True)
class Device:
    """What a user agent says."""

    type: str
    os: str
    browser: str
    is_crawler: bool


@cache
def _user_agents() -> ModuleType:
    """Return the parser; its many patterns take a tenth of a second to load."""
    return import_module("ua_parser.user_agent_parser")


@lru_cache(maxsize=8192)
def device(user_agent: str) -> Device:
    """Return what a user agent text says about the device."""
    parsed = _user_agents().Parse(user_agent)
    crawler = bool(_CRAWLER.search(user_agent)) or parsed["device"]["family"] == "Spider"
    kind = "desktop"
    if _TABLET.search(user_agent):
        kind = "tablet"
    elif _PHONE.search(user_agent):
        kind = "mobile"
    return Device(kind, parsed["os"]["family"], parsed["user_agent"]["family"], crawler)


@lru_cache(maxsize=8192)
def campaign(url: str) -> tuple[tuple[str, str], ...]:
    """Return the utm parameters of a URL as (name, value) pairs, the campaign itself as `name`."""
    try:
        query = urlsplit(url).query
    except ValueError:
        return ()
    found = {k[4:]: v for k, v in parse_qsl(query, max_num_fields=100) if k.startswith("utm_")}
    if "campaign" in found:
        found["name"] = found.pop("campaign")
    return tuple((k, found[k][:200]) for k in _CAMPAIGN if k in found)


@lru_cache(maxsize=16384)
def findings(user_agent: str, tags: tuple[tuple[str, str], ...]) -> tuple[bytes, bool]:
    """Return the JSON object of what we found out (or nothing), and whether it is a crawler."""
    return _derived(user_agent, tags), bool(user_agent) and device(user_agent).is_crawler


def _derived(user_agent: str, tags: tuple[tuple[str, str], ...]) -> bytes:
    found: dict[str, dict[str, str]] = {}
    if user_agent:
        seen = device(user_agent)
        found["device"] = {"type": seen.type, "os": seen.os, "browser": seen.browser}
    if tags:
        found["campaign"] = dict(tags)
    return msgspec.json.encode(found) if found else _NO_DERIVED


@lru_cache(maxsize=8192)
def is_internal(address: str, networks: tuple[str, ...]) -> bool:
    """Return whether an address lies in one of our own networks."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)
