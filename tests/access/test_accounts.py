from concurrent.futures import ThreadPoolExecutor

import pytest
from support.access import LOCAL, PASSWORD

from hamsafar.access.errors import DeadLink, EmailTaken, LastOwner
from hamsafar.access.types import Caller, CallerKind, LinkPurpose, Permission, Role
from hamsafar.kernel.clock import DAY_US
from hamsafar.kernel.errors import BadInput, Conflict, NotAllowed, NotFound


class TestOwnerLink:
    def test_makes_the_first_owner_once(self, desk):
        link = desk.access.accounts.owner_link(LOCAL)
        assert desk.access.sessions.link(link).purpose is LinkPurpose.OWNER
        signed = desk.access.sessions.redeem(link, password=PASSWORD, email="Sara@Example.com")
        assert (signed.account.email, signed.account.role) == ("sara@example.com", Role.OWNER)
        with pytest.raises(DeadLink):
            desk.access.sessions.redeem(link, password=PASSWORD, email="eve@example.com")
        with pytest.raises(Conflict, match="owner already"):
            desk.access.accounts.owner_link(LOCAL)

    def test_the_one_of_init_lives_on_when_up_makes_another(self, desk):
        old, new = (desk.access.accounts.owner_link(LOCAL) for _ in range(2))
        assert desk.access.sessions.link(old)
        assert desk.access.sessions.link(new)

    def test_all_die_when_one_made_the_owner(self, desk):
        old, new = (desk.access.accounts.owner_link(LOCAL) for _ in range(2))
        desk.access.sessions.redeem(old, password=PASSWORD, email="sara@example.com")
        with pytest.raises(DeadLink):
            desk.access.sessions.redeem(new, password=PASSWORD, email="eve@example.com")

    def test_dies_after_a_week(self, desk):
        link = desk.access.accounts.owner_link(LOCAL)
        desk.clock.move(7 * DAY_US)
        with pytest.raises(DeadLink):
            desk.access.sessions.link(link)

    def test_a_weak_password_does_not_use_it_up(self, desk):
        link = desk.access.accounts.owner_link(LOCAL)
        with pytest.raises(BadInput):
            desk.access.sessions.redeem(link, password="short", email="a@b.com")
        assert desk.access.sessions.redeem(link, password=PASSWORD, email="a@b.com")


class TestInvite:
    def test_the_invited_person_chooses_a_password(self, desk):
        account, link = desk.access.accounts.invite(LOCAL, email="ali@example.com", role=Role.AGENT)
        assert not account.joined
        assert desk.access.sessions.link(link).role is Role.AGENT
        signed = desk.access.sessions.redeem(link, password=PASSWORD, name="علی")
        assert (signed.account.name, signed.account.role) == ("علی", Role.AGENT)
        assert desk.access.sessions.sign_in("ali@example.com", PASSWORD, address="::1")

    def test_an_address_has_one_account(self, desk):
        desk.access.accounts.invite(LOCAL, email="ali@example.com", role=Role.AGENT)
        with pytest.raises(EmailTaken):
            desk.access.accounts.invite(LOCAL, email="ALI@example.com", role=Role.OWNER)

    def test_an_address_must_be_one(self, desk):
        with pytest.raises(BadInput) as caught:
            desk.access.accounts.invite(LOCAL, email="ali", role=Role.AGENT)
        assert caught.value.where == "email"


class TestReset:
    def test_sets_a_new_password_and_ends_all_sessions(self, desk):
        old = desk.join(Role.OWNER)
        link = desk.access.accounts.reset(LOCAL, old.account.id)
        assert desk.access.sessions.link(link).purpose is LinkPurpose.RESET
        desk.access.sessions.redeem(link, password="another good 77 words")
        assert desk.access.sessions.find(old.secret) is None
        assert desk.access.sessions.sign_in(
            old.account.email, "another good 77 words", address="::1"
        )

    def test_dies_after_a_day(self, desk):
        link = desk.access.accounts.reset(LOCAL, desk.join(Role.OWNER).account.id)
        desk.clock.move(DAY_US)
        with pytest.raises(DeadLink):
            desk.access.sessions.redeem(link, password=PASSWORD)

    def test_an_unknown_account_is_not_found(self, desk):
        with pytest.raises(NotFound):
            desk.access.accounts.reset(LOCAL, "nobody")


