"""How parts on stage are marked: what the check says of a file that contradicts itself."""

from __future__ import annotations

import ast
import csv
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from hoithi.contests.plan.changes import changes
from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import PlanError, parse_plan, read_plan
from hoithi.contests.plan.sentences import SENTENCES, sentence
from hoithi.contests.plan.writing import write_plan
from hoithi.rules.judging import rubric_flaws
from hoithi.rules.overtime import deduction, time_flaws
from hoithi.rules.packets import make_packets
from hoithi.rules.quiz import quiz_flaws
from hoithi.rules.regulation import round_flaws, segment_flaws

FOLDER = Path(__file__).parents[3] / "plans/daknong-2023"
GOOD = (FOLDER / "contest.toml").read_text()
PLAN = read_plan(FOLDER / "contest.toml")
SHOW, QUIZ, SKIT = PLAN.round("truc-tiep").segments
# The places of the three parts in the file, so that a key of any can be spoilt.
PARTS = GOOD.split("[[rounds.segments]]")[1:]


def spoilt(part: int, good: str, bad: str) -> str:
    """The file with the first such text of a part, from 1, replaced."""
    assert good in PARTS[part - 1]
    return GOOD.replace(PARTS[part - 1], PARTS[part - 1].replace(good, bad, 1))


def told(text: str) -> list[tuple[str, str]]:
    """Key, code and value of every problem of the file, in the part that is meant."""
    try:
        problems = tuple(check_plan(parse_plan(text.encode())))
    except PlanError as error:
        problems = error.problems
    for problem in problems:
        assert sentence(problem)
        assert sentence(problem, "en")
    return [
        (
            problem.key.removeprefix("rounds[2]."),
            problem.code + str(problem.params.get("value", "")),
        )
        for problem in problems
    ]


SPEED = "speed = [{ within_seconds = 3, points = 1 }]"


@pytest.mark.parametrize(
    ("part", "good", "bad", "codes"),
    [
        # One way of marking
        (
            1,
            "maximum = 30",
            "maximum = 30\nvoted = { counted = true }",
            ["segment_marked_two_ways"],
        ),
        # Criteria
        (1, "maximum = 30", "maximum = 40", ["rubric_not_maximum"]),
        (1, "maximum = 5", "maximum = 6", ["rubric_not_maximum"]),
        (1, "factor = 1", "factor = 2", ["rubric_not_maximum"]),
        (1, 'method = "trimmed_mean"', 'method = "sum"', []),  # of a panel of one
        (1, "factor = 1", "factor = 0", ["factor_not_positive"]),
        (1, "giai-phap-noi-dung", "giai-phap-kha-thi", ["criterion_twice"]),
        (1, "step = 0.5", "step = 0", ["criterion_not_positivegioi-thieu-noi-dung"]),
        (1, "weight = 1", "weight = 0", ["criterion_not_positivegioi-thieu-noi-dung"]),
        (1, "step = 0.5", "step = 2", ["maximum_off_stepgioi-thieu-noi-dung"]),
        # Time
        (1, "least_seconds = 300", "least_seconds = 601", ["least_above_most"]),
        (1, "most_seconds = 600", "most_seconds = 0", ["over_without_most"]),
        (1, "least_seconds = 300", "least_seconds = 0", ["under_without_least"]),
        (1, "from_seconds = 1,", "from_seconds = 61,", ["steps_out_of_order"]),
        (1, "points = 1 }", "points = 3 }", ["steps_out_of_order"]),
        (1, "points = 1 }", "points = 0 }", ["step_not_positive"]),
        (1, "repeat_points = 0", "repeat_points = 1", ["repeat_half_said"]),
        # Questions
        (2, "maximum = 30", "maximum = 31", ["quiz_not_maximum"]),
        (2, "points = 3", "points = 2.5", ["quiz_not_maximum"]),
        (2, "points = 3", "points = 0", ["question_without_points"]),
        (2, 'star = ""', "star = { right = 2, wrong = 1 }", ["quiz_not_maximum"]),
        (2, 'star = ""', "star = { right = 1, wrong = 1 }", ["star_out_of_bounds"]),
        (2, "speed = []", SPEED, ["quiz_not_maximum"]),
        (2, "speed = []", SPEED.replace("points = 1", "points = 0"), ["speed_not_positive"]),
        (
            2,
            "speed = []",
            "speed = [{ within_seconds = 5, points = 1 }, { within_seconds = 3, points = 2 }]",
            ["speed_out_of_order"],
        ),
        (
            2,
            'steal = ""',
            "steal = { seconds = 5, right = 0, wrong = 0.5, taken = true }",
            ["wrong_below_zero"],
        ),
        (2, 'steal = ""', "steal = { seconds = 5, right = 1, wrong = 0.5, taken = true }", []),
    ],
)
def test_what_contradicts_itself_is_told_at_its_part(
    part: int, good: str, bad: str, codes: list[str]
) -> None:
    assert told(spoilt(part, good, bad)) == [(f"segments[{part}]", code) for code in codes]


