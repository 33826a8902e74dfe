"""Alerts: opened, closed, shown, and told to webhooks."""

import json
import shutil
from collections import namedtuple
from dataclasses import replace
from threading import Event, Thread

import pytest
from support.access import CHEAP
from support.receiver import receiving
from support.river import NOON, river, track

from hamsafar.access import Access, local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.access.watching import WebhookAnswer, WebhookCall
from hamsafar.engines.webhooks import HttpWebhooks
from hamsafar.kernel.clock import SECOND_US
from hamsafar.worker.alerts import AlertRules, Alerts
from hamsafar.worker.herald import BACK_OFF_S, Herald

LOCAL = local_caller("test")
PRIVATE = replace(CHEAP, private_webhooks=True)
Usage = namedtuple("Usage", "total used free")


def kinds(flow) -> list[str]:
    return [alert.kind for alert in flow.hamsafar.access.watch.open_alerts()]


class TestLag:
    def test_opens_when_a_live_event_waits_too_long_and_closes_when_it_is_done(self, tmp_path):
        with river(tmp_path) as flow:
            alerts = Alerts(flow.hamsafar)
            flow.send([track("m1", "Viewed", userId="u")])
            alerts.check()
            assert kinds(flow) == []
            flow.clock.move(61 * SECOND_US)
            alerts.check()
            alert = flow.hamsafar.access.watch.open_alerts()[0]
            assert alert.kind == "lag"
            assert alert.detail == "1 live events wait, the oldest for 61 s"
            flow.flow()
            alerts.check()
            assert kinds(flow) == []

    def test_the_age_of_the_last_event_before_a_quiet_night_is_no_lag(self, tmp_path):
        with river(tmp_path) as flow:
            flow.send([track("m1", "Viewed", userId="u")])
            flow.flow()
            flow.clock.move(8 * 3600 * SECOND_US)
            flow.send([track("m2", "Viewed", userId="u")])
            Alerts(flow.hamsafar).check()
            assert kinds(flow) == []


class TestQuarantine:
    def test_opens_by_share_with_a_floor_and_closes_when_the_window_is_past(self, tmp_path):
        with river(tmp_path) as flow:
            alerts = Alerts(flow.hamsafar)
            bad = [{"type": "track", "messageId": f"b{i}", "userId": "u"} for i in range(19)]
            flow.send(bad)
            flow.flow()
            alerts.check()
            assert kinds(flow) == []
            flow.send([{"type": "track", "messageId": "b19", "userId": "u"}])
            flow.send([track(f"m{i}", "Viewed", userId="u") for i in range(180)])
            flow.flow()
            alerts.check()
            assert kinds(flow) == ["quarantine"]
            detail = flow.hamsafar.access.watch.open_alerts()[0].detail
            assert detail == "20 of 200 events of the last 15 minutes (10 %)"
            flow.clock.move(16 * 60 * SECOND_US)
            alerts.check()
            assert kinds(flow) == []


class TestDisk:
    @pytest.mark.parametrize(
        ("total", "free", "opens"),
        [
            (1_000_000_000_000, 900_000_000, True),
            (100_000_000_000, 4_000_000_000, True),
            (4_000_000_000_000, 50_000_000_000, False),
            (10_000_000_000, 5_000_000_000, False),
        ],
    )
    def test_opens_when_little_is_left(self, tmp_path, monkeypatch, total, free, opens):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(total, total - free, free))
        with river(tmp_path) as flow:
            Alerts(flow.hamsafar).check()
            assert kinds(flow) == (["disk"] if opens else [])

    def test_stays_open_until_there_is_room_to_spare(self, tmp_path, monkeypatch):
        free = [900_000_000]
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**11, 0, free[0]))
        rules = AlertRules(disk_free_pct=0.0)
        with river(tmp_path) as flow:
            alerts = Alerts(flow.hamsafar, rules)
            alerts.check()
            free[0] = 1_200_000_000
            alerts.check()
            assert kinds(flow) == ["disk"]
            free[0] = 1_600_000_000
            alerts.check()
            assert kinds(flow) == []


class TestSilentSource:
    def test_opens_per_source_and_closes_when_it_speaks_again(self, tmp_path):
        with river(tmp_path) as flow:
            access, alerts = flow.hamsafar.access, Alerts(flow.hamsafar)
            access.sources.change(LOCAL, flow.source, SourceDraft(silent_after_s=3600))
            flow.clock.move(3601 * SECOND_US)
            alerts.check()
            alert = access.watch.open_alerts()[0]
            assert (alert.kind, alert.subject) == ("silent_source", str(flow.source))
            flow.send([track("m", "Viewed", userId="u")], received_at=NOON + 3601 * SECOND_US)
            flow.flow()
            alerts.check()
            assert kinds(flow) == []

    def test_archiving_a_source_ends_its_alert(self, tmp_path):
        with river(tmp_path) as flow:
            access, alerts = flow.hamsafar.access, Alerts(flow.hamsafar)
            access.sources.change(LOCAL, flow.source, SourceDraft(silent_after_s=60))
            flow.clock.move(61 * SECOND_US)
            alerts.check()
            assert kinds(flow) == ["silent_source"]
            access.sources.change(LOCAL, flow.source, SourceDraft(archived=True))
            alerts.check()
            assert kinds(flow) == []


