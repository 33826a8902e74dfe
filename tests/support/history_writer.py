"""A process that writes a history until it is killed; run as `history_writer.py FOLDER ROUND`.

Every flush is a function of its number, so that whoever looks later knows what must be there. The
number stands in the `position` table, in the same transaction.
"""

import sys
from pathlib import Path

from support.history import History, open_database, open_store, own_view

from hamsafar.storage.types import Columns, Statement

NODES = 120
ROWS = 700
READ = Statement("t.read", "SELECT seq FROM position WHERE reader = 'test'")
MOVE = Statement(
    "t.move",
    "INSERT INTO position (reader, lane, part, seq, updated_at) VALUES ('test', '', 0, :n, 0) "
    "ON CONFLICT (reader, lane, part) DO UPDATE SET seq = excluded.seq",
)


def flush_number(number: int) -> Columns:
    history = History(seed=number, nodes=NODES)
    history.seq = (number + 1) << 20
    return history.events(ROWS)


def flushed(database) -> int:
    """Return how many flushes were committed."""
    with database.read() as tx:
        rows = tx.rows(READ)
    return rows[0][0] if rows else 0


def work(root: Path, rounds: int) -> None:
    database = open_database(root)
    store = open_store(root, database)
    store.sweep()
    for turn in range(rounds):
        number = flushed(database)
        with database.write() as tx:
            store.flush(tx, flush_number(number))
            tx.run(MOVE, {"n": number + 1})
        if turn == 0:
            print("ready", flush=True)
        store.compact(own_view(NODES, number), eager=turn % 5 == 0)
        if turn % 4 == 3:
            store.scan(own_view(NODES, number))
    database.close()


if __name__ == "__main__":
    work(Path(sys.argv[1]), 1_000_000)
