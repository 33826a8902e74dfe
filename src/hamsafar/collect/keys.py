"""Write keys: where a request carries one, and which source it belongs to."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs

from hamsafar.collect.ports import SourceRef

MAX_KEY = 200
"""Characters; a longer text is no write key."""
_MOST_UNKNOWN = 10_000
_UNKNOWN_MEMORY_S = 1.0


def key_of_request(authorization: bytes, write_key_header: bytes, query: bytes) -> str:
    """Return the write key a request carries outside its body, empty when there is none.

    The order is the wire's: HTTP Basic user name (with or without the colon), `X-Write-Key`,
    `?writeKey=`; the body's `writeKey`, `api_key` and `token` come after these.
    """
    if key := _basic_user(authorization):
        return key
    if write_key_header:
        # Jitsu's clients send `id:secret`.
        return write_key_header.decode("latin-1").strip()
    if b"writeKey=" in query:
        return parse_qs(query.decode("latin-1")).get("writeKey", [""])[0]
    return ""


def _basic_user(authorization: bytes) -> str:
    if authorization[:6].lower() != b"basic ":
        return ""
    encoded = authorization[6:].strip()
    try:
        plain = base64.b64decode(encoded + b"=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return plain.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out about a key.

    Attributes:
        source: its source, or None for an unknown key.
        until_s: believed up to here.
        outage_until_s: believed up to here while the key ring cannot answer.
    """

    source: SourceRef | None
    until_s: float
    outage_until_s: float = 0.0


class KeyMemory:
    """Remembers looked-up keys for a short while, so that a request costs no database query.

    A revoked key stops within `memory`. While the key ring cannot answer, keys known before stay
    valid for `outage`: the log can still take events when the database is down.
    """

    def __init__(self, *, memory: timedelta, outage: timedelta) -> None:
        self._memory_s = memory.total_seconds()
        self._outage_s = outage.total_seconds()
        self._known: dict[str, Known] = {}
        self._unknown: dict[str, float] = {}

    def recall(self, key: str, *, now_s: float) -> Known | None:
        """Return what is still believed about the key, or None: ask the key ring."""
        known = self._known.get(key)
        if known is not None:
            return known if now_s < known.until_s else None
        until_s = self._unknown.get(key, 0.0)
        return Known(None, until_s) if now_s < until_s else None

    def learn(self, key: str, source: SourceRef | None, *, now_s: float) -> None:
        """Keep the key ring's answer."""
        if source is not None:
            self._unknown.pop(key, None)
            until_s = now_s + self._memory_s
            self._known[key] = Known(source, until_s, until_s + self._outage_s)
            return
        self._known.pop(key, None)
        if len(self._unknown) >= _MOST_UNKNOWN:
            self._unknown.clear()
        self._unknown[key] = now_s + _UNKNOWN_MEMORY_S

    def outlast(self, key: str, *, now_s: float) -> SourceRef | None:
        """Return a known key's source although the key ring is down, if not for too long."""
        known = self._known.get(key)
        if known is None or now_s > known.outage_until_s:
            return None
        self._known[key] = replace(known, until_s=now_s + self._memory_s)
        return known.source
