"""Fixtures every test may use."""

from hypothesis import settings

# Machines of a CI are sometimes slow; a test that hangs is stopped by pytest-timeout.
settings.register_profile("hamsafar", deadline=None)
settings.load_profile("hamsafar")

pytest_plugins = ["support.postgres"]
