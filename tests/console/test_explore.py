from __future__ import annotations

import json
import re
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import expect

from console.axe import violations
from console.conftest import Console
from console.shop import NAMES

pytestmark = pytest.mark.browser

KNOWN = quote_plus(json.dumps({"kind": "trait", "name": "city", "op": "exists"}))
UNKNOWN = quote_plus(json.dumps({"kind": "trait", "name": "city", "op": "missing"}))


class TestPeople:
    def test_are_described_and_the_graph_is_theirs(self, console: Console) -> None:
        page = console.open("/journeys?view=table")
        page.get_by_role("button", name=console.say("همه‌ی اشخاص", "Everybody")).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox", name=console.say("چه چیز", "What")).click()
        page.get_by_role("option", name="name", exact=True).click()
        name = NAMES[console.language]
        dialog.get_by_role("combobox", name=console.say("مقدار", "Value")).fill(name)
        expect(dialog).to_contain_text(console.say("برابر است با", "is"))
        dialog.get_by_role("button", name=console.say("اعمال", "Apply")).click()
        expect(page).to_have_url(re.compile("people="))
        alone = console.say("۱ نفر", "1 person")
        expect(page.get_by_role("button", name=alone, exact=True)).to_be_visible()

    def test_are_saved_as_a_group_and_chosen_again(self, console: Console) -> None:
        page = console.open(f"/journeys?people={KNOWN}")
        page.get_by_role("button", name=re.compile("city")).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name=console.say("ذخیره‌ی گروه", "Save as group")).click()
        group = f"Known {console.language}"
        dialog.get_by_role("textbox", name=console.say("نام گروه", "Name of the group")).fill(group)
        dialog.get_by_role("button", name=console.say("ذخیره", "Save"), exact=True).click()
        dialog.get_by_role("button", name=console.say("بی‌شرط", "No condition")).click()
        page.get_by_role("button", name=console.say("گروه‌ها", "Groups"), exact=True).click()
        page.get_by_role("checkbox", name=group).check()
        expect(page).to_have_url(re.compile("group="))
        page.get_by_role("link", name=console.say("گروه‌ها", "Groups"), exact=True).click()
        expect(page.get_by_role("row").filter(has_text=group)).to_contain_text("city")


class TestComparison:
    def test_of_two_groups_is_told_on_the_graph(self, console: Console) -> None:
        page = console.open(f"/journeys?vs=groups&va={KNOWN}&vb={UNKNOWN}")
        differ = console.say("این دو چه فرقی دارند", "How the two differ")
        expect(page.get_by_role("heading", name=differ)).to_be_visible()
        points = console.say(
            r"Page: Home به Page: Book: \u2066?\+۱۰۰", r"Page: Home to Page: Book: \u2066?\+100"
        )
        expect(page.get_by_role("button", name=re.compile(points))).to_be_visible()


class TestExplore:
    def test_is_free_of_barriers(self, console: Console) -> None:
        page = console.open("/journeys")
        expect(page.get_by_role("button", name=re.compile("^Page: Home: "))).to_be_visible()
        assert violations(page) == []
