"""What each column probably means, from its name and a sample of its values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hamsafar.collect.importing.lines import EVENT_TYPES
from hamsafar.collect.importing.moments import Timing, Writing, decide
from hamsafar.collect.importing.plan import IDENTITY, Plan, Role
from hamsafar.kernel.errors import BadInput

Sample = Mapping[str, Sequence[str]]
"""Some values of each column as text, empty ones left out; in the file's order of columns."""

_NAMES: dict[Role, str] = {
    Role.USER_ID: (
        "userid user customerid customer clientid client memberid member custid uid personid "
        "accountid شناسهکاربر کاربر مشتری کدمشتری شمارهمشتری"
    ),
    Role.ANONYMOUS_ID: "anonymousid anonid visitorid deviceid cookieid cookie distinctid",
    Role.EMAIL: "email emailaddress mail ایمیل رایانامه پستالکترونیک",
    Role.PHONE: (
        "phone mobile phonenumber mobilenumber msisdn tel cellphone cell موبایل تلفن همراه "
        "شمارهموبایل شمارهتلفن تلفنهمراه شمارهتماس"
    ),
    Role.NAME: "event eventname action activity activityname eventtype رویداد نامرویداد",
    Role.TIME: (
        "timestamp eventtimestamp eventtime occurredat datetime eventdate time ts date createdat "
        "orderdate transactiondate invoicedate day زمان تاریخوزمان تاریخوساعت تاریخ"
    ),
    Role.SESSION: "sessionid session visitid نشست",
    Role.TYPE: "type",
}
"""Column names of each role, without case and signs, the likeliest first."""

