"""The rules of WCAG 2.2, levels A and AA, that a machine can check."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


# Contrast of level AAA: 7 to 1, and 4.5 to 1 for large letters.
_STRONG_CONTRAST = {"color-contrast-enhanced": {"enabled": True}}


def broken_rules(page: Page, *, strong_contrast: bool = False) -> list[str]:
    """One line for each place where the page as it stands breaks a rule."""
    options = dict(_OPTIONS)
    if strong_contrast:
        options["rules"] = {"target-size": {"enabled": True}, **_STRONG_CONTRAST}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]
