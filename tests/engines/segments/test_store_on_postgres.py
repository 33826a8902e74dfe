"""The segment event store, its manifest on PostgreSQL: what depends on the database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage.conformance_event_store import (
    CompactConformance,
    EraseConformance,
    FlushConformance,
    SeenConformance,
    filled,
)
from support.history import SMALL

from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.sql.postgres import PostgresDatabase

pytestmark = pytest.mark.postgres

__all__ = ["filled"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(postgres_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def open_store(folder: Path, database: PostgresDatabase) -> Callable[[], SegmentStore]:
    return lambda: SegmentStore(folder, database, sizes=SMALL)


@pytest.fixture
def store(open_store: Callable[[], SegmentStore]) -> Iterator[SegmentStore]:
    store = open_store()
    yield store
    store.close()


class TestConformance(FlushConformance, SeenConformance, CompactConformance, EraseConformance):
    pass
