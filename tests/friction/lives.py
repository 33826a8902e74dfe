"""One person's events written shortly: `(seconds, name, properties)`; the channel by a prefix."""

from __future__ import annotations

import numpy as np

from hamsafar.friction import default_settings, facts_of, findings, settings_of, tracks
from hamsafar.friction.definitions import Settings
from hamsafar.journeys import Attributes, Roles, Sequences


def life(*people):
    """Sequences of these people; an event is `"chat/Question Asked"` or a name on the web."""
    rows = [(who, *event) for who, events in enumerate(people) for event in events]
    rows = [(who, at, name, *(more or [{}])) for who, at, name, *more in rows]
    names, channels = ["Page: Home"], ["web"]
    columns = {"person": [], "time": [], "code": [], "channel": []}
    for who, at, full, _ in rows:
        channel, _, name = full.rpartition("/")
        channel = channel or "web"
        for known, word in ((names, name), (channels, channel)):
            if word not in known:
                known.append(word)
        columns["person"].append(who)
        columns["time"].append(round(at * 1e6))
        columns["code"].append(names.index(name))
        columns["channel"].append(channels.index(channel))
    paths = sorted({path for row in rows for path in row[3]})
    return Sequences.from_arrays(
        person=np.array(columns["person"], np.int64),
        time_us=np.array(columns["time"], np.int64),
        code=np.array(columns["code"], np.int64),
        names=names,
        attributes=Attributes(
            channel=np.array(columns["channel"], np.int64),
            channels=channels,
            properties={path: [row[3].get(path) for row in rows] for path in paths},
        ),
    )


def found(sequences, detector=None, **values):
    """Findings of one detector (all by default) with these parameters."""
    settings = default_settings()
    if detector is not None:
        settings = Settings(detectors={detector: settings_of(detector, values)})
    facts = facts_of(sequences, Roles.of(sequences.names))
    return findings(facts, tracks(facts, settings))


def spans(sequences, detector, **values):
    """(place, first second, last second) of each finding of a detector."""
    return [
        (one.place, one.first_at / 1e6, one.last_at / 1e6)
        for one in found(sequences, detector, **values)
    ]
