import pytest
from support.access import CHEAP, PASSWORD, SECRET, Office

from hamsafar.access import Access
from hamsafar.access.errors import LockedOut, WrongPassword
from hamsafar.access.throttle import FREE_TRIES_ACCOUNT
from hamsafar.access.types import Role
from hamsafar.kernel.clock import DAY_US, SECOND_US

HOUR_US = 3600 * SECOND_US


def restarted(desk: Office) -> Access:
    return Access.on(desk.database, desk.clock, secret=SECRET, settings=CHEAP)


class TestSignIn:
    def test_gives_a_new_session_and_ends_the_old_one_of_the_browser(self, desk):
        first = desk.join(Role.OWNER)
        second = desk.access.sessions.sign_in(
            "owner@example.com", PASSWORD, address="::1", old=first.secret
        )
        assert second.secret != first.secret
        assert desk.access.sessions.find(first.secret) is None
        assert desk.access.sessions.find(second.secret).csrf == second.csrf

    @pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com", "", "\ud800"])
    def test_wrong_password_and_unknown_account_look_the_same(self, desk, email):
        desk.join(Role.OWNER)
        with pytest.raises(WrongPassword) as caught:
            desk.access.sessions.sign_in(email, "wrong", address="::1")
        assert caught.value.detail == "e-mail or password is wrong"

    def test_after_five_wrong_ones_even_the_right_one_waits(self, desk):
        desk.join(Role.OWNER)
        for _ in range(5):
            with pytest.raises(WrongPassword):
                desk.access.sessions.sign_in("owner@example.com", "wrong", address="::1")
        with pytest.raises(LockedOut) as caught:
            desk.access.sessions.sign_in("owner@example.com", PASSWORD, address="::1")
        assert caught.value.after.total_seconds() == 30
        assert desk.access.sessions.sign_in("owner@example.com", PASSWORD, address="::2")
        desk.clock.move(31 * SECOND_US)
        assert desk.access.sessions.sign_in("owner@example.com", PASSWORD, address="::1")


class TestRestart:
    def test_does_not_forgive_guesses_at_an_account(self, desk):
        desk.join(Role.OWNER)
        for number in range(FREE_TRIES_ACCOUNT):
            with pytest.raises(WrongPassword):
                desk.access.sessions.sign_in("owner@example.com", "wrong", address=str(number))
        again = restarted(desk).sessions
        with pytest.raises(LockedOut):
            again.sign_in("owner@example.com", PASSWORD, address="elsewhere")
        desk.clock.move(HOUR_US)
        assert again.sign_in("owner@example.com", PASSWORD, address="elsewhere")


class TestFind:
    def test_ends_when_unused_for_half_a_day(self, desk):
        signed = desk.join(Role.OWNER)
        desk.clock.move(11 * HOUR_US)
        assert desk.access.sessions.find(signed.secret)
        desk.clock.move(11 * HOUR_US)
        assert desk.access.sessions.find(signed.secret)
        desk.clock.move(12 * HOUR_US)
        assert desk.access.sessions.find(signed.secret) is None

    def test_ends_after_a_week_however_used(self, desk):
        signed = desk.join(Role.OWNER)
        for _ in range(14):
            desk.clock.move(DAY_US // 2 - HOUR_US)
            desk.access.sessions.find(signed.secret)
        desk.clock.move(DAY_US)
        assert desk.access.sessions.find(signed.secret) is None

    def test_sign_out_ends_it(self, desk):
        signed = desk.join(Role.OWNER)
        desk.access.sessions.sign_out(signed.secret)
        assert desk.access.sessions.find(signed.secret) is None

    @pytest.mark.parametrize("secret", ["", "x", "\0", "\ud800"])
    def test_nonsense_is_no_session(self, desk, secret):
        assert desk.access.sessions.find(secret) is None


class TestOwn:
    def test_name_and_language_change(self, desk):
        account = desk.join(Role.OWNER).account
        changed = desk.access.sessions.change_own(account.id, name=" سارا ", language="en")
        assert (changed.name, changed.language) == ("سارا", "en")
        assert desk.access.accounts.all()[0] == changed

    def test_a_new_password_ends_all_other_sessions(self, desk):
        old = desk.join(Role.OWNER)
        new = desk.access.sessions.change_own_password(
            old.account.id, current=PASSWORD, password="another good 77 words", address="::1"
        )
        assert desk.access.sessions.find(old.secret) is None
        assert desk.access.sessions.find(new.secret)

    def test_the_present_password_is_asked(self, desk):
        account = desk.join(Role.OWNER).account
        with pytest.raises(WrongPassword):
            desk.access.sessions.change_own_password(
                account.id, current="wrong", password="another good 77 words", address="::1"
            )
