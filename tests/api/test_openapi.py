"""The whole OpenAPI document against a real server: whatever is sent, never a 5xx."""

import warnings

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance

from hamsafar.access.types import Permission, Role

EXAMPLES = 12
SKIPPED = "/api/live"
"""An answer without an end; test_live.py sends it nonsense."""


@pytest.fixture(scope="module")
def document(story):
    found = story.stranger().get("/api/openapi.json").json()
    found["paths"].pop(SKIPPED)
    loaded = schemathesis.openapi.from_dict(found)
    loaded.config.base_url = story.url
    return loaded


@pytest.fixture(scope="module")
def session(story):
    """An owner's cookie and CSRF value; sign-out and password changes cannot end them."""
    owner = story.join(Role.OWNER)
    return {"X-CSRF-Token": owner.me["csrf"], "Cookie": f"hamsafar={owner.cookies['hamsafar']}"}


@pytest.fixture(scope="module")
def token(story):
    return dict(story.program(*Permission).headers)["authorization"]


CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


class TestDocument:
    def test_is_openapi_3_1_and_lists_every_route(self, story):
        found = story.stranger().get("/api/openapi.json").json()
        assert found["openapi"].startswith("3.1")
        assert len(found["paths"]) > 35
        for path, item in found["paths"].items():
            for method, operation in item.items():
                assert "4XX" in operation["responses"], (method, path)


@pytest.fixture(scope="module")
def real(story):
    """Path parameters that name something, so that requests get past the first check."""
    agent = story.join(Role.AGENT)
    return {
        "space": "default",
        "external_id": "user_id:u1",
        "person": story.river.hamsafar.profiles.find("user_id", "u1"),
        "source": story.river.source,
        "user": agent.me["id"],
    }


class TestAnything:
    def test_a_program_sends_finds_no_server_error(self, document, token, real):
        everything(document, {"Authorization": token}, real, CALM)

    def test_a_person_sends_finds_no_server_error(self, document, session, real):
        everything(document, session, real, CALM)

    def test_a_stranger_sends_finds_no_server_error(self, document, real):
        everything(document, {}, real, settings(CALM, max_examples=3))

    @pytest.mark.long
    @pytest.mark.timeout(3600)
    def test_in_hundreds_finds_no_server_error(self, document, token, real):
        everything(document, {"Authorization": token}, real, settings(CALM, max_examples=300))


def everything(document, headers, real, how):
    """Send generated requests to every operation, half of them to things that exist."""
    for result in document.get_all_operations():
        operation = result.ok()

        @how
        @given(case=operation.as_strategy(), is_real=st.booleans())
        def attempt(case, is_real):
            if is_real:
                known = {name: real[name] for name in case.path_parameters or {} if name in real}
                case.path_parameters.update(known) if known else None
            check(case, headers)

        attempt()


def check(case, headers):
    # Signing out or signing in anew would end the session the other requests need.
    own = {} if case.path in {"/api/sign-in", "/api/sign-out"} else headers
    response = case.call(headers=own, timeout=20)
    case.validate_response(response, checks=[not_a_server_error])
    if response.status_code == httpx.codes.OK:
        case.validate_response(response, checks=[response_schema_conformance])
