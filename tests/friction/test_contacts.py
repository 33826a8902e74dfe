"""Trouble in contacts: each detector against its definition, at and beside its bounds."""

from __future__ import annotations

import pytest
from friction.lives import found, life

from hamsafar.friction import Detector

DAY = 86_400
CASE = {"case_id": "c1", "topic": "payment"}
OTHER = {"case_id": "c2", "topic": "payment"}


def hits(events, detector, **values):
    return len(found(life(events), detector, **values))


class TestSilentBot:
    @pytest.mark.parametrize(("after", "n"), [(60, 0), (61, 1)])
    def test_is_a_question_without_an_answer_in_a_minute(self, after, n):
        events = [(0, "chat/Question Asked", CASE), (after, "chat/Bot Answered", CASE)]
        assert hits(events, Detector.SILENT_BOT) == n

    def test_a_question_among_customers_is_none(self):
        assert hits([(0, "web/Club Question Asked")], Detector.SILENT_BOT) == 0


class TestRepeatedContact:
    def test_is_the_same_matter_in_any_channel_within_a_week(self):
        events = [(0, "call/Call Started", CASE), (7 * DAY, "email/Email Received", CASE)]
        (one,) = found(life(events), Detector.REPEATED_CONTACT)
        assert (one.matter, one.cause, len(one.evidence)) == ("case_id=c1", "topic=payment", 2)

    @pytest.mark.parametrize(
        ("at", "about"), [(7 * DAY + 1, CASE), (60, OTHER), (60, {"topic": "return"}), (60, {})]
    )
    def test_later_or_about_something_else_is_none(self, at, about):
        events = [(0, "call/Call Started", CASE), (at, "call/Call Started", about)]
        assert hits(events, Detector.REPEATED_CONTACT) == 0

    def test_one_finding_grows(self):
        events = [(n * DAY, "call/Call Started", CASE) for n in range(5)]
        (one,) = found(life(events), Detector.REPEATED_CONTACT)
        assert len(one.evidence) == 5


class TestPingPong:
    def test_is_coming_back_to_a_channel(self):
        events = [(0, "chat/Chat Started", CASE), (60, "call/Call Started", CASE)]
        assert hits(events, Detector.CHANNEL_PING_PONG) == 0
        events.append((120, "chat/Chat Started", CASE))
        assert hits(events, Detector.CHANNEL_PING_PONG) == 1

    def test_the_same_channel_is_none(self):
        events = [(60 * n, "call/Call Started", CASE) for n in range(4)]
        assert hits(events, Detector.CHANNEL_PING_PONG) == 0


class TestTransfer:
    @pytest.mark.parametrize(("passed", "n"), [(False, 1), (True, 0)])
    def test_says_whether_the_story_was_passed_on(self, passed, n):
        events = [
            (0, "call/Call Started", CASE),
            (60, "call/Call Transferred", {**CASE, "context_passed": passed}),
        ]
        assert hits(events, Detector.TRANSFER_WITHOUT_CONTEXT) == n

    def test_or_a_second_explanation_shows_it(self):
        events = [
            (0, "call/Call Started", CASE),
            (10, "call/Matter Explained", CASE),
            (60, "call/Call Transferred", CASE),
        ]
        assert hits(events, Detector.TRANSFER_WITHOUT_CONTEXT) == 0
        events.append((90, "call/Matter Explained", CASE))
        assert hits(events, Detector.TRANSFER_WITHOUT_CONTEXT) == 1


class TestHadToRepeat:
    EVENTS = (
        (0, "call/Call Started", CASE),
        (10, "call/Matter Explained", CASE),
        (DAY, "call/Call Started", CASE),
        (DAY + 10, "call/Matter Explained", CASE),
    )

    def test_is_twice_in_one_contact(self):
        assert hits([*self.EVENTS], Detector.HAD_TO_REPEAT) == 0
        again = [*self.EVENTS, (DAY + 90, "call/Matter Explained", CASE)]
        assert hits(again, Detector.HAD_TO_REPEAT) == 1

    def test_in_a_later_contact_too_where_that_is_set(self):
        assert hits([*self.EVENTS], Detector.HAD_TO_REPEAT, across_contacts=1) == 1


class TestAbandonedSelfService:
    HELP = (0, "Help Article Viewed", {"article": "refund", "topic": "payment"})

    @pytest.mark.parametrize(
        ("at", "about", "n"),
        [(1800, CASE, 1), (1801, CASE, 0), (60, {}, 1), (60, {"topic": "x"}, 0)],
    )
    def test_is_help_and_then_a_contact_about_the_same(self, at, about, n):
        events = [self.HELP, (at, "call/Call Started", about)]
        assert hits(events, Detector.ABANDONED_SELF_SERVICE) == n

    def test_is_at_the_help_that_names_itself(self):
        events = [
            (0, "Page: Help"),
            (9, *self.HELP[1:]),
            (20, "Help Searched", {"topic": "payment"}),
        ]
        (one,) = found(
            life([*events, (60, "call/Call Started", CASE)]), Detector.ABANDONED_SELF_SERVICE
        )
        assert (one.place, one.cause) == ("Help Article Viewed", "article=refund")

    def test_help_that_helped_is_none(self):
        events = [(0, "Help Article Viewed", {"helpful": True}), (60, "call/Call Started")]
        assert hits(events, Detector.ABANDONED_SELF_SERVICE) == 0


class TestLongWait:
    @pytest.mark.parametrize(
        ("start", "end", "wait", "n"),
        [
            ("call/Call Started", "call/Call Answered", 599, 0),
            ("call/Call Started", "call/Call Answered", 600, 1),
            ("call/Call Started", "call/Call Ended", 700, 1),
            ("email/Email Received", "email/Email Answered", 9_000, 0),
            ("email/Email Received", "email/Email Answered", DAY, 1),
        ],
    )
    def test_has_a_limit_for_each_kind_of_channel(self, start, end, wait, n):
        assert hits([(0, start, CASE), (wait, end, CASE)], Detector.LONG_WAIT) == n

    def test_a_second_try_ends_the_first_wait_unknown(self):
        events = [
            (0, "call/Call Started", CASE),
            (900, "call/Call Started", CASE),
            (960, "call/Call Answered", CASE),
        ]
        assert hits(events, Detector.LONG_WAIT) == 0
