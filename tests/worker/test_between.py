"""Steps of long work in the river's thread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hamsafar.kernel.errors import NotFound
from hamsafar.storage.errors import DiskBroken
from hamsafar.worker.between import Between, Stopping


def _served(between: Between) -> None:
    """Serve one step, waiting for it if need be."""
    while not between.serve():
        between.wait(0.1)


class TestDo:
    """Between.do."""

    def test_where_no_river_runs_the_caller_does_it(self) -> None:
        assert Between().do(threading.get_ident) == threading.get_ident()

    def test_the_river_itself_need_not_ask(self) -> None:
        between = Between()
        with between.river():
            assert between.do(lambda: 1) == 1

    def test_it_is_done_in_the_thread_of_the_river(self) -> None:
        between = Between()
        with ThreadPoolExecutor(1) as other, between.river():
            asked = other.submit(between.do, threading.get_ident)
            _served(between)
            assert asked.result(10) == threading.get_ident()

    def test_what_it_raises_goes_to_the_one_who_asked(self) -> None:
        between = Between()

        def fail() -> None:
            raise NotFound("nobody")

        with ThreadPoolExecutor(1) as other, between.river():
            asked = other.submit(between.do, fail)
            _served(between)
            with pytest.raises(NotFound):
                asked.result(10)

    def test_a_broken_disk_ends_the_river_too(self) -> None:
        between = Between()

        def fail() -> None:
            raise DiskBroken("a sync failed")

        with ThreadPoolExecutor(1) as other, between.river():
            asked = other.submit(between.do, fail)
            with pytest.raises(DiskBroken):
                _served(between)
            with pytest.raises(DiskBroken):
                asked.result(10)

    def test_after_the_end_it_is_refused(self) -> None:
        between = Between()
        with ThreadPoolExecutor(1) as other:
            with between.river():
                asked = other.submit(between.do, threading.get_ident)
            with pytest.raises(Stopping):
                asked.result(10)
        assert between.is_ending
        with pytest.raises(Stopping):
            between.do(lambda: 1)
