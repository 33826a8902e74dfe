import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import decode_cursor, encode_cursor

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
KEYS = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False)
)


def forged(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TestCursor:
    @given(st.lists(KEYS, max_size=4))
    def test_comes_back_as_it_went(self, keys):
        assert decode_cursor(encode_cursor(keys)) == tuple(keys)

    @given(st.lists(KEYS, max_size=4))
    def test_is_safe_in_an_address(self, keys):
        assert set(encode_cursor(keys)) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )

    @given(st.text())
    def test_any_text_is_a_cursor_or_bad_input(self, text):
        with contextlib.suppress(BadInput):
            assert isinstance(decode_cursor(text), tuple)

    @pytest.mark.parametrize(
        "value",
        [{}, 1, "a", [True], [[1]], [2**63], [float("nan")], ["\0"], ["\ud800"], ["x" * 3000]],
    )
    def test_a_forged_one_is_bad_input(self, value):
        with pytest.raises(BadInput):
            decode_cursor(forged(value))

    def test_deep_nesting_is_bad_input(self):
        deep = base64.urlsafe_b64encode(b"[" * 1400).rstrip(b"=").decode()
        with pytest.raises(BadInput):
            decode_cursor(deep)
