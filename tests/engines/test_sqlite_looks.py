"""The book of looks: durable at once, each number once, in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest

from hamsafar.access.types import AuditEntry
from hamsafar.engines.sqlite_looks import FORMAT, SqliteLooks
from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import NewerData


def entry(subject: str) -> AuditEntry:
    return AuditEntry(
        action="person.read", subject_kind="person", subject=subject, purpose="p", detail="نام"
    )


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqliteLooks]:
    made = SqliteLooks(tmp_path / "looks.db")
    yield made
    made.close()


class TestAdd:
    def test_what_was_added_is_there_for_others_and_after_a_restart(
        self, book: SqliteLooks, tmp_path: Path
    ) -> None:
        book.add(7, "account:a", entry("1"))
        book.add(8, "account:b", entry("2"))
        other = SqliteLooks(tmp_path / "looks.db")
        assert [(look.number, look.at, look.actor) for look in other.after(0, 9)] == [
            (1, 7, "account:a"),
            (2, 8, "account:b"),
        ]
        assert other.after(1, 9)[0].entry == entry("2")
        assert other.id == book.id != ""
        other.close()

    def test_only_its_owner_can_read_it(self, book: SqliteLooks, tmp_path: Path) -> None:
        book.add(1, "a", entry("1"))
        for path in tmp_path.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path

    def test_many_threads_may_add_at_once(self, book: SqliteLooks) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: book.add(n, "a", entry(str(n))), range(80)))
        assert [look.number for look in book.after(0, 100)] == list(range(1, 81))

    def test_a_place_that_cannot_be_written_refuses(self, tmp_path: Path) -> None:
        (tmp_path / "looks.db").mkdir()
        book = SqliteLooks(tmp_path / "looks.db")
        with pytest.raises((Retriable, OSError)):
            book.add(1, "a", entry("1"))

    def test_after_a_failed_write_it_refuses_until_it_is_opened_anew(
        self, book: SqliteLooks, tmp_path: Path
    ) -> None:
        book.add(1, "a", entry("1"))
        connection = sqlite.connect(str(tmp_path / "looks.db"))
        connection.execute("ALTER TABLE look RENAME TO gone")
        with pytest.raises(Retriable, match="nobody may look"):
            book.add(2, "a", entry("2"))
        connection.execute("ALTER TABLE gone RENAME TO look")
        connection.close()
        with pytest.raises(Retriable, match="earlier write"):
            book.add(2, "a", entry("2"))
        anew = SqliteLooks(tmp_path / "looks.db")
        assert len(anew.after(0, 9)) == 1
        anew.close()


class TestDrop:
    def test_numbers_are_never_given_twice(self, book: SqliteLooks, tmp_path: Path) -> None:
        book.add(1, "a", entry("1"))
        book.add(2, "a", entry("2"))
        book.drop(2)
        assert book.after(0, 9) == []
        again = SqliteLooks(tmp_path / "looks.db")
        again.add(3, "a", entry("3"))
        assert [look.number for look in again.after(0, 9)] == [3]
        again.close()


class TestId:
    def test_asking_makes_no_file(self, book: SqliteLooks, tmp_path: Path) -> None:
        assert (book.id, book.after(0, 9)) == ("", [])
        assert list(tmp_path.iterdir()) == []

    def test_another_file_is_another_book(self, book: SqliteLooks, tmp_path: Path) -> None:
        book.add(1, "a", entry("1"))
        other = SqliteLooks(tmp_path / "other.db")
        other.add(1, "a", entry("1"))
        assert other.id != book.id
        other.close()

    def test_a_newer_one_is_refused(self, book: SqliteLooks, tmp_path: Path) -> None:
        book.add(1, "a", entry("1"))
        connection = sqlite.connect(str(tmp_path / "looks.db"))
        connection.execute(f"PRAGMA application_id={FORMAT + 1}")
        connection.close()
        with pytest.raises(NewerData):
            SqliteLooks(tmp_path / "looks.db").add(1, "a", entry("1"))
