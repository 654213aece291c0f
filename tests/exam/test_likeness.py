"""Sheets that are alike: compared by the worker, looked at, written down; no mark changes."""

from __future__ import annotations

from random import Random

import pytest
from django.test import Client

from hoithi.audit.models import LogEntry
from hoithi.contests.queries import plan_version_of
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.item_reports import open_packages
from hoithi.exam.jobs import ask_to_compare
from hoithi.exam.models import Attempt, PairReview, SimilarityReport, Sitting, SittingState
from hoithi.exam.similarity import comparison_of, newest_report, pair_rows, sheet_of
from hoithi.jobs.models import Job
from hoithi.people.models import Role
from hoithi.results.models import Grading, RoundScore
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, messages_in, page_of, press

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12
ALIKE = f"{HERE}bai-giong-nhau/"


def collected(scene: Scene) -> Sitting:
    """Eighteen sheets of one paper, answered by chance; the second is the first once more."""
    for at in range(10, 10 + PEOPLE):
        factories.entry(scene.contest, "GN", f"Trần Thị Mẫu {at}", f"GN-{at:03d}")
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    questions = paper.read_questions(bytes(sitting.package.questions))
    sitting.lines.update(entry_key="5" * 32)
    lines = list(sitting.lines.order_by("line"))
    chance = Random(1)
    copied: dict[int, int] = {}
    for at, line in enumerate(lines):
        drawn = paper.draw(questions, bytes.fromhex(line.entry_key), 1)
        options = {place.item: chance.randrange(4) for place in drawn}
        if at == 0:
            copied = options
        if at == 1:
            options = copied
        Attempt.objects.create(
            sitting=sitting,
            line=line,
            public_id=f"{at:032x}",
            number=1,
            started_ms=0,
            deadline_ms=1_800_000,
            submitted_ms=60_000,
            is_automatic=False,
            is_void=False,
            answers=[place.order.index(options[place.item]) for place in drawn],
            prediction=-1,
            late_rows=0,
        )
    Sitting.objects.update(state=SittingState.COLLECTED, collected_at=factories.now())
    return sitting


def graded(scene: Scene) -> Sitting:
    sitting = collected(scene)
    press(scene.an, "cham-bai/")
    return sitting


def scores() -> list[tuple[object, ...]]:
    return sorted(RoundScore.objects.values_list("pk", "points", "is_barred", "voided_at"))


def test_a_round_that_is_not_graded_is_not_compared(scene: Scene) -> None:
    collected(scene)
    assert "Chưa chấm bài" in page_of(scene.an, ALIKE)
    assert "Vòng này chưa chấm" in press(scene.an, "bai-giong-nhau/so-sanh/")
    with pytest.raises(RuleViolation, match="not_graded_yet"):
        ask_to_compare(actor=scene.an, each=scene.round, now=factories.now())
    assert "Bài làm giống nhau" not in page_of(scene.an)
    assert (SimilarityReport.objects.count(), Job.objects.count()) == (0, 0)


def test_sheets_are_told_by_question_and_option_whatever_their_order(scene: Scene) -> None:
    sitting = graded(scene)
    package = open_packages([sitting])[sitting.pk]
    attempt = Attempt.objects.order_by("public_id")[0]
    drawn = package.paper_of(attempt)
    first = package.questions.file.items[drawn[0].item].id
    attempt.answers = [2, -1, 9, *[-1] * 27]
    sheet = sheet_of(attempt, package)
    assert sheet.answers == {f"{package.package}:{first}": drawn[0].order[2]}


def test_the_worker_compares_and_the_copy_is_listed_first(scene: Scene) -> None:
    graded(scene)
    before = scores()
    work = press(scene.an, "bai-giong-nhau/so-sanh/")
    assert messages_in(work) == ["Đã so sánh xong các bài làm."]
    report = newest_report(scene.round)
    assert report is not None
    found = comparison_of(report)
    sheets = RoundScore.objects.count()
    assert (report.sheets, report.made_by) == (sheets, "An")
    assert found.compared + found.passed_over == sheets * (sheets - 1) // 2
    first = found.pairs[0]
    assert (first.first, first.second) == (f"{0:032x}", f"{1:032x}")
    assert (first.matches, first.is_striking) == (first.common, True)
    page = page_of(scene.binh, ALIKE)
    rows = pair_rows(report)
    assert f"{rows[0].first.entry.number} – {rows[0].second.entry.number}" in page
    assert "Chỉ số không phải là bằng chứng." in page
    assert ("nổi bật" in page, "chưa xem xét" in page) == (True, True)
    assert [name for name in ("Nguyễn Văn Một", "Trần Thị Hai") if name in page] == []
    assert scores() == before
    assert LogEntry.objects.filter(action="exam.compare_sheets").count() == 1


