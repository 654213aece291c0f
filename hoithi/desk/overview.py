"""A contest at a glance: its days, its rounds, what waits for the reader, what may go wrong.

Everything leads on to where it can be dealt with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hoithi.contests.models import Assumption, Contest, DutyState, Purpose, Round
from hoithi.contests.proposals import signature_of
from hoithi.contests.queries import barring_seats, open_proposals, plan_of
from hoithi.desk.bodies import listed_members
from hoithi.desk.queries import FormRegistration
from hoithi.entries.models import RegistrationState
from hoithi.exam.models import SittingState
from hoithi.exam.queries import Progress, Step, held_between, progress
from hoithi.exam.watching import NODE_DEAD_MS, last_seen, nodes
from hoithi.exam.wording import STEPS
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope, holders
from hoithi.people.queries import invitations_to_confirm
from hoithi.people.signers import lone_members
from hoithi.results.collective import (
    collective_proposal,
    is_collective_outdated,
    latest_collective,
)
from hoithi.results.complaints import open_complaints
from hoithi.results.models import Motion, Publication, RoundScore
from hoithi.results.papers import is_to_be_numbered_again
from hoithi.results.pending import OF_LINEUPS, open_motions, open_motions_about_units
from hoithi.results.queries import (
    Proposal,
    differs,
    is_touched,
    newest_publications,
    proposals_of,
)
from hoithi.stage.signing import Waiting, waiting_for_signature
from hoithi.web.periods import deadline, instant, period
from hoithi.web.wording import day, number

RUNNERS = frozenset({Role.ORGANISER, Role.COMMITTEE})
SOON = timedelta(days=7)
_HALL_BEFORE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A sentence that leads on; `tone` is that of a state, `note` stands beside."""

    text: str
    href: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A point on the line of time; `mark` is `done`, `today` or nothing, `when` in words."""

    label: str
    at: datetime
    when: str
    mark: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round with what its pages know of it; `progress` is none for a live one.

    `publication` is the version in force, `is_outdated` that it would come out otherwise now.
    """

    round: Round
    progress: Progress | None
    ties: int
    motions: tuple[Motion, ...]
    publication: Publication | None
    is_outdated: bool

    @property
    def held(self) -> tuple[datetime, datetime]:
        """When it is open, as orders have moved it."""
        return held_between(self.round, self.progress.sittings if self.progress else ())

    @property
    def href(self) -> str:
        page = "exam:round" if self.round.is_online else "stage:setup"
        return reverse(page, args=[self.round.contest.key, self.round.key])

    @property
    def result_href(self) -> str:
        return reverse("results:round", args=[self.round.contest.key, self.round.key])


def round_facts(contest: Contest, now: datetime) -> list[RoundFacts]:
    """The rounds of a contest in the order of the plan. Queries grow with rounds, not people.

    Everybody is ranked only where a result is not published yet, or may not be what was published.
    """
    rounds = list(contest.rounds.select_related("contest", "category").order_by("position"))
    published = newest_publications(contest)
    open_ones = [each for each in rounds if _is_open(each, published.get(each.pk))]
    proposed = proposals_of(contest) if open_ones else {}
    return [
        _facts(
            each,
            published.get(each.pk),
            proposed.get(each.key) if each in open_ones else None,
            now,
        )
        for each in rounds
    ]


def _is_open(each: Round, publication: Publication | None) -> bool:
    """Whether a result has to be computed to know what is due."""
    if each.purpose != Purpose.OFFICIAL:
        return False
    if publication is not None:
        return is_touched(publication)
    return RoundScore.objects.filter(round=each, voided_at=None).exists()


def _facts(
    each: Round, publication: Publication | None, proposed: Proposal | None, now: datetime
) -> RoundFacts:
    return RoundFacts(
        round=each,
        progress=progress(each, now) if each.is_online else None,
        ties=len(proposed.ties) if proposed else 0,
        motions=tuple(open_motions(each)),
        publication=publication,
        is_outdated=publication is not None
        and proposed is not None
        and differs(each, publication, proposed),
    )


