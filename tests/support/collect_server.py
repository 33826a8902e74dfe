"""A collect server of its own, as a process: what the API process runs, without console and worker.

    python tests/support/collect_server.py --data DIR [--port P] [--key K] [--tls CERT KEY]

Prints `ready PORT` once it listens.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import uvicorn
import uvloop

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))

from hamsafar.api.collect import CollectParts, create_collect_app  # noqa: E402
from hamsafar.collect import Limits  # noqa: E402
from hamsafar.collect.ports import FixedKeys, SourceRef  # noqa: E402
from hamsafar.engines.sqlite_log import SqliteLog  # noqa: E402
from hamsafar.kernel.clock import SystemClock  # noqa: E402
from hamsafar.storage.types import Lane  # noqa: E402

WRITE_KEY = "test-write-key"
BROWSER_DIR = ROOT / "src" / "hamsafar" / "browser_dist"


class UnsyncedLog(SqliteLog):
    """Mutant: commits without a sync."""

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        super().__init__(path, max_bytes=max_bytes)
        self._writer.execute("PRAGMA synchronous=OFF")


class EagerLog(SqliteLog):
    """Mutant: says "on disk" before it is."""

    def append(self, lane: Lane, records: Sequence[tuple[bytes, int]]) -> list[int]:
        later = threading.Timer(0.02, super().append, (lane, records))
        later.start()
        return []


LOGS = {"none": SqliteLog, "sync-off": UnsyncedLog, "ack-before-commit": EagerLog}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default=WRITE_KEY)
    parser.add_argument("--tls", nargs=2, type=Path)
    parser.add_argument("--max-bytes", type=int, default=32 * 1024**3)
    parser.add_argument("--rate", type=float, default=Limits().key_requests_per_s)
    parser.add_argument("--limits", default="{}", help="changed limits, as JSON; waits in seconds")
    parser.add_argument("--mutant", choices=sorted(LOGS), default="none")
    return parser.parse_args()


def limits(options: argparse.Namespace) -> Limits:
    """Return the limits, changed as asked."""
    standard = Limits(
        key_requests_per_s=options.rate,
        address_requests_per_s=options.rate,
    )
    changed = json.loads(options.limits)
    for name, value in changed.items():
        if isinstance(getattr(standard, name), timedelta):
            changed[name] = timedelta(seconds=value)
    return replace(standard, **changed)


async def serve(options: argparse.Namespace) -> None:
    options.data.mkdir(parents=True, exist_ok=True)
    log = LOGS[options.mutant](options.data / "log.db", max_bytes=options.max_bytes)
    source = SourceRef(source_id=1, key_id="k1", channel="web")
    app = create_collect_app(
        CollectParts(
            log=log,
            keys=FixedKeys({options.key: source}),
            clock=SystemClock(),
            browser_dir=BROWSER_DIR,
            limits=limits(options),
        )
    )
    tls = options.tls or (None, None)
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        ssl_certfile=tls[0],
        ssl_keyfile=tls[1],
    )
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", options.port))
    listener.listen(2048)
    print(f"ready {listener.getsockname()[1]}", flush=True)
    await uvicorn.Server(config).serve(sockets=[listener])
    log.close()


def main() -> None:
    options = arguments()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(options))


if __name__ == "__main__":
    main()
