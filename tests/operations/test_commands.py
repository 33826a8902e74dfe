"""Commands for whoever runs the machine."""

import hashlib
import json

import pytest
from support.river import river, track
from typer.testing import CliRunner

from hamsafar.access.types import Role
from hamsafar.cli.main import app
from hamsafar.wiring.canonical import canonical_digest
from hamsafar.wiring.lock import owned

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path):
    with river(tmp_path / "data") as flow:
        flow.send([track(f"m{i}", "Viewed", second=i, userId="سارا") for i in range(3)])
        flow.send([{"type": "track", "messageId": "bad", "userId": "u"}])
        flow.flow()
        flow.hamsafar.access.watch.open_alert("disk", "", "1.0 GB free (2 %)")
        flow.send([track("later", "Viewed", userId="u2")])
    return tmp_path / "data"


def run(*arguments: object, code: int = 0) -> str:
    result = RUN.invoke(app, [*map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


class TestStatus:
    def test_json_holds_the_sheet_lanes_stores_and_alerts(self, folder):
        found = json.loads(run("status", "--data", folder, "--json"))
        assert found["received"] == 5
        assert (found["stored"], found["quarantined"]) == (3, 1)
        assert (found["lag_events"], found["lag_live"], found["lag_bulk"]) == (1, 1, 0)
        assert found["people"] == 1
        assert found["running"] is False
        assert found["alerts"] == [{"kind": "disk", "subject": "", "detail": "1.0 GB free (2 %)"}]
        for name in ("history_bytes", "log_bytes", "database_bytes", "disk_free_bytes"):
            assert found[name] >= 0

    def test_words_say_it_in_lines(self, folder):
        said = run("status", "--data", folder)
        assert "5 received: 3 stored, 0 duplicates, 1 quarantined, 0 rejected" in said
        assert "1 live, 0 imported" in said
        assert "disk: 1.0 GB free (2 %)" in said
        assert "stopped" in said

    def test_an_empty_folder_is_no_data(self, tmp_path):
        assert "holds no hamsafar data" in run("status", "--data", tmp_path / "none", code=2)

    @pytest.mark.parametrize(
        "command",
        [
            ("backup", "copy"),
            ("erase", "u1", "--yes"),
            ("export", "--canonical", "out"),
            ("move", "--to", "sqlite"),
            ("users", "list"),
        ],
    )
    def test_a_mistyped_folder_is_not_made(self, tmp_path, command, monkeypatch):
        monkeypatch.chdir(tmp_path)
        said = run(*command, "--data", tmp_path / "none", code=2)
        assert "holds no hamsafar data" in said
        assert list(tmp_path.iterdir()) == []


class TestUsers:
    def test_an_invited_person_can_join(self, folder):
        found = json.loads(
            run(
                "users", "invite", "Sara@Example.com", "--role", "owner", "--data", folder, "--json"
            )
        )
        assert found["email"] == "sara@example.com"
        with river(folder) as flow:
            access = flow.hamsafar.access
            token = found["link"].rpartition("token=")[2]
            signed = access.sessions.redeem(token, password="correct horse 42 باتری")
            assert signed.account.role is Role.OWNER

    def test_a_locked_out_owner_gets_a_fresh_link(self, folder):
        run("users", "invite", "sara@example.com", "--role", "owner", "--data", folder)
        found = json.loads(run("users", "reset", "SARA@example.com", "--data", folder, "--json"))
        assert "/welcome?token=" in found["link"]
        assert "sara@example.com" in run("users", "list", "--data", folder)

    def test_a_stranger_cannot_be_reset(self, folder):
        said = run("users", "reset", "who@example.com", "--data", folder, code=2)
        assert "nobody has the address" in said

    def test_an_address_must_be_one(self, folder):
        run("users", "invite", "sara", "--data", folder, code=2)


class TestExport:
    def test_the_file_has_the_digest_it_says(self, folder, tmp_path):
        to = tmp_path / "export.jsonl"
        found = json.loads(run("export", "--canonical", to, "--data", folder, "--json"))
        assert found["sha256"] == hashlib.sha256(to.read_bytes()).hexdigest()
        assert found["lines"] == len(to.read_text().splitlines()) == 4
        with river(folder) as flow:
            assert canonical_digest(flow.hamsafar) == found["sha256"]

    def test_not_beside_a_running_server(self, folder, tmp_path):
        with owned(folder):
            run("export", "--canonical", tmp_path / "x", "--data", folder, code=2)
        assert not (tmp_path / "x").exists()
