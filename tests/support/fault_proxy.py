"""An HTTP proxy that loses answers and invents errors, in a thread of its own.

Each POST meets one fault by chance: the request never arrives (500), it arrives but the client is
told 500, it arrives but the answer is dropped with the connection. GET and OPTIONS pass.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LOST_BEFORE = "500 without forwarding"
LOST_AFTER = "500 after forwarding"
DROPPED = "answer dropped"
PASSED = "passed"


@dataclass
class FaultProxy:
    """A running proxy.

    Attributes:
        url: where clients send.
        hits: (method, path, what was done) of every request.
    """

    upstream_port: int
    share: float
    rng: random.Random
    url: str = ""
    hits: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def faults(self) -> int:
        return sum(1 for _, _, done in self.hits if done != PASSED)

    @property
    def posts(self) -> int:
        return sum(1 for method, _, _ in self.hits if method == "POST")

    def _choose(self, method: str) -> str:
        if method != "POST" or self.rng.random() >= self.share:
            return PASSED
        return self.rng.choice([LOST_BEFORE, LOST_AFTER, DROPPED])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        body = await _body(reader, headers)
        fault = self._choose(method)
        self.hits.append((method, path, fault))
        if fault == LOST_BEFORE:
            writer.write(_error(headers))
            return True
        answer = await self._forward(method, path, lines[1:-2], body)
        if fault == DROPPED:
            writer.transport.abort()
            return False
        writer.write(_error(headers) if fault == LOST_AFTER else answer)
        await writer.drain()
        return True

    async def _forward(self, method: str, path: str, lines: list[str], body: bytes) -> bytes:
        """Send the request on by a connection of its own and return the whole answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        kept = [
            line
            for line in lines
            if not line.lower().startswith(("connection:", "transfer-encoding:", "content-length:"))
        ]
        head = [f"{method} {path} HTTP/1.1", *kept, f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + body)
        answer = await reader.read(-1)
        writer.close()
        return answer.replace(b"connection: close\r\n", b"", 1)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").strip() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(pieces)


def _error(headers: dict[str, str]) -> bytes:
    """A 500 that a browser may read, so that the client sees the status."""
    origin = headers.get("origin", "*")
    return (
        "HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\n"
        f"access-control-allow-origin: {origin}\r\naccess-control-allow-credentials: true\r\n"
        "content-length: 2\r\n\r\n{}"
    ).encode()


@contextmanager
def fault_proxy(upstream_port: int, *, share: float, seed: int = 1) -> Iterator[FaultProxy]:
    """Run a proxy before a server; `share` of its POSTs meet a fault."""
    proxy = FaultProxy(upstream_port, share, random.Random(seed))
    ready = threading.Event()
    stop: list[Callable[[], None]] = []

    async def run() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=1 << 23)
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield proxy
    finally:
        stop[0]()
        thread.join(10)
