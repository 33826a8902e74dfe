from __future__ import annotations

import pytest
from playwright.sync_api import expect

from console.conftest import Console
from console.shop import EMAIL, PASSWORD

pytestmark = pytest.mark.browser


class TestSignIn:
    def test_leads_to_the_page_that_was_asked_for(self, stranger: Console) -> None:
        page = stranger.open("/customers?q=x")
        page.locator("input[name=email]").fill(EMAIL)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("button[type=submit]").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            stranger.say("مشتریان", "Customers")
        )
        assert page.url.endswith("/customers?q=x")

    def test_says_that_the_password_is_wrong(self, stranger: Console) -> None:
        page = stranger.open("/sign-in")
        page.locator("input[name=email]").fill(EMAIL)
        page.locator("input[name=password]").fill("not the password at all")
        page.locator("button[type=submit]").click()
        expect(page.get_by_role("alert")).to_contain_text(stranger.say("درست نیست", "is wrong"))

    def test_shows_the_language_in_its_direction(self, stranger: Console) -> None:
        page = stranger.open("/sign-in")
        expect(page.get_by_role("heading", level=1)).to_have_text(stranger.say("ورود", "Sign in"))
        assert page.evaluate("document.documentElement.dir") == stranger.say("rtl", "ltr")
        page.get_by_role("button", name=stranger.say("Show in English", "نمایش به فارسی")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(stranger.say("Sign in", "ورود"))
        assert page.evaluate("document.documentElement.dir") == stranger.say("ltr", "rtl")


class TestOneTimeLink:
    def test_that_was_used_says_what_to_do(self, stranger: Console) -> None:
        page = stranger.open("/welcome?token=used-long-ago")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            stranger.say("این پیوند دیگر کار نمی‌کند", "This link no longer works")
        )


class TestSignOut:
    def test_closes_the_door(self, console: Console) -> None:
        page = console.open("/")
        page.get_by_role("button", name=console.say("حساب", "Account"), exact=True).click()
        page.get_by_role("menuitem", name=console.say("خروج", "Sign out")).click()
        expect(page.locator("input[name=password]")).to_be_visible()
        console.open("/customers")
        expect(page.locator("input[name=password]")).to_be_visible()
