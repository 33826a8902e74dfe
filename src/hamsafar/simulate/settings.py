"""What to simulate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One simulation; equal settings give equal bytes.

    Attributes:
        blueprint: folder name under `hamsafar/blueprints`.
        people: how many live in the town; not all of them come to the shop.
        days: simulated days, ending at `until`.
        seed: any whole number ≥ 0.
        profile: a `[profiles.NAME]` of the blueprint, `bench` for benchmarks; empty: as usual.
        events: begin no further story after so many events; None: what people and days give.
        until: last moment; None: the blueprint's own, so that nothing depends on today.
        merge_every: at least one merge in so many events; None: the blueprint's.
    """

    blueprint: str = "retail"
    people: int = 2_000
    days: int = 30
    seed: int = 1
    profile: str = ""
    events: int | None = None
    until: datetime | None = None
    merge_every: int | None = None

    @classmethod
    def bench(cls, *, events: int, seed: int = 1, people: int = 200_000) -> Settings:
        """Return the town of the benchmarks: 30 % identified, a merge in 50 events, ~500 B each."""
        return cls(people=people, days=30, seed=seed, profile="bench", events=events)
