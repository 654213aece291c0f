"""Acts of the log and the registration chart, as people read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.contests.models import Contest
from hoithi.desk.queries import FormRegistration, UnitCount
from hoithi.results.jobs import CERTIFICATES
from hoithi.web.charts import Bar, Tone, bars
from hoithi.web.wording import number

JOBS: dict[str, Promise] = {
    CERTIFICATES: _("Numbering and printing certificates"),
}
ACTS: dict[str, Promise] = {
    "contests.load_plan": _("loaded the plan"),
    "contests.move_windows": _("moved the times of a demo"),
    "contests.appoint": _("appointed somebody"),
    "contests.confirm_assumption": _("confirmed what the plan leaves open"),
    "contests.note_incident": _("noted down an incident"),
    "people.give": _("gave a right"),
    "people.withdraw": _("took a right back"),
    "people.invite": _("invited somebody"),
    "people.invite_again": _("sent an invitation again"),
    "people.withdraw_invitation": _("withdrew an invitation"),
    "people.second_factor_off": _("took somebody's second step off"),
    "exam.build_package": _("put a package together"),
    "approve.seal.first": _("signed a seal"),
    "approve.seal.second": _("completed a seal"),
    "approve.withdraw.first": _("asked to withdraw a package"),
    "approve.withdraw.second": _("completed the withdrawal of a package"),
    "exam.publish_sitting": _("published a roster"),
    "exam.order.open_at": _("moved the opening"),
    "exam.order.close_at": _("moved the closing"),
    "exam.order.extra_time": _("gave extra minutes"),
    "exam.order.reissue": _("issued a new code"),
    "exam.order.void": _("made an attempt void"),
    "exam.order.restore": _("restored an attempt"),
    "exam.collect_sitting": _("collected a sitting"),
    "results.record_round_scores": _("recorded the scores of a round"),
    "approve.minutes.first": _("entered minutes"),
    "approve.minutes.second": _("confirmed minutes"),
    "approve.tie.first": _("proposed to decide a tie"),
    "approve.tie.second": _("decided a tie"),
    "approve.ruling.first": _("proposed a ruling"),
    "approve.ruling.second": _("made a ruling"),
    "results.publish_collective": _("published the table of units"),
    "results.publish": _("published a result"),
}


def act_name(action: str) -> str | Promise:
    """An act in words; one that is not named yet keeps its code."""
    return ACTS.get(action, action)


def registration_chart(contest: Contest, form: FormRegistration) -> SafeString:
    """Units against the least the plan asks for, each leading to the unit's own page."""
    facts = {"enough": form.enough, "units": len(form.units), "minimum": number(form.minimum)}
    if form.minimum:
        title = gettext("%(enough)s of %(units)s units have at least %(minimum)s people") % facts
    else:
        title = gettext("%(enough)s of %(units)s units have registered people") % facts
    return bars(
        [_bar(contest, unit) for unit in form.units],
        title=title,
        description=form.name,
        heading=gettext("Unit"),
        unit=gettext("Number of people"),
    )


def _bar(contest: Contest, unit: UnitCount) -> Bar:
    missing = gettext("%(count)s missing") % {"count": number(unit.missing)}
    return Bar(
        label=unit.name,
        value=unit.people,
        minimum=unit.minimum or None,
        tone=Tone.WARN if unit.missing else Tone.GOOD if unit.minimum else Tone.PLAIN,
        note=missing if unit.missing else "",
        href=f"/don-vi/{contest.key}/{unit.code}/",
    )


def job_name(kind: str) -> str | Promise:
    """What is being done; the kind itself where it has no words."""
    return JOBS.get(kind, kind)
