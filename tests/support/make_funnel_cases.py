"""Make tests/journeys/cases/window_funnel.jsonl: random logs and what ClickHouse says of them.

    python tests/support/make_funnel_cases.py

Unlike uniform logs these have many ties, repeated steps, long funnels, and windows that just
fit. `strict_once` uses an event once, the default as often as it meets steps.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

from chdb import session

CASES = Path(__file__).parents[1] / "journeys" / "cases" / "window_funnel.jsonl"
SEED = 20_261_123
HOW_MANY = 400


def case(rng: random.Random) -> dict[str, object]:
    names = "ABCDEF"[: rng.randint(2, 6)]
    steps = [rng.choice(names) for _ in range(rng.randint(1, 6))]
    if rng.random() < 0.6:
        steps = list(dict.fromkeys(steps))
    span = rng.choice([3, 8, 20, 60])
    events = sorted(
        [rng.randint(0, span), rng.choice(names + "X")] for _ in range(rng.randint(1, 18))
    )
    if rng.random() < 0.5:
        rng.shuffle(events)
        events.sort(key=lambda event: event[0])
    return {"events": events, "steps": steps, "window": rng.randint(0, span)}


def main() -> None:
    rng = random.Random(SEED)
    clickhouse = session.Session()
    lines = []
    for _ in range(HOW_MANY):
        made = case(rng)
        rows = ", ".join(f"({t}, '{name}')" for t, name in made["events"])
        meets = ", ".join(f"n = '{step}'" for step in made["steps"])
        window = made["window"]
        sql = (
            f"SELECT windowFunnel({window})(t, {meets}), "
            f"windowFunnel({window}, 'strict_once')(t, {meets}) "
            f"FROM values('t UInt32, n String', {rows}) FORMAT CSV"
        )
        default, once = (int(word) for word in str(clickhouse.query(sql)).strip().split(","))
        lines.append(json.dumps({**made, "default": default, "strict_once": once}))
    CASES.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
