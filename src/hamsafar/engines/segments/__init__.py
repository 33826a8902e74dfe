"""The history as a folder of columnar files, listed by a manifest in the Database.

What comes in: `Columns` of stored events. What goes out: sorted chunks for the journeys, timelines
of nodes, answers to "was this fingerprint seen". It stands on the Database (manifest) and a folder.

    flush ─→ L0 columns, payloads, keys ─ compact ─→ L1 columns (month × bucket), joined payloads, keys
    scan = cached bases of L1  +  overlay of L0 and moved persons  +  overlay of right now
"""

from __future__ import annotations

from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.layout import Sizes
from hamsafar.engines.segments.store import SegmentStore

__all__ = ["Disk", "SegmentStore", "Sizes"]
