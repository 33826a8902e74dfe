"""Digits: Persian, Arabic and Latin ones turn into each other."""

from __future__ import annotations

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
LATIN = "0123456789"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN + LATIN)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN + PERSIAN)


def to_latin(text: str) -> str:
    """Return the text with Persian and Arabic digits as Latin ones.

    >>> to_latin("۱۴۰۵/۰۹/۰۲")
    '1405/09/02'
    """
    return text if text.isascii() else text.translate(_TO_LATIN)


def to_persian(text: str) -> str:
    """Return the text with Latin and Arabic digits as Persian ones.

    >>> to_persian("1405/09/02")
    '۱۴۰۵/۰۹/۰۲'
    """
    return text.translate(_TO_PERSIAN)
