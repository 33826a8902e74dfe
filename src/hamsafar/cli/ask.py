"""What every command shares: the data folder, output as words or JSON, errors that help."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from hamsafar.kernel.errors import HamsafarError, NotFound
from hamsafar.wiring.settings import Settings, read_settings

P = ParamSpec("P")
R = TypeVar("R")

Data = Annotated[Path, typer.Option("--data", envvar="HAMSAFAR_DATA_DIR", help="The data folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


def settings_of(data: Path) -> Settings:
    """Return the settings of a folder that holds data: a mistyped name must not make an empty one.

    Raises:
        NotFound: it holds none.
    """
    settings = read_settings(data)
    if not settings.log_file.exists():
        raise NotFound(f"{data} holds no hamsafar data; start with `hamsafar up`", where="--data")
    return settings


def tell(found: Mapping[str, object], *, as_json: bool, title: str = "") -> None:
    """Print what a command found: one JSON object, or a small table."""
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    table = Table(title=title or None, show_header=False, box=None, title_justify="left")
    for name, value in found.items():
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        table.add_row(f"[dim]{name.replace('_', ' ')}[/dim]", shown)
    Console(soft_wrap=True).print(table)


def helpful(command: Callable[P, R]) -> Callable[P, R]:
    """Return the command with expected errors told in one line, exit code 2, no traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except HamsafarError as error:
            where = f" ({error.where})" if error.where else ""
            Console(stderr=True, soft_wrap=True).print(
                f"[red]Error{where}:[/red] {error.detail}", highlight=False
            )
            raise typer.Exit(2) from None

    return run
