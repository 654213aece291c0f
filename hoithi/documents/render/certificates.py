"""Certificates of a contest: one A4 page across each, thousands in one file.

A certificate proves a prize in a contest. It is not the giấy khen or bằng khen of Law 06/2022/QH15,
whose printed forms are fixed; hence the layout of our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hoithi.documents.render.qr import qr_codes
from hoithi.documents.render.typesetting import Plain, breakable, typeset
from hoithi.documents.render.wording import long_date

_LARGEST_TAGGED = 200


@dataclass(frozen=True, slots=True)
class Certificate:
    """What one certificate says.

    `prize` as in "Giải Nhất"; `round_or_form` as in "Hình thức thi trực tuyến", may be empty;
    `signer_title` may have several lines; `number` as in "012/GCN-BTC", may be empty; `check_url`
    opens the public page of this certificate; `sample` prints that the person is made up.
    """

    name: str
    unit: str
    prize: str
    contest: str
    round_or_form: str
    issuer_parent: str
    issuer: str
    place: str
    issued_on: date
    signer_title: str
    signer_name: str
    number: str
    check_url: str
    sample: bool = False


def certificates_pdf(certificates: Sequence[Certificate]) -> bytes:
    """One page a certificate, in the order given.

    Raises ValueError when there is none: a PDF has at least one page, and a blank certificate is
    worse than an error.
    """
    if not certificates:
        raise ValueError("no certificates to print")
    codes = qr_codes(certificate.check_url for certificate in certificates)
    pages = [
        _page(certificate, code) for certificate, code in zip(certificates, codes, strict=True)
    ]
    tagged = len(pages) <= _LARGEST_TAGGED
    return typeset("certificates.typ", {"pages": pages}, tagged=tagged)


def _page(certificate: Certificate, code: str) -> dict[str, Plain]:
    return {
        "name": breakable(certificate.name),
        "unit": breakable(certificate.unit),
        "prize": breakable(certificate.prize),
        "contest": breakable(certificate.contest),
        "round": breakable(certificate.round_or_form),
        "parent": breakable(certificate.issuer_parent),
        "issuer": breakable(certificate.issuer),
        "place_and_date": breakable(f"{certificate.place}, {long_date(certificate.issued_on)}"),
        "signer_title": [breakable(line) for line in certificate.signer_title.splitlines()],
        "signer": breakable(certificate.signer_name),
        "number": breakable(certificate.number),
        "address": breakable(certificate.check_url.split("://", 1)[-1]),
        "qr": code,
        "sample": certificate.sample,
    }
