from __future__ import annotations

import fcntl
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support.deployment import Deployment, deployment

from console.shop import EMAIL, PASSWORD, events

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src" / "hamsafar" / "console_dist" / "index.html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE_MS = 20_000


@pytest.fixture(scope="session")
def built_console() -> None:
    """Build the console if nobody has; two test workers must not do it at once."""
    with Path(tempfile.gettempdir(), "hamsafar-console-build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if BUILT.is_file():
            return
        for command in (["npm", "ci"], ["npm", "run", "build"]):
            subprocess.run(command, cwd=ROOT / "console", check=True, timeout=240)


@pytest.fixture(scope="session")
def shop(built_console: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:  # noqa: ARG001
    """A running deployment with an owner and a few people whose story the tests know."""
    data = tmp_path_factory.mktemp("console") / "data"
    with deployment(data) as made:
        said = data.with_suffix(".log").read_text()
        link = said.rpartition("/welcome?token=")[2].split()[0]
        account = {"name": "سارا مدیر", "email": EMAIL, "password": PASSWORD}
        httpx.post(f"{made.url}/api/links/{link}", json=account).raise_for_status()
        batch = {"batch": events()}
        httpx.post(f"{made.url}/v1/batch", json=batch, auth=(made.write_key, "")).raise_for_status()
        made.settled()
        yield made


# Not for the session: while Playwright runs, no other test of this process can run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Console:
    """A browser page on the console.

    Attributes:
        page: Playwright's page.
        url: where the deployment listens.
        language: `fa` or `en`.
    """

    page: Page
    url: str
    language: str

    def open(self, path: str) -> Page:
        """Go to a page of the console and return the browser page."""
        self.page.goto(self.url + path)
        return self.page

    def say(self, fa: str, en: str) -> str:
        """Return the text in the language of this console."""
        return fa if self.language == "fa" else en

    def sign_in(self) -> None:
        """Take a session without clicking."""
        account = {"email": EMAIL, "password": PASSWORD}
        answer = self.page.request.post(f"{self.url}/api/sign-in", data=account)
        assert answer.ok, answer.text()


@pytest.fixture(params=["fa", "en"])
def stranger(
    request: pytest.FixtureRequest, chromium: Browser, shop: Deployment
) -> Iterator[Console]:
    """A console nobody has signed in to; at the end nothing may have gone wrong unseen."""
    language: str = request.param
    locale = "fa-IR" if language == "fa" else "en-GB"
    context = chromium.new_context(locale=locale, viewport={"width": 1280, "height": 860})
    context.add_init_script(f"localStorage.setItem('hamsafar.language', '{language}')")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: _note_policy(said.text, wrong))
    page.on("request", lambda asked: _note_stranger(asked.url, shop.url, wrong))
    yield Console(page, shop.url, language)
    context.close()
    assert wrong == []


@pytest.fixture
def console(stranger: Console) -> Console:
    """A console signed in to as the owner."""
    stranger.sign_in()
    return stranger


def _note_policy(said: str, wrong: list[str]) -> None:
    if "Content Security Policy" in said:
        wrong.append(said)


def _note_stranger(asked: str, ours: str, wrong: list[str]) -> None:
    where = urlsplit(asked)
    if where.scheme in {"http", "https"} and where.netloc != urlsplit(ours).netloc:
        wrong.append(f"a request left the house: {asked}")
