"""`hamsafar simulate`: a file of events and the truth beside it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner

from hamsafar.cli.simulate import simulate


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(simulate)
    app.command("other")(lambda: None)
    return app


def call(app: typer.Typer, *words: str):
    return CliRunner().invoke(app, ["simulate", *words])


class TestSimulate:
    def test_writes_the_same_file_for_the_same_seed(self, app: typer.Typer, tmp_path: Path) -> None:
        words = ["--blueprint", "retail", "--people", "50", "--days", "5", "--seed", "4"]
        for name in ("a.jsonl", "b.jsonl"):
            result = call(app, *words, "--out", str(tmp_path / name), "--json")
            assert result.exit_code == 0, result.output
        assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
        said = msgspec.json.decode(result.stdout)
        lines = (tmp_path / "b.jsonl").read_bytes().splitlines()
        assert said["counts"]["lines"] == len(lines) > 0
        assert {"type", "messageId", "timestamp", "source"} <= set(msgspec.json.decode(lines[0]))
        assert (tmp_path / "b.jsonl.truth" / "summary.json").is_file()

    def test_tells_people_where_the_truth_is(self, app: typer.Typer, tmp_path: Path) -> None:
        result = call(app, "--people", "20", "--days", "2", "--out", str(tmp_path / "t.jsonl"))
        assert result.exit_code == 0
        assert "t.jsonl.truth" in result.stderr.replace("\n", "")

    @pytest.mark.parametrize(
        ("words", "told"),
        [(["--blueprint", "airline"], "retail"), (["--profile", "fast"], "bench")],
    )
    def test_errors_name_what_there_is(
        self, app: typer.Typer, tmp_path: Path, words: list[str], told: str
    ) -> None:
        result = call(app, *words, "--out", str(tmp_path / "t.jsonl"))
        assert result.exit_code == 2
        assert told in result.stderr

    def test_a_folder_that_is_not_there_is_named(self, app: typer.Typer, tmp_path: Path) -> None:
        result = call(app, "--people", "5", "--out", str(tmp_path / "none" / "t.jsonl"))
        assert result.exit_code == 2
        assert "cannot write" in result.stderr
