from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from console.axe import violations
from console.conftest import PATIENCE_MS, Console
from console.shop import NAMES

pytestmark = pytest.mark.browser

FROM_HOME = "/journeys/paths?start=Page%3A+Home"


def node(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name}: "))


class TestPaths:
    def test_show_something_before_anything_is_chosen(self, console: Console) -> None:
        page = console.open("/journeys/paths")
        # The first question of all waits until the walks are compiled.
        expect(page.locator("g[role=button]").first).to_be_visible(timeout=3 * PATIENCE_MS)

    def test_a_step_opens_to_its_people_and_a_person_to_their_story(self, console: Console) -> None:
        page = console.open(FROM_HOME)
        node(page, "Page: Book").locator("text").first.click()
        name = NAMES[console.language]
        page.get_by_role("dialog").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    def test_a_connection_opens_by_the_keyboard_and_stands_in_the_address(
        self, console: Console
    ) -> None:
        page = console.open(FROM_HOME)
        link = page.get_by_role("button", name=re.compile("^Page: Home (to|به) Page: Book"))
        link.focus()
        page.keyboard.press("Enter")
        people = page.get_by_role("dialog").get_by_role("link")
        expect(people).to_have_count(2)
        page.reload()
        expect(people).to_have_count(2)

    @pytest.mark.parametrize(
        "address", [FROM_HOME, "/journeys/paths?dir=backward&start=Order+Completed"]
    )
    def test_time_runs_in_the_direction_of_reading(self, console: Console, address: str) -> None:
        page = console.open(address)
        boxes = [node(page, name).bounding_box() for name in ("Page: Home", "Page: Book")]
        home, book = (box["x"] for box in boxes if box is not None)
        assert (home < book) == (console.language == "en")

    def test_after_a_drop_say_where_people_went(self, console: Console) -> None:
        page = console.open("/journeys/paths?dir=after_dropoff&step=Page%3A+Home&step=Card+Charged")
        expect(node(page, "Page: Book")).to_be_visible()

    def test_a_table_says_the_same(self, console: Console) -> None:
        page = console.open(FROM_HOME)
        page.get_by_text(console.say("به‌صورت جدول", "As a table")).click()
        row = page.get_by_role("row").filter(has_text="Page: Home").filter(has_text="Page: Book")
        expect(row).to_contain_text(console.say("۲", "2"))

    def test_are_free_of_barriers(self, console: Console) -> None:
        page = console.open(FROM_HOME)
        expect(node(page, "Page: Book")).to_be_visible()
        assert violations(page) == []
