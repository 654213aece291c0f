"""Đắk Lắk 2025: one attempt a day, the best of two days, a guess of the number of participants.

The same two days are played in each of the four periods, whose rules are the same: one table serves
all four. The people are synthetic.
"""

from __future__ import annotations

from datetime import date

import pytest

from hoithi.contests.plan.schema import Plan
from hoithi.rules.awards import Tie
from hoithi.rules.standings import Counts
from tests.golden.play import Story, Told, play, rows, told
from tests.golden.spoil import altered, read_table, result_of, without_each

TABLE = read_table("daklak-2025")
FIRST_DAYS = {
    "ky-1": date(2025, 9, 16),
    "ky-2": date(2025, 9, 18),
    "ky-3": date(2025, 9, 23),
    "ky-4": date(2025, 9, 25),
}

ROSTER = """
# who    unit note
an       M1
binh     M2
chi      M3
dung     M4
em       M1
giang    M2
ha       M3
khanh    M4
lan      M1
minh     M2
nga      M3
oanh     M4
phuc     M1
quan     M2   later    # somebody else sat for him; found out after the count was frozen
son      M3   barred   # of the secretariat
tam      M4
uyen     M1
"""

ATTEMPTS = """
# who  day clock    took  right guess
an     1   08:00:00 07:30 10    15      # counts: the better of two days
an     2   08:00:00 03:00  9    15
binh   1   23:58:00 02:00  7    30      # 16:58 in UTC
binh   2   00:01:00 06:00 10    16      # 17:01 in UTC: the same day there, but the next one here
chi    1   06:50:00 09:00  8    15      # a power cut: annulled at first, restored on appeal
chi    1   07:10:00 05:00 10    15      # given in exchange: one too many of the day, not admitted,
                                        # though midnight of UTC lies between the two
dung   1   09:00:00 04:00 10    15 void # two people at one screen
dung   1   09:30:00 08:00  9    14      # an annulled attempt does not use up the day
em     2   23:55:00 auto  10    17      # the period ends at 24:00, so the time is 05:00
giang  1   10:00:00 auto  10    17      # never handed in: counted as at the deadline, 10:10:00
ha     1   09:30:00 10:00 10    13      # handed in at 09:40:00
khanh  1   09:30:00 08:00  9    16
lan    2   20:00:00 02:00  9    13
minh   1   12:00:00 01:00  9    -       # made no guess
nga    1   13:00:00 06:00  8    11
oanh   2   14:00:00 07:00  7    15
phuc   2   14:00:00 07:00  7    15
quan   1   15:00:00 04:00 10    15      # would be first
son    1   16:00:00 04:00 10    15      # would be first too
tam    2   17:00:00 05:00 10    15 void # nothing else: has not taken part
uyen   2   18:00:00 09:59  5    15
"""

# When the count was frozen, these had an admitted attempt and were not barred: an, binh, chi, dung,
# em, giang, ha, khanh, lan, minh, nga, oanh, phuc, quan, uyen = 15 people; quan still among them.
# Attempts: an and binh 2 each, chi 1 (the second is not admitted), dung 1 (the annulled one is
# not), the other eleven 1 each = 2 + 2 + 1 + 1 + 11 = 17.
# All ten right: an, binh, em, giang, ha, quan = 6.
FROZEN = Counts(participants=15, attempts=17, all_correct=6)

