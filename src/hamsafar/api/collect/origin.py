"""Where a request came from and how clients reach us, also behind a reverse proxy."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache

from hamsafar.api.collect.asgi import Scope

_HOST = re.compile(r"[A-Za-z0-9._\-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")
_LOOPBACK = ("127.0.0.0/8", "::1/128")
_REMEMBERED = 4096


class PublicUrl:
    """Reads the forwarding headers, but only from proxies we trust.

    Args:
        fixed: the URL clients use, e.g. `https://events.example.ir`; when given, the host of a
            request is never believed.
        trusted: address blocks of reverse proxies whose `X-Forwarded-*` headers are believed.
    """

    def __init__(self, fixed: str = "", trusted: tuple[str, ...] = _LOOPBACK) -> None:
        protocol, _, host = fixed.rstrip("/").partition("://")
        self._fixed = (protocol, host) if host else None
        networks = tuple(ipaddress.ip_network(block) for block in trusted)

        @lru_cache(maxsize=_REMEMBERED)
        def is_trusted(address: str) -> bool:
            try:
                parsed = ipaddress.ip_address(address)
            except ValueError:
                return False
            return any(parsed in network for network in networks)

        self._is_trusted = is_trusted

    def client(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Return the client's address, empty when unknown."""
        peer = scope["client"][0] if scope["client"] else ""
        forwarded = headers.get(b"x-forwarded-for")
        if forwarded is None or not self._is_trusted(peer):
            return peer
        # Each proxy appends the address it saw: the last one not of a proxy of ours is the client.
        for hop in reversed(forwarded.decode("latin-1").split(",")):
            address = _address(hop)
            if not address:
                return peer
            if not self._is_trusted(address):
                return address
            peer = address
        return peer

    def base(self, scope: Scope, headers: Mapping[bytes, bytes]) -> tuple[str, str]:
        """Return (protocol, host with port) under which the client reached us."""
        if self._fixed is not None:
            return self._fixed
        protocol, host = scope["scheme"], headers.get(b"host", b"").decode("latin-1")
        peer = scope["client"][0] if scope["client"] else ""
        if self._is_trusted(peer):
            told = headers.get(b"x-forwarded-proto", b"").decode("latin-1").split(",")[0].strip()
            protocol = told if told in {"http", "https"} else protocol
            told = headers.get(b"x-forwarded-host", b"").decode("latin-1").split(",")[0].strip()
            host = told or host
        if not _HOST.fullmatch(host):
            name, port = scope["server"] or ("127.0.0.1", None)
            host = f"{name}:{port}" if port else name
        return protocol, host


def _address(hop: str) -> str:
    """Return the IP address of one hop, without port, or an empty text."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


@lru_cache(maxsize=_REMEMBERED)
def rate_name(address: str) -> str:
    """Return what an address is counted by: an IPv6 customer owns a whole /64."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
