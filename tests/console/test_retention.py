from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from console.axe import violations
from console.conftest import Console

pytestmark = pytest.mark.browser

VIEWS = ("", "?view=lifecycle", "?view=stickiness", "?view=sessions")


class TestRetention:
    def test_says_who_began_when_and_what_is_not_over_yet(self, console: Console) -> None:
        page = console.open("/journeys/retention?unit=day")
        table = page.get_by_role("table").last
        expect(table).to_be_visible()
        waiting = console.say("هنوز به سر نیامده", "not over yet")
        expect(table.get_by_title(re.compile(waiting)).first).to_be_visible()

    def test_speaks_in_jalali_months(self, console: Console) -> None:
        page = console.open("/journeys/retention?unit=jalali_month&periods=3")
        month = page.get_by_role("rowheader").filter(has_text=console.say("۱۴", "14"))
        expect(month.last).to_be_visible()

    def test_a_column_opens_to_its_people(self, console: Console) -> None:
        page = console.open("/journeys/retention?view=stickiness&unit=day&periods=7")
        active = console.say("در ۱ روز فعال", "active on 1 day")
        page.get_by_role("button", name=re.compile(active)).click()
        expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
        expect(page).to_have_url(re.compile("cell="))

    @pytest.mark.parametrize("view", VIEWS)
    def test_is_free_of_barriers(self, console: Console, view: str) -> None:
        page = console.open(f"/journeys/retention{view}")
        expect(page.get_by_text(console.say("محاسبه در", "computed in"))).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)
        assert violations(page) == []
