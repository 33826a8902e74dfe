"""Several writers at once: whoever comes first, it ends as one writer would have ended it."""

import multiprocessing
import random
import threading
import time
from pathlib import Path

import pytest
from identity.strategies import RULES
from support.identity import Model, event, write_batches
from support.postgres import postgres_url  # noqa: F401  (a fixture)

from hamsafar.engines.sql import open_database
from hamsafar.identity import IdentityService, Limit, Rules
from hamsafar.identity.types import Rejudged, Severance
from hamsafar.kernel.clock import FixedClock
from hamsafar.kernel.ids import uuid7
from hamsafar.storage.types import Statement

WRITERS = 10


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        place = str(tmp_path / "main.db")
    else:
        place = request.getfixturevalue("postgres_url")
    database = open_database(place)
    database.migrate()
    database.close()
    return place


def outcome(where, rules):
    database = open_database(where)
    service = IdentityService(database, rules, FixedClock(0))
    try:
        with database.read() as tx:
            people = sorted(p.identifiers for p in service.canonical_people(tx))
            claims = {(c.a, c.b): c.verdict.value for c in service.canonical_claims(tx)}
        assert service.view().version >= 0
    finally:
        database.close()
    return people, claims


def at_once(where, rules, shares):
    """Run one thread per share of batches and wait for all of them."""
    barrier = threading.Barrier(len(shares))
    failures = []

    def run(share):
        try:
            write_batches(where, rules, share, barrier.wait)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def cut_one(database, service, model, dice):
    """Cut a random claim, or mend it if it is cut."""
    with database.write() as tx:
        links = tx.rows(Statement("test.links", "SELECT a, b, verdict FROM claim ORDER BY a, b"))
        a, b, verdict = dice.choice(links)
        one, two = sorted(names_of(tx, a, b))
        if verdict == "severed":
            standing = Statement(
                "test.cut", "SELECT id FROM severance WHERE a = :a AND undone_at IS NULL AND b = :b"
            )
            service.rejoin(tx, tx.rows(standing, {"a": a, "b": b})[0][0], by="mina")
            model.cuts.discard((one, two))
        else:
            cut = Severance(id=uuid7(), a=a, b=b, made_at=0, made_by="mina", reason="")
            service.sever(tx, cut)
            model.cuts.add((one, two))
    time.sleep(0.002)


def names_of(tx, *nodes):
    named = Statement("test.name", "SELECT kind, value FROM node WHERE id = :id")
    return [tx.rows(named, {"id": node})[0] for node in nodes]


class TestConcurrentWriters:
    def test_ten_overlapping_merges_make_one_person(self, where):
        ids = [("user_id", "u"), *((f"kind{n}", f"v{n}") for n in range(WRITERS))]
        events = [event(ids[n], ids[n + 1], at=n, message_id=f"{n}") for n in range(WRITERS)]
        at_once(where, Rules(), [[[one]] for one in events])
        people, claims = outcome(where, Rules())
        assert people == [tuple(sorted(ids))]
        assert set(claims.values()) == {"accepted"}

    @pytest.mark.parametrize("seed", range(3))
    def test_merges_splits_and_shared_devices_end_as_the_model_says(self, where, seed):
        dice = random.Random(seed)
        rules = RULES[seed % 2]
        events = [
            event(
                ("user_id", f"u{dice.randrange(8)}"),
                ("anonymous_id", f"a{dice.randrange(12)}"),
                *([("email", f"e{dice.randrange(6)}@x.ir")] if dice.random() < 0.4 else []),
                at=dice.randrange(10**6),
                message_id=f"{n:04}",
            )
            for n in range(300)
        ]
        shares = [[events[n::WRITERS][k : k + 5] for k in range(0, 30, 5)] for n in range(WRITERS)]
        at_once(where, rules, shares)
        model = Model(rules)
        model.add(events)
        assert outcome(where, rules) == model.outcome()

    def test_cuts_and_mends_among_the_writers_end_as_the_model_says(self, where):
        rules = Rules(limit_else=Limit(most=3))
        dice = random.Random(3)
        events = [
            event(
                ("user_id", f"u{dice.randrange(6)}"),
                ("anonymous_id", f"a{dice.randrange(9)}"),
                at=dice.randrange(10**6),
                message_id=f"{n:04}",
            )
            for n in range(160)
        ]
        database = open_database(where)
        service = IdentityService(database, rules, FixedClock(0))
        first, rest = events[:40], events[40:]
        at_once(where, rules, [[first]])
        model = Model(rules)
        model.add(events)
        done = threading.Event()

        def cut_and_mend():
            while not done.is_set():
                cut_one(database, service, model, dice)

        clerk = threading.Thread(target=cut_and_mend)
        clerk.start()
        at_once(where, rules, [[rest[n::4][k : k + 3] for k in range(0, 30, 3)] for n in range(4)])
        done.set()
        clerk.join()
        with database.write() as tx:
            assert service.rejudge(tx) == Rejudged(claims=0, nodes=0, changes=())
        database.close()
        assert outcome(where, rules) == model.outcome()

    def test_processes_share_a_file(self, tmp_path):
        where = str(tmp_path / "main.db")
        database = open_database(where)
        database.migrate()
        database.close()
        spawn = multiprocessing.get_context("spawn")
        barrier = spawn.Barrier(3)
        events = [
            event(("user_id", f"u{n % 7}"), ("anonymous_id", f"a{n % 5}"), at=n, message_id=f"{n}")
            for n in range(90)
        ]
        shares = [[events[n::3][k : k + 6] for k in range(0, 30, 6)] for n in range(3)]
        writers = [
            spawn.Process(target=write_batches, args=(where, Rules(), share, barrier.wait))
            for share in shares
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert [writer.exitcode for writer in writers] == [0, 0, 0]
        model = Model(Rules())
        model.add(events)
        assert outcome(where, Rules()) == model.outcome()

    def test_versions_seen_by_a_reader_never_miss_a_change(self, where):
        database = open_database(where)
        service = IdentityService(database, Rules(), FixedClock(0))
        done = threading.Event()
        failures = []

        def read():
            view = service.view()
            while not done.is_set():
                view = service.view(view)
            if service.view(view).person_of.tolist() != service.view().person_of.tolist():
                failures.append(view.version)

        reader = threading.Thread(target=read)
        reader.start()
        events = [
            event(("user_id", f"u{n}"), ("anonymous_id", f"a{n}"), at=n, message_id=f"{n}")
            for n in range(120)
        ]
        at_once(
            where, Rules(), [[events[n::4][k : k + 3] for k in range(0, 30, 3)] for n in range(4)]
        )
        done.set()
        reader.join()
        database.close()
        assert not failures
