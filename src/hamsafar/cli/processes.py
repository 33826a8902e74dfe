"""The two processes behind `hamsafar up`. Started by the supervisor, not by people."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import Annotated

import typer
import uvicorn
import uvloop
from fastapi import FastAPI

from hamsafar.api.app import create_app
from hamsafar.api.collect import CollectApp, CollectParts, PublicUrl, create_collect_app
from hamsafar.api.root import create_root
from hamsafar.api.services import Services
from hamsafar.cli import lifeline
from hamsafar.cli.ask import Data
from hamsafar.cli.local import LocalApp
from hamsafar.journeys import warm
from hamsafar.wiring.browser import package_dir
from hamsafar.wiring.build import Hamsafar, open_hamsafar, opened
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.build import build_herald, build_worker

KEEP_ALIVE_S = 75
HERALD_GRACE_S = 3.0
LOG_FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


def worker_process(data: Data, host: str = "127.0.0.1") -> None:
    """Run the worker until SIGTERM."""
    lifeline.hold()
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(read_settings(data, host=host)) as hamsafar:
        hamsafar.store.warm()
        herald = Thread(target=build_herald(hamsafar).run, args=(stop,), daemon=True, name="herald")
        herald.start()
        build_worker(hamsafar).run(stop)
        herald.join(HERALD_GRACE_S)


def api_process(data: Data, fd: Annotated[int, typer.Option()], host: str = "127.0.0.1") -> None:
    """Serve HTTP on an inherited listening socket until SIGTERM."""
    lifeline.hold()
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    sock = socket.socket(fileno=fd)
    settings = read_settings(data, host=host, port=sock.getsockname()[1])
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
        http="httptools",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=10,
    )
    collect.start()
    warming = asyncio.create_task(asyncio.to_thread(_warm, hamsafar))
    local = asyncio.create_task(_serve_local(hamsafar))
    await _Main(config, app).serve(sockets=[sock])
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


def _warm(hamsafar: Hamsafar) -> None:
    hamsafar.store.warm()
    warm()


processes = typer.Typer(hidden=True)
processes.command("worker-process")(worker_process)
processes.command("api-process")(api_process)
