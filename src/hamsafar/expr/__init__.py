"""Conditions: one tree over events and people, and what it means.

Comes in: JSON (`parse`). Goes out: a frozen tree, a closure for one event or person, SQL for
history. The targets are proven equal. Emits no events. Stands on `kernel` and `lang`.
"""
