"""Which addresses a webhook may call: never this machine or its network, unless that is allowed.

Pure rules. The engine resolves a name once, has every address judged here, and connects to one of
those very addresses, so that a name cannot change between check and call.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from hamsafar.kernel.errors import BadInput

MAX_URL = 2_000
PORTS = frozenset({80, 443})
"""Ports that may be called outside the own network."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa")
_PUBLIC_6 = ip_network("2000::/3")
_NEVER_PUBLIC = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "100.64.0.0/10",  # carrier NAT
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4: an IPv4 address within
        "3fff::/20",  # documentation
    )
)
_NEVER = tuple(
    ip_network(block)
    for block in ("0.0.0.0/8", "169.254.0.0/16", "240.0.0.0/4", "fe80::/10", "fd00:ec2::254/128")
)
"""Not even in the own network: no host, link-local (where clouds keep their keys), reserved."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook goes.

    Attributes:
        scheme: `http` or `https`.
        host: ASCII name, or an address without brackets.
        port: the one given, else the scheme's.
        path: path and query, at least `/`.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, private: bool = False) -> Target:
    """Return where a URL goes.

    >>> target_of("https://example.com/alerts?a=1")
    Target(scheme='https', host='example.com', port=443, path='/alerts?a=1')

    Args:
        url: an absolute http or https URL.
        private: whether addresses of this machine and its network may be called.

    Raises:
        BadInput: not such a URL, with a password in it, or never to be called.
    """
    if len(url) > MAX_URL or not url.isprintable() or any(c in url for c in ' \\<>"'):
        raise _unreadable()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _unreadable() from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == 0:
        raise _unreadable()
    if "@" in parts.netloc:
        raise BadInput("an address must not hold a name or password", where="url")
    host = _host_of(parts.hostname, private=private)
    port = port or _DEFAULT_PORTS[parts.scheme]
    if not private and port not in PORTS:
        raise BadInput("only ports 80 and 443 may be called", where="url")
    query = f"?{parts.query}" if parts.query else ""
    path = (parts.path or "/").encode("ascii", "ignore").decode()
    if path != (parts.path or "/") or not query.isascii():
        raise BadInput("write the path in ASCII, with %-escapes", where="url")
    return Target(parts.scheme, host, port, path + query)


def may_call(address: str, *, private: bool = False) -> bool:
    """Return whether an address that a name resolved to may be called.

    >>> may_call("93.184.216.34"), may_call("127.0.0.1"), may_call("127.0.0.1", private=True)
    (True, False, True)
    """
    try:
        found = _unwrapped(ip_address(address))
    except ValueError:
        return False
    if found.is_multicast or found.is_unspecified or _within(found, _NEVER):
        return False
    return private or _is_public(found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _PUBLIC_6:
        return False
    return address.is_global and not _within(address, _NEVER_PUBLIC)


def _within(address: IPv4Address | IPv6Address, blocks: tuple[object, ...]) -> bool:
    return any(address in block for block in blocks)  # type: ignore[operator]


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address an IPv6 one carries (mapped, compatible, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id:
        raise ValueError("an address with a zone")
    number = int(address)
    nat64 = int(IPv6Address("64:ff9b::"))
    if number >> 32 in {0, 0xFFFF, nat64 >> 32} and number > 1:
        return IPv4Address(number & 0xFFFFFFFF)
    return address


def _host_of(host: str, *, private: bool) -> str:
    try:
        found: IPv4Address | IPv6Address | None = ip_address(host)
    except ValueError:
        found = None
    if found is not None:
        if not may_call(host, private=private):
            raise _forbidden()
        return str(found)
    name = _ascii_name(host)
    # A name that ends in a number is read as an IPv4 address by some resolvers: 127.1, 0x7f000001.
    if not _HOST.fullmatch(name) or len(name) > 253 or _NUMBER.fullmatch(name.split(".")[-1]):
        raise _unreadable()
    if not private and ("." not in name or name.split(".")[-1] in _LOCAL_NAMES):
        raise _forbidden()
    return name


def _ascii_name(host: str) -> str:
    try:
        return host.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise _unreadable() from None


def _unreadable() -> BadInput:
    return BadInput("give an address such as https://example.com/alerts", where="url")


def _forbidden() -> BadInput:
    return BadInput(
        "this address is inside our own network; set HAMSAFAR_PRIVATE_WEBHOOKS=1 to allow it",
        where="url",
    )
