"""The pages hold together: links lead somewhere, both READMEs say the same, decisions are short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
READMES = [ROOT / "README.md", ROOT / "README.fa.md"]
PAGES = sorted([*READMES, ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|^    \S[^\n]*$", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"^\| `(--[a-z-]+|[a-z_]+)", re.MULTILINE)
"""What a table's row is about."""
FIRST_SCREEN = 30
LONGEST_DECISION = 60
LARGEST_IMAGE = 150_000


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


class TestPages:
    @pytest.mark.parametrize("path", PAGES, ids=name)
    def test_every_link_leads_somewhere(self, path: Path):
        for link in LINK.findall(path.read_text(encoding="utf-8")):
            target, _, anchor = link.partition("#")
            if target.startswith(("http://", "https://")):
                continue
            place = (path.parent / target).resolve() if target else path
            assert place.exists(), link
            assert not anchor or anchor in anchors(place), link

    @pytest.mark.parametrize("path", sorted((DOCS / "decisions").glob("*.md")), ids=name)
    def test_every_decision_is_short_and_indexed(self, path: Path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_DECISION
        index = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
        assert path.name == "index.md" or f"({path.name})" in index

    @pytest.mark.parametrize("folder", ["guide", "guide/fa", "reference"])
    def test_every_page_is_reached_from_the_index(self, folder: str):
        index = (DOCS / "index.md").read_text(encoding="utf-8")
        assert [
            p.name for p in (DOCS / folder).glob("*.md") if f"{folder}/{p.name}" not in index
        ] == []

    @pytest.mark.parametrize("path", sorted((DOCS / "guide" / "fa").glob("*.md")), ids=name)
    def test_a_persian_page_says_the_same_commands_and_fields_as_the_english(self, path: Path):
        english = path.parents[1] / path.name
        here, there = (page.read_text(encoding="utf-8") for page in (path, english))
        assert CODE.findall(here) == CODE.findall(there)
        assert FIELD.findall(here) == FIELD.findall(there)
        assert here.count("\n## ") == there.count("\n## ")
        assert f"(../{path.name})" in here
        assert f"(fa/{path.name})" in there

    def test_images_are_small(self):
        assert [p.name for p in DOCS.rglob("*.png") if p.stat().st_size > LARGEST_IMAGE] == []


class TestReadmes:
    @pytest.mark.parametrize("path", READMES, ids=name)
    def test_the_first_screen_says_how_to_begin(self, path: Path):
        first = "\n".join(path.read_text(encoding="utf-8").splitlines()[:FIRST_SCREEN])
        for word in ("make demo", "make test", "Python", "3.11", "Node", "20"):
            assert word in first

    def test_each_leads_to_the_other(self):
        assert "(README.fa.md)" in READMES[0].read_text(encoding="utf-8")
        assert "(README.md)" in READMES[1].read_text(encoding="utf-8")

    def test_both_name_the_same_commands(self):
        first, second = (
            set(re.findall(r"make [a-z-]+|hamsafar [a-z]+ --\S+", p.read_text(encoding="utf-8")))
            for p in READMES
        )
        assert first == second

    @pytest.mark.parametrize("path", PAGES, ids=name)
    def test_every_make_command_exists(self, path: Path):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for target in re.findall(r"`make (?:-\S+ )?([a-z-]+)", path.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
