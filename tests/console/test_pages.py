from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect
from support.deployment import Deployment

from console.conftest import Console

pytestmark = pytest.mark.browser

PLACES = (
    "/",
    "/live",
    "/customers",
    "/journeys",
    "/journeys?view=variants",
    "/sources",
    "/sources/1",
    "/quarantine",
    "/users",
    "/tokens",
    "/audit",
    "/workspace",
    "/profile",
)


class TestEveryPage:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_opens_and_fits_its_width(self, console: Console, width: int) -> None:
        console.page.set_viewport_size({"width": width, "height": 844})
        for place in PLACES:
            page = console.open(place)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_role("alert")).to_have_count(0)
            too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert too_wide <= 0, f"{place} is {too_wide} px too wide at {width}"


class TestLive:
    def test_shows_an_event_as_it_arrives(self, console: Console, shop: Deployment) -> None:
        page = console.open("/live")
        name = f"Bell Rung {console.language}"
        expect(page.get_by_text(console.say("متصل", "Connected"))).to_be_visible()
        event = {"type": "track", "event": name, "userId": f"ringer-{console.language}"}
        httpx.post(f"{shop.url}/v1/track", json=event, auth=(shop.write_key, "")).raise_for_status()
        expect(page.get_by_text(name)).to_be_visible()


class TestSource:
    def test_made_here_hears_its_first_event(self, console: Console, shop: Deployment) -> None:
        page = console.open("/sources?create=1")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").first.fill(f"Kiosk {console.language}")
        dialog.get_by_role("button", name=console.say("ساختن", "Create"), exact=True).click()
        expect(
            page.get_by_text(console.say("چشم‌به‌راه نخستین رویداد…", "Waiting for the first event…"))
        ).to_be_visible()
        number = page.url.rpartition("/")[2]
        detail = page.request.get(f"{shop.url}/api/sources/{number}").json()
        key = detail["keys"][0]["write_key"]
        event = {"type": "track", "event": "Kiosk Touched", "userId": f"kiosk-{console.language}"}
        httpx.post(f"{shop.url}/v1/track", json=event, auth=(key, "")).raise_for_status()
        expect(
            page.get_by_text(console.say("نخستین رویداد رسید", "First event received"))
        ).to_be_visible()
