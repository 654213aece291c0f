"""Seal → publish roster → sit → collect → grade → publish, with a real hall between."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.queries import round_plan
from hoithi.entries.actions import reissue_code, withdraw_entry
from hoithi.entries.models import EntryState
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import give_minutes, move_close, publish_sitting, push_to_hall, reissue
from hoithi.exam.models import Package, PackageState
from hoithi.exam.sealing import build_package, open_keys, seal_package, withdraw_package
from hoithi.people.models import Role, User
from hoithi.results.actions import decide_tie, publish, rule_on_item
from hoithi.results.models import RoundScore
from hoithi.results.queries import latest_publication, proposal
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import PLAN, Scene
from tests.hall.scene import Client

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(actor: User, package: Package) -> str:
    with pytest.raises(RuleViolation) as refused:
        seal_package(actor=actor, package=package, now=factories.now())
    return refused.value.code


def test_a_seal_needs_two_people_and_is_for_ever(scene: Scene) -> None:
    package = build_package(
        actor=scene.an, each=scene.round, collection=scene.bank, now=factories.now()
    )
    seal_package(actor=scene.an, package=package, now=factories.now())
    assert code_of(scene.an, package) == "same_person"
    assert code_of(factories.user("Cúc", "other", Role.COMMITTEE), package) == "not_of_committee"
    seal_package(actor=scene.binh, package=package, now=factories.now())
    assert package.state == PackageState.SEALED
    with pytest.raises(RuleViolation) as again:
        build_package(actor=scene.an, each=scene.round, collection=scene.bank, now=factories.now())
    assert again.value.code == "already_sealed"


def test_a_package_that_is_not_the_plans_any_more_is_not_sealed(scene: Scene) -> None:
    package = build_package(
        actor=scene.an, each=scene.round, collection=scene.bank, now=factories.now()
    )
    seal_package(actor=scene.an, package=package, now=factories.now())
    factories.contest(PLAN.replace(b"minutes = 30", b"minutes = 25", 1))
    assert code_of(scene.binh, package) == "plan_changed_since"
    assert package.state == PackageState.DRAFT


def test_a_seal_fixes_the_rules_of_its_round_until_it_is_withdrawn(scene: Scene) -> None:
    package = scene.seal()
    other = PLAN.replace(b"minutes = 30", b"minutes = 25", 1)
    factories.contest(other)
    assert round_plan(scene.round).online == parse_plan(PLAN).rounds[0].online
    for actor in (scene.an, scene.binh):
        withdraw_package(actor=actor, package=package, reason="Đổi thời gian", now=factories.now())
    factories.contest(other)
    assert round_plan(scene.round).online == parse_plan(other).rounds[0].online


def test_two_people_can_withdraw_a_package_that_nobody_has_started(scene: Scene) -> None:
    package = scene.seal()
    for actor in (scene.an, scene.binh):
        withdraw_package(actor=actor, package=package, reason="Sai câu 7", now=factories.now())
    assert package.state == PackageState.WITHDRAWN
    assert scene.seal().number == 2


def test_a_bank_that_is_too_small_is_refused_with_the_row(scene: Scene) -> None:
    scene.bank.items.filter(versions__topic="kinh-te-so").update(retired_at=factories.now())
    with pytest.raises(RuleViolation) as refused:
        scene.seal()
    assert refused.value.code == "bank_too_small"
    assert refused.value.params == {
        "topic": "kinh-te-so",
        "level": "nhan-biet",
        "wanted": 2,
        "there": 0,
    }


def test_the_whole_path_from_seal_to_verified_bundle(scene: Scene, tmp_path: Path) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    push_to_hall(sitting)
    scene.hall.start()
    one, two, three, four, five = scene.entries
    receipts = [
        scene.sit(entry, sitting, right)
        for entry, right in ((one, 28), (two, 30), (three, 25), (four, 20), (scene.barred, 29))
    ]
    with pytest.raises(RuntimeError):
        open_keys(sitting.package)
    scene.close(sitting)
    assert sitting.attempts.count() == 5
    assert {attempt.receipt for attempt in sitting.attempts.all()} == set(receipts)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publication = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert [
        (row["place"], row["name"], row["points"], row["prize"], row["decided_by"])
        for row in publication.content["rows"]
    ] == [
        (1, "Trần Thị Hai", "30.00", "Giải nhất", ""),
        (2, "Nguyễn Văn Một", "28.00", "Giải nhì", "points"),
        (3, "Lê Văn Ba", "25.00", "Giải ba", "points"),
        (4, "Phạm Thị Bốn", "20.00", "Giải ba", "points"),
    ]
    assert publication.content["barred"] == [
        {"number": "DM-001", "name": "Võ Thị Sáu", "unit": "Huyện Đắk Mil"}
    ]
    assert publication.content["counts"] == {
        "participants": 4,
        "attempts": 4,
        "all_correct": 1,
    }
    bundle = tmp_path / "bundle.zip"
    assert write_bundle(scene.contest, bundle, factories.now()) == ["truc-tuyen"]
    assert verify(bundle) == []
    assert b"V\xc3\xb5 Th\xe1\xbb\x8b" not in bundle.read_bytes()
    assert five not in [score.entry for score in RoundScore.objects.all()]


def test_no_points_and_answers_after_the_end_fit_into_the_bundle(
    scene: Scene, tmp_path: Path
) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    scene.sit(scene.entries[0], sitting, 0)
    late = scene.work(scene.entries[1], sitting, 3)
    scene.close(sitting)
    status, reply = late.save((29, 0))
    assert (status, reply["late"]) == (202, True)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publication = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert [row["points"] for row in publication.content["rows"]] == ["3.00", "0.00"]
    write_bundle(scene.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []


def test_a_ruling_changes_the_marks_by_a_new_version(scene: Scene, tmp_path: Path) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    scene.sit(scene.entries[0], sitting, 10)
    scene.close(sitting)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    questions = paper.read_questions(bytes(sitting.package.questions))
    line = sitting.lines.get(entry=scene.entries[0])
    drawn = paper.draw(questions, bytes.fromhex(line.entry_key), 1)
    wrong = questions.file.items[drawn[29].item].id
    for actor in (scene.an, scene.binh):
        rule_on_item(
            actor=actor,
            each=scene.round,
            item=wrong,
            effect="points_to_all",
            option=None,
            reason="Hai phương án đều đúng",
            now=factories.now(),
        )
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    second = publish(
        actor=scene.an, each=scene.round, reason="Theo phán quyết về một câu", now=factories.now()
    )
    assert (second.number, second.content["rows"][0]["points"]) == (2, "11.00")
    assert RoundScore.objects.filter(round=scene.round).count() == 2
    assert latest_publication(scene.round) == second
    write_bundle(scene.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []


def test_somebody_late_gets_minutes_and_somebody_who_lost_the_slip_a_new_code(
    scene: Scene,
) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    line = sitting.lines.get(entry=scene.entries[0])
    old = access_code_of(scene.entries[0])
    assert (
        give_minutes(actor=scene.an, line=line, minutes=10, reason="Mất điện", now=factories.now())
        == 1
    )
    new = reissue(actor=scene.an, line=line, reason="Mất phiếu", now=factories.now())
    deadline = time.monotonic() + 10
    client = Client(scene.hall.port)
    while client.enter(new)[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert client.enter(new)[0] == 200
    assert client.enter(old)[0] == 401


def test_who_sits_is_changed_through_the_sitting_only(scene: Scene) -> None:
    scene.seal()
    entry = scene.entries[0]
    reissue_code(actor=scene.an, entry=entry, reason="Mất phiếu", now=factories.now())
    publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    for act in (reissue_code, withdraw_entry):
        with pytest.raises(RuleViolation) as refused:
            act(actor=scene.an, entry=entry, reason="Mất phiếu", now=factories.now())
        assert refused.value.code == "entry_seated"
    entry.refresh_from_db()
    assert (entry.state, entry.code_issue) == (EntryState.ACCEPTED, 2)


def test_orders_without_a_reason_are_refused(scene: Scene) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    with pytest.raises(RuleViolation) as refused:
        move_close(
            actor=scene.an,
            sitting=sitting,
            closes_at=factories.now() + timedelta(days=1),
            reason=" ",
            now=factories.now(),
        )
    assert refused.value.code == "reason_missing"


def test_a_tie_across_a_prize_line_waits_for_two_people(scene: Scene) -> None:
    from decimal import Decimal

    from hoithi.results.actions import ScoreRow, record_round_scores

    values = {"points": Decimal(30), "duration": Decimal(1), "submitted": Decimal(1)}
    rows = [
        ScoreRow(entry.public_id.hex, Decimal(30), values, False, True, "")
        for entry in scene.entries[:2]
    ]
    record_round_scores(
        each=scene.round, rows=rows, actor_id="0", actor_name="hoithi", now=factories.now()
    )
    (tie,) = proposal(scene.round).ties
    assert tie.prizes == ("nhat", "nhi")
    with pytest.raises(RuleViolation) as refused:
        publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert refused.value.code == "ties_open"
    order = [entry.public_id.hex for entry in (scene.entries[1], scene.entries[0])]
    for actor in (scene.an, scene.binh):
        decide_tie(
            actor=actor, each=scene.round, order=order, reason="Biên bản", now=factories.now()
        )
    published = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert [
        (row["name"], row["prize"], row["decided_by"]) for row in published.content["rows"]
    ] == [
        ("Trần Thị Hai", "Giải nhất", ""),
        ("Nguyễn Văn Một", "Giải nhì", "decision"),
    ]
