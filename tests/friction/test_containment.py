"""Episodes of self-service and what breaks them; the estimate itself is tested with `survival`."""

from __future__ import annotations

import pytest
from friction.lives import life

from hamsafar.friction import facts_of
from hamsafar.friction.containment import containment, episodes_of
from hamsafar.journeys import Roles

DAY = 86_400
HELP = (0, "Help Article Viewed", {"article": "refund", "topic": "payment"})
CASE = {"case_id": "c1", "topic": "payment"}


def held(*people, until=30 * DAY, days=7):
    s = life(*people)
    episodes = episodes_of(facts_of(s, Roles.of(s.names)), round(until * 1e6))
    return containment(episodes, within_days=days)


class TestEpisodes:
    def test_several_pages_on_one_matter_are_one_episode(self):
        pages = [HELP, (60, "Help Searched", {"topic": "payment"}), (90, *HELP[1:])]
        assert held(pages).whole.episodes == 1

    def test_two_matters_and_two_sessions_are_three(self):
        other = (60, "Help Article Viewed", {"article": "parcel", "topic": "delivery"})
        assert held([HELP, other, (DAY, *HELP[1:])]).whole.episodes == 3

    @pytest.mark.parametrize(
        ("contact", "share"),
        [
            ((3_600, "call/Call Started", CASE), 0.0),
            ((3_600, "email/Email Received", {}), 0.0),
            ((3_600, "call/Call Started", {"topic": "delivery"}), 1.0),
            ((8 * DAY, "call/Call Started", CASE), 1.0),
        ],
    )
    def test_are_broken_by_a_contact_about_the_same_in_any_channel(self, contact, share):
        assert held([HELP, contact]).whole.verified.share == share

    def test_a_chat_that_ended_unsolved_is_broken_at_once_but_contained_for_the_plain_rate(self):
        chat = [
            (0, "chat/Chat Started", CASE),
            (60, "chat/Chat Ended", {**CASE, "solved": False}),
        ]
        whole = held(chat).whole
        assert (whole.plain.share, whole.verified.share) == (1.0, 0.0)

    def test_of_another_person_breaks_nothing(self):
        assert held([HELP], [(60, "call/Call Started", CASE)]).whole.verified.share == 1.0


class TestContainment:
    def test_counts_who_was_not_watched_long_enough_only_as_long(self):
        people = [[HELP, (3 * DAY, "call/Call Started", CASE)]] * 2
        people += [[HELP]] * 2 + [[(29 * DAY, *HELP[1:])]] * 4
        whole = held(*people).whole
        # Half of the eight were gone before the third day: two of four still watched came.
        assert whole.verified.share == pytest.approx(0.5)
        assert whole.open == 4
        assert whole.plain.share == 1.0

    def test_is_not_told_beyond_what_was_watched(self):
        whole = held([HELP], until=2 * DAY).whole
        assert whole.verified is None
        assert [point.days if hasattr(point, "days") else point.time for point in whole.points] == [
            1
        ]

    def test_parts_add_up(self):
        other = (0, "chat/Chat Ended", {"topic": "delivery", "solved": True})
        found = held([HELP], [other], [HELP])
        assert sum(part.episodes for part in found.topics) == found.whole.episodes == 3
        assert {part.name for part in found.channels} == {"web", "chat"}
