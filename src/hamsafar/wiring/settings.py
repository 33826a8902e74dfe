"""Settings of a deployment: a data folder, and URLs for what stands elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.place import stored_database

MAX_LOG_BYTES = 20_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where everything is, and the few knobs there are.

    Attributes:
        data: the data folder (`DIR`).
        database: `HAMSAFAR_DATABASE`, else what `DIR/settings.json` says; empty for `DIR/main.db`.
        host, port: where HTTP listens; loopback unless told otherwise.
        public_url: `HAMSAFAR_PUBLIC_URL`, how people reach us from outside, empty if only locally.
        max_log_bytes: `HAMSAFAR_MAX_LOG_BYTES`; above it collection answers 503.
        keep_log: `HAMSAFAR_KEEP_LOG_HOURS`; how long read log batches stay.
        dedup_window: `HAMSAFAR_DEDUP_DAYS`; how long a message id is remembered.
        stuck_after: `HAMSAFAR_STUCK_SECONDS`; a worker that computes longer for one batch is ended.
        private_webhooks: `HAMSAFAR_PRIVATE_WEBHOOKS=1` lets alerts call addresses of this network.
        min_people: `HAMSAFAR_MIN_PEOPLE`; journeys show no number of fewer people, 0 shows all.
    """

    data: Path
    database: str = ""
    host: str = "127.0.0.1"
    port: int = 7788
    public_url: str = ""
    max_log_bytes: int = MAX_LOG_BYTES
    keep_log: timedelta = timedelta(hours=72)
    dedup_window: timedelta = timedelta(days=30)
    stuck_after: timedelta = timedelta(seconds=3)
    private_webhooks: bool = False
    min_people: int = 0

    @property
    def database_where(self) -> str | Path:
        """Return what `open_database` takes."""
        return self.database or self.data / "main.db"

    @property
    def log_file(self) -> Path:
        """Return the log's file."""
        return self.data / "log.db"

    @property
    def lake(self) -> Path:
        """Return the history's folder."""
        return self.data / "lake"

    @property
    def secret_file(self) -> Path:
        """Return the file of the deployment's secret."""
        return self.data / "secret"

    @property
    def erasures_file(self) -> Path:
        """Return the ledger of erasures."""
        return self.data / "erasures"

    @property
    def looks_file(self) -> Path:
        """Return the file of looks on their way into the audit."""
        return self.data / "looks.db"

    @property
    def local_socket(self) -> Path:
        """Return the socket on which the command line talks to a running server."""
        return self.data / "local.sock"


def read_settings(
    data: Path, environ: Mapping[str, str] | None = None, *, host: str = "", port: int = 0
) -> Settings:
    """Return the settings of a data folder.

    Args:
        data: the data folder; need not exist yet.
        environ: the environment; the process's own by default.
        host: overrides the environment's `HAMSAFAR_HOST`.
        port: overrides the environment's `HAMSAFAR_PORT`.

    Raises:
        BadInput: a variable or `settings.json` does not read as it must; `where` names it.
    """
    env = os.environ if environ is None else environ
    base = Settings(data=data.absolute())
    return Settings(
        data=base.data,
        database=env.get("HAMSAFAR_DATABASE") or stored_database(base.data),
        host=host or env.get("HAMSAFAR_HOST", base.host),
        port=port or _number(env, "HAMSAFAR_PORT", base.port),
        public_url=env.get("HAMSAFAR_PUBLIC_URL", "").rstrip("/"),
        max_log_bytes=_number(env, "HAMSAFAR_MAX_LOG_BYTES", base.max_log_bytes),
        keep_log=timedelta(hours=_number(env, "HAMSAFAR_KEEP_LOG_HOURS", 72)),
        dedup_window=timedelta(days=_number(env, "HAMSAFAR_DEDUP_DAYS", 30)),
        stuck_after=timedelta(seconds=_number(env, "HAMSAFAR_STUCK_SECONDS", 3)),
        private_webhooks=env.get("HAMSAFAR_PRIVATE_WEBHOOKS", "") == "1",
        min_people=_number(env, "HAMSAFAR_MIN_PEOPLE", base.min_people),
    )


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise BadInput(f"{name} must be a whole number, not {text!r}", where=name) from None
