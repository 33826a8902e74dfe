"""What we stand on: every dependency explained, licensed, locked, and asked of no host by name."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [Requirement(text).name for text in PROJECT["project"]["dependencies"]]
DEV = [Requirement(text).name for text in PROJECT["dependency-groups"]["dev"]]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
NPM = [ROOT / folder for folder in ("console", "browser", "tests/sdk/node")]
COPYLEFT = re.compile(r"(?<![A-Za-z])A?GPL|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public", re.IGNORECASE)


def licence(name: str) -> str:
    """Return everything an installed package says about its licence, in one line."""
    said = distribution(name).metadata
    words = [said.get("License-Expression") or (said.get("License") or "").split("\n")[0]]
    words += [c for c in said.get_all("Classifier") or [] if c.startswith("License")]
    return " | ".join(words)


def closure(names: list[str]) -> set[str]:
    """Return these packages and all they need on this machine."""
    found: set[str] = set()
    todo = [(name, frozenset[str]()) for name in names]
    while todo:
        name, extras = todo.pop()
        if name.lower() in found:
            continue
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name.lower())
        for need in map(Requirement, needs):
            marker = need.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in {"", *extras}):
                todo.append((need.name, frozenset(need.extras)))
    return found


def npm_names(folder: Path) -> list[str]:
    said = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    return [name for part in ("dependencies", "devDependencies") for name in said.get(part, {})]


def npm_packages(folder: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(
        (folder / "package-lock.json").read_text(encoding="utf-8")
    )["packages"]
    return found


class TestExplained:
    @pytest.mark.parametrize("name", sorted({*RUN, *DEV}))
    def test_every_python_dependency_has_its_line(self, name: str):
        assert re.search(rf"^\|[^|]*`{re.escape(name)}`[^|]*\|", PAGE, re.MULTILINE)

    @pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
    def test_every_npm_dependency_has_its_line(self, folder: Path):
        assert [name for name in npm_names(folder) if f"`{name}`" not in PAGE] == []

    def test_none_is_there_any_more_without_being_used(self):
        told = set(re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^\|([^|]*)\|", PAGE, re.M))))
        used = {*RUN, *DEV, *(name for folder in NPM for name in npm_names(folder))}
        assert told - used == set()


class TestLicences:
    @pytest.mark.parametrize("name", sorted(closure(RUN)))
    def test_nothing_at_run_time_is_gpl_or_agpl(self, name: str):
        assert not COPYLEFT.search(LESSER.sub("", licence(name)))

    @pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
    def test_nothing_from_npm_is_only_gpl_or_agpl(self, folder: Path):
        for name, package in npm_packages(folder).items():
            choices = str(package.get("license", "")).strip("()").split(" OR ")
            assert not all(COPYLEFT.search(LESSER.sub("", one)) for one in choices), name


class TestLocks:
    def test_python_lock_holds_every_dependency_with_hashes(self):
        blocks = re.split(r"\n(?=\S)", LOCK)
        locked = {block.split("==")[0]: block for block in blocks if "==" in block}
        assert {name for name in {*RUN, *DEV} if name.lower() not in locked} == set()
        assert [name for name, block in locked.items() if "--hash=sha256:" not in block] == []

    def test_python_lock_names_no_host(self):
        assert re.findall(r"https?://|--index-url|--find-links", LOCK) == []

    @pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
    def test_npm_locks_name_no_host(self, folder: Path):
        packages = npm_packages(folder)
        assert [name for name, package in packages.items() if "resolved" in package] == []

    @pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
    def test_npm_locks_know_the_packages_of_every_platform(self, folder: Path):
        packages = npm_packages(folder)
        missing = [
            name
            for place, package in packages.items()
            for name in package.get("optionalDependencies", {})
            if not any(
                path in packages
                for path in (f"{place}/node_modules/{name}", f"node_modules/{name}")
            )
        ]
        assert missing == []

    @pytest.mark.parametrize("folder", NPM, ids=lambda path: path.name)
    def test_new_locks_will_name_no_host_either(self, folder: Path):
        said = (folder / ".npmrc").read_text(encoding="utf-8")
        assert "omit-lockfile-registry-resolved=true" in said