_FIELDS = {
    **{role.value: role for role in Role},
    "userid": Role.USER_ID,
    "anonymousid": Role.ANONYMOUS_ID,
    "event": Role.NAME,
    "timestamp": Role.TIME,
    "session_id": Role.SESSION,
    "sessionid": Role.SESSION,
}
_TRUSTED = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the caller says about a file.

    Attributes:
        source: slug.
        mapped: column by field, as in `--map user_id=customer`.
        id_column: `--id`.
        zone: `--tz`.
        event: name of every event (`--event`).
        kind: `--type`: track or identify.
        writing: `--time-format`.
    """

    source: str
    mapped: Mapping[str, str] = field(default_factory=dict)
    id_column: str = ""
    zone: str = ""
    event: str = ""
    kind: str = ""
    writing: Writing | None = None


def guess(sample: Sample, wishes: Wishes, *, typed_times: Mapping[str, bool]) -> Plan:
    """Return what the columns mean: what the caller said, and for the rest a guess.

    Args:
        sample: values by column.
        wishes: what the caller said.
        typed_times: columns that hold timestamps by their type; True where they have no zone.

    Raises:
        BadInput: a column does not exist, or something needed is missing; says what to add.
    """
    roles, renamed, traits = _told(sample, wishes)
    taken = {*roles.values(), *renamed, wishes.id_column}
    free = {_key(name): name for name in reversed(list(sample)) if name not in taken}
    timings: dict[str, Timing] = {}
    for role, names in _NAMES.items():
        if role in roles or (role is Role.NAME and wishes.event):
            continue
        for name in names.split():
            column = free.get(name)
            if column is None or column in roles.values():
                continue
            if role is Role.TIME:
                timing = _timing(column, sample[column], wishes, typed_times)
                if timing is None:
                    continue
                timings[column] = timing
            elif not _fits(role, sample[column]):
                continue
            roles[role] = column
            break
    time_column = roles.get(Role.TIME, "")
    if time_column and time_column not in timings:
        timings[time_column] = _wanted_timing(time_column, sample, wishes, typed_times)
    plan = Plan(
        source=wishes.source,
        kind=wishes.kind or _kind(roles, wishes),
        roles=roles,
        event=wishes.event,
        timing=timings.get(time_column),
        id_column=wishes.id_column,
        renamed=renamed,
        traits=traits,
        columns=tuple(sample),
    )
    _check(plan)
    return plan


def _told(sample: Sample, wishes: Wishes) -> tuple[dict[Role, str], dict[str, str], frozenset[str]]:
    """Return roles, new names and trait columns as the caller gave them."""
    roles: dict[Role, str] = {}
    renamed: dict[str, str] = {}
    traits: set[str] = set()
    for said, column in wishes.mapped.items():
        _exists(column, sample, f"--map {said}={column}")
        role = _FIELDS.get(said.lower())
        prefix, _, name = said.partition(".")
        if role is not None:
            roles[role] = column
        elif prefix in {"trait", "traits", "property", "properties"} and name:
            renamed[column] = name
            if prefix.startswith("trait"):
                traits.add(column)
        else:
            raise BadInput(
                f"--map {said}={column}: {said!r} is no field; map user_id, anonymous_id, email, "
                "phone, name, time, session, type, property.NAME or trait.NAME",
                where="map",
            )
    if wishes.id_column:
        _exists(wishes.id_column, sample, f"--id {wishes.id_column}")
    return roles, renamed, frozenset(traits)


def _exists(column: str, sample: Sample, said: str) -> None:
    if column not in sample:
        raise BadInput(
            f"{said}: the file has no column {column!r}; it has {', '.join(sample)}", where="map"
        )


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _fits(role: Role, values: Sequence[str]) -> bool:
    """Return whether a column with a fitting name also has fitting values."""
    if not values:
        return role is not Role.TYPE
    if role is Role.EMAIL:
        return sum("@" in value for value in values) >= _TRUSTED * len(values)
    if role is Role.PHONE:
        return sum(any(c.isdigit() for c in value) for value in values) >= _TRUSTED * len(values)
    if role is Role.TYPE:
        return set(values) <= EVENT_TYPES
    return True


def _timing(
    column: str, values: Sequence[str], wishes: Wishes, typed: Mapping[str, bool]
) -> Timing | None:
    if column in typed:
        return Timing(Writing.ISO, wishes.zone, naive=typed[column])
    found = None if wishes.writing else decide(values, zone=wishes.zone, column=column)
    if wishes.writing and values:
        found = Timing(wishes.writing, wishes.zone, naive=not wishes.writing.startswith("epoch"))
    return found


def _wanted_timing(
    column: str, sample: Sample, wishes: Wishes, typed: Mapping[str, bool]
) -> Timing:
    timing = _timing(column, sample[column], wishes, typed)
    if timing is None:
        example = sample[column][0] if sample[column] else "nothing"
        raise BadInput(
            f"column {column!r} holds {example!r}, which is no time we know: use ISO 8601, epoch "
            "numbers of one unit or a Jalali date, say --time-format, or map another column with "
            "--map time=COLUMN",
            where=column,
        )
    return timing


def _kind(roles: Mapping[Role, str], wishes: Wishes) -> str:
    """Rows that name no event but somebody to reach describe people."""
    if Role.NAME in roles or wishes.event or Role.TYPE in roles:
        return "track"
    return "identify" if Role.EMAIL in roles or Role.PHONE in roles else "track"


def _check(plan: Plan) -> None:
    columns = ", ".join(plan.columns)
    if plan.kind not in {"track", "identify"}:
        raise BadInput(f"--type {plan.kind!r}: give track or identify", where="type")
    if not any(role in plan.roles for role in IDENTITY):
        raise BadInput(
            "no column says who it was: add --map user_id=COLUMN (or anonymous_id, email, phone); "
            f"the file has {columns}",
            where="map",
        )
    if plan.kind == "track":
        if Role.NAME not in plan.roles and not plan.event:
            raise BadInput(
                "no column says what happened: add --map name=COLUMN, or --event NAME when every "
                f"row is the same kind of event; the file has {columns}",
                where="map",
            )
        if plan.timing is None:
            raise BadInput(
                f"no column says when: add --map time=COLUMN; the file has {columns}", where="map"
            )
    if plan.timing is not None and plan.timing.naive and not plan.timing.zone:
        raise BadInput(
            f"the times in column {plan.roles[Role.TIME]!r} have no zone: say which one with --tz, "
            "for example --tz Asia/Tehran or --tz UTC",
            where="tz",
        )
