"""`hamsafar journeys` answers from a file, from a folder, and beside a running server alike."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from support.api import fill, serving
from support.deployment import command
from typer.testing import CliRunner

from hamsafar.cli.journeys_options import seconds_of
from hamsafar.cli.journeys_tables import bar
from hamsafar.cli.local import LocalApp
from hamsafar.cli.main import app
from hamsafar.journeys.answers import Answer
from hamsafar.journeys.query_json import read_query, write_query
from hamsafar.kernel.errors import BadInput

ROWS = [
    {
        "user_id": "u1",
        "timestamp": "2026-01-01T10:00:00Z",
        "event": "Seen",
        "device": "web",
        "price": 5,
    },
    {
        "user_id": "u1",
        "timestamp": "2026-01-01T10:05:00Z",
        "event": "Bought",
        "device": "app",
        "price": 9,
    },
    {
        "user_id": "u2",
        "timestamp": "2026-01-01T11:00:00Z",
        "event": "Seen",
        "device": "web",
        "price": 7,
    },
    {
        "user_id": "u3",
        "timestamp": "2026-01-02T11:00:00Z",
        "event": "Seen",
        "device": "store",
        "price": 2,
    },
    {
        "user_id": "u3",
        "timestamp": "2026-01-03T11:00:00Z",
        "event": "Bought",
        "device": "store",
        "price": 3,
    },
]
COMMANDS = {
    "funnel": ["Seen", "Bought", "--by", "channel"],
    "graph": [],
    "variants": [],
    "paths": ["--start", "Seen"],
    "retention": ["Seen", "Bought", "--unit", "day", "--periods", "2"],
    "lifecycle": ["--unit", "day"],
    "stickiness": [],
    "sessions": ["--gap", "1h"],
    "next": ["Seen"],
    "match": ["Seen ... Bought"],
}


def run(*words: str):
    return CliRunner().invoke(app, ["journeys", *words])


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> Path:
    """The same events as CSV, JSON Lines and Parquet."""
    folder = tmp_path_factory.mktemp("files")
    with (folder / "events.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ROWS[0])
        writer.writeheader()
        writer.writerows(ROWS)
    (folder / "events.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    parquet.write_table(pa.Table.from_pylist(ROWS), folder / "events.parquet")
    return folder


class TestFile:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_is_answered_in_words_and_numbers(self, events, name):
        words = [name, *COMMANDS[name], "--file", str(events / "events.csv")]
        found = run(*words)
        assert found.exit_code == 0, found.output
        assert "3 people · 5 events" in found.stdout
        answer = json.loads(run(*words, "--json").stdout)
        assert answer["kind"] == name
        assert answer["header"]["people"] == 3
        rows = list(csv.DictReader(io.StringIO(run(*words, "--csv").stdout)))
        assert rows

    @pytest.mark.parametrize("name", ["events.jsonl", "events.parquet"])
    def test_of_any_kind_gives_the_same(self, events, name):
        words = ["funnel", "Seen", "Bought", "--window", "1h", "--json", "--file"]
        one, other = (
            json.loads(run(*words, str(events / file)).stdout)["result"]
            for file in ("events.csv", name)
        )
        assert one == other
        assert [step["reached"]["count"] for step in one["steps"]] == [3, 1]

    def test_takes_conditions_on_its_columns(self, events):
        where = '{"kind":"property","path":"price","op":"at_least","value":6}'
        words = ["graph", "--where", where, "--file", str(events / "events.csv"), "--json"]
        assert json.loads(run(*words).stdout)["header"]["events"] == 2

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["graph"], "--data"),
            (["graph", "--file", "nothing.csv"], "--file"),
            (["graph", "--file", "events.xls"], "--file"),
            (["graph", "--file", "{events}", "--person", "nobody"], "--person"),
            (["funnel", "Sold", "--file", "{events}"], "query.steps[0]"),
            (["funnel", "Seen", "--window", "long", "--file", "{events}"], "--window"),
            (["graph", "--where", "{", "--file", "{events}"], "--where"),
            (["graph", "--channel", "nowhere", "--file", "{events}"], "query.scope.channels"),
            (["graph", "--group", "g", "--file", "{events}"], "group"),
        ],
    )
    def test_that_cannot_be_answered_says_why(self, events, words, said):
        words = [
            word.format(events=events / "events.csv") if "{e" in word else word for word in words
        ]
        found = run(*words)
        assert found.exit_code == 2
        assert f"({said})" in found.stderr
        assert "Traceback" not in found.output


class TestFolder:
    def test_is_answered_by_this_process_when_no_server_runs(self, tmp_path):
        with serving(tmp_path / "data") as site:
            fill(site)
            query = read_query({"kind": "graph"})
            expected = site.river.hamsafar.queries.answer(query).result
        said = command("journeys", "graph", "--data", str(tmp_path / "data"), "--json")
        assert json.loads(said)["result"]["edges"][0]["from"] == expected.edges[0].from_

    def test_is_answered_by_its_server_over_the_local_socket(self, tmp_path):
        with serving(tmp_path / "data") as site:
            fill(site)
            query = read_query({"kind": "graph"})
            found = LocalApp(site.river.hamsafar)._ask(write_query(query))
            expected = site.river.hamsafar.queries.answer(query)
        assert isinstance(expected, Answer)
        assert found["result"]["nodes"][0]["name"] == expected.result.nodes[0].name

    def test_that_holds_nothing_is_not_made(self, tmp_path):
        found = run("graph", "--data", str(tmp_path / "none"))
        assert found.exit_code == 2
        assert not (tmp_path / "none").exists()


class TestSeconds:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [("90", 90), ("30m", 1800), ("1.5h", 5400), ("7d", 604800), ("2w", 1209600)],
    )
    def test_are_read(self, text, seconds):
        assert seconds_of(text, "--window") == seconds

    def test_of_nonsense_are_refused(self):
        with pytest.raises(BadInput):
            seconds_of("a day", "--window")


class TestBar:
    def test_is_as_long_as_the_share(self):
        assert [bar(share, 4) for share in (0.0, 0.125, 0.5, 1.0, None)] == [
            "",
            "▌",
            "██",
            "████",
            "",
        ]
