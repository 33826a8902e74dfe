"""Erasure that a worker's death cannot leave half done."""

import json
import random
import time
from pathlib import Path

import httpx
import pytest
from support.river import River, river, track
from support.service import Service, service

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.wiring.build import opened
from hamsafar.wiring.settings import read_settings
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


@pytest.mark.crash
class TestUnderLoad:
    @pytest.mark.timeout(400)
    def test_killed_again_and_again_it_ends_and_others_lose_nothing(self, tmp_path):
        others = [f"o{n}" for n in range(20)]
        with service(tmp_path / "data") as it:
            post(it, [track(f"c{n}", "Viewed", second=n, userId=CANARY) for n in range(400)])
            for turn in range(3):
                post(it, [track(f"b{turn}-{n}", "Viewed", userId=n) for n in others])
            it.settle()
            job = json.loads(local(it, {"kind": "erase", "args": {"person": who(it)}}))["id"]
            rng = random.Random(11)
            sent = 3
            while state(it, job) in {"queued", "running"} and sent < 40:
                post(it, [track(f"b{sent}-{n}", "Viewed", userId=n) for n in others])
                sent += 1
                if sent < 8:
                    time.sleep(rng.uniform(0, 0.15))
                    it.kill("worker")
            until = time.monotonic() + 90
            while state(it, job) in {"queued", "running"}:
                assert time.monotonic() < until, it.last_words()
                time.sleep(0.1)
            assert state(it, job) == "done", it.last_words()
            it.settle()
            counts = "SELECT COUNT(*) FROM node WHERE kind = 'user_id'"
            assert it.rows(counts) == [(20,)]
            assert it.stop() == 0
        with opened(read_settings(tmp_path / "data", {})) as hamsafar:
            for other in others:
                person = hamsafar.profiles.find("user_id", other)
                profile = hamsafar.profiles.profile(person)
                assert sum(a.count for a in profile.activity) == sent
        assert hits(tmp_path / "data") == []


def post(it: Service, events: list[dict[str, object]]) -> None:
    address = f"http://127.0.0.1:{it.port}/v1/batch"
    with httpx.Client(auth=(it.write_key, ""), trust_env=False, timeout=30) as client:
        assert client.post(address, json={"batch": events}).status_code == 200


def local(it: Service, body: dict[str, object]) -> str:
    """Ask the running server for a job, as the command line does."""
    transport = httpx.HTTPTransport(uds=str(it.data / "local.sock"))
    with httpx.Client(transport=transport, timeout=30) as client:
        answer = client.post("http://local/local/job", json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


def who(it: Service) -> int:
    [(person,)] = it.rows(f"SELECT person FROM node WHERE value = '{CANARY}'")
    return int(person)


def state(it: Service, job: str) -> str:
    [(found,)] = it.rows(f"SELECT state FROM job WHERE id = '{job}'")
    return str(found)
