import pytest
from support.access import LOCAL

from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.kernel.errors import NotFound

ASKED = AuditEntry(action="person.erase", subject_kind="person", subject="7")


class TestJobs:
    def test_are_taken_in_the_order_they_were_asked(self, desk):
        jobs = desk.access.jobs
        asked = []
        for number in range(3):
            desk.clock.move(1)
            asked.append(jobs.ask(LOCAL, JobKind.ERASE, f'{{"n":{number}}}', ASKED))
        taken = [jobs.take() for _ in range(4)]
        assert [job and job.id for job in taken] == [*(job.id for job in asked), None]
        assert taken[0].state is JobState.RUNNING

    def test_tell_how_far_they_are_and_how_they_ended(self, desk):
        jobs = desk.access.jobs
        job = jobs.ask(LOCAL, JobKind.REPLAY, "{}", ASKED)
        jobs.take()
        with desk.database.write() as tx:
            jobs.progress(tx, job.id, done=3, todo=10)
        assert (jobs.get(job.id).done, jobs.get(job.id).todo) == (3, 10)
        with desk.database.write() as tx:
            jobs.finish(tx, job.id, '{"replayed":10}')
        assert (jobs.get(job.id).state, jobs.get(job.id).result) == ("done", '{"replayed":10}')

    def test_a_failed_one_says_why(self, desk):
        job = desk.access.jobs.ask(LOCAL, JobKind.ERASE, "{}", ASKED)
        desk.access.jobs.take()
        desk.access.jobs.fail(job.id, "no such person")
        assert (desk.access.jobs.get(job.id).state, desk.access.jobs.get(job.id).error) == (
            "failed",
            "no such person",
        )

    def test_what_a_dead_worker_left_is_taken_again(self, desk):
        job = desk.access.jobs.ask(LOCAL, JobKind.ERASE, "{}", ASKED)
        desk.access.jobs.take()
        assert desk.access.jobs.recover() == 1
        assert desk.access.jobs.take().id == job.id

    def test_an_unknown_one_is_not_found(self, desk):
        with pytest.raises(NotFound):
            desk.access.jobs.get("nothing")


class TestDeaths:
    def test_a_job_that_kills_its_workers_is_failed_in_the_end(self, desk):
        job = desk.access.jobs.ask(LOCAL, JobKind.COMPACT, "{}", ASKED)
        for death in range(1, 5):
            assert desk.access.jobs.take().id == job.id
            assert desk.access.jobs.recover() == 1
            assert desk.access.jobs.get(job.id).error == f"workers that died on it: {death}"
        desk.access.jobs.take()
        assert desk.access.jobs.recover() == 0
        failed = desk.access.jobs.get(job.id)
        assert (failed.state, failed.error) == (
            JobState.FAILED,
            "5 workers died on it; the journal says why",
        )

    def test_a_job_done_at_last_has_no_error(self, desk):
        job = desk.access.jobs.ask(LOCAL, JobKind.COMPACT, "{}", ASKED)
        desk.access.jobs.take()
        desk.access.jobs.recover()
        desk.access.jobs.take()
        with desk.database.write() as tx:
            desk.access.jobs.finish(tx, job.id)
        assert desk.access.jobs.get(job.id).error == ""
