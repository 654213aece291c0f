"""Đắk Nông 2023: one attempt online, ranked by points, time and moment; teams live, by segments.

The plan asks for no prediction, so none decides. The live round is played twice: its marks from
signed minutes, and from the log of the stage. People and marks are synthetic.
"""

from __future__ import annotations

from datetime import date

import pytest

from hoithi.contests.plan.schema import Plan
from hoithi.rules.awards import Tie
from hoithi.rules.standings import Counts
from tests.golden.play import Story, Told, play, play_live, rows, told
from tests.golden.spoil import altered, read_table, result_of, without_each
from tests.golden.stage import play_stage

TABLE = read_table("daknong-2023")

ROSTER = """
# who    unit note
an       GN
binh     CJ
chi      DG
dung     DM
em       DR
giang    DS
ha       KN
khanh    TD
lan      GN
minh     CJ
nga      DG
oanh     DM
phuc     DR
quan     DS   barred   # of the group that wrote the questions
tam      KN
uyen     TD
"""

# Day 1 is 09/10/2023; the round is open from 07:00 of day 1 to 22:00 of day 12.
ATTEMPTS = """
# who  day clock    took  right guess
an      1  08:00:00 18:20 30    -
binh    1  09:00:00 19:05 30    -       # handed in at 09:19:05 of day 1
chi     2  08:00:00 19:05 30    -       # as long, but a day later
dung    3  13:30:00 25:00 29    -       # dung and em are equal to the millisecond
em      3  13:30:00 25:00 29    -
giang   4  07:00:00 29:30 29    -
ha      4  07:00:00 auto  29    -       # time ran out: 30:00
khanh   5  10:00:00 21:00 28    -
lan     6  23:40:00 15:00 27    -       # the network of the commune fell: annulled, later restored
lan     7  00:20:00 20:00 30    -       # given in exchange: one too many, though on another day
minh   12  21:45:00 auto  26    -       # the round closes at 22:00: 15:00
nga     8  10:00:00 16:00 26    -
oanh    9  10:00:00 17:00 25    -       # equal with phuc
phuc    9  10:00:00 17:00 25    -
quan   10  10:00:00 05:00 30    -       # would be first
tam    10  11:00:00 12:00 30    - void  # nothing else: has not taken part
uyen   11  10:00:00 00:30 30    - void  # opened by somebody else
uyen   11  11:00:00 20:00  0    -       # an annulled attempt does not use up the one
"""

# Not barred and with an admitted attempt: an, binh, chi, dung, em, giang, ha, khanh, lan, minh,
# nga, oanh, phuc, uyen = 14 people with one attempt each; all thirty right: an, binh, chi = 3.
FROZEN = Counts(participants=14, attempts=14, all_correct=3)

# Prizes: 1 nhat, 1 nhi, 2 ba, 3 khuyen-khich.
ONLINE = """
# place who    points off time  decided_by prize
1       an     30.00  -   18:20 -          nhat
2       binh   30.00  -   19:05 duration   nhi
3       chi    30.00  -   19:05 submitted  ba
4       dung   29.00  -   25:00 points     -             # one ba and one khuyen-khich for two
4       em     29.00  -   25:00 shared     -
6       giang  29.00  -   29:30 duration   khuyen-khich
7       ha     29.00  -   30:00 duration   khuyen-khich  # time that ran out is the whole time
8       khanh  28.00  -   21:00 points     -             # seven prizes are gone
9       lan    27.00  -   15:00 points     -             # the earlier attempt stands
10      minh   26.00  -   15:00 points     -
11      nga    26.00  -   16:00 duration   -
12      oanh   25.00  -   17:00 points     -
12      phuc   25.00  -   17:00 shared     -
14      uyen    0.00  -   20:00 points     -
"""
TIE = Tie(4, ("dung", "em"), ("ba", "khuyen-khich"))

TEAMS = """
# who  unit note
GN     GN
CJ     CJ
DG     DG   barred   # somebody answered who was not registered with the team
DM     DM
DR     DR
DS     DS
KN     KN
TD     TD
"""

# The mean of the judges with three decimals; a total is rounded once, to two.
MINUTES = """
# who  gioi-thieu kien-thuc tieu-pham
GN     27.500     28        36        # 91,5
CJ     25.500     27        35        # 87,5
DG     30         30        40        # 100: would be first
DM     26.500     26        35        # 87,5
DR     25         26        35        # 86
DS     24         26        36        # 86
KN     24.334     25        31        # 80,334
TD     24.326     25        31        # 80,326
"""

# Prizes: 1 nhat, 1 nhi, 1 ba. Equal points: kien-thuc, then tieu-pham, then gioi-thieu.
LIVE = """
# place who points off time decided_by         prize
1       GN  91.50  -   -    -                  nhat
2       CJ  87.50  -   -    points             nhi
3       DM  87.50  -   -    segment:kien-thuc  ba    # 27 against 26
4       DS  86.00  -   -    points             -
5       DR  86.00  -   -    segment:tieu-pham  -     # 26 both; 36 against 35
6       KN  80.33  -   -    points             -
7       TD  80.33  -   -    segment:gioi-thieu -     # 25 and 31 both; 24,334 against 24,326
"""

