"""Passwords: which are good enough, and how they are hashed (argon2id)."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hamsafar.access.errors import LockedOut, WeakPassword
from hamsafar.access.settings import AccessSettings

MIN_LENGTH = 10
MAX_LENGTH = 256
_MIN_DISTINCT = 5
_SALT, _DIGEST = 16, 32
_HASHES_AT_ONCE = 2
_IN_LINE = 12
"""More sign-ins than this at once are sent away, or a flood of them would hold every thread."""
_COME_BACK = timedelta(seconds=2)


class Passwords:
    """Hashes and checks passwords; at most two at once, because each takes 64 MB for a moment."""

    def __init__(self, settings: AccessSettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
        )
        self._line = threading.BoundedSemaphore(_IN_LINE)
        self._gate = threading.BoundedSemaphore(_HASHES_AT_ONCE)
        self._nobody = _nobody(settings)
        self._common: frozenset[str] | None = None

    def hash(self, password: str, *, email: str) -> str:
        """Return the argon2id hash of a new password.

        Raises:
            WeakPassword: too short, too long, common, or made of the e-mail address.
            LockedOut: too many people sign in at this very moment.
        """
        self._check(password, email)
        with self._turn():
            return self._hasher.hash(_canonical(password))

    def fits(self, password: str, stored: str | None) -> bool:
        """Return whether a password fits a stored hash; as slow when there is none.

        Raises:
            LockedOut: too many people sign in at this very moment.
        """
        with self._turn():
            try:
                self._hasher.verify(stored or self._nobody, _canonical(password))
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise LockedOut(_COME_BACK)
        try:
            with self._gate:
                yield
        finally:
            self._line.release()

    def _check(self, password: str, email: str) -> None:
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise WeakPassword(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
        folded = _canonical(password).casefold()
        if len(set(folded)) < _MIN_DISTINCT:
            raise WeakPassword("this password repeats too few characters")
        if folded in self._common_passwords() or folded.rstrip("0123456789!@#$.?") in (
            self._common_passwords()
        ):
            raise WeakPassword("this password is among those attackers try first")
        local = email.partition("@")[0].casefold()
        if email.casefold() in folded or (len(local) >= _MIN_DISTINCT and local in folded):
            raise WeakPassword("a password must not contain your e-mail address")

    def _common_passwords(self) -> frozenset[str]:
        if self._common is None:
            text = files("hamsafar.access").joinpath("common_passwords.txt").read_text("utf-8")
            self._common = frozenset(text.split())
        return self._common


def _nobody(settings: AccessSettings) -> str:
    """Return a hash no password has, as slow to check as a real one; made without hashing."""
    cost = f"m={settings.argon2_memory_kib},t={settings.argon2_passes},p={settings.argon2_lanes}"
    salt, digest = (b64encode(bytes(size)).decode().rstrip("=") for size in (_SALT, _DIGEST))
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _canonical(password: str) -> str:
    # One keyboard composes letters, another does not: the same password must fit from both.
    return normalize("NFC", password).encode("utf-8", "replace").decode()
