"""`hamsafar status`: what became of every event, how far behind we are, and what is wrong."""

from __future__ import annotations

import shutil
from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hamsafar.cli.ask import AsJson, Data, helpful, settings_of, tell
from hamsafar.kernel.clock import SECOND_US
from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.lock import is_owned
from hamsafar.wiring.sizes import sizes_of

WORKER = "worker"
ALIVE_S = 10
"""A worker seen no longer ago than this lives."""


def status_of(hamsafar: Hamsafar) -> dict[str, object]:
    """Return the conservation sheet, the state of the stores, and the open alerts."""
    sheet = hamsafar.counts.sheet()
    sizes = sizes_of(hamsafar)
    seen_at = hamsafar.access.watch.seen_at(WORKER)
    silence = None if seen_at is None else (hamsafar.clock.now_us() - seen_at) / SECOND_US
    return {
        "received": sheet.received,
        "stored": sheet.stored,
        "duplicates": sheet.duplicates,
        "quarantined": sheet.quarantined,
        "rejected": sheet.rejected,
        "lag_events": sheet.lag_events,
        "lag_live": sheet.lanes.get(Lane.LIVE, 0),
        "lag_bulk": sheet.lanes.get(Lane.BULK, 0),
        "people": hamsafar.profiles.count(),
        "history_events": sizes.history_events,
        "history_files": sizes.history_files,
        "history_bytes": sizes.history_bytes,
        "log_bytes": sizes.log_bytes,
        "database": hamsafar.database.dialect,
        "database_bytes": sizes.database_bytes,
        "disk_free_bytes": shutil.disk_usage(hamsafar.settings.data).free,
        "running": is_owned(hamsafar.settings.data),
        "worker_silence_s": silence,
        "alerts": [
            {"kind": alert.kind, "subject": alert.subject, "detail": alert.detail}
            for alert in hamsafar.access.watch.open_alerts()
        ],
    }


def in_words(found: dict[str, object]) -> Table:
    """Return a status as people read it."""
    table = Table(show_header=False, box=None)
    table.add_column(style="dim")
    table.add_column()
    for name, value in (
        ("service", _service(found)),
        ("events", _events(found)),
        ("waiting", f"{_number(found, 'lag_live')} live, {_number(found, 'lag_bulk')} imported"),
        ("people", _number(found, "people")),
        ("history", f"{_number(found, 'history_events')} events, {_size(found, 'history_bytes')}"),
        ("database", f"{found['database']}, {_size(found, 'database_bytes')}"),
        ("log", _size(found, "log_bytes")),
        ("disk", f"{_size(found, 'disk_free_bytes')} free"),
    ):
        table.add_row(name, value)
    alerts = found["alerts"]
    for alert in alerts if isinstance(alerts, list) else []:
        words = Text(f"{alert['kind'].replace('_', ' ')}: {alert['detail']}", style="bold red")
        table.add_row("alert", words)
    return table


def _service(found: dict[str, object]) -> str:
    if not found["running"]:
        return "stopped"
    silence = found["worker_silence_s"]
    if not isinstance(silence, float):
        return "running, its worker was never seen"
    if silence > ALIVE_S:
        return f"running, its worker is silent for {timedelta(seconds=int(silence))}"
    return "running"


def _events(found: dict[str, object]) -> str:
    names = ("stored", "duplicates", "quarantined", "rejected")
    parts = ", ".join(f"{_number(found, name)} {name}" for name in names)
    return f"{_number(found, 'received')} received: {parts}"


def _number(found: dict[str, object], name: str) -> str:
    return f"{found[name]:,}"


def _size(found: dict[str, object], name: str) -> str:
    size = float(str(found[name]))
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


@helpful
def status(data: Data, as_json: AsJson = False) -> None:
    """Show what became of every event ever received, how far behind we are, and what is wrong."""
    with opened(settings_of(data)) as hamsafar:
        found = status_of(hamsafar)
    if as_json:
        tell(found, as_json=True)
    else:
        Console(soft_wrap=True).print(in_words(found))