def without(part: int, start: str, end: str) -> str:
    """The file without the lines of a part from one to before another."""
    text = PARTS[part - 1]
    lines = text[text.index(start) : text.index(end, text.index(start))]
    return GOOD.replace(text, text.replace(lines, "", 1))


def test_time_goes_with_a_jury() -> None:
    lonely = without(1, "[rounds.segments.judged]", "[rounds.segments.time]")
    assert [each for each in told(lonely) if "segments" in each[0]] == [
        ("segments[1]", "time_without_judges")
    ]


def test_a_part_is_marked_one_way() -> None:
    judged = PARTS[0][PARTS[0].index("[rounds.segments.judged]") :]
    both = GOOD.replace("[rounds.segments.quiz]", f"{judged}[rounds.segments.quiz]")
    assert told(both) == [("segments[2]", "segment_marked_two_ways")]


def test_lists_without_which_nothing_can_be_marked_are_told() -> None:
    lines = '  { key = "gioi-thieu-noi-dung"'
    assert told(without(1, lines, "]\n\n[rounds.segments.time]")) == [
        ("segments[1]", "criteria_missing")
    ]
    assert told(without(2, '  { topic = "chinh-quyen-dien-tu"', "]\n\n")) == [
        ("segments[2]", "quiz_without_questions")
    ]
    steps = "  { from_seconds = 1, points = 1 },"
    repeated = spoilt(
        1, "repeat_seconds = 0\nrepeat_points = 0", "repeat_seconds = 60\nrepeat_points = 1"
    )
    assert told(repeated) == []
    assert told(
        repeated.replace(
            f"over = [\n{steps}\n  {{ from_seconds = 61, points = 2 }},\n", "over = [\n", 1
        )
    ) == [("segments[1]", "repeat_without_step")]


def test_all_press_for_one_packet_without_star_and_steal() -> None:
    buzzer = spoilt(2, 'form = "packet"', 'form = "buzzer"')
    assert told(buzzer) == []
    steal = "steal = { seconds = 5, right = 1, wrong = 0.5, taken = true }"
    assert told(buzzer.replace('steal = ""', steal)) == [
        ("segments[2]", "buzzer_with_star_or_steal")
    ]


def test_topics_and_levels_of_a_packet_are_those_of_the_plan() -> None:
    assert told(spoilt(2, 'topic = "kinh-te-so"', 'topic = "kinh-te"')) == [
        ("segments[2].quiz.parts[3].topic", "no_such_keykinh-te")
    ]
    assert told(spoilt(2, 'level = ""', 'level = "kho"')) == [
        ("segments[2].quiz.parts[1].level", "no_such_keykho")
    ]
    assert told(spoilt(2, 'level = ""', 'level = "van-dung"')) == []


def test_a_packet_is_no_longer_than_a_paper() -> None:
    long = spoilt(2, "count = 2", "count = 493").replace(
        "maximum = 30\nmost_people = 3", "maximum = 1503\nmost_people = 3"
    )
    assert told(long) == [("segments[2].quiz.parts", "packet_too_long")]


@pytest.mark.parametrize(
    ("part", "good", "bad", "code"),
    [
        (1, "trim_from = 5", "trim_from = 2", "out_of_bounds2"),
        (1, "fewest = 3", "fewest = 0", "out_of_bounds0"),
        (1, "places = 2", "places = 3", "out_of_bounds3"),
        (1, 'method = "trimmed_mean"', 'method = "median"', "not_one_of"),
        (1, "factor = 1", "factor = -1", "out_of_bounds-1"),
        (1, "factor = 1", "factor = 0e-999999999999", "decimal_form"),
        (1, "step = 0.5", "step = 0.125", "decimal_form"),
        (1, 'key = "giai-phap-kha-thi"', 'key = "Khả thi"', "key_formKhả thi"),
        (1, "warn_seconds = 60", "warn_seconds = 60.5", "wrong_type"),
        (1, "most_seconds = 600", "most_seconds = 36001", "out_of_bounds36001"),
        (2, "packets = 8", "packets = 0", "out_of_bounds0"),
        (2, "spares = 2", "spares = 101", "out_of_bounds101"),
        (2, 'form = "packet"', 'form = "relay"', "not_one_of"),
        (2, "not_below_zero = true\n", "", "missing"),
    ],
)
def test_values_that_no_stage_has_are_told(part: int, good: str, bad: str, code: str) -> None:
    assert [each for _, each in told(spoilt(part, good, bad))] == [code]