def time_line(contest: Contest, rounds: list[RoundFacts], now: datetime) -> list[TimePoint]:
    """The days of the plan in order, with today among them."""
    zone = timezone.get_default_timezone()
    law_day = datetime.combine(contest.law_date, time(), zone)
    points = [
        _day(_("Registration opens"), contest.registration_opens_at, now),
        _end(_("Registration closes"), contest.registration_closes_at, now),
        _day(_("Day on which questions must be true"), law_day, now),
    ]
    points += [_span(each.round.name, *each.held, now) for each in rounds]
    points.append(TimePoint(_("Today"), now, day(now), "today", is_running=False))
    return sorted(points, key=lambda point: point.at)


def _day(label: str, at: datetime, now: datetime) -> TimePoint:
    return TimePoint(label, at, day(at), "done" if at <= now else "", is_running=False)


def _end(label: str, at: datetime, now: datetime) -> TimePoint:
    return TimePoint(label, at, deadline(at), "done" if at <= now else "", is_running=False)


def _span(label: str, at: datetime, until: datetime, now: datetime) -> TimePoint:
    mark = "done" if until <= now else ""
    return TimePoint(label, at, period(at, until), mark, is_running=at <= now < until)


def round_links(rounds: list[RoundFacts], now: datetime) -> list[Link]:
    """Each round with its phase, and for an online one the next of its steps."""
    return [_round_link(each, now) for each in rounds]


def _round_link(each: RoundFacts, now: datetime) -> Link:
    note = ""
    if each.progress is not None and each.progress.step not in (Step.RUN, Step.DONE):
        note = _("next: %(step)s") % {"step": STEPS[each.progress.step]}
    if each.is_outdated:
        return Link(each.round.name, each.result_href, _("a correction is due"), "warn")
    if each.publication is not None:
        return Link(each.round.name, each.href, _("published"), "good")
    opens_at, closes_at = each.held
    if now < opens_at:
        opens = _("opens %(at)s") % {"at": instant(opens_at)}
        return Link(each.round.name, each.href, note or opens, "muted")
    if now < closes_at or (each.progress is not None and each.progress.step is Step.RUN):
        return Link(each.round.name, each.href, note or _("running"), "now")
    return Link(each.round.name, each.href, note or _("over"), "warn")


def waiting_for(
    user: User, roles: frozenset[Role], contest: Contest, rounds: list[RoundFacts]
) -> list[Link]:
    """What only somebody with these roles can move, and this person has not yet."""
    found: list[Link] = []
    if Role.ORGANISER in roles:
        submitted = contest.registrations.filter(state=RegistrationState.SUBMITTED).count()
        if submitted:
            text = ngettext(
                "%(count)s registration to decide", "%(count)s registrations to decide", submitted
            )
            href = reverse("entries:overview", args=[contest.key])
            found.append(Link(text % {"count": submitted}, href))
    if roles & RUNNERS:
        found += _to_answer(contest)
    for each in rounds:
        if Role.COMMITTEE in roles:
            found += _to_sign(user, each)
        if roles & RUNNERS:
            found += _to_run(each)
            found += _to_number(each)
    if Role.COMMITTEE in roles:
        found += _about_units(user, contest, rounds)
        found += _plans_to_sign(user, contest)
        found += _invitations_to_sign(user, contest)
        found += _to_confirm(contest)
    return found


def _to_answer(contest: Contest) -> list[Link]:
    waiting = open_complaints(contest).count()
    if not waiting:
        return []
    text = ngettext(
        "%(count)s wish to correct a name to answer",
        "%(count)s wishes to correct a name to answer",
        waiting,
    )
    return [Link(text % {"count": waiting}, reverse("results:names", args=[contest.key]))]


