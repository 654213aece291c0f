"""Side prizes from the marks of a round to the publication, the certificates and the bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.exam.bundling import write_bundle
from hoithi.results.actions.choosing import choose
from hoithi.results.models import Award, Choice, Publication
from hoithi.results.papers import issue_certificates
from hoithi.results.queries import latest_publication, proposal
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import verify
from tests import factories
from tests.results.heats import FINAL, Bracket, held_semis

pytestmark = pytest.mark.django_db
SHOW, LOVED, STYLE = "chao-hoi-hay", "yeu-thich", "phong-cach"


@pytest.fixture
def final() -> Bracket:
    """The final of 1, 3 and 7 entered: 1 and 3 are equal in their greetings."""
    made = held_semis()
    made.enter(FINAL, {1: "28 50 10 15", 3: "28 40 20 12", 7: "25 30 0 20"})
    return made


def pick(made: Bracket, prize: str, *numbers: int) -> None:
    for who in (made.chair, made.member):
        choose(
            actor=who,
            each=made.round(FINAL),
            about=prize,
            order=[made.teams[number] for number in numbers],
            reason="Biên bản họp Ban Giám khảo số 1",
            now=factories.now(),
        )


def test_a_result_waits_for_its_side_prizes(final: Bracket, tmp_path: Path) -> None:
    proposed = proposal(final.round(FINAL))
    assert [each.prize for each in proposed.waiting] == [SHOW, STYLE]
    with pytest.raises(RuleViolation, match="side_prizes_open"):
        final.publish(FINAL)
    with pytest.raises(RuleViolation, match="no_such_choice"):
        pick(final, SHOW, 1, 7)
    with pytest.raises(RuleViolation, match="no_such_choice"):
        pick(final, LOVED, 1)
    pick(final, SHOW, 3, 1)
    pick(final, STYLE, 3)
    final.publish(FINAL)
    publication = latest_publication(final.round(FINAL))
    assert publication is not None
    given = Award.objects.filter(publication=publication).order_by("position")
    assert [(each.prize, final.number(each.entry.public_id.hex)) for each in given] == [
        *[("nhat", 1), ("nhi", 3), ("ba", 7)],
        *[(SHOW, 3), (LOVED, 7), (STYLE, 3)],
    ]
    assert [each["prize"] for each in publication.content["side"]] == [
        "Phần chào hỏi hay nhất",
        "Đội được khán giả yêu thích nhất",
        "Đội có phong cách ấn tượng",
    ]
    # Who has three prizes has three certificates.
    papers = issue_certificates(actor=final.chair, publication=publication, now=factories.now())
    assert [each.facts["name"] for each in papers].count("Đội 3") == 3
    path = tmp_path / "bundle.zip"
    write_bundle(final.contest, path, factories.now())
    assert verify(path) == []


def test_a_prize_that_the_jury_gives_to_nobody_is_left(final: Bracket) -> None:
    pick(final, SHOW, 1, 3)
    pick(final, STYLE)
    final.publish(FINAL)
    assert sorted(Award.objects.filter(is_side=True).values_list("prize", flat=True)) == [
        SHOW,
        LOVED,
    ]


def test_a_side_prize_of_another_team_or_by_one_person_is_named(
    final: Bracket, tmp_path: Path
) -> None:
    pick(final, SHOW, 1, 3)
    pick(final, STYLE, 7)
    final.publish(FINAL)
    path = tmp_path / "bundle.zip"
    Choice.objects.filter(about=STYLE).update(order=[final.teams[3]])
    write_bundle(final.contest, path, factories.now())
    assert sorted((each.code, each.detail) for each in verify(path)) == sorted(
        ("side_prizes_differ", f"{final.teams[number]} {STYLE}") for number in (3, 7)
    )
    Choice.objects.filter(about=STYLE).update(order=[final.teams[7]])
    choice = Choice.objects.get(about=STYLE)
    type(choice.approval).objects.filter(pk=choice.approval.pk).update(second=None, second_at=None)
    write_bundle(final.contest, path, factories.now())
    assert [(each.code, each.detail) for each in verify(path)] == [("choice_by_one", STYLE)]


def test_a_round_without_side_prizes_is_published_as_before(final: Bracket) -> None:
    heat = Publication.objects.get(round__key="bang-a")
    assert "side" not in heat.content
    assert "side" not in heat.standing
