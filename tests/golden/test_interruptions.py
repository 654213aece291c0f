"""Minutes granted for interruptions, left in the time that breaks ties or taken out of it.

The online round of Đắk Nông 2023 (thirty minutes, ranked by points, time and moment), whose plan
leaves them in, and the same plan with the other choice.
"""

from __future__ import annotations

from datetime import date

from hoithi.contests.plan.schema import Plan
from tests.golden.play import Story, Told, play, rows, told
from tests.golden.spoil import altered, read_table, result_of

TABLE = read_table("daknong-2023")
ROSTER = """
an    GN
binh  CJ
chi   DG
dung  DM
em    DR
giang DS
"""
# The round closes at 22:00 of day 12.
ATTEMPTS = """
# who  day clock    took  right guess
an      1  08:00:00 28:00 30    -   +10:00  # ten minutes without electricity
binh    1  08:00:00 20:00 30    -
chi     1  08:00:00 auto  30    -   +05:00  # ran out at 35:00
dung   12  21:50:00 auto  30    -   +05:00  # the closing would have cut it to 10:00: 15:00
em      1  08:00:00 03:00 30    -   +10:00  # handed in before the ten minutes had passed
giang   1  08:00:00 01:00 29    -           # fewer points
"""
# From start to hand-in, minutes granted or not.
WHOLE = """
# place who   points off time  decided_by prize
1       em    30.00  -   03:00 -          nhat
2       dung  30.00  -   15:00 duration   nhi
3       binh  30.00  -   20:00 duration   ba
4       an    30.00  -   28:00 duration   ba
5       chi   30.00  -   35:00 duration   khuyen-khich
6       giang 29.00  -   01:00 points     khuyen-khich
"""
# an: 28:00 - 10:00 = 18:00, now before binh. chi: 35:00 - 05:00 = 30:00, the full time. dung had no
# more than a full time: nothing is taken out. em: 03:00 - 10:00 is no time at all.
LESS = """
# place who   points off time  decided_by prize
1       em    30.00  -   00:00 -          nhat
2       dung  30.00  -   15:00 duration   nhi
3       an    30.00  -   18:00 duration   ba
4       binh  30.00  -   20:00 duration   ba
5       chi   30.00  -   30:00 duration   khuyen-khich
6       giang 29.00  -   01:00 points     khuyen-khich
"""


def played(plan: Plan) -> Told:
    _, result = play(plan, plan.rounds[0], Story(date(2023, 10, 9), ROSTER, ATTEMPTS))
    return told(result, result.awards)


def table(text: str) -> Told:
    return Told(rows(text), barred=(), ties=(), left=("khuyen-khich",))


def test_the_time_is_the_whole_time_unless_the_plan_says_otherwise() -> None:
    assert result_of(TABLE, played) == table(WHOLE)


def test_minutes_granted_for_interruptions_are_taken_out_where_the_plan_says_so() -> None:
    other = altered(TABLE, {"rounds[1].online.duration": "less_interruptions"})
    assert result_of(other, played) == table(LESS)
