"""How questions were answered: worked out with the marks, and shown where they are ruled on."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from hoithi.exam.actions import close_round
from hoithi.exam.item_reports import (
    Figured,
    newest_report,
    open_packages,
    store_reports,
)
from hoithi.exam.models import ItemReport, Sitting
from hoithi.results.actions import rule_on_item
from hoithi.rules.scoring import Effect
from hoithi.rules.statistics import Note, item_figures
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    return scene.graded()


def test_figures_are_those_of_the_sheets_that_count(scene: Scene, sitting: Sitting) -> None:
    report = newest_report(sitting.package)
    assert report is not None
    assert report.sheets == 1
    served = [each for each in report.figures.values() if each.served]
    assert len(served) == 30
    assert sum(each.right for each in served) == 10
    assert {each.empty for each in served} == {0}
    assert {sum(each.chosen) for each in served} == {1}
    assert {each.discrimination for each in report.figures.values()} == {None}
    assert {each.notes for each in report.figures.values()} == {()}
    page = page_of(scene.an, f"{HERE}de/1/cau-hoi/")
    assert page.count("Đúng 100% (1/1 bài)") == 10
    assert page.count("Đúng 0% (0/1 bài)") == 20
    assert page.count("Không có trong bài nào được tính.") == len(report.figures) - 30
    assert "Chưa đủ bài để nói câu nào khác thường: mỗi câu cần từ 30 bài trở lên." in page


def test_a_ruling_makes_a_new_report_and_the_old_one_stays(scene: Scene, sitting: Sitting) -> None:
    before = newest_report(sitting.package)
    assert before is not None
    wrong = next(each for each in before.figures.values() if each.served and not each.right)
    for who in (scene.an, scene.binh):
        rule_on_item(
            actor=who,
            each=scene.round,
            item=wrong.item,
            effect=Effect.ACCEPT_ALSO,
            option=wrong.chosen.index(1),
            reason="Phương án này cũng đúng",
            now=factories.now(),
        )
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    after = newest_report(sitting.package)
    assert after is not None
    changed = [item for item, each in after.figures.items() if each != before.figures[item]]
    assert changed == [wrong.item]
    assert after.figures[wrong.item].right == 1
    assert ItemReport.objects.count() == 2


def test_a_question_that_stands_out_is_named_first(scene: Scene, sitting: Sitting) -> None:
    """Thirty people who know everything but take another option of one question than its key."""
    package = open_packages([sitting])[sitting.pk]
    accepted = package.accepted([])
    odd, *others = accepted
    own = [(item, min(accepted[item].right)) for item in others[:9]]
    other = next(at for at in range(accepted[odd].options) if at not in accepted[odd].right)
    sheets = [((odd, other), *own)] * 30
    store_reports([Figured(package.package, 30, item_figures(sheets, accepted))], factories.now())
    report = newest_report(sitting.package)
    assert report is not None
    assert report.figures[odd].notes == (Note.RIVAL, Note.GUESSED)
    page = page_of(scene.an, f"{HERE}de/1/cau-hoi/")
    listed = page[page.index("Câu nên đọc lại") : page.index("</section>")]
    assert listed.count("<li><div") == 10
    first = listed[: listed.index("</div>")]
    assert odd in first
    assert "nhóm điểm cao chọn một phương án khác nhiều hơn đáp án" in first
    assert "tỉ lệ đúng không hơn đoán mò" in first
    assert listed.count("gần như ai cũng đúng") == 9
    assert re.findall(r"\(30 · 100%\)", first)
    rule = page_of(scene.an, f"{HERE}cau-hoi/{odd}/")
    assert "(30 · 100%)" in rule


def test_a_report_is_read_as_it_was_written(scene: Scene, sitting: Sitting) -> None:
    package = open_packages([sitting])[sitting.pk]
    accepted = package.accepted([])
    items = list(accepted)[:3]
    wrong = {item: next(o for o in range(4) if o not in accepted[item].right) for item in items}
    right = {item: min(accepted[item].right) for item in items}
    strong, weak = tuple(right.items()), tuple(wrong.items())
    figures = item_figures([strong, weak], accepted)
    store_reports([Figured(package.package, 2, figures)], factories.now())
    report = newest_report(sitting.package)
    assert report is not None
    assert tuple(report.figures.values()) == figures
    assert report.figures[items[0]].discrimination == Decimal("1.00")
