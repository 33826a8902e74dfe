import pytest
from support.api import fill, serving


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
