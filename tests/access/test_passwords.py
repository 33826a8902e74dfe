import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from support.access import CHEAP, PASSWORD

from hamsafar.access.errors import LockedOut, WeakPassword
from hamsafar.access.passwords import Passwords


@pytest.fixture(scope="module")
def passwords():
    return Passwords(CHEAP)


class TestHash:
    def test_is_argon2id_and_salted(self, passwords):
        one, two = (passwords.hash(PASSWORD, email="a@b.com") for _ in range(2))
        assert one.startswith("$argon2id$")
        assert one != two
        assert PASSWORD not in one

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("short", "10 to 256"),
            ("x" * 257, "10 to 256"),
            ("aaaaaaaaaaab", "too few"),
            ("qwertyuiop", "attackers"),
            ("Password123", "attackers"),
            ("iloveyou2026!", "attackers"),
            ("my sara.karimi pass", "e-mail"),
        ],
    )
    def test_weak_ones_are_refused_with_the_reason(self, passwords, password, reason):
        with pytest.raises(WeakPassword, match=reason) as caught:
            passwords.hash(password, email="sara.karimi@example.com")
        assert caught.value.where == "password"


class TestFits:
    def test_only_the_right_one_fits(self, passwords):
        stored = passwords.hash(PASSWORD, email="a@b.com")
        assert passwords.fits(PASSWORD, stored)
        assert not passwords.fits(PASSWORD + " ", stored)

    def test_composed_and_decomposed_letters_are_the_same_password(self, passwords):
        stored = passwords.hash("آن مسئله را حل کن", email="a@b.com")
        assert passwords.fits(unicodedata.normalize("NFD", "آن مسئله را حل کن"), stored)

    def test_nothing_fits_a_missing_or_broken_hash(self, passwords):
        assert not passwords.fits("no account has this password", None)
        assert not passwords.fits(PASSWORD, "broken")
        assert not passwords.fits("\ud800 lone surrogate", None)


class TestFlood:
    def test_more_than_a_dozen_at_once_are_sent_away_and_the_rest_answered(self, passwords):
        stored = passwords.hash(PASSWORD, email="a@b.com")
        start = Barrier(40)

        def sign_in(_):
            start.wait()
            try:
                return passwords.fits(PASSWORD, stored)
            except LockedOut:
                return None

        slow = Passwords(replace(CHEAP, argon2_memory_kib=8_192, argon2_passes=4))
        stored, passwords = slow.hash(PASSWORD, email="a@b.com"), slow
        with ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(sign_in, range(40)))
        assert set(answers) == {True, None}
        assert passwords.fits(PASSWORD, stored)
