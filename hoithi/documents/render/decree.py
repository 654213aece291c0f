"""Papers in the form of Decree 30/2020/NĐ-CP, Annex I: head, bases, body, signatures, recipients.

The decree asks for Times New Roman. It is used when a folder with its files is given as `fonts`;
otherwise Libertinus Serif stands in, which is embedded in typst, holds every Vietnamese letter and
gives the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from hoithi.documents.render.qr import qr_codes
from hoithi.documents.render.typesetting import Plain, breakable, typeset
from hoithi.documents.render.wording import long_date, number_and_symbol

_LONGEST_WHOLE = 150


@dataclass(frozen=True, slots=True)
class Head:
    """Boxes 1 to 4 of the form.

    `issuer_parent` may be empty. Without `symbol` there is no number line; without `number` or
    `issued_on` they stay open for the pen, in the year `year`.
    """

    issuer_parent: str
    issuer: str
    symbol: str
    place: str
    number: int | None = None
    issued_on: date | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the lines of authority and post, as in ("TM. Ban Tổ chức", "Trưởng ban")."""

    posts: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Check:
    """How a published paper is checked: its version, the fingerprint of that version as the page of
    seals shows it (may be empty), and where the bundle lies from which anybody can compute it
    again."""

    version: int
    fingerprint: str
    url: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A justified paragraph; `lead` stands before it in bold, as in "Điều 1."."""

    text: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number, as in "I. MỤC ĐÍCH"; a Chương is centred and has two lines."""

    text: str
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; without a width it takes its share of what the others leave."""

    title: str
    width_mm: int | None = None
    share: int = 1
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page; a row has one text a column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    when_empty: str = "Không có dòng nào."


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing (SVG) over the whole width with its title; `alt` is read to who cannot see it."""

    title: str
    svg: str
    alt: str


Block: TypeAlias = Paragraph | Heading | Table | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper.

    `kind` is the name in capitals, as in "Biên bản"; a công văn has none, and its `summary` goes
    under the number as "V/v …". `addressees` follow "Kính gửi:". Ends of bases and recipients
    (";" and ".") are set here. One signer stands beside the recipients, several in pairs above
    them. `sample` prints that the data are made up.
    """

    head: Head
    kind: str
    summary: str
    body: tuple[Block, ...]
    signers: tuple[Signer, ...]
    basis: tuple[str, ...] = ()
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    sample: bool = False


def paper_pdf(paper: Paper, *, check: Check | None = None, fonts: Path | None = None) -> bytes:
    """The paper on A4 pages, numbered from the second on; `check` stands at its end."""
    content = _paper_data(paper) | {"check": _check(check) if check else None}
    return typeset("paper.typ", content, fonts=fonts)


def _paper_data(paper: Paper) -> dict[str, Plain]:
    """The paper as templates/decree.typ reads it."""
    return {
        "head": _head(paper),
        "kind": breakable(paper.kind),
        "summary": breakable(paper.summary),
        "addressees": [breakable(line) for line in ended(paper.addressees)],
        "basis": [breakable(line) for line in ended(paper.basis)],
        "body": [_block(block) for block in paper.body],
        "signers": [
            {"posts": [breakable(post) for post in signer.posts], "name": breakable(signer.name)}
            for signer in paper.signers
        ],
        "recipients": [breakable(line) for line in ended(paper.recipients)],
        "sample": paper.sample,
    }


def _check(check: Check) -> dict[str, Plain]:
    (code,) = qr_codes([check.url])
    return {
        "version": check.version,
        "fingerprint": check.fingerprint,
        "address": breakable(check.url.split("://", 1)[-1]),
        "qr": code,
    }


def _head(paper: Paper) -> dict[str, Plain]:
    head = paper.head
    return {
        "parent": breakable(head.issuer_parent),
        "issuer": breakable(head.issuer),
        "number": breakable(line_of_number(head)),
        "place_and_date": breakable(line_of_place(head)),
    }


def line_of_number(head: Head) -> str:
    """Number and symbol, as in "05/KH-STTTT"; empty without a symbol."""
    return number_and_symbol(head.number, head.symbol) if head.symbol else ""


def line_of_place(head: Head) -> str:
    """Place and date, as in "Đắk Nông, ngày 05 tháng 9 năm 2023"."""
    return f"{head.place}, {long_date(head.issued_on, year=head.year)}"


def _block(block: Block) -> dict[str, Plain]:
    match block:
        case Paragraph(text, lead):
            return {"is": "paragraph", "text": breakable(text), "lead": breakable(lead)}
        case Heading(text, centred):
            lines = [breakable(line) for line in text.splitlines()]
            return {"is": "heading", "lines": lines, "centred": centred}
        case Picture(title, svg, alt):
            return {"is": "picture", "title": breakable(title), "svg": svg, "alt": alt}
        case Table(columns, rows, when_empty):
            return {
                "is": "table",
                "columns": [
                    {
                        "title": column.title,
                        "width": column.width_mm,
                        "share": column.share,
                        "align": column.align,
                    }
                    for column in columns
                ],
                "cells": _cells(columns, rows),
                # A row stays on one page, unless it could be longer than a page.
                "rows_break": any(len(text) > _LONGEST_WHOLE for row in rows for text in row),
                "when_empty": when_empty,
            }


def _cells(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> list[str]:
    """All texts row by row: typst fills columns in turn, and a short row would shift the rest."""
    return [
        breakable(text, longest=8) for row in rows for text, _ in zip(row, columns, strict=True)
    ]


def ended(lines: Sequence[str]) -> list[str]:
    """The lines of a list, each ending with ";" and the last with "."."""
    bare = [" ".join(line.split()).rstrip(" ;.") for line in lines]
    return [f"{line};" for line in bare[:-1]] + [f"{line}." for line in bare[-1:]]
