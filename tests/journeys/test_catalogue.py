"""What the rules read from names, in both languages and all styles."""

from __future__ import annotations

import pytest

from hamsafar.journeys.catalogue import ChannelKind, Role, Roles, channel_kind, roles_of


class TestRolesOf:
    @pytest.mark.parametrize(
        ("name", "roles"),
        [
            ("identify", {Role.TECHNICAL}),
            ("Page: Home", {Role.PAGE, Role.BROWSE}),
            ("Page: Checkout Address", {Role.PAGE, Role.CHECKOUT}),
            ("Order Completed", {Role.GOAL, Role.PURCHASE}),
            ("orderCompleted", {Role.GOAL, Role.PURCHASE}),
            ("purchase", {Role.GOAL, Role.PURCHASE}),
            ("Payment Failed", {Role.CHECKOUT, Role.ERROR}),
            ("payment_error", {Role.CHECKOUT, Role.ERROR}),
            ("checkout_bug", {Role.CHECKOUT, Role.ERROR}),
            ("Purchase Failed", {Role.ERROR}),
            ("Chat Started", {Role.CONTACT}),
            ("support_chat", {Role.CONTACT}),
            ("Call Ended", {Role.CONTACT_END}),
            ("Call Transferred", {Role.TRANSFER}),
            ("Help Article Viewed", {Role.SELF_SERVICE, Role.PAGE}),
            ("Order Shipped", {Role.DELIVERY, Role.OUTBOUND}),
            ("Element Clicked", {Role.CLICK}),
            ("پرداخت ناموفق", {Role.CHECKOUT, Role.ERROR}),
            ("تماس با پشتیبانی", {Role.CONTACT}),
            ("سبد خرید", {Role.CART}),
            ("خرید انجام شد", {Role.GOAL, Role.PURCHASE}),
            ("گفت‌وگو شروع شد", {Role.CONTACT}),
            ("گفتگو شروع شد", {Role.CONTACT}),
        ],
    )
    def test_reads_a_name_in_any_style(self, name, roles):
        assert roles_of(name) == roles

    def test_a_page_about_something_is_not_doing_it(self):
        assert Role.PURCHASE not in roles_of("Page: Purchase")
        assert Role.CONTACT not in roles_of("Page: Live Chat")


class TestRoles:
    def test_what_somebody_set_replaces_the_rule(self):
        roles = Roles.of(
            ["foo", "Order Completed"], {"foo": [Role.PURCHASE], "Order Completed": []}
        )
        assert roles["foo"] == {Role.PURCHASE, Role.GOAL}
        assert roles["Order Completed"] == frozenset()
        assert roles.names(Role.GOAL) == {"foo"}

    def test_a_name_not_listed_is_read_by_the_rules(self):
        assert Role.ERROR in Roles.of([])["Payment Failed"]


class TestChannelKind:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("web", ChannelKind.DIGITAL),
            ("call_center", ChannelKind.CALL),
            ("تلفن", ChannelKind.CALL),
            ("telegram", ChannelKind.CHAT),
            ("email", ChannelKind.LETTER),
            ("store", ChannelKind.STORE),
        ],
    )
    def test_reads_a_name(self, name, kind):
        assert channel_kind(name) is kind
