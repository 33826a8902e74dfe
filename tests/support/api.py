"""A real server: uvicorn on loopback over a whole river, with people signed in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import httpx
import uvicorn
from support.access import CHEAP
from support.river import River, river, track

from hamsafar.access import Access, local_caller
from hamsafar.access.types import Permission, Role, SourceDraft
from hamsafar.api import Services, create_app, create_root
from hamsafar.cli.api_process import build_collect

PASSWORD = "correct horse 42 باتری"
LOCAL = local_caller("tester")


class Site:
    """A running server with its river."""

    def __init__(self, flow: River, access: Access, port: int) -> None:
        self.river = flow
        self.access = access
        self.url = f"http://127.0.0.1:{port}"
        self._clients: list[Person] = []

    def stranger(self) -> Person:
        """Return a client nobody knows."""
        client = Person(base_url=self.url, timeout=20, trust_env=False)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            client.close()

    def join(self, role: Role, email: str = "") -> Person:
        """Return a client with a fresh account of this role, signed in by cookie."""
        address = email or f"{role}{len(self.access.accounts.all())}@staff.example"
        client = self.stranger()
        if role is Role.OWNER and not self.access.accounts.has_owner():
            link = self.access.accounts.owner_link(LOCAL)
        else:
            _, link = self.access.accounts.invite(LOCAL, email=address, role=role)
        body = {"password": PASSWORD, "email": address}
        client.take(client.post(f"/api/links/{link}", json=body).raise_for_status())
        return client

    def program(self, *scopes: Permission) -> Person:
        """Return a client with an API token."""
        _, text = self.access.tokens.create(LOCAL, name="test", scopes=scopes)
        client = self.stranger()
        client.headers["Authorization"] = f"Bearer {text}"
        return client

    def write_key(self) -> str:
        """Return a working write key."""
        key = self.access.sources.add_key(LOCAL, self.river.source, "test")
        self.river.clock.move(2_000_000)
        return key.secret


class Person(httpx.Client):
    """A browser: keeps its cookie, and sends the CSRF value on every request once signed in."""

    def __enter__(self) -> Self:
        """Return itself, also when requests were sent before."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close connections."""
        self.close()

    def take(self, response: httpx.Response) -> httpx.Response:
        """Remember the CSRF value of an answer that shows oneself."""
        self.me = response.json()
        self.headers["X-CSRF-Token"] = self.me["csrf"]
        return response


@contextmanager
def serving(folder: Path, console: Path | None = None, *, database: str = "") -> Iterator[Site]:
    """Open a river on a folder (and a PostgreSQL database, if given) and serve it."""
    with river(folder, database=database) as flow:
        collect = build_collect(flow.hamsafar)
        hamsafar = flow.hamsafar
        secret = hamsafar.settings.secret_file.read_bytes()
        access = Access.on(
            hamsafar.database,
            flow.clock,
            secret=secret,
            settings=CHEAP,
            looks=hamsafar.looks,
        )
        app = create_app(replace(Services.of(hamsafar), access=access), console=console)
        config = uvicorn.Config(
            create_root(collect, app), ws="none", lifespan="on", log_config=None, access_log=False
        )
        server = uvicorn.Server(config)
        with listening() as sock:
            thread = threading.Thread(target=_run, args=(server, sock, collect), daemon=True)
            thread.start()
            while not server.started:
                assert thread.is_alive()
                thread.join(0.01)
            site = Site(flow, access, sock.getsockname()[1])
            try:
                yield site
            finally:
                site.close()
                app.state.closing = True
                server.should_exit = True
                thread.join(10)


def listening() -> socket.socket:
    """Return a listening socket on a free port.

    asyncio sends small answers at once only on sockets that say they are TCP; else each of them
    waits 40 ms.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    return sock


def _run(server, sock, collect) -> None:
    import asyncio  # noqa: PLC0415

    async def serve() -> None:
        collect.start()
        await server.serve(sockets=[sock])
        collect.close()

    asyncio.run(serve())


def fill(site: Site) -> None:
    """Send a small story: two people, one of them merged of two identifiers, one bad event."""
    events = [
        track("m1", "Product Viewed", second=1, anonymousId="a1", properties={"price": 12}),
        track("m2", "Cart Opened", second=5, anonymousId="a1"),
        {
            "type": "identify",
            "messageId": "m3",
            "anonymousId": "a1",
            "userId": "u1",
            "traits": {"name": "سارا کریمی", "email": "Sara@Example.com", "age": 31, "vip": True},
            "timestamp": "2025-11-23T12:00:09Z",
        },
        track("m4", "Order Completed", second=20, userId="u1"),
        track("m5", "Product Viewed", second=3, userId="u2"),
        track("m6", "Cart Opened", second=30, userId="u2"),
        {"type": "track", "messageId": "m7", "userId": "u2"},
    ]
    site.river.send(events)
    site.river.flow()


def second_source(site: Site) -> int:
    """Return another source."""
    draft = SourceDraft(name="shop floor", channel="store")
    return int(site.access.sources.create(LOCAL, draft).id)
