"""Every page of the desk and of the public site, as who reads it: small phone and office screen.

The pages are those of the table of addresses: a new one is walked without a word here.
`HOITHI_PAGES` names a folder for their pictures, to be looked at by people.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.addresses import ROLES
from tests.addresses.scene import Scene, build, parameters
from tests.browser.accessibility import bring_rules, broken_rules
from tests.browser.site import Site
from tests.test_urls import ADDRESSES, path_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The public, the units and the committee each read their own pages; the rest fill the gaps.
READERS = ("nobody", "officer", "committee", *ROLES)


def reader_of(scene: Scene, path: str) -> str:
    """The first who sees a page there; nobody at all where there is none."""
    for role in READERS:
        response = scene.client(role).get(path)
        if response.status_code == 200 and "text/html" in response.headers["Content-Type"]:
            return role
    return ""


def faults_of(site: Site, path: str) -> list[str]:
    """What is wrong with a page as it stands in this window."""
    site.complaints.clear()
    site.open(path)
    sideways = site.sideways()
    wide = [f"{sideways} px wider than the window"] if sideways else []
    return [*wide, *broken_rules(site.page), *site.complaints]


def test_every_page_fits_both_screens_and_breaks_no_rule_of_access(
    phone: Page, desktop: Page
) -> None:
    scene = build()
    values = parameters(scene)
    sites = (Site(phone), Site(desktop))
    for site in sites:
        bring_rules(site.page.context)
    found: list[str] = []
    read: set[str] = set()
    for name, address in sorted(ADDRESSES.items()):
        path = path_of(address, values)
        role = reader_of(scene, path)
        if not role:
            continue  # a file, or an address that is only written to
        read.add(role)
        for site in sites:
            site.become(scene.sessions.get(role))
            where = f"{name} as {role}, {site.page.viewport_size}"
            found += [f"{where}: {fault}" for fault in faults_of(site, path)]
            _picture(site.page, name)
    assert "\n".join(found) == ""
    assert read >= {"nobody", "officer", "organiser", "committee"}


def _picture(page: Page, name: str) -> None:
    folder = os.environ.get("HOITHI_PAGES")
    if folder:
        width = page.viewport_size["width"] if page.viewport_size else 0
        file = Path(folder) / f"{name.replace(':', '.')}-{width}.png"
        page.screenshot(path=file, full_page=True)
