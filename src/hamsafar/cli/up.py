"""`hamsafar up` and `hamsafar demo`."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from hamsafar.cli.ask import Data, helpful
from hamsafar.cli.child import LOG_FORM
from hamsafar.cli.filling import Coming, fill, send_due
from hamsafar.cli.first import base_url, first_key, owner_link
from hamsafar.cli.supervisor import Supervisor, listen
from hamsafar.kernel.clock import SystemClock
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import owned
from hamsafar.wiring.settings import Settings, read_settings

Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


@helpful
def up(data: Data, host: Host = "", port: Port = 0) -> None:
    """Run Hamsafar on a data folder: one API process and one worker."""
    with owned(data):
        raise typer.Exit(_run(read_settings(data, host=host, port=port)))


def _run(settings: Settings, coming: Coming | None = None, *, browse: bool = False) -> int:
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    # A demo's own requests are no news.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sock = listen(settings.host, settings.port)
    console = Console(stderr=True, soft_wrap=True)
    with opened(settings) as hamsafar:
        first_key(hamsafar)
        link = owner_link(hamsafar)
    console.print(f"Hamsafar listens on [bold]{base_url(settings)}[/bold]  (Ctrl-C stops it)")
    if link:
        console.print(f"First sign-in, good once: [bold]{link}[/bold]")
    on_ready = (lambda: webbrowser.open(link or base_url(settings))) if browse else None
    with sock:
        return Supervisor(settings, sock).run(Present(settings, coming, on_ready).tick)


class Present:
    """What goes on beside the two processes: a demo's events keep arriving."""

    def __init__(
        self, settings: Settings, coming: Coming | None, on_ready: Callable[[], object] | None
    ) -> None:
        self._settings = settings
        self._coming = coming
        self._on_ready = on_ready

    def tick(self) -> None:
        """Open the browser once the server is ready; send what happened meanwhile."""
        if self._on_ready is not None and is_ready(self._settings):
            self._on_ready()
            self._on_ready = None
        if self._coming is not None and self._coming.lines:
            with contextlib.suppress(httpx.HTTPError):
                send_due(self._coming, base_url(self._settings), SystemClock().now_us())


def is_ready(settings: Settings) -> bool:
    """Return whether the server answers that it is ready."""
    try:
        return httpx.get(f"{base_url(settings)}/healthz", timeout=2.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@helpful
def demo(
    blueprint: Annotated[str, typer.Option(help="Which story fills it.")] = "retail",
    people: Annotated[int, typer.Option(min=10, help="How many people live in it.")] = 2_000,
    port: Port = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
) -> None:
    """Run Hamsafar on a throw-away folder, filled by a blueprint's simulated people."""
    folder = Path(tempfile.mkdtemp(prefix="hamsafar-demo-"))
    settings = read_settings(folder, {}, port=port)
    try:
        with owned(folder):
            with opened(settings) as hamsafar:
                coming = fill(hamsafar, blueprint, people, Console(stderr=True, soft_wrap=True))
            raise typer.Exit(_run(settings, coming, browse=not no_browser))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
