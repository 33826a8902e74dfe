"""Friction: where journeys hurt, found by itself.

Answers: what trouble people had (`findings`), where it hurts most and what to change (`problems`),
whether self-service really solved the matter (`containment`). Comes in: `Sequences` with the
properties of `wanted_paths`. Goes out: frozen findings, problems and curves; the table `finding`
keeps what the stream found. Emits no events. Stands on `journeys` and `storage`.

One definition serves history and stream: each detector is a pure function of one person's events.
"""

from hamsafar.friction.definitions import (
    DEFINITIONS,
    Definition,
    DetectorSettings,
    Parameter,
    Settings,
    default_settings,
    settings_of,
)
from hamsafar.friction.detect import findings, track, tracks
from hamsafar.friction.facts import Facts, facts_of, wanted_paths
from hamsafar.friction.types import Detector, Finding, Track
from hamsafar.friction.warm import warm

__all__ = [
    "DEFINITIONS",
    "Definition",
    "Detector",
    "DetectorSettings",
    "Facts",
    "Finding",
    "Parameter",
    "Settings",
    "Track",
    "default_settings",
    "facts_of",
    "findings",
    "settings_of",
    "track",
    "tracks",
    "wanted_paths",
    "warm",
]
