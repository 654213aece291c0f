"""From heats to the final: who comes on, by whose decision, and what a stranger recomputes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from hoithi.audit.models import LogEntry
from hoithi.entries.lineups import entries_of_round
from hoithi.entries.models import Entry, Leaving, Lineup
from hoithi.exam.bundling import write_bundle
from hoithi.people.models import User
from hoithi.results.actions import decide_tie
from hoithi.results.actions.choosing import choose
from hoithi.results.actions.lineups import draw_lineup, keep_lineup, let_leave, void_lineup
from hoithi.results.models import Motion
from hoithi.results.qualifying import changed_since
from hoithi.results.queries import proposal
from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import Difference
from hoithi.verify.checks import verify
from tests import factories
from tests.results.heats import FINAL, HEAT_MARKS, HEATS, SEMIS, Bracket, bracket, held_heats

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


def draw(made: Bracket, key: str, number: str = "2026") -> Lineup:
    lineup = made.lineup(key)
    return draw_lineup(actor=made.secretary, lineup=lineup, number=number, now=factories.now())


def leave(made: Bracket, key: str, number: int, *, both: bool = True) -> None:
    for who in (made.chair, made.member)[: 2 if both else 1]:
        let_leave(
            actor=who,
            each=made.round(key),
            entry=made.teams[number],
            reason="Đội xin rút vì ốm",
            now=factories.now(),
        )


def found(made: Bracket, folder: Path) -> list[tuple[str, str]]:
    """What a stranger finds in the bundle: code and detail."""
    path = folder / "bundle.zip"
    write_bundle(made.contest, path, factories.now())
    return [(each.code, each.detail) for each in verify(path)]


def test_lots_deal_all_teams_over_the_heats_and_a_stranger_draws_them_again(tmp_path: Path) -> None:
    made = bracket()
    lineup = made.fix("bang-c")  # the page of any heat leads to the list of all
    assert (lineup.round.key, len(lineup.field), lineup.rounds) == ("bang-a", 12, {})
    assert refused(lambda: made.fix("bang-a")) == "lineup_fixed_already"
    drawn = draw(made, "bang-b")
    dealt = made.standing("bang-a")
    assert [*dealt] == [*HEATS]
    assert sorted(number for numbers in dealt.values() for number in numbers) == [*range(1, 13)]
    assert {len(numbers) for numbers in dealt.values()} == {3}
    assert [drawn.order[at] for at in (0, 4, 8)] == [made.teams[n] for n in dealt["bang-a"]]
    assert refused(lambda: draw(made, "bang-a", "7")) == "lineup_drawn"
    teams = [made.number(entry.public_id.hex) for entry in entries_of_round(made.round("bang-a"))]
    assert teams == sorted(dealt["bang-a"])
    assert found(made, tmp_path) == []


@pytest.mark.parametrize("number", ["", "bảy", "٧", "7.5", "-7", "7" * 41])
def test_a_number_is_digits(number: str) -> None:
    made = bracket()
    made.fix("bang-a")
    assert refused(lambda: draw(made, "bang-a", number)) == "not_a_number"
    assert made.lineup("bang-a").drawn_at is None


def test_a_round_without_its_list_has_no_teams() -> None:
    made = bracket()
    assert entries_of_round(made.round("bang-a")) == []
    made.fix("bang-a")
    assert entries_of_round(made.round("bang-a")) == []
    assert refused(lambda: made.enter("bang-a", {1: "20 50 5"})) == "minutes_not_of_this_round"


def test_the_first_of_each_heat_and_the_best_of_all_others_come_on(tmp_path: Path) -> None:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    # Who comes from one heat lines up behind the other: 1 5, 2, 3 7, 4.
    assert made.standing("ban-ket-1") == {"ban-ket-1": [1, 2, 7], "ban-ket-2": [5, 3, 4]}
    made.enter("ban-ket-1", {1: "20 50 0", 2: "20 40 0", 7: "20 45 0"})
    made.enter("ban-ket-2", {5: "20 30 0", 3: "20 35 0", 4: "20 34 0"})
    assert refused(lambda: made.fix(FINAL)) == "source_unpublished"
    for key in SEMIS:
        made.publish(key)
    made.fix(FINAL)
    assert made.standing(FINAL) == {FINAL: [1, 3, 7]}
    assert found(made, tmp_path) == []


def test_a_tie_at_the_cut_of_a_heat_is_decided_before_its_result_is_published(
    tmp_path: Path,
) -> None:
    made = bracket()
    made.by_hand("bang-a", *range(1, 13))
    heat = made.round("bang-a")
    made.enter("bang-a", {1: "20 50 5", 5: "20 50 5", 9: "20 40 0"})
    tied = tuple(sorted(made.teams[number] for number in (1, 5)))
    assert proposal(heat).ties == (Tie(1, tied, ("",)),)
    assert refused(lambda: made.publish("bang-a")) == "ties_open"
    for who in (made.chair, made.member):
        decide_tie(
            actor=who,
            each=heat,
            order=[made.teams[5], made.teams[1]],
            reason="Biên bản họp số 3",
            now=factories.now(),
        )
    made.publish("bang-a")
    assert [made.number(row.entry) for row in proposal(heat).rows] == [5, 1, 9]
    assert found(made, tmp_path) == []


def equal_runners_up() -> Bracket:
    """5 and 7 come on; 6 and 11 are equal in everything, and 7 or one of them may leave."""
    made = bracket()
    made.by_hand("bang-a", *range(1, 13))
    made.enter("bang-a", {1: "25 60 10", 5: "20 50 10", 9: "20 40 0"})
    made.enter("bang-b", {2: "20 50 0", 6: "20 40 5", 10: "10 10 0"})
    made.enter("bang-c", {3: "30 90 20", 7: "20 40 5", 11: "20 40 5"})
    made.enter("bang-d", {4: "20 40 0", 8: "20 30 5", 12: "20 30 0"})
    for key in HEATS:
        made.publish(key)
    return made


def decide(made: Bracket, *numbers: int) -> None:
    for who in (made.chair, made.member):
        choose(
            actor=who,
            each=made.round("ban-ket-1"),
            about="",
            order=[made.teams[number] for number in numbers],
            reason="Biên bản họp số 4",
            now=factories.now(),
        )


def test_equal_runners_up_wait_for_two_people(tmp_path: Path) -> None:
    made = equal_runners_up()
    assert refused(lambda: made.fix("ban-ket-1")) == "runners_up_equal"
    assert refused(lambda: decide(made, 6, 7)) == "no_such_choice"
    decide(made, 11, 6, 7)
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 11)
    assert found(made, tmp_path) == []


def test_who_leaves_gives_the_seat_to_the_next_and_two_people_sign(tmp_path: Path) -> None:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    leave(made, "ban-ket-1", 2, both=False)
    assert made.standing("ban-ket-1")["ban-ket-1"] == [1, 2, 7]
    again = lambda: leave(made, "ban-ket-1", 2, both=False)  # noqa: E731 - the same person
    assert refused(again) == "same_person"
    let_leave(
        actor=made.member,
        each=made.round("ban-ket-1"),
        entry=made.teams[2],
        reason="Đội xin rút vì ốm",
        now=factories.now(),
    )
    # 6 and 11 have 65 and 40 both; 11 has 25 for its greeting and 6 has 20.
    assert made.standing("ban-ket-1") == {"ban-ket-1": [1, 11, 7], "ban-ket-2": [5, 3, 4]}
    assert refused(lambda: leave(made, "ban-ket-1", 2)) == "no_such_team"
    leave(made, "ban-ket-2", 3)
    assert made.standing("ban-ket-1")["ban-ket-2"] == [5, 6, 4]
    made.enter("ban-ket-2", {5: "20 30 0", 6: "20 35 0", 4: "20 34 0"})
    assert refused(lambda: leave(made, "ban-ket-2", 5)) == "round_has_begun"
    made.publish("ban-ket-2")
    assert found(made, tmp_path) == []


def test_a_list_that_does_not_hold_is_void_by_two_and_stays_readable(tmp_path: Path) -> None:
    made = held_heats()
    made.fix("ban-ket-1")
    first = draw(made, "ban-ket-1")
    for who in (made.chair, made.member):
        void_lineup(
            actor=who, each=made.round("ban-ket-2"), reason="Nghe nhầm số", now=factories.now()
        )
    assert entries_of_round(made.round("ban-ket-1")) == []
    made.fix("ban-ket-1")
    draw(made, "ban-ket-1")
    assert made.lineup("ban-ket-1").commitment != first.commitment
    assert Lineup.objects.filter(round__key="ban-ket-1").count() == 2
    assert found(made, tmp_path) == []


def test_a_correction_of_a_heat_is_refused_as_source_until_it_is_published() -> None:
    made = held_heats()
    made.enter("bang-b", {2: "20 50 0", 6: "20 60 5", 10: "10 10 0"})
    assert refused(lambda: made.fix("ban-ket-1")) == "source_outdated"


# Team 6 is first of its heat with 85, 2 second with 70; 5 and 7 are still the best of the others.
OTHER_FIRST = {2: "20 50 0", 6: "20 60 5", 10: "10 10 0"}
# Everybody has more, and everybody comes on as before.
SAME_FIRST = {2: "25 50 0", 6: "20 45 0", 10: "10 10 0"}


def correct(made: Bracket, marks: Mapping[int, str]) -> None:
    made.enter("bang-b", marks)
    made.publish("bang-b", reason="Cộng lại điểm")


def keep(made: Bracket, *who: User, reason: str = "Bán kết đã thi xong") -> None:
    for each in who:
        keep_lineup(actor=each, each=made.round("ban-ket-2"), reason=reason, now=factories.now())


def test_a_heat_that_is_corrected_after_the_semi_final_leaves_the_list_to_two_people(
    tmp_path: Path,
) -> None:
    made = played_to_the_final()
    semi = made.lineup("ban-ket-1")
    assert changed_since(semi) is None
    assert refused(lambda: keep(made, made.chair)) == "lineup_as_results"
    made.enter("bang-b", OTHER_FIRST)
    assert refused(lambda: keep(made, made.chair)) == "source_outdated"
    made.publish("bang-b", reason="Cộng lại điểm")
    assert changed_since(semi) == Difference((made.teams[6],), (made.teams[2],))
    named = [("foreign_team", made.teams[2]), ("team_left_out", made.teams[6])]
    assert found(made, tmp_path) == named
    assert refused(lambda: keep(made, made.chair, reason=" \t")) == "reason_missing"
    assert refused(lambda: keep(made, made.secretary)) == "not_of_committee"
    assert refused(lambda: keep(made, made.chair, made.chair)) == "same_person"
    assert found(made, tmp_path) == named
    keep(made, made.member)
    assert found(made, tmp_path) == []
    entry = LogEntry.objects.get(action="lineup.keep")
    assert entry.after == {
        "reason": "Bán kết đã thi xong",
        "left_out": f"entry:{made.teams[6]}",
        "foreign": f"entry:{made.teams[2]}",
    }
    assert refused(lambda: keep(made, made.chair)) == "already_approved"
    # Another correction is another question.
    correct(made, {2: "10 10 0", 6: "10 20 0", 10: "20 60 5"})
    assert found(made, tmp_path) == [
        ("foreign_team", made.teams[2]),
        ("team_left_out", made.teams[10]),
    ]


def test_a_correction_by_which_the_same_teams_come_on_leaves_nothing_to_decide(
    tmp_path: Path,
) -> None:
    made = played_to_the_final()
    correct(made, SAME_FIRST)
    assert changed_since(made.lineup("ban-ket-1")) == Difference((), ())
    assert refused(lambda: keep(made, made.chair)) == "lineup_as_results"
    assert found(made, tmp_path) == []


def test_a_keeping_signed_by_one_or_about_other_teams_covers_nothing(tmp_path: Path) -> None:
    made = played_to_the_final()
    correct(made, OTHER_FIRST)
    keep(made, made.chair, made.member)
    assert found(made, tmp_path) == []
    motion = Motion.objects.get(approval__kind="lineup_keep")
    Motion.objects.filter(pk=motion.pk).update(
        content={**motion.content, "foreign": [made.teams[2], made.teams[12]]}
    )
    assert found(made, tmp_path) == [
        ("foreign_team", made.teams[2]),
        ("team_left_out", made.teams[6]),
    ]


def played_to_the_final() -> Bracket:
    made = held_heats()
    made.by_hand("ban-ket-1", 1, 2, 3, 4, 5, 7)
    made.enter("ban-ket-1", {1: "20 50 0", 2: "20 40 0", 7: "20 45 0"})
    made.publish("ban-ket-1")
    return made


def _another_team(made: Bracket) -> list[str]:
    lineup = made.lineup("ban-ket-1")
    seats: list[dict[str, Any]] = lineup.field
    stranger = made.teams[12]
    gone = seats[0]["entry"]
    seats[0] = {**seats[0], "entry": stranger}
    rounds = {
        key: [stranger if each == gone else each for each in entries]
        for key, entries in lineup.rounds.items()
    }
    order = [stranger if each == gone else each for each in lineup.order]
    Lineup.objects.filter(pk=lineup.pk).update(field=seats, rounds=rounds, order=order)
    return [stranger, gone]


def test_a_foreign_team_in_the_list_is_named(tmp_path: Path) -> None:
    made = played_to_the_final()
    stranger, gone = _another_team(made)
    assert sorted(set(found(made, tmp_path))) == sorted(
        {("foreign_team", stranger), ("team_left_out", gone), ("foreign_team", gone)}
    )


def test_a_foreign_team_in_the_round_is_named(tmp_path: Path) -> None:
    made = played_to_the_final()
    lineup = made.lineup("ban-ket-1")
    entries = {each.public_id.hex: each for each in Entry.objects.filter(contest=made.contest)}
    leave(made, "ban-ket-2", 5)
    Leaving.objects.filter(lineup=lineup).update(comes=entries[made.teams[12]])
    assert found(made, tmp_path) == [("successor_differs", made.teams[12])]


def test_lots_that_were_exchanged_are_named(tmp_path: Path) -> None:
    made = held_heats()
    made.fix("ban-ket-1")
    lineup = draw(made, "ban-ket-1")
    Lineup.objects.filter(pk=lineup.pk).update(secret="ab" * 32)
    assert found(made, tmp_path) == [("lineup_lots_differ", "")]


def test_teams_that_were_put_into_other_rounds_than_by_their_lots_are_named(
    tmp_path: Path,
) -> None:
    made = bracket()
    lineup = made.by_hand("bang-a", *range(1, 13))
    rounds = {**lineup.rounds, "bang-a": lineup.rounds["bang-b"], "bang-b": lineup.rounds["bang-a"]}
    Lineup.objects.filter(pk=lineup.pk).update(rounds=rounds)
    made.enter("bang-a", {2: "20 50 5", 6: "20 50 0", 10: "20 40 0"})
    made.publish("bang-a")
    assert found(made, tmp_path) == [("lineup_dealt_otherwise", "")]


def test_a_team_of_another_heat_in_a_round_is_named(tmp_path: Path) -> None:
    made = bracket()
    lineup = made.by_hand("bang-a", *range(1, 13))
    made.enter("bang-a", HEAT_MARKS["bang-a"])
    made.publish("bang-a")
    order = [made.teams[number] for number in (2, 1, *range(3, 13))]
    rounds = {key: order[at::4] for at, key in enumerate(HEATS)}
    Lineup.objects.filter(pk=lineup.pk).update(order=order, rounds=rounds)
    assert found(made, tmp_path) == [("foreign_team", made.teams[1])]


def test_a_round_whose_list_was_taken_out_of_the_bundle_is_named(tmp_path: Path) -> None:
    made = bracket()
    made.by_hand("bang-a", *range(1, 13))
    made.enter("bang-a", HEAT_MARKS["bang-a"])
    made.publish("bang-a")
    Lineup.objects.all().delete()
    assert found(made, tmp_path) == [("lineup_missing", "")]
