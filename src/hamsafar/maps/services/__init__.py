"""Verbs of maps: keeping them, laying them over the history, watching drift."""
