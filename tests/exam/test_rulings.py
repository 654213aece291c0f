"""Ruling on a question after the exam: read, put forward, confirmed, graded again."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from hoithi.contests.actions import install_plan
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.queries import plan_version_of
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.jobs import ask_to_grade
from hoithi.exam.models import Sitting
from hoithi.jobs.actions import work_off
from hoithi.jobs.models import JobState
from hoithi.results.actions import publish, rule_on_item
from hoithi.results.models import Grading, Motion, Publication, RoundScore, Ruling
from hoithi.results.pending import is_grading_outdated
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, messages_in, page_of, press, today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    return scene.graded()


def wrong_item(scene: Scene, sitting: Sitting) -> str:
    """A question that the one person answered wrongly."""
    questions = paper.read_questions(bytes(sitting.package.questions))
    line = sitting.lines.get(entry=scene.entries[0])
    drawn = paper.draw(questions, bytes.fromhex(line.entry_key), 1)
    return questions.file.items[drawn[29].item].id


def test_questions_are_read_only_after_the_sittings_are_collected(scene: Scene) -> None:
    scene.seal()
    client = factories.sign_in(Client(), scene.an)
    assert client.get(f"{HERE}de/1/cau-hoi/").status_code == 404
    publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    assert client.get(f"{HERE}de/1/cau-hoi/").status_code == 404


def test_a_ruling_by_two_changes_the_marks_when_graded_again(
    scene: Scene, sitting: Sitting
) -> None:
    page = page_of(scene.an, f"{HERE}de/1/cau-hoi/")
    item = wrong_item(scene, sitting)
    assert f"cau-hoi/{item}/" in page
    fields = {"effect": "points_to_all", "option": "", "reason": "Hai phương án đều đúng"}
    put = press(scene.an, f"cau-hoi/{item}/", **fields)
    assert messages_in(put) == ["Đã đề xuất phán quyết. Chờ thành viên thứ hai xác nhận."]
    assert "Câu này vẫn chấm được nhưng cho điểm mọi người có câu này trong đề" in page_of(
        scene.binh, f"{HERE}ket-qua/"
    )
    motion = Motion.objects.get()
    client = factories.sign_in(Client(), scene.binh)
    client.post(f"/ban-to-chuc/daknong-2023/cho-ky/{motion.pk}/xac-nhan/")
    ruling = Ruling.objects.get()
    assert (ruling.item, ruling.effect, ruling.reason) == (
        item,
        "points_to_all",
        "Hai phương án đều đúng",
    )
    assert today(page_of(scene.an)) == ["Chấm bài"]
    assert "Chấm lại" in page_of(scene.an, f"{HERE}ket-qua/")
    press(scene.an, "cham-bai/")
    assert [score.points for score in RoundScore.objects.filter(voided_at=None)] == [11]
    assert today(page_of(scene.an)) == ["Công bố kết quả"]
    assert "Chấm lại" not in page_of(scene.an, f"{HERE}ket-qua/")


def test_an_accepted_option_has_to_be_chosen(scene: Scene, sitting: Sitting) -> None:
    item = wrong_item(scene, sitting)
    fields = {"effect": "accept_also", "option": "", "reason": "B cũng đúng"}
    assert "Vui lòng chọn phương án" in press(scene.an, f"cau-hoi/{item}/", **fields)
    assert "errorlist" in press(scene.an, f"cau-hoi/{item}/", **{**fields, "option": "9"})
    press(scene.an, f"cau-hoi/{item}/", **{**fields, "option": "1"})
    assert Motion.objects.get().content == {"item": item, "effect": "accept_also", "option": 1}
    assert re.findall(r"Chấp nhận thêm một phương án: (\w)", page_of(scene.an, f"{HERE}ket-qua/"))


def test_a_question_that_is_not_in_the_package_is_not_found(scene: Scene, sitting: Sitting) -> None:
    client = factories.sign_in(Client(), scene.an)
    assert client.get(f"{HERE}cau-hoi/{'0' * 16}/").status_code == 404


def test_what_was_graded_before_gradings_were_kept_is_told_from_the_times(
    scene: Scene, sitting: Sitting
) -> None:
    item = wrong_item(scene, sitting)
    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    for who in (scene.an, scene.binh):
        ruling: dict[str, Any] = {"effect": "points_to_all", "option": None, "reason": "Đề in sai"}
        rule_on_item(actor=who, each=scene.round, item=item, now=factories.now(), **ruling)
    Publication.objects.update(grading=None)
    Grading.objects.all().delete()
    migration = import_module("hoithi.results.migrations.0006_earlier_gradings")
    migration.note(apps, None)
    assert [each.rulings for each in Grading.objects.order_by("pk")] == [[], []]
    assert Publication.objects.get().grading == Grading.objects.order_by("pk")[0]
    assert is_grading_outdated(scene.round)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason="Phán quyết", now=factories.now())
    newest = Publication.objects.get(number=2).grading
    assert newest is not None
    assert newest.rulings == [Ruling.objects.get().pk]


def change_plan(scene: Scene, before: str, after: str) -> None:
    """Put another plan in force, as two signatures do."""
    text = plan_version_of(scene.contest).text
    assert text.count(before) == 1
    changed = text.replace(before, after)
    plan = parse_plan(changed.encode())
    with transaction.atomic():
        install_plan(
            scene.contest, plan, changed, actor_id="0", actor_name="Hai", now=factories.now()
        )


def test_a_rule_of_marking_that_two_people_changed_asks_for_grading_again(
    scene: Scene, sitting: Sitting
) -> None:
    change_plan(scene, "\npoints_per_item = 1\n", "\npoints_per_item = 2\n")
    scene.round.refresh_from_db()
    assert is_grading_outdated(scene.round)
    with pytest.raises(RuleViolation, match="grading_outdated"):
        publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert today(page_of(scene.an)) == ["Chấm bài"]
    job = ask_to_grade(actor=scene.an, each=scene.round, now=factories.now())
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert not is_grading_outdated(scene.round)
    assert [score.points for score in RoundScore.objects.filter(voided_at=None)] == [20]


def test_other_prizes_need_no_grading_again(scene: Scene, sitting: Sitting) -> None:
    before = 'label = "Giải khuyến khích"\ncount = 3'
    change_plan(scene, before, before.replace("3", "4"))
    assert not is_grading_outdated(scene.round)
