"""Which events are about the same thing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from hamsafar.journeys import Attributes, Sequences
from hamsafar.journeys.matters import OPEN_MATTERS, matter_of

DAY = 86_400_000_000


def matters(*events, within=timedelta(days=7)):
    """Each event: (person, day, {property: value})."""
    paths = sorted({path for e in events for path in e[2]})
    s = Sequences.from_arrays(
        person=np.array([e[0] for e in events]),
        time_us=np.array([int(e[1] * DAY) for e in events]),
        code=np.zeros(len(events), np.int64),
        names=["e"],
        attributes=Attributes(
            properties={path: [e[2].get(path) for e in events] for path in paths}
        ),
    )
    (found,) = matter_of(s, within=within)
    order = s.chunks[0].seq
    back = np.empty(len(events), np.int64)
    back[order] = found
    return back.tolist()


class TestMatterOf:
    def test_the_same_case_is_one_matter_and_two_cases_are_two(self):
        a, b, c = matters(
            (1, 0, {"case_id": "x"}), (1, 1, {"case_id": "y"}), (1, 2, {"case_id": "x"})
        )
        assert a == c != b

    def test_a_topic_joins_the_case_that_has_it(self):
        a, b, c, d = matters(
            (1, 0, {"topic": "payment"}),
            (1, 0.1, {"topic": "payment", "case_id": "x"}),
            (1, 0.2, {"case_id": "x"}),
            (1, 0.3, {"topic": "payment", "case_id": "y"}),
        )
        assert a == b == c != d

    def test_an_event_that_names_nothing_has_none(self):
        assert matters((1, 0, {}), (1, 1, {"topic": "t"})) == [-1, 1]

    def test_a_matter_ends_a_week_after_its_last_event(self):
        a, b, c, d = matters(*((1, day, {"topic": "t"}) for day in (0, 7, 14, 21.01)))
        assert a == b == c != d

    def test_two_people_share_no_matter(self):
        a, b = matters((1, 0, {"case_id": "x"}), (2, 0, {"case_id": "x"}))
        assert a != b

    def test_a_ticket_and_a_case_of_one_number_are_two(self):
        a, b = matters((1, 0, {"case_id": "7"}), (1, 0, {"ticket_id": "7"}))
        assert a != b

    @pytest.mark.parametrize(
        ("between", "joins"), [(OPEN_MATTERS - 1, True), (OPEN_MATTERS, False)]
    )
    def test_only_the_newest_matters_are_open(self, between, joins):
        middle = [(1, 0.001 * (i + 1), {"case_id": f"m{i:03}"}) for i in range(between)]
        found = matters((1, 0, {"case_id": "x"}), *middle, (1, 1, {"case_id": "x"}))
        assert (found[0] == found[-1]) is joins