class TestChange:
    def test_the_last_owner_stays(self, desk):
        owner = desk.join(Role.OWNER).account
        with pytest.raises(LastOwner):
            desk.access.accounts.change(LOCAL, owner.id, role=Role.AGENT)
        with pytest.raises(LastOwner):
            desk.access.accounts.change(LOCAL, owner.id, disabled=True)
        desk.join(Role.OWNER, "second@example.com")
        changed = desk.access.accounts.change(LOCAL, owner.id, role=Role.AGENT)
        assert changed.role is Role.AGENT

    def test_another_role_ends_the_sessions(self, desk):
        desk.join(Role.OWNER)
        agent = desk.join(Role.AGENT)
        desk.access.accounts.change(LOCAL, agent.account.id, role=Role.ANALYST)
        assert desk.access.sessions.find(agent.secret) is None

    def test_a_disabled_person_cannot_sign_in_nor_be_reset(self, desk):
        desk.join(Role.OWNER)
        agent = desk.join(Role.AGENT).account
        desk.access.accounts.change(LOCAL, agent.id, disabled=True)
        with pytest.raises(Exception, match="wrong"):
            desk.access.sessions.sign_in(agent.email, PASSWORD, address="::1")
        with pytest.raises(Conflict):
            desk.access.accounts.reset(LOCAL, agent.id)
        desk.access.accounts.change(LOCAL, agent.id, disabled=False)
        assert desk.access.sessions.sign_in(agent.email, PASSWORD, address="::1")

    def test_two_owners_cannot_both_leave_at_once(self, desk):
        owners = [desk.join(Role.OWNER, f"owner{n}@example.com").account.id for n in range(2)]

        def leave(account):
            try:
                desk.access.accounts.change(LOCAL, account, role=Role.AGENT)
            except LastOwner:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(leave, owners)) == [False, True]


class TestRedeem:
    def test_a_link_used_by_two_at_once_lets_one_in(self, desk):
        link = desk.access.accounts.owner_link(LOCAL)

        def use(number):
            try:
                return desk.access.sessions.redeem(
                    link, password=PASSWORD, email=f"{number}@example.com"
                )
            except DeadLink:
                return None

        with ThreadPoolExecutor(4) as pool:
            assert len([signed for signed in pool.map(use, range(4)) if signed]) == 1
        assert len(desk.access.accounts.all()) == 1


class TestACallerWithFewPermissions:
    """A token that may edit users and read people, nothing else."""

    clerk = Caller(
        kind=CallerKind.PROGRAM,
        id="1",
        name="clerk",
        permissions=frozenset({
            Permission.USERS_EDIT,
            Permission.PEOPLE_READ,
            Permission.PROFILES_READ,
        }),
    )

    def test_invites_no_one_who_may_do_more(self, desk):
        desk.access.accounts.invite(self.clerk, email="ali@example.com", role=Role.AGENT)
        for role in (Role.OWNER, Role.ANALYST):
            with pytest.raises(NotAllowed, match="what you do not have"):
                desk.access.accounts.invite(self.clerk, email="eve@example.com", role=role)
        assert [account.email for account in desk.access.accounts.all()] == ["ali@example.com"]

    def test_does_not_take_over_an_owner(self, desk):
        owner, _ = desk.access.accounts.invite(LOCAL, email="sara@example.com", role=Role.OWNER)
        agent, _ = desk.access.accounts.invite(LOCAL, email="ali@example.com", role=Role.AGENT)
        with pytest.raises(NotAllowed):
            desk.access.accounts.reset(self.clerk, owner.id)
        for change in ({"role": Role.AGENT}, {"disabled": True}):
            with pytest.raises(NotAllowed):
                desk.access.accounts.change(self.clerk, owner.id, **change)
        with pytest.raises(NotAllowed):
            desk.access.accounts.change(self.clerk, agent.id, role=Role.OWNER)
        assert desk.access.accounts.reset(self.clerk, agent.id)
