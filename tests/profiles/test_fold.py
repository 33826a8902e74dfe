"""Folds do not depend on the order of events."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.kernel.clock import DAY_US
from hamsafar.profiles.fold import (
    MAX_DAYS,
    Traits,
    add_event,
    add_traits,
    sum_activity,
    sum_traits,
)
from hamsafar.profiles.types import Activity

SAID = st.tuples(
    st.sampled_from([1, 2]), st.sampled_from(["m1", "m2"]), st.sampled_from([1, 2])
).map(lambda key: (*key, f"value of {key}"))


def _folded(said: list[tuple[int, str, int, str]]) -> Traits:
    traits: Traits = {}
    for at, message_id, source, value in said:
        add_traits(traits, {"name": value}, (at, message_id), source)
    return traits


class TestAddTraits:
    """add_traits and sum_traits."""

    @given(st.lists(SAID, min_size=1, max_size=4, unique=True))
    def test_any_order_gives_the_same(self, said: list[tuple[int, str, int, str]]) -> None:
        found = [_folded(list(order)) for order in itertools.permutations(said)]
        assert all(fold == found[0] for fold in found)

    @given(st.lists(SAID, min_size=2, max_size=4, unique=True))
    def test_the_sum_over_nodes_is_the_fold_of_all(
        self, said: list[tuple[int, str, int, str]]
    ) -> None:
        parts = [_folded([one]) for one in said]
        assert sum_traits(parts) == sum_traits(reversed(parts)) == _folded(said)


class TestAddEvent:
    """add_event and sum_activity."""

    @given(st.permutations(range(MAX_DAYS + 5)), st.integers(0, MAX_DAYS))
    def test_days_kept_do_not_depend_on_the_order(self, days: list[int], cut: int) -> None:
        whole, left, right = (Activity({}, {}) for _ in range(3))
        for place, day in enumerate(days):
            add_event(whole, 1, 1, day * DAY_US)
            add_event(left if place < cut else right, 1, 1, day * DAY_US)
        total = sum_activity([left, right])
        assert sorted(total.names[1].days.items()) == sorted(whole.names[1].days.items())
        assert total.names[1].count == whole.names[1].count == len(days)
