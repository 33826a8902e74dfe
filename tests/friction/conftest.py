"""Detectors are compiled before the first test, as they are before the first request."""

import pytest

from hamsafar.friction import warm


@pytest.fixture(scope="session", autouse=True)
def warmed():
    warm()
