"""Databases for identity: SQLite and PostgreSQL, one of each per worker, emptied between tests."""

from collections.abc import Iterator

import pytest
from support.identity import wipe
from support.postgres import Server, postgres_server  # noqa: F401  (a fixture)

from hamsafar.engines.sql import open_database
from hamsafar.storage.ports import Database


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(tmp_path_factory.mktemp("identity") / "main.db")
    database.migrate()
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: Server) -> Iterator[Database]:  # noqa: F811
    name = postgres_server.create()
    database = open_database(postgres_server.url(name))
    database.migrate()
    yield database
    database.close()
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    engine = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    found: Database = request.getfixturevalue(engine)
    wipe(found)
    return found
