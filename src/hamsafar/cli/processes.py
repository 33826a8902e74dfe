"""The two processes behind `hamsafar up`. Started by the supervisor, not by people."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from threading import Event

import typer
import uvicorn

from hamsafar.api.collect import CollectParts, PublicUrl, create_collect_app
from hamsafar.api.root import Root
from hamsafar.cli import lifeline
from hamsafar.cli.ask import Data
from hamsafar.cli.local import LocalApp
from hamsafar.journeys import warm
from hamsafar.wiring.browser import package_dir
from hamsafar.wiring.build import Hamsafar, open_hamsafar, opened
from hamsafar.wiring.settings import read_settings
from hamsafar.worker.build import build_worker

KEEP_ALIVE_S = 75
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
        build_worker(hamsafar).run(stop)


def api_process(data: Data, fd: int, host: str = "127.0.0.1") -> None:
    """Serve HTTP on an inherited listening socket until SIGTERM."""
    lifeline.hold()
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    sock = socket.socket(fileno=fd)
    settings = read_settings(data, host=host, port=sock.getsockname()[1])
    hamsafar = open_hamsafar(settings)
    try:
        asyncio.run(_serve(hamsafar, sock))
    finally:
        hamsafar.close()


def build_root(hamsafar: Hamsafar) -> Root:
    """Return the whole HTTP side of a deployment."""
    settings = hamsafar.settings
    collect = create_collect_app(
        CollectParts(
            log=hamsafar.log,
            keys=hamsafar.keys,
            clock=hamsafar.clock,
            browser_dir=package_dir("browser_dist"),
            public_url=PublicUrl(settings.public_url),
        )
    )
    return Root(collect, hamsafar)


async def _serve(hamsafar: Hamsafar, sock: socket.socket) -> None:
    root = build_root(hamsafar)
    config = uvicorn.Config(
        root,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=10,
    )
    local = uvicorn.Config(LocalApp(hamsafar), lifespan="off", access_log=False, log_config=None)
    warming = asyncio.create_task(asyncio.to_thread(_warm, hamsafar))
    local_server = asyncio.create_task(_serve_local(local, hamsafar))
    await uvicorn.Server(config).serve(sockets=[sock])
    for task in (local_server, warming):
        task.cancel()


async def _serve_local(config: uvicorn.Config, hamsafar: Hamsafar) -> None:
    path = hamsafar.settings.local_socket
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind(str(path))
    path.chmod(0o600)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    await server.serve(sockets=[sock])


def _warm(hamsafar: Hamsafar) -> None:
    hamsafar.store.warm()
    warm()


processes = typer.Typer(hidden=True)
processes.command("worker-process")(worker_process)
processes.command("api-process")(api_process)
