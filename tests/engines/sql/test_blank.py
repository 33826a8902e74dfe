"""Zeroing unused bytes of b-tree pages."""

import random
from pathlib import Path

import pysqlite3.dbapi2 as driver
import pytest

from hamsafar.engines.sql.blank import blank, unused_spans


def damaged_pages(seed: int) -> bytes:
    return random.Random(seed).randbytes(2048)


class TestBlank:
    @pytest.mark.parametrize("page_size", [512, 2048, 65536])
    def test_keeps_every_row_and_index(self, tmp_path: Path, page_size: int):
        path = tmp_path / "x.db"
        connection = driver.connect(str(path), isolation_level=None)
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, data BLOB)")
        connection.execute("CREATE INDEX i ON t (word, data)")
        rng = random.Random(page_size)
        for _ in range(6):
            connection.execute("BEGIN")
            for _ in range(400):
                row = (
                    rng.randrange(1500),
                    f"w{rng.random()}" * 3,
                    rng.randbytes(rng.randrange(900)),
                )
                connection.execute("REPLACE INTO t VALUES (?, ?, ?)", row)
                connection.execute("DELETE FROM t WHERE id = ?", (rng.randrange(1500),))
            connection.execute("COMMIT")
        before = connection.execute("SELECT * FROM t ORDER BY id").fetchall()
        roots = [root for (root,) in connection.execute("SELECT rootpage FROM sqlite_master")]
        connection.close()
        assert blank(str(path), [1, *roots]) > 0
        assert blank(str(path), [1, *roots]) == 0
        connection = driver.connect(str(path))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT * FROM t ORDER BY id").fetchall() == before
        by_index = connection.execute("SELECT id FROM t INDEXED BY i WHERE word > '' ORDER BY word")
        assert sorted(by_index.fetchall()) == [(row[0],) for row in before]
        connection.close()


class TestUnusedSpans:
    @pytest.mark.parametrize("kind", [0, 1, 3, 4, 9, 255])
    def test_refuses_what_is_no_tree_page(self, kind: int):
        with pytest.raises(ValueError, match="b-tree"):
            unused_spans(bytes([kind]) + bytes(511), 0, 512)

    @pytest.mark.parametrize("seed", range(200))
    def test_refuses_nonsense_or_stays_inside_the_page(self, seed: int):
        page = bytes([random.Random(seed).choice([2, 5, 10, 13])]) + damaged_pages(seed)[1:]
        try:
            spans = unused_spans(page, 0, 2048)
        except ValueError:
            return
        assert all(8 <= first < end <= 2048 for first, end in spans)
