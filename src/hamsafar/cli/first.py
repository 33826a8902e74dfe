"""`hamsafar init` and `hamsafar key create`: what a new data folder needs."""

from __future__ import annotations

from typing import Annotated

import typer

from hamsafar.access import local_caller
from hamsafar.access.types import Permission, SourceDraft
from hamsafar.cli.ask import AsJson, Data, helpful, tell
from hamsafar.kernel.errors import Conflict
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import Settings, read_settings

FIRST_SOURCE = SourceDraft(name="Website", channel="web")
TOKEN_PERMISSIONS = (
    Permission.PROFILES_READ,
    Permission.PEOPLE_READ,
    Permission.JOURNEYS_READ,
    Permission.PULSE_READ,
    Permission.QUARANTINE_READ,
    Permission.SOURCES_READ,
)

key = typer.Typer(help="Write keys: who may send events.", no_args_is_help=True)


def base_url(settings: Settings) -> str:
    """Return how a browser on this machine reaches us."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    return settings.public_url or f"http://{host}:{settings.port}"


def owner_link(hamsafar: Hamsafar) -> str:
    """Return a fresh one-time link for the first owner, empty when there is one already."""
    try:
        secret = hamsafar.access.accounts.owner_link(local_caller("first-run"))
    except Conflict:
        return ""
    return f"{base_url(hamsafar.settings)}/welcome?token={secret}"


def first_key(hamsafar: Hamsafar) -> str:
    """Return a write key of the first source, both made when there are none."""
    caller = local_caller("init")
    sources = hamsafar.access.sources.all()
    source = sources[0] if sources else hamsafar.access.sources.create(caller, FIRST_SOURCE)
    keys = [k for k in hamsafar.access.sources.keys(source.id) if k.revoked_at is None]
    return (keys[0] if keys else hamsafar.access.sources.add_key(caller, source.id, "first")).secret


@helpful
def init(data: Data, as_json: AsJson = False, port: int = 0) -> None:
    """Make a data folder ready: a source with its write key, an API token, the owner's link."""
    with opened(read_settings(data, port=port)) as hamsafar:
        _, token = hamsafar.access.tokens.create(
            local_caller("init"), name="first", scopes=TOKEN_PERMISSIONS
        )
        found = {
            "owner_link": owner_link(hamsafar),
            "write_key": first_key(hamsafar),
            "api_token": token,
        }
    tell(found, as_json=as_json, title="Ready. Keep these; the token is shown once.")


@key.command("create")
@helpful
def create(
    name: str,
    data: Data,
    as_json: AsJson = False,
    channel: Annotated[str, typer.Option(help="web, app, store, call, chat, …")] = "web",
) -> None:
    """Make a source called NAME (unless there is one) and a write key for it."""
    caller = local_caller("cli")
    with opened(read_settings(data)) as hamsafar:
        book = hamsafar.access.sources
        source = next((s for s in book.all() if name in {s.name, s.slug}), None)
        source = source or book.create(caller, SourceDraft(name=name, channel=channel))
        made = book.add_key(caller, source.id, name)
        tell({"source": source.slug, "write_key": made.secret}, as_json=as_json)
