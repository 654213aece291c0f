"""The stylesheet: readable in both themes, fed from its own origin, and whole."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import ROOM

FOLDER = ROOM / "static" / "web"
CSS = (FOLDER / "web.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root[^{]*\{(.*?)\}", CSS, re.DOTALL)[:2]
)
GROUNDS = ("paper", "ground")
TEXTS = [(text, ground) for text in ("ink", "muted", "brand", "bad") for ground in GROUNDS]
TEXTS += [(tone, f"{tone}-soft") for tone in ("brand", "good", "warn", "bad")]
TEXTS += [("ink", f"{tone}-soft") for tone in ("brand", "good", "warn", "bad")]
TEXTS += [("on-brand", "brand"), ("on-accent", "accent"), ("muted", "brand-soft")]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_of_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_stands_out_from_its_ground(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("line", ["edge", "focus"])
def test_edges_of_fields_and_focus_are_seen(theme: dict[str, str], line: str, ground: str) -> None:
    assert contrast(theme[line], theme[ground]) >= 3


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_every_property_that_is_used_is_defined() -> None:
    assert set(re.findall(r"var\(--([\w-]+)\)", CSS)) <= set(re.findall(r"--([\w-]+):", CSS))


def test_braces_are_balanced() -> None:
    assert CSS.count("{") == CSS.count("}")


def test_files_that_the_stylesheet_names_stand_beside_it() -> None:
    named = set(re.findall(r'url\("([^"]+)"\)', CSS))
    assert named == {"drum.svg"}
    assert all((FOLDER / name).is_file() for name in named)


def test_every_class_of_the_frame_has_its_rule() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", CSS))
    used = {
        word
        for path in (ROOM / "templates").rglob("*.html")
        for names in re.findall(r'class="([^"{%]+)"', path.read_text())
        for word in names.split()
    }
    assert used - known == set()


def test_warnings_stay_on_paper() -> None:
    """That people are made up, or that a version is no longer in force, is read on paper too."""
    hidden = re.findall(
        r"([^{}]+)\{ display: none !important; \}", CSS[CSS.index("@layer paper") :]
    )
    assert [each.strip() for rule in hidden for each in rule.split(", ") if ".bands" in each] == [
        ".bands .band:not(.band-warn",
    ]
