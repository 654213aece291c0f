"""Keys stay closed while a later round of the contest draws from the same questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.config.cli import main
from hoithi.contests.models import Purpose, Round
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Package, RosterLine, Sitting
from hoithi.exam.secrecy import Secrecy, closed_rounds, secrecy_of
from hoithi.people.models import Role
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import BundleReader
from hoithi.verify.checks import verify
from hoithi.web.wording import moment
from tests import factories
from tests.exam.scene import Scene, plan_of_two_rounds, scene_in

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/ban-to-chuc/daknong-2023/vong/truc-tuyen/"
ITEMS = f"{HERE}de/1/cau-hoi/"


@pytest.fixture
def scene(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    """Two online rounds over one bank; the second opens when the first is over."""
    with scene_in(tmp_path, settings, plan_of_two_rounds()) as made:
        each = second(made)
        each.opens_at = made.round.closes_at
        each.closes_at = made.round.closes_at + timedelta(days=2)
        each.save()
        yield made


def second(scene: Scene) -> Round:
    return Round.objects.get(contest=scene.contest, key="truc-tuyen-2")


def publish_first(scene: Scene) -> Sitting:
    """The first round held, with 28 right answers of one person, and published."""
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    scene.sit(scene.entries[0], sitting, 28)
    scene.close(sitting)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    return sitting


def collected(scene: Scene, each: Round) -> Package:
    """A sealed package whose one sitting is collected, without a hall."""
    package = scene.seal(each)
    Sitting.objects.create(
        round=each,
        package=package,
        title=each.name,
        opens_at=each.opens_at,
        closes_at=each.closes_at,
        roster_sha256="",
        published_by="An",
        published_at=factories.now(),
        collected_at=factories.now(),
    )
    return package


def waits_for(package: Package, now: datetime | None = None) -> str:
    """The round a package waits for."""
    secrecy = secrecy_of(package, now or factories.now())
    return secrecy.round if secrecy else ""


def stems(sitting: Sitting) -> list[str]:
    return [item.version.stem for item in sitting.package.items.select_related("version")]


def own_page(scene: Scene) -> str:
    code = access_code_of(scene.entries[0])
    return Client().post("/ket-qua-cua-toi/", {"code": code}).content.decode()


def test_a_published_round_shows_marks_and_no_key_until_the_next_one_is_over(
    scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sitting = publish_first(scene)
    page = own_page(scene)
    assert "28/30" in page
    assert [stem for stem in stems(sitting) if stem in page] == []
    assert "Đáp án</span>" not in page
    assert f"Giờ đóng: {moment(second(scene).closes_at)}." in page
    assert "Vòng hai" in page

    observer = factories.user("Xem", scene.contest.key, Role.OBSERVER)
    organiser = factories.user("Lan", scene.contest.key, Role.ORGANISER)
    for who in (observer, organiser):
        client = factories.sign_in(Client(), who)
        assert client.get(ITEMS).status_code == 404
        assert ITEMS not in client.get(f"{HERE}de/1/").content.decode()

    bundle = tmp_path / "b.zip"
    assert main(["bundle", "daknong-2023", str(bundle)]) == 0
    until = timezone.localtime(second(scene).closes_at)
    assert (
        f"truc-tuyen: without questions and keys until {until:%Y-%m-%d %H:%M}, "
        "while Vòng hai may draw from them"
    ) in capsys.readouterr().out
    with closing(BundleReader(bundle)) as reader:
        assert [name for name in reader.names if "questions" in name or "keys" in name] == []
    assert [(each.code, each.place) for each in verify(bundle)] == [
        ("questions_closed", "rounds/truc-tuyen")
    ]

    Round.objects.filter(pk=second(scene).pk).update(
        opens_at=factories.now() - timedelta(hours=2), closes_at=factories.now()
    )
    page = own_page(scene)
    assert page.count("Đáp án</span>") == 30
    assert factories.sign_in(Client(), observer).get(ITEMS).status_code == 200
    write_bundle(scene.contest, bundle, factories.now())
    assert verify(bundle) == []


def test_the_committee_reads_closed_questions_to_rule_on_one_and_the_log_has_it(
    scene: Scene,
) -> None:
    collected(scene, scene.round)
    client = factories.sign_in(Client(), scene.binh)
    page = client.get(ITEMS).content.decode()
    assert "Các câu hỏi này còn phải giữ kín" in page
    assert ITEMS in client.get(f"{HERE}de/1/").content.decode()
    read = LogEntry.objects.filter(action="exam.read_closed_questions")
    assert [entry.actor_name for entry in read] == ["Bình"]
    Round.objects.filter(pk=second(scene).pk).update(purpose=Purpose.PRACTICE)
    assert "còn phải giữ kín" not in client.get(ITEMS).content.decode()
    assert read.count() == 1


def test_a_package_that_nobody_has_sat_is_closed(scene: Scene) -> None:
    package = scene.seal()
    assert waits_for(package) == "Vòng hai"
    assert waits_for(package, second(scene).closes_at) == scene.round.name
    client = factories.sign_in(Client(), scene.an)
    assert client.get(ITEMS).status_code == 404


def test_a_round_to_come_may_draw_what_it_has_sealed_and_before_that_whatever_fits(
    scene: Scene,
) -> None:
    package = collected(scene, scene.round)
    assert waits_for(package) == "Vòng hai"
    scene.seal(second(scene))
    assert waits_for(package) == "Vòng hai"
    assert [each.key for each, _ in closed_rounds(scene.contest, factories.now())] == [
        "truc-tuyen",
        "truc-tuyen-2",
    ]


def test_a_round_to_come_with_other_questions_keeps_nothing_closed(scene: Scene) -> None:
    package = collected(scene, scene.round)
    scene.bank = factories.bank(scene.contest, key="ngan-hang-khac")
    scene.seal(second(scene))
    assert waits_for(package) == ""


def test_a_sitting_keeps_questions_closed_until_it_is_collected(scene: Scene) -> None:
    package = collected(scene, scene.round)
    collected(scene, second(scene))
    sitting = Sitting.objects.filter(round=second(scene))
    late = second(scene).closes_at + timedelta(minutes=30)
    sitting.update(collected_at=None, closes_at=late)
    found = secrecy_of(package, late + timedelta(days=1))
    assert found is not None
    assert (found.round, found.until) == ("Vòng hai", late)
    ends = late + timedelta(hours=3)
    RosterLine.objects.create(
        sitting=sitting.get(),
        line=1,
        entry=scene.entries[0],
        entry_key="0" * 32,
        code_tag="0" * 32,
        window_opens_at=late,
        window_closes_at=ends,
    )
    assert secrecy_of(package, late) == Secrecy("Vòng hai", ends)
    sitting.update(collected_at=factories.now())
    assert waits_for(package) == ""


@pytest.mark.parametrize("over", ["collected", "window"])
def test_nobody_gets_a_sitting_once_the_keys_may_have_been_read(scene: Scene, over: str) -> None:
    if over == "collected":
        collected(scene, scene.round)
        now = factories.now()
    else:
        scene.seal()
        now = scene.round.closes_at
    with pytest.raises(RuleViolation) as refused:
        publish_sitting(actor=scene.an, each=scene.round, now=now)
    assert refused.value.code == "round_over"
