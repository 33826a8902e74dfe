"""Impact: what moves an outcome, and by how much.

Comes in: `Sequences` with properties. Goes out: drivers with intervals, taint, attribution.
Stands on `journeys`, `storage` and `kernel`.
"""
