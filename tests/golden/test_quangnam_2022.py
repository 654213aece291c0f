"""Quảng Nam 2022: five criteria, one prize a person over two rounds, and a score of schools.

Two different rounds are played, so that somebody wins in both. Pupils and schools are synthetic;
those whose names begin with the code of their school are the many who make up the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

import pytest

from hoithi.contests.plan.schema import Plan
from hoithi.rules.awards import Award, Awards, RoundPlaces, Tie, award_once
from hoithi.rules.collective import collective, unit_facts
from hoithi.rules.standings import Counts, Result
from tests.golden.play import Story, Told, play, rows, told
from tests.golden.spoil import altered, read_table, result_of, without_each

TABLE = read_table("quangnam-2022")

ROSTER = """
# who    unit note
an       M1
binh     M3
chi      M2
dung     M4
em       M3
giang    M5
ha       M3
khanh    M2
lan      M1
minh     M2
nga      M5
oanh     M1
phuc     M3
quan     M4
tam      M4
uyen     M5
viet     M1   barred   # an older brother sat for him in the first round
"""
MANY = {"M1": 277, "M2": 207, "M3": 176, "M4": 120, "M5": 74}


def many(*units: str) -> list[str]:
    """The others of these schools, by name."""
    return [f"{unit}-{number:03}" for unit in units for number in range(1, MANY[unit] + 1)]


def once(names: list[str]) -> str:
    """An attempt for each of them, all alike: five right, no guess, twenty minutes."""
    return "".join(f"{who} 1 08:00:00 20:00 5 -\n" for who in names)


SCHOOLS = "".join(f"{who} {who[:2]}\n" for who in many(*MANY))

# The first round; day 1 is 03/10/2022. Three attempts a day.
FIRST = """
# who  day clock    took  right guess
an      1  18:00:00 25:00 27    670
an      1  18:40:00 12:00 30    670     # counts: the better
binh    4  06:00:00 15:00 26    672     # 23:00 of the day before in UTC, and so on
binh    4  06:20:00 11:00 30    672     # counts
binh    4  06:40:00 15:00 28    672
binh    4  07:05:00 10:00 30    670     # 00:05 in UTC. One of the three was annulled when he got
                                        # this one, and restored later: one too many of the day here
