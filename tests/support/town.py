"""A simulated town as sequences with properties, its people and the planted truth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import msgspec

from hamsafar.journeys import Attributes, Sequences
from hamsafar.lang.contacts import normalise_email, normalise_phone
from hamsafar.simulate import Settings
from hamsafar.simulate.simulation import Simulation


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town without its disorder on the wire.

    Attributes:
        sequences: everybody's events; `seq` of an event is its index in `messages`.
        messages: message ids in order of arrival.
        person_of: number of a person by user id or anonymous id, as the truth joins them.
        frictions: what was planted.
        until_us: the end of time.
    """

    sequences: Sequences
    messages: list[str]
    person_of: dict[str, int]
    frictions: list
    until_us: int
    planted: dict


def town(paths, **settings) -> Town:
    """Return a town with these properties loaded."""
    simulation = Simulation(Settings(**settings))
    lines = {}
    for batch in simulation.batches():
        for line in batch:
            event = msgspec.json.decode(line)
            if not event["messageId"].startswith("x"):
                lines.setdefault(event["messageId"], event)
    person_of = {}
    for number, person in enumerate(simulation.truth.people()):
        own = [person.user_id, *person.anonymous_ids, person.email, person.phone]
        person_of |= {name: number for name in own if name}
    other = len(person_of) + 1
    names, channels = {}, {}
    columns = defaultdict(list)
    for event in lines.values():
        who = event.get("userId") or event.get("anonymousId") or _traits(event)
        if who not in person_of:
            person_of[who] = other = other + 1
        name = _name(event)
        columns["person"].append(person_of[who])
        columns["time"].append(_us(event["timestamp"]))
        columns["code"].append(names.setdefault(name, len(names)))
        columns["channel"].append(channels.setdefault(event["source"], len(channels)))
        columns["flags"].append(2 if event["type"] == "identify" else 0)
    wanted = {
        path: [_value(event, path) for event in lines.values()] for path in dict.fromkeys(paths)
    }
    sequences = Sequences.from_arrays(
        person=columns["person"],
        time_us=columns["time"],
        code=columns["code"],
        names=list(names),
        attributes=Attributes(
            channel=columns["channel"],
            channels=list(channels),
            flags=columns["flags"],
            properties=wanted,
        ),
    )
    return Town(
        sequences=sequences,
        messages=list(lines),
        person_of=person_of,
        frictions=simulation.truth.frictions,
        until_us=max(columns["time"]),
        planted=simulation.planted(),
    )


def _traits(event) -> str:
    traits = event["context"].get("traits", {})
    phone, email = traits.get("phone", ""), traits.get("email", "")
    return normalise_phone(phone, "IR") or normalise_email(email) or "nobody"


def _name(event) -> str:
    if event["type"] in {"page", "screen"}:
        return f"{event['type'].title()}: {event['name']}"
    return event.get("event") or event["type"]


def _us(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1e6)


def _value(event, path):
    here = event
    steps = path.split(".") if path.startswith("context.") else ["properties", path]
    for step in steps:
        if not isinstance(here, dict):
            return None
        here = here.get(step)
    return here
