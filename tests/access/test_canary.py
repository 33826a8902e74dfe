import pytest
from support.access import LOCAL, PASSWORD

from hamsafar.access.types import Permission, Role, SourceDraft


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
class TestNothingReadableIsStored:
    def test_no_password_key_token_link_or_cookie_is_in_any_file(self, desk, tmp_path):
        access = desk.access
        signed = desk.join(Role.OWNER)
        _, invite = access.accounts.invite(LOCAL, email="ali@example.com", role=Role.AGENT)
        reset = access.accounts.reset(LOCAL, signed.account.id)
        _, token = access.tokens.create(LOCAL, name="t", scopes=[Permission.PULSE_READ])
        source = access.sources.create(LOCAL, SourceDraft(name="web", channel="web"))
        key = access.sources.add_key(LOCAL, source.id, "k")
        session = access.sessions.sign_in(signed.account.email, PASSWORD, address="::1")
        secrets = [PASSWORD, invite, reset, token, key.secret, session.secret, session.csrf]
        secrets += [signed.secret, signed.csrf]
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert signed.account.email.encode() in kept
        assert [secret for secret in secrets if secret.encode() in kept] == []
