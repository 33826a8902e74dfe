import pytest
from support.access import office


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path / "main.db") as opened:
        yield opened
