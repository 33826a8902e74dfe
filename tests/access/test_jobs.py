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
