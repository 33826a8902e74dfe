"""`hamsafar import`: files become events once, whatever happens to them in between."""

from __future__ import annotations

import gzip
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest
import typer
from support.bulk import MemorySink
from typer.testing import CliRunner

from hamsafar.cli.import_ import CONTEXT, Import, import_command
from hamsafar.cli.import_files import open_reading
from hamsafar.collect.importing import Wishes
from hamsafar.collect.payload import decode
from hamsafar.collect.types import Reason
from hamsafar.kernel.errors import BadInput
from hamsafar.simulate import Settings, write

DATA = os.environ.get("HAMSAFAR_DATA", "../shared/data")
CLICKS = Path(DATA) / "shop_clickstream.csv.gz"
SMALL = "user_id,event,timestamp,price,note\nu1,Bought,2024-03-13 10:00:00,12.5,خوب\nu2,Seen,2024-03-13 11:00:00,,\n"


def run(path: Path, sink: MemorySink, **wishes: object):
    said = Wishes(**({"source": "import", "zone": "UTC"} | wishes))
    reading = open_reading(path, said, follows_lines="source" not in wishes, encoding="utf-8")
    return Import(sink).run(reading, source=said.source)


def properties(event) -> dict[str, object]:
    return msgspec.json.decode(decode(event.payload).properties or b"{}")


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_text(SMALL, "utf-8")
    return path


