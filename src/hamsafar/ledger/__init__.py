"""The time ledger: who waited for whom, in business hours.

Answers: how much of the time of journeys went to the customer, to our queue, to our work and to third
parties (`ledger`), how fast we answer and settle; for a running system through `service`.
Comes in: `journeys.Sequences` with the properties that name matters, working hours. Goes out: frozen
rows. Emits no events. Stands on `journeys`, `access`, `storage`, `lang` and `kernel`.
"""

from hamsafar.ledger.account import Account, ledger
from hamsafar.ledger.hours import OpenTime, checked, open_time
from hamsafar.ledger.types import (
    By,
    Dimension,
    Ledger,
    LedgerRow,
    LedgerWish,
    Share,
    Speed,
    WorkingHours,
)

__all__ = [
    "Account",
    "By",
    "Dimension",
    "Ledger",
    "LedgerRow",
    "LedgerWish",
    "OpenTime",
    "Share",
    "Speed",
    "WorkingHours",
    "checked",
    "ledger",
    "open_time",
]
