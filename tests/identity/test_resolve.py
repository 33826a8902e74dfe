from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.identity import same_window

from hamsafar.identity.resolve import is_blocked, is_shared, replay, window
from hamsafar.identity.types import Claim, Limit, Node, Period, Rules, Verdict

DAY = 86_400_000_000


def node(number, kind, value=None, users=0, links=0):
    return Node(number, kind, value or f"v{number}", b"", number, 0, 1, users, links)


def claim(a, b, at, message_id="m"):
    return Claim(min(a, b), max(a, b), at, message_id, 1, at, Verdict.LIMIT)


def persons(nodes, claims, rules=None):
    """Return the sets of nodes that are one person, and the refused claims."""
    claims = list(claims)
    resolution = replay({n.node: n for n in nodes}, claims, rules or Rules())
    groups = {}
    for number, person in resolution.person.items():
        groups.setdefault(person, set()).add(number)
    refused = {(c.a, c.b) for c in claims if c.edge not in resolution.accepted}
    assert all(person == min(group) for person, group in groups.items())
    return sorted(map(sorted, groups.values())), refused


class TestIsBlocked:
    @pytest.mark.parametrize(
        "value",
        [
            "0", "000", "-", "00000000-0000-0000-0000-000000000000", "-1", "null", "NULL",
            "undefined", "None", "NaN", "anonymous", "Guest", " guest ", "[object Object]", "test",
            "ناشناس", "مهمان", "نامشخص", "کاربر", "كاربر", "بی‌نام", "بی نام", "بینام", "بي‌نام",
            "نـاشناس", "۰۰۰۰", "٠٠٠", "−1".replace("−", "-"), "", "کاربر مهمان", "تست",
        ],
    )  # fmt: skip
    def test_values_that_name_nobody_are_known_in_every_spelling(self, value):
        assert is_blocked(value, Rules())

    @pytest.mark.parametrize(
        "value",
        ["10", "1", "sara", "guest-42", "کاربر ۱۲", "ناشناسی", "test@example.com", "0a", "-1a"],
    )
    def test_real_values_pass(self, value):
        assert not is_blocked(value, Rules())

    def test_a_deployment_may_add_its_own(self):
        rules = Rules(blocked=("صندوق فروش", "POS"))
        assert is_blocked("pos", rules)
        assert is_blocked("صندوق‌فروش", rules) is False
        assert is_blocked("صندوق  فروش".replace("  ", " "), rules)


class TestWindow:
    @given(
        st.sampled_from(list(Period)),
        st.integers(-10 * 366, 40_000).map(lambda day: day * DAY),
        st.integers(0, DAY - 1),
        st.integers(0, 800 * DAY),
    )
    def test_two_times_share_a_window_as_the_calendar_says(self, period, day, part, later):
        one, two = day + part, day + part + later
        assert (window(period, one) == window(period, two)) == same_window(period, one, two)

    def test_a_week_begins_on_monday(self):
        monday = datetime(2026, 11, 23, tzinfo=UTC)
        sunday = monday - timedelta(seconds=1)
        numbers = [window(Period.WEEKLY, int(at.timestamp()) * 10**6) for at in (sunday, monday)]
        assert numbers[1] == numbers[0] + 1


class TestIsShared:
    def test_a_device_of_two_users_is_a_family_device_of_three_a_public_one(self):
        assert not is_shared(node(1, "anonymous_id", users=2, links=2), Rules())
        assert is_shared(node(1, "anonymous_id", users=3, links=3), Rules())

    def test_a_phone_may_have_three_users(self):
        assert not is_shared(node(1, "phone", users=3, links=3), Rules())
        assert is_shared(node(1, "phone", users=4, links=4), Rules())

    def test_a_user_id_is_shared_only_by_a_thousand_links(self):
        assert not is_shared(node(1, "user_id", users=9, links=1_000), Rules())
        assert is_shared(node(1, "user_id", links=1_001), Rules())


