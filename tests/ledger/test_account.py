from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.journeys import Attributes, Party, Sequences, party_after, roles_of
from hamsafar.kernel.errors import BadInput
from hamsafar.ledger import Account, By, LedgerWish, WorkingHours, ledger
from hamsafar.ledger.types import Dimension

NAMES = (
    "Page: Home",
    "Call Started",
    "Call Answered",
    "Call Transferred",
    "Call Ended",
    "Question Asked",
    "Bot Answered",
    "Order Shipped",
    "Order Delivered",
)
CHANNELS = ("web", "call", "chat")
MINUTE_US = 60_000_000
LIVES = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 5000), st.integers(0, len(NAMES) - 1), st.integers(0, 2)
    ),
    min_size=1,
    max_size=40,
)
BY_ATTEMPT = LedgerWish(by=By.ATTEMPT, silence_s=20 * 3600)


def lived(events) -> Sequences:
    person, minute, code, channel = (np.array(column) for column in zip(*events, strict=True))
    return Sequences.from_arrays(
        person=person,
        time_us=minute * MINUTE_US,
        code=code,
        names=NAMES,
        attributes=Attributes(channel=channel, channels=CHANNELS),
    )


def told(*events: tuple[int, str], channel: str = "call") -> Sequences:
    place = CHANNELS.index(channel)
    return lived([(1, minute, NAMES.index(name), place) for minute, name in events])


def slow(events) -> dict[Party, int]:
    """Return minutes by party, the slow and obvious way."""
    found = dict.fromkeys(Party, 0)
    people = {event[0] for event in events}
    for who in people:
        own = sorted((e for e in events if e[0] == who), key=lambda e: e[1])
        runs = [[own[0]]]
        for a, b in pairwise(own):
            if b[1] - a[1] > 20 * 60:
                runs.append([])
            runs[-1].append(b)
        for run in runs:
            spent, party, company = dict.fromkeys(Party, 0), Party.CUSTOMER, False
            for at, event in enumerate(run):
                name = NAMES[event[2]]
                party = party_after(name, roles_of(name), CHANNELS[event[3]]) or party
                company |= party is not Party.CUSTOMER
                if at + 1 < len(run):
                    spent[party] += run[at + 1][1] - event[1]
            if company:
                for one, minutes in spent.items():
                    found[one] += minutes
    return found


class TestLedger:
    def test_each_stretch_belongs_to_whoever_was_waited_for(self):
        found = ledger(
            told(
                (0, "Page: Home"),
                (10, "Call Started"),
                (15, "Call Answered"),
                (18, "Call Transferred"),
                (25, "Call Answered"),
                (30, "Call Ended"),
                (50, "Page: Home"),
            ),
            BY_ATTEMPT,
        )
        assert {share.party: share.wall_s / 60 for share in found.shares} == {
            Party.CUSTOMER: 30,
            Party.QUEUE: 12,
            Party.HANDLING: 8,
            Party.THIRD_PARTY: 0,
        }
        assert found.elapsed_s == 50 * 60

    @settings(max_examples=200, deadline=None)
    @given(LIVES)
    def test_parts_are_those_of_a_slow_walk_and_add_up_to_the_elapsed_time(self, events):
        found = ledger(lived(events), BY_ATTEMPT)
        assert {share.party: share.wall_s / 60 for share in found.shares} == slow(events)
        assert sum(share.wall_s for share in found.shares) == found.elapsed_s
        assert all(share.business_s == share.wall_s for share in found.shares)

    @settings(max_examples=100, deadline=None)
    @given(LIVES)
    def test_business_time_is_never_more_and_rows_open_to_their_people(self, events):
        hours = WorkingHours(
            id="x", zone="Asia/Tehran", week={"thursday": (("08:00", "16:00"),)}, respond_s=600
        )
        account = Account.of(lived(events), BY_ATTEMPT, hours=[hours])
        found = account.ledger()
        assert all(share.business_s <= share.wall_s for share in found.shares)
        for dimension in Dimension:
            rows = [row for row in found.rows if row.dimension is dimension]
            for number, share in enumerate(found.shares):
                if share.party is not Party.CUSTOMER:
                    parts = sum(row.shares[number].wall_s for row in rows)
                    assert parts == pytest.approx(share.wall_s)
        for row in found.rows:
            for share in row.shares:
                crowd = account.crowd(share.cell).page(0, None)
                assert sum(s for p in crowd.people for s in p.seconds) == pytest.approx(
                    share.wall_s
                )
            for speed in (row.response, row.resolution):
                if speed is not None:
                    assert account.crowd(speed.cell).page(0, None).count == speed.count
                    assert account.crowd(speed.open_cell).page(0, None).count == speed.open


class TestSpeeds:
    def test_those_still_waiting_count_and_are_told(self):
        events = [(who, 0, 5, 2) for who in range(4)]
        events += [(who, 10 * (who + 1), 6, 2) for who in range(2)]
        found = ledger(lived(events), BY_ATTEMPT, as_of_us=60 * MINUTE_US).response
        assert (found.count, found.done, found.open, found.gave_up) == (4, 2, 2, 0)
        assert found.median_s == 20 * 60
        assert found.p90_s is None

    def test_a_contact_that_ends_without_an_answer_was_given_up(self):
        found = ledger(told((0, "Call Started"), (9, "Call Ended")), BY_ATTEMPT)
        assert (found.response.gave_up, found.response.done) == (1, 0)
        assert (found.resolution.done, found.resolution.median_s) == (1, 540)

    def test_promises_are_kept_in_working_time(self):
        night = told((0, "Call Started"), (10 * 60, "Call Answered"), (10 * 60 + 5, "Call Ended"))
        hours = WorkingHours(
            id="c",
            zone="UTC",
            week={"thursday": (("09:00", "17:00"),)},
            channels=("call",),
            respond_s=3600,
        )
        found = ledger(night, BY_ATTEMPT, hours=[hours]).response
        assert (found.median_s, found.wall_median_s) == (3600, 36000)
        assert (found.within.count, found.within.of, found.target_s) == (1, 1, 3600)

    def test_owners_go_before_channels(self):
        night = told((0, "Call Started"), (10 * 60, "Call Answered"))
        call = WorkingHours(id="c", zone="UTC", channels=("call",))
        desk = WorkingHours(
            id="d", zone="UTC", week={"thursday": (("09:00", "17:00"),)}, owners=("desk",)
        )
        wish = LedgerWish(by=By.ATTEMPT, owners={"Call Started": "desk"})
        found = ledger(night, wish, hours=[call, desk])
        owners = {row.key: row for row in found.rows if row.dimension is Dimension.OWNER}
        assert owners["desk"].response.median_s == 3600

    def test_what_is_no_number_is_refused(self):
        account = Account.of(told((0, "Call Started")), BY_ATTEMPT)
        for cell in ("nonsense", "channel:call:nobody", "planet:mars:queue"):
            with pytest.raises(BadInput):
                account.crowd(cell)
