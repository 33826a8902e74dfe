"""Verbs of profiles: reading people, counting them, following what is stored."""
