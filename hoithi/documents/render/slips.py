"""Access-code slips of one unit: eight to an A4 page, to be cut and handed to each person.

Who holds a slip can sit the exam in that person's name, so a file holds one unit only and every
page says whose it is and how many slips there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hoithi.documents.render.qr import qr_codes
from hoithi.documents.render.typesetting import Plain, breakable, typeset
from hoithi.rules.codes import grouped


@dataclass(frozen=True, slots=True)
class Slip:
    """What one slip says.

    `number` is the số báo danh; `code` the access code without separators, printed in groups;
    `hall_url` where the code is typed, without a fragment; `opens_text` when, as in
    "Mở từ 08h00 ngày 05/10/2023"; `sample` prints that the person is made up.
    """

    name: str
    unit: str
    number: str
    code: str
    hall_url: str
    contest: str
    opens_text: str
    sample: bool


def slips_pdf(unit: str, slips: Sequence[Slip]) -> bytes:
    """The slips in the order given, row by row; without slips one page that says so."""
    codes = qr_codes(f"{slip.hall_url}#{slip.code}" for slip in slips)
    printed = [_slip(slip, code) for slip, code in zip(slips, codes, strict=True)]
    return typeset("slips.typ", {"unit": breakable(unit), "slips": printed})


def _slip(slip: Slip, code: str) -> dict[str, Plain]:
    return {
        "name": breakable(slip.name),
        "unit": breakable(slip.unit),
        "number": breakable(slip.number),
        "code": grouped(slip.code),
        "address": breakable(slip.hall_url.split("://", 1)[-1].rstrip("/")),
        "contest": breakable(slip.contest),
        "opens": breakable(slip.opens_text),
        "qr": code,
        "sample": slip.sample,
    }
