"""Reading the files of an import: CSV, JSON Lines and Parquet, in pieces, never whole."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, cast

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from hamsafar.collect import Why, because
from hamsafar.collect.importing import (
    EventLines,
    ObjectLines,
    Plan,
    Refused,
    Rows,
    Wishes,
    describe,
    guess,
)
from hamsafar.collect.importing.lines import EVENT_TYPES
from hamsafar.collect.types import Reason
from hamsafar.kernel.errors import BadInput

_SAMPLE = 1000
_BLOCK = 2 << 20
_LINES_AT_ONCE = 1 << 20
_PARQUET_ROWS = 20_000
_DELIMITERS = ",;\t|"
_GZIP = b"\x1f\x8b"
_MARK = b"\xef\xbb\xbf"
_EVENT_SHARE = 0.9


@dataclass(slots=True, kw_only=True)
class Chunk:
    """Some rows of a file.

    Attributes:
        events: by slug of their source.
        refused: rows that could not be told apart into fields.
        position: how far the file is read, in the unit of `Reading.size`.
    """

    events: dict[str, list[bytes]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    position: int = 0

    @property
    def rows(self) -> int:
        """Return how many rows these are."""
        return len(self.refused) + sum(len(events) for events in self.events.values())


class Reading(Protocol):
    """A file opened for import.

    Attributes:
        size: what `Chunk.position` is when all is read.
    """

    size: int

    def table(self) -> list[tuple[str, str]]:
        """Return (column, what it becomes), to be shown before anything is imported."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """Yield the file's rows as events."""
        ...


