"""Sorting in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.wiring.sorting import sorted_lines

TEXT = st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=8)


class TestSortedLines:
    @given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), TEXT)), st.integers(1, 9))
    def test_is_what_a_sort_in_memory_gives(self, lines, run):
        assert list(sorted_lines(lines, run_lines=run)) == [text for _, text in sorted(lines)]
