"""Compute on threads."""

import threading
from collections.abc import Iterator

import pytest
from storage.conformance_compute import ComputeConformance

from hamsafar.engines.threads import ThreadCompute


@pytest.fixture
def compute() -> Iterator[ThreadCompute]:
    compute = ThreadCompute(2)
    yield compute
    compute.close()


class TestConformance(ComputeConformance):
    pass


class TestMap:
    def test_runs_shards_side_by_side(self, compute: ThreadCompute):
        meeting = threading.Barrier(2, timeout=10)
        assert list(compute.map(lambda _: meeting.wait() >= 0, [1, 2])) == [True, True]

    def test_takes_all_cores_by_default(self):
        compute = ThreadCompute()
        assert compute.width >= 1
        compute.close()