def _plans_to_sign(user: User, contest: Contest) -> list[Link]:
    href = reverse("desk:plan", args=[contest.key])
    waiting = [signature_of(each) for each in open_proposals(contest)]
    return [
        Link(_("Sign a changed plan, or refuse it"), href)
        for signed in waiting
        if signed is None or signed.first_id != user.pk
    ]


def _invitations_to_sign(user: User, contest: Contest) -> list[Link]:
    href = reverse("contests:people", args=[contest.key])
    return [
        Link(_("Confirm that %(name)s joins the committee") % {"name": each.name}, href)
        for each in invitations_to_confirm(contest_scope(contest.key), user)
    ]


def _to_sign(user: User, each: RoundFacts) -> list[Link]:
    name = {"round": each.round.name}
    found = []
    package = each.progress.package if each.progress and each.progress.step is Step.SEAL else None
    if package is not None and package.first_id != user.pk:
        address = [each.round.contest.key, each.round.key, package.number]
        href = reverse("exam:package", args=address)
        found.append(Link(_("%(round)s: sign the seal") % name, href))
    for motion in each.motions:
        if motion.approval.first_id == user.pk:
            continue
        if motion.approval.kind == "minutes":
            href = reverse("results:minutes", args=[each.round.contest.key, each.round.key])
            found.append(Link(_("%(round)s: confirm the minutes") % name, href))
        elif motion.approval.kind == "ruling":
            found.append(Link(_("%(round)s: confirm a ruling") % name, each.result_href))
        elif motion.approval.kind == "choice" and motion.content["about"]:
            found.append(Link(_("%(round)s: confirm a side prize") % name, each.result_href))
        elif motion.approval.kind in ("choice", *OF_LINEUPS):
            href = reverse("results:lineup", args=[each.round.contest.key, each.round.key])
            found.append(Link(_("%(round)s: confirm a change of its teams") % name, href))
    if not each.round.is_online:
        found += _to_sign_on_stage(user, each.round)
    if each.ties:
        found.append(Link(_("%(round)s: decide a tie") % name, each.result_href))
    elif each.is_outdated:
        found.append(Link(_("%(round)s: publish a correction") % name, each.result_href))
    elif each.progress and each.progress.step is Step.PUBLISH:
        found.append(Link(_("%(round)s: publish the result") % name, each.result_href))
    return found


def _to_sign_on_stage(user: User, each: Round) -> list[Link]:
    texts = {
        Waiting.PACKETS: (_("%(round)s: sign the seal of the question packets"), "stage:setup"),
        Waiting.POINTS: (_("%(round)s: confirm points beside the marks"), "stage:points"),
        Waiting.CLOSING: (_("%(round)s: sign the closing"), "stage:console"),
    }
    return [
        Link(text % {"round": each.name}, reverse(page, args=[each.contest.key, each.key]))
        for text, page in (texts[one] for one in waiting_for_signature(each, user))
    ]


def _to_number(each: RoundFacts) -> list[Link]:
    """Certificates that a correction has revoked have successors without a number."""
    version = each.publication
    if version is None or not is_to_be_numbered_again(version):
        return []
    href = reverse("results:papers", args=[each.round.contest.key, each.round.key, version.number])
    text = _("%(round)s: number the certificates again") % {"round": each.round.name}
    return [Link(text, href)]


def _about_units(user: User, contest: Contest, rounds: list[RoundFacts]) -> list[Link]:
    """The table of units: an order to confirm, a tie to decide, a version to publish."""
    if plan_of(contest).rules.collective is None:
        return []
    href = reverse("results:collective", args=[contest.key])
    motions = open_motions_about_units(contest)
    if any(motion.approval.first_id != user.pk for motion in motions):
        return [Link(_("Table of units: confirm an order"), href)]
    official = [each for each in rounds if each.round.purpose == Purpose.OFFICIAL]
    if motions or any(each.publication is None or each.is_outdated for each in official):
        return []
    table = latest_collective(contest)
    numbers = {each.round.key: each.publication.number for each in official if each.publication}
    if table is None:
        if collective_proposal(contest).ties:
            return [Link(_("Table of units: decide a tie"), href)]
        return [Link(_("Table of units: publish it"), href)]
    if table.content["rounds"] != numbers and is_collective_outdated(table):
        return [Link(_("Table of units: publish a correction"), href)]
    return []


