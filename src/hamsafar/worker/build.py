"""The worker of a deployment, put together from its services."""

from __future__ import annotations

from threading import Lock

from hamsafar.collect import CollectStage, Dedup, LedgerStage, Reader
from hamsafar.identity import IdentityStage
from hamsafar.profiles import ProfilesStage
from hamsafar.wiring.build import Hamsafar, identity_rules
from hamsafar.worker.alerts import Alerts
from hamsafar.worker.attempts import Attempts
from hamsafar.worker.between import Between
from hamsafar.worker.detect import Detect
from hamsafar.worker.erase import PersonEraser, River
from hamsafar.worker.herald import Herald
from hamsafar.worker.history import History
from hamsafar.worker.jobs import LONG, QUICK, Hands, JobRunner
from hamsafar.worker.loop import Chore, Day, Worker
from hamsafar.worker.pipeline import Deps, Pipeline
from hamsafar.worker.replay import Replay
from hamsafar.worker.upkeep import Upkeep

MARK = "worker.mark"
ALERTS_EVERY_S = 5.0
LOOKS_EVERY_S = 2.0
DETECT_EVERY_S = 5.0
DAILY_S = 86_400.0
DRIFT_EVERY_S = 3_600.0


def build_worker(hamsafar: Hamsafar) -> Worker:
    """Return the worker, ready to run; this process must own the data folder's river."""
    clock, database = hamsafar.clock, hamsafar.database
    dedup = Dedup(hamsafar.store)
    profiles = ProfilesStage()
    history = History(database, hamsafar.store, dedup, clock)
    reader = Reader(hamsafar.sources, hamsafar.country)
    pipeline = Pipeline(
        Deps(
            database=database,
            log=hamsafar.log,
            reader=reader,
            stages=(
                CollectStage(dedup),
                IdentityStage(identity_rules(), clock),
                profiles,
            ),
            ledger=LedgerStage(clock),
            unhistoried=history,
            attempts=Attempts(hamsafar.settings.data / MARK),
            clock=clock,
        )
    )
    between = Between()
    upkeep = Upkeep(hamsafar, history, between)
    river = River(history=history, profiles=profiles, pipeline=pipeline, between=between)
    hands = Hands(
        database=database,
        identity=hamsafar.identity,
        desk=hamsafar.quarantine,
        replay=Replay(database, hamsafar.quarantine, pipeline, reader, between),
        history=history,
        eraser=PersonEraser(hamsafar, river),
        keeper=upkeep,
        compactor=upkeep,
        between=between,
        steady=Lock(),
        clock=clock,
    )
    jobs = hamsafar.access.jobs
    return Worker(
        Day(
            database=database,
            pipeline=pipeline,
            history=history,
            compactor=upkeep,
            quick=JobRunner(jobs, hands, QUICK),
            long=JobRunner(jobs, hands, LONG),
            chores=(Chore(every_s=ALERTS_EVERY_S, run=Alerts(hamsafar).check),),
            slow_chores=(
                Chore(every_s=LOOKS_EVERY_S, run=hamsafar.access.audit.settle),
                Chore(every_s=30.0, run=upkeep.drop_log),
                Chore(every_s=DETECT_EVERY_S, run=Detect(hamsafar, between).step),
                Chore(every_s=DRIFT_EVERY_S, run=hamsafar.drift.record),
                Chore(every_s=300.0, run=upkeep.forget_old),
                Chore(every_s=DAILY_S, run=upkeep.expire_old),
            ),
            between=between,
            clock=clock,
        )
    )


def build_herald(hamsafar: Hamsafar) -> Herald:
    """Return who tells webhooks of alerts; to be run in a thread of its own."""
    return Herald(hamsafar.access, hamsafar.sender, hamsafar.clock)
