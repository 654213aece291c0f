"""Long work: claimed once, told on the way, taken up again when lost, but not for ever."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from hoithi.jobs import actions
from hoithi.jobs.actions import (
    LOST_AFTER,
    MOST_TRIES,
    Failure,
    Json,
    Progress,
    Work,
    ask,
    claim,
    register,
    run,
    take_next,
    work_off,
)
from hoithi.jobs.models import Job, JobState
from hoithi.rules.errors import RuleViolation

pytestmark = pytest.mark.django_db
NOW = datetime(2023, 10, 5, 1, 0, tzinfo=UTC)
LATER = NOW + LOST_AFTER + timedelta(seconds=1)
KIND = "tests.kind"


@pytest.fixture(autouse=True)
def no_kinds_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds of one test are not known to the next."""
    monkeypatch.setattr(actions, "_KINDS", {})
    yield


def asked(work: Work, **params: Json) -> Job:
    register(KIND, work)
    return ask(
        kind=KIND,
        params=params,
        requested_by="1",
        scope_kind="contest",
        scope_id="daknong-2023",
        now=NOW,
    )


def taken(now: datetime = NOW) -> Job:
    job = take_next(now)
    assert job is not None
    return job


def now(job: Job) -> Job:
    job.refresh_from_db()
    return job


