"""Accessibility of what a browser page shows, judged by axe."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXPERIMENTAL = {"label-content-name-mismatch": {"enabled": False}}
"""Of what axe itself calls experimental: it takes the numbers drawn on a bar for its label."""
_ASK = """
async ([tags, rules]) => {
  const found = await axe.run(document, { runOnly: tags, rules, resultTypes: ["violations"] });
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ") + " " + node.html).join(" | ")}`);
}
"""


def violations(page: Page) -> list[str]:
    """Return what breaks WCAG 2.2 A and AA on the page as it stands, with the elements."""
    # Through the protocol, not as a script element: the page's policy lets no stranger in.
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(_ASK, [TAGS, EXPERIMENTAL])
    return found
