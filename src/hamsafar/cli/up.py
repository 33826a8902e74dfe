"""`hamsafar up` and `hamsafar demo`."""

from __future__ import annotations

import logging
import shutil
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from hamsafar.cli.ask import Data, helpful
from hamsafar.cli.first import base_url, first_key, owner_link
from hamsafar.cli.processes import LOG_FORM
from hamsafar.cli.supervisor import Supervisor, listen
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import owned
from hamsafar.wiring.settings import Settings, read_settings

Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


@helpful
def up(data: Data, host: Host = "", port: Port = 0) -> None:
    """Run Hamsafar on a data folder: one API process and one worker."""
    settings = read_settings(data, host=host, port=port)
    with owned(settings.data):
        raise typer.Exit(_run(settings))


def _run(settings: Settings) -> int:
    logging.basicConfig(level=logging.INFO, format=LOG_FORM)
    sock = listen(settings.host, settings.port)
    console = Console(stderr=True, soft_wrap=True)
    with opened(settings) as hamsafar:
        first_key(hamsafar)
        link = owner_link(hamsafar)
    console.print(f"Hamsafar listens on [bold]{base_url(settings)}[/bold]  (Ctrl-C stops it)")
    if link:
        console.print(f"First sign-in, good once: [bold]{link}[/bold]")
    with sock:
        return Supervisor(settings, sock).run()


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
            fill(settings, blueprint, people, Console(stderr=True, soft_wrap=True))
            if not no_browser:
                webbrowser.open(base_url(settings))
            raise typer.Exit(_run(settings))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fill(settings: Settings, blueprint: str, people: int, console: Console) -> None:
    """Fill an empty data folder with a blueprint's events, worked through to the end."""
    console.print(f"{blueprint} {people} {settings.data}")
