"""`hamsafar users`: for an owner who is locked out of the console."""

from __future__ import annotations

from typing import Annotated

import typer

from hamsafar.access import local_caller
from hamsafar.access.types import Account, Role
from hamsafar.cli.ask import AsJson, Data, helpful, settings_of, tell
from hamsafar.cli.first import base_url
from hamsafar.kernel.errors import NotFound
from hamsafar.lang.contacts import normalise_email
from hamsafar.wiring.build import Hamsafar, opened

users = typer.Typer(help="Who may sign in to the console.", no_args_is_help=True)


@users.command("invite")
@helpful
def invite(
    email: str,
    data: Data,
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.ANALYST,
    name: str = "",
    as_json: AsJson = False,
) -> None:
    """Make an account for EMAIL and print the one-time link that sets its password."""
    with opened(settings_of(data)) as hamsafar:
        accounts = hamsafar.access.accounts
        account, secret = accounts.invite(local_caller("cli"), email=email, role=role, name=name)
        tell(_linked(hamsafar, account, secret), as_json=as_json, title="Invited.")


@users.command("reset")
@helpful
def reset(email: str, data: Data, as_json: AsJson = False) -> None:
    """Print a one-time link with which EMAIL sets a new password; older links die."""
    with opened(settings_of(data)) as hamsafar:
        account = _account(hamsafar, email)
        secret = hamsafar.access.accounts.reset(local_caller("cli"), account.id)
        tell(_linked(hamsafar, account, secret), as_json=as_json, title="Good once.")


@users.command("list")
@helpful
def list_users(data: Data, as_json: AsJson = False) -> None:
    """Show who may sign in, and in which role."""
    with opened(settings_of(data)) as hamsafar:
        found: dict[str, object] = {
            account.email: account.role.value
            + ("" if account.disabled_at is None else ", disabled")
            for account in hamsafar.access.accounts.all()
        }
    tell(found, as_json=as_json)


def _account(hamsafar: Hamsafar, email: str) -> Account:
    address = normalise_email(email)
    for account in hamsafar.access.accounts.all():
        if account.email == address:
            return account
    raise NotFound(f"nobody has the address {email!r}; see `hamsafar users list`", where="EMAIL")


def _linked(hamsafar: Hamsafar, account: Account, secret: str) -> dict[str, object]:
    link = f"{base_url(hamsafar.settings)}/welcome?token={secret}"
    return {"email": account.email, "role": account.role.value, "link": link}
