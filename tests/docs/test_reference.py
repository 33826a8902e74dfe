"""The reference names every setting, limit, command, option and route there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from unittest.mock import MagicMock

import click
import pytest
import typer

from hamsafar.api.app import create_app
from hamsafar.api.collect.app import ENDPOINTS
from hamsafar.cli.main import app
from hamsafar.collect import Limits
from hamsafar.wiring.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
OF_THE_SHELL = {"--help", "--install-completion", "--show-completion"}


@cache
def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def environment() -> set[str]:
    """Every variable the product reads."""
    found: set[str] = set()
    for path in (ROOT / "src" / "hamsafar").rglob("*.py"):
        found |= set(re.findall(r"\bHAMSAFAR_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    return found


def commands(of: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    children = getattr(of, "commands", None)
    if children is None:
        yield name, of
        return
    for word, command in children.items():
        if not command.hidden:
            yield from commands(command, f"{name} {word}")


def every_command() -> list[tuple[str, click.Command]]:
    return list(commands(typer.main.get_command(app), "hamsafar"))


@cache
def paths() -> dict[str, dict[str, dict[str, str]]]:
    # Declaring routes calls no service, so a stand-in for them is enough.
    found: dict[str, dict[str, dict[str, str]]] = create_app(MagicMock()).openapi()["paths"]
    return found


def routes() -> list[tuple[str, str]]:
    return [(verb.upper(), path) for path, verbs in paths().items() for verb in verbs]


class TestSettings:
    @pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
    def test_every_field_is_explained(self, name: str):
        assert f"| `{name}` |" in page("settings.md")

    def test_every_variable_is_explained_and_none_is_invented(self):
        told = set(re.findall(r"\bHAMSAFAR_[A-Z_]+\b", page("settings.md")))
        assert told == environment()

    @pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
    def test_every_limit_is_explained(self, name: str):
        assert f"| `{name}` |" in page("settings.md")
        assert f"`{name}`" in page("collect.md")


class TestCommands:
    @pytest.mark.parametrize("name", [name for name, _ in every_command()])
    def test_every_command_is_explained(self, name: str):
        assert f"`{name} " in page("cli.md")

    @pytest.mark.parametrize(("name", "command"), every_command())
    def test_every_option_is_named(self, name: str, command: click.Command):
        said = page("cli.md")
        for line in said.splitlines():
            if line.startswith(f"| `{name} "):
                said = line if "…" not in line else page("cli.md")
        for option in (word for p in command.params for word in p.opts if word.startswith("--")):
            assert option in said or option in OF_THE_SHELL, f"{name} {option}"

    def test_none_is_invented(self):
        told = re.findall(r"^\| `(hamsafar [a-z]+(?: [a-z]+)*) ", page("cli.md"), re.MULTILINE)
        known = {name for name, _ in every_command()}
        assert {name for name in told if name not in known} == set()


class TestRoutes:
    @pytest.mark.parametrize(("verb", "path"), routes())
    def test_every_route_is_listed(self, verb: str, path: str):
        if path != "/api/openapi.json":
            assert f"| `{verb} {path}` |" in page("http-api.md")

    def test_none_is_invented(self):
        told = re.findall(r"^\| `([A-Z]+) (\S+)` \|", page("http-api.md"), re.MULTILINE)
        assert set(told) <= set(routes())

    @pytest.mark.parametrize("path", sorted(ENDPOINTS))
    def test_every_path_of_collection_is_listed(self, path: str):
        assert f"{path}`" in page("http-api.md")

    def test_each_says_its_permission(self):
        for verb, path, needs in re.findall(
            r"^\| `([A-Z]+) (\S+)` \| `([a-z.]+)` \|", page("http-api.md"), re.MULTILINE
        ):
            assert paths()[path][verb.lower()]["x-permission"] == needs, path
