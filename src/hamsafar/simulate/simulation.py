"""The town's time goes by: episodes begin, their lines arrive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import msgspec
import numpy as np

from hamsafar.kernel.clock import DAY_US
from hamsafar.kernel.errors import BadInput
from hamsafar.simulate.actor import Actor, Stage
from hamsafar.simulate.blueprint import load
from hamsafar.simulate.contexts import Contexts
from hamsafar.simulate.delivery import Delivery, IsoTimes
from hamsafar.simulate.dice import Dice
from hamsafar.simulate.population import MAX_COOKIES, Population
from hamsafar.simulate.rhythm import Plan, drawn, starts
from hamsafar.simulate.settings import Settings
from hamsafar.simulate.stories import STORIES
from hamsafar.simulate.truth import Counts, Truth

_CHUNK = 500
_EVENTS_AN_EPISODE = 8.0
_ALL_COOKIES = (1 << MAX_COOKIES) - 1 & ~2
"""Cookie 1 is the app's."""


class Simulation:
    """One run of a blueprint.

    Attributes:
        truth: what is true of the stream; complete when `batches` is at its end.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepare the town.

        Raises:
            BadInput: numbers out of range, or no such profile.
            NotFound: no such blueprint.
        """
        _check(settings)
        self.settings = settings
        self._blueprint = load(settings.blueprint, settings.profile)
        rng = np.random.Generator(np.random.PCG64(settings.seed))
        self._population = Population(self._blueprint, settings.people, rng)
        self.truth = Truth(self._population)
        until = settings.until or self._blueprint.settings.until
        self._until_us = int(until.astimezone(UTC).timestamp()) * 1_000_000
        self._plan = self._planned(rng)
        self._stage = self._set(Dice(rng))
        self._busy: dict[int, int] = {}
        self._next_debtor = 0

    def batches(self) -> Iterator[list[bytes]]:
        """Yield JSON lines (without newline) in the order they reach the server."""
        plan, stage = self._plan, self._stage
        names = list(self._blueprint.settings.weights)
        wanted = self.settings.events
        for first in range(0, len(plan.start), _CHUNK):
            chunk = slice(first, first + _CHUNK)
            begins = plan.start[chunk].tolist()
            arrived = stage.delivery.release(begins[0])
            if arrived:
                yield arrived
            if wanted is not None and stage.number >= wanted:
                break
            for start, person, story in zip(
                begins, plan.person[chunk].tolist(), plan.story[chunk].tolist(), strict=True
            ):
                self._play(start, person, names[story])
        rest = stage.delivery.release(None)
        for first in range(0, len(rest), 10 * _CHUNK):
            yield rest[first : first + 10 * _CHUNK]
        self.truth.finish()

    @property
    def expected_events(self) -> int:
        """Return about how many events will come; for a progress bar."""
        planned = int(len(self._plan.start) * _EVENTS_AN_EPISODE)
        return min(planned, self.settings.events or planned)

    def planted(self) -> dict[str, object]:
        """Return the causes put into this stream, with when they act."""
        settings, times = self._blueprint.settings, IsoTimes()
        trouble, outcome = settings.trouble, settings.outcome
        begins, ends = self._stage.trouble
        return {
            "payment_error": {
                "gateway": trouble.gateway,
                "begins_at": times.text(begins),
                "ends_at": times.text(ends),
                "fails": trouble.fails,
            },
            "late_delivery": {
                "carrier": trouble.slow_carrier,
                "share": trouble.slow_share,
                "buys_again": outcome.after_late_delivery,
                "lowers_ratings_by": outcome.rating_after_late_delivery,
            },
        }

    def _play(self, start: int, index: int, story: str) -> None:
        stage, busy = self._stage, self._busy
        if stage.owes_merge:
            index = self._debtor(index)
        if busy.get(index, 0) > start:
            return
        person = self._population.person(index)
        told = STORIES[story]
        if told.needs_name and not person.identified:
            told = STORIES["browse"]
        actor = Actor(stage, person, start)
        told.walk(actor)
        # A visit is over half an hour after its last event.
        busy[index] = max(actor.free_at or actor.now, start) + 1_800_000_000

    def _debtor(self, index: int) -> int:
        """Return an identified person with a browser left to be joined."""
        known, truth = self._population.identified, self.truth
        size = len(known)
        for step in range(min(size, 400)):
            candidate = (self._next_debtor + step) % size
            open_cookies = _ALL_COOKIES & ~truth.linked[candidate]
            if known[candidate] and open_cookies:
                self._next_debtor = candidate + 1
                return candidate
        self._next_debtor += 400
        return index

    def _planned(self, rng: np.random.Generator) -> Plan:
        settings, told = self.settings, self._blueprint.settings
        if settings.events is None:
            count = int(settings.people * settings.days * told.episodes_a_day)
        else:
            # A third more than needed: some episodes find nobody free.
            count = int(settings.events / _EVENTS_AN_EPISODE * 1.33) + 10
        weights = np.asarray(list(told.weights.values()))
        return Plan(
            start=starts(
                told.rhythm,
                until_us=self._until_us,
                days=settings.days,
                offset_minutes=told.utc_offset_minutes,
                count=count,
                rng=rng,
            ),
            person=drawn(self._population.weight, count, rng).astype(np.uint32),
            story=drawn(weights, count, rng).astype(np.uint16),
        )

    def _set(self, dice: Dice) -> Stage:
        settings, told = self.settings, self._blueprint.settings
        span = settings.days * DAY_US
        first = self._until_us - span
        trouble = told.trouble
        merges = told.disorder.merge_every
        return Stage(
            blueprint=self._blueprint,
            population=self._population,
            contexts=Contexts(self._blueprint),
            delivery=Delivery(told.disorder, dice, self.truth.counts),
            truth=self.truth,
            dice=dice,
            times=IsoTimes(),
            prefix=_prefix(settings),
            until_us=self._until_us,
            trouble=(int(first + span * trouble.begins), int(first + span * trouble.ends)),
            merge_every=merges if settings.merge_every is None else settings.merge_every,
        )


