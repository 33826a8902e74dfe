from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from console.conftest import Console
from console.shop import NAMES, lost_event, user_id

pytestmark = pytest.mark.browser


class TestReplay:
    def test_with_a_fix_gives_the_event_to_its_person(self, console: Console) -> None:
        page = console.open("/quarantine?reason=no_identity")
        opener = page.get_by_role("button", name=console.say("دیدن رویداد", "Show event"))
        expect(opener.first).to_be_visible()
        mine = page.get_by_role("listitem").filter(has_text=lost_event(console.language))
        why = console.say("معلوم نیست از کیست؛ userId", "Nobody to count this for.")
        for index in range(opener.count()):
            opener.nth(index).click()
        expect(mine.get_by_text(why).last).to_be_visible()
        mine.get_by_role("button", name=console.say("بازپخش", "Replay"), exact=True).click()
        dialog = page.get_by_role("dialog")
        fix = dialog.get_by_role("textbox")
        replay = dialog.get_by_role("button", name=console.say("بازپخش", "Replay"), exact=True)
        fix.fill("not JSON")
        expect(replay).to_be_disabled()
        fix.fill(json.dumps({"userId": user_id(console.language)}))
        replay.click()
        expect(dialog).to_have_count(0)
        expect(mine).to_have_count(0)
        page = console.open(f"/customers?q={NAMES[console.language]}")
        page.get_by_role("main").get_by_role("link", name=NAMES[console.language]).click()
        expect(page.get_by_role("button", name=lost_event(console.language))).to_be_visible()