# Prizes: 1 nhat, 2 nhi, 3 ba, 4 khuyen-khich. Off by: how far the guess is from 15.
EXPECTED = """
# place who    points off time  decided_by prize
1       an     10.00  0   07:30 -          nhat          # ten right and the guess exact
2       binh   10.00  1   06:00 prediction nhi           # 16
3       em     10.00  2   05:00 prediction nhi           # 17; shorter than the next two
4       ha     10.00  2   10:00 duration   ba            # 13 is as far from 15 as 17
5       giang  10.00  2   10:00 submitted  ba            # 10:10:00 is later than 09:40:00
6       dung    9.00  1   08:00 points     -             # equal in everything with khanh, for whom
6       khanh   9.00  1   08:00 shared     -             # one ba and one khuyen-khich are left
8       lan     9.00  2   02:00 prediction khuyen-khich
9       minh    9.00  -   01:00 prediction khuyen-khich  # no guess comes after every guess
10      chi     8.00  0   09:00 points     khuyen-khich  # the earlier attempt of the day
11      nga     8.00  4   06:00 prediction -             # ten prizes are gone
12      oanh    7.00  0   07:00 points     -             # a shared place without a prize is no tie
12      phuc    7.00  0   07:00 shared     -
14      uyen    5.00  0   09:59 points     -
"""
TIE = Tie(6, ("dung", "khanh"), ("ba", "khuyen-khich"))


def played(
    plan: Plan, decisions: tuple[tuple[str, ...], ...] = ()
) -> dict[str, tuple[Counts, Told]]:
    """All periods of the plan, each with the same two days."""
    outcome = {}
    for each in plan.rounds:
        story = Story(FIRST_DAYS[each.key], ROSTER, ATTEMPTS, decisions)
        frozen, result = play(plan, each, story)
        outcome[each.key] = frozen, told(result, result.awards)
    return outcome


WORKED = {
    key: (FROZEN, Told(rows(EXPECTED), barred=("quan", "son"), ties=(TIE,), left=()))
    for key in FIRST_DAYS
}


def test_every_period_comes_out_as_worked_by_hand() -> None:
    assert result_of(TABLE, played) == WORKED


def test_the_committees_decision_gives_out_the_tie() -> None:
    decided = result_of(TABLE, lambda plan: played(plan, (("khanh", "dung"),)))
    assert decided is not None
    _, period = decided["ky-1"]
    assert period.ties == ()
    assert period.rows[5:7] == rows("""
        6 khanh 9.00 1 08:00 points   ba
        7 dung  9.00 1 08:00 decision khuyen-khich
    """)


def test_without_any_key_of_the_rules_the_case_fails() -> None:
    unnoticed, accepted = without_each(TABLE, played, WORKED)
    assert unnoticed == []
    assert accepted == [
        f"rounds[{number}].{key}"
        for number in (1, 2, 3, 4)
        for key in [
            *["ranking[2]", "ranking[3]", "ranking[4]"],
            *["prizes[1]", "prizes[2]", "prizes[3]", "prizes[4]"],
        ]
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("online.minutes", 11),
        ("online.points_per_item", 2),
        ("online.counted", "first"),
        ("online.counted", "last"),
        ("online.attempts.limit", 2),
        ("online.attempts.per", "round"),
        ("online.paper[1].count", 11),
        ("online.prediction.target", "attempts"),
        ("online.prediction.target", "all_correct"),
        ("online.prediction.distance", "not_above"),
        ("ranking", ["points", "prediction", "submitted", "duration"]),
        ("requirement.all_correct", True),
        ("requirement.minimum_points", 9),
        ("prizes[1].count", 2),
        ("prizes[4].count", 5),
    ],
)
def test_another_value_of_a_rule_gives_another_result(key: str, value: object) -> None:
    other = result_of(altered(TABLE, {f"rounds[2].{key}": value}), played)
    assert other is not None
    assert [period for period in WORKED if other[period] != WORKED[period]] == ["ky-2"]


def test_a_day_turns_at_midnight_of_the_contests_own_time() -> None:
    """In UTC Bình's two attempts fall on one day, and Chi's two on different days."""
    in_utc = {"contest.utc_offset_min": 0, "contest.first_day": date(2025, 9, 15)}
    other = result_of(altered(TABLE, in_utc), played)
    assert other is not None
    points = {row[1]: row[2] for row in other["ky-1"][1].rows}
    assert (points["binh"], points["chi"]) == ("7.00", "10.00")
