"""Find functions, methods and classes that nothing names, with vulture's eyes.

Vulture's own command lets a confidence decide: high, and dead functions pass; low, and every field of
a response model is an offence. Here the kind of thing decides. Fields and variables are left to ruff.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from vulture.core import Item, Vulture

HOME = Path(__file__).parents[1]
LOOKED_AT = ("src/hamsafar", "vulture_allow.py")
ASKED_BY = ("tests", "benchmarks", "console/scripts")
ROUTES = [f"@*.{verb}" for verb in ("get", "post", "put", "patch", "delete", "exception_handler")]


def dead() -> Iterator[Item]:
    """Yield what is defined in the product and named nowhere, not even in a test."""
    eye = Vulture(ignore_decorators=[*ROUTES, "@*.command", "@*.callback"])
    paths = [str(HOME / path) for path in (*LOOKED_AT, *ASKED_BY)]
    eye.scavenge(paths, exclude=["*/node_modules/*"])
    for items in (
        eye.unused_funcs,
        eye.unused_methods,
        eye.unused_props,
        eye.unused_classes,
        eye.unused_imports,
        eye.unreachable_code,
    ):
        yield from (i for i in items if i.filename.is_relative_to(HOME / "src"))


def main() -> int:
    """Print the findings; return 1 when there are any."""
    found = sorted(dead(), key=lambda item: (item.filename, item.first_lineno))
    for item in found:
        print(  # noqa: T201 - a command talks by printing
            f"{item.filename.relative_to(HOME)}:{item.first_lineno}: {item.message}"
        )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