class TestWorker:
    def test_the_worker_looks_after_alerts_by_itself(self, tmp_path):
        with river(tmp_path) as flow:
            source = SourceDraft(silent_after_s=1)
            flow.hamsafar.access.sources.change(LOCAL, flow.source, source)
            flow.clock.move(2 * SECOND_US)
            flow.worker.turn()
            assert kinds(flow) == ["silent_source"]


class Scripted:
    """Answers by a script; the engine itself is tested with real servers."""

    def __init__(self, *answers: WebhookAnswer) -> None:
        self.answers = list(answers)
        self.calls: list[WebhookCall] = []

    def send(self, call: WebhookCall) -> WebhookAnswer:
        self.calls.append(call)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


OK = WebhookAnswer(status="200", delivered=True)
DOWN = WebhookAnswer(status="503", delivered=False)
GONE = WebhookAnswer(status="410", delivered=False, gone=True)


class TestHerald:
    def test_a_webhook_hears_of_opening_and_closing_once_each(self, tmp_path):
        with receiving() as peer, river(tmp_path) as flow:
            database = flow.hamsafar.database
            access = Access.on(database, flow.clock, secret=b"x" * 32, settings=PRIVATE)
            access.webhooks.add(LOCAL, peer.url)
            herald = Herald(access, HttpWebhooks(flow.clock, private=True), flow.clock)
            alert = access.watch.open_alert("disk", "", "۲ ٪ free")
            for _ in range(3):
                herald.step()
            access.watch.close_alert("disk", "")
            for _ in range(3):
                herald.step()
            bodies = [json.loads(got.body) for got in peer.received]
            assert [body["type"] for body in bodies] == ["alert.opened", "alert.closed"]
            assert bodies[0]["data"]["detail"] == "۲ ٪ free"
            assert bodies[0]["data"]["closed_at"] is None
            ids = [got.headers["webhook-id"] for got in peer.received]
            assert ids == [f"alert_{alert.id}_opened", f"alert_{alert.id}_closed"]
            assert access.webhooks.all()[0].last_status == "200"

    def test_a_failing_webhook_is_tried_again_later_and_the_others_are_not_repeated(self, tmp_path):
        with river(tmp_path) as flow:
            access = flow.hamsafar.access
            first = access.webhooks.add(LOCAL, "https://one.example.com/")
            access.webhooks.add(LOCAL, "https://two.example.com/")
            sender = Scripted(DOWN, OK, OK)
            herald = Herald(access, sender, flow.clock)
            access.watch.open_alert("lag", "", "")
            herald.step()
            herald.step()
            assert len(sender.calls) == 2
            assert access.webhooks.all()[0].last_status == "503"
            assert len(access.watch.untold()) == 1
            flow.clock.move(BACK_OFF_S[0] * SECOND_US)
            herald.step()
            assert [c.url for c in sender.calls].count(first.url) == 2
            assert len(sender.calls) == 3
            assert sender.calls[0].message_id == sender.calls[2].message_id
            assert access.watch.untold() == ()

    def test_it_gives_up_in_the_end(self, tmp_path):
        with river(tmp_path) as flow:
            access = flow.hamsafar.access
            access.webhooks.add(LOCAL, "https://one.example.com/")
            sender = Scripted(DOWN)
            herald = Herald(access, sender, flow.clock)
            access.watch.open_alert("lag", "", "")
            for _ in range(30):
                herald.step()
                flow.clock.move(90_000 * SECOND_US)
            assert len(sender.calls) == len(BACK_OFF_S) + 1
            assert access.watch.untold() == ()

    def test_a_webhook_that_is_gone_is_never_called_again(self, tmp_path):
        with river(tmp_path) as flow:
            access = flow.hamsafar.access
            access.webhooks.add(LOCAL, "https://one.example.com/")
            sender = Scripted(GONE)
            herald = Herald(access, sender, flow.clock)
            for kind in ("lag", "disk"):
                access.watch.open_alert(kind, "", "")
                herald.step()
            assert len(sender.calls) == 1
            assert access.watch.untold() == ()

    def test_an_alert_closed_while_it_is_told_is_told_as_closed_too(self, tmp_path):
        with river(tmp_path) as flow:
            access = flow.hamsafar.access
            access.webhooks.add(LOCAL, "https://one.example.com/")

            class Closing(Scripted):
                def send(self, call: WebhookCall) -> WebhookAnswer:
                    access.watch.close_alert("lag", "")
                    return super().send(call)

            sender = Closing(OK)
            herald = Herald(access, sender, flow.clock)
            access.watch.open_alert("lag", "", "")
            herald.step()
            herald.step()
            assert [json.loads(c.body)["type"] for c in sender.calls] == [
                "alert.opened",
                "alert.closed",
            ]

    def test_its_thread_outlives_whatever_a_step_raises(self, tmp_path, caplog):
        with river(tmp_path) as flow:
            access = flow.hamsafar.access
            access.webhooks.add(LOCAL, "https://one.example.com/")
            access.watch.open_alert("lag", "", "")
            stop, calls = Event(), []

            class Broken:
                def send(self, call: WebhookCall) -> WebhookAnswer:
                    calls.append(call)
                    if len(calls) == 1:
                        raise RuntimeError
                    stop.set()
                    return OK

            thread = Thread(target=Herald(access, Broken(), flow.clock).run, args=(stop,))
            thread.start()
            thread.join(20)
            assert len(calls) == 2
            assert "trying again" in caplog.text
