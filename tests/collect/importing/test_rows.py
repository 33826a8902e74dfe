"""Columns as events: what comes out is what stood in the cells."""

from __future__ import annotations

import msgspec
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.importing import Plan, Role, Rows
from hamsafar.collect.importing.moments import Timing, Writing
from hamsafar.collect.importing.rows import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
CELL = st.none() | TEXT


def plan_for(*columns: str, **more: object) -> Plan:
    said = {"roles": {Role.USER_ID: "user"}, "event": "Seen"} | more
    return Plan(source="import", columns=columns, **said)


def decoded(plan: Plan, columns: dict[str, pa.Array]) -> list[dict[str, object]]:
    batch = pa.RecordBatch.from_pydict(columns)
    return [msgspec.json.decode(event) for event in Rows(plan).events(batch)]


class TestEvents:
    @given(st.lists(st.tuples(TEXT, CELL, CELL), min_size=1, max_size=8))
    def test_text_comes_out_as_it_went_in(
        self, rows: list[tuple[str, str | None, str | None]]
    ) -> None:
        users, names, notes = (list(column) for column in zip(*rows, strict=True))
        columns = {
            "user": pa.array(users, pa.string()),
            'a "name"': pa.array(names, pa.string()),
            "note_id": pa.array(notes, pa.string()),
        }
        for event, user, name, note in zip(
            decoded(plan_for(*columns), columns), users, names, notes, strict=True
        ):
            assert event.get("userId", "") == user
            said = event["properties"]
            assert said.get("note_id", "") == (note or "")
            value = said.get('a "name"', "")
            if isinstance(value, bool):
                assert str(value).lower() == str(name).lower()
            elif isinstance(value, str):
                assert value == (name or "")
            else:
                assert value == float(name or 0)

    def test_rows_without_any_property_have_an_empty_object(self) -> None:
        columns = {"user": pa.array(["u", "u"]), "x": pa.array([None, "1"])}
        events = decoded(plan_for(*columns), columns)
        assert [event["properties"] for event in events] == [{}, {"x": 1}]

    def test_numbers_with_leading_zeros_or_too_many_digits_stay_text(self) -> None:
        texts = ["0123", "12", "-0.50", "+98", "1e5", "1234567890123456", "0", ""]
        columns = {"user": pa.array(["u"] * 8), "x": pa.array(texts)}
        found = [event["properties"].get("x") for event in decoded(plan_for(*columns), columns)]
        assert found == ["0123", 12, -0.5, "+98", "1e5", "1234567890123456", 0, None]

    def test_types_of_a_row_win_over_the_plan(self) -> None:
        columns = {
            "user": pa.array(["u"] * 2),
            "type": pa.array(["page", None]),
            "n": ["Home", "x"],
        }
        plan = plan_for(
            "user", "type", "n", roles={Role.USER_ID: "user", Role.TYPE: "type", Role.NAME: "n"}
        )
        assert [(e["type"], e["name"]) for e in decoded(plan, columns)] == [
            ("page", "Home"),
            ("track", "x"),
        ]

    def test_a_missing_id_is_made_from_the_row(self) -> None:
        columns = {"user": pa.array(["u", "u"]), "key": pa.array(["k1", None])}
        events = decoded(plan_for("user", "key", id_column="key"), columns)
        assert events[0]["messageId"] == "k1"
        assert len(events[1]["messageId"]) == 32

    def test_what_is_no_time_is_kept_and_marked(self) -> None:
        columns = {"user": pa.array(["u"] * 3), "t": ["2024-03-13 10:00:00", "gestern", None]}
        roles = {Role.USER_ID: "user", Role.TIME: "t"}
        timing = Timing(Writing.ISO, "UTC", naive=True)
        events = decoded(plan_for("user", "t", roles=roles, timing=timing), columns)
        assert [event["timestamp"][:9] for event in events] == [
            "2024-03-1",
            "gestern (",
            "(no time)",
        ]


class TestCanonical:
    def test_order_of_columns_and_empty_columns_do_not_matter(self) -> None:
        a = {"x": pa.array(["1"]), "y": pa.array(["2"])}
        b = {"y": pa.array(["2"]), "z": pa.array([None], pa.string()), "x": pa.array(["1"])}
        assert canonical(a, 1) == canonical(b, 1)

    def test_text_and_numbers_of_the_same_writing_are_one(self) -> None:
        one = canonical({"x": pa.array(["7"])}, 1)
        assert one == canonical({"x": pa.array([7])}, 1) == canonical({"x": pa.array([7.0])}, 1)

    @given(st.lists(st.tuples(CELL, CELL), min_size=2, max_size=2, unique=True))
    def test_different_rows_have_different_forms(
        self, rows: list[tuple[str | None, str | None]]
    ) -> None:
        columns = {
            name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate("ab")
        }
        assert len(set(canonical(columns, 2))) == 2
