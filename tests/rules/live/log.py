"""Logs for tests: a round with every kind of part, and lines as they would be written."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal

from hoithi.rules.draw import commit
from hoithi.rules.judging import Criterion, Judged
from hoithi.rules.live import events as ev
from hoithi.rules.live.fold import apply
from hoithi.rules.live.state import State
from hoithi.rules.overtime import Step, TimeRule
from hoithi.rules.quiz import Quiz, QuizPart, Speed, Star, Steal
from hoithi.rules.regulation import FORMAT, Regulation, Requirement, Segment, Voted

A, B, C = ("a" * 32, "b" * 32, "c" * 32)
TEAMS = [A, B, C]
SECRET = bytes(range(32))
SEAL = "5e" * 32
START_MS = 1_696_464_000_000
WHY = "Theo biên bản"

JUDGED = Judged(
    method="mean",
    trim_from=5,
    fewest=2,
    factor=Decimal(1),
    places=2,
    far=Decimal(5),
    criteria=[
        Criterion("noi-dung", "Nội dung", "", Decimal(20), Decimal("0.5"), Decimal(1)),
        Criterion("hinh-thuc", "Hình thức", "", Decimal(10), Decimal("0.5"), Decimal(1)),
    ],
)
# Three to five minutes; the table of Khánh Hòa 2010 (tests/rules/test_overtime.py).
TIME = TimeRule(
    least_seconds=180,
    most_seconds=300,
    warn_seconds=30,
    over=[Step(1, Decimal(1)), Step(61, Decimal(2))],
    under=[Step(1, Decimal(1)), Step(61, Decimal(2))],
    repeat_seconds=0,
    repeat_points=Decimal(0),
    nothing_from=181,
)
PACKET = Quiz(
    form="packet",
    packets=3,
    spares=1,
    wrong=Decimal(0),
    not_below_zero=False,
    star=Star(Decimal(2), Decimal(1)),
    steal=Steal(5, Decimal(1), Decimal("0.5"), taken=True),
    speed=[],
    parts=[QuizPart("a", "", 2, Decimal(10), 15)],
)
BUZZER = Quiz(
    form="buzzer",
    packets=1,
    spares=1,
    wrong=Decimal("0.5"),
    not_below_zero=True,
    star=None,
    steal=None,
    speed=[Speed(3, Decimal(5))],
    parts=[QuizPart("a", "", 2, Decimal(10), 10)],
)
SHOW, QUIZ, RUSH, VOTE, SIDE = ("gioi-thieu", "kien-thuc", "tang-toc", "khan-gia", "trang-phuc")
REGULATION = Regulation(
    format=FORMAT,
    round="truc-tiep",
    online=None,
    segments=[
        Segment(SHOW, "Giới thiệu", Decimal(30), judged=JUDGED, time=TIME),
        Segment(QUIZ, "Kiến thức", Decimal(30), quiz=PACKET),
        Segment(RUSH, "Tăng tốc", Decimal(30), quiz=BUZZER),
        Segment(VOTE, "Khán giả bình chọn", Decimal(10), voted=Voted(counted=False)),
        Segment(SIDE, "Trang phục", Decimal(10)),
    ],
    ranking=["points"],
    requirement=Requirement(all_correct=False, minimum_points=Decimal(0)),
    prizes=[],
)
JUDGES = [ev.Judge("gk1", True, []), ev.Judge("gk2", False, []), ev.Judge("gk3", False, [C])]
OPENED = ev.Opened(SEAL, TEAMS, JUDGES, {QUIZ: SEAL, RUSH: SEAL})
ORDER_COMMITTED = ev.LotsCommitted("order", TEAMS, commit(SECRET))
PACKETS_BY_HAND = ev.LotsByHand(f"packets:{QUIZ}", ["2", "3", "1"], WHY)
GOOD = {"noi-dung": Decimal(16), "hinh-thuc": Decimal("8.5")}


class Log:
    """A log and the state to which it has led."""

    def __init__(self, regulation: Regulation = REGULATION) -> None:
        self.state = State(regulation)
        self.lines: list[ev.Line] = []
        self.at_ms = START_MS

    def line(self, event: ev.AnyEvent, after_ms: int = 1000) -> ev.Line:
        """The next line, not written yet."""
        return ev.Line(len(self.lines) + 1, self.at_ms + after_ms, event)

    def do(self, *events: ev.AnyEvent, after_ms: int = 1000) -> Log:
        """Write lines, each so long after the one before."""
        for event in events:
            line = self.line(event, after_ms)
            apply(self.state, line)
            self.lines.append(line)
            self.at_ms = line.at_ms
        return self

    def copy(self) -> Log:
        return deepcopy(self)


def opened() -> Log:
    """Opened, and devices of the chair and of every team seated."""
    return Log().do(OPENED, *(ev.DeviceSeated(seat, 1) for seat in ("gk1", "gk2", *TEAMS)))


def showing(entry: str = A) -> Log:
    """The first team is called to the part that judges mark."""
    return opened().do(ev.TurnCalled(1, SHOW, entry))


def marked() -> Log:
    """The chair has confirmed a sheet of the first turn, which is over after four minutes."""
    log = showing().do(ev.ClockStarted(1)).do(ev.ClockStopped(1), after_ms=240_000)
    return log.do(ev.TurnEnded(1), ev.SheetConfirmed(1, "gk1", 1, 1, GOOD))


def asking() -> Log:
    """The first team's packet is drawn and it is called."""
    return opened().do(PACKETS_BY_HAND, ev.TurnCalled(1, QUIZ, A))


def asked() -> Log:
    """Its first question is shown and its countdown has begun."""
    return asking().do(ev.QuestionShown(1, 0, "q1"), ev.QuestionTimed(1))


def offered() -> Log:
    """It has not answered: the others may press."""
    return asked().do(ev.QuestionOffered(1))


def rushing() -> Log:
    """All teams are called; the first question is shown and they may press."""
    log = opened().do(ev.TurnCalled(1, RUSH, ""))
    return log.do(ev.QuestionShown(1, 0, "r1"), ev.QuestionTimed(1))


def whole() -> Log:
    """Everything is in; only the closing is wanting."""
    log = opened().do(ORDER_COMMITTED, ev.LotsNumbered("order", "2023"))
    log.do(ev.LotsDrawn("order", SECRET.hex()), PACKETS_BY_HAND)
    for turn, entry in enumerate(TEAMS, start=1):
        log.do(ev.TurnCalled(turn, SHOW, entry), ev.ClockStarted(turn))
        log.do(ev.ClockStopped(turn), after_ms=240_000).do(ev.TurnEnded(turn))
        for judge in log.state.panel(log.state.turns[-1]):
            log.do(ev.SheetFromPaper(turn, judge, GOOD, "5", "6"))
        log.do(ev.PointsGiven(SIDE, entry, Decimal(turn), WHY, "5", "6"))
    for turn, entry in enumerate(TEAMS, start=4):
        log.do(ev.TurnCalled(turn, QUIZ, entry), ev.TurnEnded(turn))
    log.do(ev.TurnCalled(7, RUSH, ""), ev.TurnEnded(7))
    return log.do(ev.VoteOpened(VOTE), ev.VoteClosed(VOTE, {A: 20, B: 10}))
