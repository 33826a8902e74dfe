from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from console.conftest import Console
from console.shop import NAMES, PHONES, TWINS

pytestmark = pytest.mark.browser

TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
TO_ARABIC = str.maketrans("یک", "يك")


def find(console: Console, text: str) -> Page:
    page = console.open("/customers")
    page.get_by_role("searchbox").fill(text)
    return page


def open_person(console: Console, name: str = "") -> Page:
    name = name or NAMES[console.language]
    page = find(console, name)
    page.get_by_role("main").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page


class TestSearch:
    def test_finds_a_name_written_with_arabic_letters(self, console: Console) -> None:
        name = NAMES[console.language]
        page = find(console, name.translate(TO_ARABIC))
        expect(page.get_by_role("main").get_by_role("link", name=name)).to_be_visible()

    def test_finds_a_phone_as_people_write_it(self, console: Console) -> None:
        phone = "0" + PHONES[console.language].removeprefix("+98")
        page = find(console, phone.translate(TO_PERSIAN))
        name = NAMES[console.language]
        expect(page.get_by_role("main").get_by_role("link", name=name)).to_be_visible()

    def test_says_when_nobody_matches_and_how_to_search(self, console: Console) -> None:
        page = find(console, "هیچ‌کس-۱۲۳")
        expect(page.get_by_text(console.say("کسی با", "Nobody matches"))).to_be_visible()

    def test_from_anywhere_by_one_key(self, console: Console) -> None:
        page = console.open("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.keyboard.press("Slash")
        page.get_by_role("textbox").fill(NAMES[console.language])
        page.get_by_role("button", name=NAMES[console.language]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(NAMES[console.language])

    def test_opens_by_two_keys(self, console: Console) -> None:
        page = console.open("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.keyboard.press("KeyG")
        page.keyboard.press("KeyC")
        expect(page.get_by_role("searchbox")).to_be_visible()


class TestPerson:
    def test_timeline_shows_what_came_and_opens_to_its_details(self, console: Console) -> None:
        page = open_person(console)
        page.get_by_role("button", name="Order Completed").click()
        expect(page.get_by_text('"total": 1250000')).to_be_visible()

    def test_an_event_says_where_it_happened(self, console: Console) -> None:
        page = open_person(console)
        page.get_by_role("button", name="Page: Home").click()
        detail = page.get_by_role("main").get_by_role("listitem").filter(has_text="Page: Home")
        expect(detail).to_contain_text(console.say("گوشی", "Phone"))
        expect(detail).to_contain_text("Android · Chrome Mobile")
        expect(detail).to_contain_text("yalda")
        expect(detail.get_by_text("Front", exact=True)).to_be_visible()

    def test_timeline_seen_from_further_away_counts_by_day(self, console: Console) -> None:
        page = open_person(console)
        page.get_by_text(console.say("روز", "Days"), exact=True).click()
        expect(page.get_by_role("listitem").filter(has_text="Order Completed")).to_contain_text(
            console.say("۱", "1")
        )
        assert "zoom=days" in page.url

    def test_traits_say_where_they_come_from(self, console: Console) -> None:
        page = open_person(console)
        page.get_by_role("tab", name=console.say("ویژگی‌ها", "Traits")).click()
        row = page.get_by_role("row").filter(has_text="city")
        expect(row).to_contain_text("شیراز")

    def test_undo_of_a_merge_and_undo_of_the_undo(self, console: Console) -> None:
        page = open_person(console, TWINS[console.language])
        identities = page.get_by_role("tab", name=console.say("هویت‌ها", "Identities"))
        timeline = page.get_by_role("tab", name=console.say("خط زمان", "Timeline"))
        of_tablet = page.get_by_role("button", name="Tablet Opened")
        of_user = page.get_by_role("button", name="Card Charged")
        expect(of_tablet).to_be_visible()
        expect(of_user).to_be_visible()

        identities.click()
        separate = page.get_by_role("button", name=console.say("جداکردن", "Separate"))
        separate.click()
        dialog = page.get_by_role("dialog")
        confirm = dialog.get_by_role("button", name=console.say("جدا کن", "Separate"))
        expect(confirm).to_be_disabled()
        dialog.get_by_role("textbox").fill("two sisters, one tablet")
        confirm.click()
        cut = page.get_by_role("listitem").filter(has_text="two sisters, one tablet")
        cut.get_by_role("link", name=f"twin-{console.language}").click()
        expect(of_user).to_be_visible()
        expect(of_tablet).to_have_count(0)

        identities.click()
        cut.get_by_role("button", name=console.say("پس‌گرفتن", "Take back")).click()
        dialog.get_by_role("button", name=console.say("دوباره یکی کن", "Join again")).click()
        expect(separate).to_be_visible()
        timeline.click()
        expect(of_tablet).to_be_visible()
        expect(of_user).to_be_visible()
