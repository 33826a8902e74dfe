from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from console.conftest import Console
from console.shop import NAMES

pytestmark = pytest.mark.browser

EDGE = re.compile(r"^Page: Home (به|to) Page: Book: ")


class TestGraph:
    def test_an_edge_opens_to_its_people_and_they_to_their_story(self, console: Console) -> None:
        page = console.open("/journeys")
        page.get_by_role("button", name=EDGE).click()
        name = NAMES[console.language]
        page.get_by_role("complementary").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    def test_time_runs_in_the_direction_of_reading(self, console: Console) -> None:
        page = console.open("/journeys")
        opened = re.compile(r"^Page: (Home|Book): ")
        expect(page.get_by_role("button", name=opened)).to_have_count(2)
        home = page.get_by_role("button", name=re.compile("^Page: Home: ")).bounding_box()
        book = page.get_by_role("button", name=re.compile("^Page: Book: ")).bounding_box()
        assert home is not None
        assert book is not None
        runs_right = home["x"] < book["x"]
        assert runs_right == (console.language == "en")

    def test_the_address_keeps_what_is_looked_at(self, console: Console) -> None:
        page = console.open("/journeys")
        page.get_by_role("button", name=EDGE).click()
        expect(page.get_by_role("complementary")).to_be_visible()
        page.reload()
        people = page.get_by_role("complementary").get_by_role("link")
        expect(people.first).to_be_visible()

    def test_a_table_says_the_same(self, console: Console) -> None:
        page = console.open("/journeys?view=table")
        row = page.get_by_role("row").filter(has_text="Page: Home").filter(has_text="Page: Book")
        expect(row).to_contain_text(console.say("۲", "2"))


class TestDates:
    def test_are_chosen_in_either_calendar(self, console: Console) -> None:
        page = console.open("/journeys")
        page.get_by_role("button", name=console.say("بازه‌ی زمانی", "Dates")).click()
        grid = page.get_by_role("grid")
        expect(grid).to_be_visible()
        first = grid.get_attribute("aria-label")
        other = console.say("میلادی", "Jalali")
        page.get_by_text(other, exact=True).click()
        expect(grid).not_to_have_attribute("aria-label", first or "")
        page.get_by_role("button", name=console.say("۷ روز", "7 days")).click()
        expect(page).to_have_url(re.compile(r"from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d"))
