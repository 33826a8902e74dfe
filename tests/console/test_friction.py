"""Friction used in the browser: from a problem to a person, verdicts and their undo, settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from support.deployment import Deployment, deployment

from console.axe import violations
from console.conftest import Console
from console.shop import EMAIL, PASSWORD

pytestmark = pytest.mark.browser

GIVEN_UP = ("رفتن پس از خطا", "Gave up after an error")
THEN_SUPPORT = ("خطا و سپس پشتیبانی", "Error, then support")
NAMES = ["Roya", "Sina", "Tara"]


def events() -> list[dict[str, object]]:
    """Return visits of eight people; three meet an error, two of them write in the chat."""
    start = datetime.now(UTC) - timedelta(hours=6)
    found: list[dict[str, object]] = []

    def say(person: int, minute: int, name: str, **properties: object) -> None:
        found.append({
            "type": "track",
            "messageId": f"{person}-{minute}",
            "userId": f"u{person}",
            "event": name,
            "timestamp": (start + timedelta(minutes=minute)).isoformat(),
            "properties": properties,
        })

    for person in range(8):
        say(person, 1, "Checkout Started")
        if person < 5:
            say(person, 2, "Order Completed", revenue=100)
            continue
        found.append({
            "type": "identify",
            "messageId": f"{person}-name",
            "userId": f"u{person}",
            "timestamp": start.isoformat(),
            "traits": {"name": NAMES[person - 5]},
        })
        say(person, 2, "Payment Failed", gateway="saman")
        if person < 7:
            say(person, 4, "Help Article Viewed", article="charged", topic="payment")
            say(person, 6, "Chat Started", topic="payment", case_id=f"c{person}")
    return found


@pytest.fixture(scope="module")
def shop(
    built_console: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """A deployment of its own: what hurts here must not show elsewhere."""
    data = tmp_path_factory.mktemp("friction") / "data"
    with deployment(data) as made:
        said = data.with_suffix(".log").read_text()
        link = said.rpartition("/welcome?token=")[2].split()[0]
        account = {"name": "سارا مدیر", "email": EMAIL, "password": PASSWORD}
        httpx.post(f"{made.url}/api/links/{link}", json=account).raise_for_status()
        body = {"batch": events()}
        httpx.post(f"{made.url}/v1/batch", json=body, auth=(made.write_key, "")).raise_for_status()
        made.settled()
        yield made


def row_of(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title))


class TestProblems:
    def test_the_worst_stands_first_and_opens_to_its_people(self, console: Console) -> None:
        page = console.open("/journeys/friction")
        title = console.say(*GIVEN_UP)
        first = page.get_by_role("main").get_by_role("listitem").first
        expect(first).to_contain_text(title)
        expect(first).to_contain_text("Payment Failed")
        expect(first).to_contain_text("saman")
        row_of(page, title).get_by_role("button", name=re.compile("^[3۳]")).click()
        drawer = page.get_by_role("dialog")
        for name in NAMES:
            expect(drawer.get_by_role("link", name=name)).to_be_visible()
        expect(page).to_have_url(re.compile("problem=drop_after_error"))
        drawer.get_by_role("link", name="Sina").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sina")

    def test_a_dismissal_wants_a_reason_and_is_undone(self, console: Console) -> None:
        page = console.open("/journeys/friction")
        title = console.say(*THEN_SUPPORT)
        self._act(page, console, title, console.say("کنار گذاشتن", "Dismiss"))
        dialog = page.get_by_role("dialog")
        dialog.get_by_label(console.say("چرا", "Why")).fill("planned")
        dialog.get_by_role("button", name=console.say("کنار بگذار", "Dismiss")).click()
        expect(row_of(page, title)).to_have_count(0)
        page.get_by_role("button", name=console.say("برگردان", "Undo")).click()
        expect(row_of(page, title)).to_be_visible()

    def test_what_sleeps_stands_aside_until_it_is_opened(self, console: Console) -> None:
        page = console.open("/journeys/friction")
        title = console.say(*THEN_SUPPORT)
        self._act(page, console, title, console.say("بماند برای بعد", "Let it sleep"))
        page.get_by_role("dialog").get_by_role(
            "button", name=console.say("بماند برای بعد", "Let it sleep")
        ).click()
        page.get_by_role("button", name=console.say("گره کنار گذاشته", "put aside")).click()
        aside = row_of(page, title)
        aside.get_by_role("button", name=console.say("بازگشایی", "Open again")).click()
        expect(page.get_by_role("button", name=console.say("کنار گذاشته", "aside"))).to_have_count(
            0
        )
        expect(row_of(page, title)).to_be_visible()

    def test_somebody_cares_for_it(self, console: Console) -> None:
        page = console.open("/journeys/friction")
        title = console.say(*GIVEN_UP)
        self._act(page, console, title, console.say("تعیین مسئول", "Set the owner"))
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill("Nasrin")
        dialog.get_by_role("button", name=console.say("ذخیره", "Save")).click()
        expect(row_of(page, title)).to_contain_text("Nasrin")

    def _act(self, page: Page, console: Console, title: str, item: str) -> None:
        label = f"{console.say('کارها', 'Actions')}: {title}"
        page.get_by_role("button", name=label).click()
        page.get_by_role("menuitem", name=item).click()


class TestChanges:
    def test_say_what_to_fix_and_open_to_people(self, console: Console) -> None:
        page = console.open("/journeys/friction?view=changes")
        first = page.get_by_role("main").get_by_role("listitem").first
        expect(first).to_contain_text(console.say("رفع خطا", "Fix the error"))
        first.get_by_role("button", name=console.say(*GIVEN_UP)).click()
        expect(page.get_by_role("dialog").get_by_role("link", name="Tara")).to_be_visible()


class TestContainment:
    def test_shows_what_held_with_its_curve(self, console: Console) -> None:
        page = console.open("/journeys/friction?view=containment&within=1")
        expect(
            page.get_by_role("img", name=console.say("سهم پابرجا", "Share of self-service"))
        ).to_be_visible()
        expect(page.get_by_role("cell", name="payment").first).to_be_visible()


class TestSettings:
    def test_a_detector_is_changed_and_changed_back(self, console: Console) -> None:
        page = console.open("/journeys/friction?view=detectors")
        row = page.get_by_role("listitem").filter(has_text=console.say(*THEN_SUPPORT))
        field = row.get_by_role("textbox")
        for seconds in ("60", "900"):
            field.fill(seconds)
            row.get_by_role("button", name=console.say("ذخیره", "Save")).click()
            expect(row.get_by_role("button")).to_have_count(0)
        expect(field).to_have_value("900")

    def test_an_event_is_given_a_meaning_and_back_to_its_name(self, console: Console) -> None:
        page = console.open("/journeys/friction?view=roles")
        row = page.get_by_role("row").filter(has_text="Checkout Started")
        row.locator("input").first.click()
        page.get_by_role("option", name=console.say("تحویل", "delivery")).click()
        page.keyboard.press("Escape")
        back = row.get_by_role("button", name=console.say("بازگشت به نام", "Back to its name"))
        back.click()
        expect(row).to_contain_text(console.say("نامش", "its name"))


VIEWS = {
    "problems": ("listitem", "Payment Failed"),
    "changes": ("listitem", "Payment Failed"),
    "containment": ("row", "payment"),
    "detectors": ("listitem", ""),
    "roles": ("row", "Checkout Started"),
}


class TestEveryView:
    @pytest.mark.parametrize("width", [1280, 390])
    @pytest.mark.parametrize("view", VIEWS)
    def test_is_accessible_and_fits(self, console: Console, view: str, width: int) -> None:
        console.page.set_viewport_size({"width": width, "height": 860})
        page = console.open(f"/journeys/friction?view={view}&within=1")
        role, text = VIEWS[view]
        shown = page.get_by_role("main").get_by_role(role)  # type: ignore[arg-type]
        expect((shown.filter(has_text=text) if text else shown).first).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
