from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from hamsafar.engines.sql import open_database
from hamsafar.engines.sql.migrate import SCRIPTS, newest
from hamsafar.storage.types import Statement


class TestNewest:
    def test_it_is_what_alembic_calls_the_head(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("path_separator", "os")
        assert ScriptDirectory.from_config(config).get_heads() == [newest()]


class TestUpgrade:
    def test_a_database_of_this_release_is_left_alone(self, tmp_path: Path) -> None:
        for _ in range(2):
            database = open_database(tmp_path / "main.db")
            database.migrate()
            with database.read() as tx:
                rows = tx.rows(Statement("t.version", "SELECT version_num FROM alembic_version"))
            database.close()
            assert rows == [(newest(),)]
