"""The SQLite event log."""

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pysqlite3.dbapi2 as driver
import pytest
from storage.conformance_event_log import WHOLE, EventLogConformance, blobs, everything

from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.errors import DamagedData, LogFull, StorageError
from hamsafar.storage.ports import EventLog
from hamsafar.storage.types import Lane

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(1_700_000_000_000_000)


@pytest.fixture
def open_file(clock: FixedClock) -> Callable[[Path], SqliteLog]:
    return lambda path: SqliteLog(path, clock=clock)


@pytest.fixture
def open_again(open_file, path: Path) -> Callable[[], SqliteLog]:
    return lambda: open_file(path)


@pytest.fixture
def log(open_again) -> Iterator[SqliteLog]:
    log = open_again()
    yield log
    log.close()


@pytest.fixture
def files(path: Path) -> Callable[[], bytes]:
    """Every byte of every file of the log."""
    return lambda: b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()))


class TestConformance(EventLogConformance):
    pass


class TestPort:
    def test_is_an_event_log(self, log: SqliteLog):
        port: EventLog = log
        assert port.end(Lane.LIVE).offset == 0

    def test_only_the_owner_may_read_the_files(self, log: SqliteLog, path: Path):
        log.append(Lane.LIVE, [(b"a", 1)])
        for file in path.parent.iterdir():
            assert file.stat().st_mode & 0o077 == 0, file


class TestLimit:
    def test_more_than_the_limit_is_log_full(self, path: Path, clock: FixedClock):
        log = SqliteLog(path, max_bytes=2_000_000, clock=clock)
        kept = 0

        def work() -> None:
            nonlocal kept
            while kept < 100:
                log.append(Lane.LIVE, [(b"x" * 100_000, 1)])
                kept += 1

        with pytest.raises(LogFull, match="limit"):
            work()
        assert 10 < kept < 21
        assert log.end(Lane.LIVE).events == kept
        clock.move(1)
        log.drop(Lane.LIVE, through=WHOLE, older_than=clock.now_us())
        log.append(Lane.LIVE, [(b"x" * 100_000, 1)])
        log.close()


READER = """
import sys
from pathlib import Path
from hamsafar.engines.sqlite_log import SqliteLog
from hamsafar.storage.types import Lane
log, after, seen = SqliteLog(Path(sys.argv[1])), 0, 0
while seen < int(sys.argv[2]):
    for record in log.read(Lane.LIVE, after=after, limit_bytes=1_000_000):
        after, seen = record.offset, seen + 1
        print(record.offset, len(record.blob), flush=True)
"""


class TestOtherProcess:
    def test_reads_the_tail_while_we_append(self, log: SqliteLog, path: Path):
        log.append(Lane.LIVE, [(b"0", 1)])
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, str(path), "200"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        sizes = [1]
        for number in range(1, 200):
            sizes.append(number * 997 % 60_000)
            log.append(Lane.LIVE, [(b"x" * sizes[-1], 1)])
        out, _ = reader.communicate(timeout=60)
        lines = [tuple(map(int, line.split())) for line in out.splitlines()]
        assert [size for _, size in lines] == sizes
        assert [offset for offset, _ in lines] == sorted({offset for offset, _ in lines})


