import json
import threading

import pytest
from support.api import fill
from support.river import track

from hamsafar.access.types import Role


def batches(answer):
    """Yield (id, events) of each message."""
    number = ""
    for line in answer.iter_lines():
        field, _, value = line.partition(": ")
        if field == "id":
            number = value
        elif field == "data":
            yield int(number), json.loads(value)


class TestLive:
    def test_shows_the_newest_then_what_arrives(self, site):
        fill(site)
        with site.program("pulse.read").stream("GET", "/api/live") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            messages = batches(answer)
            _, shown = next(messages)
            assert [event["id"] for event in shown] == ["m1", "m2", "m3", "m4", "m5", "m6"]
            assert shown[0]["person_label"] == "سارا کریمی"
            site.river.send([track("m8", "Cart Opened", userId="u2")])
            site.river.flow()
            seq, arrived = next(messages)
            assert [event["id"] for event in arrived] == ["m8"]
            assert arrived[-1]["seq"] == seq

    def test_goes_on_after_the_last_event_id(self, site):
        fill(site)
        program = site.program("pulse.read")
        with program.stream("GET", "/api/live") as answer:
            _, shown = next(batches(answer))
        headers = {"Last-Event-ID": str(shown[3]["seq"])}
        with program.stream("GET", "/api/live", headers=headers) as answer:
            _, rest = next(batches(answer))
        assert rest == shown[4:]

    def test_shows_only_what_is_wanted(self, site):
        fill(site)
        program = site.program("pulse.read")
        params = {"name": "Cart Opened", "channel": "web", "source": site.river.source}
        with program.stream("GET", "/api/live", params=params) as answer:
            _, shown = next(batches(answer))
        assert [event["id"] for event in shown] == ["m2", "m6"]

    def test_a_revoked_session_sees_nothing_after_five_seconds(self, site):
        person = site.join(Role.OWNER)
        ended = threading.Event()

        def watch():
            with person.stream("GET", "/api/live") as answer:
                for _ in answer.iter_lines():
                    pass
            ended.set()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        site.access.sessions.sign_out(person.cookies["hamsafar"])
        assert ended.wait(20)
        thread.join(5)

    @pytest.mark.parametrize("last", ["", "x", "-1", "۱۲", "1e9"])
    def test_a_nonsense_place_begins_anew(self, story, last):
        headers = {"Last-Event-ID": last.encode()}
        with story.program("pulse.read").stream("GET", "/api/live", headers=headers) as answer:
            assert answer.status_code == 200
            _, shown = next(batches(answer))
        assert len(shown) == 6
