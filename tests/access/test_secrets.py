import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.access.secrets import (
    csrf_of,
    hash_secret,
    is_token,
    new_secret,
    new_token,
    shown_prefix,
    write_key_of,
)

LETTERS = set(string.ascii_letters + string.digits)


class TestTokens:
    def test_begin_with_hms_and_carry_a_checksum(self):
        token = new_token()
        assert token.startswith("hms_")
        assert set(token[4:]) <= LETTERS
        assert is_token(token)

    @given(st.integers(4, 52), st.sampled_from(sorted(LETTERS)))
    def test_one_mistyped_letter_is_noticed(self, place, letter):
        token = "hms_" + "0" * 43 + "000000"
        token = new_token() if not is_token(token) else token
        changed = token[:place] + letter + token[place + 1 :]
        assert is_token(changed) == (changed == token)

    @given(st.text())
    def test_other_texts_are_none(self, text):
        assert not is_token(text)

    def test_show_only_their_beginning(self):
        token = new_token()
        assert token.startswith(shown_prefix(token))
        assert len(shown_prefix(token)) == 12

    def test_are_never_made_twice(self):
        assert len({new_token() for _ in range(1000)}) == len({new_secret() for _ in range(1000)})


class TestWriteKeys:
    def test_are_derived_from_secret_and_id(self):
        assert write_key_of(b"s" * 32, "a") == write_key_of(b"s" * 32, "a")
        assert len({write_key_of(b"s" * 32, "a"), write_key_of(b"s" * 32, "b")}) == 2
        assert write_key_of(b"s" * 32, "a") != write_key_of(b"t" * 32, "a")
        assert set(write_key_of(b"s" * 32, "a")) <= LETTERS


class TestDerived:
    def test_csrf_differs_from_what_is_stored(self):
        secret = new_secret()
        assert csrf_of(secret) != hash_secret(secret).hex()

    @pytest.mark.parametrize("text", ["", "سلام", "\ud800"])
    def test_any_text_can_be_hashed(self, text):
        assert len(hash_secret(text)) == 32