class TestDamage:
    """A changed byte is noticed at the next read or by `verify`, never served."""

    @pytest.fixture
    def written(self, log: SqliteLog, path: Path) -> Path:
        rng = random.Random(7)
        for number in range(30):
            size = rng.choice([10, 300, 5_000, 70_000])
            log.append(Lane(rng.choice(list(Lane))), [(rng.randbytes(size), number)])
        log.close()
        assert not path.with_name("log.db-wal").exists()
        return path

    def noticed(self, path: Path) -> bool:
        """Whether reading everything, or verifying it, complains."""
        try:
            log = SqliteLog(path)
        except StorageError:
            return True
        try:
            for lane in Lane:
                everything(log, lane)
            log.verify()
        except StorageError:
            return True
        finally:
            log.close()
        return False

    def test_an_unhurt_log_is_fine(self, written: Path):
        assert not self.noticed(written)

    def test_a_flipped_bit_never_changes_what_is_read(self, written: Path):
        log = SqliteLog(written)
        truth = {lane: everything(log, lane) for lane in Lane}
        log.close()
        good = written.read_bytes()
        rng = random.Random(os.environ.get("HAMSAFAR_SEED", "1"))
        unnoticed = 0
        for _ in range(100):
            place, bit = rng.randrange(len(good)), rng.randrange(8)
            hurt = bytearray(good)
            hurt[place] ^= 1 << bit
            written.write_bytes(hurt)
            if self.noticed(written):
                continue
            # Unused space of a page, or a counter SQLite does not rely on: nothing was lost.
            unnoticed += 1
            log = SqliteLog(written)
            assert {lane: everything(log, lane) for lane in Lane} == truth, (place, bit)
            log.close()
        assert unnoticed < 40

    def test_a_flipped_bit_of_a_blob_is_always_noticed(self, written: Path):
        log = SqliteLog(written)
        largest = max(everything(log, Lane.LIVE), key=lambda record: len(record.blob))
        log.close()
        good = written.read_bytes()
        for step in range(0, len(largest.blob) - 64, 7_000):
            place = good.find(largest.blob[step : step + 32])
            if place < 0:
                continue
            hurt = bytearray(good)
            hurt[place + 3] ^= 0x10
            written.write_bytes(hurt)
            with pytest.raises(DamagedData, match=f"record {largest.offset} "):
                blobs(SqliteLog(written))

    def test_a_cut_tail_is_noticed(self, written: Path):
        good = written.read_bytes()
        rng = random.Random(3)
        for _ in range(40):
            written.write_bytes(good[: rng.randrange(1, len(good))])
            assert self.noticed(written)

    def test_a_missing_record_is_noticed(self, written: Path):
        log = SqliteLog(written)
        offsets = [record.offset for record in everything(log)]
        raw = driver.connect(str(written))
        raw.execute(f'DELETE FROM live WHERE "offset" = {offsets[3]}')
        raw.commit()
        raw.close()
        with pytest.raises(DamagedData, match="missing"):
            everything(log)
        with pytest.raises(DamagedData, match="missing"):
            log.verify()
        log.close()

    def test_a_torn_tail_loses_only_the_last_commit(self, log: SqliteLog, path: Path):
        """Cut the WAL at every byte of the last frame's header, and all over its page."""
        for number in range(4):
            log.append(Lane.LIVE, [(b"%d" % number * 500, 1)])
        main, wal = path.read_bytes(), path.with_name("log.db-wal").read_bytes()
        frame = 24 + 16_384
        commits = (len(wal) - 32) // frame
        before_last = len(wal) - frame
        cuts = [
            *range(before_last, before_last + 40),
            *range(before_last + 40, len(wal), 509),
            len(wal) - 1,
        ]
        for cut in cuts:
            folder = path.parent / "torn"
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            (folder / "log.db").write_bytes(main)
            (folder / "log.db-wal").write_bytes(wal[:cut])
            torn = SqliteLog(folder / "log.db")
            assert blobs(torn) == [b"%d" % number * 500 for number in range(3)]
            torn.append(Lane.LIVE, [(b"again", 1)])
            assert torn.verify() == 4
            torn.close()
        assert commits >= 4


class TestWaiting:
    def test_a_long_writer_makes_the_log_full_not_broken(self, log: SqliteLog, path: Path):
        other = driver.connect(str(path), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(7, other.close)
        timer.start()
        with pytest.raises(LogFull, match="busy"):
            log.append(Lane.LIVE, [(b"a", 1)])
        timer.cancel()
        other.close()
        log.append(Lane.LIVE, [(b"a", 1)])
