import pytest

from hamsafar.maps import from_yaml, to_yaml
from hamsafar.maps.walk import touchpoints_of
from hamsafar.simulate.blueprint import blueprints, designed_maps

MAPS = [(name, text) for name in blueprints() for text in designed_maps(name)]


class TestDesignedMaps:
    def test_the_bookshop_has_some(self):
        assert [from_yaml(text).id for text in designed_maps("retail")] == [
            "buy-a-book",
            "receive-a-book",
        ]

    @pytest.mark.parametrize(("blueprint", "text"), MAPS)
    def test_each_is_sound_in_both_languages_and_comes_back_from_yaml(self, blueprint, text):
        journey = from_yaml(text)
        assert from_yaml(to_yaml(journey)) == journey, blueprint
        words = [journey.name, journey.aim, *(stage.label for stage in journey.stages)]
        words += [one.label for one in touchpoints_of(journey)]
        assert all(word.fa and word.en for word in words)
