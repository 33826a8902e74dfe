"""Reads a simulated stream the way a detector would: people resolved, events in order."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import msgspec

from hamsafar.lang.contacts import normalise_email, normalise_phone


class Groups:
    """Union-find over identifiers; at most one user id in a group, earliest claim first."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.user: dict[str, str] = {}

    def find(self, name: str) -> str:
        if name not in self.parent:
            self.parent[name] = name
            self.user[name] = name if name.startswith("user:") else ""
        while self.parent[name] != name:
            name = self.parent[name]
        return name

    def join(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a == b or (self.user[a] and self.user[b]):
            return
        self.parent[b] = a
        self.user[a] = self.user[a] or self.user[b]


def identifiers(event: dict) -> list[str]:
    """Return an event's identifiers, its own node first."""
    traits = event.get("traits", {}) | event.get("context", {}).get("traits", {})
    found = (
        ("user", event.get("userId")),
        ("anonymous", event.get("anonymousId")),
        ("email", normalise_email(traits["email"]) if "email" in traits else None),
        ("phone", normalise_phone(traits["phone"], "IR") if "phone" in traits else None),
    )
    return [f"{kind}:{value}" for kind, value in found if value]


def valid_events(lines: list[bytes]) -> list[dict]:
    """Return each valid event once, in order of time."""
    events = {}
    for line in lines:
        event = msgspec.json.decode(line)
        if not event["messageId"].startswith("x"):
            events[event["messageId"]] = event
    return sorted(events.values(), key=lambda event: (event["timestamp"], event["messageId"]))


def resolved(events: list[dict]) -> Groups:
    """Return who is who, by the claims in these events."""
    groups = Groups()
    for event in events:
        known = identifiers(event)
        for name in known:
            groups.find(name)
        for name in known[1:]:
            groups.join(known[0], name)
    return groups


def journeys(events: list[dict]) -> list[list[dict]]:
    """Return each person's events without identify calls; with `at` (s) and `name`."""
    groups = resolved(events)
    people: dict[str, list[dict]] = defaultdict(list)
    for event in events:
        if event["type"] == "identify":
            continue
        event["at"] = datetime.fromisoformat(event["timestamp"]).timestamp()
        event["name"] = event.get("event") or f"Page: {event.get('name')}"
        people[groups.find(identifiers(event)[0])].append(event)
    return list(people.values())
