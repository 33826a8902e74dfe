"""`hamsafar journeys friction` and `containment`, of a file and of a folder."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.river import river
from typer.testing import CliRunner

from hamsafar.cli.main import app

ROWS = [
    ("a", "2025-11-20T08:00:00Z", "Checkout Started", "", ""),
    ("a", "2025-11-20T08:01:00Z", "Payment Failed", "saman", ""),
    ("a", "2025-11-20T08:03:00Z", "Help Article Viewed", "", "payment"),
    ("a", "2025-11-20T08:04:00Z", "Chat Started", "", "payment"),
    ("b", "2025-11-20T09:00:00Z", "Checkout Started", "", ""),
    ("b", "2025-11-20T09:01:00Z", "Order Completed", "", ""),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "events.csv"
    head = "user_id,timestamp,event,gateway,topic\n"
    path.write_text(head + "".join(",".join(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def run(*arguments):
    found = CliRunner().invoke(app, ["journeys", *map(str, arguments)])
    assert found.exit_code == 0, found.output
    return found.stdout


class TestFriction:
    def test_tells_the_problems_of_a_file(self, file):
        told = json.loads(run("friction", "--file", file, "--json"))
        assert told["people"] == 2
        found = {(p["detector"], p["place"], p["cause"]) for p in told["problems"]}
        assert ("drop_after_error", "Payment Failed", "gateway=saman") in found
        assert told["changes"][0]["change"] == "fix_error"

    def test_tells_them_as_csv_and_in_words(self, file):
        rows = list(csv.DictReader(io.StringIO(run("friction", "--file", file, "--csv"))))
        assert {row["people"] for row in rows} == {"1"}
        assert "Payment Failed" in run("friction", "--file", file)

    def test_tells_those_of_a_folder(self, tmp_path):
        with river(tmp_path / "data") as flow:
            flow.send([
                {
                    "type": "track",
                    "messageId": str(n),
                    "userId": who,
                    "timestamp": at,
                    "event": name,
                }
                for n, (who, at, name, *_) in enumerate(ROWS)
            ])
        told = json.loads(run("friction", "--data", tmp_path / "data", "--json"))
        assert any(p["detector"] == "error_to_support" for p in told["problems"])

    def test_refuses_a_range_that_is_none(self, file):
        asked = ["journeys", "friction", "--file", str(file), "--from", "yesterday"]
        found = CliRunner().invoke(app, asked)
        assert found.exit_code == 2


class TestContainment:
    def test_tells_how_much_held(self, file):
        told = json.loads(run("containment", "--file", file, "--json"))
        assert (told["whole"]["episodes"], told["whole"]["verified"]["share"]) == (1, 0)
        rows = list(csv.DictReader(io.StringIO(run("containment", "--file", file, "--csv"))))
        assert [row["of"] for row in rows] == ["all", "topic", "channel"]
