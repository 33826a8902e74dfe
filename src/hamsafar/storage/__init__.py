"""Where things are kept: the ports every engine implements, and the nouns that cross them.

Answers: how to read and write rows in one transaction, append to and read from the durable log,
keep and scan the history, and spread a scan over threads. Stands on nothing but `kernel`.
"""

from __future__ import annotations

from hamsafar.storage.block import decode_block, encode_block, join, take
from hamsafar.storage.recent import (
    BlockKey,
    RecentReader,
    block_keys,
    drop_blocks,
    put_block,
    read_blocks,
)
from hamsafar.storage.sightings import NOBODY, Sightings, newest_sightings

__all__ = [
    "NOBODY",
    "BlockKey",
    "RecentReader",
    "Sightings",
    "block_keys",
    "decode_block",
    "drop_blocks",
    "encode_block",
    "join",
    "newest_sightings",
    "put_block",
    "read_blocks",
    "take",
]
