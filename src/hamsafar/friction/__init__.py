"""Friction: where journeys hurt, found by itself.

Comes in: `Sequences` with properties. Goes out: findings, ranked problems, verified containment.
Stands on `journeys`, `storage`, `lang` and `kernel`.
"""
