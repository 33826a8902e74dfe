"""Drivers: planted causes come first, nothing is found where there is nothing, numbers open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.impact import DAY_S, NULL_TOWNS, bookshop, naive_z, null_town

from hamsafar.expr import parse
from hamsafar.impact import (
    EVERYBODY,
    USUAL,
    Churns,
    Events,
    Findings,
    Nature,
    Property,
    Rates,
    Reaches,
    Rules,
    Trait,
    drivers,
)
from hamsafar.journeys import Attributes, Filters, Roles, Sequences
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.simulate import Settings

FOLDER = Path(os.environ.get("HAMSAFAR_DATA", Path(__file__).parents[3] / "shared" / "data"))
SHOP = FOLDER / "shop_clickstream.csv.gz"
ORDERED = Reaches(event="Order Completed")


@pytest.fixture(scope="module")
def town():
    return bookshop(Settings(people=4_000, days=60, seed=11))


@pytest.fixture(scope="module")
def checkout(town):
    candidates = (
        *USUAL,
        Property(path="gateway"),
        Property(path="coupon"),
        Trait(name="club_member"),
    )
    return drivers(town[0], ORDERED, entry="Checkout Started", candidates=candidates)


def assigned(seed, *, lift, people=3_000, groups=1):
    """Half meet X at the second step by the throw of a coin; it moves the odds by `lift`."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        base = 0.3 if groups == 1 else (0.1, 0.6)[person // groups % 2]
        odds = base / (1 - base)
        is_exposed = rng.random() < 0.5
        chance = odds * (lift if is_exposed else 1)
        at = person * 1_000
        rows += [(person // groups, at, 0), (person // groups, at + 10, 2 + is_exposed)]
        if rng.random() < chance / (1 + chance):
            rows.append((person // groups, at + 20, 1))
    rows.append((0, (people + 10) * 1_000, 4))
    who, at, code = (np.array(column) for column in zip(*rows, strict=True))
    return Sequences.from_arrays(
        person=who, time_us=at * 1_000_000, code=code, names=["in", "won", "other", "X", "end"]
    )


SHORT = Rules(window_s=500)


class TestPlantedCauses:
    def test_the_broken_gateway_is_the_largest_harm_after_the_first_visit(self, checkout):
        causes = [row.key for row in checkout.harmful if row.nature is Nature.CAUSE]
        assert set(causes[:3]) == {"first", 'property:gateway="saman"', "event:Payment Failed"}

    def test_club_coupon_and_first_visit_move_it_as_planted(self, checkout):
        assert checkout.row("trait:club_member=true").low > 1
        assert checkout.row("event:Coupon Applied").low > 1
        assert checkout.row("first").high < 1

    def test_what_leads_to_the_order_is_told_as_a_step(self, checkout):
        assert checkout.row("event:Shipping Chosen").nature is Nature.STEP
        assert checkout.row("event:Payment Started").nature is Nature.STEP
        assert checkout.row("event:Page: Home").nature is Nature.PLACE

    def test_a_late_parcel_keeps_people_from_buying_again(self, town):
        found = drivers(
            town[0],
            Reaches(event="Product Added"),
            entry="Order Delivered",
            candidates=(Property(path="late"), Trait(name="club_member")),
            rules=Rules(window_s=21 * DAY_S),
        )
        late = found.row("property:late=true")
        assert late.is_significant
        assert late.high < 1
        assert late.effect_high < 0
        assert not found.row("trait:club_member=true").is_significant

    @pytest.mark.parametrize("seed", [31, 32])
    def test_payment_errors_are_first_among_events_in_other_towns(self, seed):
        s, _ = bookshop(Settings(people=2_500, days=45, seed=seed))
        found = drivers(s, ORDERED, entry="Checkout Started", candidates=(Events(),))
        assert found.harmful[0].key == "event:Payment Failed"


class TestSilence:
    @pytest.fixture(scope="class")
    @classmethod
    def found(cls):
        """Everybody comes once a week; who meets X leaves for good half of the time, others rarely."""
        rng = np.random.default_rng(8)
        rows = []
        for person in range(400):
            for week in range(12):
                is_met = rng.random() < 0.1
                rows.append((person, week * 7 * DAY_S + person, 1 if is_met else 0))
                if rng.random() < (0.5 if is_met else 0.02):
                    break
        who, at, code = (np.array(column) for column in zip(*rows, strict=True))
        s = Sequences.from_arrays(
            person=who, time_us=(at * 1e6).astype(np.int64), code=code, names=["visit", "X"]
        )
        return drivers(
            s, Churns(days=20), candidates=(Events(names=("X",)),), rules=Rules(window_s=28 * DAY_S)
        )

    def test_what_drives_people_away_is_found_and_is_harm(self, found):
        (row,) = found.harmful
        assert row.key == "event:X"
        assert row.low > 1
        assert row.effect > 0
        assert row.share == pytest.approx(0.55, abs=0.12)

    def test_whoever_is_not_silent_for_long_enough_yet_is_open(self, found):
        # The data end in week 12: an attempt of four weeks and twenty days must have begun before.
        assert found.people + found.open == 400
        assert found.open == 0


@pytest.mark.skipif(not SHOP.exists(), reason=f"{SHOP} is not there; set HAMSAFAR_DATA")
class TestShop:
    @pytest.mark.parametrize("window_s", [3_600, 7 * DAY_S])
    def test_the_planted_errors_come_first(self, window_s):
        shop = pd.read_csv(SHOP, parse_dates=["timestamp"])
        codes, names = pd.factorize(shop["event"])
        people, _ = pd.factorize(shop["user_id"])
        s = Sequences.from_arrays(
            person=people,
            time_us=shop["timestamp"].astype("datetime64[us]").astype("int64").to_numpy(),
            code=codes,
            names=list(names),
        )
        found = drivers(s, Reaches(event="purchase"), entry="cart", rules=Rules(window_s=window_s))
        assert [row.key for row in found.harmful[:2]] == [
            "event:payment_error",
            "event:support_chat",
        ]


class TestInTheWay:
    def ask(self, trouble):
        """Whoever pays either has trouble at the next step, or the outcome."""
        rows = []
        for person in range(80):
            rows += [(person, 0, "in"), (person, 5, "paid")]
            rows.append((person, 9, trouble if person % 2 else "won"))
        rows.append((0, 10_000, "end"))
        who, at, did = zip(*rows, strict=True)
        names = sorted(set(did))
        s = Sequences.from_arrays(
            person=np.array(who),
            time_us=np.array(at) * 1_000_000,
            code=np.array([names.index(name) for name in did]),
            names=names,
        )
        return drivers(s, Reaches(event="won"), entry="in", rules=SHORT)

    def test_an_error_is_compared_with_the_outcome_it_stands_before(self):
        row = self.ask("Payment Failed").row("event:Payment Failed")
        assert (row.people, row.share, row.expected) == (40, 0, 1)
        assert row.is_significant

    def test_other_events_are_not(self):
        assert "event:look" not in {row.key for row in self.ask("look").rows}


class TestNothingIsACause:
    def test_long_journeys_that_see_more_fool_nobody(self):
        ours, naive = [], []
        for kind in NULL_TOWNS:
            for seed in (1, 2):
                s = null_town(kind, seed)
                found = drivers(s, Reaches(event="Goal"), entry="Entry", candidates=(Events(),))
                assert found.tested == 10
                assert not any(row.is_significant for row in found.rows)
                ours += [row.p < 0.05 for row in found.rows]
                if kind != "unrelated":
                    naive += [abs(naive_z(s, "Entry", "Goal", r.name)) > 1.96 for r in found.rows]
        assert np.mean(ours) <= 0.05
        assert np.mean(naive) > 0.9

    def test_numbers_by_chance_are_not_found(self):
        rng = np.random.default_rng(3)
        hits = []
        for seed in range(4):
            s = assigned(seed, lift=1.0, people=1_500)
            chunk = s.chunks[0]
            rating = [
                float(rng.normal()) if s.names[code] == "won" else None for code in chunk.code
            ]
            order = np.argsort(chunk.seq)
            s = Sequences.from_arrays(
                person=chunk.person[order],
                time_us=chunk.time[order],
                code=chunk.code[order],
                names=s.names,
                attributes=Attributes(properties={"rating": np.array(rating, object)[order]}),
            )
            found = drivers(
                s, Rates(property="rating"), entry="in", candidates=(Events(),), rules=SHORT
            )
            hits += [row.p < 0.05 for row in found.rows]
        assert np.mean(hits) <= 0.15


class TestSizes:
    def test_the_interval_covers_the_true_odds_ratio_and_effect(self):
        covered = []
        for seed in range(60):
            row = drivers(
                assigned(seed, lift=2.0, people=400),
                Reaches(event="won"),
                entry="in",
                candidates=(Events(names=("X",)),),
                rules=SHORT,
            ).rows[0]
            covered.append(row.low <= 2.0 <= row.high)
            truth = 6 / 13 - 0.3
            covered.append(row.effect_low <= truth * row.attempts <= row.effect_high)
        assert np.mean(covered) >= 0.9

    def test_attempts_of_one_person_do_not_count_as_so_many_people(self):
        # Everybody tries ten times, always exposed or never, and keeps to his own chance.
        rng = np.random.default_rng(4)
        rows = []
        for person in range(300):
            chance, is_exposed = rng.choice([0.05, 0.9]), person % 2
            for turn in range(10):
                at = turn * 1_000
                rows += [(person, at, 0), (person, at + 10, 2 + is_exposed)]
                if rng.random() < chance:
                    rows.append((person, at + 20, 1))
        rows.append((0, 20_000, 4))
        who, at, code = (np.array(column) for column in zip(*rows, strict=True))
        s = Sequences.from_arrays(
            person=who, time_us=at * 1_000_000, code=code, names=["in", "won", "other", "X", "end"]
        )
        row = drivers(
            s, Reaches(event="won"), entry="in", candidates=(Events(names=("X",)),), rules=SHORT
        ).rows[0]
        assert row.design_effect > 5
        assert (row.people, row.attempts) == (150, 1_500)
        assert row.low < 1 < row.high

    def test_a_month_of_effect_is_the_effect_scaled(self, checkout):
        row = checkout.row("event:Payment Failed")
        assert row.per_month == pytest.approx(row.effect * 30.4375 * DAY_S / checkout.span_s)

    def test_skew_is_told(self):
        rows = [(p, 0, 0) for p in range(300)] + [(p, 10, 1) for p in range(5)]
        rows.append((0, 10_000, 2))
        who, at, code = (np.array(column) for column in zip(*rows, strict=True))
        s = Sequences.from_arrays(
            person=who, time_us=at * 1_000_000, code=code, names=["in", "won", "end"]
        )
        assert drivers(s, Reaches(event="won"), entry="in", rules=SHORT).is_skewed


class TestUnchanged:
    @pytest.fixture(scope="class")
    @classmethod
    def s(cls):
        return assigned(1, lift=2.0, people=600)

    def ask(self, s, **more):
        return drivers(s, Reaches(event="won"), entry="in", rules=replace(SHORT, **more))

    def test_by_a_shift_of_all_times(self, s):
        chunk = s.chunks[0]
        shifted = Sequences.from_chunks([replace(chunk, time=chunk.time + 10**12)], names=s.names)
        assert self.ask(shifted).rows == self.ask(s).rows

    def test_by_people_who_never_enter(self, s):
        chunk = s.chunks[0]
        strangers = Sequences.from_arrays(
            person=np.arange(10_000, 10_050),
            time_us=np.full(50, 5_000_000),
            code=np.full(50, 3),
            names=s.names,
        )
        more = Sequences.from_chunks([chunk, strangers.chunks[0]], names=s.names)
        assert self.ask(more).rows == self.ask(s).rows

    def test_by_cutting_people_into_chunks(self, s):
        chunk = s.chunks[0]
        at = int(chunk.starts[300])

        def part(rows, starts):
            return replace(
                chunk,
                person=chunk.person[rows],
                time=chunk.time[rows],
                code=chunk.code[rows],
                seq=chunk.seq[rows],
                starts=starts,
            )

        halves = [
            part(slice(0, at), chunk.starts[:301]),
            part(slice(at, None), chunk.starts[300:] - at),
        ]
        cut = Sequences.from_chunks(halves, names=s.names)
        assert self.ask(cut).rows == self.ask(s).rows

    def test_exposure_after_the_outcome_does_not_count(self):
        rows = []
        for person in range(200):
            rows += [(person, 0, 0), (person, 5, 2)]
            if person % 2:
                rows += [(person, 10, 1), (person, 20, 3)]
        rows.append((0, 10_000, 4))
        who, at, code = (np.array(column) for column in zip(*rows, strict=True))
        s = Sequences.from_arrays(
            person=who, time_us=at * 1_000_000, code=code, names=["in", "won", "other", "X", "end"]
        )
        assert "event:X" not in {row.key for row in self.ask(s).rows}


class TestDrillDown:
    @pytest.mark.parametrize("key", ["event:Payment Failed", 'property:gateway="saman"', "first"])
    def test_the_people_are_those_counted(self, checkout, key):
        row = checkout.row(key)
        sides = {side: checkout.people_of(key, side) for side in ("exposed", "reached", "missed")}
        assert sides["exposed"].total == row.people
        assert sides["exposed"].count == row.attempts
        assert sides["reached"].count == row.reached
        assert sides["reached"].count + sides["missed"].count == row.attempts
        assert row.share == pytest.approx(row.reached / row.attempts)

    def test_everybody_is_everybody(self, checkout):
        assert checkout.people_of(EVERYBODY).total == checkout.people
        assert checkout.people_of(EVERYBODY, "reached").count == checkout.reached.count

    def test_those_who_had_failed_payments_had_them(self, checkout, town):
        s = town[0]
        failed = s.names.index("Payment Failed")
        chunk = s.chunks[0]
        had = set(chunk.person[chunk.code == failed].tolist())
        assert {one.person for one in checkout.people_of("event:Payment Failed").people} <= had

    def test_asks_for_what_there_is(self, checkout):
        with pytest.raises(NotFound):
            checkout.people_of("event:Nothing")
        with pytest.raises(BadInput) as refused:
            checkout.people_of("first", "left")
        assert refused.value.where == "side"


class TestCandidates:
    def test_findings_count_from_the_last_event_on(self):
        s = assigned(2, lift=1.0, people=400)
        chunk = s.chunks[0]
        met = chunk.person[np.isin(chunk.code, [3])].astype(np.int64)
        at = chunk.time[np.isin(chunk.code, [3])] + 1_000_000
        found = drivers(
            s,
            Reaches(event="won"),
            entry="in",
            candidates=(Events(names=("X",)), Findings(name="stuck", person=met, at_us=at)),
            rules=SHORT,
        )
        event, finding = found.row("event:X"), found.row("finding:stuck")
        assert (event.attempts, event.odds_ratio) == (finding.attempts, finding.odds_ratio)

    def test_findings_of_nobody_known_are_ignored(self):
        s = assigned(2, lift=1.0, people=100)
        lost = Findings(name="lost", person=np.array([99_999]), at_us=np.array([0]))
        assert drivers(s, Reaches(event="won"), candidates=(lost,), rules=SHORT).untested == 1

    def test_outcome_and_entry_may_be_conditions(self, town):
        condition = parse({"kind": "event", "names": ["Checkout Started"]}, where="entry")
        won = parse({"kind": "event", "names": ["Order Completed"]}, where="outcome")
        by_condition = drivers(town[0], Reaches(event=won), entry=condition)
        assert by_condition.rows == drivers(town[0], ORDERED, entry="Checkout Started").rows

    def test_roles_that_were_set_decide_what_is_a_step(self, town):
        roles = Roles.of(town[0].names, {"Chat Started": ["cart"]})
        found = drivers(town[0], ORDERED, entry="Checkout Started", rules=Rules(roles=roles))
        assert found.row("event:Chat Started").nature is Nature.STEP

    @pytest.mark.parametrize(
        ("ask", "where"),
        [
            (lambda s: drivers(s, Reaches(event="nothing")), "outcome.event"),
            (lambda s: drivers(s, ORDERED, entry="nothing"), "entry"),
            (lambda s: drivers(s, Rates(property="nothing")), "outcome.property"),
            (
                lambda s: drivers(s, ORDERED, candidates=(Events(names=("no",)),)),
                "candidates[0].names",
            ),
            (
                lambda s: drivers(s, ORDERED, candidates=(Property(path="no"),)),
                "candidates[0].path",
            ),
            (lambda s: drivers(s, ORDERED, candidates=(Trait(name="no"),)), "candidates[0].name"),
            (lambda s: drivers(s, ORDERED, rules=Rules(window_s=0)), "window_s"),
            (lambda s: drivers(s, ORDERED, rules=Rules(min_people=0)), "min_people"),
            (lambda s: drivers(s, ORDERED, rules=Rules(level=1)), "level"),
            (lambda s: drivers(s, Churns(days=0)), "outcome.days"),
        ],
    )
    def test_says_what_is_wrong_where(self, town, ask, where):
        with pytest.raises(BadInput) as refused:
            ask(town[0])
        assert refused.value.where == where

    def test_filters_leave_events_out(self, town):
        found = drivers(
            town[0],
            ORDERED,
            entry="Checkout Started",
            rules=Rules(filters=Filters(exclude=frozenset({"Payment Failed"}))),
        )
        assert "event:Payment Failed" not in {row.key for row in found.rows}

    def test_nobody_enters_and_nothing_is_found(self):
        s = Sequences.from_arrays(
            person=np.array([1]), time_us=np.array([1]), code=np.array([1]), names=["in", "won"]
        )
        found = drivers(s, Reaches(event="won"), entry="in")
        assert (found.attempts, found.rows, found.people) == (0, (), 0)


class TestTables:
    def test_frames_and_notebooks_show_the_rows(self, checkout):
        assert list(checkout.to_pandas()["key"]) == [row.key for row in checkout.rows]
        assert checkout.to_arrow().num_rows == len(checkout.rows)
        assert "observational" in checkout._repr_html_()
