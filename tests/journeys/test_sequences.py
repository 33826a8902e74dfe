"""Sequences take any order and any integers, and refuse with the argument's name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.journeys import Attributes, Sequences
from hamsafar.kernel.errors import BadInput

GOOD = {"person": [1, 1], "time_us": [5, 6], "code": [0, 1], "names": ["a", "b"]}

ROWS = st.lists(
    st.tuples(
        st.integers(0, 3) | st.integers(0, 2**32 - 1),
        st.integers(-(2**58), 2**58) | st.integers(0, 3),
        st.integers(0, 2),
        st.integers(-3, 3),
    ),
    max_size=80,
)


class TestFromArrays:
    @given(rows=ROWS, with_tie=st.booleans())
    def test_sorts_by_person_time_tie_and_input_order(self, rows, with_tie):
        columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
        s = Sequences.from_arrays(
            person=columns[:, 0],
            time_us=columns[:, 1],
            code=columns[:, 2],
            names=["a", "b", "c"],
            tie=columns[:, 3] if with_tie else None,
        )
        key = (lambda i: (*rows[i][:2], rows[i][3])) if with_tie else (lambda i: rows[i][:2])
        order = sorted(range(len(rows)), key=key)
        chunk = s.chunks[0]
        assert chunk.seq.tolist() == order
        assert chunk.person.tolist() == [rows[i][0] for i in order]
        assert chunk.time.tolist() == [rows[i][1] for i in order]
        assert chunk.code.tolist() == [rows[i][2] for i in order]
        assert s.people == len({row[0] for row in rows}) == len(chunk.starts) - 1
        assert all(a < b for a, b in zip(chunk.starts, chunk.starts[1:], strict=False))

    def test_sorts_long_sequences_stably(self):
        random = np.random.default_rng(1)
        time = random.integers(0, 50, 5_000)
        tie = random.integers(0, 3, 5_000)
        s = Sequences.from_arrays(
            person=np.zeros(5_000, np.int8), time_us=time, code=tie, names=["a", "b", "c"], tie=tie
        )
        assert s.chunks[0].seq.tolist() == np.lexsort((tie, time)).tolist()

    @pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4"])
    def test_takes_any_integer_dtype(self, dtype):
        columns = {
            name: np.array(GOOD[name], dtype=dtype) for name in ("person", "time_us", "code")
        }
        assert Sequences.from_arrays(**columns, names=["a", "b"]).events == 2

    def test_takes_strided_and_read_only_arrays_without_changing_them(self):
        rows = np.array([[2, 9, 1], [1, 8, 0]])
        rows.flags.writeable = False
        s = Sequences.from_arrays(
            person=rows[:, 0], time_us=rows[:, 1], code=rows[:, 2], names=["a", "b"]
        )
        assert s.chunks[0].person.tolist() == [1, 2]

    def test_gives_read_only_columns(self):
        chunk = Sequences.from_arrays(**GOOD).chunks[0]
        with pytest.raises(ValueError, match="read-only"):
            chunk.time[0] = 1

    @pytest.mark.parametrize(
        ("change", "where", "says"),
        [
            ({"person": [1]}, "time_us", "time_us has 2 values but person has 1"),
            ({"code": [0, 1, 1]}, "code", "code has 3 values but person has 2"),
            ({"tie": [0]}, "tie", "tie has 1 values but person has 2"),
            ({"person": [1.0, 2.0]}, "person", "person must be integers, not float64"),
            ({"person": [True, False]}, "person", "person must be integers, not bool"),
            ({"person": [-1, 2]}, "person", "person has -1"),
            ({"person": [0, 2**32]}, "person", "person has 4294967296"),
            ({"time_us": ["x", "y"]}, "time_us", "time_us must be integers"),
            ({"time_us": [0, 2**60]}, "time_us", "time_us has 1152921504606846976"),
            ({"time_us": np.array([2**63, 1], np.uint64)}, "time_us", "9223372036854775808"),
            ({"time_us": np.array(["2024-01-01"] * 2, "M8[s]")}, "time_us", "astype('int64')"),
            ({"time_us": [[1, 2]]}, "time_us", "time_us must have one dimension, not 2"),
            ({"code": [0, 2]}, "code", "code has 2; it must be 0 … 1"),
            ({"names": ["a", "a"]}, "names", "names has 'a' twice"),
            ({"names": "ab"}, "names", "names must be a sequence of strings"),
            ({"names": ["a", 1]}, "names", "names must be a sequence of strings"),
            ({"attributes": Attributes(channel=[0, 1], channels=["web"])}, "channel", "0 … 0"),
            ({"attributes": Attributes(source=[0, 65_536])}, "source", "source has 65536"),
            ({"attributes": Attributes(flags=[0])}, "flags", "flags has 1 values"),
        ],
    )
    def test_refuses_and_names_the_argument(self, change, where, says):
        with pytest.raises(BadInput) as refused:
            Sequences.from_arrays(**(GOOD | change))
        assert refused.value.where == where
        assert says in refused.value.detail

    def test_says_what_is_inside(self):
        assert repr(Sequences.from_arrays(**GOOD)) == "Sequences(1 people, 2 events, 2 names)"


class TestFromChunks:
    chunk = Sequences.from_arrays(**GOOD).chunks[0]

    def test_counts_without_skipped_people(self):
        masked = replace(self.chunk, skip=np.array([True]))
        s = Sequences.from_chunks([masked], names=["a", "b"])
        assert (s.people, s.events) == (0, 0)

    def test_does_not_copy(self):
        s = Sequences.from_chunks([self.chunk], names=["a", "b"])
        assert np.shares_memory(s.chunks[0].time, self.chunk.time)

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"starts": np.array([0, 1])}, "chunks[0].starts"),
            ({"starts": np.array([0, 3, 2])}, "chunks[0].starts"),
            ({"starts": np.array([], np.int64)}, "chunks[0].starts"),
            ({"person": np.zeros(3, np.uint32)}, "chunks[0].person"),
            ({"flags": np.zeros(3, np.uint16)}, "chunks[0].flags"),
            ({"skip": np.zeros(2, bool)}, "chunks[0].skip"),
            ({"code": np.array([0, 7], np.uint32)}, "chunks[0].code"),
        ],
    )
    def test_refuses_columns_a_kernel_could_stray_from(self, change, where):
        with pytest.raises(BadInput) as refused:
            Sequences.from_chunks([replace(self.chunk, **change)], names=["a", "b"])
        assert refused.value.where == where
