"""Bình Thuận 2024: any number of attempts, prizes only for all fifteen right, a guess of how many.

The same fortnight is played in both rounds, whose rules are the same. The people are synthetic.
"""

from __future__ import annotations

from datetime import date

import pytest

from hoithi.contests.plan.schema import Plan
from hoithi.rules.awards import Tie
from hoithi.rules.standings import Counts
from tests.golden.play import Story, Told, play, rows, told
from tests.golden.spoil import altered, read_table, result_of, without_each

TABLE = read_table("binhthuan-2024")
FIRST_DAYS = {"dot-1": date(2024, 8, 17), "dot-2": date(2024, 9, 9)}

ROSTER = """
# who    unit note
an       PT
binh     LG
chi      TP
dung     BB
em       HB
giang    HN
ha       HT
khanh    TL
lan      DL
minh     PQ
nga      PT
oanh     LG
phuc     TP
son      PT   barred   # of the group that wrote the questions
tam      PT
uyen     BB
"""

ATTEMPTS = """
# who  day clock    took  right guess
an      1  20:00:00 10:00 12     9
an      1  20:30:00 09:00 15     9      # counts: the better of two attempts of one evening
binh    2  23:40:00 05:00 15    20      # all right and quick, but 11 off
binh    3  00:10:00 14:00 15    10      # counts: 1 off, and the guess goes before the time
chi     2  09:00:00 14:30 15     8      # chi and dung are equal in all that is compared
dung    2  09:00:00 14:30 15    10
em     15  23:50:00 auto  15    11      # the round ends at 24:00 of its last day: 10:00
giang   4  10:00:00 10:00 15     7
ha      5  19:00:00 11:00 15    13      # equal with khanh
khanh   5  19:00:00 11:00 15     5
lan     6  07:00:00 08:00 15     -      # made no guess
lan     6  07:30:00 08:00 10     9      # the later attempt is worse and does not count
minh    7  06:00:00 03:00 14     9      # quick, the guess exact, one question wrong
nga     7  06:00:00 03:00 14    12
oanh    8  12:00:00 auto  13     9      # time ran out: 15:00
phuc    8  23:55:00 14:40 13     9      # over midnight
son     9  08:00:00 02:00 15     9      # would be first
tam     9  09:00:00 05:00 15     9 void # nothing else: has not taken part
uyen   10  10:00:00 05:00 15     9 void # looked the answers up; the annulled attempt counts nowhere
uyen   11  10:00:00 07:00 11     9
"""

# Not barred and with an attempt that was not annulled: an, binh, chi, dung, em, giang, ha, khanh,
# lan, minh, nga, oanh, phuc, uyen = 14 people.
# Attempts: an, binh and lan 2 each, the other eleven 1 each = 17.
# All fifteen right in one of them: an, binh, chi, dung, em, giang, ha, khanh, lan = 9 people; binh,
# who did it twice, is one of the nine.
FROZEN = Counts(participants=14, attempts=17, all_correct=9)

# Prizes: 1 nhat, 2 nhi, 3 ba, 5 khuyen-khich, for people with fifteen right. Off by: from 9.
EXPECTED = """
# place who    points off time  decided_by prize
1       an     15.00  0   09:00 -          nhat
2       binh   15.00  1   14:00 prediction nhi           # 10; handed in a day after the next two,
                                                         # but in a shorter time
3       chi    15.00  1   14:30 duration   -             # one nhi and one ba are left for two
3       dung   15.00  1   14:30 shared     -             # 10 is as far from 9 as 8
5       giang  15.00  2   10:00 prediction ba            # 7
6       em     15.00  2   10:00 submitted  ba            # 11; eleven days later
7       ha     15.00  4   11:00 prediction khuyen-khich  # equal, and there are equal prizes: no tie
7       khanh  15.00  4   11:00 shared     khuyen-khich
9       lan    15.00  -   08:00 prediction khuyen-khich  # no guess comes after every guess
10      minh   14.00  0   03:00 points     -             # not all right, so no prize
11      nga    14.00  3   03:00 prediction -
12      phuc   13.00  0   14:40 points     -
13      oanh   13.00  0   15:00 duration   -
14      uyen   11.00  0   07:00 points     -
"""
TIE = Tie(3, ("chi", "dung"), ("nhi", "ba"))
LEFT = ("khuyen-khich", "khuyen-khich")  # nine people for eleven prizes


def played(
    plan: Plan, decisions: tuple[tuple[str, ...], ...] = ()
) -> dict[str, tuple[Counts, Told]]:
    """Both rounds of the plan, each with the same fortnight."""
    outcome = {}
    for each in plan.rounds:
        story = Story(FIRST_DAYS[each.key], ROSTER, ATTEMPTS, decisions)
        frozen, result = play(plan, each, story)
        outcome[each.key] = frozen, told(result, result.awards)
    return outcome


WORKED = {
    key: (FROZEN, Told(rows(EXPECTED), barred=("son",), ties=(TIE,), left=LEFT))
    for key in FIRST_DAYS
}


def test_both_rounds_come_out_as_worked_by_hand() -> None:
    assert result_of(TABLE, played) == WORKED


def test_the_committees_decision_gives_out_the_tie() -> None:
    decided = result_of(TABLE, lambda plan: played(plan, (("dung", "chi"),)))
    assert decided is not None
    _, first = decided["dot-1"]
    assert (first.ties, first.left) == ((), LEFT)
    assert first.rows[2:4] == rows("""
        3 dung 15.00 1 14:30 duration nhi
        4 chi  15.00 1 14:30 decision ba
    """)


def test_without_any_key_of_the_rules_the_case_fails() -> None:
    unnoticed, accepted = without_each(TABLE, played, WORKED)
    assert unnoticed == []
    assert accepted == [
        f"rounds[{number}].{key}"
        for number in (1, 2)
        for key in [
            *["ranking[2]", "ranking[3]", "ranking[4]"],
            *["prizes[1]", "prizes[2]", "prizes[3]", "prizes[4]"],
        ]
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("online.minutes", 16),
        ("online.points_per_item", 2),
        ("online.counted", "first"),
        ("online.counted", "last"),
        ("online.attempts", {"limit": 1, "per": "round", "periods": []}),
        ("online.attempts", {"limit": 1, "per": "day", "periods": []}),
        ("online.paper[1].count", 16),
        ("online.prediction.target", "participants"),
        ("online.prediction.target", "attempts"),
        ("online.prediction.distance", "not_above"),
        ("ranking", ["points", "duration", "prediction", "submitted"]),
        ("requirement.all_correct", False),
        ("requirement.minimum_points", 16),
        ("prizes[2].count", 3),
        ("prizes[4].count", 6),
    ],
)
def test_another_value_of_a_rule_gives_another_result(key: str, value: object) -> None:
    other = result_of(altered(TABLE, {f"rounds[2].{key}": value}), played)
    assert other is not None
    assert [name for name in WORKED if other[name] != WORKED[name]] == ["dot-2"]
