"""The API process behind `hamsafar up`. Started by the supervisor, not by people."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import uvicorn
import uvloop
from fastapi import FastAPI

from hamsafar.api.app import create_app
from hamsafar.api.collect import CollectApp, CollectParts, PublicUrl, create_collect_app
from hamsafar.api.connections import Patience, lift_file_limit, patient
from hamsafar.api.root import create_root
from hamsafar.api.services import Services
from hamsafar.cli.child import child_order
from hamsafar.cli.local import LocalApp
from hamsafar.wiring.browser import package_dir
from hamsafar.wiring.build import Hamsafar, open_hamsafar
from hamsafar.wiring.kernels import warm_all
from hamsafar.wiring.settings import read_settings

KEEP_ALIVE = timedelta(seconds=75)


def main() -> None:
    """Serve HTTP on an inherited listening socket until SIGTERM."""
    order = child_order()
    sock = socket.socket(fileno=order.fd)
    settings = read_settings(order.data, host=order.host, port=sock.getsockname()[1])
    hamsafar = open_hamsafar(settings)
    try:
        # uvicorn picks a loop only when it makes one itself.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(hamsafar, sock))
    finally:
        hamsafar.close()


def build_collect(hamsafar: Hamsafar) -> CollectApp:
    """Return the collection side of a deployment; start it before the first request."""
    return create_collect_app(
        CollectParts(
            log=hamsafar.log,
            keys=hamsafar.keys,
            clock=hamsafar.clock,
            browser_dir=package_dir("browser_dist"),
            public_url=PublicUrl(hamsafar.settings.public_url),
        )
    )


async def _serve(hamsafar: Hamsafar, sock: socket.socket) -> None:
    collect = build_collect(hamsafar)
    app = create_app(Services.of(hamsafar))
    config = uvicorn.Config(
        create_root(collect, app),
        http=patient(Patience(most=lift_file_limit(), idle=KEEP_ALIVE)),
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=int(KEEP_ALIVE.total_seconds()),
        timeout_graceful_shutdown=10,
    )
    collect.start()
    server = _Main(config, app)
    warming = asyncio.create_task(_warm_after(server, hamsafar))
    local = asyncio.create_task(_serve_local(hamsafar))
    await server.serve(sockets=[sock])
    collect.close()
    for task in (local, warming):
        task.cancel()


async def _serve_local(hamsafar: Hamsafar) -> None:
    path = hamsafar.settings.local_socket
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind(str(path))
    path.chmod(0o600)
    config = uvicorn.Config(LocalApp(hamsafar), lifespan="off", access_log=False, log_config=None)
    await _Quiet(config).serve(sockets=[sock])


class _Main(uvicorn.Server):
    """The server of the API; when told to stop it ends streams, which else would never end."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.ready.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop."""
        self._app.state.closing = True
        super().handle_exit(sig, frame)


class _Quiet(uvicorn.Server):
    """A server that leaves signals to the main one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signals."""
        yield


async def _warm_after(server: _Main, hamsafar: Hamsafar) -> None:
    """Warm the kernels, but answer first: a restart is short."""
    await server.ready.wait()
    await asyncio.to_thread(_warm, hamsafar)


def _warm(hamsafar: Hamsafar) -> None:
    hamsafar.store.warm()
    warm_all()
