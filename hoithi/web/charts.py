"""Charts drawn on the server: words and figures are HTML that wraps and can be read aloud, and only
the bars are SVG. Nothing carries a style of its own; colours come from the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hoithi.web.wording import ZONE, marks

Amount = int | Decimal
_WIDTH, _HEIGHT = 1000, 200


class Tone(StrEnum):
    """What a bar's colour says; the words beside the bar must say it too."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. `minimum` draws a mark at the value to be reached; `note` says in words what the
    tone shows ("thiếu 6"); `href` leads to what is behind the figure."""

    label: str
    value: Amount
    minimum: Amount | None = None
    tone: Tone = Tone.PLAIN
    note: str = ""
    href: str = ""


def bars(
    rows: Sequence[Bar], *, title: str, description: str = "", heading: str = "", unit: str = ""
) -> SafeString:
    """A horizontal bar chart in the order given, with the same figures as a table behind it.

    `title` answers the question ("5 trong 8 đơn vị đã đủ 30 người"), `heading` names the rows and
    `unit` what is counted. Values are not negative. Bars share one scale from zero.
    """
    top = max((max(row.value, row.minimum or 0) for row in rows), default=0) or 1
    with_minimum = any(row.minimum is not None for row in rows)
    return format_html(
        '<figure class="chart"><figcaption>{}{}</figcaption><ul class="bars">{}</ul>{}{}</figure>',
        title,
        format_html("<span>{}</span>", description) if description else "",
        format_html_join("", "{}", ((_row(row, top),) for row in rows)),
        format_html('<p class="key">{}</p>', gettext("Minimum")) if with_minimum else "",
        _table(rows, heading, unit, with_minimum=with_minimum),
    )


def _row(row: Bar, top: Amount) -> SafeString:
    label = format_html('<a href="{}">{}</a>', row.href, row.label) if row.href else row.label
    least = "" if row.minimum is None else f"/{marks(row.minimum)}"
    note = f" · {row.note}" if row.note else ""
    return format_html(
        '<li><span class="label">{}</span><span class="value">{}<small>{}{}</small></span>{}</li>',
        label,
        marks(row.value),
        least,
        note,
        _drawing(row, top),
    )


def _drawing(row: Bar, top: Amount) -> SafeString:
    """Widths are shares of the drawing, so that it fits any screen without a script."""
    mark = ""
    if row.minimum is not None:
        place = _share(row.minimum, top)
        mark = format_html('<line class="least" x1="{0}" x2="{0}" y1="-2" y2="18"/>', place)
    return format_html(
        '<svg aria-hidden="true" focusable="false">'
        '<rect class="track" width="100%" height="16" rx="3"/>'
        '<rect class="fill fill-{}" width="{}" height="16" rx="3"/>{}</svg>',
        row.tone,
        _share(row.value, top),
        mark,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A figure over time, one value for each moment."""

    label: str
    values: Sequence[Amount]
    tone: Tone = Tone.PLAIN


def lines(
    at: Sequence[datetime], rows: Sequence[Line], *, title: str, description: str = ""
) -> SafeString:
    """Figures over time on one scale from zero: two moments or more, oldest first.

    `title` says what they come to now. Each line is named below the drawing with its last value.
    The figures as a table are `lines_table`, which stands elsewhere where the chart moves.
    """
    top = max(max(row.values) for row in rows) or 1
    span = (at[-1] - at[0]).total_seconds() or 1
    places = [(moment - at[0]).total_seconds() * _WIDTH / span for moment in at]
    drawing = format_html_join(
        "",
        '<polyline class="line-{}" points="{}"/>',
        ((row.tone, _path(places, row.values, top)) for row in rows),
    )
    named = format_html_join(
        "",
        '<li class="line-{}">{} <strong>{}</strong></li>',
        ((row.tone, row.label, marks(row.values[-1])) for row in rows),
    )
    return format_html(
        '<figure class="chart"><figcaption>{}{}</figcaption><div class="course">'
        '<span class="top">{}</span><svg aria-hidden="true" focusable="false"'
        ' viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>'
        '<p><span>{}</span><span>{}</span></p></div><ul class="lines">{}</ul></figure>',
        title,
        format_html("<span>{}</span>", description) if description else "",
        marks(top),
        _WIDTH,
        _HEIGHT,
        drawing,
        _hour(at[0], at[-1]),
        _hour(at[-1], at[0]),
        named,
    )


def _path(places: Sequence[float], values: Sequence[Amount], top: Amount) -> str:
    """Points of a polyline; nought is at the bottom."""
    return " ".join(
        f"{x:.1f},{float(_HEIGHT - Decimal(value) * _HEIGHT / Decimal(top)):.1f}"
        for x, value in zip(places, values, strict=True)
    )


def _hour(moment: datetime, other: datetime) -> str:
    """A moment of the day, with its date where the other is of another day."""
    here, there = moment.astimezone(ZONE), other.astimezone(ZONE)
    return f"{here:%H:%M}" if here.date() == there.date() else f"{here:%H:%M, %d/%m}"


def lines_table(moments: Sequence[str], rows: Sequence[Line], *, heading: str) -> SafeString:
    """The figures of `lines` as a table that can be opened."""
    return format_html(
        "<details><summary>{}</summary><table><thead><tr>"
        '<th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></details>',
        gettext("The figures as a table"),
        heading,
        format_html_join("", '<th scope="col" class="number">{}</th>', ((r.label,) for r in rows)),
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (
                    moment,
                    format_html_join(
                        "", '<td class="number">{}</td>', ((marks(r.values[at]),) for r in rows)
                    ),
                )
                for at, moment in enumerate(moments)
            ),
        ),
    )


def _share(value: Amount, top: Amount) -> str:
    return f"{Decimal(value) * 100 / Decimal(top):.2f}%"


def _table(rows: Sequence[Bar], heading: str, unit: str, *, with_minimum: bool) -> SafeString:
    number = '<td class="number">{}</td>'
    return format_html(
        "<details><summary>{}</summary><table><thead><tr>"
        '<th scope="col">{}</th><th scope="col" class="number">{}</th>{}'
        "</tr></thead><tbody>{}</tbody></table></details>",
        gettext("The figures as a table"),
        heading or gettext("Name"),
        unit or gettext("Number"),
        format_html('<th scope="col" class="number">{}</th>', gettext("Minimum"))
        if with_minimum
        else "",
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}{}</tr>',
            (
                (
                    row.label,
                    format_html(number, marks(row.value)),
                    format_html(number, "" if row.minimum is None else marks(row.minimum))
                    if with_minimum
                    else "",
                )
                for row in rows
            ),
        ),
    )
