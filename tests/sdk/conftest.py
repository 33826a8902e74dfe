from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from support.collect_process import Delivered, delivered
from support.deployment import Deployment, deployment


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One `hamsafar up` for all tests of client libraries."""
    with deployment(tmp_path_factory.mktemp("sdk") / "data") as made:
        yield made


@dataclass
class Trial:
    """What one test sent, judged by the log and by `hamsafar status`.

    Attributes:
        deployment: where it was sent to.
        prefix: begins every message id of the test.
        before: status before it.
    """

    deployment: Deployment
    prefix: str
    before: dict[str, int]

    def delivered(self) -> Delivered:
        """Return the test's events as they lie in the log."""
        found = delivered(self.deployment.data)
        mine = {key: one for key, one in found.bodies.items() if key.startswith(self.prefix)}
        return Delivered(mine)

    def check(self, ids: set[str], *, may_resend: bool) -> None:
        """Assert that every event is stored exactly once and none was changed by a retry."""
        found = self.delivered()
        copies = sum(len(bodies) for bodies in found.bodies.values())
        assert found.ids == ids
        assert found.conflicts == []
        if may_resend:
            assert found.resent, "no answer was lost after the events were stored: not tested"
        else:
            assert found.resent == {}
        after = self.deployment.settled()
        counted = {name: after[name] - self.before[name] for name in WORDS}
        assert counted == {
            "received": copies,
            "stored": len(ids),
            "duplicates": copies - len(ids),
            "quarantined": 0,
            "rejected": 0,
        }


WORDS = ("received", "stored", "duplicates", "quarantined", "rejected")


@pytest.fixture
def trial(running: Deployment) -> Trial:
    return Trial(running, uuid4().hex[:8], running.settled())
