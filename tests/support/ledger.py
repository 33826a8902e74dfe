"""The oracle of crash tests: a client's own books against what the service holds."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.load_events import number_of
from support.service import Service

from hamsafar.collect import decode_payload
from hamsafar.profiles import Catalogue
from hamsafar.storage.recent import RecentReader
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings

CLIENT = Path(__file__).with_name("ledger_client.py")


@dataclass
class Ledger:
    """A running client and its books."""

    path: Path
    process: subprocess.Popen[str]
    said: dict[str, object] = field(default_factory=dict)

    def finish(self, patience_s: float = 120) -> dict[str, object]:
        """Let it send what is not acknowledged yet, and end; return what it saw."""
        out, _ = self.process.communicate("stop\n", timeout=patience_s)
        self.said = json.loads(out.splitlines()[-1])
        return self.said

    def kill(self) -> None:
        """End it where it stands; its books are on disk."""
        self.process.kill()
        self.process.communicate(timeout=20)

    @property
    def statuses(self) -> dict[str, int]:
        """How often each answer came: `send 200`, `read 200`, `read none`, …"""
        found = self.said["statuses"]
        assert isinstance(found, dict)
        return found

    def failures(self) -> dict[str, int]:
        """Answers nobody should ever see: reads with 5xx, events refused as wrong."""
        ok = ("send 200", "send none", "send 503", "read none")
        return {
            word: count
            for word, count in self.statuses.items()
            if word not in ok and not word.startswith("read 2")
        }


@dataclass(frozen=True)
class Books:
    """What a ledger says."""

    sent: set[int]
    acked: set[int]
    acked_times: int

    @classmethod
    def read(cls, path: Path) -> Books:
        """Read a ledger; a line cut short by a kill was not said."""
        sent: set[int] = set()
        acked: set[int] = set()
        times = 0
        for line in path.read_text().splitlines(keepends=True):
            word, *numbers = line.split()
            if not line.endswith("\n"):
                continue
            found = set(map(int, numbers))
            if word == "sent":
                sent |= found
            else:
                acked |= found
                times += len(numbers)
        return cls(sent, acked, times)


@contextmanager
def ledger(service: Service, path: Path, **wanted: object) -> Iterator[Ledger]:
    """A client that sends to a service all the while."""
    options = {
        "port": service.port,
        "key": service.write_key,
        "token": service.api_token,
        "ledger": str(path),
        "seed": 1,
        **wanted,
    }
    process = subprocess.Popen(
        [sys.executable, str(CLIENT), json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield Ledger(path, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(20)
        process.stdin.close()
        process.stdout.close()


@dataclass(frozen=True)
class Verdict:
    """What the checker found; every number of the first five must be 0.

    Attributes:
        lost: acknowledged, not in history.
        phantom: in history, never sent.
        doubled: more than once in history.
        miscounted: (person, name) whose profile counts otherwise than history.
        leak: events in the log − (stored + duplicates + quarantined + rejected), the same − what
            is called received, stored − history, and acknowledged events the log does not have;
            all as absolute values.
        quarantined: set aside; crashes are no reason for that.
        sent, acked, stored, duplicates: how much was tried.
    """

    lost: int
    phantom: int
    doubled: int
    miscounted: int
    leak: int
    quarantined: int
    sent: int
    acked: int
    stored: int
    duplicates: int

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was lost, invented, doubled or miscounted."""
        wrong = (self.lost, self.phantom, self.doubled, self.miscounted, self.leak)
        return not any(wrong) and not self.quarantined


def check(data: Path, path: Path) -> Verdict:
    """Compare the books with a data folder whose service has no lag and is not being sent to."""
    books = Books.read(path)
    with opened(read_settings(data)) as hamsafar:
        sheet = hamsafar.counts.sheet()
        received = sum(hamsafar.log.end(lane).events for lane in Lane)
        ids, by_person = _history(hamsafar)
        profiles = _profiles(hamsafar, {person for person, _ in by_person})
    numbers = {number_of(message_id) for _, message_id in ids}
    ended = sheet.stored + sheet.duplicates + sheet.quarantined + sheet.rejected
    leak = abs(received - ended) + abs(sheet.received - received) + abs(sheet.stored - ids.total())
    return Verdict(
        lost=len(books.acked - numbers),
        phantom=len(numbers - books.sent),
        doubled=sum(count - 1 for count in ids.values()),
        miscounted=sum(
            by_person[key] != profiles[key] for key in by_person.keys() | profiles.keys()
        ),
        leak=leak + max(0, books.acked_times - received),
        quarantined=sheet.quarantined,
        sent=len(books.sent),
        acked=len(books.acked),
        stored=sheet.stored,
        duplicates=sheet.duplicates,
    )


def _history(hamsafar: Hamsafar) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """Return how often each (source, message id), and each (person, name), is in history."""
    ids: Counter[tuple[int, str]] = Counter()
    by_person: Counter[tuple[int, str]] = Counter()
    person_of = hamsafar.identity.view().person_of
    with hamsafar.database.read() as tx:
        names = Catalogue().names(tx)
        chunks = [*RecentReader().read(tx), *hamsafar.store.export()]
    for columns in chunks:
        persons = person_of[columns.node].tolist()
        for index, payload in enumerate(columns.payload):
            ids[int(columns.source[index]), decode_payload(payload).message_id] += 1
            by_person[persons[index], names[int(columns.code[index])]] += 1
    return ids, by_person


def _profiles(hamsafar: Hamsafar, persons: set[int]) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    for person in persons:
        for activity in hamsafar.profiles.profile(person).activity:
            found[person, activity.name] += activity.count
    return found
