"""Asks the key ring, at most once at a time for a key and never on the event loop."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic

from hamsafar.collect import MAX_KEY, KeyMemory, Limits
from hamsafar.collect.ports import KeyRing, SourceRef
from hamsafar.kernel.errors import Retriable


class SourceFinder:
    """Finds the source of a write key."""

    def __init__(self, keys: KeyRing, limits: Limits) -> None:
        self._keys = keys
        self._memory = KeyMemory(memory=limits.key_memory, outage=limits.key_outage)
        self._retry_after = limits.retry_after
        self._asking: dict[str, asyncio.Task[SourceRef | None]] = {}

    async def find(self, write_key: str) -> SourceRef | None:
        """Return the key's source, None for an unknown key.

        Raises:
            Retriable: the key ring cannot answer now and the key was not known before.
        """
        if not write_key or len(write_key) > MAX_KEY or not write_key.isprintable():
            return None
        known = self._memory.recall(write_key, now_s=monotonic())
        if known is not None:
            return known.source
        asking = self._asking.get(write_key)
        if asking is None:
            asking = self._asking[write_key] = asyncio.create_task(self._ask(write_key))
            asking.add_done_callback(lambda _: self._asking.pop(write_key, None))
        return await asyncio.shield(asking)

    async def _ask(self, write_key: str) -> SourceRef | None:
        try:
            source = await asyncio.to_thread(self._keys.find, write_key)
        except Exception as error:
            source = self._memory.outlast(write_key, now_s=monotonic())
            logging.getLogger("hamsafar.collect").warning(
                "the key ring cannot answer (%s); key known before: %s",
                type(error).__name__,
                source is not None,
            )
            if source is None:
                raise Retriable(
                    "write keys cannot be checked now: send again later", after=self._retry_after
                ) from error
            return source
        self._memory.learn(write_key, source, now_s=monotonic())
        return source