class TestClickstream:
    """The real file: 31,106 rows of 600 people, 30 of them identical to another."""

    @pytest.fixture(autouse=True)
    def _needs_data(self) -> None:
        if not CLICKS.is_file():
            pytest.skip("HAMSAFAR_DATA does not hold shop_clickstream.csv.gz")

    def test_every_row_counts_and_nothing_counts_twice(self, sink: MemorySink) -> None:
        first = run(CLICKS, sink)
        assert (first.rows, first.imported, first.duplicates) == (31_106, 31_106, 0)
        assert len({event.identifiers for event in sink.events}) == 600
        again = run(CLICKS, sink)
        assert (again.imported, again.duplicates, again.quarantined) == (0, 31_106, 0)

    def test_names_times_and_sessions_are_guessed(self, sink: MemorySink) -> None:
        run(CLICKS, sink)
        with gzip.open(CLICKS, "rt", encoding="utf-8") as file:
            rows = [line.rstrip("\n").split(",") for line in file][1:]
        expected = Counter((row[0], row[2], row[3]) for row in rows)
        found = Counter(
            (
                event.identifiers[0][1],
                event.name,
                f"{datetime.fromtimestamp(event.occurred_at // 10**6, UTC):%Y-%m-%d %H:%M:%S}",
            )
            for event in sink.events
        )
        assert found == expected
        stored = decode(sink.events[0].payload)
        assert msgspec.json.decode(stored.context)["sessionId"].startswith("sess_")
        assert set(properties(sink.events[0])) == {
            "platform",
            "acquisition_channel",
            "user_cohort",
            "user_lifecycle",
        }

    def test_a_reordered_and_extended_file_adds_only_what_is_new(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        run(CLICKS, sink)
        with gzip.open(CLICKS, "rt", encoding="utf-8") as file:
            header, *rows = file.read().splitlines()
        random.Random(5).shuffle(rows)
        extra = "user_0000,sess_x,home,2024-07-01 10:00:00,desktop,email,2024-01,returning"
        path = tmp_path / "later.csv"
        # One more of an existing row is one more event: its n-th occurrence.
        path.write_text("\n".join([header, *rows, extra, extra, rows[0]]) + "\n", "utf-8")
        later = run(path, sink)
        assert (later.imported, later.duplicates) == (3, 31_106)

    def test_resumes_after_being_killed(self, sink: MemorySink) -> None:
        sink.stops_after = 4
        with pytest.raises(KeyboardInterrupt):
            run(CLICKS, sink)
        kept = len(sink.events)
        assert 0 < kept < 31_106
        sink.stops_after = None
        assert run(CLICKS, sink).imported == 31_106 - kept
        assert len(sink.events) == 31_106

    def test_parquet_and_json_lines_of_the_same_rows_are_the_same_events(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        run(CLICKS, sink)
        with gzip.open(CLICKS, "rt", encoding="utf-8") as file:
            header, *rows = (line.rstrip("\n").split(",") for line in file)
        columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
        pa_parquet.write_table(pa.table(columns), tmp_path / "clicks.parquet")
        assert run(tmp_path / "clicks.parquet", sink).imported == 0
        with gzip.open(tmp_path / "clicks.jsonl.gz", "wb") as out:
            for row in rows:
                out.write(msgspec.json.encode(dict(zip(header, row, strict=True))) + b"\n")
        other = MemorySink()
        assert run(tmp_path / "clicks.jsonl.gz", other).imported == 31_106
        assert run(tmp_path / "clicks.jsonl.gz", other).duplicates == 31_106


class TestTypes:
    def test_cells_keep_their_types(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text(
            "user_id;event;time;amount;ok;zip_code;big;text\n"
            'u1;Bought;1710325274;12.50;TRUE;01234;12345678901234567890;"a ""b"" \\ \n c"\n',
            "utf-8",
        )
        run(path, sink)
        assert properties(sink.events[0]) == {
            "amount": 12.5,
            "ok": True,
            "zip_code": "01234",
            "big": "12345678901234567890",
            "text": 'a "b" \\ \n c',
        }
        assert sink.events[0].occurred_at == 1_710_325_274_000_000

    def test_parquet_types_are_kept(self, sink: MemorySink, tmp_path: Path) -> None:
        moment = datetime(2024, 3, 13, 10, tzinfo=UTC)
        table = pa.table({
            "user_id": pa.array([7.0, None]),
            "email": ["a@example.com", "b@example.com"],
            "event": pa.array(["Bought", "Seen"]).dictionary_encode(),
            "ts": pa.array([moment, moment], pa.timestamp("ns", "UTC")),
            "price": pa.array([1.5, float("nan")]),
            "tags": pa.array([["x", "y"], None]),
            "gift": [True, None],
            "on": pa.array([moment.date(), None]),
        })
        pa_parquet.write_table(table, tmp_path / "t.parquet")
        assert run(tmp_path / "t.parquet", sink, zone="").imported == 2
        assert properties(sink.events[0]) == {
            "price": 1.5,
            "tags": ["x", "y"],
            "gift": True,
            "on": "2024-03-13",
        }
        assert sink.events[0].identifiers[0] == ("user_id", "7")
        assert sink.events[1].identifiers == (("email", "b@example.com"),)
        assert properties(sink.events[1]) == {}

    def test_json_lines_keep_what_they_hold(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.jsonl"
        path.write_text(
            '{"user_id": 5, "event": "Bought", "time": 1710325274000, "items": [{"id": 1}], "x": null}\n',
            "utf-8",
        )
        run(path, sink)
        assert properties(sink.events[0]) == {"items": [{"id": 1}]}
        assert sink.events[0].identifiers == (("user_id", "5"),)

    def test_people_become_identify_events(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text("شناسه کاربر,نام,موبایل,شهر\n12,سارا,۰۹۱۲ ۳۴۵ ۶۷۸۹,تهران\n", "utf-8")
        run(path, sink)
        event = sink.events[0]
        assert event.type == "identify"
        assert event.identifiers == (("user_id", "12"), ("phone", "+989123456789"))
        assert event.traits == {"نام": "سارا", "phone": "۰۹۱۲ ۳۴۵ ۶۷۸۹", "شهر": "تهران"}


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2024-03-13T10:21:14+03:30", "2024-03-13T06:51:14"),
            ("2024-03-13 10:21:14.250", "2024-03-13T06:51:14.250000"),
            ("2024/3/13 10:21", "2024-03-13T06:51:00"),
            ("1402/12/23 10:21:14", "2024-03-13T06:51:14"),
            ("۱۴۰۲/۱۲/۲۳ ۱۰:۲۱:۱۴", "2024-03-13T06:51:14"),
            ("13/03/2024 10:21:14", "2024-03-13T06:51:14"),
            ("03/13/2024 10:21:14 PM", "2024-03-13T18:51:14"),
            ("13.03.2024", "2024-03-12T20:30:00"),
            ("20240313", "2024-03-12T20:30:00"),
            ("1710312674", "2024-03-13T06:51:14"),
            ("1710312674.5", "2024-03-13T06:51:14.500000"),
            ("1710312674000", "2024-03-13T06:51:14"),
            ("1710312674000000", "2024-03-13T06:51:14"),
            ("1710312674000000000", "2024-03-13T06:51:14"),
        ],
    )
    def test_times_are_read_however_they_are_written(
        self, sink: MemorySink, tmp_path: Path, text: str, expected: str
    ) -> None:
        path = tmp_path / "t.csv"
        path.write_text(f"user_id,event,time\nu1,Seen,{text}\n", "utf-8")
        run(path, sink, zone="Asia/Tehran")
        found = datetime.fromtimestamp(sink.events[0].occurred_at / 10**6, UTC)
        assert found.replace(tzinfo=None).isoformat() == expected

    def test_naive_times_need_a_zone(self, small: Path, sink: MemorySink) -> None:
        with pytest.raises(BadInput, match="--tz Asia/Tehran"):
            run(small, sink, zone="")
        assert not sink.records

    def test_an_unknown_zone_is_named(self, small: Path, sink: MemorySink) -> None:
        with pytest.raises(BadInput, match="Asia/Atlantis"):
            run(small, sink, zone="Asia/Atlantis")

    def test_day_and_month_are_not_guessed_where_both_fit(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.csv"
        path.write_text("user_id,event,time\nu1,Seen,03/04/2024\n", "utf-8")
        with pytest.raises(BadInput, match="--time-format dmy"):
            run(path, sink)


class TestRefusal:
    def test_a_row_that_cannot_be_read_goes_to_quarantine(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.csv"
        good = "".join(f"u{i},Seen,2024-03-13 10:00:{i % 60:02}\n" for i in range(100))
        path.write_text(
            "user_id,event,timestamp\n" + good + "u1,Seen,gestern\nu2,Seen,\n"
            "u3,Seen,2024-03-13 10:00:00,too,many\n,Seen,2024-03-13 10:00:00\n",
            "utf-8",
        )
        done = run(path, sink)
        assert (done.rows, done.imported, done.quarantined) == (104, 100, 4)
        reasons = Counter((q.reason, q.field) for q in sink.quarantined)
        assert reasons[Reason.BAD_FIELD, "timestamp"] == 2
        assert reasons[Reason.NO_IDENTITY, "userId"] == 1
        assert any("gestern" in q.detail or "timestamp" in q.detail for q in sink.quarantined)
        assert any("5 cells, the header 3" in q.detail for q in sink.quarantined)

    def test_lines_that_are_no_json_go_to_quarantine(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.jsonl"
        line = '{"user_id": "u1", "event": "Seen", "time": "2024-03-13T10:00:00Z"}\n'
        path.write_text(line + "{broken\n\n[1]\n", "utf-8")
        done = run(path, sink)
        assert (done.rows, done.imported, done.quarantined) == (3, 1, 2)
        assert "the line is no JSON object" in sink.quarantined[0].detail

    def test_a_byte_order_mark_belongs_to_no_line(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.jsonl"
        line = '{"user_id": "u1", "event": "Seen", "time": "2024-03-13T10:00:00Z"}\n'
        path.write_text(line, "utf-8-sig")
        done = run(path, sink)
        assert (done.rows, done.imported) == (1, 1)

    @pytest.mark.parametrize(
        "head",
        ["user_id,event,time\r", "\r\nuser_id,event,time\r\n", 'user_id,event,time,"a\nb"\n'],
    )
    def test_a_header_may_be_written_as_any_program_writes_it(
        self, sink: MemorySink, tmp_path: Path, head: str
    ) -> None:
        path = tmp_path / "t.csv"
        end = "\r" if "\n" not in head else "\n"
        row = "u1,Seen,2024-03-13T10:00:00Z" + (",x" if '"' in head else "")
        path.write_bytes((head + row + end).encode())
        done = run(path, sink)
        assert (done.rows, done.imported) == (1, 1)

    def test_a_huge_row_goes_to_quarantine(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text(SMALL + f"u3,Seen,2024-03-13 11:00:00,1,{'x' * 300_000}\n", "utf-8")
        done = run(path, sink)
        assert (done.imported, done.quarantined) == (2, 1)
        assert "at most" in sink.quarantined[0].detail

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "empty"),
            ("a,a\n1,2\n", "two columns"),
            ("event,time\nSeen,2024-03-13T10:00:00Z\n", "who it was"),
            ("user_id,time\nu1,2024-03-13T10:00:00Z\n", "--event NAME"),
            ("user_id,event\nu1,Seen\n", "--map time=COLUMN"),
        ],
    )
    def test_what_is_missing_is_said_with_the_flag_that_gives_it(
        self, sink: MemorySink, tmp_path: Path, text: str, words: str
    ) -> None:
        path = tmp_path / "t.csv"
        path.write_text(text, "utf-8")
        with pytest.raises(BadInput, match=words):
            run(path, sink)

    def test_unknown_files_and_columns_are_named(
        self, sink: MemorySink, small: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(BadInput, match="no file"):
            run(tmp_path / "none.csv", sink)
        with pytest.raises(BadInput, match="no column 'uid'"):
            run(small, sink, mapped={"user_id": "uid"})
        with pytest.raises(BadInput, match="no field"):
            run(small, sink, mapped={"colour": "note"})
        other = tmp_path / "x.xlsx"
        other.write_bytes(b"PK")
        with pytest.raises(BadInput, match=r"\.parquet"):
            run(other, sink)


class TestMapping:
    def test_flags_win_over_guesses(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text(
            "user_id,who,what,when,city,cost\nold,u1,Bought,2024-03-13T10:00:00Z,Yazd,5\n", "utf-8"
        )
        run(
            path,
            sink,
            mapped={
                "user_id": "who",
                "name": "what",
                "time": "when",
                "trait.city": "city",
                "property.price": "cost",
            },
        )
        event = sink.events[0]
        assert (event.identifiers, event.name) == ((("user_id", "u1"),), "Bought")
        assert properties(event) == {"user_id": "old", "price": 5}
        assert msgspec.json.decode(decode(event.payload).context) == {"traits": {"city": "Yazd"}}

    def test_an_id_column_is_the_message_id(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        row = "9,u1,Seen,2024-03-13T10:00:00Z\n"
        path.write_text("key,user_id,event,time\n" + row + row, "utf-8")
        done = run(path, sink, id_column="key")
        assert (done.imported, done.duplicates) == (1, 1)
        assert sink.events[0].message_id == "9"

    def test_one_name_for_all_rows(self, sink: MemorySink, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("customer,date,amount\n4,19970101,29.33\n", "utf-8")
        run(path, sink, event="Order Completed")
        assert (sink.events[0].name, properties(sink.events[0])) == (
            "Order Completed",
            {"amount": 29.33},
        )

    def test_other_sources_make_other_events(self, small: Path, sink: MemorySink) -> None:
        run(small, sink)
        assert run(small, sink, source="archive").imported == 2


class TestEventLines:
    def test_a_simulated_town_comes_in_whole(self, sink: MemorySink, tmp_path: Path) -> None:
        written = write(Settings(people=300, days=10, seed=2), tmp_path / "town.jsonl")
        counts = written.counts
        done = run(written.events, sink)
        assert done.rows == counts.lines
        assert (done.imported, done.duplicates) == (counts.unique, counts.duplicates)
        assert done.quarantined == counts.invalid
        by_source = Counter(event.source_id for event in sink.events)
        assert {slug: by_source[n] for slug, n in sink.sources.items()} == counts.by_source
        assert sink.channels["call"] == "call"

    def test_exports_keep_the_time_of_the_event_not_of_today(
        self, sink: MemorySink, tmp_path: Path
    ) -> None:
        path = tmp_path / "export.jsonl"
        line = {
            "type": "track",
            "event": "Seen",
            "userId": "u1",
            "timestamp": "2024-03-13T10:00:00",
        }
        lines = [
            line | {"sentAt": "2024-03-13T10:00:05Z"},
            line | {"sentAt": "2024-03-13T10:00:05Z"},
            line | {"timestamp": None},
        ]
        path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
        done = run(path, sink, zone="Asia/Tehran")
        assert (done.imported, done.quarantined) == (2, 1)
        assert {event.occurred_at for event in sink.events} == {1_710_311_400_000_000}
        assert run(path, sink, zone="Asia/Tehran").duplicates == 2


class TestCommand:
    @pytest.fixture
    def app(self, sink: MemorySink) -> typer.Typer:
        @contextmanager
        def open_sink(_: Path) -> Iterator[MemorySink]:
            yield sink

        app = typer.Typer()
        app.command("import", context_settings=CONTEXT)(import_command(open_sink))
        app.command("other")(lambda: None)
        return app

    def test_prints_the_counts_as_json(self, app: typer.Typer, small: Path, tmp_path: Path) -> None:
        words = ["import", str(small), "--data", str(tmp_path), "--tz", "UTC", "--yes", "--json"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        found = msgspec.json.decode(result.stdout)
        assert (found["rows"], found["imported"], found["duplicates"]) == (2, 2, 0)
        assert found["quarantined"] == 0
        assert found["rows_per_s"] > 0

    def test_shows_the_plan_and_asks(
        self, app: typer.Typer, small: Path, tmp_path: Path, sink: MemorySink
    ) -> None:
        words = ["import", str(small), "--data", str(tmp_path), "--tz", "UTC"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 2
        assert "properties.price" in result.stderr
        assert "--yes" in result.stderr
        assert not sink.records

    def test_takes_several_pairs_after_one_map(
        self, app: typer.Typer, small: Path, tmp_path: Path, sink: MemorySink
    ) -> None:
        pairs = ["--map", "property.cost=price", "trait.remark=note"]
        words = ["import", str(small), "--data", str(tmp_path), *pairs, "--tz", "UTC", "--yes"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        assert properties(sink.events[0]) == {"cost": 12.5}

    def test_errors_are_one_line_and_exit_2(
        self, app: typer.Typer, small: Path, tmp_path: Path
    ) -> None:
        result = CliRunner().invoke(app, ["import", str(small), "--data", str(tmp_path), "--yes"])
        assert result.exit_code == 2
        assert "--tz" in result.stderr

    def test_a_file_in_another_encoding_says_so(
        self, app: typer.Typer, tmp_path: Path, sink: MemorySink
    ) -> None:
        path = tmp_path / "old.csv"
        path.write_bytes(SMALL.encode("windows-1256", errors="replace"))
        words = ["import", str(path), "--data", str(tmp_path), "--tz", "UTC", "--yes"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 2
        assert "--encoding windows-1256" in result.stderr.replace("\n", " ")
        result = CliRunner().invoke(app, [*words, "--encoding", "windows-1256"])
        assert result.exit_code == 0, result.output
        assert len(sink.events) == 2