def open_reading(path: Path, wishes: Wishes, *, follows_lines: bool, encoding: str) -> Reading:
    """Look into a file and decide what its columns mean.

    Args:
        path: by its name CSV (`.csv`, `.tsv`, `.txt`), JSON Lines (`.jsonl`, `.ndjson`, `.json`),
            each also with `.gz`, or Parquet.
        wishes: what the caller said.
        follows_lines: a Segment event's own `source` names its source.
        encoding: of text.

    Raises:
        BadInput: not readable, or the columns' meaning is not clear; says what to add.
    """
    if not path.is_file():
        raise BadInput(f"there is no file {path}", where="file")
    suffix = Path(path.stem if path.suffix == ".gz" else path.name).suffix.lower()
    try:
        if suffix in {".csv", ".tsv", ".txt"}:
            return _CsvReading(path, wishes, encoding)
        if suffix in {".jsonl", ".ndjson", ".json"}:
            return _JsonReading(path, wishes, follows_lines=follows_lines)
        if suffix in {".parquet", ".pq"}:
            return _ParquetReading(path, wishes)
    except (pa.ArrowException, UnicodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise unreadable(path, error, encoding) from None
    raise BadInput(
        f"{path.name}: give a .csv, .jsonl or .parquet file (.csv.gz and .jsonl.gz too)",
        where="file",
    )


def unreadable(path: Path, error: Exception, encoding: str) -> BadInput:
    """Return the error of a file that is damaged or in another encoding."""
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    hint = ""
    if isinstance(error, UnicodeError) or "UTF8" in words or "utf-8" in words:
        hint = f". It is not {encoding}: try --encoding windows-1256, or utf-16"
    elif "straddl" in words:
        hint = f". A row is longer than {_BLOCK >> 20} MB: is a quote never closed?"
    return BadInput(f"cannot read {path.name}: {words}{hint}", where="file")


class _CsvReading:
    def __init__(self, path: Path, wishes: Wishes, encoding: str) -> None:
        self.size = path.stat().st_size
        self._path = path
        with _inflated(path) as stream:
            head = stream.read(1 << 16)
        self._encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else encoding
        text = head.decode(self._encoding, errors="ignore").removeprefix("\ufeff")
        self._delimiter = _delimiter(text)
        self._names, self._header_lines = _header(text, self._delimiter)
        self._refused: list[Refused] = []
        sample: dict[str, list[str]] = {name: [] for name in self._names}
        with path.open("rb") as file:
            for batch in islice(self._batches(file, _BLOCK // 16), 1):
                for name, column in zip(self._names, batch.columns, strict=True):
                    sample[name] = [v for v in column[:_SAMPLE].to_pylist() if v]
        self._plan = guess(sample, wishes, typed_times={})

    def table(self) -> list[tuple[str, str]]:
        return describe(self._plan)

    def chunks(self) -> Iterator[Chunk]:
        rows, source = Rows(self._plan), self._plan.source
        self._refused = []
        with self._path.open("rb") as file:
            for batch in self._batches(file, _BLOCK):
                yield Chunk(
                    events={source: rows.events(batch)},
                    refused=self._taken(),
                    position=file.tell(),
                )
        if left := self._taken():
            yield Chunk(refused=left, position=self.size)

    def _taken(self) -> list[Refused]:
        taken, self._refused = self._refused, []
        return taken

    def _batches(self, file: BinaryIO, block: int) -> Iterator[pa.RecordBatch]:
        magic = file.read(2)
        file.seek(0)
        stream: pa.NativeFile = pa.PythonFile(file, mode="r")
        if magic == _GZIP:
            stream = pa.CompressedInputStream(stream, "gzip")
        try:
            yield from pa_csv.open_csv(
                stream,
                read_options=pa_csv.ReadOptions(
                    block_size=block,
                    column_names=self._names,
                    skip_rows=self._header_lines,
                    encoding=self._encoding,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=self._refuse,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types={name: pa.string() for name in self._names},
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid as error:
            # A header without rows is a file with nothing to do, not a broken one.
            if "Empty CSV" not in str(error):
                raise

    def _refuse(self, row: pa_csv.InvalidRow) -> str:
        self._refused.append(
            Refused(
                Reason.BAD_FIELD,
                because(Why.ROW_CELLS, cells=row.actual_columns or 0, header=row.expected_columns),
                row.text,
            )
        )
        return "skip"


class _ParquetReading:
    def __init__(self, path: Path, wishes: Wishes) -> None:
        self._path = path
        with pa_parquet.ParquetFile(path) as file:
            self.size = file.metadata.num_rows
            schema = file.schema_arrow
            sample: dict[str, list[str]] = {name: [] for name in schema.names}
            for batch in islice(file.iter_batches(_SAMPLE), 1):
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    values = (v for v in column.to_pylist() if v is not None)
                    sample[name] = [str(v) for v in values]
        self._plan = guess(sample, wishes, typed_times=_typed_times(schema))

    def table(self) -> list[tuple[str, str]]:
        return describe(self._plan)

    def chunks(self) -> Iterator[Chunk]:
        rows, done = Rows(self._plan), 0
        with pa_parquet.ParquetFile(self._path) as file:
            for batch in file.iter_batches(_PARQUET_ROWS):
                done += batch.num_rows
                yield Chunk(events={self._plan.source: rows.events(batch)}, position=done)


class _JsonReading:
    def __init__(self, path: Path, wishes: Wishes, *, follows_lines: bool) -> None:
        self.size = path.stat().st_size
        self._path = path
        self._wishes = wishes
        self._follows = follows_lines
        with path.open("rb") as file:
            stream = _unmarked(_inflated_file(file))
            lines = [line for line in islice(stream, _SAMPLE) if line.strip()]
        rows = _objects(lines)
        self._sources = Counter(str(row.get("source") or wishes.source) for row in rows)
        looks = sum(row.get("type") in EVENT_TYPES for row in rows)
        self._plan: Plan | None = None
        if wishes.mapped or wishes.id_column or looks < _EVENT_SHARE * len(rows) or not rows:
            self._plan = guess(_sample(rows), wishes, typed_times={})

    def table(self) -> list[tuple[str, str]]:
        if self._plan is not None:
            return describe(self._plan)
        names = ", ".join(sorted(self._sources)) if self._follows else self._wishes.source
        return [("each line", "an event already, taken as it is"), ("sources", names)]

    def chunks(self) -> Iterator[Chunk]:
        found_in = self._converter()
        with self._path.open("rb") as file:
            stream = _unmarked(_inflated_file(file))
            while lines := stream.readlines(_LINES_AT_ONCE):
                chunk = Chunk(position=file.tell())
                for source, event in found_in([line for line in map(bytes.strip, lines) if line]):
                    if isinstance(event, Refused):
                        chunk.refused.append(event)
                    else:
                        chunk.events.setdefault(source, []).append(event)
                yield chunk

    def _converter(self) -> Callable[[list[bytes]], list[tuple[str, bytes | Refused]]]:
        wishes = self._wishes
        if self._plan is None:
            events = EventLines(wishes.source, follows_lines=self._follows, zone=wishes.zone)
            return lambda lines: [events.event(line) for line in lines]
        source, objects = self._plan.source, ObjectLines(self._plan)
        return lambda lines: [(source, event) for event in objects.events(lines)]


def _objects(lines: list[bytes]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for line in lines:
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(row, dict):
            rows.append(row)
    if lines and not rows:
        raise BadInput(
            "no line is a JSON object: write one object a line (JSON Lines), not one big list",
            where="file",
        )
    return rows


def _sample(rows: list[dict[str, object]]) -> Mapping[str, list[str]]:
    sample: dict[str, list[str]] = {}
    for row in rows:
        for name, value in row.items():
            values = sample.setdefault(name, [])
            if value is not None and value != "":
                values.append(
                    value if isinstance(value, str) else msgspec.json.encode(value).decode()
                )
    return sample


def _typed_times(schema: pa.Schema) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for column in schema:
        if pa.types.is_timestamp(column.type):
            found[column.name] = column.type.tz is None
        elif pa.types.is_date(column.type):
            found[column.name] = True
    return found


@contextmanager
def _inflated(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        yield _inflated_file(file)


def _inflated_file(file: BinaryIO) -> BinaryIO:
    magic = file.read(2)
    file.seek(0)
    if magic == _GZIP:
        return cast("BinaryIO", io.BufferedReader(gzip.GzipFile(fileobj=file)))
    return file


def _unmarked(stream: BinaryIO) -> BinaryIO:
    """Return the stream behind its byte order mark, which Windows programs write."""
    if stream.read(len(_MARK)) != _MARK:
        stream.seek(0)
    return stream


def _delimiter(text: str) -> str:
    first = text.lstrip().splitlines()[0] if text.strip() else ""
    return max(_DELIMITERS, key=first.count)


def _header(text: str, delimiter: str) -> tuple[list[str], int]:
    """Return the names of the columns, and how many lines of the file they take."""
    # Lines may end in CR alone, and a quoted name may hold a line's end.
    rows = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    names = [name.strip() for name in next((row for row in rows if any(row)), [])]
    if not any(names):
        raise BadInput("the file is empty: its first line must name the columns", where="file")
    names = [name or f"column_{index + 1}" for index, name in enumerate(names)]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise BadInput(f"two columns are named {twice[0]!r}: rename one", where="file")
    return names, rows.line_num
