"""Acts of the log and the registration chart, as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.contests.models import Contest
from hoithi.contests.plan.schema import Plan
from hoithi.desk.queries import FormRegistration, UnitCount
from hoithi.entries.jobs import READ_LIST, SAVE_LIST
from hoithi.exam.jobs import COLLECT, COMPARE, GRADE, WITHDRAW
from hoithi.exam.rehearsal_jobs import REHEARSE
from hoithi.results.jobs import CERTIFICATES
from hoithi.rules.vietnamese import fold
from hoithi.web.charts import Bar, Tone, bars
from hoithi.web.wording import number

JOBS: dict[str, Promise] = {
    CERTIFICATES: _("Numbering and printing certificates"),
    READ_LIST: _("Reading and checking a list"),
    SAVE_LIST: _("Saving a list"),
    COLLECT: _("Collecting a sitting"),
    GRADE: _("Grading a round"),
    COMPARE: _("Comparing the sheets of a round"),
    WITHDRAW: _("Withdrawing a package"),
    REHEARSE: _("Rehearsing a round"),
}
JOBS_DONE: dict[str, Promise] = {
    SAVE_LIST: _("The list is saved."),
    COLLECT: _("Every attempt of the sitting is collected."),
    GRADE: _("Every attempt is graded. Please look at the proposed result."),
    COMPARE: _("The sheets are compared."),
    WITHDRAW: _("The package is withdrawn. Another one can be put together and sealed."),
}
ACTS: dict[str, Promise] = {
    "contests.load_plan": _("loaded the plan"),
    "approve.plan.first": _("signed a changed plan"),
    "approve.plan.second": _("put a changed plan in force"),
    "approve.plan.refused": _("refused a changed plan"),
    "contests.move_windows": _("moved the times of a demo"),
    "contests.appoint": _("appointed somebody"),
    "contests.end_seat": _("ended somebody's seat"),
    "contests.confirm_assumption": _("confirmed what the plan leaves open"),
    "contests.reopen_assumption": _("opened again what the plan now says differently"),
    "contests.note_incident": _("noted down an incident"),
    "people.give": _("gave a right"),
    "people.withdraw": _("took a right back"),
    "people.invite": _("invited somebody"),
    "approve.invitation.first": _("invited somebody into the committee, as the first to sign"),
    "approve.invitation.second": _("confirmed an invitation into the committee"),
    "approve.invitation.refused": _("refused an invitation into the committee"),
    "people.vouch": _("confirmed a member of the committee from outside"),
    "people.invite_again": _("sent an invitation again"),
    "people.withdraw_invitation": _("withdrew an invitation"),
    "people.second_factor_off": _("took somebody's second step off"),
    "exam.rehearse": _("had a round rehearsed"),
    "exam.stop_rehearsal": _("stopped a rehearsal"),
    "exam.build_package": _("put a package together"),
    "approve.seal.first": _("signed a seal"),
    "approve.seal.second": _("completed a seal"),
    "approve.withdraw.first": _("asked to withdraw a package"),
    "approve.withdraw.second": _("completed the withdrawal of a package"),
    "exam.publish_sitting": _("published a roster"),
    "exam.order.open_at": _("moved the opening"),
    "exam.order.close_at": _("moved the closing"),
    "exam.order.extra_time": _("gave extra minutes"),
    "exam.order.window": _("gave a window of its own"),
    "exam.order.reissue": _("issued a new code"),
    "exam.order.withdraw": _("told the hall of a withdrawal"),
    "exam.withdrawal_called_off": _("called a withdrawal off, as somebody had started"),
    "exam.order.void": _("made an attempt void"),
    "exam.order.restore": _("restored an attempt"),
    "exam.read_closed_questions": _("read questions that later rounds may draw"),
    "exam.collect_sitting": _("collected a sitting"),
    "exam.read_signals": _("read the signals of a round"),
    "exam.erase_signals": _("erased the signals of a sitting at their date"),
    "exam.compare_sheets": _("compared the sheets of a round"),
    "exam.review_pair": _("wrote down what was made of two sheets that are alike"),
    "results.record_round_scores": _("recorded the scores of a round"),
    "stage.prepare": _("began to prepare a round for the stage"),
    "stage.seat_judge": _("added a judge"),
    "stage.remove_judge": _("took a judge out of the jury"),
    "stage.declare_conflict": _("noted that a judge does not mark a team"),
    "stage.reissue_code": _("gave a seat on stage a new code"),
    "stage.build_packets": _("made question packets"),
    "stage.open": _("opened a round on stage"),
    "stage.team_withdrawn": _("noted that a team withdrew"),
    "stage.judge_left": _("noted that a judge left the jury"),
    "stage.lots_hand": _("entered lots of paper"),
    "stage.lots_void": _("declared a draw void"),
    "stage.clock_set": _("corrected the clock of a turn"),
    "stage.turn_void": _("let a turn be held again"),
    "stage.unlock": _("unlocked a judge's sheet"),
    "stage.abstain": _("noted that a judge does not mark a turn"),
    "stage.floor": _("gave a team the right to answer"),
    "stage.spoilt": _("cancelled a question on stage"),
    "approve.packets.first": _("signed the seal of packets"),
    "approve.packets.second": _("sealed packets"),
    "approve.stage_points.first": _("put points beside the marks forward"),
    "approve.stage_points.second": _("gave or took points"),
    "approve.stage_close.first": _("signed the closing of a round on stage"),
    "approve.stage_close.second": _("closed a round on stage"),
    "approve.minutes.first": _("entered minutes"),
    "approve.minutes.second": _("confirmed minutes"),
    "approve.tie.first": _("proposed to decide a tie"),
    "approve.tie.second": _("decided a tie"),
    "approve.ruling.first": _("proposed a ruling"),
    "approve.ruling.second": _("made a ruling"),
    "approve.flaws.first": _("asked to accept flaws of a journal"),
    "approve.flaws.second": _("accepted flaws of a journal"),
    "lineup.fix": _("fixed which teams come into rounds"),
    "lineup.draw": _("drew the teams of rounds by lot"),
    "lineup.draw_by_hand": _("entered lots of paper for the teams of rounds"),
    "lineup.leave": _("let a team leave before its round"),
    "lineup.void": _("declared a list of teams void"),
    "lineup.keep": _("let a list of teams stand after a correction"),
    "approve.leaving.first": _("proposed that a team leaves before its round"),
    "approve.leaving.second": _("confirmed that a team leaves before its round"),
    "approve.lineup_void.first": _("proposed to declare a list of teams void"),
    "approve.lineup_void.second": _("confirmed that a list of teams is void"),
    "approve.lineup_keep.first": _("proposed that a list of teams stands after a correction"),
    "approve.lineup_keep.second": _("confirmed that a list of teams stands after a correction"),
    "approve.choice.first": _("proposed a side prize or an order of equal teams"),
    "approve.choice.second": _("confirmed a side prize or an order of equal teams"),
    "results.signed_copy": _("attached a scan of signed minutes"),
    "results.make_kit": _("made the kit of a unit"),
    "results.take_kit": _("made this machine a unit's by its kit"),
    "results.take_unit_file": _("took the result that a unit sent"),
    "results.publish": _("published a result"),
    "results.publish_collective": _("published the table of units"),
    "results.complain_about_name": _("asked to correct a name"),
    "results.correct_name": _("corrected a printed name"),
    "results.refuse_name": _("left a printed name as it is"),
    "contests.finish_duty": _("ticked off a duty"),
    "contests.reopen_duty": _("opened a duty again"),
    "bank.save_items": _("saved questions"),
    "documents.revoke": _("revoked a paper"),
    "documents.issue.giay-chung-nhan": _("numbered certificates"),
    "approve.stage_points.refused": _("refused points beside the marks"),
    "approve.seal.refused": _("refused a seal"),
    "approve.withdraw.refused": _("refused to withdraw a package"),
    "approve.minutes.refused": _("refused minutes"),
    "approve.tie.refused": _("refused an order in a tie"),
    "approve.ruling.refused": _("refused a ruling"),
    "approve.leaving.refused": _("refused that a team leaves before its round"),
    "approve.lineup_void.refused": _("refused to declare a list of teams void"),
    "approve.lineup_keep.refused": _("refused that a list of teams stands after a correction"),
    "approve.choice.refused": _("refused a side prize or an order of equal teams"),
    "exam.open_keys_at_once": _("opened the keys to show scores at once"),
    "exam.order.score_to_show": _("showed a score"),
    "exam.order.together": _("pressed in a round in which all answer together"),
    "entries.choose_forms": _("chose forms"),
    "entries.stage_list": _("uploaded a list"),
    "entries.discard_list": _("threw an uploaded list away"),
    "entries.save_list": _("saved a list"),
    "entries.submit": _("handed a registration in"),
    "entries.recall": _("took a registration back"),
    "entries.accept": _("accepted a registration"),
    "entries.return": _("returned a registration"),
    "entries.extend": _("gave a unit more time to register"),
    "entries.bar": _("barred somebody from being ranked"),
    "entries.lift_bar": _("lifted a bar"),
    "entries.withdraw": _("withdrew an entry"),
    "entries.replace": _("replaced a contestant"),
    "entries.replace_member": _("replaced a member of a team"),
    "entries.save_team": _("put a team together"),
    "entries.substitute": _("put somebody else into a team"),
    "entries.check_in": _("checked somebody in at the stage door"),
    "entries.undo_check_in": _("took a check-in back"),
    "entries.hand_in": _("handed in a text for the stage"),
    "entries.approve_text": _("approved a text for the stage"),
    "entries.return_text": _("returned a text for the stage"),
    "entries.rename": _("wrote a contestant's name otherwise"),
    "entries.reissue_code": _("issued a new code"),
    "entries.show_number": _("looked at a whole personal number"),
    "entries.take_slips": _("printed slips with codes"),
}
PLAN_PARTS: dict[str, Promise] = {
    "contest": _("the contest"),
    "contest.law_date": _("day on which questions must be true"),
    "document": _("the signed paper"),
    "papers": _("certificates and lists of the committee"),
    "basis": _("the papers it rests on"),
    "topics": _("topics"),
    "levels": _("levels"),
    "units": _("units"),
    "bodies": _("bodies of the contest"),
    "registration": _("registration"),
    "registration.opens_at": _("opening of registration"),
    "rules.text": _("the rules that contestants accept"),
    "rules.consent_text": _("the consent"),
    "rules.one_prize": _("one prize a person"),
    "rules.collective": _("the table of units"),
    "budget": _("the budget"),
    "duties": _("duties"),
    "bank": _("the questions"),
    "audiences": _("who may take part"),
    "minimum": _("least people of a unit"),
    "maximum": _("most people of a unit"),
    "minimum_age": _("least age"),
    "contest.utc_offset_min": _("the contest's own time"),
    "rounds": _("order of the rounds"),
    "form": _("form"),
    "purpose": _("whether the round counts"),
    "opens_at": _("opening"),
    "closes_at": _("closing"),
    "segments": _("parts and their marks"),
    "ranking": _("order of ranking"),
    "requirement": _("what a prize presupposes"),
    "prizes": _("prizes"),
    "entrants": _("which teams come into the round"),
    "side_prizes": _("side prizes"),
    "at_units": _("whether the units hold the round"),
    "online.minutes": _("working time"),
    "online.grace_seconds": _("seconds of grace"),
    "online.all_required": _("whether all questions must be answered"),
    "online.points_per_item": _("points of a question"),
    "online.counted": _("which attempt counts"),
    "online.duration": _("time that breaks a tie"),
    "online.show_result": _("what contestants see of their result"),
    "online.signals": _("signals of a page that is left"),
    "online.signals_announced_in": _("where the signals are announced"),
    "online.signals_days": _("how long signals are kept"),
    "online.paper": _("questions of a paper"),
    "online.attempts": _("number of attempts"),
    "online.prediction": _("the prediction"),
    "online.sample": _("the question for trying out"),
}
_PART = re.compile(r"^(rounds|forms)\[(\d+)\]\.(.+)$")


def about_words(plan: Plan, paths: Iterable[str]) -> str:
    """What some keys of the plan file are called, each name once, those of one round or form
    together: "Thi trực tuyến: thời gian làm bài, số lượt thi"."""
    parts: dict[str, dict[str, None]] = {}
    for path in paths:
        thing, name = _part(plan, path)
        parts.setdefault(thing, {})[name] = None
    return "; ".join(
        f"{thing}: {', '.join(names)}" if thing else ", ".join(names)
        for thing, names in parts.items()
    )


def _part(plan: Plan, path: str) -> tuple[str, str]:
    """The round or form that a key is about, if it is about one, and what the key is called."""
    found = _PART.match(path)
    if found is None:
        return "", _named(path)
    things = plan.rounds if found[1] == "rounds" else plan.forms
    return things[int(found[2]) - 1].name, _named(found[3])


def _named(path: str) -> str:
    """The longest beginning of the path that has a name; else the path as it stands."""
    parts = re.sub(r"\[\d+\]", "", path).split(".")
    for end in range(len(parts), 0, -1):
        if ".".join(parts[:end]) in PLAN_PARTS:
            return str(PLAN_PARTS[".".join(parts[:end])])
    return path


def act_name(action: str) -> str | Promise:
    """An act in words; one that is not named yet keeps its code."""
    return ACTS.get(action, action)


def acts_with(words: str) -> list[str]:
    """The acts whose name in the reader's language has the words, marks and case aside."""
    wanted = fold(words)
    return [action for action, name in ACTS.items() if wanted and wanted in fold(str(name))]


