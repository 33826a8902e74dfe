"""What README and guide tell people to run is run, on a server of its own."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from support.deployment import Deployment, deployment

from hamsafar.cli.main import app

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
IN_ORDER = ("start", "send-events", "sources", "people", "journeys")
"""Pages that use the running server; later ones use what earlier ones sent."""
PRINTING = (
    "guide/notebook.md",
    "guide/fa/notebook.md",
    "reference/impact.md",
    "reference/maps.md",
    "reference/time-ledger.md",
    "reference/paths.md",
    "reference/retention.md",
    "reference/patterns.md",
)
"""Pages whose examples need no server; what they print stands under it as a comment."""
ELSEWHERE = ("make ", ".venv/bin/hamsafar up", ".venv/bin/hamsafar init")
"""Commands other tests run."""
SENT = 5
"""Events of the pages: identify and track in start.md, a batch of three in send-events.md."""
CURL = (
    "curl() { command curl --silent --show-error --fail"
    ' --retry 60 --retry-delay 1 --retry-all-errors "$@"; }\n'
)
"""On a busy machine a profile may be there a moment later than a snippet asks for it."""


def blocks(path: Path, language: str) -> list[str]:
    said = path.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", said, re.DOTALL | re.MULTILINE)


def here(text: str, at: Deployment) -> str:
    """Let a snippet speak to this test's server."""
    return (
        text
        .replace(".venv/bin/hamsafar", f"{sys.executable} -m hamsafar.cli")
        .replace("http://127.0.0.1:7788", at.url)
        .replace("my-data", str(at.data))
        .replace("WRITE_KEY", at.write_key)
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployment(tmp_path_factory.mktemp("docs") / "data") as running:
        yield running


class TestGuide:
    @pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
    def test_commands_do_what_the_pages_say(self, server: Deployment):
        before = server.settled()
        environ = {**os.environ, "KEY": server.write_key, "TOKEN": server.api_token}
        for page in IN_ORDER:
            for block in blocks(GUIDE / f"{page}.md", "sh"):
                kept = [line for line in block.splitlines() if not line.startswith(ELSEWHERE)]
                script = "set -e\n" + CURL + here("\n".join(kept), server)
                ran = subprocess.run(
                    ["bash", "-c", script],
                    env=environ,
                    capture_output=True,
                    text=True,
                    timeout=120,
                    check=False,
                )
                assert ran.returncode == 0, f"{page}: {block}\n{ran.stdout}\n{ran.stderr}"
            server.settled()
        found = server.settled()
        assert found["quarantined"] == found["duplicates"] == 0
        assert found["received"] == found["stored"] == before["received"] + SENT

    def test_python_client_delivers(self, server: Deployment):
        (script,) = blocks(GUIDE / "send-events.md", "python")
        before = server.settled()["received"]
        exec(compile(here(script, server), "send-events.md", "exec"), {})
        assert server.settled()["received"] == before + 1

    def test_notebook_prints_what_the_page_says(self):
        (example,) = blocks(GUIDE / "journeys.md", "python")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example, "journeys.md", "exec"), {})
        promised = re.findall(r"^# (.*)$", example, re.MULTILINE)
        assert printed.getvalue().splitlines() == promised

    @pytest.mark.parametrize("page", PRINTING)
    def test_pages_print_what_they_say(self, page: str):
        examples = blocks(ROOT / "docs" / page, "python")
        assert examples
        names: dict[str, object] = {}
        for example in examples:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(example, page, "exec", dont_inherit=True), names)
            promised = re.findall(r"^# (.*)$", example, re.MULTILINE)
            assert printed.getvalue().splitlines() == promised

    def test_recipes_are_code_that_runs(self):
        names: dict[str, object] = {"__name__": "recipe"}
        for example in blocks(GUIDE / "extend.md", "python"):
            exec(compile(example, "extend.md", "exec", dont_inherit=True), names)
        assert list(names["OneByOne"]().map(str, [1, 2])) == ["1", "2"]

    @pytest.mark.parametrize("page", ["README.md", "README.fa.md", "docs/guide/start.md"])
    def test_commands_for_the_server_itself_are_those_of_this_release(self, page: str):
        known = getattr(typer.main.get_command(app), "commands", {})
        for block in blocks(ROOT / page, "sh"):
            for line in block.splitlines():
                if line.startswith(".venv/bin/hamsafar "):
                    assert line.split()[1] in known, line
