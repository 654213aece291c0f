"""Seconds for the certificates of a large contest: two thousand pages in one PDF."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date

from bench.figures import Figure
from hoithi.documents.render.certificates import Certificate, certificates_pdf

PAGES = 2000
_FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Điểu", "H'", "Y")
_GIVEN_NAMES = ("Ngọc Ánh", "Thị Hạnh", "Văn Dũng", "Quốc Bảo", "Thùy Linh", "K'Rứ", "Blô Niê")
_UNITS = ("Phường Bắc Gia Nghĩa", "Xã Đắk Wil", "Xã Quảng Khê", "Sở Khoa học và Công nghệ")


def measure() -> Iterator[Figure]:
    """Seconds from plain data to bytes; every name, number and address differs."""
    certificates = [certificate(place) for place in range(PAGES)]
    started = time.perf_counter()
    size = len(certificates_pdf(certificates))
    seconds = time.perf_counter() - started
    yield Figure("certificates_2000_s", seconds, 3, "lower", {"pages": PAGES, "bytes": size})


def certificate(place: int) -> Certificate:
    """One of many, unlike all others."""
    family = _FAMILY_NAMES[place % len(_FAMILY_NAMES)]
    given = _GIVEN_NAMES[place % len(_GIVEN_NAMES)]
    return Certificate(
        name=f"{family} {given} {place}",
        unit=_UNITS[place % len(_UNITS)],
        prize="Giải Khuyến khích",
        contest="Hội thi tìm hiểu về chuyển đổi số tỉnh Đắk Nông năm 2023",
        round_or_form="Hình thức thi trực tuyến",
        issuer_parent="UBND tỉnh Đắk Nông",
        issuer="Ban Tổ chức Hội thi tìm hiểu về chuyển đổi số",
        place="Đắk Nông",
        issued_on=date(2023, 10, 5),
        signer_title="Trưởng ban",
        signer_name="Người ký mẫu",
        number=f"{place + 1:04d}/GCN-BTC",
        check_url=f"https://hoithi.example.vn/gcn/{place * 7919 % 100000:05d}-{place:04d}",
        sample=True,
    )
