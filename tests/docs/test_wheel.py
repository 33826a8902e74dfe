"""The wheel holds all that runs: code, console, browser library, blueprints."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


class TestWheel:
    @pytest.mark.parametrize(
        "path",
        [
            "hamsafar/cli/main.py",
            "hamsafar/console_dist/index.html",
            "hamsafar/browser_dist/standalone.js",
            "hamsafar/browser_dist/LICENSE.md",
            "hamsafar/access/common_passwords.txt",
            "hamsafar/engines/sql/migrations/versions/0001_foundation.py",
        ],
    )
    def test_holds(self, names: list[str], path: str):
        assert path in names

    def test_holds_every_file_of_the_blueprints_and_the_console(self, names: list[str]):
        for folder in ("blueprints", "console_dist", "browser_dist"):
            here = (ROOT / "src" / "hamsafar" / folder).rglob("*")
            files = {str(p.relative_to(ROOT / "src")) for p in here if p.is_file()}
            assert {name for name in files - set(names) if "__pycache__" not in name} == set()

    def test_holds_no_tests_and_no_modules_of_node(self, names: list[str]):
        assert [n for n in names if n.startswith("tests/") or "node_modules" in n] == []