def _to_run(each: RoundFacts) -> list[Link]:
    texts = {
        Step.BUILD: _("%(round)s: put the paper together"),
        Step.WITHDRAW: _("%(round)s: finish the withdrawal of the package"),
        Step.ROSTER: _("%(round)s: publish the roster"),
        Step.COLLECT: _("%(round)s: collect"),
        Step.GRADE: _("%(round)s: grade"),
    }
    found = []
    if each.progress is not None and each.progress.has_latecomers and each.progress.may_seat:
        found.append(Link(_unseated(each.round.name, each.progress.unseated), each.href))
    if each.progress is not None and each.progress.step in texts:
        found.append(Link(texts[each.progress.step] % {"round": each.round.name}, each.href))
    return found


def _unseated(name: str, people: int) -> str:
    text = ngettext(
        "%(round)s: %(count)s accepted contestant is in no sitting",
        "%(round)s: %(count)s accepted contestants are in no sitting",
        people,
    )
    return text % {"round": name, "count": people}


def _to_confirm(contest: Contest) -> list[Link]:
    left = contest.assumptions.filter(confirmed_at=None).count()
    if not left:
        return []
    text = ngettext(
        "%(count)s point of the plan to confirm", "%(count)s points of the plan to confirm", left
    )
    return [Link(text % {"count": left}, reverse("desk:assumptions", args=[contest.key]))]


def risks(
    contest: Contest,
    rounds: list[RoundFacts],
    registration: tuple[FormRegistration, ...],
    now: datetime,
) -> list[Link]:
    """What may go wrong if nobody does anything, gravest first."""
    found = [
        *_hall_risks(rounds, now),
        *_package_risks(rounds, now),
        *_latecomer_risks(rounds),
        *_people_risks(contest),
        *_signer_risks(contest),
        *_seat_risks(contest),
        *_plan_risks(contest),
        *_registration_risks(contest, registration, now),
        *_rules_risks(contest, now),
        *_duty_risks(contest, now),
    ]
    return sorted(found, key=lambda link: link.tone != "bad")


def _hall_risks(rounds: list[RoundFacts], now: datetime) -> list[Link]:
    """A sitting or a window in it is open, or is about to be, and no hall answers."""
    sought = [
        each
        for each in rounds
        if each.progress is not None
        and any(
            row.state == SittingState.PUBLISHED and row.is_open(now, _HALL_BEFORE)
            for row in each.progress.sittings
        )
    ]
    seen = last_seen(nodes()) if sought else None
    if not sought or (seen is not None and now - seen <= timedelta(milliseconds=NODE_DEAD_MS)):
        return []
    text = _("The hall does not answer")
    if seen is not None:
        text = _("The hall does not answer since %(at)s") % {"at": instant(seen)}
    first = sought[0].round
    href = reverse("exam:live", args=[first.contest.key, first.key])
    return [Link(text, href, tone="bad")]


def _package_risks(rounds: list[RoundFacts], now: datetime) -> list[Link]:
    return [
        Link(
            _("%(round)s: no sealed package yet") % {"round": each.round.name},
            each.href,
            note=_("opens %(at)s") % {"at": instant(each.round.opens_at)},
            tone="bad" if each.round.opens_at <= now else "warn",
        )
        for each in rounds
        if each.progress is not None
        and each.progress.step in (Step.BUILD, Step.SEAL)
        and each.round.opens_at - SOON <= now < each.round.closes_at
    ]


def _latecomer_risks(rounds: list[RoundFacts]) -> list[Link]:
    """Accepted people whom a result would leave out, as no sitting can be opened any more."""
    return [
        Link(_unseated(each.round.name, each.progress.unseated), each.href, tone="bad")
        for each in rounds
        if each.round.is_official
        and each.progress is not None
        and each.progress.has_latecomers
        and not each.progress.may_seat
        and each.publication is None
    ]


