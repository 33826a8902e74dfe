"""Verbs of friction: settings and verdicts, reports, and the stream that keeps findings."""
