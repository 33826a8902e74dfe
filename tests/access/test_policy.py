import pytest
from support.access import LOCAL

from hamsafar.access import permissions_of, require
from hamsafar.access.errors import MissingPermission
from hamsafar.access.policy import token_permissions
from hamsafar.access.types import Caller, CallerKind, Permission, Role


class TestPolicy:
    def test_the_roles_are_exactly_these(self):
        assert permissions_of(Role.OWNER) == set(Permission)
        assert permissions_of(Role.ANALYST) == {
            "people.read",
            "profiles.read",
            "journeys.read",
            "journeys.edit",
            "sources.read",
            "quarantine.read",
            "pulse.read",
        }
        assert permissions_of(Role.AGENT) == {"people.read", "profiles.read"}

    def test_a_token_may_never_more_than_its_maker(self):
        agent = permissions_of(Role.AGENT)
        assert token_permissions([Permission.PEOPLE_READ, Permission.USERS_EDIT], agent) == {
            "people.read"
        }

    def test_who_lacks_a_permission_is_stopped(self):
        require(LOCAL, Permission.PEOPLE_ERASE)
        nobody = Caller(kind=CallerKind.PROGRAM, id="1", name="", permissions=frozenset())
        with pytest.raises(MissingPermission, match=r"people\.read"):
            require(nobody, Permission.PEOPLE_READ)
