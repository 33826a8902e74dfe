"""What every Database must do. An engine's test class inherits `DatabaseConformance`.

Subclasses define the fixtures `open_again` (a function that opens one more handle on the same
database) and `database` (a migrated handle).
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hamsafar.kernel.errors import BadInput, Retriable
from hamsafar.storage.errors import KeyTaken, StatementFailed
from hamsafar.storage.ports import Database
from hamsafar.storage.types import Column, Kind, Lookup, Remove, Row, Statement, Upsert

NODE = Column("node", Kind.INT)
FOLDS = Upsert("activity", (NODE, Column("state", Kind.BYTES)), key=("node",), update=("state",))
KEEP = Upsert("activity", (NODE, Column("state", Kind.BYTES)), key=("node",))
STRICT = Upsert("activity", (NODE, Column("state", Kind.BYTES)))
FOLD_OF = Lookup("activity", ("node", "state"), NODE)
DROP_FOLD = Remove("activity", NODE)
TOKEN = Upsert(
    "search_token",
    (Column("token", Kind.TEXT), Column("node", Kind.INT)),
    key=("token", "node"),
)
TOKENS_OF = Lookup("search_token", ("token", "node"), Column("token", Kind.TEXT))
COUNT = Statement("t.count", "SELECT count(*) FROM activity")
INSERT = Statement("t.insert", "INSERT INTO activity (node, state) VALUES (:node, :state)")
ALL = Statement("t.all", "SELECT node, state FROM activity ORDER BY node")
TALLY = Statement(
    "t.tally",
    "INSERT INTO tally (minute, source_id, lane, outcome, count) VALUES (:m, 1, 'live', 's', :n)"
    " ON CONFLICT (minute, source_id, lane, outcome)"
    " DO UPDATE SET count = tally.count + excluded.count",
)


def everything(database: Database) -> list[Row]:
    with database.read() as tx:
        return tx.rows(ALL)


class MigrateConformance:
    def test_makes_every_table_once(self, database: Database):
        before = database.tables()
        database.migrate()
        assert database.tables() == before == sorted(before)
        assert {"node", "activity", "position", "quarantine"} <= set(before)
        assert "alembic_version" not in before

    def test_is_safe_from_many_threads(self, empty: Database, open_again: Callable[[], Database]):
        handles = [open_again() for _ in range(4)]
        errors: list[BaseException] = []

        def migrate(handle: Database) -> None:
            try:
                handle.migrate()
            except BaseException as error:  # noqa: BLE001
                errors.append(error)

        threads = [threading.Thread(target=migrate, args=(handle,)) for handle in handles]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for handle in handles:
            handle.close()
        assert errors == []
        assert "node" in empty.tables()


class TransactionConformance:
    def test_commits_at_the_end(self, database: Database, open_again: Callable[[], Database]):
        with database.write() as tx:
            tx.run(INSERT, {"node": 1, "state": b"a"})
        other = open_again()
        assert everything(other) == [(1, b"a")]
        other.close()

    def test_rolls_back_on_any_error(self, database: Database):
        def work() -> None:
            with database.write() as tx:
                tx.run(INSERT, {"node": 1, "state": b"a"})
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            work()
        assert everything(database) == []
        with database.write() as tx:
            tx.run(INSERT, {"node": 2, "state": b"b"})
        assert everything(database) == [(2, b"b")]

    def test_a_snapshot_does_not_move(self, database: Database):
        with database.read() as tx:
            assert tx.rows(COUNT) == [(0,)]
            with database.write() as writing:
                writing.run(INSERT, {"node": 1, "state": b"a"})
            assert tx.rows(COUNT) == [(0,)]
        assert everything(database) == [(1, b"a")]

    def test_a_read_may_not_write(self, database: Database):
        with pytest.raises(StatementFailed) as caught, database.read() as tx:
            tx.run(INSERT, {"node": 1, "state": b"a"})
        assert caught.value.statement == "t.insert"
        assert caught.value.sql.startswith("INSERT INTO activity")

    def test_what_is_uncommitted_is_unseen_by_others(self, database: Database):
        with database.write() as tx:
            tx.run(INSERT, {"node": 1, "state": b"a"})
            assert everything(database) == []

    def test_many_threads_lose_no_update(self, database: Database):
        add = Statement("t.add", "UPDATE tally SET count = count + 1 WHERE minute = 1")
        with database.write() as tx:
            tx.run(TALLY, {"m": 1, "n": 0})

        def work() -> None:
            for _ in range(20):
                with database.write() as tx:
                    tx.run(add)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with database.read() as tx:
            assert tx.rows(Statement("t.c", "SELECT count FROM tally")) == [(80,)]

    def test_a_named_lock_orders_read_then_write(self, database: Database):
        most = Statement("t.most", "SELECT coalesce(max(node), 0) FROM activity")

        def work() -> None:
            for _ in range(10):
                with database.write() as tx:
                    tx.lock("next node")
                    last = int(str(tx.rows(most)[0][0]))
                    tx.run(INSERT, {"node": last + 1, "state": b""})

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [row[0] for row in everything(database)] == list(range(1, 41))

    def test_who_has_little_patience_does_not_wait_for_other_writers(
        self, database: Database, open_again: Callable[[], Database]
    ):
        other = open_again()
        with database.write() as tx:
            tx.lock("next node")
            began = time.monotonic()
            with (
                pytest.raises(Retriable),
                other.write(patience=timedelta(milliseconds=50)) as waiting,
            ):
                waiting.lock("next node")
            assert time.monotonic() - began < 4
        with other.write(patience=timedelta(milliseconds=50)) as tx:
            tx.run(INSERT, {"node": 1, "state": b""})
        with database.read() as tx:
            assert tx.rows(COUNT) == [(1,)]
        other.close()


class StatementConformance:
    def test_run_says_how_many_rows_it_touched(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"x") for node in range(10)])
            touched = tx.run(
                Statement("t.u", "UPDATE activity SET state = :s WHERE node < :n"),
                {"s": b"y", "n": 4},
            )
        assert touched == 4

    def test_run_many_runs_once_per_set(self, database: Database):
        with database.write() as tx:
            tx.run_many(TALLY, [{"m": 1, "n": 2}, {"m": 2, "n": 3}, {"m": 1, "n": 5}])
            tx.run_many(TALLY, [])
        with database.read() as tx:
            assert tx.rows(Statement("t.t", "SELECT minute, count FROM tally ORDER BY minute")) == [
                (1, 7),
                (2, 3),
            ]

    def test_rows_are_plain_tuples(self, database: Database):
        with database.write() as tx:
            tx.run(INSERT, {"node": 1, "state": b"\x00\xff"})
            [row] = tx.rows(ALL)
        assert type(row) is tuple
        assert type(row[1]) is bytes

    def test_returning_gives_rows(self, database: Database):
        with database.write() as tx:
            rows = tx.rows(
                Statement("t.r", INSERT.sql + " RETURNING node"), {"node": 9, "state": b""}
            )
        assert rows == [(9,)]

    def test_sums_are_integers(self, database: Database):
        with database.write() as tx:
            tx.run_many(TALLY, [{"m": m, "n": 2**40} for m in range(3)])
            [(total, mean)] = tx.rows(Statement("t.s", "SELECT sum(count), avg(1.5) FROM tally"))
        assert (total, mean) == (3 * 2**40, 1.5)
        assert type(total) is int
        assert type(mean) is float

    def test_a_parameter_may_be_null_in_a_filter(self, database: Database):
        page = Statement(
            "t.page",
            "SELECT node FROM activity WHERE (:after IS NULL OR node > :after)"
            " AND (:below IS NOT NULL AND node < :below OR :below is null) ORDER BY node LIMIT :n",
        )
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"") for node in (1, 2, 3)])
            assert tx.rows(page, {"after": None, "below": None, "n": 9}) == [(1,), (2,), (3,)]
            assert tx.rows(page, {"after": 1, "below": None, "n": 1}) == [(2,)]
            assert tx.rows(page, {"after": None, "below": 2, "n": 9}) == [(1,)]

    def test_true_and_false_are_one_and_nought(self, database: Database):
        with database.write() as tx:
            tx.run(TALLY, {"m": False, "n": True})
            assert tx.rows(Statement("t.b", "SELECT minute, count FROM tally")) == [(0, 1)]

    def test_percent_signs_in_the_text_are_themselves(self, database: Database):
        with database.read() as tx:
            rows = tx.rows(
                Statement("t.p", "SELECT 'a%b' WHERE 'x:y%' LIKE :like"),
                {"like": "x%"},
            )
        assert rows == [("a%b",)]

    def test_text_sorts_by_code_point(self, database: Database):
        words = ["b", "B", "a", "ي", "ی", "é", "_", "Z"]
        with database.write() as tx:
            tx.upsert(TOKEN, [(word, 1) for word in words])
            rows = tx.rows(Statement("t.o", "SELECT token FROM search_token ORDER BY token"))
        assert [row[0] for row in rows] == sorted(words)

    def test_a_bad_statement_carries_its_name_and_no_values(self, database: Database):
        with pytest.raises(StatementFailed) as caught, database.write() as tx:
            tx.run(Statement("t.bad", "UPDATE nowhere SET x = :x"), {"x": "0912-secret"})
        assert caught.value.statement == "t.bad"
        assert "0912" not in str(caught.value)

    def test_a_taken_key_is_its_own_error_without_values(self, database: Database):
        add = Statement("t.chan", "INSERT INTO channel (code, name) VALUES (:c, :n)")
        with database.write() as tx:
            tx.run(add, {"c": 1, "n": "0912-secret"})
        with pytest.raises(KeyTaken) as caught, database.write() as tx:
            tx.run(add, {"c": 2, "n": "0912-secret"})
        assert "0912" not in str(caught.value)

    def test_a_missing_value_is_not_a_taken_key(self, database: Database):
        with pytest.raises(StatementFailed) as caught, database.write() as tx:
            tx.run(INSERT, {"node": 1, "state": None})
        assert not isinstance(caught.value, KeyTaken)

    @pytest.mark.parametrize("value", ["a\0b", "\ud800", 2**63, -(2**63) - 1])
    def test_a_value_no_database_can_hold_is_bad_input(self, database: Database, value):
        echo = Statement("t.echo", "SELECT node FROM search_token WHERE token = :v")
        if isinstance(value, int):
            echo = Statement("t.echo", "SELECT state FROM activity WHERE node = :v")
        with pytest.raises(BadInput) as caught, database.read() as tx:
            tx.rows(echo, {"v": value})
        assert caught.value.where == "t.echo"

    @pytest.mark.parametrize("text", ["a\0b", "\ud800x"])
    def test_a_text_no_database_can_hold_is_bad_input_in_bulk_too(self, database: Database, text):
        with pytest.raises(BadInput), database.write() as tx:
            tx.upsert(TOKEN, [("fine", 1), (text, 2)])
        with pytest.raises(BadInput), database.write() as tx:
            tx.upsert(FOLDS, [(2**63, b"")])

    def test_the_log_names_statements_only(self, database: Database, caplog):
        with caplog.at_level("DEBUG"), database.write() as tx:
            tx.run(INSERT, {"node": 1, "state": b"canary"})
            tx.upsert(TOKEN, [("canary", 1)])
        assert "t.insert" in caplog.text
        assert "canary" not in caplog.text


class BulkConformance:
    def test_upsert_inserts_and_updates(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(1, b"a"), (2, b"b")])
            tx.upsert(FOLDS, [(2, b"c"), (3, b"")])
            tx.upsert(FOLDS, [])
        assert everything(database) == [(1, b"a"), (2, b"c"), (3, b"")]

    def test_without_update_the_old_row_stays(self, database: Database):
        with database.write() as tx:
            tx.upsert(KEEP, [(1, b"a"), (1, b"b")])
            tx.upsert(KEEP, [(1, b"c"), (2, b"d")])
        assert everything(database) == [(1, b"a"), (2, b"d")]

    def test_without_key_a_clash_is_an_error(self, database: Database):
        with pytest.raises(KeyTaken), database.write() as tx:
            tx.upsert(STRICT, [(1, b"a"), (1, b"b")])

    def test_of_two_rows_with_one_key_the_last_wins(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(2, b"a"), (1, b"z"), (2, b"b"), (2, b"c")])
        assert everything(database) == [(1, b"z"), (2, b"c")]

    def test_lookup_finds_what_is_there(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"%d" % node) for node in range(0, 100, 2)])
            found = tx.lookup(FOLD_OF, list(range(100)))
            assert tx.lookup(FOLD_OF, []) == []
        assert sorted(found) == [(node, b"%d" % node) for node in range(0, 100, 2)]

    def test_lookup_by_a_repeated_key_gives_the_row_once(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(1, b"a")])
            assert tx.lookup(FOLD_OF, [1, 1, 1]) == [(1, b"a")]

    def test_lookup_by_text_and_bytes(self, database: Database):
        words = ["سلام", "نیم‌فاصله", "it's", '"q"', "a,b", "", "{}", "NULL", "\\"]
        with database.write() as tx:
            tx.upsert(TOKEN, [(word, index) for index, word in enumerate(words)])
            assert sorted(tx.lookup(TOKENS_OF, words)) == sorted(
                (word, index) for index, word in enumerate(words)
            )
            keys = Upsert(
                "write_key",
                (
                    Column("id", Kind.TEXT),
                    Column("source_id", Kind.INT),
                    Column("name", Kind.TEXT),
                    Column("hash", Kind.BYTES),
                    Column("created_at", Kind.INT),
                ),
                key=("id",),
            )
            tx.upsert(keys, [("a", 1, "", b"\0\xff", 5), ("b", 1, "", b"", 5)])
            by_hash = Lookup("write_key", ("id",), Column("hash", Kind.BYTES))
            assert tx.lookup(by_hash, [b"\0\xff", b"nothing"]) == [("a",)]

    def test_nulls_go_both_ways(self, database: Database):
        jobs = Upsert(
            "webhook",
            (
                Column("id", Kind.TEXT),
                Column("url", Kind.TEXT),
                Column("created_by", Kind.TEXT),
                Column("created_at", Kind.INT),
                Column("last_status", Kind.TEXT),
                Column("last_at", Kind.INT),
            ),
            key=("id",),
            update=("last_at",),
        )
        with database.write() as tx:
            tx.upsert(jobs, [("a", "u", "me", 1, "", None), ("b", "u", "me", 1, "", 7)])
            tx.upsert(jobs, [("b", "u", "me", 1, "", None), ("c", "u", "me", -1, "", -7)])
            rows = tx.rows(Statement("t.w", "SELECT id, last_at FROM webhook ORDER BY id"))
        assert rows == [("a", None), ("b", None), ("c", -7)]

    def test_remove_deletes_by_key(self, database: Database):
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"") for node in range(10)])
            tx.remove(DROP_FOLD, [1, 3, 3, 99])
            tx.remove(DROP_FOLD, [])
        assert [row[0] for row in everything(database)] == [0, 2, 4, 5, 6, 7, 8, 9]

    def test_takes_more_rows_than_any_variable_limit(self, database: Database):
        many = 40_000
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"x") for node in range(many)])
            assert len(tx.lookup(FOLD_OF, list(range(many)))) == many
            tx.remove(DROP_FOLD, list(range(1, many)))
        assert everything(database) == [(0, b"x")]

    @settings(
        max_examples=30,
        deadline=None,
        # One method for both engines, and the table is cleared in each example.
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
            HealthCheck.too_slow,
        ],
    )
    @given(
        batches=st.lists(
            st.lists(
                st.tuples(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 5), st.binary()),
                max_size=20,
            ),
            max_size=4,
        ),
        gone=st.lists(st.integers(0, 5)),
    )
    def test_equals_a_dictionary(self, database: Database, batches, gone):
        model: dict[int, bytes] = {}
        with database.write() as tx:
            tx.run(Statement("t.clear", "DELETE FROM activity"))
            for batch in batches:
                tx.upsert(FOLDS, batch)
                model.update(batch)
            tx.remove(DROP_FOLD, gone)
            for key in gone:
                model.pop(key, None)
            assert dict(tx.lookup(FOLD_OF, list(model))) == model
        assert dict(everything(database)) == model


class CareConformance:
    def test_size_grows(self, database: Database):
        before = database.size_bytes()
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"x" * 1000) for node in range(500)])
        assert database.size_bytes() >= before + 500_000

    def test_backup_is_consistent_while_others_write(self, database: Database, tmp_path: Path):
        with database.write() as tx:
            tx.upsert(FOLDS, [(node, b"%d" % node * 50) for node in range(500)])
        stop = threading.Event()

        def work() -> None:
            round_ = 0
            while not stop.is_set():
                round_ += 1
                with database.write() as tx:
                    tx.upsert(FOLDS, [(node, b"%d" % round_) for node in (600, 700, 800)])

        thread = threading.Thread(target=work)
        thread.start()
        try:
            database.backup(tmp_path / "copy.db")
        finally:
            stop.set()
            thread.join()
        copy = self.opened(tmp_path / "copy.db")
        rows = dict(everything(copy))
        assert len({rows.pop(node, None) for node in (600, 700, 800)}) == 1
        assert rows == {node: b"%d" % node * 50 for node in range(500)}
        assert copy.tables() == database.tables()
        copy.close()

    def opened(self, path: Path) -> Database:
        from hamsafar.engines.sql import open_database  # noqa: PLC0415

        copy = open_database(path)
        copy.migrate()
        return copy


class DatabaseConformance(
    MigrateConformance,
    TransactionConformance,
    StatementConformance,
    BulkConformance,
    CareConformance,
):
    """All of it."""
