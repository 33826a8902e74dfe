"""What people decide: how detectors work, what event names mean, what becomes of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from hamsafar.access.ports import AuditTrail
from hamsafar.access.types import AuditEntry, Caller
from hamsafar.friction import store
from hamsafar.friction.definitions import DEFINITIONS, DetectorSettings, Settings, settings_of
from hamsafar.friction.errors import UnknownDetector
from hamsafar.friction.types import Detector, ProblemState, Verdict
from hamsafar.journeys import Role
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Database, Tx

_LOCK = "friction.desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to change about a problem; None stays.

    Attributes:
        state: a dismissal needs a reason, a snooze a time to come.
    """

    owner: str | None = None
    state: ProblemState | None = None
    reason: str | None = None
    until_at: int | None = None


class Desk:
    """Settings, roles and verdicts, each change with a row of the audit."""

    def __init__(self, database: Database, clock: Clock, audit: AuditTrail) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    def settings(self) -> Settings:
        """Return how the detectors work now."""
        with self._database.read() as tx:
            return read_settings(tx)

    def verdicts(self) -> dict[str, Verdict]:
        """Return what people said, by key of the problem; whose sleep is over is open again."""
        now = self._clock.now_us()
        with self._database.read() as tx:
            return {verdict.key: verdict.at(now) for verdict in _verdicts(tx)}

    def set_detector(
        self, by: Caller, name: str, values: Mapping[str, float], *, is_on: bool = True
    ) -> DetectorSettings:
        """Return a detector's settings after a change; parameters not given get their default.

        Raises:
            UnknownDetector: there is none of this name.
            BadInput: an unknown parameter, or a value out of bounds.
        """
        if name not in tuple(Detector):
            raise UnknownDetector(name)
        wanted = settings_of(Detector(name), values, is_on=is_on)
        text = msgspec.json.encode(dict(wanted.values)).decode()
        with self._database.write() as tx:
            tx.run(
                store.SET_DETECTOR,
                {
                    "detector": name,
                    "parameters": text,
                    "enabled": int(is_on),
                    "now": self._clock.now_us(),
                    "by": by.actor,
                },
            )
            self._tell(tx, by, "friction.detector", name, text if is_on else f"off {text}")
        return wanted

    def set_roles(self, by: Caller, roles: Mapping[str, frozenset[Role] | None]) -> None:
        """Set what event names mean; None gives a name back to the rules."""
        now = self._clock.now_us()
        with self._database.write() as tx:
            for name, wanted in roles.items():
                if wanted is None:
                    tx.run(store.DROP_ROLES, {"name": name})
                else:
                    text = " ".join(sorted(wanted))
                    tx.run(
                        store.SET_ROLES, {"name": name, "roles": text, "now": now, "by": by.actor}
                    )
                told = "by the rules" if wanted is None else " ".join(sorted(wanted)) or "none"
                self._tell(tx, by, "friction.roles", name, told)

    def judge(self, by: Caller, key: str, change: Judgement) -> Verdict:
        """Return what holds of a problem after a change; to open it again is the undo.

        Raises:
            BadInput: a dismissal without a reason, a snooze without a time to come.
        """
        with self._database.write() as tx:
            tx.lock(_LOCK)
            now = self._clock.now_us()
            known = next((v for v in _verdicts(tx) if v.key == key), Verdict(key=key)).at(now)
            verdict = _changed(known, change, now)
            tx.run(
                store.SET_VERDICT,
                {
                    "key": key,
                    "owner": verdict.owner,
                    "state": verdict.state.value,
                    "reason": verdict.reason,
                    "until_at": verdict.until_at,
                    "now": now,
                    "by": by.actor,
                },
            )
            detail = f"{verdict.state} {verdict.reason}".strip()
            self._tell(tx, by, "friction.judge", key, detail)
        return verdict

    def _tell(self, tx: Tx, by: Caller, action: str, subject: str, detail: str) -> None:
        entry = AuditEntry(action=action, subject_kind="friction", subject=subject, detail=detail)
        self._audit.tell(tx, by, entry)


def read_settings(tx: Tx) -> Settings:
    """Return how the detectors work, as of a transaction."""
    said = {str(name): (str(text), bool(on)) for name, text, on in tx.rows(store.DETECTORS)}
    detectors = {}
    for detector in Detector:
        text, is_on = said.get(detector.value, ("{}", True))
        values = msgspec.json.decode(text, type=dict[str, float])
        known = {parameter.name for parameter in DEFINITIONS[detector].parameters}
        # A parameter an older release had is no reason to find nothing.
        kept = {name: value for name, value in values.items() if name in known}
        detectors[detector] = settings_of(detector, kept, is_on=is_on)
    return Settings(detectors=detectors, roles=read_roles(tx))


def read_roles(tx: Tx) -> dict[str, frozenset[Role]]:
    """Return the roles somebody set, as of a transaction."""
    known = set(Role)
    return {
        str(name): frozenset(Role(word) for word in str(roles).split() if word in known)
        for name, roles in tx.rows(store.ROLES)
    }


def _verdicts(tx: Tx) -> list[Verdict]:
    return [
        Verdict(
            key=str(key),
            owner=str(owner),
            state=ProblemState(str(state)),
            reason=str(reason),
            until_at=None if until is None else int(str(until)),
        )
        for key, owner, state, reason, until in tx.rows(store.VERDICTS)
    ]


def _changed(known: Verdict, change: Judgement, now_us: int) -> Verdict:
    owner = known.owner if change.owner is None else change.owner.strip()
    if change.state is None:
        return Verdict(
            key=known.key,
            owner=owner,
            state=known.state,
            reason=known.reason,
            until_at=known.until_at,
        )
    reason = (change.reason or "").strip()
    if change.state is ProblemState.DISMISSED and not reason:
        raise BadInput("say why it is dismissed", where="reason")
    if change.state is ProblemState.SNOOZED and (change.until_at or 0) <= now_us:
        raise BadInput("give a time to come until which it sleeps", where="until")
    until = change.until_at if change.state is ProblemState.SNOOZED else None
    if change.state is ProblemState.OPEN:
        reason = ""
    return Verdict(key=known.key, owner=owner, state=change.state, reason=reason, until_at=until)
