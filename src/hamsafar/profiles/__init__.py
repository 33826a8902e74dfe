"""Profiles: one live profile per person, summed over the folds of its nodes.

Comes in: batches with nodes set. Goes out: profiles, the people list, search, timelines,
what was stored lately, how many people there are. Emits no
events. Stands on `identity`, `collect`, `storage`, `lang`, `kernel`.
"""

from __future__ import annotations

from hamsafar.profiles.services.arrivals import Mark
from hamsafar.profiles.services.census import Census
from hamsafar.profiles.services.profiles import Catalogue, Profiles
from hamsafar.profiles.services.traits import TraitBook
from hamsafar.profiles.stage import ProfilesStage
from hamsafar.profiles.surroundings import Surroundings, surroundings_of

__all__ = [
    "Catalogue",
    "Census",
    "Mark",
    "Profiles",
    "ProfilesStage",
    "Surroundings",
    "TraitBook",
    "surroundings_of",
]
