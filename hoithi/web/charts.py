"""Charts drawn on the server: words and figures are HTML that wraps and can be read aloud, and only
the bars are SVG. Nothing carries a style of its own; colours come from the stylesheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hoithi.web.wording import marks

Amount = int | Decimal


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
