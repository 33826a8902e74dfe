"""Maps used in the browser: from a card to a person, editing with undo, YAML, allowing, time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.deployment import Deployment, deployment

from console.axe import violations
from console.conftest import Console
from console.shop import EMAIL, PASSWORD

pytestmark = pytest.mark.browser

MAP = {
    "id": "help",
    "name": {"en": "Get help", "fa": "کمک گرفتن"},
    "goal": ["end"],
    "attempts": {"silence_s": 3600, "restart": True},
    "stages": [
        {
            "id": "ask",
            "label": {"en": "Ask", "fa": "پرسیدن"},
            "of": [
                {
                    "kind": "touchpoint",
                    "id": "ring",
                    "label": {"en": "Ring", "fa": "زنگ"},
                    "events": ["Call Started"],
                    "channels": ["call"],
                    "owner": "Desk",
                }
            ],
        },
        {
            "id": "talk",
            "label": {"en": "Talk", "fa": "گفتگو"},
            "of": [
                {
                    "kind": "touchpoint",
                    "id": "answer",
                    "label": {"en": "Answer", "fa": "پاسخ"},
                    "events": ["Call Answered"],
                },
                {
                    "kind": "touchpoint",
                    "id": "end",
                    "label": {"en": "End", "fa": "پایان"},
                    "events": ["Call Ended"],
                },
            ],
        },
    ],
}


def events() -> list[dict[str, object]]:
    """Return calls of three people; one hangs up before an answer. All ring by the web."""
    start = datetime.now(UTC) - timedelta(hours=6)
    found: list[dict[str, object]] = []
    for person, name in enumerate(["Roya", "Sina", "Tara"]):
        user = f"u{person}"
        found.append({
            "type": "identify",
            "messageId": f"{person}-name",
            "userId": user,
            "timestamp": start.isoformat(),
            "traits": {"name": name},
        })
        for minute, event in enumerate(["Call Started", "Call Answered", "Call Ended"]):
            if person == 2 and event == "Call Answered":
                continue
            found.append({
                "type": "track",
                "messageId": f"{person}-{minute}",
                "userId": user,
                "event": event,
                "timestamp": (start + timedelta(minutes=1 + minute)).isoformat(),
            })
    return found


@pytest.fixture(scope="module")
def shop(
    built_console: None,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    data = tmp_path_factory.mktemp("maps") / "data"
    with deployment(data) as made:
        said = data.with_suffix(".log").read_text()
        link = said.rpartition("/welcome?token=")[2].split()[0]
        account = {"name": "Owner", "email": EMAIL, "password": PASSWORD}
        with httpx.Client(base_url=made.url) as client:
            me = client.post(f"/api/links/{link}", json=account).raise_for_status().json()
            client.headers["X-CSRF-Token"] = me["csrf"]
            auth = (made.write_key, "")
            client.post("/v1/batch", json={"batch": events()}, auth=auth).raise_for_status()
            for language in ("fa", "en"):
                body = {**MAP, "id": f"help-{language}"}
                client.post("/api/maps", json={"body": body}).raise_for_status()
        made.settled()
        yield made


def board(console: Console, view: str = "") -> Page:
    """Open this language's map."""
    query = f"?map=help-{console.language}" + (f"&view={view}" if view else "")
    page = console.open(f"/journeys/maps{query}")
    expect(page.get_by_role("heading", level=1)).to_have_text(console.say("کمک گرفتن", "Get help"))
    return page


class TestMap:
    def test_a_card_opens_to_its_people_and_they_to_their_story(self, console: Console):
        page = board(console)
        missing = page.get_by_role("button", name=re.compile(console.say("جا افتاده", "left out")))
        missing.first.click()
        page.get_by_role("link", name="Tara").click()
        expect(page).to_have_url(re.compile(r"/customers/\d+"))

    def test_a_card_is_moved_by_keys_undone_and_saved_as_a_version(self, console: Console):
        page = board(console)
        name = console.say("پاسخ", "Answer")
        card = page.get_by_role("button", name=name, exact=True).first
        card.focus()
        card.press("Alt+ArrowDown")
        cards = page.get_by_role("listitem").filter(has_text=name)
        expect(cards.first).to_be_visible()
        undo = page.get_by_role("button", name=console.say("برگردان", "Undo"))
        save = page.get_by_role("button", name=console.say("ذخیرهٔ نسخه", "Save version"))
        expect(save).to_be_visible()
        undo.click()
        expect(undo).to_be_disabled()

    def test_what_is_wrong_in_yaml_is_told_with_its_line(self, console: Console):
        page = board(console, "yaml")
        text = page.get_by_label("YAML", exact=True).last
        text.fill(text.input_value().replace("Call Started", "''"))
        page.get_by_role("button", name=console.say("ذخیرهٔ نسخه", "Save version")).click()
        expect(page.get_by_text(re.compile(r"line \d+:"))).to_be_visible()

    def test_a_deviation_is_allowed_with_owner_and_reason(self, console: Console):
        page = board(console, "deviations")
        allow = console.say("مجاز کن", "Allow")
        page.get_by_role("button", name=allow, exact=True).first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label(re.compile(console.say("مسئول", "Owner"))).fill("Sara")
        dialog.get_by_label(re.compile(console.say("دلیل", "Reason"))).fill("pilot")
        dialog.get_by_role("button", name=allow, exact=True).click()
        expect(dialog).to_be_hidden()
        heading = console.say("مجازها", "Allowed")
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    def test_time_is_split_by_who_was_waited_for(self, console: Console):
        page = board(console, "ledger")
        expect(page.get_by_text(console.say("صف ما", "Our queue")).first).to_be_visible()
        page.get_by_role(
            "button", name=re.compile(console.say("^صف ما:", "^Our queue:"))
        ).first.click()
        expect(page.get_by_role("link", name="Roya")).to_be_visible()

    @pytest.mark.parametrize("view", ["", "deviations", "drift", "ledger", "yaml", "versions"])
    def test_breaks_no_rule_of_accessibility(self, console: Console, view: str):
        page = board(console, view)
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
