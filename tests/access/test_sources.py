import pytest
from support.access import LOCAL

from hamsafar.access.services.write_keys import FRESH_US
from hamsafar.access.types import SourceDraft
from hamsafar.kernel.errors import BadInput, NotFound

WEB = SourceDraft(name="وب‌گاه", channel="web")


class TestCreate:
    def test_takes_the_zone_of_the_workspace(self, desk):
        source = desk.access.sources.create(LOCAL, WEB)
        assert (source.id, source.zone, source.slug) == (1, "Asia/Tehran", "وبگاه")
        assert desk.access.sources.get(source.id) == source

    def test_two_of_one_name_have_different_slugs(self, desk):
        one, two = (desk.access.sources.create(LOCAL, WEB) for _ in range(2))
        assert one.slug != two.slug

    @pytest.mark.parametrize(
        ("draft", "where"),
        [
            (SourceDraft(name=" ", channel="web"), "name"),
            (SourceDraft(name="x"), "channel"),
            (SourceDraft(name="x", channel="Web Site"), "channel"),
            (SourceDraft(name="x", channel="web", zone="Mars"), "zone"),
            (SourceDraft(name="x", channel="web", zone="../etc/passwd"), "zone"),
            (SourceDraft(name="x", channel="web", bots="love"), "bots"),
            (SourceDraft(name="x", channel="web", retention_days=-1), "retention_days"),
            (SourceDraft(name="x", channel="web", internal_networks=("x",)), "internal_networks"),
            (SourceDraft(name="x", channel="web", silent_after_s=-1), "silent_after_s"),
        ],
    )
    def test_names_the_field_that_cannot_be(self, desk, draft, where):
        with pytest.raises(BadInput) as caught:
            desk.access.sources.create(LOCAL, draft)
        assert caught.value.where == where


class TestChange:
    def test_changes_only_what_is_given(self, desk):
        source = desk.access.sources.create(LOCAL, WEB)
        changed = desk.access.sources.change(
            LOCAL, source.id, SourceDraft(internal_networks=("10.1.2.3/8",), retention_days=30)
        )
        assert changed.internal_networks == ("10.0.0.0/8",)
        assert (changed.name, changed.retention_days) == (source.name, 30)

    def test_an_unknown_source_is_not_found(self, desk):
        with pytest.raises(NotFound):
            desk.access.sources.change(LOCAL, 9, SourceDraft())


class TestKeys:
    def test_a_key_finds_its_source_until_revoked_or_archived(self, desk):
        sources, keys = desk.access.sources, desk.access.write_keys
        source = sources.create(LOCAL, WEB)
        one, two = (sources.add_key(LOCAL, source.id, name) for name in ("a", "b"))
        assert keys.find(one.secret) == source.id
        sources.revoke_key(LOCAL, source.id, one.id)
        desk.clock.move(FRESH_US)
        assert keys.find(one.secret) is None
        assert keys.find(two.secret) == source.id
        sources.change(LOCAL, source.id, SourceDraft(archived=True))
        desk.clock.move(FRESH_US)
        assert keys.find(two.secret) is None

    def test_can_be_shown_again_though_not_stored(self, desk):
        source = desk.access.sources.create(LOCAL, WEB)
        key = desk.access.sources.add_key(LOCAL, source.id, "a")
        assert desk.access.sources.keys(source.id) == (key,)

    @pytest.mark.parametrize("key", ["", "x", "\0", "\ud800"])
    def test_nonsense_finds_nothing(self, desk, key):
        assert desk.access.write_keys.find(key) is None

    def test_is_revoked_once_and_only_on_its_source(self, desk):
        source = desk.access.sources.create(LOCAL, WEB)
        key = desk.access.sources.add_key(LOCAL, source.id, "a")
        with pytest.raises(NotFound):
            desk.access.sources.revoke_key(LOCAL, source.id + 1, key.id)
        desk.access.sources.revoke_key(LOCAL, source.id, key.id)
        with pytest.raises(NotFound):
            desk.access.sources.revoke_key(LOCAL, source.id, key.id)
