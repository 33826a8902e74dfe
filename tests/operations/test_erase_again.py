"""Who was erased stays erased, also when an older backup is restored."""

import json
import shutil
from pathlib import Path

import pytest
from support.river import River, river, track
from typer.testing import CliRunner

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobKind, JobState
from hamsafar.cli.main import app
from hamsafar.identity.types import Severance
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.erasures import FILE, find_due, read_ledger
from hamsafar.wiring.restore import restore_files
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.again import erase_again
from hamsafar.worker.backup import check_backup
from hamsafar.worker.erase import PersonEraser

RUN = CliRunner()
LOCAL = local_caller("test")
CANARY = "CANARY-91be"


def does(flow: River, kind: JobKind, args: dict[str, object]) -> None:
    entry = AuditEntry(action="test", subject_kind="job", subject="")
    job = flow.hamsafar.access.jobs.ask(LOCAL, kind, json.dumps(args), entry)
    flow.flow()
    ended = flow.hamsafar.access.jobs.get(job.id)
    assert (ended.state, ended.error) == (JobState.DONE, "")


def back_up(flow: River, to: Path) -> None:
    does(flow, JobKind.BACKUP, {"to": str(to)})


def erase(flow: River, user: str) -> None:
    person = flow.hamsafar.profiles.find("user_id", user)
    does(flow, JobKind.ERASE, {"person": person})


def story(flow: River) -> None:
    """One to go with a device and an address, one to stay; part in history, part not yet."""
    ids = {"userId": CANARY, "anonymousId": f"device-{CANARY}"}
    flow.send([track(f"c{n}", "Viewed", second=n, **ids) for n in range(8)])
    flow.send([track(f"s{n}", "Viewed", second=n, userId="stays") for n in range(8)])
    flow.send([{"type": "track", "messageId": "bad", "userId": CANARY}])
    flow.flow()
    flow.worker.tidy()
    flow.send([track("c-late", "Viewed", userId=CANARY), track("s9", "Viewed", userId="stays")])
    flow.flow()


