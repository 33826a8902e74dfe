"""The segment event store, its manifest on SQLite."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage.conformance_event_store import EventStoreConformance, filled
from support.history import SMALL, open_database

from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.sql import SqliteDatabase

__all__ = ["filled"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lake"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    database = open_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def open_store(folder: Path, database: SqliteDatabase) -> Callable[[], SegmentStore]:
    return lambda: SegmentStore(folder, database, sizes=SMALL)


@pytest.fixture
def store(open_store: Callable[[], SegmentStore]) -> Iterator[SegmentStore]:
    store = open_store()
    yield store
    store.close()


class TestConformance(EventStoreConformance):
    pass
