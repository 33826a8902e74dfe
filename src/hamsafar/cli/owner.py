"""Commands of the one who runs the machine: backup, restore, erase, move, export."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobId, JobKind
from hamsafar.cli.ask import AsJson, Data, helpful, settings_of, tell
from hamsafar.cli.jobs_view import job_view
from hamsafar.cli.local_client import LocalClient
from hamsafar.kernel.errors import HamsafarError, NotFound, Retriable
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.canonical import canonical_lines
from hamsafar.wiring.erasures import find_due
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.wiring.move import move_database
from hamsafar.wiring.restore import restore_files
from hamsafar.wiring.settings import Settings, read_settings
from hamsafar.worker.again import erase_again
from hamsafar.worker.backup import check_backup
from hamsafar.worker.build import build_worker

LOOK_EVERY_S = 0.1


def person_of(settings: Settings, wanted: str) -> int:
    """Return the person an argument names: `kind:value`, a bare identifier, or a number.

    Raises:
        NotFound: nobody by that name.
    """
    with opened(settings) as hamsafar:
        kind, colon, value = wanted.partition(":")
        tries = [(kind, value)] if colon else []
        tries += [(k, wanted) for k in ("user_id", "email", "phone", "anonymous_id")]
        for one, text in tries:
            person = hamsafar.profiles.find(one, text)
            if person is not None:
                return person
    raise NotFound(f"nobody has the identifier {wanted!r}", where="ID")


def run_job(settings: Settings, kind: JobKind, args: dict[str, object]) -> dict[str, object]:
    """Have a job done: by the running server, or by this process when none runs.

    Raises:
        HamsafarError: the job failed; the reason in words.
    """
    if is_owned(settings.data):
        return _by_server(settings, kind, args)
    with owned(settings.data), opened(settings) as hamsafar:
        entry = AuditEntry(action=f"job.{kind}", subject_kind="job", subject="")
        jobs = hamsafar.access.jobs
        job = jobs.ask(local_caller("cli"), kind, json.dumps(args), entry)
        worker = build_worker(hamsafar)
        worker.begin()
        worker.drain()
        worker.do_jobs()
        return _ended(job_view(jobs.get(JobId(job.id))))


def _by_server(settings: Settings, kind: JobKind, args: dict[str, object]) -> dict[str, object]:
    client = LocalClient(settings.local_socket)
    job = client.queue(kind, args)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(kind.value, total=None)
        while job["state"] in {"queued", "running"}:
            time.sleep(LOOK_EVERY_S)
            job = _look(settings, client, str(job["id"]))
            todo = int(str(job["todo"]))
            bar.update(task, completed=int(str(job["done"])), total=todo or None)
    client.close()
    return _ended(job)


def _look(settings: Settings, client: LocalClient, job_id: str) -> dict[str, object]:
    """Return a job as it is now; its API process may be starting again."""
    while True:
        try:
            return client.look(job_id)
        except Retriable:
            if not is_owned(settings.data):
                raise
            time.sleep(LOOK_EVERY_S)


def _ended(job: dict[str, object]) -> dict[str, object]:
    if job["state"] != "done":
        raise HamsafarError(str(job["error"]) or "the job did not end", where=str(job["kind"]))
    result = job["result"]
    return result if isinstance(result, dict) else {}


@helpful
def erase(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="kind:value, or an identifier.")],
    data: Data,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove every trace of a person from every store, physically."""
    settings = settings_of(data)
    person = person_of(settings, identifier)
    if not yes and not typer.confirm(f"Erase person {person} for ever?"):
        raise typer.Exit(1)
    found = run_job(settings, JobKind.ERASE, {"person": person, "by": "cli"})
    tell(found, as_json=as_json, title="Erased.")


@helpful
def backup(
    to: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Write a consistent copy of everything into a new folder, also while the server runs."""
    found = run_job(settings_of(data), JobKind.BACKUP, {"to": str(to.absolute())})
    tell(found, as_json=as_json, title="Backed up.")


@helpful
def restore(
    backup_folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup's folder.")],
    data: Data,
    erasures: Annotated[
        Path | None,
        typer.Option(help="The old data folder, a later backup or its file of erasures."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a new data folder from a backup, in a new epoch; erase again who was erased since."""
    settings = read_settings(data)
    files = check_backup(backup_folder)
    due = find_due(backup_folder, erasures)
    people = 0

    def finish(hamsafar: Hamsafar) -> None:
        nonlocal people
        people = erase_again(hamsafar, due)

    with owned(settings.data):
        restore_files(backup_folder, files, settings, finish)
    found: dict[str, object] = {"files": len(files), "erased_again": people}
    if not due.places:
        found["erasures"] = (
            "no list of later erasures was found: people erased since this backup are back; erase"
            " them again, or restore again with --erasures OLD_DATA_FOLDER"
        )
    with opened(replace(settings, database="")) as hamsafar:
        found |= {
            "people": hamsafar.profiles.count(),
            "epoch": hamsafar.access.workspaces.get().epoch,
        }
    if settings.database:
        found["next"] = (
            f"the database is {data}/main.db now; unset HAMSAFAR_DATABASE, and use"
            " `hamsafar move --to postgresql://…` to bring it back to a server"
        )
    tell(found, as_json=as_json, title="Restored.")


@helpful
def move(
    data: Data,
    to: Annotated[
        str, typer.Option("--to", help="postgresql://user:password@host/name, or sqlite")
    ],
    keep_old: Annotated[
        bool, typer.Option("--keep-old", help="Keep a SQLite file that is left, as main.db.moved.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Move the database elsewhere; log and history stay in the data folder. Stop the server first."""
    settings_of(data)
    with owned(data):
        settings = read_settings(data)
        say = Console(stderr=True, soft_wrap=True).print
        moved = move_database(settings, to, keep_old=keep_old, say=say)
    found: dict[str, object] = {"rows": moved.rows, "digest": moved.digest}
    left = "the old database still holds a copy; drop it" if settings.database else ""
    if moved.digest and left:
        found["next"] = left
    if os.environ.get("HAMSAFAR_DATABASE"):
        found["next"] = "unset HAMSAFAR_DATABASE: the data folder knows where its database is"
    title = "Moved." if moved.digest else "It is there already."
    tell(found, as_json=as_json, title=title)


@helpful
def export(
    canonical: Annotated[Path, typer.Option("--canonical", help="The file to write.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Write people, claims and events in a form that is the same whatever order they came in."""
    settings = settings_of(data)
    with owned(data), opened(settings) as hamsafar, canonical.open("wb") as file:
        digest, lines = hashlib.sha256(), 0
        for line in canonical_lines(hamsafar):
            text = line.encode() + b"\n"
            digest.update(text)
            file.write(text)
            lines += 1
    found = {"to": str(canonical), "lines": lines, "sha256": digest.hexdigest()}
    tell(found, as_json=as_json, title="Exported.")
