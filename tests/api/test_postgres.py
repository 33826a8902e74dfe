"""The same server on PostgreSQL: one walk through every room that reads or writes."""

import pytest
from support.api import fill, serving
from support.postgres import Server, postgres_server  # noqa: F401  (a fixture)

from hamsafar.access.types import Role

pytestmark = pytest.mark.postgres
ROOMS = (
    "/api/me",
    "/api/users",
    "/api/tokens",
    "/api/workspace",
    "/api/pulse",
    "/api/people",
    "/api/people?q=sara@example.com",
    "/api/journeys/graph",
    "/api/journeys/variants",
    "/api/names",
    "/api/channels",
    "/api/sources",
    "/api/quarantine",
    "/api/audit",
    "/api/webhooks",
    "/metrics",
)


@pytest.fixture
def site(tmp_path, postgres_server: Server):  # noqa: F811
    name = postgres_server.create()
    with serving(tmp_path / "data", database=postgres_server.url(name)) as opened:
        yield opened
    postgres_server.drop(name)


class TestOnPostgres:
    def test_every_room_answers_and_a_merge_is_undone(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            for room in ROOMS:
                assert owner.get(room).status_code == 200, room
            person = site.river.hamsafar.profiles.find("user_id", "u1")
            for part in ("", "/timeline", "/identity"):
                owner.get(f"/api/people/{person}{part}").raise_for_status()
            told = owner.get(f"/api/people/{person}/identity").json()
            claim = next(c for c in told["claims"] if c["a_label"] == "anonymous_id:a1")
            body = {"a": claim["a"], "b": claim["b"], "reason": "two people"}
            job = owner.post(f"/api/people/{person}/severances", json=body).json()["job"]
            site.river.flow()
            assert owner.get(f"/api/jobs/{job}").json()["state"] == "done"
            rows = owner.get("/api/audit", params={"subject": f"person:{person}"}).json()["items"]
            assert {row["action"] for row in rows} == {
                "person.read",
                "timeline.read",
                "identity.read",
                "person.sever",
            }
            assert site.access.audit.first_break() is None
