"""Values found in the bytes of stored events are those a decoder finds."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.expr import JSON, KEYS, OBJECTS

from hamsafar.collect import Stored
from hamsafar.collect.payload import encode
from hamsafar.engines.properties.extract import Wanted, found_in, plainly
from hamsafar.engines.segments.stored import texts_of
from hamsafar.expr import Book

STORED = st.builds(
    Stored,
    type=st.sampled_from(["track", "page", "x" * 40, "y" * 300]),
    message_id=st.text(max_size=40),
    label=st.text(max_size=3),
    client_at=st.integers(-(2**63), 2**63 - 1),
    sent_at=st.sampled_from([0, 127, 128, 255, 256, 65_536, -1, -33, -129, 2**40]),
    traits=JSON,
    properties=JSON,
    context=JSON,
    address=st.sampled_from(["", "1.2.3.4"]),
)
PAYLOADS = st.lists(
    st.one_of(STORED.map(encode), STORED.map(encode), st.sampled_from([b"", b"\xc1", b"\x93\x01"])),
    max_size=8,
)
WANTED = st.builds(
    Wanted,
    st.sampled_from(["properties", "context"]),
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3).map(tuple),
)


def values_of(payloads: list[bytes], rows: list[int], wanted: Wanted) -> list[object]:
    """Return the value of each row, found together with other paths."""
    others = [Wanted("properties", (key,)) for key in KEYS]
    texts = texts_of(payloads, np.array(rows, np.int64))
    found = found_in(texts, [*others, wanted])[-1]
    assert found_in(texts, [wanted])[0].codes.tolist() == found.codes.tolist()
    book = Book("x")
    codes = [0, *map(book.code, found.raw), *map(book.code_of, found.plain)]
    values: list[object] = [None] * len(rows)
    for row, code in zip(found.rows.tolist(), found.codes.tolist(), strict=True):
        values[row] = book.values()[codes[code]]
    return values


def same(values: list[object]) -> list[tuple[type, object]]:
    return [(type(value), value) for value in values]


class TestFoundIn:
    @settings(max_examples=200, deadline=None)
    @given(payloads=PAYLOADS, wanted=WANTED)
    def test_is_what_a_decoder_finds(self, payloads, wanted):
        rows = list(range(len(payloads)))
        expected = [plainly(payload, wanted) for payload in payloads]
        assert same(values_of(payloads, rows, wanted)) == same(expected)

    @settings(deadline=None)
    @given(payloads=PAYLOADS, wanted=WANTED, data=st.data())
    def test_of_some_rows_is_that_of_these(self, payloads, wanted, data):
        places = st.integers(0, max(0, len(payloads) - 1))
        rows = sorted(data.draw(st.sets(places))) if payloads else []
        whole = values_of(payloads, list(range(len(payloads))), wanted)
        assert same(values_of(payloads, rows, wanted)) == same([whole[row] for row in rows])

    @given(said=OBJECTS, spaces=st.sampled_from(["", " ", "\n\t "]))
    @example(said={"a": 'x"}', "b": {"a": "\\"}}, spaces=" ")
    def test_does_not_mind_how_the_json_is_laid_out(self, said, spaces):
        text = json.dumps(said, ensure_ascii=False, separators=(f"{spaces},{spaces}", f"{spaces}:"))
        raw = f"{spaces}{text}{spaces}".encode(errors="replace")
        payload = encode(Stored(type="track", message_id="m", properties=raw))
        for key in KEYS:
            wanted = Wanted("properties", (key,))
            assert same(values_of([payload], [0], wanted)) == same([plainly(payload, wanted)])

    def test_an_event_of_an_older_form_with_fewer_fields_has_none(self):
        short = b"\x93\x01\xa5track\xa1m"
        assert values_of([short], [0], Wanted("properties", ("a",))) == [None]
