"""Profiles: one live profile per person, summed over the folds of its nodes.

Comes in: batches with nodes set. Goes out: profiles, the people list, search, timelines. Emits no
events. Stands on `identity`, `collect`, `storage`, `lang`, `kernel`.
"""

from __future__ import annotations

from hamsafar.profiles.service import Catalogue, Profiles
from hamsafar.profiles.stage import ProfilesStage

__all__ = ["Catalogue", "Profiles", "ProfilesStage"]
