from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.money import RIAL, TOMAN, Money


class TestParse:
    def test_rials_have_no_decimals_and_euros_two(self):
        assert Money.parse("120000", RIAL) == Money(120_000, RIAL)
        assert Money.parse("12.50", "EUR") == Money(1250, "EUR")
        assert Money.parse(Decimal("1.234"), "KWD") == Money(1234, "KWD")

    @pytest.mark.parametrize("amount", ["", "abc", "1.5", "NaN", "Infinity", "1e999999"])
    def test_what_is_no_amount_of_rials_is_refused(self, amount):
        with pytest.raises(BadInput):
            Money.parse(amount, RIAL)

    @pytest.mark.parametrize("currency", ["", "irr", "RIAL", "تومان"])
    def test_what_is_no_currency_is_refused(self, currency):
        with pytest.raises(BadInput) as caught:
            Money.parse(1, currency)
        assert caught.value.where == "currency"

    @given(st.integers(-(10**15), 10**15), st.sampled_from([RIAL, TOMAN, "EUR", "KWD"]))
    def test_major_units_come_back(self, amount, currency):
        money = Money(amount, currency)
        assert Money.parse(money.major(), currency) == money


class TestTo:
    def test_a_toman_is_ten_rials(self):
        assert Money(12, TOMAN).to(RIAL) == Money(120, RIAL)
        assert Money(120, RIAL).to(TOMAN) == Money(12, TOMAN)

    def test_rials_that_are_not_whole_tomans_are_refused(self):
        with pytest.raises(BadInput, match="whole tomans"):
            Money(125, RIAL).to(TOMAN)

    def test_other_currencies_do_not_mix(self):
        with pytest.raises(BadInput, match="does not turn into"):
            Money(1, "EUR") + Money(1, "USD")


class TestSums:
    def test_adds_and_subtracts_in_its_own_currency(self):
        assert Money(100, RIAL) + Money(5, TOMAN) == Money(150, RIAL)
        assert Money(100, RIAL) - Money(5, TOMAN) == Money(50, RIAL)
        assert -Money(3, "EUR") == Money(-3, "EUR")
