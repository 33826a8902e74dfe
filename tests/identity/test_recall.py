from hypothesis import given
from hypothesis import strategies as st

from hamsafar.identity.recall import Recall


class TestRecall:
    @given(st.lists(st.integers(0, 30)), st.integers(1, 12))
    def test_never_tells_anything_but_what_was_put_and_stays_within_its_size(self, keys, size):
        recall = Recall[int, str](size, nothing="")
        for key in keys:
            assert recall[key] in {"", str(key)}
            recall.put(key, str(key))
            assert recall[key] == str(key)
            assert recall.held <= size + 1

    def test_what_is_asked_for_stays(self):
        recall = Recall[int, int](8, nothing=0)
        recall.put(1, 1)
        for key in range(2, 100):
            recall.put(key, key)
            assert recall[1] == 1

    def test_what_is_not_asked_for_goes(self):
        recall = Recall[int, int](8, nothing=0)
        for key in range(1, 100):
            recall.put(key, key)
        assert recall[1] == 0

    def test_can_be_emptied(self):
        recall = Recall[int, int](8, nothing=0)
        recall.put(1, 1)
        recall.forget()
        assert recall[1] == 0
        assert recall.held == 0
