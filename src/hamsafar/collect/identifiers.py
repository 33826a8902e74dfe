"""Which identifiers an event carries, normalised and in order of trust."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from hamsafar.collect.types import Identifier
from hamsafar.collect.wire import Loose, WireContext, WireDevice
from hamsafar.lang.contacts import normalise_email, normalise_phone

MAX_ID = 512
"""Longest identifier we take, characters."""

_RANK = {"user_id": "0", "email": "1"}


class _Contacts(msgspec.Struct, gc=False):
    email: Loose = None
    phone: Loose = None


_contacts = msgspec.json.Decoder(_Contacts)
_NOBODY = _Contacts()
_APPLE = ("iphone", "ipad", "ios", "apple")


def text_id(value: Loose) -> str:
    """Return an id as text, empty when absent. Numbers become text, as 12 and 12.0 are one."""
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def primary_first(found: dict[str, str]) -> tuple[Identifier, ...]:
    """Return identifiers with the event's own node first.

    The first is the user id, else the anonymous id, else the one of highest priority; the rest
    follow by priority: user id, e-mail, then by name of the kind.
    """
    if len(found) == 1:
        return tuple(found.items())
    ordered = sorted(found.items(), key=_rank)
    if "user_id" in found or "anonymous_id" not in found:
        return tuple(ordered)
    own = ("anonymous_id", found["anonymous_id"])
    return (own, *(item for item in ordered if item != own))


def _rank(item: Identifier) -> tuple[str, str]:
    return _RANK.get(item[0], "2"), item[0]


def contacts_of(raw: Raw | bytes, country: str, into: dict[str, str]) -> None:
    """Add the e-mail and phone of a JSON object, normalised, unless already known."""
    try:
        found = _contacts.decode(raw)
    except msgspec.DecodeError:
        found = _NOBODY
    if "email" not in into and (email := text_id(found.email)):
        normal = normalise_email(email)
        if normal:
            into["email"] = normal
    if "phone" not in into and (phone := text_id(found.phone)):
        normal = normalise_phone(phone, country)
        if normal:
            into["phone"] = normal


def device_ids(device: WireDevice, into: dict[str, str]) -> None:
    """Add the ids a phone's own library sends: `ios_id`, `android_idfa`, `ios_push_token`, ..."""
    system = "ios" if (device.type or "").lower() in _APPLE else "android"
    for suffix, value in (
        ("id", device.id),
        ("idfa", device.advertisingId),
        ("push_token", device.token),
    ):
        if text := text_id(value):
            into[f"{system}_{suffix}"] = text


def external_ids(context: WireContext, country: str, into: dict[str, str]) -> None:
    """Add the custom identifiers of `context.externalIds`."""
    for entry in context.externalIds or ():
        value = text_id(entry.id)
        if not entry.type or not value or entry.collection not in {None, "users"}:
            continue
        if entry.type in {"email", "phone"}:
            contacts_of(msgspec.json.encode({entry.type: value}), country, into)
        else:
            into.setdefault(entry.type[:64], value)
