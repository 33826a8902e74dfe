"""Erasure that a worker's death cannot leave half done."""

import json
from pathlib import Path

import pytest
from support.river import River, river, track

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.worker.build import build_worker

CANARY = "CANARY-7f3a"
LOCAL = local_caller("test")


class Died(BaseException):
    """The worker is gone: nothing after this line ran."""


def story(flow: River) -> int:
    """One person to go, one to stay; returns who goes."""
    flow.send([track(f"a{i}", "Viewed", second=i, userId=CANARY) for i in range(20)])
    flow.send([track(f"b{i}", "Viewed", second=i, userId="stays") for i in range(20)])
    flow.send([{"type": "track", "messageId": "bad", "userId": CANARY}])
    flow.flow()
    flow.worker.tidy()
    flow.send([track("later", "Viewed", second=40, userId=CANARY)])
    flow.flow()
    person = flow.hamsafar.profiles.find("user_id", CANARY)
    assert person is not None
    return person


def ask(flow: River, person: int):
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    args = json.dumps({"person": person})
    return flow.hamsafar.access.jobs.ask(LOCAL, JobKind.ERASE, args, entry)


def hits(folder: Path) -> list[str]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return [p.name for p in files if CANARY.encode() in p.read_bytes()]


DEATHS = [
    "hamsafar.worker.history.History.step",
    "hamsafar.engines.segments.store.SegmentStore.erase",
    "hamsafar.engines.sqlite_log.SqliteLog.rewrite",
    "hamsafar.worker.pipeline.Pipeline.reload",
    "hamsafar.profiles.stage.ProfilesStage.erase",
    "hamsafar.engines.sql.sqlite.SqliteDatabase.scrub",
    "hamsafar.access.services.jobs.Jobs.finish",
]


class TestDeath:
    @pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
    @pytest.mark.parametrize("where", DEATHS)
    def test_the_next_worker_ends_what_the_dead_one_began(
        self, tmp_path, monkeypatch, where, after
    ):
        with river(tmp_path) as flow:
            person = story(flow)
            job = ask(flow, person)
            _die_at(monkeypatch, where, after=after)
            with pytest.raises(Died):
                flow.worker.do_jobs()
            monkeypatch.undo()
            flow.worker = build_worker(flow.hamsafar)
            flow.worker.begin()
            flow.flow()
            ended = flow.hamsafar.access.jobs.get(job.id)
            assert (ended.state, ended.error) == (JobState.DONE, "")
            assert flow.hamsafar.profiles.find("user_id", CANARY) is None
            stays = flow.hamsafar.profiles.find("user_id", "stays")
            assert sum(a.count for a in flow.hamsafar.profiles.profile(stays).activity) == 20
            flow.send([track("new", "Viewed", userId="stays")])
            flow.flow()
            assert flow.sheet()[-1] == 0
        assert hits(tmp_path) == []

    def test_nobody_is_still_an_error(self, tmp_path):
        with river(tmp_path) as flow:
            job = ask(flow, 999)
            flow.flow()
            ended = flow.hamsafar.access.jobs.get(job.id)
            assert (ended.state, ended.error) == (JobState.FAILED, "there is no person 999")


def _die_at(monkeypatch, where: str, *, after: bool) -> None:
    """Let the next call of a method be the worker's last."""
    module, _, method = where.rpartition(".")
    package, _, kind = module.rpartition(".")
    owner = getattr(__import__(package, fromlist=[kind]), kind)
    whole = getattr(owner, method)

    def fatal(self, *args, **kwargs):
        if after:
            whole(self, *args, **kwargs)
        raise Died

    monkeypatch.setattr(owner, method, fatal)
