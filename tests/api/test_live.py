import json
import threading
from itertools import islice

import pytest
from support.api import fill, serving
from support.river import track

from hamsafar.access.types import Role
from hamsafar.api.live import KEPT
from hamsafar.storage.types import Lane


def batches(answer):
    """Yield (id, events) of each message."""
    number = ""
    for line in answer.iter_lines():
        field, _, value = line.partition(": ")
        if field == "id":
            number = value
        elif field == "data":
            yield int(number), json.loads(value)


def fields(answer):
    """Yield (field, value) of each line that has both."""
    for line in answer.iter_lines():
        field, colon, value = line.partition(": ")
        if colon and field in {"event", "id", "data"}:
            yield field, value


def datas(answer):
    """Yield the data of each message."""
    return (json.loads(value) for field, value in fields(answer) if field == "data")


def take(items, count):
    """The next few."""
    return list(islice(items, count))


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
            number, arrived = next(messages)
            assert [event["id"] for event in arrived] == ["m8"]
            assert number == 7

    def test_goes_on_after_the_last_event_id(self, site):
        fill(site)
        program = site.program("pulse.read")
        with program.stream("GET", "/api/live") as answer:
            number, shown = next(batches(answer))
        headers = {"Last-Event-ID": str(number - 2)}
        with program.stream("GET", "/api/live", headers=headers) as answer:
            _, rest = next(batches(answer))
        assert rest == shown[4:]

    def test_events_flushed_between_two_looks_are_shown(self, site):
        fill(site)
        with site.program("pulse.read").stream("GET", "/api/live") as answer:
            messages = batches(answer)
            next(messages)
            site.river.send([track("m8", "Cart Opened", userId="u2")])
            site.river.flow()
            site.river.worker.tidy()
            _, arrived = next(messages)
        assert [event["id"] for event in arrived] == ["m8"]
        assert arrived[0]["person_label"] == "u2"

    def test_an_import_behind_newer_live_events_is_shown(self, site):
        site.river.send([track("b1", "Old", userId="u1")], lane=Lane.BULK, kind="import")
        site.river.send([track("l1", "New", userId="u1")])
        site.river.worker._day.pipeline.step(Lane.LIVE)
        with site.program("pulse.read").stream("GET", "/api/live") as answer:
            messages = batches(answer)
            _, shown = next(messages)
            site.river.flow()
            _, arrived = next(messages)
        assert [event["id"] for event in shown + arrived] == ["l1", "b1"]
        assert arrived[0]["seq"] < shown[0]["seq"]

    def test_a_flood_says_how_many_it_skipped(self, site):
        fill(site)
        with site.program("pulse.read").stream("GET", "/api/live") as answer:
            lines = fields(answer)
            assert [field for field, _ in take(lines, 3)] == ["event", "id", "data"]
            flood = [track(f"f{n}", "Seen", userId=f"u{n % 9}") for n in range(KEPT + 345)]
            site.river.send(flood)
            site.river.flow()
            told, events = [], 0
            while events < KEPT:
                field, value = next(lines)
                if field == "event":
                    told.append(value)
                elif field == "data" and told[-1] == "skipped":
                    skipped = json.loads(value)["count"]
                    events += skipped
                elif field == "data":
                    events += len(json.loads(value))
        # The stream may look while the river still flows: then less is skipped, nothing is lost.
        assert events == KEPT + 345
        assert 0 < skipped <= 345

    def test_who_comes_back_after_a_restart_goes_on_where_he_was(self, tmp_path):
        with serving(tmp_path / "data") as site:
            fill(site)
            program = site.program("pulse.read")
            with program.stream("GET", "/api/live") as answer:
                number, _ = next(batches(answer))
            site.river.send([track("m8", "Cart Opened", userId="u2")])
            site.river.flow()
            site.river.worker.tidy()
        with serving(tmp_path / "data") as site:
            headers = {"Last-Event-ID": str(number)}
            with site.program("pulse.read").stream("GET", "/api/live", headers=headers) as answer:
                _, rest = next(batches(answer))
        assert [event["id"] for event in rest] == ["m8"]

    def test_who_was_away_for_longer_than_is_kept_is_told_so(self, site):
        fill(site)
        site.river.send([track(f"f{n}", "Seen", userId="u1") for n in range(KEPT)])
        site.river.flow()
        headers = {"Last-Event-ID": "1"}
        with site.program("pulse.read").stream("GET", "/api/live", headers=headers) as answer:
            skipped, events = take(datas(answer), 2)
        assert skipped == {"count": 5}
        assert len(events) == KEPT

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
