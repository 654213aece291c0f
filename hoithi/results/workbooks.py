"""Published results as workbooks for Excel: official papers, so always in Vietnamese.

Each says on top which version it is, when that was published, and the hash of its data.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import override

from hoithi.contests.models import Contest
from hoithi.contests.queries import regulation_of
from hoithi.results.models import CollectivePublication, Publication
from hoithi.results.queries import PublishedRow, published_rows, with_side_prizes
from hoithi.results.wording import decided_by, units_decided_by
from hoithi.rules.regulation import Regulation
from hoithi.web.spreadsheets import Column, Kind, Table, write_workbook
from hoithi.web.wording import moment

_PEOPLE = (
    Column("STT", Kind.NUMBER),
    Column("Số báo danh"),
    Column("Họ và tên / Đội"),
    Column("Đơn vị"),
)
_RESULT = (
    *_PEOPLE,
    Column("Điểm", Kind.MARKS),
    Column("Xếp hạng", Kind.NUMBER),
    Column("Giải"),
    Column("Căn cứ xếp hạng"),
)
_BARRED = (*_PEOPLE, Column("Ghi chú"))
_UNITS = (
    Column("STT", Kind.NUMBER),
    Column("Mã đơn vị"),
    Column("Đơn vị"),
    Column("Số người", Kind.NUMBER),
    Column("Số người dự thi", Kind.NUMBER),
    Column("Tỷ lệ dự thi (%)", Kind.MARKS),
    Column("Điểm", Kind.MARKS),
    Column("Xếp hạng", Kind.NUMBER),
    Column("Giải"),
    Column("Căn cứ xếp hạng"),
)


def results_workbook(publication: Publication) -> bytes:
    """The list of results of a round; those who may not take part stand on a sheet of their own."""
    title = _title(f"KẾT QUẢ {publication.round.name.upper()}", publication)
    with override("vi"):
        regulation = regulation_of(publication.round)
        rows = [
            (at, row.number, row.name, row.unit, row.points, row.place, prize, reason)
            for at, row in enumerate(published_rows(publication), start=1)
            for reason in [_reason(row, regulation)]
            for prize in [with_side_prizes(publication, row.number, row.prize)]
        ]
    tables = [Table("Kết quả", _RESULT, rows, title)]
    barred = publication.content["barred"]
    if barred:
        apart = [
            (at, row["number"], row["name"], row["unit"], "Thuộc diện không dự thi")
            for at, row in enumerate(barred, start=1)
        ]
        tables.append(Table("Không xếp hạng", _BARRED, apart, title))
    return write_workbook(tables)


def _reason(row: PublishedRow, regulation: Regulation) -> str:
    reason = str(decided_by(row.decided_by, regulation))
    if row.passed_on is None:
        return reason
    left, kept = row.passed_on.prize, f"{row.passed_on.kept} của {row.passed_on.round}"
    return f"{reason}; không nhận {left}, giữ {kept}"


def collective_workbook(publication: CollectivePublication) -> bytes:
    """The table of units."""
    title = _title("KẾT QUẢ TẬP THỂ", publication)
    with override("vi"):
        rows = [
            (
                at,
                row["code"],
                row["unit"],
                row["headcount"],
                row["participants"],
                Decimal(row["percent"]),
                Decimal(row["score"]),
                row["place"],
                row["prize"],
                str(units_decided_by(row["decided_by"])),
            )
            for at, row in enumerate(publication.content["rows"], start=1)
        ]
    return write_workbook([Table("Tập thể", _UNITS, rows, title)])


def _title(heading: str, publication: Publication | CollectivePublication) -> tuple[str, ...]:
    contest: Contest = publication.contest
    lines = [
        heading,
        contest.title,
        f"Phiên bản {publication.number}, công bố lúc {moment(publication.published_at)}",
    ]
    if publication.sha256:
        lines.append(f"Vân tay (SHA-256): {publication.sha256}")
    if publication.reason:
        lines.insert(3, f"Đính chính: {publication.reason}")
    if contest.is_sample:
        lines.append("DỮ LIỆU MẪU, KHÔNG PHẢI KẾT QUẢ THẬT")
    return tuple(lines)
