"""The audit chain: each row's hash covers the row and the hash before it."""

from __future__ import annotations

import json
from hashlib import sha256

from hamsafar.access.types import AuditEntry

START = b"\0" * 32
"""What the first row has for the hash before it."""


def link(previous: bytes, at: int, actor: str, entry: AuditEntry) -> bytes:
    """Return the hash of a row that follows `previous`.

    >>> link(START, 1, "local:root", AuditEntry(action="a", subject_kind="b", subject="c"))[:2].hex()
    'c93f'
    """
    row = [
        at,
        actor,
        entry.action,
        entry.subject_kind,
        entry.subject,
        entry.purpose,
        entry.detail,
    ]
    return sha256(previous + json.dumps(row, separators=(",", ":")).encode()).digest()
