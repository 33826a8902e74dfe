"""How long work beside the river gets its short steps done in the river's thread.

What the river holds in memory (the caches of its stages, dedup, blocks waiting for history, what
it has read ahead) belongs to its thread alone. A job that runs for minutes runs in another thread
and asks for each step that touches these; the river does it between two batches.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from hamsafar.kernel.errors import Retriable
from hamsafar.storage.errors import DiskBroken

T = TypeVar("T")


class _Asked(Protocol):
    """A step somebody waits for."""

    def do(self) -> None:
        """Do it and tell how it ended."""
        ...

    def refuse(self) -> None:
        """Tell that it will not be done."""
        ...


class Stopping(Retriable):
    """The worker ends: what is under work is left to the next one."""

    def __init__(self) -> None:
        super().__init__("the worker stops", after=timedelta(0))


class Between:
    """Passes steps to the thread of the river; where no river runs, the caller does them itself."""

    def __init__(self) -> None:
        self._asked = threading.Condition()
        self._steps: deque[_Asked] = deque()
        self._river: int | None = None
        self._ended = False

    def do(self, step: Callable[[], T]) -> T:
        """Return what `step` returns (or raise what it raises) once the river has done it.

        Raises:
            Stopping: the river has ended.
        """
        with self._asked:
            if self._ended:
                raise Stopping
            asked = None
            if self._river not in {None, threading.get_ident()}:
                asked = _Step(step)
                self._steps.append(asked)
                self._asked.notify()
        return step() if asked is None else asked.future.result()

    def serve(self) -> bool:
        """Do the oldest step asked for, in the river's thread; return whether there was one."""
        with self._asked:
            if not self._steps:
                return False
            step = self._steps.popleft()
        step.do()
        return True

    def wait(self, timeout_s: float) -> None:
        """Sleep until a step is asked for, or until the time is over."""
        with self._asked:
            if not self._steps:
                self._asked.wait(timeout_s)

    @property
    def is_ending(self) -> bool:
        """Return whether long work should stop at the next good moment."""
        return self._ended

    @contextmanager
    def river(self) -> Iterator[None]:
        """Be the river's thread while the block runs; nothing can be asked for after it."""
        self._river = threading.get_ident()
        try:
            yield
        finally:
            self._end()

    def _end(self) -> None:
        """Refuse the steps not begun, and further ones."""
        with self._asked:
            self._ended = True
            left, self._steps = self._steps, deque()
        for asked in left:
            asked.refuse()


class _Step(Generic[T]):
    """A step and who waits for it."""

    def __init__(self, step: Callable[[], T]) -> None:
        self._step = step
        self.future: Future[T] = Future()

    def do(self) -> None:
        """Do it and tell how it ended; a broken disk ends the river too."""
        try:
            self.future.set_result(self._step())
        except BaseException as error:
            self.future.set_exception(error)
            if isinstance(error, DiskBroken) or not isinstance(error, Exception):
                raise

    def refuse(self) -> None:
        """Tell that it will not be done."""
        self.future.set_exception(Stopping())
