from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from console.axe import violations
from console.conftest import Console
from console.shop import NAMES

pytestmark = pytest.mark.browser

BOUGHT = "/journeys/funnel?step=Page%3A+Home&step=Page%3A+Book&step=Order+Completed"
CHARGED = "/journeys/funnel?step=Page%3A+Home&step=Card+Charged"


def reached(page: Page, step: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{step}: "))


def saved(page: Page, console: Console, kind: str) -> Download:
    page.get_by_role("button", name=console.say("خروجی", "Export")).click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=re.compile(kind)).click()
    return waiting.value


class TestFunnel:
    def test_shows_something_before_anything_is_chosen(self, console: Console) -> None:
        page = console.open("/journeys/funnel")
        expect(reached(page, "Order Completed")).to_contain_text(console.say("۲ نفر", "2 people"))
        assert urlsplit(page.url).query == ""

    def test_a_bar_opens_to_its_people_and_a_person_to_their_story(self, console: Console) -> None:
        page = console.open(BOUGHT)
        reached(page, "Order Completed").click()
        name = NAMES[console.language]
        people = page.get_by_role("dialog").get_by_role("link")
        expect(people).to_have_count(2)
        page.get_by_role("dialog").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    def test_those_who_stopped_open_to_their_people(self, console: Console) -> None:
        page = console.open(CHARGED)
        page.get_by_role("button", name=console.say("پیش‌تر نرفتند", "did not go on")).click()
        people = page.get_by_role("dialog").get_by_role("link", name=NAMES[console.language])
        expect(people).to_be_visible()

    def test_the_address_restores_all_of_it(self, console: Console) -> None:
        page = console.open(f"{BOUGHT}&window=2h&order=strict")
        reached(page, "Page: Book").click()
        people = page.get_by_role("dialog").get_by_role("link")
        expect(people).to_have_count(2)
        page.reload()
        expect(people).to_have_count(2)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        hours = console.say("مهلت به‌پایان‌رساندن", "Time to finish")
        expect(page.get_by_label(hours)).to_have_value(console.say("2", "2"))

    def test_a_step_moves_by_the_keyboard(self, console: Console) -> None:
        page = console.open(BOUGHT)
        name = console.say("^جابه‌جایی گام ۱", "^Move step 1")
        grip = page.get_by_role("button", name=re.compile(name))
        grip.press("ArrowDown")
        expect(page).to_have_url(re.compile(r"step=Page%3A\+Book&step=Page%3A\+Home"))

    def test_is_split_by_a_trait(self, console: Console) -> None:
        page = console.open(f"{BOUGHT}&by=trait%3Acity")
        expect(page.get_by_role("rowheader", name="شیراز")).to_be_visible()

    def test_two_groups_are_compared(self, console: Console) -> None:
        page = console.open(CHARGED)
        page.get_by_role("button", name=console.say("مقایسه", "Compare")).click()
        page.get_by_text(console.say("گروه", "Groups"), exact=True).last.click()
        for _ in ("a", "b"):
            page.get_by_text(console.say("توصیف اشخاص…", "Describe people…")).first.click()
            dialog = page.get_by_role("dialog").last
            dialog.get_by_role("combobox", name=console.say("چه چیز", "What")).click()
            page.get_by_role("option", name="city").click()
            dialog.get_by_role("combobox", name=console.say("مقایسه", "Comparison")).click()
            page.get_by_role("option", name=console.say("معلوم است", "is known")).click()
            dialog.get_by_role("button", name=console.say("اعمال", "Apply")).click()
        expect(page).to_have_url(re.compile("vs=groups"))
        differ = console.say("این دو چه فرقی دارند", "How the two differ")
        expect(page.get_by_role("heading", name=differ)).to_be_visible()
        asked = parse_qs(urlsplit(page.url).query)
        assert '"name":"city"' in asked["va"][0]
        assert asked["va"] == asked["vb"]

    def test_is_saved_as_numbers_and_as_a_picture(self, console: Console) -> None:
        page = console.open(BOUGHT)
        expect(reached(page, "Page: Home")).to_be_visible()
        rows = list(csv.reader(io.StringIO(_text(saved(page, console, "CSV")))))
        assert any("Order Completed" in cell for row in rows for cell in row)
        assert _bytes(saved(page, console, "Parquet")).startswith(b"PAR1")
        drawing = _text(saved(page, console, "SVG"))
        assert "<svg" in drawing
        assert "Order Completed" in drawing
        assert _bytes(saved(page, console, "PNG")).startswith(b"\x89PNG")

    def test_is_free_of_barriers(self, console: Console) -> None:
        page = console.open(CHARGED)
        expect(reached(page, "Page: Home")).to_be_visible()
        assert violations(page) == []
        reached(page, "Page: Home").click()
        expect(page.get_by_role("dialog").get_by_role("link").first).to_be_visible()
        # It comes in slowly, and is paler until it is there.
        page.wait_for_timeout(500)
        assert violations(page) == []

    def test_says_why_other_programs_count_otherwise(self, console: Console) -> None:
        page = console.open(f"{BOUGHT}&why=1")
        table = page.get_by_role("region", name=console.say("چرا عددها فرق دارند؟", "Why do the"))
        expect(table.get_by_role("columnheader")).to_have_count(5)
        expect(table).to_contain_text("ClickHouse")

    def test_explains_one_person_event_by_event(self, console: Console) -> None:
        page = console.open(BOUGHT)
        reached(page, "Order Completed").click()
        row = page.get_by_role("row").filter(has_text=NAMES[console.language])
        row.get_by_role("button", name=console.say("توضیح", "Explain")).click()
        story = page.get_by_role("dialog")
        through = console.say("به پایان رسید با", "got through with")
        expect(story.get_by_role("listitem").filter(has_text=through)).to_be_visible()
        expect(page).to_have_url(re.compile("explain="))


def _bytes(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def _text(download: Download) -> str:
    return _bytes(download).decode("utf-8-sig")
