"""`hamsafar status`: what became of every event, and how far behind we are."""

from __future__ import annotations

from hamsafar.cli.ask import AsJson, Data, helpful, tell
from hamsafar.kernel.errors import NotFound
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.lock import is_owned
from hamsafar.wiring.settings import read_settings


def status_of(hamsafar: Hamsafar) -> dict[str, object]:
    """Return the conservation sheet and the state of the history."""
    sheet = hamsafar.counts.sheet()
    history = hamsafar.store.stats()
    return {
        "received": sheet.received,
        "stored": sheet.stored,
        "duplicates": sheet.duplicates,
        "quarantined": sheet.quarantined,
        "rejected": sheet.rejected,
        "lag_events": sheet.lag_events,
        "people": hamsafar.profiles.count(),
        "history_events": history.events,
        "history_files": history.files,
        "database_bytes": hamsafar.database.size_bytes(),
        "running": is_owned(hamsafar.settings.data),
    }


@helpful
def status(data: Data, as_json: AsJson = False) -> None:
    """Show what became of every event ever received, and the pipeline's lag."""
    settings = read_settings(data)
    if not settings.log_file.exists():
        raise NotFound(f"{data} holds no hamsafar data; start with `hamsafar up`", where="--data")
    with opened(settings) as hamsafar:
        tell(status_of(hamsafar), as_json=as_json)