def _people_risks(contest: Contest) -> list[Link]:
    signers = len(holders(Role.COMMITTEE, contest_scope(contest.key)))
    if signers >= 2:
        return []
    text = _("Fewer than two accounts of the committee: nothing can be signed by two")
    return [Link(text, reverse("contests:people", args=[contest.key]), tone="bad")]


def _signer_risks(contest: Contest) -> list[Link]:
    """Members of the committee whom one other member alone has brought in."""
    href = reverse("contests:people", args=[contest.key])
    text = _(
        "%(name)s signs in the committee by the invitation of %(inviter)s alone, since %(day)s"
    )
    return [
        Link(
            text % {"name": each.name, "inviter": each.inviter, "day": day(each.since)},
            href,
            tone="warn",
        )
        for each in lone_members(contest_scope(contest.key)).values()
    ]


def _seat_risks(contest: Contest) -> list[Link]:
    """Members of bodies that may not take part, and are on a list by their national id."""
    listed = listed_members(contest, barring_seats(contest))
    certain = sum(any(one.is_certain for one in found) for found in listed.values())
    if not certain:
        return []
    text = ngettext(
        "%(count)s member of a body is on a list of those who take part",
        "%(count)s members of bodies are on lists of those who take part",
        certain,
    )
    href = reverse("desk:bodies", args=[contest.key])
    return [Link(text % {"count": certain}, href, tone="bad")]


def _plan_risks(contest: Contest) -> list[Link]:
    left = contest.assumptions.filter(confirmed_at=None).count()
    if not left:
        return []
    text = ngettext(
        "%(count)s point that the plan leaves open is not confirmed",
        "%(count)s points that the plan leaves open are not confirmed",
        left,
    )
    href = reverse("desk:assumptions", args=[contest.key])
    return [Link(text % {"count": left}, href, tone="warn")]


def _registration_risks(
    contest: Contest, registration: tuple[FormRegistration, ...], now: datetime
) -> list[Link]:
    if now < contest.registration_closes_at - SOON:
        return []
    closed = contest.registration_closes_at <= now
    href = reverse("entries:overview", args=[contest.key])
    return [
        Link(
            ngettext(
                "%(form)s: %(count)s unit below %(minimum)s people",
                "%(form)s: %(count)s units below %(minimum)s people",
                short,
            )
            % {"form": form.name, "count": short, "minimum": number(form.minimum)},
            href,
            tone="bad" if closed else "warn",
        )
        for form in registration
        if (short := sum(bool(unit.missing) for unit in form.units))
    ]


def _rules_risks(contest: Contest, now: datetime) -> list[Link]:
    """The rules that contestants accept are to be decided before registration ends."""
    keys = [
        each.key
        for each in plan_of(contest).assumptions
        if any(path.startswith("rules.text") for path in each.about)
    ]
    rules = Assumption.objects.filter(contest=contest, key__in=keys).first()
    closes_at = contest.registration_closes_at
    if rules is None or (rules.confirmed_at is None and now < closes_at - SOON):
        return []
    href = reverse("desk:assumptions", args=[contest.key])
    if rules.confirmed_at is None:
        return [Link(_("The rules of the contest are not confirmed yet"), href, tone="warn")]
    if rules.confirmed_at > closes_at:
        text = _("The rules of the contest were confirmed after the end of registration")
        return [Link(text, href, tone="warn")]
    return []


def _duty_risks(contest: Contest, now: datetime) -> list[Link]:
    late = contest.duties.filter(state=DutyState.OPEN, due__lt=timezone.localdate(now)).count()
    if not late:
        return []
    text = ngettext("%(count)s duty is overdue", "%(count)s duties are overdue", late)
    href = reverse("desk:duties", args=[contest.key])
    return [Link(text % {"count": late}, href, tone="warn")]
