"""ClickHouse's sequence functions, held against ClickHouse itself and its recorded answers."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from support.journeys import in_chunks

from hamsafar.journeys import Sequences, next_events, sequence_count, sequence_retention
from hamsafar.kernel.errors import BadInput

chdb = pytest.importorskip("chdb")

ORACLE = Path(__file__).parents[3] / "shared" / "oracle" / "sequence.jsonl"
NAMES = ["A", "B", "C", "X"]
STEPS = ["A", "B", "C"]
PATTERNS = (
    "(?1)(?2)",
    "(?1).*(?2)",
    "(?1).(?2)",
    "(?1)(?t<=3)(?2)",
    "(?1)(?t>3)(?2)",
    "(?1).*(?t<=3)(?2)",
    "(?1).*(?2).*(?3)",
    "(?1)(?1)",
    "(?1)(?t<2)(?2)(?t>=4)(?3)",
    "(?1)(?t==2)(?2)",
    "(?1).*(?2)(?t<=4)(?3)",
    "(?1).*(?t==3)(?2)",
    "(?1)(?t==2).(?t==1)(?2)",
    ".(?t<3).(?2)",
    "(?1).*",
    "(?2).*(?t>2).(?1)",
    "(?1)(?t<=5)(?2)(?t<=5)(?1)(?t<=5)(?3)",
    "(?t>1)(?3)",
)
BASES = (
    ("forward", "head"),
    ("forward", "first_match"),
    ("forward", "last_match"),
    ("backward", "tail"),
    ("backward", "first_match"),
    ("backward", "last_match"),
)


def made(logs: dict[int, list[tuple[int, str]]]) -> Sequences:
    rows = [(who, at, NAMES.index(name)) for who, log in logs.items() for at, name in log]
    columns = np.array(rows, np.int64).reshape(-1, 3)
    return Sequences.from_arrays(
        person=columns[:, 0], time_us=columns[:, 1] * 1_000_000, code=columns[:, 2], names=NAMES
    )


def random_logs(seed: int, people: int = 400) -> dict[int, list[tuple[int, str]]]:
    random = np.random.default_rng(seed)
    logs = {}
    for who in range(people):
        n = int(random.integers(1, 14))
        times = np.sort(random.choice(24, n, replace=False)).tolist()
        logs[who] = [(at, NAMES[k]) for at, k in zip(times, random.integers(0, 4, n), strict=True)]
    return logs


def ask(logs, select: str) -> list[dict[str, object]]:
    """Rows of ClickHouse, one per person."""
    values = ",".join(f"({who},{at},'{name}')" for who, log in logs.items() for at, name in log)
    text = f"""
        SELECT who, {select}
        FROM values('who UInt32, t DateTime, e Nullable(String)', {values})
        GROUP BY who ORDER BY who
        SETTINGS allow_experimental_funnel_functions = 1
    """
    return [json.loads(row) for row in chdb.query(text, "JSONEachRow").data().splitlines()]


class TestAgainstClickHouse:
    @pytest.mark.parametrize("pattern", PATTERNS)
    @pytest.mark.parametrize("seed", [1, 2])
    def test_counts_are_its_counts(self, pattern, seed):
        logs = random_logs(seed)
        conditions = "t, e = 'A', e = 'B', e = 'C'"
        rows = ask(
            logs,
            f"sequenceMatch('{pattern}')({conditions}) AS m,"
            f" sequenceCount('{pattern}')({conditions}) AS c",
        )
        expected = {int(row["who"]): int(row["c"]) for row in rows if int(row["c"])}
        assert {int(row["who"]) for row in rows if int(row["m"])} == expected.keys()
        found = sequence_count(made(logs), pattern, STEPS)
        assert {p.person: p.count for p in found.people().people} == expected
        assert (found.people_matched, found.count) == (len(expected), sum(expected.values()))

    @pytest.mark.parametrize(("direction", "base"), BASES)
    @pytest.mark.parametrize("chain", [["A"], ["A", "B"], ["C", "A", "B"]])
    def test_next_nodes_are_its_nodes(self, direction, base, chain):
        logs = random_logs(3)
        conditions = ", ".join(f"e = '{name}'" for name in chain)
        rows = ask(
            logs,
            f"sequenceNextNode('{direction}', '{base}')(t, e, e = '{chain[0]}', {conditions}) AS n",
        )
        expected = defaultdict(set)
        for row in rows:
            if row["n"]:
                expected[str(row["n"])].add(int(row["who"]))
        found = next_events(made(logs), after=chain, direction=direction, base=base)
        got = {i.name: {p.person for p in found.people(i.name).people} for i in found.items}
        assert got == expected

    def test_retention_is_its_retention(self):
        logs = random_logs(4)
        rows = ask(logs, "retention(e = 'A', e = 'B', e = 'C') AS r")
        expected = np.array([row["r"] for row in rows]).sum(axis=0).tolist()
        assert list(sequence_retention(made(logs), STEPS)) == expected


@pytest.mark.skipif(not ORACLE.exists(), reason=f"{ORACLE} is not there")
class TestAgainstTheRecord:
    def test_every_recorded_answer_is_ours(self):
        cases = [json.loads(line) for line in ORACLE.read_text(encoding="utf-8").splitlines()]
        logs = {who: case["events"] for who, case in enumerate(cases)}
        s = made(logs)
        for pattern in cases[0]["match"]:
            found = sequence_count(s, pattern, STEPS)
            times = {p.person: p.count for p in found.people().people}
            for who, case in enumerate(cases):
                assert case["match"][pattern] == int(who in times)
                assert case["count"][pattern] == times.get(who, 0)
        for where in cases[0]["next_node_A_then_B"]:
            direction, base = where.split("/")
            found = next_events(s, after=["A", "B"], direction=direction, base=base)
            node = {p.person: i.name for i in found.items for p in found.people(i.name).people}
            for who, case in enumerate(cases):
                assert case["next_node_A_then_B"][where] == node.get(who)
        for case in cases:
            kept = sequence_retention(made({0: case["events"]}), STEPS)
            assert list(kept) == case["retention_A_B_C"]
        assert len(cases) == 250


class TestScript:
    @pytest.mark.parametrize(
        ("pattern", "says"),
        [
            ("(?4)", "no condition 4"),
            ("(?0)", "no condition 0"),
            ("(?1)x", "cannot read"),
            (".*", "at least one event"),
            ("", "at least one event"),
            ("(?t<3)", "at least one event"),
            ("(?1)" * 61, "at most 60"),
            ("(?1)(?t>1)(?t<3)(?2)", "two limits"),
        ],
    )
    def test_refuses_what_it_cannot_read(self, pattern, says):
        with pytest.raises(BadInput, match=says) as refused:
            sequence_count(made({0: [(0, "A")]}), pattern, STEPS)
        assert refused.value.where == "pattern"

    def test_refuses_unknown_conditions(self):
        for given in (["Y"], []):
            with pytest.raises(BadInput):
                sequence_retention(made({0: [(0, "A")]}), given)

    def test_is_the_same_over_chunks(self):
        s = in_chunks([], 2, frozenset())
        assert sequence_count(s, "(?1)", ["home"]).count == 0
