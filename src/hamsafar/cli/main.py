"""The `hamsafar` command and its sub-commands."""

from __future__ import annotations

from typing import Annotated

import typer

from hamsafar import __version__
from hamsafar.cli.first import init, key
from hamsafar.cli.import_ import CONTEXT, import_command
from hamsafar.cli.journeys import journeys
from hamsafar.cli.journeys_maps import register as add_maps
from hamsafar.cli.kernels import kernels
from hamsafar.cli.owner import backup, erase, export, move, restore
from hamsafar.cli.simulate import simulate
from hamsafar.cli.sinks import bulk_sink
from hamsafar.cli.status import status
from hamsafar.cli.up import demo, up
from hamsafar.cli.users import users
from hamsafar.wiring.settings import read_settings

app = typer.Typer(
    help="Hamsafar (همسفر): the intelligent experience engine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hamsafar {__version__}")
        raise typer.Exit


@app.callback()
def hamsafar(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hamsafar (همسفر): the intelligent experience engine."""


for command in (up, demo, init, status, simulate, backup, restore, erase, move, export, kernels):
    app.command()(command)
app.command("import", context_settings=CONTEXT)(
    import_command(lambda data: bulk_sink(read_settings(data)))
)
app.add_typer(key, name="key")
app.add_typer(users, name="users")
add_maps(journeys)
app.add_typer(journeys, name="journeys")


def main() -> None:
    """Run the command line."""
    app()