def test_what_was_made_of_a_pair_is_added_and_changes_no_mark(scene: Scene) -> None:
    graded(scene)
    press(scene.an, "bai-giong-nhau/so-sanh/")
    before = scores()
    where = f"bai-giong-nhau/{0:032x}/{1:032x}/"
    press(scene.an, where, outcome="nothing", reason="  ")
    assert PairReview.objects.count() == 0
    press(scene.an, where, outcome="guilty", reason="Chép bài")
    assert PairReview.objects.count() == 0
    said = press(scene.an, where, outcome="nothing", reason="Hai người ngồi khác phòng")
    assert messages_in(said) == ["Đã ghi kết luận."]
    press(scene.binh, where, outcome="acted", reason="<b>Đã</b> nghe giải trình")
    rows = [(row.decided_by, row.outcome) for row in PairReview.objects.order_by("pk")]
    assert rows == [("An", "nothing"), ("Bình", "acted")]
    page = page_of(scene.an, f"{HERE}{where}")
    assert "&lt;b&gt;Đã&lt;/b&gt; nghe giải trình" in page
    assert "Hai người ngồi khác phòng" in page
    assert "Đã xử lý" in page_of(scene.an, ALIKE)
    assert LogEntry.objects.filter(action="exam.review_pair").count() == 2
    assert scores() == before


def test_only_listed_pairs_are_decided_on_and_only_by_those_who_run_the_round(
    scene: Scene,
) -> None:
    graded(scene)
    press(scene.an, "bai-giong-nhau/so-sanh/")
    client = factories.sign_in(Client(), scene.an)
    fields = {"outcome": "acted", "reason": "Không có trong danh sách"}
    for pair in (f"{1:032x}/{0:032x}", f"{0:032x}/{0:032x}", "x/y"):
        assert client.post(f"{ALIKE}{pair}/", fields).status_code == 404
    observer = factories.user("Nga", scene.contest.key, Role.OBSERVER)
    watching = factories.sign_in(Client(), observer)
    assert watching.get(f"{ALIKE}{0:032x}/{1:032x}/").status_code == 403
    assert watching.get(ALIKE).status_code == 403
    assert "Bài làm giống nhau" not in page_of(observer)
    assert PairReview.objects.count() == 0


def test_who_runs_the_round_looks_and_the_committee_decides(scene: Scene) -> None:
    graded(scene)
    press(scene.an, "bai-giong-nhau/so-sanh/")
    report = newest_report(scene.round)
    assert report is not None
    pair = pair_rows(report)[0].pair
    where = f"{ALIKE}{pair.first}/{pair.second}/"
    client = factories.sign_in(Client(), factories.user("Tổ", scene.contest.key, Role.ORGANISER))
    assert "Ghi kết luận" not in client.get(where).content.decode()
    fields = {"outcome": "acted", "reason": "Chép bài"}
    assert client.post(where, fields).status_code == 404
    assert PairReview.objects.count() == 0
    assert "Ghi kết luận" in page_of(scene.binh, where)


def test_after_another_grading_the_page_asks_for_another_comparison(scene: Scene) -> None:
    graded(scene)
    press(scene.an, "bai-giong-nhau/so-sanh/")
    assert "mời so sánh lại" not in page_of(scene.an, ALIKE)
    Grading.objects.create(
        round=scene.round,
        plan=plan_version_of(scene.contest),
        graded_by="An",
        graded_at=factories.now(),
    )
    assert "mời so sánh lại" in page_of(scene.an, ALIKE)
    press(scene.an, "bai-giong-nhau/so-sanh/")
    assert SimilarityReport.objects.count() == 2
    assert "mời so sánh lại" not in page_of(scene.an, ALIKE)
