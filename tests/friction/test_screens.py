"""Trouble on pages: each detector against its definition, at and beside its bounds."""

from __future__ import annotations

import pytest
from friction.lives import found, life, spans

from hamsafar.friction import Detector

BUY = "Order Completed"
GATEWAY = {"gateway": "saman"}


class TestDropOff:
    def test_is_a_checkout_without_a_goal_at_the_last_step_seen(self):
        s = life([(0, "Checkout Started"), (60, "Shipping Chosen"), (90, "Page: Home")])
        assert spans(s, Detector.DROP_OFF) == [("Shipping Chosen", 0, 90)]

    @pytest.mark.parametrize("ends", [BUY, "Payment Failed"])
    def test_is_none_when_they_bought_or_an_error_explains_it(self, ends):
        s = life([(0, "Checkout Started"), (60, ends)])
        assert spans(s, Detector.DROP_OFF) == []

    def test_a_purchase_after_half_an_hour_of_silence_is_another_session(self):
        s = life([(0, "Checkout Started"), (1801, BUY)], [(0, "Checkout Started"), (1800, BUY)])
        assert [f.person for f in found(s, Detector.DROP_OFF)] == [0]


class TestHesitation:
    @pytest.mark.parametrize(("pause", "hits"), [(179, 0), (180, 1), (1800, 1), (1801, 0)])
    def test_is_a_pause_in_the_checkout(self, pause, hits):
        s = life([(0, "Page: Payment"), (pause, "Page: Cart")])
        assert len(spans(s, Detector.HESITATION)) == hits

    @pytest.mark.parametrize("after", [BUY, "chat/Chat Started"])
    def test_is_none_when_they_bought_or_asked(self, after):
        assert spans(life([(0, "Page: Payment"), (300, after)]), Detector.HESITATION) == []

    def test_works_as_it_is_set(self):
        s = life([(0, "Page: Payment"), (30, "Page: Cart")])
        assert len(found(s, Detector.HESITATION, pause_s=30)) == 1


class TestLoop:
    A, B, C = "Page: Checkout Address", "Page: Checkout Shipping", "Page: Orders"

    def walk(self, *pages):
        return life([(10 * at, page) for at, page in enumerate(pages)])

    def test_is_the_same_pages_three_times_round(self):
        assert spans(self.walk(*[self.A, self.B] * 3), Detector.LOOP) == [(self.A, 0, 50)]
        assert spans(self.walk(*[self.A, self.B, self.C] * 3), Detector.LOOP) == [(self.A, 0, 80)]
        assert spans(self.walk(*[self.A, self.B] * 2, self.A), Detector.LOOP) == []

    def test_one_page_again_and_again_is_none(self):
        assert spans(self.walk(*[self.A] * 9), Detector.LOOP) == []

    def test_looking_around_is_none(self):
        assert spans(self.walk(*["Page: Home", "Page: Product"] * 5), Detector.LOOP) == []

    def test_pages_of_one_name_and_two_addresses_are_two(self):
        s = life([
            (10 * at, "Page: Orders" if at % 2 else self.A, {"path": f"/{at}"}) for at in range(8)
        ])
        assert spans(s, Detector.LOOP) == []

    def test_a_long_one_is_one(self):
        assert len(spans(self.walk(*[self.A, self.B] * 9), Detector.LOOP)) == 1


class TestClicks:
    def clicks(self, *times, element="buy", **more):
        return [(at, "Element Clicked", {"element": element, **more}) for at in times]

    def test_three_fast_clicks_on_one_element_are_rage(self):
        (one,) = found(life(self.clicks(0, 0.5, 1.5)), Detector.RAGE_CLICK)
        assert (one.cause, len(one.evidence), one.lost_us) == ("element=buy", 3, 1_500_000)

    @pytest.mark.parametrize("times", [(0, 1), (0, 1.1, 2.2)])
    def test_fewer_or_slower_ones_are_not(self, times):
        assert found(life(self.clicks(*times)), Detector.RAGE_CLICK) == []

    def test_two_elements_are_not_one(self):
        mixed = self.clicks(0, 1) + self.clicks(0.5, 1.5, element="other")
        assert found(life(sorted(mixed, key=lambda e: e[0])), Detector.RAGE_CLICK) == []

    def test_clicks_without_effect_are_dead_once_an_element_and_session(self):
        s = life(self.clicks(0, 9, 5_000, effect=False), self.clicks(0, effect=True))
        assert [f.person for f in found(s, Detector.DEAD_CLICK)] == [0, 0]


class TestErrors:
    @pytest.mark.parametrize(("at", "hits"), [(900, 1), (901, 0)])
    def test_a_contact_within_a_quarter_of_an_hour(self, at, hits):
        s = life([(0, "Payment Failed", GATEWAY), (at, "chat/Chat Started")])
        assert len(found(s, Detector.ERROR_TO_SUPPORT)) == hits

    def test_the_nearest_error_counts_once(self):
        s = life([
            (0, "Login Failed"),
            (10, "Payment Failed", GATEWAY),
            (20, "chat/Chat Started"),
            (30, "chat/Chat Started"),
        ])
        (one,) = found(s, Detector.ERROR_TO_SUPPORT)
        assert (one.place, one.cause) == ("Payment Failed", "gateway=saman")

    def test_giving_up_on_the_way_to_a_goal(self):
        s = life([(0, "Checkout Started"), (60, "Payment Failed"), (90, "Page: Home")])
        (one,) = found(s, Detector.DROP_AFTER_ERROR)
        assert one.lost_us == 60_000_000

    @pytest.mark.parametrize(
        "events",
        [
            [(0, "Payment Failed"), (90, BUY)],
            [(0, "error_page"), (9, "Page: Product")],
        ],
    )
    def test_going_on_is_not_giving_up(self, events):
        assert found(life(events), Detector.DROP_AFTER_ERROR) == []

    def test_an_error_as_the_last_thing_but_for_a_contact(self):
        s = life([(0, "Page: Home"), (9, "error_page"), (20, "chat/Chat Started")])
        assert len(found(s, Detector.DROP_AFTER_ERROR)) == 1


class TestDeadEnd:
    @pytest.mark.parametrize(
        ("events", "hits"),
        [
            ([(0, "Products Searched", {"results": 0})], 1),
            ([(0, "Products Searched", {"results": 3})], 0),
            ([(0, "Products Searched", {"results": 0}), (9, "Page: Home")], 0),
            ([(0, "Products Searched", {"results": 0}), (9, "sms/Order Shipped")], 1),
        ],
    )
    def test_is_an_empty_search_as_the_last_thing(self, events, hits):
        assert len(found(life(events), Detector.DEAD_END)) == hits
