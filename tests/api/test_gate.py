from collections import defaultdict

import pytest
from fastapi import APIRouter, Depends, FastAPI
from support.api import serving

from hamsafar.access import permissions_of
from hamsafar.access.types import Permission, Role
from hamsafar.api.gate import Needs, Open, RouteWithoutGate, check_gates

ROLES = (Role.OWNER, Role.ANALYST, Role.AGENT)
NEEDED = {
    ("GET", "/api/users"): "users.edit",
    ("POST", "/api/users"): "users.edit",
    ("PATCH", "/api/users/{user}"): "users.edit",
    ("POST", "/api/users/{user}/reset"): "users.edit",
    ("GET", "/api/tokens"): "tokens.edit",
    ("POST", "/api/tokens"): "tokens.edit",
    ("DELETE", "/api/tokens/{token}"): "tokens.edit",
    ("PATCH", "/api/workspace"): "workspace.edit",
    ("GET", "/api/pulse"): "pulse.read",
    ("GET", "/api/live"): "pulse.read",
    ("GET", "/api/people"): "people.read",
    ("GET", "/api/people/{person}"): "people.read",
    ("GET", "/api/people/{person}/timeline"): "people.read",
    ("GET", "/api/people/{person}/identity"): "people.read",
    ("POST", "/api/people/{person}/severances"): "people.edit",
    ("DELETE", "/api/severances/{severance}"): "people.edit",
    ("POST", "/api/people/{person}/erase"): "people.erase",
    ("GET", "/api/journeys/graph"): "journeys.read",
    ("GET", "/api/journeys/people"): "journeys.read",
    ("GET", "/api/journeys/variants"): "journeys.read",
    ("POST", "/api/journeys/query"): "journeys.read",
    ("POST", "/api/journeys/query/people"): "journeys.read",
    ("POST", "/api/impact/drivers"): "journeys.read",
    ("POST", "/api/impact/attribution"): "journeys.read",
    ("POST", "/api/impact/people"): "journeys.read",
    ("POST", "/api/impact/taint"): "journeys.read",
    ("POST", "/api/journeys/query/export"): "journeys.read",
    ("POST", "/api/journeys/explain"): "journeys.read",
    ("POST", "/api/journeys/explain/{person}"): "journeys.read",
    ("GET", "/api/properties"): "journeys.read",
    ("GET", "/api/traits"): "journeys.read",
    ("GET", "/api/groups"): "journeys.read",
    ("POST", "/api/groups"): "journeys.edit",
    ("PATCH", "/api/groups/{group}"): "journeys.edit",
    ("DELETE", "/api/groups/{group}"): "journeys.edit",
    ("GET", "/api/maps"): "journeys.read",
    ("POST", "/api/maps"): "journeys.edit",
    ("GET", "/api/maps/{map_id}"): "journeys.read",
    ("PATCH", "/api/maps/{map_id}"): "journeys.edit",
    ("DELETE", "/api/maps/{map_id}"): "journeys.edit",
    ("GET", "/api/maps/{map_id}/diff"): "journeys.read",
    ("GET", "/api/maps/{map_id}/versions"): "journeys.read",
    ("POST", "/api/maps/{map_id}/versions"): "journeys.edit",
    ("GET", "/api/maps/{map_id}/yaml"): "journeys.read",
    ("PUT", "/api/maps/{map_id}/yaml"): "journeys.edit",
    ("GET", "/api/maps/{map_id}/conformance"): "journeys.read",
    ("GET", "/api/maps/{map_id}/people"): "journeys.read",
    ("GET", "/api/maps/{map_id}/allowances"): "journeys.read",
    ("POST", "/api/maps/{map_id}/allowances"): "journeys.edit",
    ("PATCH", "/api/maps/{map_id}/allowances/{key}"): "journeys.edit",
    ("DELETE", "/api/maps/{map_id}/allowances/{key}"): "journeys.edit",
    ("GET", "/api/friction"): "journeys.read",
    ("GET", "/api/friction/detectors"): "journeys.read",
    ("PUT", "/api/friction/detectors"): "journeys.edit",
    ("GET", "/api/friction/roles"): "journeys.read",
    ("PUT", "/api/friction/roles"): "journeys.edit",
    ("GET", "/api/friction/containment"): "journeys.read",
    ("GET", "/api/friction/{key}/people"): "journeys.read",
    ("PATCH", "/api/friction/{key}"): "journeys.edit",
    ("POST", "/api/maps/draft"): "journeys.edit",
    ("GET", "/api/maps/{map_id}/drift"): "journeys.read",
    ("GET", "/api/ledger"): "journeys.read",
    ("GET", "/api/ledger/people"): "journeys.read",
    ("GET", "/api/working-hours"): "journeys.read",
    ("PUT", "/api/working-hours"): "journeys.edit",
    ("GET", "/api/sources"): "sources.read",
    ("POST", "/api/sources"): "sources.edit",
    ("GET", "/api/sources/{source}"): "sources.read",
    ("PATCH", "/api/sources/{source}"): "sources.edit",
    ("POST", "/api/sources/{source}/keys"): "sources.edit",
    ("DELETE", "/api/sources/{source}/keys/{key}"): "sources.edit",
    ("GET", "/api/quarantine"): "quarantine.read",
    ("POST", "/api/quarantine/replay"): "quarantine.edit",
    ("POST", "/api/quarantine/discard"): "quarantine.edit",
    ("GET", "/api/audit"): "audit.read",
    ("GET", "/api/webhooks"): "workspace.edit",
    ("POST", "/api/webhooks"): "workspace.edit",
    ("DELETE", "/api/webhooks/{webhook}"): "workspace.edit",
} | {
    ("GET", f"/v1/spaces/{{space}}/collections/users/profiles/{{external_id}}/{part}"): (
        "profiles.read"
    )
    for part in ("traits", "external_ids", "events", "metadata")
}
KNOWN_ONLY = {
    ("POST", "/api/sign-out"),
    ("GET", "/api/me"),
    ("PATCH", "/api/me"),
    ("GET", "/api/workspace"),
    ("GET", "/api/channels"),
    ("GET", "/api/names"),
    ("GET", "/api/jobs/{job}"),
}
OPEN = {
    ("POST", "/api/sign-in"),
    ("GET", "/api/links/{token}"),
    ("POST", "/api/links/{token}"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
}
FILL = defaultdict(
    lambda: "nothing",
    {
        "user": "nobody",
        "person": "4242",
        "source": "4242",
        "space": "default",
        "external_id": "user_id:nobody",
    },
)


def operations(site):
    document = site.stranger().get("/api/openapi.json").json()
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def call(client, method, path):
    if path == "/api/live":
        with client.stream(method, path) as answer:
            if answer.is_error:
                answer.read()
            return answer
    body = {} if method in {"POST", "PATCH", "PUT"} else None
    return client.request(method, path.format_map(FILL), json=body)


@pytest.fixture(scope="module")
def staff(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("staff") / "data") as site:
        yield site, {role: site.join(role) for role in ROLES}


class TestStartUp:
    def test_fails_when_a_route_has_no_gate(self):
        app, router = FastAPI(openapi_url=None), APIRouter()

        @router.get("/api/naked")
        def naked() -> None:
            """Nobody asks who calls."""

        app.include_router(router)
        with pytest.raises(RouteWithoutGate, match="/api/naked has 0 gates"):
            check_gates(app)

    def test_fails_when_a_route_has_two(self):
        app = FastAPI(openapi_url=None)
        gates = [Depends(Open(why="x")), Depends(Needs(Permission.PULSE_READ))]

        @app.get("/api/odd", dependencies=gates)
        def odd() -> None:
            """Which one counts."""

        with pytest.raises(RouteWithoutGate, match="has 2 gates"):
            check_gates(app)

    def test_fails_for_what_is_not_a_route_of_ours(self):
        app = FastAPI()
        with pytest.raises(RouteWithoutGate, match="not behind a gate"):
            check_gates(app)


class TestEveryRoute:
    def test_needs_exactly_what_this_table_says(self, staff):
        found = operations(staff[0])
        assert {key: o["x-permission"] for key, o in found.items() if "x-permission" in o} == NEEDED
        bare = {key for key, operation in found.items() if "x-permission" not in operation}
        assert bare == KNOWN_ONLY | OPEN
        assert {key for key in bare if found[key]["security"] == []} == OPEN

    def test_knows_nobody_without_a_credential(self, staff):
        stranger = staff[0].stranger()
        for method, path in sorted(set(NEEDED) | KNOWN_ONLY):
            assert call(stranger, method, path).status_code == 401, (method, path)

    @pytest.mark.parametrize("role", ROLES)
    def test_lets_a_role_pass_exactly_where_its_permissions_allow(self, staff, role):
        allowed = permissions_of(role)
        for (method, path), permission in sorted(NEEDED.items()):
            status = call(staff[1][role], method, path).status_code
            assert (status != 403) == (permission in allowed), (method, path, status)
            assert status < 500, (method, path)

    @pytest.mark.parametrize("scope", list(Permission))
    def test_lets_a_token_pass_exactly_where_its_scope_allows(self, staff, scope):
        program = staff[0].program(scope)
        for (method, path), permission in sorted(NEEDED.items()):
            answer = call(program, method, path)
            # A token with the permission may still be told that this needs a person.
            stopped = answer.status_code == 403 and "needs the permission" in answer.text
            assert stopped != (permission == scope), (method, path, answer.status_code)

    @pytest.mark.parametrize(
        "credential",
        ["", "Bearer", "Bearer x", "Bearer hms_" + "a" * 49, "Basic !!!", "Basic eDo="],
    )
    def test_a_wrong_token_is_nobody(self, staff, credential):
        stranger = staff[0].stranger()
        answer = stranger.get("/api/people", headers={"Authorization": credential})
        assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")
