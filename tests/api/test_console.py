import pytest
from support.api import serving

INDEX = "<!doctype html><script type=module src=/assets/app-1.js></script>"


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    folder = tmp_path_factory.mktemp("console")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "app-1.js").write_text("console.log(1)")
    (folder / "icon.svg").write_text("<svg/>")
    (folder.parent / "secret.txt").write_text("secret")
    with serving(tmp_path_factory.mktemp("front") / "data", folder) as site:
        yield site.stranger()


class TestFiles:
    def test_are_served_with_their_type_and_kept_when_named_by_content(self, front):
        script = front.get("/assets/app-1.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert "immutable" in script.headers["cache-control"]
        assert front.get("/icon.svg").headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/", "/customers/1042", "/welcome?token=x", "/journeys"])
    def test_every_address_of_the_console_opens_its_start_page(self, front, path):
        answer = front.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX)
        assert answer.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize(
        "path",
        ["/assets/gone.js", "/api/nothing", "/v1/spaces/default/nothing", "/api", "/api/"],
    )
    def test_what_is_not_there_is_not_found(self, front, path):
        answer = front.get(path)
        assert answer.status_code == 404 or (path == "/api" and answer.text == INDEX)

    @pytest.mark.parametrize(
        "path",
        [
            "/../secret.txt",
            "/assets/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/..%2fsecret.txt",
            "//etc/passwd",
            "/assets/%2fetc%2fpasswd",
            "/%00",
            "/" + "a" * 3000,
        ],
    )
    def test_nothing_outside_the_folder_is_served(self, front, path):
        answer = front.get(path)
        assert answer.status_code in {200, 400, 404}
        assert "secret" not in answer.text
        assert "root:" not in answer.text


class TestHeaders:
    def test_scripts_come_from_us_alone(self, front):
        answer = front.get("/")
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer.headers["content-security-policy"].split(";")
        )
        assert policy["script-src"] == "'self'"
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["connect-src"] == "'self'"

    @pytest.mark.parametrize("path", ["/", "/api/me", "/healthz", "/assets/gone.js"])
    def test_stand_on_every_answer(self, front, path):
        headers = front.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in headers or "uvicorn" in headers["server"]

    def test_answers_of_the_api_are_never_stored_and_run_nothing(self, front):
        headers = front.get("/api/me").headers
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")

    def test_no_other_origin_is_let_in(self, front):
        answer = front.options(
            "/api/people",
            headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
        )
        assert not [name for name in answer.headers if name.startswith("access-control")]


class TestNotBuilt:
    def test_says_how_to_build_it(self, tmp_path):
        with serving(tmp_path / "data", tmp_path / "nothing") as site:
            answer = site.stranger().get("/")
        assert "make setup" in answer.text
