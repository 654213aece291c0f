"""The list of results that is signed and published, in the form of Decree 30/2020/NĐ-CP.

The end of the list says which published version it is, its fingerprint as the page of seals shows
it, and where the bundle lies from which anybody can compute the places again. Times New Roman,
which the decree asks for, is used when its files are given; otherwise Libertinus Serif.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hoithi.documents.render.decree import (
    Block,
    Check,
    Column,
    Head,
    Paper,
    Paragraph,
    Signer,
    Table,
    paper_pdf,
)
from hoithi.documents.render.wording import points

_END = "./."


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One place: `number` is the số báo danh; `place` and `points` are missing when not ranked.

    `reason` says what separated equal points, or why there is no place.
    """

    place: int | None
    number: str
    name: str
    unit: str
    points: Decimal | None
    prize: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the table of units; `percent` is of its headcount."""

    place: int
    name: str
    participants: int
    headcount: int
    percent: Decimal
    score: Decimal
    prize: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResultsList:
    """What the list says; `title` and `subtitle` as in "Thông báo", "Kết quả vòng thi …".

    `fingerprint` and `check_url` may be empty while nothing is published. A list of `units` has
    no other rows; `of_teams` has teams in place of people.
    """

    head: Head
    title: str
    subtitle: str
    rows: tuple[ResultRow, ...]
    closing_text: str
    signers: tuple[Signer, ...]
    version: int
    fingerprint: str
    check_url: str
    basis: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    sample: bool = False
    units: tuple[UnitRow, ...] = ()
    of_teams: bool = False


def results_pdf(results: ResultsList, *, fonts: Path | None = None) -> bytes:
    """The list on A4 pages, rows in the order given.

    The columns of prizes and of reasons stand only where some row has one.
    """
    paper = Paper(
        head=results.head,
        kind=results.title,
        summary=results.subtitle,
        basis=results.basis,
        body=(
            _units(results.units)
            if results.units
            else _table(results.rows, of_teams=results.of_teams),
            *_closing(results.closing_text),
        ),
        signers=results.signers,
        recipients=results.recipients,
        sample=results.sample,
    )
    check = Check(results.version, results.fingerprint, results.check_url)
    return paper_pdf(paper, check=check if results.check_url else None, fonts=fonts)


def _table(rows: tuple[ResultRow, ...], *, of_teams: bool) -> Table:
    prizes = any(row.prize for row in rows)
    reasons = any(row.reason for row in rows)
    columns = [
        Column("Hạng", 14, align="center"),
        Column("Số đội" if of_teams else "SBD", _number_width(rows), align="center"),
        Column("Đội" if of_teams else "Họ và tên", share=3),
        Column("Đơn vị", share=2),
        Column("Điểm", 16, align="right"),
    ]
    if prizes:
        columns.append(Column("Giải", 25))
    if reasons:
        columns.append(Column("Ghi chú", 26))
    return Table(
        columns=tuple(columns),
        rows=tuple(_cells(row, prizes=prizes, reasons=reasons) for row in rows),
        when_empty="Không có thí sinh nào trong danh sách.",
    )


def _units(rows: tuple[UnitRow, ...]) -> Table:
    prizes = any(row.prize for row in rows)
    columns = [
        Column("Hạng", 14, align="center"),
        Column("Đơn vị", share=1),
        Column("Dự thi", 22, align="right"),
        Column("Tỷ lệ (%)", 19, align="right"),
        Column("Điểm", 19, align="right"),
    ]
    if prizes:
        columns.append(Column("Giải", 26))
    columns.append(Column("Ghi chú", 26))
    return Table(
        columns=tuple(columns),
        rows=tuple(_unit_cells(row, prizes=prizes) for row in rows),
    )


def _unit_cells(row: UnitRow, *, prizes: bool) -> tuple[str, ...]:
    return (
        str(row.place),
        row.name,
        f"{points(Decimal(row.participants))}/{points(Decimal(row.headcount))}",
        points(row.percent),
        points(row.score),
        *((row.prize,) if prizes else ()),
        row.reason,
    )


def _number_width(rows: tuple[ResultRow, ...]) -> int:
    """Millimetres for the longest number; from nine letters on it may break."""
    longest = max((len(row.number) for row in rows), default=0)
    return min(24, max(14, 6 + 2 * longest))


def _cells(row: ResultRow, *, prizes: bool, reasons: bool) -> tuple[str, ...]:
    return (
        "" if row.place is None else str(row.place),
        row.number,
        row.name,
        row.unit,
        "" if row.points is None else points(row.points),
        *((row.prize,) if prizes else ()),
        *((row.reason,) if reasons else ()),
    )


def _closing(text: str) -> tuple[Block, ...]:
    """The last paragraph with the mark that ends an official text."""
    bare = text.rstrip(" ./")
    return (Paragraph(bare + _END),) if bare else ()
