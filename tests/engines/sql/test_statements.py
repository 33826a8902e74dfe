"""Every named statement in the program is understood by both databases."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import tuple_row

import hamsafar
from hamsafar.engines.sql import SqliteDatabase
from hamsafar.engines.sql.postgres import PostgresDatabase
from hamsafar.engines.sql.tx import Texts
from hamsafar.storage.types import Statement

ONE_DATABASE_ONLY = re.compile(r"^(sqlite|postgres)\.|^copy\.")


def statements() -> list[Statement]:
    """All statements that stand at the level of a module or class."""
    found: dict[str, Statement] = {}
    for module in pkgutil.walk_packages(hamsafar.__path__, "hamsafar."):
        if ".migrations" in module.name or module.name.endswith(("__main__", ".blank")):
            continue
        for value in list(vars(importlib.import_module(module.name)).values()):
            for one in list(vars(value).values()) if isinstance(value, type) else [value]:
                if isinstance(one, Statement) and not ONE_DATABASE_ONLY.match(one.name):
                    found[one.name] = one
    return sorted(found.values(), key=lambda statement: statement.name)


ALL = statements()


def ids(statement: Statement) -> str:
    return statement.name


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabase]:
    path: Path = tmp_path_factory.mktemp("statements") / "main.db"
    database = SqliteDatabase(path)
    database.migrate()
    yield database
    database.close()


@pytest.fixture(scope="module")
def postgres(postgres_server) -> Iterator[tuple[psycopg.Connection, Texts]]:
    name = postgres_server.create()
    database = PostgresDatabase(postgres_server.url(name))
    database.migrate()
    with psycopg.connect(
        postgres_server.url(name), autocommit=True, row_factory=tuple_row
    ) as connection:
        yield connection, Texts(database._engine)
    database.close()
    postgres_server.drop(name)


@pytest.mark.parametrize("statement", ALL, ids=ids)
def test_sqlite_understands(sqlite: SqliteDatabase, statement: Statement):
    names = re.findall(r"(?<![:\w\\]):(\w+)", statement.sql)
    explain = Statement(statement.name, "EXPLAIN " + statement.sql)
    with sqlite.read() as tx:
        assert tx.rows(explain, dict.fromkeys(names))


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ALL, ids=ids)
def test_postgres_understands(postgres: tuple[psycopg.Connection, Texts], statement: Statement):
    connection, texts = postgres
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

    sql = re.sub(r"%\((\w+)\)s", numbered, texts.of(statement).sql).replace("%%", "%")
    result = connection.pgconn.prepare(b"", sql.encode())
    assert result.error_message.decode() == ""
