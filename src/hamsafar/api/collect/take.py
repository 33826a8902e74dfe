"""The one way a request becomes bytes in the log."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import msgspec

from hamsafar.api.collect.asgi import Receive
from hamsafar.api.collect.body import HEAD_BYTES, BodyReader, Budget
from hamsafar.api.collect.intake import Intake
from hamsafar.api.collect.origin import rate_name
from hamsafar.api.collect.sources import SourceFinder
from hamsafar.collect import (
    Limits,
    Rate,
    Split,
    Splitter,
    check_count,
    check_events,
    refusal_of,
    without_mark,
)
from hamsafar.collect.errors import BadBody, TooFast, UnknownKey
from hamsafar.collect.ports import SourceRef
from hamsafar.collect.types import Envelope
from hamsafar.kernel.clock import Clock

METRICS = "metrics"
"""Kind of what clients report about themselves: taken and thrown away."""
_UNKNOWN_KEY_COST = 20.0
"""An unknown key costs its address as much as this many requests: guessing is slow."""


@dataclass(slots=True)
class Request:
    """One request that brings events.

    Attributes:
        kind: as in `Envelope.kind`, or `METRICS`.
        headers: lower-case name → value.
        address: the client's IP address.
        key: write key of the headers or the query, empty when only the body can have one.
        source: whose key it is, once that is known.
        head: the beginning of the body, once there is one.
    """

    kind: str
    headers: dict[bytes, bytes]
    address: str
    key: str
    source: SourceRef | None = None
    head: bytes = b""


class Taker:
    """Takes requests: rate, key, body, limits, log; in this order."""

    def __init__(
        self, *, sources: SourceFinder, intake: Intake, clock: Clock, limits: Limits
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._clock = clock
        self._limits = limits
        self._budget = Budget(limits)
        self._splitter = Splitter()
        self._key_rate = Rate(per_second=limits.key_requests_per_s)
        self._address_rate = Rate(per_second=limits.address_requests_per_s)

    async def take(self, request: Request, receive: Receive) -> None:
        """Return when the request's events are on disk.

        A body over a limit, or not JSON, leaves one `refused` envelope in the log if its key is
        known, so that it is quarantined and somebody sees it.

        Raises:
            BadBody: not JSON, or over a limit.
            UnknownKey: no key, or one we do not know.
            TooFast: over the rate of the address or key.
            SlowBody: the body did not come in time.
            ClientGone: the connection ended.
            Retriable: too much at once, or keys cannot be checked now.
            LogFull: the log cannot take more now.
        """
        self._spend(self._address_rate, rate_name(request.address), "address")
        if request.key:
            request.source = await self._known(request.key, request)
        reader = BodyReader(self._budget, self._limits, self._intake.loop)
        refusal: BadBody | None = None
        self._intake.reading += 1
        try:
            try:
                envelope = await self._read(request, reader, receive)
            except BadBody as bad:
                # Its traceback would hold the whole body until the log has answered.
                refusal = bad.with_traceback(None)
                envelope = self._refused(refusal, request)
                reader.release()
            finally:
                self._intake.reading -= 1
            if envelope is not None:
                await self._intake.write(envelope)
        finally:
            reader.release()
        if refusal is not None:
            raise refusal

    async def _read(
        self, request: Request, reader: BodyReader, receive: Receive
    ) -> Envelope | None:
        """Return the request as it goes into the log; None when there is nothing to keep."""
        body = await reader.read(receive, request.headers.get(b"content-length", b""))
        if request.kind == METRICS:
            return None
        request.head = body[:HEAD_BYTES]
        body = without_mark(await reader.plain(body))
        request.head = body[:HEAD_BYTES]
        split = self._split(request.kind, body)
        if request.source is None:
            request.source = await self._known(split.write_key, request)
        self._check(split)
        count = len(split.events)
        return self._envelope(request, request.source, request.kind, body, count) if count else None

    def _split(self, kind: str, body: bytes) -> Split:
        if kind == "batch":
            return self._splitter.batch(body, most=self._limits.batch_events)
        return self._splitter.one(body)

    def _check(self, split: Split) -> None:
        check_count(len(split.events), self._limits)
        check_events(split.events, self._limits)
        if split.shared:
            check_events(split.shared, self._limits, where="context")

    async def _known(self, key: str, request: Request) -> SourceRef:
        """Return the key's source, within its rate."""
        source = await self._sources.find(key)
        if source is None:
            name = rate_name(request.address)
            self._spend(self._address_rate, name, "address", cost=_UNKNOWN_KEY_COST)
            raise UnknownKey(
                "no write key: send it as HTTP Basic user name or as writeKey in the body"
                if not key
                else "this write key is not known, or was revoked"
            )
        self._spend(self._key_rate, source.key_id, "write key")
        return source

    def _spend(self, rate: Rate, name: str, what: str, cost: float = 1.0) -> None:
        wait_s = rate.wait_s(name, now_s=monotonic(), cost=cost)
        if wait_s:
            raise TooFast(f"too many requests by this {what}: slow down", retry_after_s=wait_s)

    def _refused(self, bad: BadBody, request: Request) -> Envelope | None:
        """Return what the quarantine keeps of a refused body; None without a valid key."""
        if request.source is None or request.kind == METRICS:
            return None
        body = msgspec.json.encode({
            **refusal_of(bad.cause),
            "reason": bad.reason.value,
            "where": bad.where,
            "endpoint": request.kind,
            "head": (bad.head or request.head).decode("utf-8", "replace"),
        })
        return self._envelope(request, request.source, "refused", body, 1)

    def _envelope(
        self, request: Request, source: SourceRef, kind: str, body: bytes, count: int
    ) -> Envelope:
        return Envelope(
            source_id=source.source_id,
            kind=kind,
            received_at=self._clock.now_us(),
            address=request.address,
            user_agent=request.headers.get(b"user-agent", b"").decode("latin-1"),
            count=count,
            body=body,
        )
