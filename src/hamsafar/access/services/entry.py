"""All services of access, put together."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.access.passwords import Passwords
from hamsafar.access.ports import LookBook
from hamsafar.access.services.accounts import Accounts
from hamsafar.access.services.audit import Audit
from hamsafar.access.services.jobs import Jobs
from hamsafar.access.services.sessions import Sessions
from hamsafar.access.services.sources import Sources
from hamsafar.access.services.tokens import Tokens
from hamsafar.access.services.watch import Watch
from hamsafar.access.services.webhooks import Webhooks
from hamsafar.access.services.workspaces import Workspaces
from hamsafar.access.services.write_keys import WriteKeys
from hamsafar.access.settings import AccessSettings
from hamsafar.kernel.clock import Clock
from hamsafar.storage.ports import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The services of access on one database."""

    accounts: Accounts
    sessions: Sessions
    tokens: Tokens
    sources: Sources
    write_keys: WriteKeys
    workspaces: Workspaces
    audit: Audit
    jobs: Jobs
    webhooks: Webhooks
    watch: Watch

    @classmethod
    def on(
        cls,
        database: Database,
        clock: Clock,
        *,
        secret: bytes,
        settings: AccessSettings | None = None,
        looks: LookBook | None = None,
    ) -> Access:
        """Return the services.

        Args:
            database: migrated.
            clock: what time it is.
            secret: the deployment's, 32 bytes or more.
            settings: of access.
            looks: where looks at people are kept until the audit chain has them; without it they
                go there at once.
        """
        settings = settings or AccessSettings()
        return cls(
            accounts=Accounts(database, clock, settings),
            sessions=Sessions(database, clock, settings, Passwords(settings)),
            tokens=Tokens(database, clock),
            sources=Sources(database, clock, secret),
            write_keys=WriteKeys(database, clock),
            workspaces=Workspaces(database, clock),
            audit=Audit(database, clock, settings, looks),
            jobs=Jobs(database, clock),
            webhooks=Webhooks(database, clock, secret, private=settings.private_webhooks),
            watch=Watch(database, clock),
        )
