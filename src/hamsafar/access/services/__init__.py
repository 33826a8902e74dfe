"""Verbs of access, by topic. One method is one transaction unless it takes a `tx`."""
