"""The tests tested: a service that cheats must be caught by the same checks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.kill_rounds import kill_rounds
from support.service import service

PATIENCE_S = 15.0
"""For the pipeline to catch up: a mutant that skipped events never does."""

ROUNDS = int(os.environ.get("HAMSAFAR_MUTANT_KILLS", "8"))


class TestMutants:
    """What kill -9 can see. Missing syncs it cannot: they are for strace and the power cut."""

    @pytest.mark.timeout(400)
    @pytest.mark.parametrize(
        ("mutant", "whom", "symptoms"),
        [
            ("ack_before_commit", ("api",), ("lost", "leak")),
            ("position_first", ("worker",), ("lost", "leak")),
            ("position_last", ("worker",), ("leak",)),
            ("dedup_forgets", ("worker",), ("doubled",)),
        ],
    )
    def test_it_is_caught(
        self, tmp_path: Path, mutant: str, whom: tuple[str, ...], symptoms: tuple[str, ...]
    ) -> None:
        with service(tmp_path / "data", mutant=mutant) as it:
            killed = kill_rounds(
                it, tmp_path / "books", rounds=ROUNDS, seed=11, whom=whom, patience_s=PATIENCE_S
            )
        verdict = killed.verdict
        assert not verdict.is_clean
        assert any(getattr(verdict, symptom) > 0 for symptom in symptoms), verdict
