"""The count that is kept up equals the count that is made anew, whatever happened meanwhile."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind
from hamsafar.identity import IdentityService
from hamsafar.journeys import Filters
from hamsafar.storage.types import Lane
from tests.support.river import River, river, track

DAY_BEFORE = 1_763_899_200_000_000
"""2025-11-23T12:00:00Z, when `track` events of second 0 happen."""


def _erase(water: River, person: int) -> None:
    args = json.dumps({"person": person, "reason": "asked", "by": "test"})
    entry = AuditEntry(action="person.erase", subject_kind="person", subject=str(person))
    water.hamsafar.access.jobs.ask(local_caller("test"), JobKind.ERASE, args, entry)
    water.flow()


class TestPeople:
    """Census.people and seen_since."""

    @pytest.mark.parametrize("seed", range(4))
    def test_equal_counts_made_anew(self, tmp_path: Path, seed: int) -> None:
        rng = random.Random(seed)
        since = DAY_BEFORE + 30_000_000
        with river(tmp_path) as water:
            census, profiles = water.hamsafar.census, water.hamsafar.profiles
            for turn in range(30):
                user, device = f"u{rng.randint(0, 20)}", f"a{rng.randint(0, 20)}"
                match rng.choice(["visit", "visit", "bulk", "merge", "tidy", "erase"]):
                    case "tidy":
                        water.worker.tidy()
                    case "erase":
                        person = profiles.find("user_id", user)
                        if person is not None:
                            _erase(water, person)
                    case "merge":
                        told = track(f"m{turn}", "Seen", userId=user, anonymousId=device)
                        water.send([told | {"properties": {"email": f"{user}@example.com"}}])
                    case "bulk":
                        told = track(f"m{turn}", "Seen", second=turn, userId=user)
                        water.send([told], lane=Lane.BULK, kind="import")
                    case _:
                        water.send([track(f"m{turn}", "Seen", second=turn, anonymousId=device)])
                water.flow()
                if rng.random() < 0.5:
                    assert census.people() == profiles.count()
                    assert census.seen_since(since) == _graph_people(water, since)
            assert census.people() == profiles.count() > 0
            assert census.seen_since(since) == _graph_people(water, since)
            assert census.seen_since(since + 5_000_000) == _graph_people(water, since + 5_000_000)

    def test_asks_for_what_is_new_only(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with river(tmp_path) as water:
            water.send([track("m1", "Seen", userId="u1")])
            water.flow()
            water.worker.tidy()
            census, store = water.hamsafar.census, water.hamsafar.store
            assert (census.people(), census.seen_since(0)) == (1, 1)
            asked: list[int] = []
            nodes = store.nodes

            def counted(*, after: int = 0, since: int = 0):
                asked.append(after)
                return nodes(after=after, since=since)

            monkeypatch.setattr(store, "nodes", counted)
            assert (census.people(), census.seen_since(0)) == (1, 1)
            assert asked == []
            version = store.stats().version
            water.send([track("m2", "Seen", userId="u2")])
            water.flow()
            water.worker.tidy()
            assert (census.people(), census.seen_since(0)) == (2, 2)
            assert asked == [version, version]

    def test_the_view_is_read_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with river(tmp_path) as water:
            census = water.hamsafar.census
            census.people()
            whole: list[object] = []
            view = IdentityService.view
            monkeypatch.setattr(
                IdentityService,
                "view",
                lambda self, known=None: whole.append(known) or view(self, known),
            )
            census.people()
            assert whole[0] is not None


def _graph_people(water: River, since: int) -> int:
    """How it was counted before: by a graph of everything since."""
    filters = Filters(from_us=since, technical=True)
    return water.hamsafar.explore.graph(filters).graph.people
