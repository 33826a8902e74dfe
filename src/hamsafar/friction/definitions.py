"""What each detector finds, its parameters with their bounds, and how its cost is judged.

`docs/reference/friction.md` is written from here; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hamsafar.friction.life import Fact
from hamsafar.friction.types import Detector
from hamsafar.journeys import Role
from hamsafar.kernel.errors import BadInput

SESSION_GAP = timedelta(minutes=30)
"""A session ends with a silence longer than this."""
WATERMARK = timedelta(hours=1)
"""How late an event may come and still be expected: before that a finding is not final."""
LONGEST_TALK = timedelta(hours=4)

Value = float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of a detector that may be changed.

    Attributes:
        name: with its unit where it has one: `_s` seconds.
        default: what it is unless somebody sets it.
        least, most: bounds, inclusive.
    """

    name: str
    default: Value
    least: Value
    most: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One detector.

    Attributes:
        says: exactly what it finds.
        parameters: in the order the kernel takes them.
        evidence: bits of `Fact` of the events between first and last that it shows in.
        causes: properties of the event it is at that tell the cause, the first found.
        exposed_by: bits of `Fact` of the moments that are compared with others; 0: the findings.
        is_symptom: says that something hurts, not what: only what is above usual counts.
        settles: parameter that tells how long after its last event something may undo it; empty:
            the session's gap.
    """

    says: str
    parameters: tuple[Parameter, ...] = ()
    evidence: int = 0
    causes: tuple[str, ...] = ("topic", "reason", "code", "error")
    exposed_by: int = 0
    is_symptom: bool = False
    settles: str = ""

    def settled_after(self, settings: Mapping[str, Value]) -> timedelta:
        """Return how long after its last event a finding may still be undone, watermark too."""
        open_s = settings[self.settles] if self.settles else SESSION_GAP.total_seconds()
        return timedelta(seconds=open_s) + WATERMARK


_TOPIC = ("topic", "reason", "subject", "queue")
_ERROR = ("gateway", "code", "error_code", "error", "reason", "element", "product_id")
_PAGE = ("element", "field", "step", "gateway", "method")

DEFINITIONS: Mapping[Detector, Definition] = {
    Detector.DROP_OFF: Definition(
        says="A checkout begun in a session in which no goal is reached, at the last step seen. "
        "With an error in the session it is `drop_after_error`.",
        evidence=Fact.CHECKOUT,
        causes=(),
        is_symptom=True,
    ),
    Detector.HESITATION: Definition(
        says="A pause at a step of the checkout, followed by something else than a contact, and "
        "no goal after it in the session.",
        parameters=(Parameter(name="pause_s", default=180, least=10, most=1_800),),
        causes=_PAGE,
        is_symptom=True,
    ),
    Detector.LOOP: Definition(
        says="The same two to four pages, looked at in the same order so many times over in one "
        "session. Pages on which one only looks around (home, lists, products) do not count.",
        parameters=(Parameter(name="rounds", default=3, least=2, most=20),),
        evidence=Fact.PAGE,
        causes=("step", "form"),
    ),
    Detector.RAGE_CLICK: Definition(
        says="So many clicks on one element, each soon after the one before.",
        parameters=(
            Parameter(name="clicks", default=3, least=2, most=50),
            Parameter(name="gap_s", default=1, least=0.1, most=10),
        ),
        evidence=Fact.CLICK,
        causes=("element", "element_id", "target", "selector", "label"),
    ),
    Detector.DEAD_CLICK: Definition(
        says="A click known to have no effect (property `effect` is false, or `dead` is true); "
        "those in a row on one element in one session are one.",
        evidence=Fact.CLICK | Fact.NO_EFFECT,
        causes=("element", "element_id", "target", "selector", "label"),
    ),
    Detector.ERROR_TO_SUPPORT: Definition(
        says="An error, and within so many seconds a contact; the nearest error before it counts.",
        parameters=(Parameter(name="within_s", default=900, least=30, most=86_400),),
        causes=_ERROR,
        settles="within_s",
    ),
    Detector.DROP_AFTER_ERROR: Definition(
        says="An error after which somebody gives up; at the last error of the session. In a "
        "session with a step of the checkout that is one that reaches no goal after it; in another "
        "one the error is the last thing, but for a contact.",
        evidence=Fact.ERROR,
        causes=_ERROR,
        exposed_by=Fact.ERROR,
    ),
    Detector.DEAD_END: Definition(
        says="A search that found nothing (property `results` is 0) as the last thing of a "
        "session.",
        causes=("category", "filter"),
        exposed_by=Fact.SEARCH | Fact.EMPTY,
    ),
    Detector.SILENT_BOT: Definition(
        says="A question in a chat without an answer in the same channel within the time people "
        "have patience.",
        parameters=(Parameter(name="patience_s", default=60, least=5, most=3_600),),
        causes=_TOPIC,
        settles="patience_s",
    ),
    Detector.REPEATED_CONTACT: Definition(
        says="So many contacts about the same matter, in whatever channels.",
        parameters=(Parameter(name="contacts", default=2, least=2, most=50),),
        evidence=Fact.CONTACT,
        causes=_TOPIC,
    ),
    Detector.CHANNEL_PING_PONG: Definition(
        says="Contacts about the same matter that change the channel so often and come back to "
        "one used before.",
        parameters=(Parameter(name="switches", default=2, least=2, most=50),),
        evidence=Fact.CONTACT,
        causes=_TOPIC,
    ),
    Detector.TRANSFER_WITHOUT_CONTEXT: Definition(
        says="A transfer of which the event says that nothing was passed on (`context_passed` is "
        "false), or, where it says nothing, that is followed by a second explanation of the "
        "matter in the same contact.",
        causes=_TOPIC,
    ),
    Detector.HAD_TO_REPEAT: Definition(
        says="The same matter explained again in one contact; with `across_contacts` 1 in a later "
        "contact too.",
        parameters=(Parameter(name="across_contacts", default=0, least=0, most=1),),
        evidence=Fact.EXPLAIN,
        causes=_TOPIC,
    ),
    Detector.ABANDONED_SELF_SERVICE: Definition(
        says="Help looked at, and within so many seconds a contact about the same matter (or one "
        "of the two names none), without a mark between that it helped.",
        parameters=(Parameter(name="within_s", default=1_800, least=60, most=86_400),),
        evidence=Fact.SELF_SERVICE,
        causes=("article", "article_id", "page", *_TOPIC),
        settles="within_s",
    ),
    Detector.LONG_WAIT: Definition(
        says="A contact whose first answer, explanation or end comes later than so many seconds; "
        "calls and chats have a limit of their own.",
        parameters=(
            Parameter(name="live_s", default=600, least=10, most=86_400),
            Parameter(name="other_s", default=86_400, least=60, most=2_592_000),
        ),
        causes=_TOPIC,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSettings:
    """How one detector works here.

    Attributes:
        values: of every parameter, by name.
        is_on: whether it is used at all.
    """

    values: Mapping[str, Value]
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How all detectors work here.

    Attributes:
        detectors: of each detector.
        roles: roles of names that somebody set, over those the rules give; see
            `journeys.catalogue`.
    """

    detectors: Mapping[Detector, DetectorSettings]
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)


def default_settings() -> Settings:
    """Return what holds when nobody changed anything."""
    return Settings(detectors={detector: settings_of(detector, {}) for detector in Detector})


def settings_of(
    detector: Detector,
    values: Mapping[str, Value],
    *,
    is_on: bool = True,
    where: str = "parameters",
) -> DetectorSettings:
    """Return a detector's settings; what is not given keeps its default.

    Raises:
        BadInput: an unknown parameter, or a value out of bounds.
    """
    known = {parameter.name: parameter for parameter in DEFINITIONS[detector].parameters}
    for name, value in values.items():
        parameter = known.get(name)
        if parameter is None:
            names = ", ".join(known) or "none"
            message = f"{detector} has no parameter {name!r}; it has: {names}"
            raise BadInput(message, where=f"{where}.{name}")
        if not parameter.least <= value <= parameter.most:
            message = f"{name} must be {parameter.least:g} … {parameter.most:g}, not {value:g}"
            raise BadInput(message, where=f"{where}.{name}")
    merged = {name: float(values.get(name, p.default)) for name, p in known.items()}
    return DetectorSettings(values=merged, is_on=is_on)
