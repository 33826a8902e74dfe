"""Access on SQLite (a new file for every test) and on PostgreSQL (one database, emptied)."""

import pytest
from support.access import office
from support.postgres import Server, postgres_server  # noqa: F401  (a fixture)

from hamsafar.storage.types import Statement

EMPTY = Statement(
    "test.empty",
    "TRUNCATE account, session, one_time_link, api_token, source, write_key, workspace, audit,"
    " job, webhook, alert RESTART IDENTITY",
)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server):  # noqa: F811
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request, tmp_path):
    if request.param == "sqlite":
        with office(tmp_path / "main.db") as opened:
            yield opened
        return
    with office(request.getfixturevalue("postgres_url")) as opened:
        with opened.database.write() as tx:
            tx.run(EMPTY)
        opened.access.workspaces.ensure()
        yield opened
