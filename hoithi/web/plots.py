"""Lines over time as one SVG, for a page and for paper alike.

Colours and sizes stand in attributes, for paper; the stylesheet has the last word on a page. A
colour is never alone: each tone has a stroke of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from html import escape
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hoithi.web.wording import ZONE, marks

Amount = int | Decimal
_WIDTH, _HEIGHT = 400, 210
_LEFT, _RIGHT, _BOTTOM = 46, 14, 26
_ABOVE, _LEGEND = 10, 14
_COLOURS = {"plain": "#1f4e8c", "good": "#1b6b3a", "muted": "#8a93a1", "bad": "#a3161b"}
_DASHES = {"good": "8 4", "bad": "2 3"}
_STEPS = (1, 2, 5)
_TICKS = 4
_SHORT = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line; None is a gap. `tone` is plain, good, muted or bad."""

    name: str
    values: Sequence[Amount | None]
    tone: str = "plain"


Tick = tuple[int, str]


def plot(
    lines: Sequence[Line],
    *,
    at_s: Sequence[int],
    title: str,
    limit: int | None = None,
    ticks: Sequence[Tick] | None = None,
    with_names: bool = True,
) -> str:
    """The lines over seconds, from zero; `limit` is drawn across where it is in sight.

    `title` is what a reader of screens is told in place of the picture. `ticks` are words below it,
    minutes and seconds unless others are given; the names of the lines stand above, unless they
    stand elsewhere.
    """
    known = [value for line in lines for value in line.values if value is not None]
    most = ceil(max(known, default=0))
    step = _step(most)
    top = max(step, -(-most // step) * step)
    last = max(at_s, default=0) or 1
    begins = _ABOVE + (_LEGEND * len(lines) if with_names else 0)
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
    for at, word in _times(last) if ticks is None else ticks:
        parts.append(_text(_x(at, last), _HEIGHT - 8, word, _anchor(at, last, word)))
    if limit is not None and limit <= top:
        y = _y(limit, top, begins)
        parts.append(
            f'<line class="plot-limit" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}" '
            f'stroke="{_COLOURS["bad"]}" stroke-dasharray="5 4"/>'
        )
    for place, line in enumerate(lines):
        stroke = _stroke(line.tone)
        parts += [
            f'<polyline class="plot-line plot-{line.tone}" fill="none" {stroke} points="{points}"/>'
            for points in _pieces(line.values, at_s, (top, begins), last)
        ]
        if with_names:
            y = _LEGEND * place + 8
            parts.append(
                f'<line class="plot-line plot-{line.tone}" x1="{_LEFT}" x2="{_LEFT + 20}" y1="{y}" '
                f'y2="{y}" {stroke}/>' + _text(_LEFT + 26, y + 4, line.name, "start")
            )
    return "".join([*parts, "</svg>"])


def clock(seconds: int) -> str:
    """Minutes and seconds since the beginning: 75 → "1:15"."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def hours(at: Sequence[datetime]) -> list[Tick]:
    """Hours of the day below moments, oldest first; of several days the date too, and fewer."""
    begins, ends = at[0].astimezone(ZONE), at[-1].astimezone(ZONE)
    is_one_day = begins.date() == ends.date()
    parts, written = (_TICKS, "%H:%M") if is_one_day else (2, "%H:%M, %d/%m")
    last = round((ends - begins).total_seconds())
    if last < parts * 60:
        written = "%H:%M:%S"
    places = [round(last * part / parts) for part in range(parts + 1)]
    return [(each, f"{begins + timedelta(seconds=each):{written}}") for each in places]


def figure(
    lines: Sequence[Line],
    *,
    at_s: Sequence[int],
    title: str,
    description: str = "",
    limit: int | None = None,
    ticks: Sequence[Tick] | None = None,
    with_last: bool = False,
) -> SafeString:
    """A plot for a page, the lines named below it in words that wrap, with their last values where
    that is what they come to now.

    The figures as a table are `table`, which stands elsewhere where the plot moves.
    """
    named = format_html_join(
        "",
        '<li class="line-{}">{}{}</li>',
        ((line.tone, line.name, _last(line) if with_last else "") for line in lines),
    )
    drawn = plot(lines, at_s=at_s, title=title, limit=limit, ticks=ticks, with_names=False)
    return format_html(
        '<figure class="chart"><figcaption>{}{}</figcaption>{}<ul class="lines">{}</ul></figure>',
        title,
        format_html("<span>{}</span>", description) if description else "",
        SafeString(drawn),
        named,
    )


def table(moments: Sequence[str], lines: Sequence[Line], *, heading: str) -> SafeString:
    """The figures of lines as a table that can be opened."""
    return format_html(
        "<details><summary>{}</summary><table><thead><tr>"
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></details>',
        gettext("The figures as a table"),
        heading,
        format_html_join("", '<th scope="col" class="number">{}</th>', ((e.name,) for e in lines)),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (
                    moment,
                    format_html_join(
                        "", '<td class="number">{}</td>', ((_shown(e.values[at]),) for e in lines)
                    ),
                )
                for at, moment in enumerate(moments)
            ),
        ),
    )


def _shown(value: Amount | None) -> str:
    return "–" if value is None else marks(value)


def _last(line: Line) -> SafeString:
    return format_html(" <strong>{}</strong>", _shown(line.values[-1]))


def _stroke(tone: str) -> str:
    dashes = f' stroke-dasharray="{_DASHES[tone]}"' if tone in _DASHES else ""
    return f'stroke="{_COLOURS[tone]}" stroke-width="1.6"{dashes}'


def _step(most: int) -> int:
    """A round distance between lines, so that there are four of them or fewer."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * _TICKS >= most:
                return step * power
        power *= 10


def _times(last: int) -> list[Tick]:
    step = max(1, last // _TICKS)
    return [(at, clock(at)) for at in range(0, last + 1, step)][: _TICKS + 1]


def _anchor(at: int, last: int, word: str) -> str:
    """Words below the ends stay within the picture."""
    if at > last - last // _TICKS // 2:
        return "end"
    return "start" if at == 0 and len(word) > _SHORT else "middle"


def _pieces(
    values: Sequence[Amount | None], at_s: Sequence[int], scale: tuple[int, int], last: int
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


def _y(value: Amount, top: int, begins: int) -> int:
    return round(_HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - begins) * value / top)


def _figure(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def _text(x: str | int, y: int, word: str, anchor: str) -> str:
    return (
        f'<text class="plot-text" x="{x}" y="{y}" text-anchor="{anchor}" fill="#4a5261">'
        f"{escape(word)}</text>"
    )
