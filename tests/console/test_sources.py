from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from support.deployment import Deployment

from console.conftest import Console

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(console: Console, shop: Deployment) -> tuple[Console, Page, str]:
    """The page of a new source, and where the API speaks of it."""
    me = console.page.request.get(f"{shop.url}/api/me").json()
    made = console.page.request.post(
        f"{shop.url}/api/sources",
        data={"name": f"Till {console.language}", "channel": "store"},
        headers={"X-CSRF-Token": me["csrf"]},
    )
    number = made.json()["id"]
    return console, console.open(f"/sources/{number}"), f"{shop.url}/api/sources/{number}"


class TestRules:
    def test_are_saved_as_typed_and_taken_back(self, opened: tuple[Console, Page, str]) -> None:
        console, page, api = opened
        page.get_by_label(console.say("شبکه‌های درون‌سازمانی", "Internal networks")).fill(
            console.say("۱۰.۱.۲.۳/۸", "10.1.2.3/8")
        )
        silent = page.get_by_label(
            console.say("هشدار پس از این مدت خاموشی", "Alert when silent for")
        )
        silent.fill(console.say("۳", "3"))
        page.get_by_role("button", name=console.say("ذخیره‌ی قاعده‌ها", "Save rules")).click()
        undo = page.get_by_role("button", name=console.say("برگردان", "Undo"), exact=True)
        expect(undo).to_be_visible()
        saved = page.request.get(api).json()
        assert saved["internal_networks"] == ["10.0.0.0/8"]
        assert saved["silent_after_s"] == 3 * 3600
        undo.click()
        expect(page.get_by_text(console.say("برگردانده شد", "Undone"))).to_be_visible()
        expect(silent).to_have_value("")
        back = page.request.get(api).json()
        assert (back["internal_networks"], back["silent_after_s"]) == ([], 0)

    def test_that_cannot_be_say_which_field_and_how_to_mend_it(
        self, opened: tuple[Console, Page, str]
    ) -> None:
        console, page, _ = opened
        networks = page.get_by_label(console.say("شبکه‌های درون‌سازمانی", "Internal networks"))
        networks.fill("10.0.0.0/8\nour office")
        page.get_by_role("button", name=console.say("ذخیره‌ی قاعده‌ها", "Save rules")).click()
        expect(networks).to_be_focused()
        expect(networks).to_have_attribute("aria-invalid", "true")
        expect(
            page.get_by_text(console.say("بازه‌ی نشانی نیست", "is not an address block"))
        ).to_be_visible()
        page.get_by_role("button", name=console.say("برگرداندن تغییرها", "Undo changes")).click()
        expect(networks).to_have_value("")
        expect(networks).not_to_have_attribute("aria-invalid", "true")

    def test_that_remove_events_are_asked_about_first(
        self, opened: tuple[Console, Page, str]
    ) -> None:
        console, page, api = opened
        page.get_by_label(console.say("مدت نگه‌داری رویدادها", "Keep events for")).fill(
            console.say("۳۰", "30")
        )
        page.get_by_role("button", name=console.say("ذخیره‌ی قاعده‌ها", "Save rules")).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(console.say("۳۰ روز", "30 days"))
        assert page.request.get(api).json()["retention_days"] == 0
        dialog.get_by_role("button", name=console.say("ذخیره‌ی قاعده‌ها", "Save rules")).click()
        expect(dialog).to_have_count(0)
        assert page.request.get(api).json()["retention_days"] == 30

    def test_not_saved_are_not_left_behind_unasked(self, opened: tuple[Console, Page, str]) -> None:
        console, page, _ = opened
        name = page.get_by_label(console.say("نام", "Name"), exact=True)
        name.fill("Second till")
        page.get_by_role("link", name=console.say("نبض", "Pulse")).first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name=console.say("انصراف", "Cancel")).click()
        expect(name).to_have_value("Second till")
        page.get_by_role("link", name=console.say("نبض", "Pulse")).first.click()
        dialog.get_by_role("button", name=console.say("رفتن", "Leave")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(console.say("نبض", "Pulse"))


class TestArchive:
    def test_lasts_until_it_is_brought_back(self, opened: tuple[Console, Page, str]) -> None:
        console, page, api = opened
        archive = console.say("بایگانی", "Archive")
        page.get_by_role("button", name=archive).click()
        page.get_by_role("dialog").get_by_role("button", name=archive).click()
        expect(
            page.get_by_text(console.say("این منبع بایگانی شده", "source is archived"))
        ).to_be_visible()
        assert page.request.get(api).json()["archived_at"]
        page.get_by_role("button", name=console.say("بازگرداندن", "Bring back")).click()
        expect(page.get_by_role("button", name=archive)).to_be_visible()
        assert page.request.get(api).json()["archived_at"] is None


class TestSilence:
    def test_is_told_on_pulse_in_the_language_of_who_looks(
        self, opened: tuple[Console, Page, str]
    ) -> None:
        console, page, api = opened
        csrf = page.request.get(api.partition("/sources")[0] + "/me").json()["csrf"]
        told = {"X-CSRF-Token": csrf}
        assert page.request.patch(api, data={"silent_after_s": 1}, headers=told).ok
        console.open("/")
        name = f"Till {console.language}"
        said = console.say(f"از «\u2068{name}\u2069» در", f"Nothing from “\u2068{name}\u2069” for")
        alert = page.get_by_role("listitem").filter(has_text=said)
        alert.get_by_role("link", name=console.say("منبعی خاموش شده", "Source has gone")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert page.request.patch(api, data={"silent_after_s": 0}, headers=told).ok
