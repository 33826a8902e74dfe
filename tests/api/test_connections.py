"""Slow, endless and too many connections, on a real server with short patience."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from hamsafar.api.connections import Patience, patient

QUICK = Patience(
    head=timedelta(seconds=1),
    body=timedelta(seconds=2),
    idle=timedelta(seconds=2),
    reading=timedelta(seconds=1),
    head_bytes=4096,
    most=8,
)
HONEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
SOON_S = 6.0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a little, or with much, or after a while."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/late":
        await asyncio.sleep(3)
    body = b"x" * 30_000_000 if scope["path"] == "/much" else b"well"
    length = str(len(body)).encode()
    headers = [(b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(body), 100_000):
        piece = body[start : start + 100_000]
        more = start + 100_000 < len(body)
        await send({"type": "http.response.body", "body": piece, "more_body": more})


@dataclass
class Door:
    """A server to knock at."""

    port: int

    def knock(self, *, source: str = "127.0.0.1") -> socket.socket:
        """Return a new connection from an address of this machine."""
        return socket.create_connection(
            ("127.0.0.1", self.port), timeout=SOON_S, source_address=(source, 0)
        )

    def ask(self, *, source: str = "127.0.0.1") -> bytes:
        """Return the answer to an honest request."""
        with closing(self.knock(source=source)) as client:
            client.sendall(HONEST)
            return client.recv(4096)


@contextmanager
def serving(patience: Patience) -> Iterator[Door]:
    sock = socket.create_server(("127.0.0.1", 0), backlog=64)
    config = uvicorn.Config(
        app, http=patient(patience), ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(server.serve(sockets=[sock]))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Door(sock.getsockname()[1])
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)
        sock.close()


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with serving(QUICK) as made:
        yield made


def rest_of(client: socket.socket) -> bytes:
    """Return what comes until the server ends the connection, which must be soon."""
    until = time.monotonic() + SOON_S
    found = b""
    while time.monotonic() < until:
        try:
            piece = client.recv(1_000_000)
        except ConnectionResetError:
            return found
        if not piece:
            return found
        found += piece
    raise AssertionError("the connection is still held")


def drip(client: socket.socket, text: bytes) -> None:
    """Send a text again and again until the server has had enough."""
    until = time.monotonic() + SOON_S
    client.settimeout(0.05)
    while time.monotonic() < until:
        try:
            client.sendall(text)
            if not client.recv(4096):
                return
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return
    raise AssertionError("the connection is still held")


class TestSlowClient:
    def test_that_says_nothing_is_left(self, door: Door) -> None:
        with closing(door.knock()) as client:
            assert rest_of(client) == b""

    def test_that_never_ends_its_headers_is_told_so(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST[:-2] + b"X-Slow: ")
            assert rest_of(client).startswith(b"HTTP/1.1 408 ")

    def test_that_sends_a_header_a_moment_does_not_stay(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST[:-2])
            drip(client, b"X-More: 1\r\n")

    def test_that_never_ends_its_body_does_not_stay(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
            drip(client, b"x")

    def test_that_sends_blank_lines_after_an_answer_does_not_stay(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST)
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            drip(client, b"\r\n")

    def test_that_does_not_read_its_answer_is_left(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST.replace(b"/ ", b"/much "))
            time.sleep(3)
            assert len(rest_of(client)) < 30_000_000


class TestEndlessHead:
    def test_is_refused(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST[:-2] + b"X-Long: " + b"x" * 10_000)
            assert rest_of(client).startswith(b"HTTP/1.1 431 ")


class TestHonestClient:
    def test_keeps_its_connection_over_many_requests(self, door: Door) -> None:
        with closing(door.knock()) as client:
            for _ in range(12):
                client.sendall(HONEST)
                assert client.recv(4096).endswith(b"well")
                time.sleep(0.2)

    def test_waits_for_its_answer_as_long_as_that_takes(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST.replace(b"/ ", b"/late "))
            assert client.recv(4096).startswith(b"HTTP/1.1 200")

    def test_that_pipelines_gets_both_answers(self, door: Door) -> None:
        with closing(door.knock()) as client:
            client.sendall(HONEST + HONEST)
            found = b""
            while found.count(b"well") < 2:
                found += client.recv(4096)


class TestFlood:
    def test_of_one_address_does_not_keep_others_out(self) -> None:
        patience = Patience(most=8)
        with serving(patience) as door, closing(door.knock(source="127.0.0.3")) as working:
            working.sendall(HONEST.replace(b"/ ", b"/late "))
            flood = [door.knock(source="127.0.0.2") for _ in range(30)]
            for client in flood:
                client.sendall(HONEST[:-2])
            began = time.monotonic()
            assert door.ask().endswith(b"well")
            assert time.monotonic() - began < 2
            assert working.recv(4096).endswith(b"well")
            for client in flood:
                client.close()