def stream(settings: Settings) -> Iterator[list[bytes]]:
    """Yield batches of JSON lines; use `Simulation` when the truth is wanted too."""
    return Simulation(settings).batches()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `write` left behind."""

    counts: Counts
    events: Path
    truth: Path


def write(
    settings: Settings, to: Path, *, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Write the stream to a file and its truth to the folder `FILE.truth` beside it.

    Args:
        settings: what to simulate.
        to: JSON Lines; replaced when it exists, whole or not at all.
        progress: called with lines so far and lines expected.
    """
    simulation = Simulation(settings)
    part = to.with_name(f".{to.name}.part")
    done = 0
    with part.open("wb") as out:
        for batch in simulation.batches():
            out.write(b"\n".join(batch) + b"\n")
            done += len(batch)
            if progress is not None:
                progress(done, simulation.expected_events)
    folder = to.with_name(f"{to.name}.truth")
    write_truth(simulation, folder)
    os.replace(part, to)
    return Written(counts=simulation.truth.counts, events=to, truth=folder)


def write_truth(simulation: Simulation, folder: Path) -> None:
    """Write `summary.json`, `people.jsonl` and `friction.jsonl`."""
    folder.mkdir(exist_ok=True)
    truth, settings = simulation.truth, simulation.settings
    summary = {
        "settings": {
            "blueprint": settings.blueprint,
            "people": settings.people,
            "days": settings.days,
            "seed": settings.seed,
            "profile": settings.profile,
            "events": settings.events,
        },
        "counts": truth.counts,
        "planted": simulation.planted(),
        "causes": truth.causes(),
        "drivers": sorted(truth.drivers.values(), key=lambda driver: driver.driver),
    }
    text = msgspec.json.format(msgspec.json.encode(summary), indent=1)
    folder.joinpath("summary.json").write_bytes(text)
    for name, rows in (("people", truth.people()), ("friction", iter(truth.frictions))):
        with folder.joinpath(f"{name}.jsonl").open("wb") as out:
            for row in rows:
                out.write(msgspec.json.encode(row) + b"\n")


def _prefix(settings: Settings) -> str:
    text = repr(settings).encode()
    digits = blake2b(text, digest_size=10).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-"


def _check(settings: Settings) -> None:
    for name, value, low, high in (
        ("people", settings.people, 1, 50_000_000),
        ("days", settings.days, 1, 3650),
        ("seed", settings.seed, 0, 2**63),
        ("events", settings.events if settings.events is not None else 1, 1, 10**10),
    ):
        if not low <= value <= high:
            raise BadInput(f"{name} is {value}: give {low} to {high}", where=name)
    if isinstance(settings.until, datetime) and settings.until.tzinfo is None:
        raise BadInput("until has no zone: give one, for example Z", where="until")
