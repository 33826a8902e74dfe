"""Options that every question of `hamsafar journeys` has, added to each command once."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, get_type_hints

import typer
from rich.console import Console

from hamsafar.cli.ask import AsJson, helpful
from hamsafar.cli.journeys_answers import Columns, answer_of_file, answer_of_folder
from hamsafar.cli.journeys_tables import tables_of
from hamsafar.journeys.answers import Answer, write_answer
from hamsafar.journeys.export import table_of, to_csv
from hamsafar.journeys.query_json import read_query
from hamsafar.kernel.errors import BadInput

Asked = dict[str, object]
"""A query as JSON has it, without its scope."""

Words = list[str]
_COLUMN = "Column of the file."
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What every question may be told: whence, of whom, when, and how to print it."""

    data: Annotated[
        Path | None, typer.Option(envvar="HAMSAFAR_DATA_DIR", help="The data folder.")
    ] = None
    file: Annotated[
        Path | None, typer.Option(help="Events in a file: .csv, .jsonl or .parquet.")
    ] = None
    person: Annotated[str, typer.Option(help=f"{_COLUMN} Who it was.")] = ""
    time: Annotated[str, typer.Option(help=f"{_COLUMN} When it was.")] = ""
    event: Annotated[str, typer.Option(help=f"{_COLUMN} What it was.")] = ""
    place: Annotated[str, typer.Option("--place", help=f"{_COLUMN} The channel.")] = ""
    since: Annotated[str, typer.Option("--from", help="First day or moment that counts.")] = ""
    until: Annotated[str, typer.Option("--to", help="First day or moment that does not.")] = ""
    channel: Annotated[Words, typer.Option(help="Only this channel. Repeatable.")] = field(
        default_factory=list
    )
    include: Annotated[Words, typer.Option(help="Only this event. Repeatable.")] = field(
        default_factory=list
    )
    exclude: Annotated[Words, typer.Option(help="Not this event. Repeatable.")] = field(
        default_factory=list
    )
    where: Annotated[str, typer.Option(help="Condition on events, as JSON.")] = ""
    people: Annotated[str, typer.Option(help="Condition on people, as JSON.")] = ""
    group: Annotated[Words, typer.Option(help="Id of a saved group. Repeatable.")] = field(
        default_factory=list
    )
    grain: Annotated[str, typer.Option(help="person or session.")] = "person"
    zone: Annotated[str, typer.Option(help="Zone of days, such as Asia/Tehran.")] = ""
    min_people: Annotated[int, typer.Option(help="Hide numbers of fewer people.")] = 0
    as_json: AsJson = False
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of words.")] = False

    def query(self, asked: Asked) -> Asked:
        """Return the whole query."""
        scope = {
            "from": self.since or None,
            "to": self.until or None,
            "channels": self.channel,
            "include": self.include,
            "exclude": self.exclude,
            "where": _json(self.where, "--where"),
            "people": _json(self.people, "--people"),
            "groups": self.group,
            "grain": self.grain,
            "zone": self.zone or None,
        }
        return {**asked, "scope": scope, "min_people": self.min_people}

    def answer(self, asked: Asked) -> Answer:
        """Return the answer.

        Raises:
            BadInput: neither a folder nor a file is given, or the query cannot be answered.
        """
        query = read_query(self.query(asked))
        if self.file is not None:
            return answer_of_file(self.file, self.columns, query)
        return answer_of_folder(self.folder, query)

    @property
    def columns(self) -> Columns:
        """Return which columns of the file hold what."""
        return Columns(person=self.person, time=self.time, event=self.event, channel=self.place)

    @property
    def folder(self) -> Path:
        """Return the data folder.

        Raises:
            BadInput: none is given.
        """
        if self.data is None:
            raise BadInput("say where the events are: --data DIR or --file FILE", where="--data")
        return self.data

    def show(self, answer: Answer) -> None:
        """Print an answer: JSON, CSV, or tables."""
        if self.as_json:
            typer.echo(write_answer(answer).decode())
        elif self.as_csv:
            typer.echo(to_csv(table_of(answer)).decode(), nl=False)
        else:
            console = Console()
            for part in tables_of(answer):
                console.print(part)


def question(build: Callable[..., Asked]) -> Callable[..., None]:
    """Return the command that asks what `build` makes of its own options, with the common ones."""
    return with_common(build, lambda shared, asked: shared.show(shared.answer(asked)))


def with_common(
    build: Callable[..., Asked], answer: Callable[[Common, Asked], None]
) -> Callable[..., None]:
    """Return the command that answers what `build` makes of its own options, with the common ones.

    Args:
        build: a command's function without the common options.
        answer: prints the answer to what it returns.
    """
    own = inspect.signature(build)
    hints = get_type_hints(build, include_extras=True)
    common = get_type_hints(Common, include_extras=True)
    parameters = [one.replace(annotation=hints[name]) for name, one in own.parameters.items()]
    for one in fields(Common):
        default = [] if one.default_factory is list else one.default
        parameters.append(
            inspect.Parameter(
                one.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=default,
                annotation=common[one.name],
            )
        )

    @helpful
    def run(**given: object) -> None:
        shared = Common(**{one.name: given.pop(one.name) for one in fields(Common)})  # type: ignore[arg-type]
        answer(shared, build(**given))

    run.__name__, run.__doc__ = build.__name__, build.__doc__
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return run


def seconds_of(text: str, where: str) -> float:
    """Return the seconds of a duration such as `30m` or `7d`; a bare number is seconds.

    >>> seconds_of("90", "--window"), seconds_of("1.5h", "--window")
    (90.0, 5400.0)

    Raises:
        BadInput: it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise BadInput("give a duration such as 90s, 30m, 12h, 7d or 2w", where=where)
    return float(found[1]) * _SECONDS[found[2]]


def _json(text: str, where: str) -> object:
    if not text:
        return None
    try:
        found: object = json.loads(text)
    except ValueError as error:
        raise BadInput(f"this is not JSON: {error}", where=where) from None
    return found
