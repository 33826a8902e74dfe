"""The detectors find what the simulator planted, in towns they were not written for."""

from __future__ import annotations

import pytest
from support.scoring import scored
from support.town import town

from hamsafar.friction import default_settings, facts_of, findings, tracks, wanted_paths
from hamsafar.journeys import Roles

TOWNS = [
    {"seed": 41, "people": 1_500, "days": 21},
    {"seed": 1_009, "people": 4_000, "days": 10},
    {"seed": 57, "people": 800, "days": 60, "profile": "bench"},
]
NOT_PLANTED = {"drop_off", "dead_click"}
"""These two the simulator does not count; `test_screens` holds them to their definitions."""


@pytest.mark.parametrize("settings", TOWNS, ids=lambda s: f"seed {s['seed']}")
class TestTruth:
    def test_precision_and_recall_are_at_least_nine_tenths(self, settings):
        here = town(wanted_paths(), **settings)
        facts = facts_of(here.sequences, Roles.of(here.sequences.names))
        found = findings(facts, tracks(facts, default_settings()))
        scores, _, _ = scored(here, found)
        planted = {kind for kind in scores if scores[kind].planted}
        assert len(planted) == 13
        assert scores.keys() - planted <= NOT_PLANTED
        poor = {k: s for k in planted if (s := scores[k]).precision < 0.9 or s.recall < 0.9}
        assert poor == {}
