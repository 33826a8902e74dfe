"""Erasure, looked at with somebody else's reader: payloads are compressed, so bytes alone say little."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.history import History, flush, open_database, open_store, own_view, settle

NODES = 100
NAME = "سارا-CANARY"


def payloads_on_disk(root: Path) -> list[bytes]:
    files = sorted((root / "lake").glob("*.payloads"))
    return [one for file in files for one in pl.read_ipc_stream(file)["payload"].to_list()]


def numbers_on_disk(root: Path, column: str) -> set[int]:
    files = [*(root / "lake").glob("*.columns"), *(root / "lake" / "cache").glob("*.base")]
    return {one for file in files for one in pl.read_ipc_stream(file)[column].to_list()}


@pytest.mark.parametrize("is_compacted", [False, True])
class TestErase:
    def test_leaves_neither_payload_nor_number_in_any_file(
        self, tmp_path: Path, is_compacted: bool
    ):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        history = History(nodes=NODES)
        kept = 0
        for _ in range(8):
            columns = history.events(1_000)
            for row in np.flatnonzero(columns.node == 42):
                columns.payload[row] = f'{{"name": "{NAME}"}}'.encode()
            kept += int((columns.node != 42).sum())
            flush(store, database, columns)
        if is_compacted:
            settle(store, own_view(NODES))
        store.scan(own_view(NODES))
        assert any(NAME.encode() in one for one in payloads_on_disk(tmp_path))
        assert 42 in numbers_on_disk(tmp_path, "node")
        assert store.erase([42]) == 8_000 - kept
        assert not any(NAME.encode() in one for one in payloads_on_disk(tmp_path))
        assert 42 not in numbers_on_disk(tmp_path, "node")
        assert sum(one != b"" for one in payloads_on_disk(tmp_path)) == kept
        store.scan(own_view(NODES))
        assert 42 not in numbers_on_disk(tmp_path, "node")
        database.close()
