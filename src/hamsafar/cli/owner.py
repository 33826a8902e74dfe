"""Commands of the one who runs the machine: backup, restore, erase."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from hamsafar.access import local_caller
from hamsafar.access.types import AuditEntry, JobId, JobKind
from hamsafar.cli.ask import AsJson, Data, helpful, tell
from hamsafar.cli.jobs_view import job_view
from hamsafar.cli.local import LocalClient
from hamsafar.kernel.errors import BadInput, HamsafarError, NotFound
from hamsafar.wiring.build import opened
from hamsafar.wiring.lock import is_owned, owned
from hamsafar.wiring.settings import Settings, read_settings
from hamsafar.worker.backup import SHEET, digest_of
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
            job = client.look(str(job["id"]))
            todo = int(str(job["todo"]))
            bar.update(task, completed=int(str(job["done"])), total=todo or None)
    client.close()
    return _ended(job)


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
    settings = read_settings(data)
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
    found = run_job(read_settings(data), JobKind.BACKUP, {"to": str(to.absolute())})
    tell(found, as_json=as_json, title="Backed up.")


@helpful
def restore(
    backup_folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup's folder.")],
    data: Data,
    as_json: AsJson = False,
) -> None:
    """Make a new data folder from a backup, in a new epoch."""
    settings = read_settings(data)
    sheet = _checked(backup_folder)
    if settings.data.exists() and any(settings.data.iterdir()):
        raise BadInput(f"{data} is not empty; restore into a new folder", where="--data")
    shutil.copytree(backup_folder, settings.data, dirs_exist_ok=True)
    (settings.data / SHEET).unlink()
    settings.data.chmod(0o700)
    with owned(settings.data), opened(settings) as hamsafar:
        epoch = hamsafar.access.workspaces.new_epoch(local_caller("restore"))
        people = hamsafar.profiles.count()
    files = sheet["files"]
    number = len(files) if isinstance(files, dict) else 0
    tell({"files": number, "people": people, "epoch": epoch}, as_json=as_json, title="Restored.")


def _checked(folder: Path) -> dict[str, object]:
    """Return the sheet of a backup whose every file is as it was written."""
    path = folder / SHEET
    if not path.exists():
        raise BadInput(f"{folder} is not a backup: it has no {SHEET}", where="BACKUP")
    sheet: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    files = sheet["files"]
    if not isinstance(files, dict):
        raise BadInput(f"{path} does not list the files", where="BACKUP")
    for name, digest in files.items():
        if not (folder / name).exists() or digest_of(folder / name) != digest:
            raise BadInput(f"{name} is damaged or missing in this backup", where="BACKUP")
    return sheet
