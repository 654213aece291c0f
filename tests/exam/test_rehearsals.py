"""A round rehearsed from the desk: real halls, real journals, nothing left and nothing counted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from pypdf import PdfReader

from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest, Round
from hoithi.exam.models import Attempt, Package, Rehearsal, RehearsalState, Sitting, SittingState
from hoithi.exam.rehearsal_jobs import REHEARSE, ask_to_rehearse, stop_rehearsal
from hoithi.exam.rehearsing import root, spec_for
from hoithi.jobs.actions import run, take_next, work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Role, User
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.stage import FOLDER, alone
from hoithi.results.models import RoundScore
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.config.installation import ROOT
from tests.config.test_serve import wait_for

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


def asked(an: User, each: Round, contestants: int = 40, seconds: int = 6) -> Rehearsal:
    return ask_to_rehearse(
        actor=an,
        each=each,
        contestants=contestants,
        seconds=seconds,
        arriving_s=2,
        now=factories.now(),
    )


def left() -> list[str]:
    """Folders of rehearsals that are still there."""
    return [path.name for path in root().iterdir() if FOLDER.fullmatch(path.name)]


def halls() -> list[int]:
    """Processes that write into such a folder, other than this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"HOITHI_VAR={root().resolve()}/dien-tap-".encode() in told:
            found.append(int(process.name))
    return found


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
    assert (left(), halls()) == ([], [])
    counted = (Package, Sitting, Attempt, RoundScore)
    assert [model.objects.count() for model in counted] == [0, 0, 0, 0]
    assert Job.objects.get(kind=REHEARSE).state == JobState.DONE


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


def sitting(each: Round, opens_min: int, closes_min: int, state: str = "published") -> None:
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
    Sitting.objects.create(
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
import json, sys
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.supervising import play
import msgspec
spec = msgspec.json.decode(sys.stdin.readline(), type=Spec)
play(spec, lambda live: print(live.step, flush=True) or True)
"""


@pytest.mark.faults
def test_a_killed_worker_leaves_nothing_running_nor_lying_about(an: User, each: Round) -> None:
    """Who started it dies without a word: the rehearsal ends, its hall with it."""
    worker = subprocess.Popen(
        [sys.executable, "-c", PLAY],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    spec = spec_for(each, contestants=40, seconds=120, arriving_s=2)
    worker.stdin.write(json.dumps(_plain(spec)) + "\n")
    worker.stdin.flush()
    for line in worker.stdout:
        if line.strip() == "working":
            break
    assert (len(left()), len(halls())) == (1, 1)
    worker.kill()
    worker.wait()
    worker.stdin.close()
    worker.stdout.close()
    wait_for(lambda: not left() and not halls())


@pytest.mark.faults
def test_what_a_killed_rehearsal_left_is_cleared_by_the_next(an: User, each: Round) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "hoithi.rehearsal"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    spec = spec_for(each, contestants=40, seconds=120, arriving_s=2)
    worker.stdin.write(json.dumps(_plain(spec)) + "\n")
    worker.stdin.flush()
    for line in worker.stdout:
        if '"working"' in line:
            break
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    worker.stdin.close()
    worker.stdout.close()
    assert (len(left()), len(halls())) == (1, 1)
    asked(an, each, contestants=3, seconds=2)
    work_off()
    assert Rehearsal.objects.get().state == RehearsalState.DONE
    wait_for(lambda: not left() and not halls())


def test_two_at_once_do_not_disturb_each_other(an: User, each: Round) -> None:
    rehearsal = asked(an, each)
    root().mkdir(parents=True, exist_ok=True)
    with alone(root()):  # one of the command line goes on
        work_off()
    rehearsal.refresh_from_db()
    assert rehearsal.message == "rehearsal_running"
    assert settings.VAR in root().parents


def _plain(spec: Spec) -> object:
    return msgspec.to_builtins(spec)
