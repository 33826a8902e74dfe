"""Money: whole minor units in a currency, never a float. Rial and toman are one currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from hamsafar.kernel.errors import BadInput

RIAL = "IRR"
TOMAN = "IRT"
"""Not an ISO 4217 code, but what people write: 1 toman = 10 rials."""

_RIALS_IN_TOMAN = 10
_CODE = re.compile(r"[A-Z]{3}")
_USUAL_DECIMALS = 2
_LARGEST = 1 << 63
"""Amounts are kept in 64 bits."""
_DECIMALS = {
    **dict.fromkeys(("IRR", "IRT", "JPY", "KRW", "VND", "CLP", "ISK", "AFN", "IQD"), 0),
    **dict.fromkeys(("KWD", "BHD", "OMR", "JOD", "TND"), 3),
}
# ISO 4217 gives IRR, AFN and IQD two or three decimals; nobody has used them for decades.


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount.

    Attributes:
        amount_minor: whole minor units (cents, rials, tomans); may be negative.
        currency: three capital letters, ISO 4217 or `IRT`.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        """Check the currency.

        Raises:
            BadInput: not three capital letters.
        """
        if not _CODE.fullmatch(self.currency):
            raise BadInput(
                f"currency {self.currency!r} is not three capital letters such as IRR or EUR",
                where="currency",
            )

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Return the money of an amount in major units, e.g. `("12.50", "EUR")`.

        Raises:
            BadInput: not a number, or finer than the currency's minor unit.
        """
        try:
            minor = Decimal(amount).scaleb(decimals(currency))
            whole = int(minor) if abs(minor) < _LARGEST else None
        except (InvalidOperation, ValueError, OverflowError):
            raise BadInput(f"{amount!r} is not an amount", where="amount") from None
        if whole is None:
            raise BadInput(f"{amount!r} is more than we can keep", where="amount")
        if minor != whole:
            raise BadInput(f"{amount!r} is finer than the unit of {currency}", where="amount")
        return cls(whole, currency)

    def major(self) -> Decimal:
        """Return the amount in major units, exactly."""
        return Decimal(self.amount_minor).scaleb(-decimals(self.currency))

    def to(self, currency: str) -> Money:
        """Return the same amount in `currency`; only rial and toman turn into each other.

        Raises:
            BadInput: another currency, or rials that are not whole tomans.
        """
        if currency == self.currency:
            return self
        if (self.currency, currency) == (TOMAN, RIAL):
            return Money(self.amount_minor * _RIALS_IN_TOMAN, RIAL)
        if (self.currency, currency) == (RIAL, TOMAN):
            tomans, rest = divmod(self.amount_minor, _RIALS_IN_TOMAN)
            if rest:
                raise BadInput("this many rials are not whole tomans", where="amount")
            return Money(tomans, TOMAN)
        raise BadInput(f"{self.currency} does not turn into {currency}", where="currency")

    def __add__(self, other: Money) -> Money:
        """Return the sum in this currency."""
        return Money(self.amount_minor + other.to(self.currency).amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Return the difference in this currency."""
        return Money(self.amount_minor - other.to(self.currency).amount_minor, self.currency)

    def __neg__(self) -> Money:
        """Return the amount with the other sign."""
        return Money(-self.amount_minor, self.currency)


def decimals(currency: str) -> int:
    """Return how many decimals people use with a currency: 2 unless known otherwise.

    >>> decimals("IRR"), decimals("EUR")
    (0, 2)
    """
    return _DECIMALS.get(currency, _USUAL_DECIMALS)
