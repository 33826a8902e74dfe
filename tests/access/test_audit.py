from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from support.access import CHEAP, LOCAL

from hamsafar.access.services.audit import Audit
from hamsafar.access.types import AuditEntry, Role
from hamsafar.engines.sqlite_looks import SqliteLooks
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput, Retriable
from hamsafar.storage.types import Statement

LOOK = AuditEntry(action="person.read", subject_kind="person", subject="1042")


def tamper(desk, column, value, row=2):
    sql = f"UPDATE audit SET {column} = :value WHERE id = :row"
    with desk.database.write() as tx:
        tx.run(Statement("test.tamper", sql), {"value": value, "row": row})


class TestChain:
    def test_holds_over_all_that_is_done(self, desk):
        desk.join(Role.OWNER)
        desk.access.audit.looked(LOCAL, LOOK)
        assert desk.access.audit.first_break() is None

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("actor", "account:eve"),
            ("at", 1),
            ("subject", "x"),
            ("detail", "y"),
            ("purpose", "z"),
            ("previous", b"0" * 32),
            ("hash", b"0" * 32),
        ],
    )
    def test_one_changed_value_breaks_it(self, desk, column, value):
        desk.join(Role.OWNER)
        tamper(desk, column, value)
        assert desk.access.audit.first_break() == 2

    def test_a_removed_row_breaks_it(self, desk):
        desk.join(Role.OWNER)
        with desk.database.write() as tx:
            tx.run(Statement("test.remove", "DELETE FROM audit WHERE id = 1"))
        assert desk.access.audit.first_break() == 2


class TestTogether:
    def test_many_writers_at_once_make_one_chain(self, desk):
        desk.access.audit.looked(LOCAL, LOOK)

        def look(number):
            entry = AuditEntry(action="a", subject_kind="person", subject=str(number))
            desk.access.audit.looked(LOCAL, entry)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(look, range(60)))
        assert desk.access.audit.first_break() is None
        assert len(desk.access.audit.page(limit=100).items) == 61


class TestLooked:
    def test_the_same_look_within_a_minute_is_one_row(self, desk):
        for _ in range(3):
            desk.access.audit.looked(LOCAL, LOOK)
        assert len(desk.access.audit.page(subject_kind="person", subject="1042").items) == 1
        desk.clock.move(60 * SECOND_US)
        desk.access.audit.looked(LOCAL, LOOK)
        rows = desk.access.audit.page(subject_kind="person", subject="1042").items
        assert [row.actor for row in rows] == ["local:tester"] * 2


class TestPage:
    def test_walks_from_the_newest_to_the_oldest(self, desk):
        for number in range(7):
            entry = AuditEntry(action="a", subject_kind="person", subject=str(number))
            desk.access.audit.looked(LOCAL, entry)
        seen, cursor = [], ""
        while True:
            page = desk.access.audit.page(cursor=cursor, limit=3)
            seen += [row.entry.subject for row in page.items]
            if page.next is None:
                break
            cursor = page.next
        assert seen == list("6543210")

    @pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "W10"])
    def test_a_foreign_cursor_is_refused(self, desk, cursor):
        with pytest.raises(BadInput):
            desk.access.audit.page(cursor=cursor)


@pytest.fixture
def booked(desk, tmp_path):
    """Return an audit whose looks go through a book, on the desk's database."""
    book = SqliteLooks(tmp_path / "looks.db")
    yield Audit(desk.database, desk.clock, CHEAP, book)
    book.close()


class TestBook:
    @pytest.mark.parametrize("count", [1, 501])
    def test_looks_come_into_the_chain_once_and_in_order(self, booked, count):
        for number in range(count):
            entry = AuditEntry(action="a", subject_kind="person", subject=str(number))
            booked.looked(LOCAL, entry)
        assert booked.settle() == count
        assert booked.settle() == 0
        rows = booked.page(limit=1000).items
        assert [row.entry.subject for row in rows] == [str(n) for n in reversed(range(count))]
        assert booked.first_break() is None

    def test_the_list_never_misses_one(self, booked):
        booked.looked(LOCAL, LOOK)
        assert [row.entry for row in booked.page().items] == [LOOK]

    def test_a_death_before_the_book_forgot_them_repeats_nothing(
        self, desk, booked, tmp_path, monkeypatch
    ):
        booked.looked(LOCAL, LOOK)
        with monkeypatch.context() as patch:
            patch.setattr(SqliteLooks, "drop", _die)
            with pytest.raises(Died):
                booked.settle()
        later = SqliteLooks(tmp_path / "looks.db")
        after = Audit(desk.database, desk.clock, CHEAP, later)
        after.looked(LOCAL, AuditEntry(action="b", subject_kind="person", subject="2"))
        assert after.settle() == 1
        assert [row.entry.action for row in after.page().items] == ["b", "person.read"]
        assert later.after(0, 9) == []
        later.close()

    def test_a_new_book_begins_anew(self, desk, booked, tmp_path):
        booked.looked(LOCAL, LOOK)
        booked.settle()
        book = SqliteLooks(tmp_path / "another.db")
        after = Audit(desk.database, desk.clock, CHEAP, book)
        after.looked(LOCAL, LOOK)
        assert after.settle() == 1
        book.close()

    def test_many_settle_at_once(self, booked):
        for number in range(60):
            entry = AuditEntry(action="a", subject_kind="person", subject=str(number))
            booked.looked(LOCAL, entry)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda _: booked.settle(), range(4))) == 60
        assert len(booked.page(limit=100).items) == 60
        assert booked.first_break() is None

    def test_a_look_that_cannot_be_kept_is_refused(self, booked, monkeypatch):
        monkeypatch.setattr(SqliteLooks, "add", _refuse)
        with pytest.raises(Retriable):
            booked.looked(LOCAL, LOOK)
        monkeypatch.undo()
        booked.looked(LOCAL, LOOK)
        assert booked.settle() == 1


class Died(BaseException):
    """The process is gone."""


def _die(*_):
    raise Died


def _refuse(*_):
    raise Retriable("full", after=timedelta(seconds=1))
