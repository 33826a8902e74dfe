"""Secrets: how keys, tokens and links are made, recognised, and kept only as hashes."""

from __future__ import annotations

import hmac
from base64 import b64encode
from hashlib import sha256
from os import urandom
from zlib import crc32

PREFIX = "hms_"
"""Begins every API token, so that scanners find a leaked one."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43
"""Characters base 62 needs for 256 bits."""
_CHECK = 6
_SHOWN = 8
_WRITE_KEY = 32


def new_secret() -> str:
    """Return 256 random bits as 43 letters and digits."""
    return _base62(int.from_bytes(urandom(32), "big"), _BODY)


def new_token() -> str:
    """Return a new API token: `hms_`, 256 random bits, and a checksum of them."""
    body = new_secret()
    return f"{PREFIX}{body}{_checksum(body)}"


def is_token(text: str) -> bool:
    """Return whether this can be a token of ours: right shape and checksum.

    >>> is_token(new_token()), is_token("hms_" + "a" * 49)
    (True, False)
    """
    if len(text) != len(PREFIX) + _BODY + _CHECK or not text.startswith(PREFIX):
        return False
    body, check = text[len(PREFIX) : -_CHECK], text[-_CHECK:]
    return text.isascii() and hmac.compare_digest(_checksum(body), check)


def shown_prefix(token: str) -> str:
    """Return the first characters of a token, by which its owner recognises it."""
    return token[: len(PREFIX) + _SHOWN]


def hash_secret(secret: str) -> bytes:
    """Return the 32 bytes under which a secret of 192 bits or more is stored.

    Such a secret cannot be guessed, so that a fast hash does; passwords need `passwords`.
    """
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def csrf_of(session_secret: str) -> str:
    """Return the CSRF value of a session: only who holds the cookie can compute it."""
    return hmac.new(session_secret.encode(), b"hamsafar csrf", sha256).hexdigest()


def write_key_of(deployment_secret: bytes, key_id: str) -> str:
    """Return the write key with this id: 32 letters and digits, derived, never stored."""
    mac = hmac.new(deployment_secret, b"hamsafar write key\0" + key_id.encode(), sha256)
    return _base62(int.from_bytes(mac.digest(), "big"), _BODY)[-_WRITE_KEY:]


def webhook_secret_of(deployment_secret: bytes, webhook_id: str) -> str:
    """Return the signing secret of a webhook: 32 bytes behind `whsec_`, derived, never stored."""
    mac = hmac.new(deployment_secret, b"hamsafar webhook\0" + webhook_id.encode(), sha256)
    return f"whsec_{b64encode(mac.digest()).decode()}"


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
