"""Values inside stored events, as columns: found in the bytes, decoded once per distinct value.

What comes in: payload files of the segments, blocks of recent events, paths. What goes out:
`PropertyColumn`s aligned to the chunks of a history. Kept in memory, nothing on disk: erasure has
nothing to scrub here, and what it rewrote is forgotten.
"""

from __future__ import annotations

from hamsafar.engines.properties.extract import warm as warm_properties
from hamsafar.engines.properties.loader import PropertyLoader
from hamsafar.engines.properties.peek import Seen, peek_newest

__all__ = ["PropertyLoader", "Seen", "peek_newest", "warm_properties"]
