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

    def test_a_step_opens_to_its_people_and_its_neighbours(self, console: Console) -> None:
        page = console.open("/journeys")
        page.get_by_role("button", name=re.compile("^Page: Book: ")).click()
        panel = page.get_by_role("complementary")
        expect(panel.get_by_role("link", name=NAMES[console.language])).to_be_visible()
        expect(panel).to_contain_text(console.say("۲ نفر", "2 people"))
        panel.get_by_text(console.say("پیش و پس از آن", "Before and after")).click()
        panel.get_by_role("button", name="Page: Home").click()
        expect(page).to_have_url(re.compile("ef=Page%3A\\+Home&et=Page%3A\\+Book"))

    def test_a_start_and_an_end_open_to_their_people(self, console: Console) -> None:
        page = console.open("/journeys?view=table")
        panel = page.get_by_role("complementary")
        for at, step in (("start", "Page: Home"), ("end", "Order Completed")):
            title = console.say(
                "سفرها کجا آغاز می‌شوند" if at == "start" else "سفرها کجا پایان می‌یابند",
                f"Where journeys {at}",
            )
            section = page.locator("section").filter(has=page.get_by_role("heading", name=title))
            section.get_by_role("button", name=step).click()
            expect(page).to_have_url(re.compile(f"at={at}"))
            expect(panel.get_by_role("link", name=NAMES[console.language])).to_be_visible()
            expect(panel.get_by_role("link")).to_have_count(2)

    def test_the_number_of_people_opens_to_all_of_them(self, console: Console) -> None:
        page = console.open("/journeys?view=variants")
        page.get_by_role("button", name=re.compile(console.say("نفر$", "people$"))).first.click()
        panel = page.get_by_role("complementary")
        expect(panel.get_by_role("link", name=NAMES[console.language])).to_be_visible()

    def test_a_variant_opens_to_its_people(self, console: Console) -> None:
        page = console.open("/journeys?view=variants")
        row = page.get_by_role("row").filter(has_text="Order Completed")
        row.get_by_role("button").click()
        panel = page.get_by_role("complementary")
        expect(panel.get_by_role("heading")).to_contain_text("Order Completed")
        expect(panel.get_by_role("link", name=NAMES[console.language])).to_be_visible()
        page.reload()
        expect(panel.get_by_role("link")).to_have_count(2)

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
