"""Errors of collection.

HamsafarError
├── BadInput
│   └── BadTime          a text or number that is no time
└── CollectError
    ├── BadBody        not JSON, too large, too deep (HTTP 400)
    ├── UnknownKey     no or wrong write key (HTTP 401)
    └── TooFast        over the rate of this key or address (HTTP 429)
"""

from __future__ import annotations

from hamsafar.collect.types import Reason
from hamsafar.collect.why import Cause
from hamsafar.kernel.errors import BadInput, HamsafarError


class CollectError(HamsafarError):
    """Root of this family."""


class BadBody(CollectError):
    """The body is not JSON, or over a limit.

    Attributes:
        cause: what is wrong.
        reason: what the quarantine calls it.
        head: the beginning of the body, if the one who refused it had it.
    """

    def __init__(
        self,
        cause: Cause,
        *,
        where: str = "",
        reason: Reason = Reason.BAD_JSON,
        head: bytes = b"",
    ) -> None:
        super().__init__(cause.sentence, where=where)
        self.cause = cause
        self.reason = reason
        self.head = head


class BadTime(BadInput):
    """A text or number that is no time we can read.

    Attributes:
        cause: what is wrong.
    """

    def __init__(self, cause: Cause, *, where: str) -> None:
        super().__init__(cause.sentence, where=where)
        self.cause = cause


class UnknownKey(CollectError):
    """No write key, or one we do not know."""


class TooFast(CollectError):
    """Over the allowed rate.

    Attributes:
        retry_after_s: whole seconds to wait, ≥ 1.
    """

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
