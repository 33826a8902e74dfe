import pytest

from hamsafar.api.root import is_collection


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            *(f"/v1/{word}" for word in ("batch", "b", "track", "t", "identify", "i", "m", "p")),
            "/v1/import",
            "/v1/projects/key/settings",
            "/projects/key/settings",
            "/b",
            "/batch",
            "/m",
            "/analytics.js/v1/key/analytics.min.js",
            "/analytics-next/bundles/x.js",
        ],
    )
    def test_of_tracking_go_to_collection(self, path):
        assert is_collection(path)

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/api/me",
            "/healthz",
            "/metrics",
            "/v1/spaces/default/x",
            "/bats",
            "/v10",
            "/people",
        ],
    )
    def test_of_the_rest_do_not(self, path):
        assert not is_collection(path)

    def test_both_answer_on_one_port(self, story):
        stranger = story.stranger()
        assert stranger.post("/v1/track", json={}).status_code == 401
        assert stranger.get("/healthz").json() == {"status": "ready"}
