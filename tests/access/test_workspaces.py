from dataclasses import replace

import pytest
from support.access import LOCAL

from hamsafar.access.services.workspaces import IRANIAN
from hamsafar.kernel.errors import BadInput, NotFound


class TestWorkspace:
    def test_is_iranian_until_changed_and_made_only_once(self, desk):
        assert desk.access.workspaces.get() == IRANIAN
        wanted = replace(
            IRANIAN,
            name="Shop",
            zone="Europe/Berlin",
            currency="EUR",
            calendar="gregorian",
            week_start="monday",
            country="DE",
            language="en",
        )
        assert desk.access.workspaces.change(LOCAL, wanted) == wanted
        assert desk.access.workspaces.ensure() == wanted

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("zone", "Tehran"),
            ("currency", "Rial"),
            ("calendar", "lunar"),
            ("week_start", "friday"),
            ("country", "Iran"),
            ("language", "de"),
        ],
    )
    def test_names_the_field_that_cannot_be(self, desk, field, value):
        with pytest.raises(BadInput) as caught:
            desk.access.workspaces.change(LOCAL, replace(IRANIAN, **{field: value}))
        assert caught.value.where == field


class TestWebhooks:
    def test_come_and_go(self, desk):
        webhook = desk.access.webhooks.add(LOCAL, "https://example.com/alerts")
        assert desk.access.webhooks.all() == (webhook,)
        desk.access.webhooks.remove(LOCAL, webhook.id)
        assert desk.access.webhooks.all() == ()
        with pytest.raises(NotFound):
            desk.access.webhooks.remove(LOCAL, webhook.id)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "http://u:p@x.com",
            "http://x:99999",
            "http://[::1",
            "https://x.com/\n",
            "https://x.com/" + "a" * 2000,
        ],
    )
    def test_an_address_must_be_one(self, desk, url):
        with pytest.raises(BadInput):
            desk.access.webhooks.add(LOCAL, url)