def nothing(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    return {}


def test_a_result_is_kept_and_the_job_is_over() -> None:
    def double(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        progress(3, 3)
        return {"double": 2 * int(str(params["number"]))}

    job = asked(double, number=21)
    assert work_off() == 1
    assert now(job).result == {"double": 42}
    assert (job.state, job.done, job.total, job.tries, job.message) == (
        *(JobState.DONE, 3, 3, 1, ""),
    )
    assert job.ended_at is not None
    assert work_off() == 0


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for() -> None:
    order: list[Json] = []

    def note(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        order.append(params["number"])
        return {}

    for number in range(7):
        asked(note, number=number)
    assert work_off() == 7
    assert order == [0, 1, 2, 3, 4, 5, 6]


def test_what_nobody_knows_is_not_asked_for() -> None:
    with pytest.raises(ValueError, match=r"no such kind of job: tests\.kind"):
        ask(kind=KIND, params={}, requested_by="", scope_kind="", scope_id="", now=NOW)


def test_progress_is_told_on_the_way() -> None:
    seen = []

    def look(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        for done in range(4):
            progress(done, 4)
            stored = Job.objects.get()
            seen.append((stored.state, stored.done, stored.total))
        progress(4, 4)
        return {}

    job = asked(look)
    work_off()
    # Told at once when it begins, then at most twice a second.
    assert seen == [(JobState.RUNNING, 0, 4)] * 4
    assert (now(job).done, job.total) == (4, 4)


def test_a_failure_is_a_code_for_a_person() -> None:
    def refuse(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        raise Failure("no_awards")

    job = asked(refuse)
    work_off()
    assert (now(job).state, job.message, job.tries) == (JobState.FAILED, "no_awards", 1)
    assert (job.result, job.ended_at is None) == (None, False)


def test_our_own_fault_is_in_the_log_and_not_on_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def stumble(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        raise ZeroDivisionError

    job = asked(stumble)
    with caplog.at_level(logging.ERROR, "hoithi"):
        work_off()
    assert (now(job).state, job.message) == (JobState.FAILED, "job_broken")
    assert caplog.messages == [f"job {KIND} {job.pk}"]
    assert caplog.records[0].exc_info is not None


def test_a_kind_that_is_known_no_more_is_our_fault_too(caplog: pytest.LogCaptureFixture) -> None:
    job = asked(nothing)
    actions._KINDS.clear()
    work_off()
    assert (now(job).state, job.message) == (JobState.FAILED, "job_broken")


def test_what_a_failure_is_about_is_kept_for_its_sentence() -> None:
    def refuse(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        raise RuleViolation("too_many_rows", row=20_500, max_rows=20_000)

    job = now(asked(refuse))
    work_off()
    failure = now(job).failure
    assert failure is not None
    assert (failure.code, failure.params) == ("too_many_rows", {"row": 20_500, "max_rows": 20_000})


def test_a_job_that_ends_itself_is_over_with_the_transaction_of_its_work() -> None:
    def store(params: Mapping[str, Json], progress: Progress) -> None:
        with transaction.atomic():
            Job.objects.filter(kind=KIND).update(scope_id="stored")
            progress.finish({"stored": True})

    job = asked(store)
    assert work_off() == 1
    assert (now(job).state, job.result, job.scope_id) == (JobState.DONE, {"stored": True}, "stored")


def test_a_worker_whose_job_was_taken_up_stores_nothing_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def store(params: Mapping[str, Json], progress: Progress) -> None:
        with transaction.atomic():
            Job.objects.filter(kind=KIND).update(scope_id="stored")
            progress.finish({})

    job = asked(store)
    slept = taken()
    taken(LATER)
    run(slept)
    assert (now(job).state, job.result, job.tries) == (JobState.RUNNING, None, 2)
    assert job.scope_id == "daknong-2023"
    assert caplog.messages == [f"job {job.pk} was taken up by another worker"]


def refusing(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    raise RuleViolation("no_awards")


def stumbling(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("work", "tries", "left"),
    [(nothing, 0, ["kept"]), (refusing, 0, []), (stumbling, 0, []), (nothing, MOST_TRIES, [])],
)
def test_what_was_kept_for_a_job_is_cleared_up_when_it_fails(
    work: Work, tries: int, left: list[str]
) -> None:
    kept = ["kept"]
    register(KIND, work, clear_up=lambda params: kept.remove(str(params["what"])))
    ask(
        kind=KIND,
        params={"what": "kept"},
        requested_by="1",
        scope_kind="contest",
        scope_id="daknong-2023",
        now=NOW,
    )
    Job.objects.update(tries=tries)
    work_off()
    assert kept == left


def test_a_job_that_is_being_done_is_not_taken_again() -> None:
    asked(nothing)
    taken()
    assert take_next(NOW) is None
    assert take_next(NOW + LOST_AFTER) is None


def test_a_job_whose_beat_stands_still_is_taken_up_again() -> None:
    job = asked(nothing)
    first = taken()
    second = taken(LATER)
    assert (first.pk, second.pk, second.tries) == (job.pk, job.pk, 2)


def test_a_worker_that_comes_back_after_its_job_was_taken_up_changes_nothing() -> None:
    """A machine that slept: its try is over, whatever it has to say."""

    def one(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
        progress(9, 9)
        return {"by": "the first"}

    job = asked(one)
    slept = taken()
    taken(LATER)
    run(slept)
    assert (now(job).state, job.done, job.result, job.tries) == (JobState.RUNNING, 0, None, 2)


def test_a_job_is_tried_three_times_at_most() -> None:
    job = asked(nothing)
    moment = NOW
    for tries in range(1, MOST_TRIES + 1):
        assert taken(moment).tries == tries
        moment += LOST_AFTER + timedelta(seconds=1)
    assert work_off(now=lambda: moment) == 1
    assert (now(job).state, job.message) == (JobState.FAILED, "job_lost")
    assert take_next(moment + LOST_AFTER * 2) is None


def test_a_lost_job_comes_before_those_that_wait() -> None:
    lost, waiting = asked(nothing), asked(nothing)
    taken()
    assert [taken(LATER).pk, taken(LATER).pk] == [lost.pk, waiting.pk]


def test_of_two_that_saw_the_same_job_one_gets_it() -> None:
    asked(nothing)
    mine, theirs = Job.objects.get(), Job.objects.get()
    assert (claim(mine, NOW), claim(theirs, NOW)) == (True, False)
    mine, theirs = Job.objects.get(), Job.objects.get()
    assert (claim(theirs, LATER), claim(mine, LATER)) == (True, False)
    assert Job.objects.get().tries == 2