class TestReplay:
    def test_without_claims_everybody_is_alone(self):
        assert persons([node(1, "user_id"), node(2, "email")], []) == ([[1], [2]], set())

    def test_a_claim_joins(self):
        nodes = [node(1, "anonymous_id"), node(2, "user_id"), node(3, "email")]
        groups, refused = persons(nodes, [claim(2, 1, 5), claim(2, 3, 6)])
        assert groups == [[1, 2, 3]]
        assert not refused

    def test_two_user_ids_are_never_one_person(self):
        nodes = [node(1, "user_id"), node(2, "user_id"), node(3, "anonymous_id")]
        groups, refused = persons(nodes, [claim(1, 3, 5), claim(2, 3, 6), claim(1, 2, 7)])
        assert groups == [[1, 3], [2]]
        assert refused == {(2, 3), (1, 2)}

    def test_the_earlier_claim_wins_in_whatever_order_they_come(self):
        nodes = [node(1, "user_id"), node(2, "user_id"), node(3, "anonymous_id")]
        assert persons(nodes, [claim(2, 3, 6), claim(1, 3, 7)])[0] == [[1], [2, 3]]

    def test_at_the_same_time_the_smaller_message_id_wins(self):
        nodes = [node(1, "user_id"), node(2, "user_id"), node(3, "anonymous_id")]
        claims = [claim(1, 3, 6, "b"), claim(2, 3, 6, "a")]
        assert persons(nodes, claims)[0] == [[1], [2, 3]]

    def test_two_known_persons_stay_two_even_if_the_limit_of_user_ids_is_higher(self):
        rules = Rules(limits={"user_id": Limit(most=3)})
        nodes = [node(1, "user_id"), node(2, "user_id")]
        assert persons(nodes, [claim(1, 2, 5)], rules)[0] == [[1], [2]]

    def test_unless_the_rules_allow_it(self):
        rules = Rules(limits={"user_id": Limit(most=2)}, join_identified=True)
        nodes = [node(1, "user_id"), node(2, "user_id"), node(3, "user_id")]
        groups, refused = persons(nodes, [claim(1, 2, 5), claim(2, 3, 6)], rules)
        assert (groups, refused) == ([[1, 2], [3]], {(2, 3)})

    def test_five_identifiers_of_a_kind_and_no_more(self):
        nodes = [node(1, "user_id"), *(node(n, "anonymous_id") for n in range(2, 9))]
        groups, refused = persons(nodes, [claim(1, n, n) for n in range(2, 9)])
        assert groups == [[1, 2, 3, 4, 5, 6], [7], [8]]
        assert refused == {(1, 7), (1, 8)}

    def test_of_one_event_the_identifiers_of_lower_priority_give_way(self):
        rules = Rules(max_size=3)
        nodes = [node(1, "zeta"), node(2, "phone"), node(3, "email"), node(4, "user_id")]
        groups, _ = persons(nodes, [claim(4, n, 5) for n in (1, 2, 3)], rules)
        assert groups == [[1], [2, 3, 4]]

    def test_a_limit_over_a_month_counts_only_what_joined_in_it(self):
        rules = Rules(limit_else=Limit(most=1, period=Period.MONTHLY))
        nodes = [node(1, "user_id"), *(node(n, "email") for n in (2, 3, 4))]
        claims = [claim(1, 2, 3 * DAY), claim(1, 3, 20 * DAY), claim(1, 4, 40 * DAY)]
        groups, refused = persons(nodes, claims, rules)
        assert (groups, refused) == ([[1, 2, 4], [3]], {(1, 3)})

    def test_a_person_has_at_most_max_size_identifiers(self):
        rules = Rules(max_size=3, limit_else=Limit(most=9))
        nodes = [node(n, "email") for n in range(1, 7)]
        claims = [claim(1, 2, 1), claim(4, 5, 2), claim(2, 4, 3), claim(2, 3, 4)]
        groups, refused = persons(nodes, claims, rules)
        assert (groups, refused) == ([[1, 2, 3], [4, 5], [6]], {(2, 4)})
