"""`hamsafar journeys impact` answers from a file and from a folder, in words, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest
from support.api import serving
from support.river import track
from typer.testing import CliRunner

from hamsafar.cli.local import LocalApp
from hamsafar.cli.main import app

QUESTIONS = {
    "drivers": ["Bought", "--entry", "Began", "--window", "1h", "--support", "5"],
    "taint": ["Failed", "--anchor", "Paid", "--good", "Bought", "--edges", "1h,1d"],
    "attribution": ["Bought", "--touch", "campaign", "--lookback", "1h"],
}


def happenings():
    """Forty people: every second one's payment fails, and he leaves."""
    for n in range(40):
        yield f"u{n}", n, "Began", "autumn" if n % 3 else "winter"
        yield f"u{n}", n + 60, "Paid", ""
        yield f"u{n}", n + 120, "Failed" if n % 2 else "Bought", ""
    yield "u0", 200_000, "Seen", ""


def run(*words: str):
    return CliRunner().invoke(app, ["journeys", "impact", *words])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("impact") / "events.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["user_id", "timestamp", "event", "campaign"])
        writer.writerows((who, at + 1_760_000_000, did, of) for who, at, did, of in happenings())
    return str(path)


class TestFile:
    @pytest.mark.parametrize("name", QUESTIONS)
    def test_is_answered_in_words_and_numbers(self, file, name):
        words = [name, *QUESTIONS[name], "--file", file]
        found = run(*words)
        assert found.exit_code == 0, found.output
        answer = json.loads(run(*words, "--json").stdout)
        assert answer["result"]["kind"] == name
        assert answer["header"]["people"] == 40
        assert list(csv.DictReader(io.StringIO(run(*words, "--csv").stdout)))

    def test_drivers_name_the_failed_payment(self, file):
        # Whoever had no failure at that step bought at once: the purchase itself is beside it.
        words = ["drivers", *QUESTIONS["drivers"], "--file", file, "--json"]
        rows = json.loads(run(*words).stdout)["result"]["rows"]
        assert (rows[0]["key"], rows[0]["direction"]) == ("event:Failed", "worse")
        assert (rows[0]["reached"]["share"], rows[0]["expected"]) == (0, 1)

    def test_silence_and_properties_are_asked_for(self, file):
        words = ["drivers", "silence", "--days", "1", "--property", "campaign", "--file", file]
        found = run(*words, "--window", "1m", "--support", "5", "--json")
        assert found.exit_code == 0, found.output
        keys = {row["key"] for row in json.loads(found.stdout)["result"]["rows"]}
        assert 'property:campaign="winter"' in keys

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["drivers", "No"], "query.outcome.event"),
            (["taint", "No"], "query.bad"),
            (["attribution", "No"], "query.conversion"),
            (["taint", "Failed", "--edges", "soon"], "--edges"),
            (["attribution", "Bought", "--model", "best"], "query.models[0]"),
        ],
    )
    def test_that_cannot_be_answered_says_why(self, file, words, said):
        found = run(*words, "--file", file)
        assert found.exit_code == 2
        assert said in found.stderr


class TestFolder:
    def test_is_answered_as_its_server_answers(self, tmp_path):
        with serving(tmp_path / "data") as site:
            site.river.send([
                track(f"m{n}", did, second=at, userId=who, properties={"campaign": of})
                for n, (who, at, did, of) in enumerate(happenings())
                if at < 1_000
            ])
            site.river.flow()
            local = LocalApp(site.river.hamsafar)
            body = json.dumps({
                "kind": "attribution",
                "conversion": {"name": "Bought"},
                "touch": {"kind": "property", "path": "campaign"},
            }).encode()
            answer = local._answer("/local/impact", {}, body)
            assert answer["result"]["conversions"]["count"] == 20
