"""One normal form, one typed text, one grammar of times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.expr import VALUES

from hamsafar.expr import Book, iso_text, keys_of, normal, path_of, typed
from hamsafar.expr.match import value_test
from hamsafar.expr.types import Op
from hamsafar.expr.values import JsonText, instant_us, items_of, typed_item

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TestNormal:
    @given(value=VALUES)
    def test_is_its_own_normal_form(self, value):
        once = normal(value)
        again = normal(once) if not isinstance(once, JsonText) else once
        assert (type(again), again) == (type(once), once)

    @given(one=VALUES, other=VALUES)
    def test_equal_typed_texts_mean_equal_values(self, one, other):
        a, b = normal(one), normal(other)
        if isinstance(a, int | float) and isinstance(b, int | float):
            is_same = a == b and isinstance(a, bool) == isinstance(b, bool)
            assert (typed(a) == typed(b)) == is_same

    @given(items=st.lists(VALUES, max_size=4), value=VALUES)
    def test_a_list_holds_an_item_where_its_typed_text_does(self, items, value):
        plain = normal(value)
        if plain is None or isinstance(plain, JsonText):
            return
        whole = normal(items)
        assert isinstance(whole, JsonText)
        expected = typed(plain) in {typed(one) for one in items_of(whole) or ()}
        assert (typed_item(plain) in (typed(whole) or "")) == expected

    def test_numbers_are_one_however_written(self):
        assert {normal(value) for value in (1, 1.0, True)} == {1}
        assert [typed(normal(v)) for v in (1, 1.0, True, "1")] == ["n1", "n1", "t", "s1"]
        assert normal(-0.0) == 0
        assert typed(normal(2.0**63)) == typed(normal(2**63))
        assert typed(normal(2**63 + 1)) == f"n{2**63 + 1}"

    def test_spellings_that_read_the_same_are_one(self):
        assert typed("كتاب‌ها ۱۲") == typed("کتابها 12")
        assert typed("XXXL") != typed("XL")
        assert typed("Code") != typed("code")


class TestInstant:
    @given(
        at=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
        minutes=st.integers(-1439, 1439),
    )
    def test_is_that_of_the_standard_library(self, at, minutes):
        moment = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        since = moment - EPOCH
        expected = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        assert instant_us(moment.isoformat()) == expected

    @given(us=st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
    def test_is_read_as_it_is_written(self, us):
        assert instant_us(iso_text(us)) == us

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026",
            "2026-1-1",
            "2026-02-30",
            "2026-01-01T24:00",
            "2026-01-01T00:60",
            "2026-01-01T00:00:60",
            "2026-01-01T00:00:00.",
            "0000-01-01",
            "2026-01-01\n",
            "1767225600",
        ],
    )
    def test_anything_else_is_no_time(self, text):
        assert instant_us(text) is None


class TestPaths:
    @given(keys=st.lists(st.text(alphabet="a.\\ب", max_size=4), min_size=1, max_size=4))
    def test_keys_come_back_from_their_path(self, keys):
        assert keys_of(path_of(*keys)) == tuple(keys)


class TestValueTest:
    @pytest.mark.parametrize("op", [Op.NOT_EQUALS, Op.NOT_IN, Op.MISSING])
    def test_only_these_hold_of_what_is_missing(self, op):
        assert value_test(op, None if op == Op.MISSING else 1)(None)

    def test_a_text_of_digits_is_no_number(self):
        assert not value_test(Op.EQUALS, 12)("12")
        assert not value_test(Op.GREATER, 1)("12")

    def test_contains_looks_for_an_item_of_a_list_and_for_a_part_of_a_text(self):
        holds = value_test(Op.CONTAINS, "vip")
        assert holds(normal(["vip", 1]))
        assert holds("a vip b")
        assert not holds(normal(["very vip"]))
        assert not holds(normal({"vip": 1}))
        assert value_test(Op.CONTAINS, 1)(normal([1.0]))

    def test_the_text_of_a_list_is_not_the_list(self):
        assert value_test(Op.EQUALS, "[1]")("[1]")
        assert not value_test(Op.EQUALS, "[1]")(normal([1]))


class TestBook:
    def test_too_many_values_are_refused(self):
        book = Book("total", most=2)
        book.code_of(1)
        book.code_of(2)
        assert book.code_of(2.0) == 2
        with pytest.raises(Exception, match="more than 2 different values"):
            book.code_of(3)
