from msgspec.structs import replace

from hamsafar.maps.differences import differences
from hamsafar.maps.types import JourneyMap, Stage, Touchpoint, Words

LOOK, PAY = Touchpoint(id="look", events=("Look",)), Touchpoint(id="pay", events=("Paid",))
OLD = JourneyMap(id="m", name=Words(en="M"), stages=(Stage(id="s", of=(LOOK, PAY)),))


def told(new: JourneyMap) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.part, one.kind.value, one.fields) for one in differences(OLD, new)]


class TestDifferences:
    def test_of_equals_there_are_none(self):
        assert told(OLD) == []

    def test_parts_are_added_removed_changed_and_moved(self):
        late = replace(PAY, at_most_s=60)
        new = replace(OLD, owner="Sara", stages=(Stage(id="t", of=(late,)),))
        assert told(new) == [
            ("map", "changed", ("owner",)),
            ("stage:s", "removed", ()),
            ("stage:t", "added", ()),
            ("touchpoint:look", "removed", ()),
            ("touchpoint:pay", "changed", ("at_most_s",)),
            ("touchpoint:pay", "moved", ("stages[0].of[1]", "stages[0].of[0]")),
        ]
