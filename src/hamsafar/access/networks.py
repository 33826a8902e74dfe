"""Address blocks in CIDR."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from hamsafar.kernel.errors import BadInput

MAX_NETWORKS = 200


def checked_networks(networks: Iterable[str]) -> tuple[str, ...]:
    """Return the blocks in their usual form.

    >>> checked_networks(["10.0.0.1/8", "2001:DB8::/32"])
    ('10.0.0.0/8', '2001:db8::/32')

    Raises:
        BadInput: one is not a block of addresses, or they are too many.
    """
    found: list[str] = []
    for network in networks:
        try:
            found.append(str(ip_network(network.strip(), strict=False)))
        except ValueError:
            raise BadInput(
                f"{network[:60]!r} is not an address block such as 192.168.0.0/16",
                where="internal_networks",
            ) from None
    if len(found) > MAX_NETWORKS:
        raise BadInput(f"give at most {MAX_NETWORKS} blocks", where="internal_networks")
    return tuple(dict.fromkeys(found))
