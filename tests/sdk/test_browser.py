"""The unchanged browser client in Chromium: the npm build and the HTML snippet.

The page lives on another origin than the server, as in life: every call needs its preflight.
"""

from __future__ import annotations

import http.server
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from sdk.conftest import Trial
from support.fault_proxy import fault_proxy

HERE = Path(__file__).parent
MODULES = HERE / "node" / "node_modules"
EVENTS = 24
PATIENCE_S = 100

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


class QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def shop(folder: Path) -> Iterator[str]:
    """Serve a folder as the shop's own web site."""
    handler = partial(QuietFiles, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The npm build, bundled as an application does it."""
    if not MODULES.is_dir():
        pytest.fail("the browser client is not installed: run `make setup`")
    out = tmp_path_factory.mktemp("bundle") / "app.js"
    subprocess.run(
        [
            MODULES / ".bin" / "esbuild",
            HERE / "browser" / "app.mjs",
            "--bundle",
            f"--outfile={out}",
        ],
        check=True,
        capture_output=True,
        env={"NODE_PATH": str(MODULES), "PATH": "/usr/bin:/bin"},
    )
    return out.read_text()


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page()
        browser.close()


def npm_page(folder: Path, bundle: str, trial: Trial, url: str, *, batching: bool) -> None:
    target = {"url": url, "writeKey": trial.deployment.write_key, "batching": batching}
    script = f"window.target = {json.dumps(target)};\n{bundle}"
    (folder / "app.js").write_text(script, encoding="utf-8")
    (folder / "index.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>npm</title><script src="app.js"></script>',
        encoding="utf-8",
    )


def snippet_page(folder: Path, trial: Trial, url: str) -> None:
    html = (HERE / "browser" / "snippet.html").read_text(encoding="utf-8")
    html = html.replace("HOST", url).replace("WRITE_KEY", trial.deployment.write_key)
    html = html.replace("PREFIX", trial.prefix)
    (folder / "index.html").write_text(html, encoding="utf-8")


def send(page: Page, url: str, prefix: str) -> set[str]:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(url)
    page.wait_for_function("window.analytics && (window.analytics.initialized ?? true)")
    script = (HERE / "browser" / "send.js").read_text(encoding="utf-8")
    ids = page.evaluate(script, [EVENTS, prefix])
    assert problems == []
    return set(ids)


def wait_for(trial: Trial, ids: set[str], page: Page) -> None:
    """Wait until all ids came in; the page must stay alive, it still retries."""
    until = time.monotonic() + PATIENCE_S
    while not ids <= trial.delivered().ids and time.monotonic() < until:
        page.wait_for_timeout(300)
    page.wait_for_timeout(500)


class TestNpmBuild:
    @pytest.mark.parametrize("batching", [False, True])
    def test_every_event_arrives_once(
        self, tmp_path: Path, trial: Trial, bundle: str, page: Page, batching: bool
    ) -> None:
        npm_page(tmp_path, bundle, trial, trial.deployment.url, batching=batching)
        with shop(tmp_path) as url:
            ids = send(page, url, trial.prefix)
            wait_for(trial, ids, page)
        trial.check(ids, may_resend=False)

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(
        self, tmp_path: Path, trial: Trial, bundle: str, page: Page
    ) -> None:
        with (
            fault_proxy(trial.deployment.port, share=0.3, seed=3) as proxy,
            shop(tmp_path) as url,
        ):
            npm_page(tmp_path, bundle, trial, proxy.url, batching=False)
            ids = send(page, url, trial.prefix)
            wait_for(trial, ids, page)
        assert proxy.faults > 0
        trial.check(ids, may_resend=True)


class TestHtmlSnippet:
    def test_every_event_arrives_once_with_nothing_from_elsewhere(
        self, tmp_path: Path, trial: Trial, page: Page
    ) -> None:
        hosts: set[str] = set()
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        snippet_page(tmp_path, trial, trial.deployment.url)
        with shop(tmp_path) as url:
            ids = send(page, url, trial.prefix) | {f"{trial.prefix}-first-page"}
            wait_for(trial, ids, page)
            assert hosts == {trial.deployment.url.split("/")[2], url.split("/")[2]}
        trial.check(ids, may_resend=False)

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(
        self, tmp_path: Path, trial: Trial, page: Page
    ) -> None:
        with (
            fault_proxy(trial.deployment.port, share=0.3, seed=8) as proxy,
            shop(tmp_path) as url,
        ):
            snippet_page(tmp_path, trial, proxy.url)
            ids = send(page, url, trial.prefix) | {f"{trial.prefix}-first-page"}
            wait_for(trial, ids, page)
        assert proxy.faults > 0
        trial.check(ids, may_resend=True)
