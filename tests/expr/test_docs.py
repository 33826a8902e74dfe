"""The reference's examples run, and print what they say."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from hamsafar.expr import Op, parse, to_json
from hamsafar.expr.types import COUNT_OPS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "conditions.md").read_text("utf-8")


class TestReference:
    def test_python_prints_what_it_says(self):
        (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example, "conditions.md", "exec"), {})
        assert printed.getvalue().splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)

    def test_json_is_read(self):
        examples = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
        assert len(examples) == 2
        for example in examples:
            assert parse(to_json(parse(example))) == parse(example)

    def test_names_every_kind_and_operator(self):
        for op in Op:
            assert f"`{op}`" in PAGE
        (counted,) = re.findall(r"A `count` is compared by (.*)\.", PAGE)
        assert set(re.findall(r"`(\w+)`", counted)) == COUNT_OPS
        kinds = "all any not event property context channel source time trait did"
        for kind in kinds.split():
            assert f'"kind":"{kind}"' in PAGE
