"""Data folders of every release open; those of newer ones are refused, by every kind of file."""

import json
import struct
import tarfile
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from support.river import river, track
from typer.testing import CliRunner

from hamsafar.access import local_caller
from hamsafar.cli.main import app
from hamsafar.engines.segments.container import FOOTER, FORMAT
from hamsafar.engines.sqlite_log_rows import FORMAT as LOG_FORMAT
from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.errors import NewerData
from hamsafar.storage.types import Statement
from hamsafar.wiring.build import opened
from hamsafar.wiring.canonical import canonical_digest
from hamsafar.wiring.settings import read_settings
from hamsafar.wiring.version import DATA_VERSION
from hamsafar.worker.build import build_worker

FIXTURES = Path(__file__).parents[1] / "fixtures"
RELEASES = sorted(path.stem for path in FIXTURES.glob("release-*.json"))
NOON = 1_790_000_000_000_000


@pytest.mark.parametrize("release", RELEASES)
class TestEveryRelease:
    def test_its_folder_opens_holds_what_it_held_and_goes_on(self, tmp_path, release):
        expected = json.loads((FIXTURES / f"{release}.json").read_text(encoding="utf-8"))
        archive = FIXTURES / f"{release}.tar.gz"
        assert archive.stat().st_size < 300_000
        with tarfile.open(archive) as packed:
            packed.extractall(tmp_path, filter="data")
        with opened(read_settings(tmp_path, {}), FixedClock(NOON)) as hamsafar:
            assert canonical_digest(hamsafar) == expected["digest"]
            assert hamsafar.profiles.count() == expected["people"]
            assert hamsafar.store.verify() == []
            assert hamsafar.log.verify() > 0
            assert hamsafar.access.write_keys.find(expected["write_key"]) is not None
            assert hamsafar.access.webhooks.all()[0].secret == expected["webhook_secret"]
            assert hamsafar.access.tokens.find(expected["token"])
            assert hamsafar.access.audit.first_break() is None
            sheet = hamsafar.counts.sheet()
            assert (sheet.stored, sheet.lag_events) == (expected["stored"], expected["waiting"])
            worker = build_worker(hamsafar)
            worker.begin()
            worker.drain()
            worker.tidy()
            sheet = hamsafar.counts.sheet()
            assert sheet.lag_events == 0
            assert sheet.received == expected["received"]
            assert sheet.quarantined == expected["quarantined"] + 1
            hamsafar.access.sources.add_key(local_caller("test"), hamsafar.sources.find(1).id, "k")

    def test_every_release_has_a_folder(self, release):
        assert (FIXTURES / f"{release}.tar.gz").exists()


class TestNewer:
    @pytest.fixture
    def folder(self, tmp_path) -> Path:
        with river(tmp_path) as flow:
            flow.send([track("m", "Viewed", userId="u")])
            flow.flow()
            flow.worker.tidy()
        return tmp_path

    def refused(self, folder: Path) -> str:
        """Return what `hamsafar status` says; nothing may have been written before."""
        before = (folder / "main.db").read_bytes()
        result = CliRunner().invoke(app, ["status", "--data", str(folder)])
        assert result.exit_code == 2, result.output
        assert (folder / "main.db").read_bytes() == before
        return result.output

    def test_a_newer_data_version_is_refused(self, folder):
        with opened(read_settings(folder, {})) as hamsafar, hamsafar.database.write() as tx:
            tx.run(Statement("t.newer", f"UPDATE workspace SET data_version = {DATA_VERSION + 1}"))
        said = self.refused(folder)
        assert f"version {DATA_VERSION + 1}" in said
        assert "install the newer release" in said

    def test_a_newer_schema_is_refused(self, folder):
        with opened(read_settings(folder, {})) as hamsafar, hamsafar.database.write() as tx:
            tx.run(Statement("t.newer", "UPDATE alembic_version SET version_num = '9999'"))
        assert "schema is 9999" in self.refused(folder)

    def test_a_newer_log_is_refused(self, folder):
        connection = sqlite.connect(str(folder / "log.db"))
        connection.execute(f"PRAGMA application_id={LOG_FORMAT + 1}")
        connection.commit()
        connection.close()
        assert f"log is of format {LOG_FORMAT + 1}" in self.refused(folder)

    def test_a_newer_history_file_is_refused(self, folder):
        path = next((folder / "lake").glob("*.columns"))
        data = bytearray(path.read_bytes())
        at = len(data) - FOOTER.size + 8
        assert struct.unpack_from("<I", data, at)[0] == FORMAT
        struct.pack_into("<I", data, at, FORMAT + 1)
        path.write_bytes(data)
        with opened(read_settings(folder, {})) as hamsafar, pytest.raises(NewerData):
            hamsafar.store.scan(hamsafar.identity.view())
