"""A round rehearsed from the desk: real halls, real journals, nothing left and nothing counted."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.config.cli import main
from hoithi.contests.models import Contest, Round
from hoithi.exam import rehearsing
from hoithi.exam.models import (
    Attempt,
    Package,
    Rehearsal,
    RehearsalState,
    RosterLine,
    Sitting,
    SittingState,
)
from hoithi.exam.rehearsal_jobs import REHEARSE, ask_to_rehearse, rehearse, stop_rehearsal
from hoithi.exam.rehearsing import Quiet, root, spec_for
from hoithi.jobs.actions import Progress, run, take_next, work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Role, User
from hoithi.rehearsal.report import keep
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.stage import alone
from hoithi.results.models import RoundScore
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import moment
from tests import factories
from tests.config.installation import ROOT
from tests.config.test_serve import wait_for
from tests.rehearsal.figures import GOOD
from tests.rehearsal.traces import halls, left

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/ban-to-chuc/daknong-2023/vong/truc-tuyen/dien-tap/"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def each(contest: Contest) -> Round:
    return Round.objects.get(contest=contest, key="truc-tuyen")


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.ORGANISER)


def asked(an: User, each: Round, contestants: int = 40, seconds: int = 3) -> Rehearsal:
    return ask_to_rehearse(
        actor=an,
        each=each,
        contestants=contestants,
        seconds=seconds,
        arriving_s=1,
        now=factories.now(),
    )


def page(who: User, path: str) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_a_copy_of_the_round_is_played_and_its_report_handed_out(an: User, each: Round) -> None:
    rehearsal = asked(an, each)
    assert "Chờ đến lượt" in page(an, f"{HERE}{rehearsal.pk}/")
    work_off()
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.message) == (RehearsalState.DONE, "")
    report = rehearsal.report
    assert report is not None
    assert report["kept"] == {
        "acknowledged": 1320,
        "lost": 0,
        "twice": 0,
        "foreign": 0,
        "receipts": 40,
        "wrong_receipts": 0,
        "flaws": 0,
    }
    assert report["items"] == 30
    assert (report["entered"], report["started"], report["submitted"]) == (40, 40, 40)
    shown = page(an, f"{HERE}{rehearsal.pk}/")
    assert "Không mất gì: cả 1.320 câu trả lời đã báo lưu và 40 biên nhận" in shown
    assert shown.count("<svg") >= 2
    answer = factories.sign_in(Client(), an).get(f"{HERE}{rehearsal.pk}/bao-cao.pdf")
    text = " ".join(
        " ".join(each.extract_text() for each in PdfReader(BytesIO(answer.content)).pages).split()
    )
    assert "Diễn tập thi trực tuyến với 40 thí sinh giả lập" in text
    assert "do An yêu cầu" in text
    assert (left(root()), halls(root())) == ([], [])
    counted = (Package, Sitting, Attempt, RoundScore)
    assert [model.objects.count() for model in counted] == [0, 0, 0, 0]
    assert Job.objects.get(kind=REHEARSE).state == JobState.DONE


def test_reports_of_another_version_are_shown_as_far_as_they_can_be_read(
    an: User, each: Round
) -> None:
    old = keep(GOOD)
    del old["phases"]
    for report in (old, old | {"verdict": "splendid"}, {}, keep(GOOD)):
        kept = Rehearsal.objects.create(
            round=each,
            contestants=100,
            seconds=60,
            arriving_s=60,
            state=RehearsalState.DONE,
            live={"step": "flying"},
            report=report,
            asked_by="An",
            asked_at=factories.now(),
            ended_at=factories.now(),
        )
    listed = page(an, HERE)
    assert listed.count("Báo cáo của phiên bản khác") == 2
    assert listed.count(">Sẵn sàng<") == 2
    first = page(an, f"{HERE}{kept.pk - 3}/")
    assert "Báo cáo này do một phiên bản khác của phần mềm lập" in first
    assert "<dt>Câu trả lời đã báo lưu</dt><dd>3.300</dd>" in first
    assert "phiên bản khác" in page(an, f"{HERE}{kept.pk - 1}/")
    client = factories.sign_in(Client(), an)
    papers = [f"{HERE}{kept.pk - back}/bao-cao.pdf" for back in (3, 2, 1, 0)]
    assert [client.get(paper).status_code for paper in papers] == [404, 404, 404, 200]


def test_the_form_proposes_no_more_people_than_can_be_played(
    an: User, each: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'value="100"' in page(an, HERE)
    for at in range(1, 4):
        factories.entry(each.contest, "GN", "Nguyễn Văn Một", f"GN-{at:03d}")
    assert 'value="3"' in page(an, HERE)
    monkeypatch.setattr(rehearsing, "MOST_CONTESTANTS", 2)
    assert 'value="2"' in page(an, HERE)


def test_the_button_asks_for_one_at_a_time(an: User, each: Round) -> None:
    client = factories.sign_in(Client(), an)
    begun = client.post(f"{HERE}bat-dau/", {"contestants": "40", "minutes": "1"})
    rehearsal = Rehearsal.objects.get()
    assert begun.headers["Location"] == f"{HERE}{rehearsal.pk}/"
    assert (rehearsal.contestants, rehearsal.seconds, rehearsal.arriving_s) == (40, 60, 60)
    again = client.post(f"{HERE}bat-dau/", {"contestants": "40", "minutes": "1"})
    assert "Đang có một buổi diễn tập" in again.content.decode()
    assert (Rehearsal.objects.count(), Job.objects.count()) == (1, 1)
    acts = list(LogEntry.objects.filter(action__startswith="exam.rehearse").values_list("action"))
    assert acts == [("exam.rehearse",)]


@pytest.mark.parametrize(
    ("contestants", "minutes"),
    [
        ("0", "20"),
        ("-3", "20"),
        ("20001", "20"),
        ("9" * 5000, "20"),
        ("một trăm", "20"),
        ("40", "0"),
        ("40", "181"),
        ("40", "1,5"),
        ("", ""),
        ("40\x00", "20"),
    ],
)
def test_the_worst_that_is_typed_begins_nothing(
    an: User, each: Round, contestants: str, minutes: str
) -> None:
    sent = {"contestants": contestants, "minutes": minutes}
    answer = factories.sign_in(Client(), an).post(f"{HERE}bat-dau/", sent)
    assert (answer.status_code, 'class="errorlist' in answer.content.decode()) == (200, True)
    assert (Rehearsal.objects.count(), Job.objects.count()) == (0, 0)


def sitting(
    each: Round, opens_min: int, closes_min: int, state: str = SittingState.PUBLISHED
) -> Sitting:
    """A sitting whose window is so many minutes from now."""
    package = Package.objects.create(
        round=each,
        number=1,
        questions=b"",
        keys_cipher=b"",
        key_id="",
        questions_sha256="",
        keys_sha256="",
        commitment="",
        built_by="An",
        built_at=factories.now(),
    )
    now = factories.now()
    return Sitting.objects.create(
        round=each,
        package=package,
        title="Ca 1",
        opens_at=now + timedelta(minutes=opens_min),
        closes_at=now + timedelta(minutes=closes_min),
        state=state,
        roster_sha256="",
        published_by="An",
        published_at=now,
    )


def window(each: Sitting, opens_min: int, closes_min: int) -> None:
    """Somebody of a sitting may start between these minutes, another one is on the roster too."""
    now = factories.now()
    contest = each.round.contest
    for at, name in enumerate(["Nguyễn Văn Một", "Trần Thị Hai"], start=1):
        entry = factories.entry(contest, "GN", name, f"GN-{at:03d}")
        line = RosterLine.objects.create(
            sitting=each, line=at, entry=entry, entry_key="", code_tag=""
        )
    RosterLine.objects.filter(pk=line.pk).update(
        window_opens_at=now + timedelta(minutes=opens_min),
        window_closes_at=now + timedelta(minutes=closes_min),
    )


@pytest.mark.parametrize(
    ("opens", "closes", "state", "is_refused"),
    [
        (-10, 10, SittingState.PUBLISHED, True),
        (-10, 10, SittingState.PREPARED, True),
        (2, 60, SittingState.PUBLISHED, True),  # it would open while the rehearsal goes on
        (30, 60, SittingState.PUBLISHED, False),
        (-60, -1, SittingState.PUBLISHED, False),
        (-10, 10, SittingState.WITHDRAWN, False),
    ],
)
def test_nobody_rehearses_while_an_exam_is_open_or_about_to_open(
    an: User, each: Round, opens: int, closes: int, state: str, is_refused: bool
) -> None:
    sitting(each, opens, closes, state)
    if not is_refused:
        asked(an, each)
        return
    with pytest.raises(RuleViolation) as refused:
        asked(an, each)
    assert refused.value.code == "rehearsal_sitting_open"
    assert (Rehearsal.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("opens", "closes", "state", "is_refused"),
    [
        (-10, 10, SittingState.PUBLISHED, True),
        (2, 60, SittingState.PUBLISHED, True),
        (30, 60, SittingState.PUBLISHED, False),
        (-60, -1, SittingState.PUBLISHED, False),
        (-10, 10, SittingState.WITHDRAWN, False),
    ],
)
def test_nobody_rehearses_while_somebody_has_a_window_of_their_own(
    an: User, each: Round, opens: int, closes: int, state: str, is_refused: bool
) -> None:
    window(sitting(each, -600, -500, state), opens, closes)
    if not is_refused:
        asked(an, each)
        return
    with pytest.raises(RuleViolation) as refused:
        asked(an, each)
    assert refused.value.code == "rehearsal_window_open"
    now = factories.now()
    times = (now + timedelta(minutes=opens), now + timedelta(minutes=closes))
    assert (refused.value.params["opens"], refused.value.params["closes"]) == tuple(
        moment(each) for each in times
    )


def test_an_exam_that_was_opened_meanwhile_is_not_disturbed(an: User, each: Round) -> None:
    rehearsal = asked(an, each)
    sitting(each, -1, 60)
    work_off()
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.message) == (
        RehearsalState.FAILED,
        "rehearsal_sitting_open",
    )
    assert "Diễn tập sẽ làm chậm máy của thí sinh" in page(an, f"{HERE}{rehearsal.pk}/")


def opened(each: Round) -> None:
    sitting(each, 1, 60)


def moved(each: Round) -> None:
    now = factories.now()
    Sitting.objects.update(opens_at=now, closes_at=now + timedelta(minutes=60))


def given_a_window(_: Round) -> None:
    window(Sitting.objects.get(), -1, 60)


class Meanwhile(Progress):
    """Progress of a job, at whose first word something happens at the desk."""

    def __init__(self, job: Job, happens: Callable[[], None]) -> None:
        super().__init__(job)
        self._happens: Callable[[], None] | None = happens

    def __call__(self, done: int, total: int) -> None:
        super().__call__(done, total)
        if self._happens is not None:
            self._happens()
            self._happens = None


@pytest.mark.parametrize("happens", [opened, moved, given_a_window])
def test_one_that_plays_gives_way_to_an_exam(
    an: User, each: Round, happens: Callable[[Round], None]
) -> None:
    if happens is not opened:
        sitting(each, 600, 700)
    rehearsal = asked(an, each, seconds=300)
    job = take_next(factories.now())
    assert job is not None
    with pytest.raises(RuleViolation, match="rehearsal_gave_way"):
        rehearse(job.params, Meanwhile(job, lambda: happens(each)))
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.message) == (RehearsalState.FAILED, "rehearsal_gave_way")
    assert (left(root()), halls(root())) == ([], [])
    told = page(an, f"{HERE}{rehearsal.pk}/")
    assert "Buổi diễn tập đã tự dừng để nhường máy chủ cho kỳ thi thật" in told
    assert each.name in told


def test_it_looks_again_and_again(each: Round) -> None:
    """Also in the last moment, when the rehearsal has taken longer than was thought."""
    spec = spec_for(each, contestants=40, seconds=60)
    long_ago = factories.now() - timedelta(hours=5)
    often, seldom = Quiet(spec, long_ago, every_s=0), Quiet(spec, long_ago)
    assert (often.is_kept(), seldom.is_kept()) == (True, True)
    sitting(each, -1, 60)
    assert seldom.is_kept()
    with pytest.raises(RuleViolation, match="rehearsal_gave_way"):
        often.is_kept()


class Opening(io.StringIO):
    """What a command says; at the first word of it an exam is opened."""

    def __init__(self, each: Round) -> None:
        super().__init__()
        self._each: Round | None = each

    def write(self, text: str) -> int:
        if self._each is not None:
            opened(self._each)
            self._each = None
        return super().write(text)


def test_the_command_gives_way_too_with_an_exit_code_of_its_own(
    each: Round, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with redirect_stdout(Opening(each)):
        assert main(["rehearse", "--contestants=40", f"--pdf={tmp_path / 'dien-tap.pdf'}"]) == 3
    assert "Buổi diễn tập đã tự dừng để nhường máy chủ" in capsys.readouterr().err
    assert (left(root()), halls(root()), list(tmp_path.iterdir())) == ([], [], [])


def test_one_that_is_stopped_before_its_turn_is_not_played(an: User, each: Round) -> None:
    rehearsal = asked(an, each)
    stop_rehearsal(actor=an, rehearsal=rehearsal, now=factories.now())
    with pytest.raises(RuleViolation, match="rehearsal_over"):
        stop_rehearsal(actor=an, rehearsal=rehearsal, now=factories.now())
    work_off()
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.message) == (RehearsalState.FAILED, "rehearsal_stopped")


def test_one_that_its_worker_left_behind_is_not_begun_again(an: User, each: Round) -> None:
    rehearsal = asked(an, each)
    Rehearsal.objects.update(state=RehearsalState.RUNNING)
    job = take_next(factories.now())
    assert job is not None
    run(job)
    rehearsal.refresh_from_db()
    assert (rehearsal.state, rehearsal.message) == (RehearsalState.FAILED, "rehearsal_broken")
    asked(an, each)  # the way is free


PLAY = """
import sys
import msgspec
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.supervising import play
spec = msgspec.json.decode(sys.stdin.readline(), type=Spec)
play(spec, tell=lambda live: print(msgspec.json.encode(live).decode(), flush=True))
"""


@contextmanager
def at_work(spec: Spec, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that was told to rehearse, in the middle of it."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(spec).decode() + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if '"working"' in line:
                break
        assert (len(left(root())), len(halls(root()))) == (1, 1)
        yield process


@pytest.mark.faults
def test_a_killed_worker_leaves_nothing_running_nor_lying_about(each: Round) -> None:
    """Who started it dies without a word: the rehearsal ends, its hall with it."""
    spec = spec_for(each, contestants=40, seconds=120, arriving_s=0.5)
    with at_work(spec, "-c", PLAY) as worker:
        worker.kill()
    wait_for(lambda: not left(root()) and not halls(root()))


@pytest.mark.faults
def test_what_a_killed_rehearsal_left_is_cleared_by_the_next(an: User, each: Round) -> None:
    spec = spec_for(each, contestants=40, seconds=120, arriving_s=0.5)
    with at_work(spec, "-m", "hoithi.rehearsal") as rehearsal:
        rehearsal.kill()
    assert (len(left(root())), len(halls(root()))) == (1, 1)
    asked(an, each, contestants=3, seconds=1)
    work_off()
    assert Rehearsal.objects.get().state == RehearsalState.DONE
    assert (left(root()), halls(root())) == ([], [])


def test_two_at_once_do_not_disturb_each_other(an: User, each: Round, settings: Settings) -> None:
    rehearsal = asked(an, each)
    root().mkdir(parents=True, exist_ok=True)
    with alone(root()):  # one of the command line goes on
        work_off()
    rehearsal.refresh_from_db()
    assert rehearsal.message == "rehearsal_running"
    assert settings.VAR in root().parents


def test_the_hall_of_a_rehearsal_has_the_limit_of_the_real_one(
    each: Round, settings: Settings
) -> None:
    settings.HALL_CAPACITY = 30
    assert spec_for(each, contestants=40, seconds=60).capacity == 30
    assert spec_for(None, contestants=40, seconds=60).capacity == 30
