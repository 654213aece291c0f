"""The real plan of 2023: its fixed facts, and that nothing is lost between file and types."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import parse_plan, read_plan
from hoithi.contests.plan.writing import write_plan

PLAN_FILE = Path(__file__).parents[3] / "plans/daknong-2023/contest.toml"
PLAN = read_plan(PLAN_FILE)
ONLINE = PLAN.round("truc-tuyen")
LIVE = PLAN.round("truc-tiep")


def test_it_makes_sense() -> None:
    assert check_plan(PLAN) == []


def test_an_exported_plan_is_the_same_plan() -> None:
    assert parse_plan(write_plan(PLAN).encode()) == PLAN


def test_the_fixed_facts_of_the_plan() -> None:
    quiz = LIVE.segments[1]
    assert [topic.name for topic in PLAN.topics] == [
        "Chính quyền điện tử",
        "Chính quyền số",
        "Kinh tế số",
        "Dịch vụ công trực tuyến",
        "Chuyển đổi số",
    ]
    assert len(LIVE.segments) == 3
    assert (quiz.key, quiz.most_people) == ("kien-thuc", 3)
    assert LIVE.segments[2].registered_only
    assert PLAN.form("truc-tuyen").minimum == 30
    assert PLAN.registration.closes_at == datetime(2023, 10, 5, 17, tzinfo=UTC)
    assert (PLAN.contest.first_day, PLAN.contest.last_day) == (
        date(2023, 10, 1),
        date(2023, 10, 31),
    )
    assert [line.count for line in LIVE.prizes] == [1, 1, 1]
    assert [line.count for line in ONLINE.prizes] == [1, 1, 2, 3]
    assert (PLAN.budget.total_vnd, PLAN.budget.source) == (80_000_000, "Ngân sách tỉnh")
    assert len(PLAN.document.recipients) == 9
    assert len(PLAN.units) == 8
    assert PLAN.basis[0].number == "221/KH-UBND"


def test_six_holders_carry_the_duties_of_part_four() -> None:
    assert Counter(duty.holder for duty in PLAN.duties) == {
        "Phòng Công nghệ thông tin": 3,
        "Văn phòng Sở": 3,
        "Các phòng, Trung tâm Dữ liệu Công nghệ và Truyền thông": 3,
        "Đài Phát thanh và Truyền hình tỉnh, Báo Đắk Nông, Cổng thông tin điện tử tỉnh": 1,
        "Ủy ban nhân dân các huyện, thành phố": 3,
        "Sở Tài chính": 1,
    }
    bank = next(duty for duty in PLAN.duties if duty.key == "cntt-bo-cau-hoi")
    assert 1 + len(bank.with_) == 4


def test_a_paper_has_thirty_questions_six_of_each_topic() -> None:
    assert ONLINE.online is not None
    counts: Counter[str] = Counter()
    for part in ONLINE.online.paper:
        counts[part.topic] += part.count
    assert counts == {topic.key: 6 for topic in PLAN.topics}
