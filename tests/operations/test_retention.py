"""Events older than their source's retention go; what they left in profiles stays."""

from support.river import NOON, river, track

from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.kernel.clock import DAY_US
from hamsafar.profiles.types import TimelineQuery
from hamsafar.worker.loop import Chore

LOCAL = local_caller("test")


def at(message_id: str, day: str) -> dict[str, object]:
    return track(message_id, f"Viewed {message_id}", userId="u") | {"timestamp": f"{day}T00:00:00Z"}


def names(flow) -> list[str]:
    person = flow.hamsafar.profiles.find("user_id", "u")
    events, _ = flow.hamsafar.profiles.timeline(person, TimelineQuery(limit=9))
    return [event.name for event in events]


def expire(flow) -> None:
    """Do what the worker does once a day."""
    for chore in flow.worker._day.slow_chores:
        if chore.every_s == 86_400:
            assert isinstance(chore, Chore)
            chore.run()


class TestRetention:
    def test_old_events_of_the_source_go_and_folds_stay(self, tmp_path):
        with river(tmp_path) as flow:
            flow.send([at("old", "2025-01-01"), at("older", "2025-02-01"), at("new", "2025-11-20")])
            flow.flow()
            expire(flow)
            assert len(names(flow)) == 3
            flow.hamsafar.access.sources.change(LOCAL, flow.source, SourceDraft(retention_days=30))
            expire(flow)
            assert names(flow) == ["Viewed new"]
            person = flow.hamsafar.profiles.find("user_id", "u")
            activity = flow.hamsafar.profiles.profile(person).activity
            assert {a.name: a.count for a in activity} == {
                "Viewed old": 1,
                "Viewed older": 1,
                "Viewed new": 1,
            }
            assert flow.sheet() == (3, 0, 0, 0, 0)
            assert b"Viewed old" not in b"".join(
                p.read_bytes() for p in (tmp_path / "lake").rglob("*") if p.is_file()
            )

    def test_an_expired_event_sent_again_does_not_come_back(self, tmp_path):
        with river(tmp_path) as flow:
            flow.hamsafar.access.sources.change(LOCAL, flow.source, SourceDraft(retention_days=30))
            flow.send([at("old", "2025-01-01")])
            flow.flow()
            expire(flow)
            flow.send([at("old", "2025-01-01")])
            flow.flow()
            assert flow.sheet() == (1, 1, 0, 0, 0)
            assert names(flow) == []

    def test_quarantined_events_go_too_with_their_bytes(self, tmp_path):
        with river(tmp_path) as flow:
            bad = {"type": "track", "messageId": "b1", "userId": "CANARY-ACCOUNT"}
            flow.send([bad], received_at=NOON - 31 * DAY_US)
            flow.send([bad | {"messageId": "b2"}])
            flow.flow()
            assert len(flow.hamsafar.quarantine.page()) == 2
            flow.hamsafar.access.sources.change(LOCAL, flow.source, SourceDraft(retention_days=30))
            expire(flow)
            assert [row.message_id for row in flow.hamsafar.quarantine.page()] == ["b2"]
            assert flow.sheet() == (0, 0, 2, 0, 0)
