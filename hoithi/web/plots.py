"""Lines over time as one SVG, for a page and for paper alike.

Colours and sizes stand in attributes, for paper; the stylesheet has the last word on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 400, 210
_LEFT, _RIGHT, _BOTTOM = 46, 10, 26
_ABOVE, _LEGEND = 10, 14
_COLOURS = {"plain": "#1f4e8c", "muted": "#8a93a1", "bad": "#a3161b"}
_STEPS = (1, 2, 5)
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line; None is a gap. `tone` is plain, muted or bad."""

    name: str
    values: Sequence[int | None]
    tone: str = "plain"


def plot(
    lines: Sequence[Line], *, at_s: Sequence[int], title: str, limit: int | None = None
) -> str:
    """The lines over seconds, from zero; `limit` is drawn across where it is in sight.

    `title` is what a reader of screens is told in place of the picture.
    """
    most = max((value for line in lines for value in line.values if value is not None), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    last = max(at_s, default=0) or 1
    begins = _ABOVE + _LEGEND * len(lines)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'class="plot" font-family="Libertinus Serif" font-size="11">'
        f"<title>{escape(title)}</title>"
    )
    parts = [head]
    for value in range(0, top + 1, step):
        y = _y(value, top, begins)
        parts.append(
            f'<line class="plot-grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" '
            f'stroke="#d5dae1"/>' + _text(_LEFT - 5, y + 4, _figure(value), "end")
        )
    for at, word in _times(last):
        parts.append(_text(_x(at, last), _HEIGHT - 8, word, "middle"))
    if limit is not None and limit <= top:
        y = _y(limit, top, begins)
        parts.append(
            f'<line class="plot-limit" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" '
            f'stroke="{_COLOURS["bad"]}" stroke-dasharray="5 4"/>'
        )
    for place, line in enumerate(lines):
        colour = _COLOURS[line.tone]
        parts += [
            f'<polyline class="plot-line plot-{line.tone}" fill="none" stroke="{colour}" '
            f'stroke-width="1.6" points="{points}"/>'
            for points in _pieces(line.values, at_s, (top, begins), last)
        ]
        y = _LEGEND * place
        parts.append(
            f'<rect class="plot-mark plot-{line.tone}" x="{_LEFT}" y="{y + 6}" width="14" '
            f'height="4" fill="{colour}"/>' + _text(_LEFT + 19, y + 12, line.name, "start")
        )
    return "".join([*parts, "</svg>"])


def clock(seconds: int) -> str:
    """Minutes and seconds since the beginning: 75 → "1:15"."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _step(most: int) -> int:
    """A round distance between lines, so that there are four of them or fewer."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * _TICKS >= most:
                return step * power
        power *= 10


def _times(last: int) -> list[tuple[int, str]]:
    step = max(1, last // _TICKS)
    return [(at, clock(at)) for at in range(0, last + 1, step)][: _TICKS + 1]


def _pieces(
    values: Sequence[int | None], at_s: Sequence[int], scale: tuple[int, int], last: int
) -> Iterator[str]:
    """The points of every stretch without a gap; a single one is drawn as a short stroke."""
    run: list[str] = []
    for value, at in zip([*values, None], [*at_s, 0], strict=True):
        if value is not None:
            run.append(f"{_x(at, last)},{_y(value, *scale)}")
        elif run:
            yield " ".join(run if len(run) > 1 else run * 2)
            run = []


def _x(at: int, last: int) -> str:
    return f"{_LEFT + (_WIDTH - _LEFT - _RIGHT) * at / last:.1f}"


def _y(value: int, top: int, begins: int) -> int:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - begins) * value / top)


def _figure(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _text(x: str | int, y: int, word: str, anchor: str) -> str:
    return (
        f'<text class="plot-text" x="{x}" y="{y}" text-anchor="{anchor}" fill="#4a5261">'
        f"{escape(word)}</text>"
    )
