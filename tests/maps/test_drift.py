from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.maps.drift import MILLION, DriftDay, drift_of

TODAY = 20_000


def day(ago: int, fits: list[float]) -> DriftDay:
    return DriftDay(
        day=TODAY - ago,
        version=1,
        attempts=len(fits),
        fitness_ppm=round(sum(fits) * MILLION),
        squares_ppm=round(sum(f * f for f in fits) * MILLION),
        fitting=sum(f == 1 for f in fits),
    )


def month(usual: float, recent: float, attempts: int = 20) -> list[DriftDay]:
    days = [day(ago, [usual, 1.0] * (attempts // 2)) for ago in range(7, 35)]
    return days + [day(ago, [recent, 1.0] * (attempts // 2)) for ago in range(7)]


class TestDrift:
    def test_a_real_fall_is_told(self):
        found = drift_of(month(0.9, 0.6), TODAY)
        assert found.has_fallen
        assert (round(found.usual, 3), round(found.recent, 3)) == (0.95, 0.8)

    def test_chance_is_none(self):
        assert not drift_of(month(0.9, 0.9), TODAY).has_fallen
        assert not drift_of(month(0.9, 0.99), TODAY).has_fallen

    def test_too_few_attempts_say_nothing(self):
        found = drift_of(month(0.9, 0.1, attempts=2), TODAY)
        assert found.p is None
        assert not found.has_fallen

    def test_nobody_is_nothing(self):
        found = drift_of([], TODAY)
        assert (found.usual, found.recent, found.p) == (None, None, None)

    @settings(max_examples=100)
    @given(st.floats(0, 1), st.floats(0, 1))
    def test_only_a_fall_is_ever_told(self, usual, recent):
        found = drift_of(month(usual, recent), TODAY)
        assert not (found.has_fallen and found.recent >= found.usual)
