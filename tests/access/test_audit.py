from concurrent.futures import ThreadPoolExecutor

import pytest
from support.access import LOCAL

from hamsafar.access.types import AuditEntry, Role
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput
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
