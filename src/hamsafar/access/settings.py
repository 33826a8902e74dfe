"""Settings of access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

PATIENCE = timedelta(milliseconds=250)
"""How long a read waits to write down that it happened, where that is no duty: last uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """Settings of access.

    Attributes:
        session_idle: a session unused this long ends.
        session_life: a session ends after this long, used or not.
        owner_link_life, invite_life, reset_life: how long a one-time link works.
        argon2_passes, argon2_memory_kib, argon2_lanes: cost of a password hash.
        look_again: two looks of one caller at one person within this time are one audit row.
        private_webhooks: whether webhooks may call addresses of our own network.
    """

    session_idle: timedelta = timedelta(hours=12)
    session_life: timedelta = timedelta(days=7)
    owner_link_life: timedelta = timedelta(days=7)
    invite_life: timedelta = timedelta(days=7)
    reset_life: timedelta = timedelta(hours=24)
    argon2_passes: int = 3
    argon2_memory_kib: int = 65_536
    argon2_lanes: int = 4
    look_again: timedelta = timedelta(minutes=1)
    private_webhooks: bool = False