def registration_chart(contest: Contest, form: FormRegistration, *, may_decide: bool) -> SafeString:
    """Units against the least the plan asks for, each leading to what can be done about it."""
    facts = {"enough": form.enough, "units": form.expected, "minimum": number(form.minimum)}
    if form.minimum:
        title = gettext("%(enough)s of %(units)s units have at least %(minimum)s people") % facts
    else:
        title = gettext("%(enough)s of %(units)s units have registered people") % facts
    return bars(
        [_bar(contest, unit, may_decide=may_decide) for unit in form.units],
        title=title,
        description=form.name,
        heading=gettext("Unit"),
        unit=gettext("Number of people"),
    )


def _bar(contest: Contest, unit: UnitCount, *, may_decide: bool) -> Bar:
    """The unit's own page is for who decides about it; others see it among all units."""
    if may_decide:
        href = reverse("entries:decision", args=[contest.key, unit.code])
    else:
        href = reverse("entries:overview", args=[contest.key])
    if unit.is_elsewhere:
        note = gettext("takes part in another form")
        return Bar(unit.name, unit.people, tone=Tone.MUTED, note=note, href=href)
    missing = gettext("%(count)s missing") % {"count": number(unit.missing)}
    return Bar(
        label=unit.name,
        value=unit.people,
        minimum=unit.minimum or None,
        tone=Tone.WARN if unit.missing else Tone.GOOD if unit.minimum else Tone.PLAIN,
        note=missing if unit.missing else "",
        href=href,
    )


def job_name(kind: str) -> str | Promise:
    """What is being done; the kind itself where it has no words."""
    return JOBS.get(kind, kind)
