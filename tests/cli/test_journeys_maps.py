import json

import pytest
from support.api import serving
from support.river import track
from typer.testing import CliRunner

from hamsafar.cli.main import app

YAML = """
id: buy
name: {en: Buy, fa: خرید}
goal: [paid]
stages:
- id: all
  of:
  - {kind: touchpoint, id: look, events: [Product Viewed], waits_for: queue}
  - {kind: touchpoint, id: paid, events: [Order Completed], channels: [app]}
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "data"
    with serving(folder) as site:
        site.river.send([
            track("m1", "Product Viewed", second=0, userId="u1"),
            track("m2", "Order Completed", second=9, userId="u1"),
        ])
        site.river.flow()
    return folder


@pytest.fixture(scope="module")
def imported(data, tmp_path_factory):
    file = tmp_path_factory.mktemp("file") / "buy.yaml"
    file.write_text(YAML, encoding="utf-8")
    run("maps", "import", str(file), "--data", str(data), "--publish")
    return data


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["journeys", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


class TestMaps:
    def test_what_was_imported_comes_back(self, imported, tmp_path):
        assert json.loads(run("maps", "list", "--data", str(imported), "--json")).keys() == {"buy"}
        shown = run("maps", "show", "buy", "--data", str(imported))
        run("maps", "export", "buy", str(tmp_path / "out.yaml"), "--data", str(imported))
        assert (tmp_path / "out.yaml").read_text(encoding="utf-8") == shown
        assert "خرید" in shown

    def test_a_fault_names_its_line(self, imported, tmp_path):
        (tmp_path / "bad.yaml").write_text(YAML.replace("events", "evnts"), encoding="utf-8")
        command = [
            "journeys",
            "maps",
            "import",
            str(tmp_path / "bad.yaml"),
            "--data",
            str(imported),
        ]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 2
        assert "line 8" in result.stderr

    def test_a_draft_is_printed(self, imported):
        found = run("maps", "draft", "Order Completed", "--data", str(imported), "--json")
        assert json.loads(found)["goal"] == ["order-completed"]


class TestConformance:
    def test_is_told_in_words_json_and_csv(self, imported):
        base = ("conformance", "buy", "--data", str(imported))
        assert "wrong_channel:paid:web" in run(*base)
        found = json.loads(run(*base, "--json"))
        assert found["deviations"][0]["key"] == "wrong_channel:paid:web"
        assert run(*base, "--csv").splitlines()[1].startswith("wrong_channel:paid:web,")


class TestLedger:
    def test_is_told_in_words_json_and_csv(self, imported):
        base = ("ledger", "--map", "buy", "--data", str(imported))
        assert "queue 100%" in run(*base)
        shares = {s["party"]: s["wall_s"] for s in json.loads(run(*base, "--json"))["shares"]}
        assert shares["queue"] == 9
        assert "all,,queue,9.0,9.0" in run(*base, "--csv")
