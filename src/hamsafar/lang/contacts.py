"""Contacts: the one form of an e-mail address and of a phone number."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from unicodedata import normalize

from hamsafar.lang.digits import to_latin

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@([^\s@/\\:,;<>()\x00-\x1f]{3,253})")
_LABELS = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MAX_EMAIL = 254
_MAX_PHONE = 40

_IRAN = "IR"
_MOBILE_ABROAD = re.compile(r"(?:\+|00)98\s?0?(9(?!9{9})\d{9})")
_MOBILE_AT_HOME = re.compile(r"(?:0|98)?(9(?!9{9})\d{9})")
_FILLING = re.compile(r"[\s\-.()/\u2010-\u2015]")


def normalise_email(text: str) -> str | None:
    """Return the address in lower case with an ASCII domain, or None when it is no address.

    Mail servers do not tell capitals apart, whatever RFC 5321 allows. Nothing is looked up.

    >>> normalise_email(" Sara@Example.COM ")
    'sara@example.com'
    """
    if len(text) > 2 * _MAX_EMAIL:
        return None
    address = text.strip().removeprefix("mailto:").lower()
    if not address.isascii():
        address = normalize("NFC", to_latin(_INVISIBLE.sub("", address))).strip().lower()
    match = _EMAIL.fullmatch(address)
    if match is None:
        return None
    local, domain = address[: match.start(1) - 1], _ascii_domain(match[1])
    if domain is None or local[0] == "." or local[-1] == "." or ".." in local:
        return None
    address = f"{local}@{domain}"
    return address if len(address) <= _MAX_EMAIL else None


def normalise_phone(text: str, country: str) -> str | None:
    """Return the number in E.164 (`+989121234567`), or None when it is no number.

    `۰۹۱۲…`, `+98…` and `0098…` are one. A number without a country code is read as one of
    `country` (ISO 3166, two letters).

    >>> normalise_phone("۰۹۱۲ ۱۲۳ ۴۵۶۷", "IR")
    '+989121234567'
    """
    if len(text) > _MAX_PHONE:
        return None
    digits = _FILLING.sub("", to_latin(text) if text.isascii() else _visible(text))
    match = _MOBILE_ABROAD.fullmatch(digits)
    if match is None and country == _IRAN:
        match = _MOBILE_AT_HOME.fullmatch(digits)
    if match is not None:
        return f"+98{match[1]}"
    return _parse_phone(digits, country)


def _visible(text: str) -> str:
    # NFKC turns full-width digits and plus signs into plain ones.
    return normalize("NFKC", to_latin(_INVISIBLE.sub("", text)))


def _ascii_domain(domain: str) -> str | None:
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode().lower()
        except UnicodeError:
            return None
    return domain if _LABELS.fullmatch(domain) else None


@lru_cache(maxsize=65_536)
def _parse_phone(text: str, country: str) -> str | None:
    # Loaded on the first number that is not an Iranian mobile: it costs 50 ms and 10 MB.
    library = import_module("phonenumbers")
    # 00 is how most of the world dials abroad, also from where a country's own prefix differs.
    international = f"+{text[2:]}" if text.startswith("00") else text
    try:
        number = library.parse(international, country.upper() or None)
    except library.NumberParseException:
        return None
    if library.is_possible_number_with_reason(number) != library.ValidationResult.IS_POSSIBLE:
        return None
    if number.extension or len(set(str(number.national_number))) == 1:
        return None
    return str(library.format_number(number, library.PhoneNumberFormat.E164))
