"""The power cut: ext4 on a loop device below the whole service, shut down under load."""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.evidence import write_evidence
from support.ledger import Books, Verdict, check, ledger
from support.mounts import cut_power, make_image, mounted
from support.service import Service

CUTS = int(os.environ.get("HAMSAFAR_CUTS", "10"))
SEED = 99


@dataclass
class Cuts:
    """How the cuts went: what the books said at each, and what was there in the end."""

    verdicts: list[Verdict] = field(default_factory=list)
    acked: int = 0


def cut_again_and_again(folder: Path, cuts: int, mutant: str = "") -> Cuts:
    """Cut the power under load, `cuts` times on one data folder, and check after each restart."""
    image, disk = folder / "image", folder / "disk"
    books = folder / "books"
    make_image(image, 600)
    rng = random.Random(SEED)
    found = Cuts()
    first = 0
    with mounted("ext4", "loop", str(image), disk):
        it = Service(disk / "data", mutant=mutant, said_at=folder / "service.log")
        it.init()
    for _ in range(cuts):
        with mounted("ext4", "loop", str(image), disk):
            try:
                it.start()
                with ledger(it, books, seed=SEED, first=first, per_s=300) as client:
                    time.sleep(1 + rng.random() * 2)
                    # What is acknowledged after this moment is not counted: a machine without
                    # power acknowledges nothing.
                    promised = books.read_bytes()
                    cut_power(disk)
                    client.kill()
                everything = Books.read(books)
            finally:
                it.end()
        first = max(everything.sent) + 1
        with mounted("ext4", "loop", str(image), disk):
            it.start()
            it.settle()
            assert it.stop() == 0
            sent = f"sent {' '.join(map(str, everything.sent))}\n".encode()
            books.write_bytes(promised[: promised.rfind(b"\n") + 1] + sent)
            found.verdicts.append(check(it.data, books))
    found.acked = len(Books.read(books).acked)
    return found


@pytest.mark.long
class TestPowerCut:
    @pytest.mark.timeout(7200)
    def test_loses_nothing_acknowledged(self, tmp_path: Path) -> None:
        cuts = cut_again_and_again(tmp_path, CUTS)
        write_evidence(
            "power-cut",
            f"{CUTS} power cuts (ext4 on a loop device, shut down under load)",
            {
                "seed": SEED,
                "cuts": CUTS,
                "acknowledged": cuts.acked,
                "lost": sum(v.lost for v in cuts.verdicts),
                "stored and never sent": sum(v.phantom for v in cuts.verdicts),
                "stored twice": sum(v.doubled for v in cuts.verdicts),
                "profile counts unlike history": sum(v.miscounted for v in cuts.verdicts),
                "conservation off by": sum(v.leak for v in cuts.verdicts),
            },
        )
        assert cuts.acked > 0
        assert all(verdict.is_clean for verdict in cuts.verdicts), cuts.verdicts

    @pytest.mark.timeout(1200)
    def test_would_notice_a_missing_sync(self, tmp_path: Path) -> None:
        cuts = cut_again_and_again(tmp_path, 3, "sync_off")
        assert sum(verdict.lost for verdict in cuts.verdicts) > 0
