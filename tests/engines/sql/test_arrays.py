"""Columns as PostgreSQL arrays: what we pack is what the server reads."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hamsafar.engines.sql.arrays import SQL_TYPE, BinaryArray, BinaryArrayDumper, binary_array
from hamsafar.storage.types import Kind

VALUES = {
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.REAL: st.floats(allow_nan=False),
    Kind.TEXT: st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    Kind.BYTES: st.binary(),
}


@pytest.fixture(scope="module")
def connection(postgres_server):
    with psycopg.connect(postgres_server.url()) as connection:
        connection.adapters.register_dumper(BinaryArray, BinaryArrayDumper)
        yield connection


@pytest.mark.postgres
class TestBinaryArray:
    @pytest.mark.parametrize("kind", list(Kind))
    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_comes_back_as_it_went(self, connection, kind: Kind, data: st.DataObject):
        values = data.draw(st.lists(VALUES[kind] | st.none(), min_size=1, max_size=30))
        echo = f"SELECT value FROM unnest(%b::{SQL_TYPE[kind]}[]) AS value"
        for some in (values, [value for value in values if value is not None]):
            if some:
                cursor = connection.execute(echo, (binary_array(kind, some),), binary=True)
                assert [row[0] for row in cursor.fetchall()] == some


class TestLimits:
    @pytest.mark.parametrize("values", [[2**63], [None, 2**63], [-(2**63) - 1]])
    def test_a_number_beyond_64_bits_overflows(self, values):
        with pytest.raises(OverflowError):
            binary_array(Kind.INT, values)

    @pytest.mark.parametrize("values", [["\ud800"], [None, "\udfff"]])
    def test_half_a_surrogate_pair_is_a_unicode_error(self, values):
        with pytest.raises(UnicodeError):
            binary_array(Kind.TEXT, values)
