"""Where an event happened, from what was found out and what the client said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hamsafar.collect.payload import Stored, to_wire
from hamsafar.profiles import surroundings_of
from hamsafar.profiles.surroundings import Campaign, Device, Page
from hamsafar.profiles.types import TimelineEvent, TimelineQuery
from tests.support.river import River, river, track

CHROME = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/126.0.0.0 Mobile Safari/537.36"
)


def _told(water: River) -> TimelineEvent:
    person = water.hamsafar.profiles.find("user_id", "u1") or 0
    events, _ = water.hamsafar.profiles.timeline(person, TimelineQuery())
    return events[0]


@pytest.fixture
def water(tmp_path: Path):
    with river(tmp_path) as flow:
        yield flow


class TestSurroundings:
    """surroundings_of, over what the pipeline stored."""

    def test_device_and_campaign_are_those_found_out(self, water: River) -> None:
        page = {"url": "https://shop.example/?utm_source=sms&utm_campaign=yalda", "title": "خانه"}
        context = {"userAgent": CHROME, "page": page}
        water.send([track("m1", "Seen", userId="u1", context=context)])
        water.flow()
        around = surroundings_of(_told(water))
        assert around.device == Device(kind="mobile", os="Android", browser="Chrome Mobile")
        assert around.campaign == Campaign(source="sms", name="yalda")
        assert around.page == Page(url=page["url"], title="خانه")

    def test_a_campaign_the_client_names_goes_first(self, water: River) -> None:
        context = {
            "campaign": {"name": "nowruz", "medium": 7},
            "page": {"url": "https://shop.example/?utm_campaign=yalda"},
        }
        water.send([track("m1", "Seen", userId="u1", context=context)])
        water.flow()
        assert surroundings_of(_told(water)).campaign == Campaign(name="nowruz")

    def test_an_app_names_its_device_itself(self, water: River) -> None:
        context = {
            "userAgent": "shop/1.4 okhttp",
            "device": {"type": "android", "manufacturer": "Samsung", "model": "SM-A146"},
            "os": {"name": "Android", "version": "14"},
        }
        water.send([track("m1", "Seen", userId="u1", context=context)])
        water.flow()
        assert surroundings_of(_told(water)).device == Device(
            kind="android", os="Android 14", browser="okhttp", model="Samsung SM-A146"
        )

    def test_of_a_server_nothing_is_known(self, water: River) -> None:
        water.send([track("m1", "Seen", userId="u1", context={"library": {"name": "x"}})])
        water.flow()
        around = surroundings_of(_told(water))
        assert (around.device, around.campaign, around.page) == (None, None, None)

    @pytest.mark.parametrize("context", [{"page": "x", "device": [1]}, {"os": None, "page": 3}])
    def test_parts_of_another_shape_are_left_out(self, water: River, context: object) -> None:
        water.send([track("m1", "Seen", userId="u1", context=context)])
        water.flow()
        around = surroundings_of(_told(water))
        assert (around.device, around.page) == (None, None)

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ({"category": "Docs"}, "Docs"),
            ({"properties": {"category": "Docs"}}, "Docs"),
            ({"category": "Docs", "properties": {"category": "Other"}}, "Docs"),
            ({"category": 12}, "12"),
            ({"category": "\0راهنما"}, "راهنما"),
            ({"category": "x" * 5000}, "x" * 512),
        ],
    )
    def test_a_pages_category_is_kept(self, water: River, said: dict, kept: str) -> None:
        told = track("m1", "", userId="u1") | {"type": "page", "name": "Home"} | said
        water.send([told])
        water.flow()
        page = surroundings_of(_told(water)).page
        assert page is not None
        assert page.category == kept


class TestWire:
    """payload.to_wire, which replays tell a stored event by."""

    def test_a_category_comes_back(self) -> None:
        stored = Stored(type="page", message_id="m1", label="Home", category="Docs")
        assert json.loads(to_wire(stored, 0))["category"] == "Docs"
