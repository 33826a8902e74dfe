"""The local socket takes only what the worker will be able to read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from hamsafar.cli.local import MAX_BLOB, LocalApp
from hamsafar.cli.local_client import LocalClient
from hamsafar.collect import pack
from hamsafar.collect.types import Envelope
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import opened
from hamsafar.wiring.settings import read_settings

GOOD = pack([Envelope(1, "import", 1, "", "", 2, b'{"batch":[{},{}]}')])


def append(app: LocalApp, body: bytes, count: str) -> tuple[int, dict[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": "/local/append",
        "query_string": f"lane=bulk&count={count}".encode(),
    }
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


class TestAppend:
    @pytest.mark.parametrize(
        ("body", "count", "where"),
        [
            (b"not msgpack", "1", "body"),
            (GOOD, "3", "count"),
            (b"x" * (MAX_BLOB + 1), "1", "body"),
        ],
    )
    def test_a_record_nobody_could_read_is_refused(
        self, tmp_path: Path, body: bytes, count: str, where: str
    ) -> None:
        with opened(read_settings(tmp_path, {})) as hamsafar:
            status, found = append(LocalApp(hamsafar), body, count)
            assert (status, found["where"]) == (400, where)
            assert hamsafar.log.end(Lane.BULK).events == 0

    def test_a_readable_record_is_appended(self, tmp_path: Path) -> None:
        with opened(read_settings(tmp_path, {})) as hamsafar:
            assert append(LocalApp(hamsafar), GOOD, "2")[0] == 200
            assert hamsafar.log.end(Lane.BULK).events == 2


class TestClient:
    def test_a_server_that_is_away_is_a_passing_fault(self, tmp_path: Path) -> None:
        client = LocalClient(tmp_path / "local.sock")
        with pytest.raises(Retriable):
            client.lag()
        client.close()
