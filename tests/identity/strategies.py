"""A small crowded world in which every rule bites."""

from itertools import pairwise

from hypothesis import strategies as st
from support.identity import event

from hamsafar.identity.types import Limit, Period, Rules

DAY = 86_400_000_000
BLOCKED = frozenset({"guest", "ناشناس", "000"})

IDENTIFIERS = [
    *(("user_id", f"u{n}") for n in range(5)),
    *(("anonymous_id", f"a{n}") for n in range(6)),
    *(("email", f"e{n}@x.ir") for n in range(4)),
    *(("phone", f"+98912{n}") for n in range(3)),
    ("card", "c1"),
    ("user_id", "guest"),
    ("anonymous_id", "000"),
    ("email", "ناشناس"),
]

RULES = [
    Rules(),
    Rules(limit_else=Limit(most=2), shared={"anonymous_id": 1}, shared_else=2),
    Rules(max_size=4, max_links=3),
    Rules(limits={"user_id": Limit(most=2)}, limit_else=Limit(most=2), join_identified=True),
    Rules(
        limits={
            "user_id": Limit(most=1),
            "email": Limit(most=1, period=Period.WEEKLY),
            "phone": Limit(most=1, period=Period.MONTHLY),
        },
        limit_else=Limit(most=1, period=Period.DAILY),
        shared_else=9,
        shared={},
    ),
    Rules(limit_else=Limit(most=1, period=Period.ANNUALLY), max_links=2),
]


@st.composite
def event_lists(draw, min_size=1, max_size=25):
    chosen = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(IDENTIFIERS), min_size=1, max_size=4, unique=True),
                st.integers(0, 40),
                st.integers(1, 2),
            ),
            min_size=min_size,
            max_size=max_size,
        )
    )
    numbers = draw(st.permutations(range(len(chosen))))
    return [
        event(*identifiers, at=day * DAY // 4, message_id=f"m{number:03}", source_id=source)
        for (identifiers, day, source), number in zip(chosen, numbers, strict=True)
    ]


@st.composite
def batches(draw, events):
    """The same events in any order, cut anywhere."""
    order = draw(st.permutations(events))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=6)))
    edges = [0, *cuts, len(order)]
    return [order[a:b] for a, b in pairwise(edges) if a < b]
