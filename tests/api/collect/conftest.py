from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from support.collect_process import CollectProcess, collect_process, logged

from hamsafar.collect.types import Envelope


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CollectProcess]:
    with collect_process(tmp_path_factory.mktemp("collect")) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: CollectProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as made:
        yield made


@pytest.fixture
def new_envelopes(server: CollectProcess) -> Callable[[], list[Envelope]]:
    """What the test itself put into the log."""
    before = len(logged(server.data))
    return lambda: logged(server.data)[before:]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
