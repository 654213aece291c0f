"""The minutes of a sealing, to be signed by hand: the same fingerprints on paper as in public.

A paper that lies in a safe from the day of the sealing on cannot be made anew on a server.
"""

from __future__ import annotations

from django.conf import settings

from hoithi.contests.models import CommitteeSeat, Contest
from hoithi.contests.queries import plan_of
from hoithi.documents.render.decree import (
    Block,
    Column,
    Head,
    Heading,
    Paper,
    Paragraph,
    Signer,
    Table,
)
from hoithi.exam.models import Package
from hoithi.exam.queries import Contents, package_contents
from hoithi.exam.sealing import promise_of, signals_days_of, together_of
from hoithi.people.models import Approval, User
from hoithi.web.wording import ZONE, moment, number

_ROMAN = ("I", "II")
_UNSEALED = "a package that nobody has sealed has no minutes"


def sealing_record(package: Package) -> Paper:
    """The minutes in Vietnamese, by Decree 30/2020/NĐ-CP. Raises ValueError before the seal."""
    contest, plan = package.round.contest, plan_of(package.round.contest)
    sealing = package.sealing
    if sealing is None or sealing.second is None or sealing.second_at is None:
        raise ValueError(_UNSEALED)
    signers = [(sealing.first, sealing.first_at), (sealing.second, sealing.second_at)]
    posts = {user.pk: _post(contest, user) for user, _ in signers}
    return Paper(
        head=Head(
            issuer_parent=plan.papers.issuer_parent,
            issuer=plan.papers.issuer,
            symbol="",
            place=plan.document.place,
            issued_on=sealing.second_at.astimezone(ZONE).date(),
        ),
        kind="Biên bản",
        summary=f"Niêm phong đề số {package.number}, vòng {package.round.name} - {contest.title}",
        body=(
            *_part(
                0,
                "Người niêm phong",
                *(
                    Paragraph(f"{place}. {user.name}, {posts[user.pk]}: ký lúc {moment(at)}.")
                    for place, (user, at) in enumerate(signers, start=1)
                ),
            ),
            *_part(1, "Bộ câu hỏi được niêm phong", *_contents(package_contents(package))),
            _fingerprints(package),
            *_promises(package),
        ),
        signers=tuple(Signer((_capital(posts[user.pk]),), user.name) for user, _ in signers),
        sample=contest.is_sample,
    )


def _part(place: int, title: str, *blocks: Block) -> tuple[Block, ...]:
    return (Heading(f"{_ROMAN[place]}. {title.upper()}"), *blocks)


def _post(contest: Contest, user: User) -> str:
    """The title of a seat in the contest's bodies, else that of everybody who may seal."""
    seat = (
        CommitteeSeat.objects.filter(contest=contest, user=user, until=None)
        .exclude(title="")
        .first()
    )
    return seat.title if seat is not None else "thành viên Ban Tổ chức"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _contents(contents: Contents) -> tuple[Block, ...]:
    shares = [share for _, row in contents.rows for share in row if share is not None]
    there, wanted = sum(each.there for each in shares), sum(each.wanted for each in shares)
    levels = tuple(
        Column(_capital(level) if level else "Mọi mức độ", align="center")
        for level in contents.levels
    )
    return (
        Paragraph(
            f"Bộ câu hỏi có {number(there)} câu. Mỗi đề thi có {number(wanted)} câu, được máy rút "
            "theo bảng sau; mỗi ô ghi số câu trong một đề / số câu trong bộ."
        ),
        Table(
            columns=(Column("Chủ đề", share=3), *levels),
            rows=tuple(
                (
                    topic,
                    *(f"{each.wanted} / {number(each.there)}" if each else "" for each in row),
                )
                for topic, row in contents.rows
            ),
        ),
    )


def _fingerprints(package: Package) -> Table:
    return Table(
        columns=(Column("Của", 28), Column("Vân tay (mã băm SHA-256)", share=1)),
        rows=(
            ("Mã cam kết", _grouped(package.commitment)),
            ("Bộ câu hỏi", _grouped(package.questions_sha256)),
            ("Đáp án", _grouped(package.keys_sha256)),
        ),
    )


def _grouped(digest: str) -> str:
    """Eight by eight, as two people read it to each other."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _promises(package: Package) -> tuple[Block, ...]:
    page = f"{settings.PUBLIC_URL}/hoi-thi/{package.round.contest.key}/niem-phong/"
    blocks = []
    if package.withdrawal is not None and not package.is_leaving:
        blocks.append(_withdrawal(package.withdrawal))
    until = (
        "chỉ máy mở để chấm và báo điểm ngay cho người đã nộp bài, như thể lệ đã nêu, không ai đọc "
        "được trước khi thu xong mọi bài thi"
        if promise_of(package) != "none"
        else "chỉ máy mở để chấm từng câu đã hết giờ, vì mọi người cùng trả lời từng câu, không "
        "ai đọc được trước khi thu xong mọi bài thi"
        if together_of(package) is not None
        else "khóa cho đến khi thu xong mọi bài thi"
    )
    days = signals_days_of(package)
    recorded = (
        " Việc rời trang thi, sao chép, dán chữ, thiết bị và địa chỉ mạng (dạng mã hóa), tốc độ "
        "trả lời trong giờ làm bài được ghi nhận như thể lệ đã thông báo; các ghi nhận được xóa "
        f"{days} ngày sau khi ca thi kết thúc, kể cả khung giờ riêng."
        if days
        else ""
    )
    blocks.append(
        Paragraph(
            "Từ lúc niêm phong, câu hỏi và đáp án không sửa được nữa; đáp án được mã hóa và "
            f"{until}. Ba vân tay trên đã công khai tại "
            f"{page.split('://', 1)[-1]}. Sau khi công bố kết quả, câu hỏi và đáp án có trong hồ "
            "sơ kiểm chứng: ai cũng tính lại được vân tay và so với biên bản này."
            f"{recorded}"
        )
    )
    blocks.append(Paragraph("Biên bản được in thành … bản có giá trị như nhau./."))
    return tuple(blocks)


def _withdrawal(withdrawal: Approval) -> Paragraph:
    second = withdrawal.second.name if withdrawal.second else ""
    at = moment(withdrawal.second_at) if withdrawal.second_at else ""
    return Paragraph(
        f"Đề này đã được {withdrawal.first.name} và {second} thu hồi lúc {at}, trước khi có người "
        f"thi. Lý do: {withdrawal.reason}"
    )
