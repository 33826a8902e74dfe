"""The order of writes that survives a power cut; kill -9 cannot show it, so it is looked at."""

import os
from pathlib import Path

import pytest
from support.history import History, open_database, open_store, own_view, settle

from hamsafar.engines.segments import Disk


class Watched:
    """Notes every sync, rename and manifest row in the order they happen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, str]] = []
        fsync, replace = os.fsync, Path.replace

        def synced(handle: int) -> None:
            fsync(handle)
            self.seen.append(("sync", Path(os.readlink(f"/proc/self/fd/{handle}")).name))

        def renamed(source: Path, target: Path) -> Path:
            self.seen.append(("rename", source.name))
            return replace(source, target)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", renamed)

    def note(self, what: str) -> None:
        self.seen.append((what, ""))


class SpyTx:
    """A transaction that notes when rows of the manifest are written."""

    def __init__(self, tx, watched: Watched) -> None:
        self._tx = tx
        self._watched = watched

    def __getattr__(self, name: str):
        if name == "upsert":
            self._watched.note("register")
        return getattr(self._tx, name)


class TestFlush:
    def test_registers_only_what_is_synced_with_its_folder(self, tmp_path: Path, monkeypatch):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        with database.write() as tx:
            watched = Watched(monkeypatch)
            store.flush(SpyTx(tx, watched), History().events(50))
            kinds = [kind for kind, _ in watched.seen]
        files = [name for kind, name in watched.seen if kind == "rename"]
        assert len(files) == 3
        for name in files:
            assert watched.seen.index(("sync", name)) < watched.seen.index(("rename", name))
        folder = watched.seen.index(("sync", "lake"))
        last_rename = len(kinds) - 1 - kinds[::-1].index("rename")
        assert last_rename < folder < kinds.index("register")
        monkeypatch.undo()
        database.close()


class TestCompact:
    def test_unlinks_only_after_the_swap_is_committed(self, tmp_path: Path):
        database = open_database(tmp_path)
        left: list[bool] = []

        class Curious(Disk):
            def remove(self, name: str) -> bool:
                with database.read():
                    left.append(name in store.files())
                return super().remove(name)

        store = open_store(tmp_path, database, disk=Curious(tmp_path / "lake"))
        for _ in range(4):
            with database.write() as tx:
                store.flush(tx, History().events(50))
        settle(store, own_view(300))
        assert left
        assert not any(left)
        database.close()


class TestCreate:
    def test_leaves_nothing_when_writing_fails(self, tmp_path: Path):
        disk = Disk(tmp_path)
        with pytest.raises(ZeroDivisionError), disk.create("a") as file:  # noqa: PT012 (both)
            file.write(b"half")
            raise ZeroDivisionError
        assert disk.names() == []