def codes_of(function: Callable[..., object]) -> set[str]:
    """The codes that a function of flaws puts together."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {text.rstrip(":") for text in texts if "_" in text and " " not in text}


@pytest.mark.parametrize(
    "function", [rubric_flaws, time_flaws, quiz_flaws, segment_flaws, round_flaws]
)
def test_every_flaw_has_its_sentence(function: Callable[..., object]) -> None:
    assert codes_of(function) <= set(SENTENCES)


# The plan of 2023


def test_the_parts_of_the_real_plan_are_marked_as_the_assumptions_say() -> None:
    assert SHOW.judged is not None
    assert SKIT.judged is not None
    assert [each.maximum for each in SHOW.judged.criteria] == [5, 5, 8, 7, 5]
    assert [each.maximum for each in SKIT.judged.criteria] == [15, 10, 10, 5]
    assert "tỉnh Đắk Nông" in SKIT.judged.criteria[0].label
    assert QUIZ.quiz is not None
    assert QUIZ.quiz.length == 10
    assert {part.topic for part in QUIZ.quiz.parts} == {topic.key for topic in PLAN.topics}
    assert QUIZ.quiz.packets == len(PLAN.units)
    rests_on = {path for each in PLAN.assumptions for path in each.about}
    assert "rounds[2].segments[2].quiz" in rests_on
    for at in (1, 3):
        assert f"rounds[2].segments[{at}].time" in rests_on
        assert f"rounds[2].segments[{at}].judged.criteria" in rests_on


@pytest.mark.parametrize(
    ("minutes", "show", "skit"),
    [
        ("4.9", 1, 0),
        ("5", 0, 0),
        ("10", 0, 0),
        ("10.5", 1, 0),
        ("12", 2, 0),
        ("15.5", 2, 1),
        ("30", 2, 2),
    ],
)
def test_time_costs_points_and_never_the_whole_part(minutes: str, show: int, skit: int) -> None:
    assert SHOW.time is not None
    assert SKIT.time is not None
    elapsed = int(Decimal(minutes) * 60_000)
    for rule, points in ((SHOW.time, show), (SKIT.time, skit)):
        found = deduction(rule, elapsed)
        assert found.points == points
        assert not found.nothing


def test_how_parts_are_marked_is_published() -> None:
    published = regulation_of(PLAN, PLAN.round("truc-tiep")).segments
    for part, shown in zip((SHOW, QUIZ, SKIT), published, strict=True):
        assert (shown.judged, shown.time, shown.quiz, shown.voted) == (
            part.judged,
            part.time,
            part.quiz,
            part.voted,
        )


def test_the_shipped_bank_is_enough_for_eight_packets_and_leaves_a_paper_of_its_own() -> None:
    """Eighteen of each topic go to the stage; of the rest a paper of the online round can be drawn
    that shares no question with it."""
    topics = {topic.name: topic.key for topic in PLAN.topics}
    levels = {level.name: level.key for level in PLAN.levels}
    with (FOLDER / "bank.csv").open(encoding="utf-8-sig", newline="") as file:
        items = {
            row["Mã"]: (topics[row["Chủ đề"]], levels[row["Mức độ"]])
            for row in csv.DictReader(file)
        }
    assert QUIZ.quiz is not None
    made = make_packets(QUIZ.quiz, items, bytes(32))
    on_stage = {each for part in (*made.packets, *made.spares) for each in part}
    assert len(on_stage) == 8 * 10 + 5 * 2
    left = Counter(kind for each, kind in items.items() if each not in on_stage)
    online = PLAN.round("truc-tuyen").online
    assert online is not None
    assert all(left[(part.topic, part.level)] >= part.count for part in online.paper)


AT_UNITS = '\n[rounds.at_units]\nscale = "Công văn 1095/STTTT-CNTT ngày 19/7/2023"\n'


def test_a_round_of_teams_may_be_held_by_the_units_by_one_scale() -> None:
    read = parse_plan(GOOD.replace("\n[budget]\n", f"{AT_UNITS}\n[budget]\n").encode())
    assert check_plan(read) == []
    held = read.round("truc-tiep").at_units
    assert held is not None
    assert held.scale == "Công văn 1095/STTTT-CNTT ngày 19/7/2023"
    assert parse_plan(write_plan(read).encode()) == read
    assert [each.key for each in changes(PLAN, read, ["truc-tiep"])] == ["rounds[2].at_units"]


def test_a_round_of_persons_is_not_held_by_the_units() -> None:
    online, rounds, live = GOOD.rpartition("\n[[rounds]]\n")
    read = parse_plan(f"{online}{AT_UNITS}{rounds}{live}".encode())
    assert [each.code for each in check_plan(read)] == ["units_hold_rounds_of_teams"]
