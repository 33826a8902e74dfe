"""Trouble stands where the truth says it was planted, and nowhere else.

Each rule here is the sentence of `docs/reference/simulator.md`, over journeys of resolved people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from support.truth import journeys, valid_events

from hamsafar.simulate import Settings, Simulation

VISIT_GAP_S = 1800
DAY_S = 86_400
CONTACTS = {"Call Started", "Chat Started", "Email Received"}
Journey = list[dict]


def loops(journey: Journey) -> Iterator[str]:
    pages = [e for e in journey if e["name"].startswith("Page: Checkout ")]
    start = 0
    for index in range(1, len(pages) + 1):
        ends = index == len(pages) or pages[index]["at"] - pages[index - 1]["at"] > VISIT_GAP_S
        if ends:
            if index - start >= 6:
                yield pages[start]["messageId"]
            start = index


def rage(journey: Journey) -> Iterator[str]:
    run: Journey = []
    for event in [*journey, {"name": "", "at": 0}]:
        if event["name"] == "Element Clicked" and (not run or event["at"] - run[-1]["at"] < 0.5):
            run.append(event)
            continue
        if len(run) >= 4:
            yield run[0]["messageId"]
        run = [event] if event["name"] == "Element Clicked" else []


def hesitation(journey: Journey) -> Iterator[str]:
    for event, after in pairwise(journey):
        waits = 240 <= after["at"] - event["at"] <= VISIT_GAP_S
        if event["name"] == "Page: Payment" and after["name"] == "Page: Cart" and waits:
            yield event["messageId"]


def dead_ends(journey: Journey) -> Iterator[str]:
    for event, after in zip(journey, [*journey[1:], {"at": float("inf")}], strict=True):
        is_last = after["at"] - event["at"] >= VISIT_GAP_S
        if event["name"] == "Products Searched" and event["properties"]["results"] == 0 and is_last:
            yield event["messageId"]


def silent_bots(journey: Journey) -> Iterator[str]:
    for index, event in enumerate(journey):
        if event["name"] == "Question Asked":
            case = event["properties"]["case_id"]
            after = [
                e
                for e in journey[index + 1 : index + 12]
                if e.get("properties", {}).get("case_id") == case
            ]
            if after and after[0]["name"] == "Chat Ended" and after[0]["at"] - event["at"] >= 120:
                yield event["messageId"]


def long_waits(journey: Journey) -> Iterator[str]:
    for event in journey:
        if event["name"] == "Call Started":
            answers = [
                e
                for e in journey
                if e["name"] == "Call Answered"
                and e["properties"]["case_id"] == event["properties"]["case_id"]
                and e["at"] > event["at"]
            ]
            if answers and answers[0]["at"] - event["at"] >= 720:
                yield event["messageId"]


def by_case(journey: Journey) -> dict[str, Journey]:
    cases: dict[str, Journey] = {}
    for event in journey:
        if event["name"] in CONTACTS:
            cases.setdefault(event["properties"]["case_id"], []).append(event)
    return cases


def repeats(journey: Journey) -> Iterator[str]:
    for contacts in by_case(journey).values():
        if len(contacts) > 1 and contacts[1]["at"] - contacts[0]["at"] <= 7 * DAY_S:
            yield contacts[0]["messageId"]


def ping_pongs(journey: Journey) -> Iterator[str]:
    for contacts in by_case(journey).values():
        sources = [event["source"] for event in contacts]
        switches = sum(a != b for a, b in pairwise(sources))
        if switches >= 3 and contacts[-1]["at"] - contacts[0]["at"] <= 4 * DAY_S:
            yield contacts[0]["messageId"]


def errors_to_support(journey: Journey) -> Iterator[str]:
    for index, event in enumerate(journey):
        if event["name"] == "Payment Failed" and any(
            e["name"] == "Chat Started"
            and e["properties"]["topic"] == "payment"
            and e["at"] - event["at"] <= 360
            for e in journey[index + 1 : index + 4]
        ):
            yield event["messageId"]


def transfers(journey: Journey) -> Iterator[str]:
    for event in journey:
        if event["name"] == "Call Transferred" and not event["properties"]["context_passed"]:
            yield event["messageId"]


def abandoned(journey: Journey) -> Iterator[str]:
    for index, event in enumerate(journey):
        if event["name"] == "Help Article Viewed" and any(
            e["name"] in CONTACTS
            and e["properties"]["topic"] == event["properties"]["topic"]
            and e["at"] - event["at"] <= 900
            for e in journey[index + 1 : index + 10]
        ):
            yield event["messageId"]


@pytest.fixture(scope="module")
def town() -> tuple[list[Journey], Simulation]:
    simulation = Simulation(Settings(people=1500, days=25, seed=77))
    lines = [line for batch in simulation.batches() for line in batch]
    return journeys(valid_events(lines)), simulation


class TestFriction:
    @pytest.mark.parametrize(
        ("kind", "rule", "anchor"),
        [
            ("loop", loops, 0),
            ("rage_click", rage, 0),
            ("hesitation", hesitation, 1),
            ("dead_end", dead_ends, 0),
            ("silent_bot", silent_bots, 0),
            ("long_wait", long_waits, 0),
            ("repeated_contact", repeats, 0),
            ("channel_ping_pong", ping_pongs, 0),
            ("error_to_support", errors_to_support, 0),
            ("transfer_without_context", transfers, 0),
            ("abandoned_self_service", abandoned, 0),
        ],
    )
    def test_a_plain_rule_finds_what_was_planted(
        self,
        town: tuple[list[Journey], Simulation],
        kind: str,
        rule: Callable[[Journey], Iterator[str]],
        anchor: int,
    ) -> None:
        people, simulation = town
        planted = {f.message_ids[anchor] for f in simulation.truth.frictions if f.kind == kind}
        found = {message for journey in people for message in rule(journey)}
        assert len(planted) > 5
        assert len(found & planted) >= 0.97 * len(found), "found where nothing was planted"
        assert len(found & planted) >= 0.97 * len(planted), "planted but not to be found"
