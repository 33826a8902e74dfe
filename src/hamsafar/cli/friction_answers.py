"""Questions about friction as they go over the local socket, and their answers.

Apart from the commands: the server's process loads no command line.
"""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from hamsafar.api.friction_shapes import containment_shape, friction_shape
from hamsafar.api.models.friction import ContainmentShape, FrictionShape
from hamsafar.api.times import moment
from hamsafar.friction.problems import Range
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.build import Hamsafar


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question about friction, as it goes over the local socket."""

    from_: str = msgspec.field(name="from", default="")
    to: str = ""
    channels: tuple[str, ...] = ()
    within_days: int = 0


class Answers(NamedTuple):
    """What was found; the one that was asked for."""

    friction: FrictionShape | None = None
    containment: ContainmentShape | None = None


def answer_wanted(hamsafar: Hamsafar, wanted: Wanted) -> Answers:
    """Return what a running deployment answers.

    Raises:
        BadInput: a time that is none, a range that ends before it begins.
    """
    zone = hamsafar.access.workspaces.get().zone
    asked = range_of(wanted, zone, hamsafar.clock.now_us())
    if wanted.within_days:
        held, until = hamsafar.friction.containment(asked, within_days=wanted.within_days)
        return Answers(containment=containment_shape(held, until, wanted.within_days))
    found = hamsafar.friction.report(asked)
    return Answers(friction=friction_shape(found, asked.now_us, {}))


def range_of(wanted: Wanted, zone: str, now_us: int) -> Range:
    """Return which days and channels a question is about.

    Raises:
        BadInput: a time that is none, a range that ends before it begins.
    """
    from_us, to_us = moment(wanted.from_, "--from"), moment(wanted.to, "--to")
    if from_us is not None and to_us is not None and from_us >= to_us:
        raise BadInput("--to must be later than --from", where="--to")
    return Range(
        from_us=from_us,
        to_us=to_us,
        channels=frozenset(wanted.channels) or None,
        zone=ZoneInfo(zone),
        now_us=now_us,
    )
