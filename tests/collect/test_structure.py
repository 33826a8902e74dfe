from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.structure import has_more_items, shape

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(['"', "\\", '{"', "]\\"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


def measured(value: object) -> tuple[int, int]:
    """Depth and keys, counted in Python."""
    if isinstance(value, dict):
        parts = [measured(one) for one in value.values()]
        return 1 + max((d for d, _ in parts), default=0), len(value) + sum(k for _, k in parts)
    if isinstance(value, list):
        parts = [measured(one) for one in value]
        return 1 + max((d for d, _ in parts), default=0), sum(k for _, k in parts)
    return 0, 0


class TestShape:
    @given(JSON, st.booleans())
    def test_depth_and_keys_are_those_of_the_decoded_value(self, value: object, raw: bool) -> None:
        assert shape(json.dumps(value, ensure_ascii=not raw).encode("utf-8", "ignore")) == measured(
            json.loads(json.dumps(value))
        )

    def test_brackets_colons_and_escaped_quotes_in_text_do_not_count(self) -> None:
        assert shape(rb'{"a":"\\\"[{:,","b\\":1}') == (1, 2)

    def test_text_may_reach_over_many_chunks(self) -> None:
        long = "[{:" * 200_000
        assert shape(json.dumps({"a": [long, {"b": long}]}).encode()) == (3, 2)

    def test_nothing_has_no_depth(self) -> None:
        assert shape(b"") == (0, 0)


class TestHasMoreItems:
    def test_only_separators_of_the_batch_itself_count(self) -> None:
        body = json.dumps({"batch": [{"a": [1, 2, 3], "b": ",,,"}] * 10}).encode()
        assert not has_more_items(body, 10)
        assert has_more_items(body, 9)

    def test_a_flood_is_seen_early(self) -> None:
        assert has_more_items(b'{"batch":[' + b"1," * 2_000_000 + b"1]}", 5_000)
