from datetime import timedelta

import pytest
from support.access import LOCAL

from hamsafar.access import session_caller
from hamsafar.access.types import Permission, Role
from hamsafar.kernel.clock import DAY_US
from hamsafar.kernel.errors import BadInput, NotAllowed, NotFound

READ = [Permission.PROFILES_READ]


class TestCreate:
    def test_a_token_speaks_with_its_scopes(self, desk):
        token, text = desk.access.tokens.create(LOCAL, name="crm", scopes=READ)
        caller = desk.access.tokens.find(text)
        assert caller.permissions == set(READ)
        assert caller.actor == f"token:{token.id}"
        assert text.startswith(token.prefix)

    def test_needs_a_name_and_a_scope(self, desk):
        with pytest.raises(BadInput):
            desk.access.tokens.create(LOCAL, name=" ", scopes=READ)
        with pytest.raises(BadInput):
            desk.access.tokens.create(LOCAL, name="crm", scopes=[])

    def test_nobody_gives_what_he_does_not_have(self, desk):
        desk.join(Role.OWNER)
        signed = desk.join(Role.ANALYST)
        analyst = session_caller(desk.access.sessions.find(signed.secret))
        with pytest.raises(NotAllowed, match=r"users\.edit"):
            desk.access.tokens.create(analyst, name="x", scopes=[Permission.USERS_EDIT])

    def test_a_token_makes_no_tokens(self, desk):
        _, text = desk.access.tokens.create(LOCAL, name="x", scopes=list(Permission))
        with pytest.raises(NotAllowed, match="sign in"):
            desk.access.tokens.create(desk.access.tokens.find(text), name="y", scopes=READ)


class TestFind:
    def test_an_old_or_revoked_one_is_nobody(self, desk):
        token, text = desk.access.tokens.create(
            LOCAL, name="crm", scopes=READ, life=timedelta(days=1)
        )
        other, other_text = desk.access.tokens.create(LOCAL, name="crm", scopes=READ)
        desk.clock.move(DAY_US)
        assert desk.access.tokens.find(text) is None
        desk.access.tokens.revoke(LOCAL, other.id)
        assert desk.access.tokens.find(other_text) is None
        with pytest.raises(NotFound):
            desk.access.tokens.revoke(LOCAL, other.id)
        assert token.expires_at

    def test_loses_what_its_maker_loses(self, desk):
        desk.join(Role.OWNER)
        signed = desk.join(Role.OWNER, "second@example.com")
        maker = session_caller(desk.access.sessions.find(signed.secret))
        _, text = desk.access.tokens.create(
            maker, name="x", scopes=[Permission.USERS_EDIT, Permission.PEOPLE_READ]
        )
        desk.access.accounts.change(LOCAL, signed.account.id, role=Role.AGENT)
        assert desk.access.tokens.find(text).permissions == {"people.read"}
        desk.access.accounts.change(LOCAL, signed.account.id, disabled=True)
        assert desk.access.tokens.find(text).permissions == set()

    def test_remembers_when_it_was_last_used(self, desk):
        _, text = desk.access.tokens.create(LOCAL, name="crm", scopes=READ)
        desk.access.tokens.find(text)
        desk.access.tokens.find(text)
        assert desk.access.tokens.all()[0].last_used_at == desk.clock.now_us()
