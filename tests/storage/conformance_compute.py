"""What every Compute must do. An engine's test class inherits `ComputeConformance`."""

import pytest

from hamsafar.storage.ports import Compute


def square(number: int) -> int:
    return number * number


def refuse(number: int) -> int:
    raise ZeroDivisionError(number)


class ComputeConformance:
    def test_gives_results_in_order(self, compute: Compute):
        assert list(compute.map(square, range(100))) == [n * n for n in range(100)]

    def test_of_nothing_gives_nothing(self, compute: Compute):
        assert list(compute.map(square, [])) == []

    def test_of_one_shard_gives_one_result(self, compute: Compute):
        assert list(compute.map(square, [3])) == [9]

    def test_raises_what_a_task_raises(self, compute: Compute):
        with pytest.raises(ZeroDivisionError):
            list(compute.map(refuse, [1, 2, 3]))

    def test_says_how_many_run_at_once(self, compute: Compute):
        assert compute.width >= 1
