"""A client that keeps its own books: what it sent, and what was acknowledged, each synced to disk.

    python tests/support/ledger_client.py '{"port": …, "key": …, "seed": …, "ledger": …}'

Says `ready` on standard output. On a line on standard input it stops making new events, sends what
is not acknowledged until it is (or `patience_s` is over), and ends. The same ids are sent again
after every failure, and some again after their acknowledgement, as clients do whose answer was
lost. Standard library only: it must start fast and stand beside the service.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import sys
import threading
import time
from collections import Counter, deque

from load_events import event_of

STEP_S = 0.05
READS = ("/api/people", "/api/pulse", "/api/journeys/graph", "/api/quarantine", "/healthz")


class Books:
    """The ledger: one line per sending and per acknowledgement, synced before going on."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def write(self, word: str, numbers: list[int]) -> None:
        line = f"{word} {' '.join(map(str, numbers))}\n".encode()
        with self._lock:
            os.write(self._fd, line)
            os.fdatasync(self._fd)


class Load:
    """Senders and readers, each a thread with a connection of its own."""

    def __init__(self, wanted: dict[str, object]) -> None:
        self.port = int(wanted["port"])
        self.seed = int(wanted["seed"])
        self.batch = int(wanted.get("batch", 20))
        self.per_s = float(wanted.get("per_s", 400))
        self.senders = int(wanted.get("senders", 4))
        self.patience_s = float(wanted.get("patience_s", 60))
        self.token = str(wanted.get("token", ""))
        self.again = float(wanted.get("again", 0.1))
        key = base64.b64encode(f"{wanted['key']}:".encode()).decode()
        self.headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
        self.books = Books(str(wanted["ledger"]))
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.following = int(wanted.get("first", 0))
        self.acked: deque[list[int]] = deque(maxlen=50)
        self.statuses: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.unanswered = 0

    def run(self) -> None:
        threads = [threading.Thread(target=self.send, args=(n,)) for n in range(self.senders)]
        if self.token:
            threads.append(threading.Thread(target=self.read))
        for thread in threads:
            thread.start()
        print("ready", flush=True)
        sys.stdin.readline()
        self.until = time.monotonic() + self.patience_s
        self.stop.set()
        for thread in threads:
            thread.join()
        found = {
            "statuses": dict(self.statuses),
            "slowest_s": round(self.slowest_s, 3),
            "unanswered": self.unanswered,
            "made": self.following,
        }
        print(json.dumps(found), flush=True)

    def send(self, which: int) -> None:
        rng = random.Random(f"{self.seed}/{which}")
        connection = None
        pause_s = self.senders * self.batch / self.per_s
        while not self.stop.is_set():
            began = time.monotonic()
            numbers = self.take(rng)
            if rng.random() < self.again and self.acked:
                numbers = [*rng.choice(list(self.acked)), *numbers]
            self.books.write("sent", numbers)
            while True:
                connection, done = self.post(connection, numbers)
                if done:
                    break
                if self.stop.is_set() and time.monotonic() > self.until:
                    self.unanswered += 1
                    return
                time.sleep(rng.random() * 2 * STEP_S)
            took_s = time.monotonic() - began
            self.slowest_s = max(self.slowest_s, took_s)
            self.stop.wait(max(0.0, pause_s * rng.uniform(0.5, 1.5) - took_s))

    def take(self, rng: random.Random) -> list[int]:
        with self.lock:
            first = self.following
            self.following += rng.randrange(1, 2 * self.batch)
            return list(range(first, self.following))

    def post(self, connection, numbers: list[int]):
        """Send a batch once; return the connection to go on with, and whether it is done."""
        events = [event_of(self.seed, number) for number in numbers]
        sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        # Stamps differ from one try to the next, as with every real client.
        body = json.dumps({"batch": events, "context": {"try": random.random()}, "_at": sent})
        try:
            connection = connection or self.connect()
            connection.request("POST", "/v1/batch", body.encode(), self.headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.statuses["send none"] += 1
            if connection is not None:
                connection.close()
            return None, False
        self.statuses[f"send {answer.status}"] += 1
        if answer.status == 200:
            self.books.write("acked", numbers)
            self.acked.append(numbers)
            return connection, True
        # 4xx is never right here; it shows in the statuses, and the events count as not taken.
        return connection, answer.status not in {429, 503} and answer.status < 500

    def read(self) -> None:
        """Look, as the console does, all the while."""
        turn = 0
        connection = None
        headers = {"Authorization": f"Bearer {self.token}"}
        while not self.stop.wait(2 * STEP_S):
            path = READS[turn % len(READS)]
            turn += 1
            try:
                connection = connection or self.connect()
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.statuses["read none"] += 1
                if connection is not None:
                    connection.close()
                connection = None
                continue
            word = (
                f"read {answer.status}" if answer.status < 400 else f"read {answer.status} {path}"
            )
            self.statuses[word] += 1

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)


if __name__ == "__main__":
    Load(json.loads(sys.argv[1])).run()
