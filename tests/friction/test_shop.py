"""A real shop's clickstream in which friction was planted: it stands on top."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path

import pandas as pd
import pytest

from hamsafar.friction import Detector, default_settings, facts_of
from hamsafar.friction.board import board_of
from hamsafar.friction.problems import Range, report
from hamsafar.friction.types import ChangeKind
from hamsafar.journeys import Attributes, Roles, Sequences

FOLDER = Path(os.environ.get("HAMSAFAR_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = FOLDER / "shop_clickstream.csv.gz"

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not there; set HAMSAFAR_DATA to the folder with it"
)


@pytest.fixture(scope="module")
def found():
    shop = pd.read_csv(FILE, parse_dates=["timestamp"])
    codes, names = pd.factorize(shop["event"])
    channel, channels = pd.factorize(shop["platform"])
    sequences = Sequences.from_arrays(
        person=pd.factorize(shop["user_id"])[0],
        time_us=shop["timestamp"].astype("datetime64[us]").astype("int64").to_numpy(),
        code=codes,
        names=list(names),
        attributes=Attributes(channel=channel, channels=list(channels)),
    )
    board = board_of(facts_of(sequences, Roles.of(sequences.names)), default_settings())
    return report(board, Range(now_us=1_800_000_000_000_000, zone=UTC), {})


class TestShop:
    def test_the_planted_troubles_are_the_worst(self, found):
        worst = [(problem.id.detector, problem.id.place) for problem in found.problems[:3]]
        assert worst == [
            (Detector.DROP_AFTER_ERROR, "payment_error"),
            (Detector.ERROR_TO_SUPPORT, "payment_error"),
            (Detector.DROP_AFTER_ERROR, "checkout_bug"),
        ]

    def test_the_first_changes_are_to_fix_them(self, found):
        assert [(c.kind, c.place) for c in found.changes[:2]] == [
            (ChangeKind.FIX_ERROR, "payment_error"),
            (ChangeKind.FIX_ERROR, "checkout_bug"),
        ]

    def test_a_payment_error_surely_loses_purchases_and_a_page_error_does_not(self, found):
        by_place = {
            p.id.place: p for p in found.problems if p.id.detector is Detector.DROP_AFTER_ERROR
        }
        assert by_place["payment_error"].lost_low > 0
        assert by_place["error_page"].lost_low < 0

    def test_what_is_usual_costs_nothing(self, found):
        symptoms = [p for p in found.problems if p.id.detector is Detector.DROP_OFF]
        assert symptoms
        assert all(p.score == 0 for p in symptoms)

    def test_trends_reconcile_with_counts(self, found):
        for problem in found.problems:
            assert sum(point.count for point in problem.trend) == problem.count