# Five judges; one highest and one lowest total are left out.
STAGE = """
# who part       clock gk1  gk2  gk3  gk4  gk5
GN    gioi-thieu 10:30 27   28   27.5 22   29    # 82,5 / 3 = 27,5; 30 seconds over: −1
CJ    gioi-thieu 12:00 25   25.5 26   24   27    # 76,5 / 3 = 25,5; two minutes over: −2
DM    gioi-thieu  4:50 26.5 26.5 26.5 26.5 26.5  # 26,5; ten seconds under: −1
DR    gioi-thieu  2:00 20   21   22   23   24    # 66 / 3 = 22; three minutes under: −2
GN    kien-thuc  oooooooox-                      # 24
CJ    kien-thuc  oooooooooo                      # 30
DM    kien-thuc  ooooo-----                      # 15
DR    kien-thuc  xxxxxxxxxx                      # 0
GN    tieu-pham  15:01 36   35   37   36.5 34    # 107,5 / 3 = 35,83; a second over: −1
CJ    tieu-pham  17:00 38   38   38   38   38    # 38; two minutes over: −2
DM    tieu-pham  15:00 30   31   32   33   40    # 96 / 3 = 32
DR    tieu-pham   5:00 28   28.5 29   29.5 30    # 87 / 3 = 29
"""

# GN 26,5 + 24 + 34,83; CJ 23,5 + 30 + 36; DM 25,5 + 15 + 32; DR 20 + 0 + 29.
STAGED = """
# place who points off time decided_by prize
1       CJ  89.50  -   -    -          nhat
2       GN  85.33  -   -    points     nhi
3       DM  72.50  -   -    points     ba
4       DR  49.00  -   -    points     -
"""


def played(
    plan: Plan, decisions: tuple[tuple[str, ...], ...] = ()
) -> dict[str, tuple[Counts | None, Told]]:
    """Both rounds of the plan, the live one on stage too."""
    outcome: dict[str, tuple[Counts | None, Told]] = {}
    for each in plan.rounds:
        if each.online is None:
            live = play_live(plan, each, TEAMS, MINUTES)
            outcome[each.key] = None, told(live, live.awards)
            stage = play_stage(plan, each, STAGE)
            outcome["san-khau"] = None, told(stage, stage.awards)
        else:
            story = Story(date(2023, 10, 9), ROSTER, ATTEMPTS, decisions)
            frozen, result = play(plan, each, story)
            outcome[each.key] = frozen, told(result, result.awards)
    return outcome


WORKED = {
    "truc-tuyen": (FROZEN, Told(rows(ONLINE), barred=("quan",), ties=(TIE,), left=())),
    "truc-tiep": (None, Told(rows(LIVE), barred=("DG",), ties=(), left=())),
    "san-khau": (None, Told(rows(STAGED), barred=(), ties=(), left=())),
}


def test_both_rounds_come_out_as_worked_by_hand() -> None:
    assert result_of(TABLE, played) == WORKED


def test_the_committees_decision_gives_out_the_tie() -> None:
    decided = result_of(TABLE, lambda plan: played(plan, (("em", "dung"),)))
    assert decided is not None
    _, online = decided["truc-tuyen"]
    assert online.ties == ()
    assert online.rows[3:5] == rows("""
        4 em   29.00 - 25:00 points   ba
        5 dung 29.00 - 25:00 decision khuyen-khich
    """)


def test_without_any_key_of_the_rules_the_case_fails() -> None:
    unnoticed, accepted = without_each(TABLE, played, WORKED)
    assert unnoticed == []
    assert accepted == [
        *["rounds[1].ranking[2]", "rounds[1].ranking[3]"],
        *[f"rounds[1].prizes[{number}]" for number in (1, 2, 3, 4)],
        *["rounds[2].ranking[2]", "rounds[2].ranking[3]", "rounds[2].ranking[4]"],
        *(
            f"rounds[2].segments[{part}].time.{side}[{number}]"
            for part, side in ((1, "over"), (1, "under"), (3, "over"))
            for number in (1, 2)
        ),
        *[f"rounds[2].prizes[{number}]" for number in (1, 2, 3)],
    ]


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("rounds[1].online.minutes", 31, "truc-tuyen"),
        ("rounds[1].online.points_per_item", 2, "truc-tuyen"),
        ("rounds[1].online.attempts.limit", 2, "truc-tuyen"),
        ("rounds[1].online.attempts.per", "day", "truc-tuyen"),
        ("rounds[1].online.paper[1].count", 3, "truc-tuyen"),
        ("rounds[1].ranking", ["points", "submitted", "duration"], "truc-tuyen"),
        ("rounds[1].requirement.all_correct", True, "truc-tuyen"),
        ("rounds[1].requirement.minimum_points", 30, "truc-tuyen"),
        ("rounds[1].prizes[3].count", 1, "truc-tuyen"),
        ("rounds[2].ranking", ["points", "segment:tieu-pham"], "truc-tiep"),
        ("rounds[2].requirement.minimum_points", 88, "truc-tiep san-khau"),
        ("rounds[2].segments[1].judged.method", "mean", "san-khau"),
        ("rounds[2].segments[1].judged.trim_from", 6, "san-khau"),
        ("rounds[2].segments[3].judged.places", 1, "san-khau"),
        ("rounds[2].segments[1].time.most_seconds", 660, "san-khau"),
        ("rounds[2].segments[1].time.under[2].points", 3, "san-khau"),
        ("rounds[2].segments[1].time.nothing_from", 180, "san-khau"),
        ("rounds[2].segments[2].quiz.wrong", 1, "san-khau"),
    ],
)
def test_another_value_of_a_rule_gives_another_result(
    key: str, value: object, changed: str
) -> None:
    other = result_of(altered(TABLE, {key: value}), played)
    assert other is not None
    assert [name for name in WORKED if other[name] != WORKED[name]] == changed.split()
