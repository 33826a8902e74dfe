"""Distinct values with codes: what a column of them is made with."""

from __future__ import annotations

from hamsafar.expr.values import Normal, decoded, normal
from hamsafar.kernel.errors import BadInput

MOST_VALUES = 1_000_000
"""A field of more distinct values is none to ask by; a dictionary of it would not fit."""

FAMILIAR = 50_000
"""So many values are known by their bytes too, and need not be decoded when they come again."""


class Book:
    """Gives equal values one code for as long as it lives, 1 and up by first sight; 0 is missing.

    >>> book = Book("total")
    >>> book.code_of(1), book.code_of(1.0), book.code_of(True), book.values()
    (1, 1, 2, (None, 1, True))
    """

    def __init__(self, name: str, most: int = MOST_VALUES) -> None:
        """Begin empty; `name` is for the error."""
        self._name = name
        self._most = most
        self._codes: dict[object, int] = {None: 0}
        self._raw: dict[bytes, int] = {}
        self._values: list[Normal] = [None]
        self._frozen: tuple[Normal, ...] = (None,)

    def code(self, raw: bytes) -> int:
        """Return the code of a value as JSON bytes.

        Raises:
            BadInput: there are too many different ones.
        """
        code = self._raw.get(raw)
        if code is None:
            code = self.code_of(decoded(raw))
            if len(self._raw) < FAMILIAR:
                self._raw[raw] = code
        return code

    def code_of(self, value: object) -> int:
        """Return the code of a decoded value.

        Raises:
            BadInput: there are too many different ones.
        """
        plain = normal(value)
        # To Python, 1 and true are one.
        key = plain if type(plain) is str else (type(plain), plain) if plain is not None else None
        code = self._codes.get(key)
        if code is None:
            code = len(self._values)
            if code > self._most:
                message = f"has more than {self._most:,} different values; ask by another field"
                raise BadInput(f"{self._name!r} {message}", where=self._name)
            self._codes[key] = code
            self._values.append(plain)
        return code

    def values(self) -> tuple[Normal, ...]:
        """Return the values by code."""
        if len(self._frozen) != len(self._values):
            self._frozen = tuple(self._values)
        return self._frozen

    def __len__(self) -> int:
        """Return how many codes there are, that of missing included."""
        return len(self._values)