def restored(backup: Path, data: Path, *more: object) -> dict[str, object]:
    arguments = ["restore", backup, "--data", data, "--json", *more]
    result = RUN.invoke(app, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def hits(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if CANARY.encode() in path.read_bytes()]


def count(flow: River, user: str) -> int:
    person = flow.hamsafar.profiles.find("user_id", user)
    if person is None:
        return 0
    return sum(a.count for a in flow.hamsafar.profiles.profile(person).activity)


class TestRestore:
    def test_the_erased_are_erased_again_to_the_last_byte(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "backups" / "one")
            erase(flow, CANARY)
        assert hits(tmp_path / "data") == []
        (tmp_path / "far").mkdir()
        (tmp_path / "backups" / "one").rename(tmp_path / "far" / "one")
        found = restored(
            tmp_path / "far" / "one", tmp_path / "new", "--erasures", tmp_path / "data"
        )
        assert (found["erased_again"], "erasures" in found) == (1, False)
        assert hits(tmp_path / "new") == []
        with river(tmp_path / "new") as flow:
            assert (count(flow, CANARY), count(flow, "stays")) == (0, 9)
            assert flow.sheet()[-1] == 0
            flow.send([track("n", "Viewed", userId=CANARY)])
            flow.flow()
            assert (count(flow, CANARY), count(flow, "stays")) == (1, 9)
            rows = flow.hamsafar.access.audit.page().items
            assert "1 people" in {r.entry.detail for r in rows if r.entry.action == "person.erase"}
            # What came since the restore is a new life: another backup of it is left alone.
            back_up(flow, tmp_path / "far" / "two")
        assert restored(tmp_path / "far" / "two", tmp_path / "third")["erased_again"] == 0
        with river(tmp_path / "third") as flow:
            assert count(flow, CANARY) == 1

    def test_a_copy_beside_the_backups_is_found_when_all_else_is_lost(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "backups" / "one")
            erase(flow, CANARY)
        shutil.rmtree(tmp_path / "data")
        found = restored(tmp_path / "backups" / "one", tmp_path / "new")
        assert (found["erased_again"], "erasures" in found) == (1, False)
        assert hits(tmp_path / "new") == []

    def test_a_later_backup_beside_it_is_found(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "backups" / "one")
            erase(flow, CANARY)
            back_up(flow, tmp_path / "backups" / "two")
        for path in (tmp_path / "backups").glob(f"{FILE}-*"):
            path.unlink()
        assert restored(tmp_path / "backups" / "one", tmp_path / "new")["erased_again"] == 1
        assert hits(tmp_path / "new") == []
        assert restored(tmp_path / "backups" / "two", tmp_path / "newer")["erased_again"] == 0

    def test_who_came_back_before_the_backup_stays(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            erase(flow, CANARY)
            flow.send([track("again", "Viewed", userId=CANARY)])
            flow.flow()
            back_up(flow, tmp_path / "backups" / "one")
        found = restored(
            tmp_path / "backups" / "one", tmp_path / "new", "--erasures", tmp_path / "data"
        )
        assert found["erased_again"] == 0
        with river(tmp_path / "new") as flow:
            assert count(flow, CANARY) == 1

    def test_what_waits_in_the_restored_log_brings_nobody_back(self, tmp_path):
        with river(tmp_path / "data") as flow:
            flow.send([track("s", "Viewed", userId="stays")])
            flow.flow()
            flow.send([track(f"c{n}", "Viewed", userId=CANARY) for n in range(5)])
            entry = AuditEntry(action="test", subject_kind="job", subject="")
            to = json.dumps({"to": str(tmp_path / "one")})
            flow.hamsafar.access.jobs.ask(LOCAL, JobKind.BACKUP, to, entry)
            flow.worker.do_jobs()
            flow.flow()
            erase(flow, CANARY)
        assert restored(tmp_path / "one", tmp_path / "new")["erased_again"] == 1
        assert hits(tmp_path / "new") == []
        with river(tmp_path / "new") as flow:
            assert count(flow, "stays") == 1

    def test_only_who_was_erased_goes_from_one_who_was_two_at_that_time(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            link = {"type": "identify", "messageId": "l", "anonymousId": "tablet"}
            flow.send([link | {"userId": CANARY}])
            flow.send([track("t", "Viewed", second=3, anonymousId="tablet")])
            flow.flow()
            back_up(flow, tmp_path / "one")
            tablet = flow.hamsafar.identity.person_of("anonymous_id", "tablet")
            ends = {n.value: n.node for n in flow.hamsafar.identity.members(tablet)}
            cut = Severance(
                id="cut", a=ends[CANARY], b=ends["tablet"], made_at=1, made_by="x", reason=""
            )
            with flow.hamsafar.database.write() as tx:
                flow.hamsafar.identity.sever(tx, cut)
            erase(flow, CANARY)
            assert flow.hamsafar.identity.person_of("anonymous_id", "tablet") is not None
        assert restored(tmp_path / "one", tmp_path / "new")["erased_again"] == 1
        assert hits(tmp_path / "new") == []
        with river(tmp_path / "new") as flow:
            tablet = flow.hamsafar.identity.person_of("anonymous_id", "tablet")
            assert [n.value for n in flow.hamsafar.identity.members(tablet)] == ["tablet"]
            with flow.hamsafar.database.write() as tx:
                told = flow.hamsafar.identity.rejudge(tx)
            assert (told.claims, told.nodes, told.changes) == (0, 0, ())
            assert count(flow, "stays") == 9

    def test_without_any_list_it_says_who_is_back(self, tmp_path):
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "one")
        found = restored(tmp_path / "one", tmp_path / "new")
        assert found["erased_again"] == 0
        assert "--erasures" in str(found["erasures"])

    def test_killed_while_it_erases_it_can_be_run_again(self, tmp_path, monkeypatch):
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "one")
            erase(flow, CANARY)
        (tmp_path / "new").mkdir()
        settings = read_settings(tmp_path / "new", {})
        due = find_due(tmp_path / "one", None)
        with monkeypatch.context() as patch:
            patch.setattr(PersonEraser, "_finish", _die)
            with pytest.raises(Died):
                restore_files(
                    tmp_path / "one",
                    check_backup(tmp_path / "one"),
                    settings,
                    lambda hamsafar: erase_again(hamsafar, due),
                )
        assert restored(tmp_path / "one", tmp_path / "new")["erased_again"] == 1
        assert hits(tmp_path / "new") == []


class TestFindDue:
    @pytest.fixture
    def one(self, tmp_path):
        """Return a backup from before an erasure, alone in its folder."""
        with river(tmp_path / "data") as flow:
            story(flow)
            back_up(flow, tmp_path / "backups" / "one")
            erase(flow, CANARY)
        for path in (tmp_path / "backups").glob(f"{FILE}-*"):
            path.unlink()
        return tmp_path / "backups" / "one"

    def test_the_ledger_names_nobody(self, one, tmp_path):
        ledger = one.parents[1] / "data" / FILE
        assert len(read_ledger(ledger)[0].marks) == 2
        assert CANARY.encode() not in ledger.read_bytes()
        assert ledger.stat().st_mode & 0o077 == 0
        with river(tmp_path / "other") as flow:
            story(flow)
            erase(flow, CANARY)
        other = read_ledger(tmp_path / "other" / FILE)[0]
        assert read_ledger(ledger)[0].marks.isdisjoint(other.marks)

    def test_another_deployment_beside_it_is_none_of_ours(self, one, tmp_path):
        with river(tmp_path / "other") as flow:
            story(flow)
            erase(flow, CANARY)
            back_up(flow, tmp_path / "backups" / "other")
        due = find_due(one, None)
        assert (due.entries, due.places) == ((), 0)

    @pytest.mark.parametrize("place", ["nothing", "backups", "other/erasures"])
    def test_a_wrong_place_is_refused(self, one, tmp_path, place):
        with river(tmp_path / "other") as flow:
            story(flow)
            erase(flow, CANARY)
        with pytest.raises(BadInput) as refused:
            find_due(one, tmp_path / place)
        assert refused.value.where == "--erasures"

    def test_a_bare_file_will_do(self, one, tmp_path):
        assert len(find_due(one, tmp_path / "data" / FILE).entries) == 1

    def test_a_new_secret_since_then_is_no_hindrance(self, one, tmp_path):
        with river(tmp_path / "data") as flow:
            flow.send([track("x", "Viewed", userId="stays-not")])
            flow.flow()
        (tmp_path / "data" / "secret").unlink()
        with river(tmp_path / "data") as flow:
            erase(flow, "stays")
        due = find_due(one, tmp_path / "data")
        assert len(due.entries) == len(due.markers) == 2
        assert restored(one, tmp_path / "new", "--erasures", tmp_path / "data")["erased_again"] == 2

    def test_a_torn_one_is_refused(self, one, tmp_path):
        (tmp_path / "data" / FILE).write_text('{"id": "x"')
        with pytest.raises(BadInput, match="damaged"):
            find_due(one, tmp_path / "data")


class Died(BaseException):
    """The process is gone."""


def _die(*_: object) -> None:
    raise Died
