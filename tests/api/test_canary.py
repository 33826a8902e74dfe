"""Secrets travel over HTTP and are found in no file and no log line afterwards."""

import logging

from support.api import PASSWORD, fill

from hamsafar.access.types import Role


class TestSecrets:
    def test_are_in_no_file_of_the_data_folder_and_no_log_line(self, site, caplog):
        caplog.set_level(logging.DEBUG)
        fill(site)
        with site.join(Role.OWNER) as owner:
            body = {"email": "ali@example.com", "role": "agent"}
            invite = owner.post("/api/users", json=body).json()["link"].partition("token=")[2]
            body = {"name": "crm", "scopes": ["profiles.read", "people.read"]}
            token = owner.post("/api/tokens", json=body).json()["token"]
            key = owner.post(f"/api/sources/{site.river.source}/keys", json={"name": "web"}).json()[
                "write_key"
            ]
            owner.post(
                "/api/sign-in", json={"email": owner.me["email"], "password": "wrong " + PASSWORD}
            )
            with site.stranger() as program:
                program.headers["Authorization"] = f"Bearer {token}"
                program.get("/api/people", params={"q": "sara@example.com"}).raise_for_status()
                program.get("/api/people/424242")
                program.post("/v1/track", params={"writeKey": key}, json={"event": "x"})
            secrets = [PASSWORD, invite, token, key, owner.me["csrf"], owner.cookies["hamsafar"]]
        folder = site.river.hamsafar.settings.data
        kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        told = "\n".join(record.getMessage() for record in caplog.records)
        assert b"ali@example.com" in kept
        assert [secret for secret in secrets if secret.encode() in kept] == []
        # httpx logs the addresses a client asks for; that is the client's side.
        served = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("hamsafar"))
        assert [secret for secret in secrets if secret in served] == []
        assert "sara@example.com" not in served
        assert "سارا" not in told