chi     2  08:00:00 11:30 30    668
dung    2  09:00:00 11:30 30    672     # counts: the nearer guess
dung    3  09:00:00 09:00 30    700     # quicker, but 30 off; a second full mark
em      2  09:00:00 11:30 30    668
giang   5  10:00:00 14:00 29    670     # equal with ha
giang   6  10:00:00 14:00 30    670 void # annulled: counts nowhere
ha      5  10:00:00 14:00 29    670
khanh   3  21:00:00 20:00 25    660
khanh   3  22:00:00 20:00 26    660
khanh   3  23:00:00 20:00 27    660     # the third of the day
khanh   4  00:05:00 13:00 30    660     # counts: the first of the next; 17:05 of day 3 in UTC
minh    7  19:00:00 29:30 28    671
oanh    7  19:00:00 auto  28    669     # time ran out: 30:00
viet    8  19:00:00 05:00 30    670     # would be first
"""
FIRST_MANY = many("M1", "M2", "M3")  # 277 + 207 + 176 = 660

# Not barred and with an admitted attempt: an, binh, chi, dung, em, giang, ha, khanh, minh, oanh
# = 10 and the 660.
# Attempts: an 2, binh 3 (not the fourth), chi 1, dung 2, em 1, giang 1, ha 1, khanh 4, minh 1,
# oanh 1 = 17 and the 660. All right: an, binh, chi, dung, em, khanh = 6.
FIRST_FROZEN = Counts(participants=670, attempts=677, all_correct=6)

# Off by: from 670. Prizes: 1 nhat, 1 nhi, 2 ba, 3 khuyen-khich, after the rule of one prize.
FIRST_TABLE = """
# place who    points off time  decided_by prize
1       an    300.00  0   12:00 -          nhat
2       binh  300.00  2   11:00 prediction nhi           # a later start than the next three
3       chi   300.00  2   11:30 duration   ba            # 668 is as far from 670 as 672
4       dung  300.00  2   11:30 started    ba            # an hour after chi
5       em    300.00  2   11:30 full_marks khuyen-khich  # one full mark; dung has two
6       khanh 300.00  10  13:00 prediction -             # has a first prize in the second round
7       giang 290.00  0   14:00 points     khuyen-khich  # with khanh's prize there are two left
7       ha    290.00  0   14:00 shared     khuyen-khich  # for the two of them: no tie
9       minh  280.00  1   29:30 points     -
10      oanh  280.00  1   30:00 duration   -
"""

# The second round; day 1 is 17/10/2022, day 14 the last.
SECOND = """
# who  day clock    took  right guess
an      3  20:00:00 10:30 30    204
chi     4  08:00:00 10:30 30    206
chi     5  08:00:00 10:00 30    250     # quicker, but 45 off; a second full mark
khanh   2  19:00:00 16:00 30    205
lan     9  19:00:00 10:00 30    206
minh    4  08:00:00 10:30 30    204
nga     6  18:00:00 09:00 30    200
oanh    6  19:00:00 08:00 29    205
phuc    6  20:00:00 08:00 29    208
quan    7  20:00:00 15:00 28    205     # equal with tam
tam     7  20:00:00 15:00 28    205
uyen   14  23:50:00 auto  27    205     # the round ends at 24:00: 10:00
"""
SECOND_MANY = many("M4", "M5")  # 120 + 74 = 194

# Here: an, chi, khanh, lan, minh, nga, oanh, phuc, quan, tam, uyen = 11 and the 194. Attempts: one
# more, by chi. All right: an, chi, khanh, lan, minh, nga = 6.
SECOND_FROZEN = Counts(participants=205, attempts=206, all_correct=6)

# Off by: from 205.
SECOND_TABLE = """
# place who    points off time  decided_by prize
1       khanh 300.00  0   16:00 -          nhat          # higher than khuyen-khich, so kept
2       lan   300.00  1   10:00 prediction nhi           # the last to start of four with 1 off
3       an    300.00  1   10:30 duration   -             # has a first prize
4       chi   300.00  1   10:30 started    -             # a third prize here too: the earlier stays
5       minh  300.00  1   10:30 full_marks ba            # one full mark; chi has two
6       nga   300.00  5   09:00 prediction ba
7       oanh  290.00  0   08:00 points     khuyen-khich
8       phuc  290.00  3   08:00 prediction khuyen-khich
9       quan  280.00  0   15:00 points     khuyen-khich  # the last prize, by the committee
10      tam   280.00  0   15:00 decision   -
11      uyen  270.00  0   10:00 points     -
"""
DECISION = ("quan", "tam")

# Points for prizes: nhat 10, nhi 8, ba 6, khuyen-khich 4.
#   M1: an 10, lan 8, oanh 4            = 22
#   M2: khanh 10, chi 6, minh 6         = 22
#   M3: binh 8, em 4, ha 4, phuc 4      = 20
#   M4: dung 6, quan 4                  = 10
#   M5: nga 6, giang 4                  = 10
# People, each once over both rounds, viet not among them:
#   M1: an, lan, oanh and 277 = 280 of 400 = 70,00 %
#   M2: chi, khanh, minh and 207 = 210 of 300 = 70,00 %
#   M3: binh, em, ha, phuc and 176 = 180 of 250 = 72,00 %
#   M4: dung, quan, tam and 120 = 123 of 200 = 61,50 %
#   M5: giang, nga, uyen and 74 = 77 of 120 = 64,1666… % = 64,17 %
SCHOOL_TABLE = """
# place unit people percent score decided_by   prize
1       M3   180    72.00   92.00 -            nhat
2       M1   280    70.00   92.00 percent      nhi
3       M2   210    70.00   92.00 participants ba
4       M5   77     64.17   74.17 score        ba
5       M4   123    61.50   71.50 score        -
"""


@dataclass(frozen=True, slots=True)
class Contest:
    """What the whole contest brings."""

    counts: dict[str, Counts]
    rounds: dict[str, Told]
    schools: list[tuple[str, ...]]


def alike(place: str, names: list[str]) -> list[tuple[str, ...]]:
    """The rows of the many, who share the last place."""
    return [
        (place, who, "50.00", "-", "20:00", "shared" if at else "points", "-")
        for at, who in enumerate(names)
    ]


WORKED = Contest(
    {"dot-1": FIRST_FROZEN, "dot-2": SECOND_FROZEN},
    {
        "dot-1": Told([*rows(FIRST_TABLE), *alike("11", FIRST_MANY)], ("viet",), (), ()),
        "dot-2": Told([*rows(SECOND_TABLE), *alike("12", SECOND_MANY)], (), (), ()),
    },
    rows(SCHOOL_TABLE),
)
STORIES = {
    "dot-1": Story(date(2022, 10, 3), ROSTER + SCHOOLS, FIRST + once(FIRST_MANY)),
    "dot-2": Story(date(2022, 10, 17), ROSTER + SCHOOLS, SECOND + once(SECOND_MANY), (DECISION,)),
}


def results(plan: Plan, stories: dict[str, Story]) -> dict[str, tuple[Counts, Result]]:
    return {each.key: play(plan, each, stories[each.key]) for each in plan.rounds}


def awards_of(plan: Plan, played: dict[str, tuple[Counts, Result]]) -> dict[str, Awards]:
    """The awards of each round, after the rule of one prize a person if the plan has it."""
    if plan.rules.one_prize is None:
        return {key: result.awards for key, (_, result) in played.items()}
    places = {
        key: RoundPlaces(result.placed, plan.round(key).prizes, frozenset(result.unfit))
        for key, (_, result) in played.items()
    }
    return award_once(places, plan.rules.one_prize)


def schools(
    plan: Plan, played: dict[str, tuple[Counts, Result]], awards: dict[str, Awards]
) -> list[tuple[str, ...]]:
    """Place, unit, people, percent, score, decided by, prize."""
    if plan.rules.collective is None:
        return []
    facts = unit_facts(
        {unit.code: unit.headcount for unit in plan.units},
        {who: unit for who, unit, *_ in rows(ROSTER + SCHOOLS)},
        chain.from_iterable([row.entry for row in one.placed] for _, one in played.values()),
        chain.from_iterable(one.given for one in awards.values()),
    )
    result = collective(plan.rules.collective, facts)
    scores = {each.unit: each for each in result.scores}
    prizes = {one.entry: one.prize for one in result.awards.given}
    return [
        (
            str(row.place),
            row.entry,
            str(scores[row.entry].participants),
            str(scores[row.entry].percent),
            str(scores[row.entry].score),
            row.decided_by or "-",
            prizes.get(row.entry, "-"),
        )
        for row in result.placed
    ]


def played(plan: Plan) -> Contest:
    outcome = results(plan, STORIES)
    awards = awards_of(plan, outcome)
    return Contest(
        {key: frozen for key, (frozen, _) in outcome.items()},
        {key: told(result, awards[key]) for key, (_, result) in outcome.items()},
        schools(plan, outcome, awards),
    )


def test_both_rounds_and_the_schools_come_out_as_worked_by_hand() -> None:
    assert result_of(TABLE, played) == WORKED


def test_each_round_alone_would_give_some_people_two_prizes_and_find_a_tie() -> None:
    """By themselves giang and ha are two for the last prize of the first round."""
    outcome = result_of(TABLE, lambda plan: results(plan, STORIES))
    assert outcome is not None
    first, second = outcome["dot-1"][1].awards, outcome["dot-2"][1].awards
    assert first.given[4:] == (Award("em", "khuyen-khich", 5), Award("khanh", "khuyen-khich", 6))
    assert first.ties == (Tie(7, ("giang", "ha"), ("khuyen-khich",)),)
    assert second.given[:4] == (
        Award("khanh", "nhat", 1),
        Award("lan", "nhi", 2),
        Award("an", "ba", 3),
        Award("chi", "ba", 4),
    )


def test_before_the_committees_decision_the_last_prize_is_a_tie() -> None:
    undecided = {key: replace(story, decisions=()) for key, story in STORIES.items()}
    awards = result_of(TABLE, lambda plan: awards_of(plan, results(plan, undecided)))
    assert awards is not None
    assert awards["dot-2"].ties == (Tie(9, ("quan", "tam"), ("khuyen-khich",)),)


def test_without_any_key_of_the_rules_the_case_fails() -> None:
    unnoticed, accepted = without_each(TABLE, played, WORKED)
    assert unnoticed == []
    assert accepted == [
        *[
            f"rounds[{number}].{key}"
            for number in (1, 2)
            for key in [
                *["ranking[2]", "ranking[3]", "ranking[4]", "ranking[5]"],
                *["prizes[1]", "prizes[2]", "prizes[3]", "prizes[4]"],
            ]
        ],
        *[f"rules.collective.ranking[{number}]" for number in (1, 2, 3)],
        *[f"rules.collective.prizes[{number}]" for number in (1, 2, 3)],
    ]


@pytest.mark.parametrize("key", ["rules.one_prize", "rules.collective"])
def test_a_plan_without_the_rule_and_its_assumptions_gives_another_result(key: str) -> None:
    other = result_of(altered(TABLE, {"assumptions": [], key: ""}), played)
    assert other is not None
    assert other != WORKED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rules.one_prize.freed", "not_given"),
        ("rules.collective.points_per_percent", 2),
        ("rules.collective.prize_points.khuyen-khich", 5),
        ("rules.collective.ranking", ["score", "participants", "percent"]),
        ("rules.collective.prizes[3].count", 3),
        ("units[1].headcount", 401),
        ("rounds[1].online.minutes", 31),
        ("rounds[1].online.points_per_item", 5),
        ("rounds[1].online.counted", "first"),
        ("rounds[1].online.counted", "last"),
        ("rounds[1].online.attempts.limit", 4),
        ("rounds[1].online.attempts.per", "round"),
        ("rounds[1].online.paper[1].count", 31),
        ("rounds[1].online.prediction.target", "attempts"),
        ("rounds[1].online.prediction.target", "all_correct"),
        ("rounds[1].online.prediction.distance", "not_above"),
        ("rounds[1].ranking", ["points", "prediction", "started", "duration", "full_marks"]),
        ("rounds[1].requirement.all_correct", True),
        ("rounds[1].requirement.minimum_points", 300),
        ("rounds[1].prizes[3].count", 3),
    ],
)
def test_another_value_of_a_rule_gives_another_result(key: str, value: object) -> None:
    other = result_of(altered(TABLE, {key: value}), played)
    assert other is not None
    assert other != WORKED


def test_a_day_turns_at_midnight_of_the_contests_own_time() -> None:
    """In UTC khanh's fourth attempt is one too many, and binh's fourth is not."""
    in_utc = {"contest.utc_offset_min": 0, "contest.first_day": date(2022, 10, 2)}
    other = result_of(altered(TABLE, in_utc), played)
    assert other is not None
    points = {row[1]: (row[2], row[4]) for row in other.rounds["dot-1"].rows}
    assert points["binh"] == ("300.00", "10:00")
    assert points["khanh"] == ("270.00", "20:00")
