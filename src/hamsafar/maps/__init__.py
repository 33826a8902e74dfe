"""Maps: the journey we designed, and how the real ones differ from it.

Comes in: a designed map and `Sequences`. Goes out: conformance, deviations with people and cost.
Stands on `journeys`, `storage`, `lang` and `kernel`.
"""
