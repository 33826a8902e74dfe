import pytest
from support.api import fill, serving

from hamsafar.access.types import Role


@pytest.fixture
def site(tmp_path):
    with serving(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """One server with a small story in it, for tests that only read."""
    with serving(tmp_path_factory.mktemp("story") / "data") as opened:
        fill(opened)
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One empty server for tests that bring their own accounts; it has an owner."""
    with serving(tmp_path_factory.mktemp("shared") / "data") as opened:
        opened.join(Role.OWNER)
        yield opened
