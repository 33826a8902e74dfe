"""Errors of lang. It stands beside the kernel, so its family is rooted in ValueError.

ValueError
└── NotUnderstood      carries `detail` in words and `where`: the field
    ├── NoSuchDay      text or numbers that name no day
    └── UnknownCountry we have no calendar of this country
"""

from __future__ import annotations


class NotUnderstood(ValueError):
    """What was written means nothing here. `detail` is for people, `where` names the field."""

    def __init__(self, detail: str, *, where: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.where = where


class NoSuchDay(NotUnderstood):
    """Text or numbers that name no day."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, where="date")


class UnknownCountry(NotUnderstood):
    """We have no holidays of this country."""

    def __init__(self, country: str) -> None:
        super().__init__(f"we have no holidays of country {country!r}", where="country")
