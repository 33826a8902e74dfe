"""The text key: the one form in which texts are searched, matched and classified.

Two spellings a Persian reader takes for the same word have the same key, whatever keyboard made
them: `كتاب‌هاي` and `کتابهای`. The key is never shown; the original stays beside it.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from hamsafar.lang.digits import ARABIC, LATIN, PERSIAN

_LETTERS = {
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ة": "ه",
    "ۀ": "ه",
    "ە": "ه",
    "ہ": "ه",
    "ۂ": "ه",
    "ھ": "ه",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
}
"""Arabic (and Urdu, Kurdish) letters that stand for a Persian one. آ, ئ and ؤ are Persian."""

_HARAKAT = [*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6DD)]
_MORE_HARAKAT = [*range(0x6DF, 0x6E5), 0x6E7, 0x6E8, *range(0x6EA, 0x6EE)]
_TATWEEL = 0x640
_BIDI = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_JOINERS = [0x200C, 0x200D]
_INVISIBLE = [0xAD, 0x200B, 0x2060, 0xFEFF]
"""Soft hyphen, zero-width space, word joiner, byte-order mark: bad substitutes for ZWNJ."""


def _table() -> dict[int, int | None]:
    # Characters that stay are listed too: looking up a missing key costs an exception inside
    # str.translate, ten times the price of finding one.
    table: dict[int, int | None] = {code: code for code in (*range(0x100), *range(0x600, 0x700))}
    table.update({ord(arabic): ord(persian) for arabic, persian in _LETTERS.items()})
    table.update(dict.fromkeys([*_HARAKAT, *_MORE_HARAKAT, _TATWEEL, *_BIDI], None))
    table.update({ord(d): ord(LATIN[i % 10]) for i, d in enumerate(PERSIAN + ARABIC)})
    table.update(dict.fromkeys([*_JOINERS, *_INVISIBLE], None))
    return table


_FOLD = _table()
_NEEDS_FOLD = re.compile(
    "[" + "".join(re.escape(chr(code)) for code, to in _FOLD.items() if to != code) + "]"
)
_REPEATED = re.compile(r"(\D)\1\1+", re.DOTALL)


def text_key(text: str) -> str:
    """Return the key of a text; equal keys mean "the same words".

    In this order: NFC (first, or آ and ئ would lose their marks), Arabic to Persian letters, drop
    harakat, tatweel and bidi marks, Latin digits, lower case, delete ZWNJ, squeeze three and more
    equal characters into one. Digits are not squeezed: order 1000 is not order 10. The key of a
    key is itself.

    >>> text_key("مي‌خواهم كتاب‌هاي ٤٥٦") == text_key("میخواهم کتابهای 456")
    True
    >>> text_key("سلاااام")
    'سلام'
    """
    if text.isascii():
        return _REPEATED.sub(r"\1", text.lower())
    key = normalize("NFC", text)
    if _NEEDS_FOLD.search(key):
        key = key.translate(_FOLD)
    # Marks that a deleted character kept apart from their letter must be composed again.
    return _REPEATED.sub(r"\1", normalize("NFC", key.lower()))


def spelling(text: str) -> str:
    """Return a text with what a reader cannot see on the page made the same.

    Narrower than `text_key`, for comparing values exactly: NFC, Persian letters for Arabic ones,
    Latin digits, no harakat, tatweel, half-spaces or invisible marks. Case and repeated letters
    stay: XXL is not XL, and a coupon code means its capitals.

    >>> spelling("كتاب‌هاي ۱۲") == spelling("کتابهای 12"), spelling("XXXL")
    (True, 'XXXL')
    """
    if text.isascii():
        return text
    key = normalize("NFC", text)
    if _NEEDS_FOLD.search(key):
        # Marks that a deleted character kept apart from their letter must be composed again.
        key = normalize("NFC", key.translate(_FOLD))
    return key


def is_valid_text(text: str) -> bool:
    r"""Return whether a text can be stored everywhere: no NUL, no lone surrogate.

    >>> is_valid_text("سلام"), is_valid_text("a\x00b"), is_valid_text("\ud800")
    (True, False, False)
    """
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
