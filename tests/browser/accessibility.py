"""The rules of WCAG 2.2, levels A and AA, that a machine can check."""

from __future__ import annotations

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


# Contrast of level AAA: 7 to 1, and 4.5 to 1 for large letters.
_STRONG_CONTRAST = {"color-contrast-enhanced": {"enabled": True}}


def bring_rules(context: BrowserContext) -> None:
    """Have the checker in every page from now on: half a megabyte is sent to the browser once, and
    not for every check. For who checks many pages.
    """
    context.add_init_script(AXE_SCRIPT)


def broken_rules(page: Page, *, strong_contrast: bool = False) -> list[str]:
    """One line for each place where the page as it stands breaks a rule."""
    options = dict(_OPTIONS)
    if strong_contrast:
        options["rules"] = {"target-size": {"enabled": True}, **_STRONG_CONTRAST}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(f"axe.run({json.dumps(options)}).then(found => found.violations)")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
