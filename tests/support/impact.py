"""Events for Impact: a simulated shop as sequences, towns where nothing is a cause, a slow count."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime

import numpy as np

from hamsafar.journeys import Attributes, Sequences
from hamsafar.simulate import Settings, Simulation
from hamsafar.storage.types import Flag

DAY_S = 86_400.0
HOUR_S = 3_600.0
KEPT = ("gateway", "late", "coupon", "carrier", "rating", "order_id", "product_id")


def bookshop(settings: Settings) -> tuple[Sequences, Simulation]:
    """The simulated bookshop with properties and traits, people joined by what they signed in as."""
    simulation = Simulation(settings)
    seen: set[str] = set()
    events = []
    owner: dict[str, str] = {}
    for batch in simulation.batches():
        for line in batch:
            event = _valid(line)
            if event is None or event["messageId"] in seen:
                continue
            seen.add(event["messageId"])
            events.append(event)
            if event.get("userId") and event.get("anonymousId"):
                owner.setdefault(event["anonymousId"], event["userId"])
    return _sequences(events, owner), simulation


def _valid(line: bytes) -> dict | None:
    try:
        event = json.loads(line)
        datetime.fromisoformat(event["timestamp"])
    except (ValueError, KeyError, TypeError):
        return None
    return event if "messageId" in event else None


def _sequences(events: list[dict], owner: dict[str, str]) -> Sequences:
    ids: dict[str, int] = {}
    rows = []
    traits: dict[str, dict[int, object]] = defaultdict(dict)
    for event in events:
        user = event.get("userId") or owner.get(event.get("anonymousId", ""))
        person = ids.setdefault(user or event.get("anonymousId") or "?", len(ids))
        kind = event["type"]
        if kind == "identify":
            for name, value in event.get("traits", {}).items():
                traits[name][person] = value
        page = f"Page: {event.get('name')}" if kind in {"page", "screen"} else kind
        name = event.get("event") or page
        at = int(datetime.fromisoformat(event["timestamp"]).timestamp() * 1e6)
        flag = Flag.TECHNICAL if kind == "identify" else 0
        rows.append((person, at, name, event.get("properties") or {}, flag))
    names = sorted({row[2] for row in rows})
    code = {name: place for place, name in enumerate(names)}
    return Sequences.from_arrays(
        person=np.array([row[0] for row in rows]),
        time_us=np.array([row[1] for row in rows]),
        code=np.array([code[row[2]] for row in rows]),
        names=names,
        attributes=Attributes(
            flags=np.array([row[4] for row in rows]),
            properties={key: [row[3].get(key) for row in rows] for key in KEPT},
            traits={key: traits[key] for key in ("club_member", "city")},
        ),
    )


NULL_TOWNS = ("stay", "longer_more", "longer_less", "unrelated", "keen")
"""How the length of journeys and the outcome hang together where nothing else does."""


def null_town(kind: str, seed: int, *, people: int = 1_500, kinds: int = 10) -> Sequences:
    """Journeys of very different length in which no event moves the outcome.

    `stay`: who does not convert goes on to the end of the window. `longer_more` (`longer_less`):
    the longer the journey, the likelier (less likely) it converts. `keen`: the keener do more and
    convert more. Everybody else leaves in silence.
    """
    rng = np.random.default_rng(seed)
    share = np.arange(1, kinds + 1) / (kinds * (kinds + 1) / 2)
    columns: tuple[list[int], list[float], list[int]] = ([], [], [])

    def happen(person: int, at: float, code: int) -> None:
        for column, value in zip(columns, (person, at, code), strict=True):
            column.append(value)

    for person in range(people):
        length = min(rng.lognormal(np.log(HOUR_S), 1.5), 6 * DAY_S)
        keen = rng.lognormal()
        rise = np.log10(1 + length / 600)
        chance, rate = {
            "stay": (0.4, 1 / (2 * HOUR_S)),
            "longer_more": (min(0.9, 0.15 + 0.2 * rise), 1 / 600),
            "longer_less": (max(0.1, 0.8 - 0.25 * rise), 1 / 600),
            "unrelated": (0.3, 1 / 600),
            "keen": (min(0.9, 0.2 + 0.2 * keen), keen / 900),
        }[kind]
        converts = rng.random() < chance
        until = 7 * DAY_S if kind == "stay" and not converts else length
        happen(person, 0, 0)
        for at in np.sort(rng.random(min(rng.poisson(rate * until), 300))) * until:
            happen(person, at, 2 + rng.choice(kinds, p=share))
        if converts:
            happen(person, length, 1)
    happen(people, 60 * DAY_S, 2)
    return Sequences.from_arrays(
        person=np.array(columns[0]),
        time_us=(np.array(columns[1]) * 1e6).astype(np.int64),
        code=np.array(columns[2]),
        names=["Entry", "Goal", *(f"Noise {place}" for place in range(kinds))],
    )


def naive_z(sequences: Sequences, entry: str, goal: str, name: str) -> float:
    """How sure an odds ratio is that only asks whether the event was seen: log ratio / error."""
    chunk = sequences.chunks[0]
    seen: dict[int, set[str]] = defaultdict(set)
    for person, code in zip(chunk.person.tolist(), chunk.code.tolist(), strict=True):
        seen[person].add(sequences.names[code])
    cells = np.ones((2, 2))
    for found in seen.values():
        if entry in found:
            cells[int(name in found), int(goal in found)] += 1
    ratio = np.log(cells[1, 1] * cells[0, 0] / (cells[1, 0] * cells[0, 1]))
    return float(ratio / np.sqrt((1 / cells).sum()))
