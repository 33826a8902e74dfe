"""Where the answers of `hamsafar journeys` come from: a running server, a data folder, or a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.status import Status

from hamsafar.cli.ask import settings_of
from hamsafar.cli.local_client import LocalClient
from hamsafar.expr import Fields
from hamsafar.journeys import Sequences, Snapshot, Stamp, Threads
from hamsafar.journeys.answers import Answer
from hamsafar.journeys.kinds.ground import Place
from hamsafar.journeys.ports import NullGroups, NullJournal
from hamsafar.journeys.query import Query, fields_of
from hamsafar.journeys.query_json import write_query
from hamsafar.journeys.services.explore import Explore
from hamsafar.journeys.services.queries import Queries
from hamsafar.kernel.clock import SystemClock
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.worker.build import build_worker

if TYPE_CHECKING:
    import pyarrow as pa

_GUESSES: Mapping[str, Sequence[str]] = {
    "person": ("person", "user_id", "userId", "customer_id", "customer", "anonymous_id", "user"),
    "time": ("time", "timestamp", "occurred_at", "event_time", "date", "ts"),
    "event": ("event", "event_name", "name", "action", "activity"),
    "channel": ("channel", "source", "touchpoint", "device"),
}
"""Names of columns that say what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of a file hold what; empty: found by their names."""

    person: str = ""
    time: str = ""
    event: str = ""
    channel: str = ""


class FileJournal(NullJournal):
    """A journal of one file that does not change."""

    def __init__(self, sequences: Sequences) -> None:
        self._sequences = sequences

    def snapshot(self) -> Snapshot:
        """Return all events of the file."""
        whole = self._sequences
        return Snapshot(
            stamp=Stamp(manifest=0, identity=0),
            chunks=whole.chunks,
            names=whole.names,
            channels=whole.channels,
        )

    def loaded(self, sequences: Sequences, wanted: Fields) -> Sequences:
        """Return the events with the properties that were read from the file."""
        del wanted
        return sequences.with_properties(self._sequences.properties)


def answer_of_folder(data: Path, query: Query) -> Answer:
    """Return the answer of a data folder: by its running server, else by this process.

    Raises:
        NotFound: there is no data.
        BadInput: the query cannot be answered.
    """
    settings = settings_of(data)
    if is_owned(settings.data):
        client = LocalClient(settings.local_socket)
        try:
            return msgspec.convert(client.ask(write_query(query)), Answer)
        finally:
            client.close()
    with _waiting("reading the history"), owned(settings.data), opened(settings) as hamsafar:
        worker = build_worker(hamsafar)
        worker.begin()
        worker.drain()
        return hamsafar.queries.answer(query)


def answer_of_file(file: Path, columns: Columns, query: Query) -> Answer:
    """Return the answer of a file of events, a row each: CSV, JSON Lines or Parquet.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read as events, or the query cannot be answered.
    """
    return queries_of_file(file, columns, sorted(fields_of(query).properties)).answer(query)


def queries_of_file(file: Path, columns: Columns, properties: Sequence[str]) -> Queries:
    """Return what answers queries over a file of events, with these properties of theirs.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read as events, or lacks a property.
    """
    with _waiting(f"reading {file.name}"):
        sequences = _read(file, columns, properties, strict=True)
    return Queries(
        Explore(FileJournal(sequences), Threads(cpu_count() or 1)),
        NullGroups(),
        compute=Threads(cpu_count() or 1),
        clock=SystemClock(),
        place=Place,
    )


def sequences_of_file(file: Path, columns: Columns, properties: Sequence[str]) -> Sequences:
    """Return a file's events, with those of the properties that it has as columns.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read as events.
    """
    with _waiting(f"reading {file.name}"):
        return _read(file, columns, properties, strict=False)


def _read(file: Path, columns: Columns, properties: Sequence[str], *, strict: bool) -> Sequences:
    table = _table(file)
    names = {role: _column(table, role, getattr(columns, role)) for role in _GUESSES}
    wanted = [path for path in properties if strict or path in table.column_names]
    return Sequences.from_arrow(
        _timed(table, names["time"] or ""),
        person=names["person"] or "",
        time=names["time"] or "",
        event=names["event"] or "",
        channel=names["channel"],
        properties=wanted,
    )


_READERS: Mapping[str, Callable[[Path], pa.Table]] = {
    ".csv": lambda file: import_module("pyarrow.csv").read_csv(file),
    ".parquet": lambda file: import_module("pyarrow.parquet").read_table(file),
    ".jsonl": lambda file: import_module("pyarrow.json").read_json(file),
    ".ndjson": lambda file: import_module("pyarrow.json").read_json(file),
}


def _table(file: Path) -> pa.Table:
    kind = Path(file.name.removesuffix(".gz")).suffix.lower()
    reader = _READERS.get(kind)
    if reader is None:
        raise BadInput(f"a file must end with {', '.join(_READERS)}", where="--file")
    if not file.exists():
        raise NotFound(f"there is no file {file}", where="--file")
    arrow = import_module("pyarrow")
    try:
        return reader(file)
    except (arrow.ArrowException, OSError) as error:
        raise BadInput(f"{file} cannot be read: {error}", where="--file") from None


def _column(table: pa.Table, role: str, given: str) -> str | None:
    if given:
        if given not in table.column_names:
            known = ", ".join(table.column_names)
            raise BadInput(f"no column is named {given!r}; there are {known}", where=f"--{role}")
        return given
    for name in _GUESSES[role]:
        if name in table.column_names:
            return name
    if role == "channel":
        return None
    raise BadInput(f"which column is the {role}? Say --{role} COLUMN", where=f"--{role}")


def _timed(table: pa.Table, column: str) -> pa.Table:
    """Return the table with its times as such: texts are ISO 8601, numbers seconds since 1970."""
    arrow, compute = import_module("pyarrow"), import_module("pyarrow.compute")
    place, times = table.column_names.index(column), table.column(column)
    try:
        if arrow.types.is_integer(times.type) or arrow.types.is_floating(times.type):
            micros = compute.multiply(times.cast(arrow.float64()), 1e6)
            times = compute.round(micros).cast(arrow.int64()).cast(arrow.timestamp("us", tz="UTC"))
        elif arrow.types.is_string(times.type):
            times = times.cast(arrow.timestamp("us", tz="UTC"))
    except arrow.ArrowInvalid as error:
        raise BadInput(f"column {column!r} has no times: {error}", where="--time") from None
    return table.set_column(place, column, times)


def _waiting(words: str) -> Status:
    """Show that something is going on, where somebody may see it."""
    return Console(stderr=True).status(words)
