"""What the states and steps of an online round are called."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hoithi.contests.plan.schema import Plan
from hoithi.exam.flaws import HEAD_NOT_PASSED
from hoithi.exam.models import PackageState, ReviewOutcome, SittingState
from hoithi.exam.queries import ItemRow, PackageRow, Step
from hoithi.hall.store.api import OrderKind
from hoithi.rules.errors import RuleViolation
from hoithi.rules.statistics import Note


@dataclass(frozen=True, slots=True)
class Shown:
    """A state as a word and the tone of its mark (`state-good` and its sisters)."""

    word: Promise
    tone: str


STEPS: dict[Step, Promise] = {
    Step.BUILD: _("Put the paper together"),
    Step.SEAL: _("Seal by two people"),
    Step.WITHDRAW: _("Withdraw the package"),
    Step.ROSTER: _("Publish the roster"),
    Step.RUN: _("Exam"),
    Step.COLLECT: _("Collect"),
    Step.GRADE: _("Grade"),
    Step.PUBLISH: _("Publish the result"),
}
PACKAGE_STATES: dict[str, Shown] = {
    PackageState.DRAFT: Shown(_("To be sealed"), "warn"),
    PackageState.SEALED: Shown(_("Sealed"), "good"),
    PackageState.WITHDRAWN: Shown(_("Withdrawn"), "muted"),
}
LEAVING = Shown(_("Being withdrawn"), "warn")
SITTING_STATES: dict[str, Shown] = {
    SittingState.PREPARED: Shown(_("Not yet in the hall"), "warn"),
    SittingState.PUBLISHED: Shown(_("In the hall"), "now"),
    SittingState.COLLECTED: Shown(_("Collected"), "now"),
    SittingState.GRADED: Shown(_("Graded"), "good"),
    SittingState.WITHDRAWN: Shown(_("Withdrawn with its package"), "muted"),
}
ITEM_NOTES: dict[Note, Shown] = {
    Note.RIVAL: Shown(_("the best chose another option more often than the key"), "bad"),
    Note.TURNED: Shown(_("who does well in the rest gets this wrong"), "bad"),
    Note.GUESSED: Shown(_("answered right no more often than by guessing"), "warn"),
    Note.EASY: Shown(_("nearly everybody was right"), "muted"),
}
ORDERS: dict[str, Promise] = {
    OrderKind.OPEN_AT: _("Opening moved"),
    OrderKind.CLOSE_AT: _("Closing moved"),
    OrderKind.EXTRA_TIME: _("More time"),
    OrderKind.REISSUE: _("New code"),
    OrderKind.VOID: _("Attempt made void"),
    OrderKind.RESTORE: _("Attempt restored"),
    OrderKind.SCORE_TO_SHOW: _("Score shown"),
    OrderKind.WITHDRAW: _("Withdrawal of the package"),
    OrderKind.WINDOW: _("Window of its own until"),
    OrderKind.TOGETHER: _("Press in the round"),
}
CLOSED_NOW = _("Closed at once")

FLAWS: dict[str, Promise] = {
    "answer_after_end": _("An answer after the end"),
    "submitted_after_deadline": _("Handed in after the time was over"),
    "attempt_without_start": _("An attempt that nobody started"),
    "start_without_deadline": _("A start without an end of its time"),
    "started_twice": _("An attempt started twice"),
    "submitted_twice": _("An attempt handed in twice"),
    "unknown_position": _("An answer to a question that the paper does not have"),
    "unknown_option": _("An answer that no question can offer"),
    "number_twice": _("Two saves with the same number"),
    "number_missing": _("A save is missing: the numbers have a gap"),
    "attempt_unnumbered": _("An attempt without a valid number"),
    "attempt_twice": _("Two attempts of one person with the same number"),
    "order_applied_differently": _("An order that two servers carried out differently"),
    "started_outside": _("An attempt started outside every time that was allowed"),
    "answered_outside": _("An answer to a question that was not open"),
    HEAD_NOT_PASSED: _("The journal does not go through a number that was public during the exam"),
    "opened_with_another_roster": _("Opened with another roster than the published one"),
}


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A page that asks for one order: what it does, what else to know, what its button says."""

    title: Promise
    about: Promise
    button: Promise
    is_grave: bool = False
    points: tuple[Promise, ...] = ()


OPENING_PAGE = OrderPage(
    _("Move the opening"),
    _("Nobody can start before the opening. Whoever has started already goes on."),
    _("Move the opening"),
)
CLOSING_PAGE = OrderPage(
    _("Move the closing"),
    _("The deadlines of those who are working move with it, within their working time."),
    _("Move the closing"),
)
CLOSE_NOW_PAGE = OrderPage(
    _("Close the sitting now"),
    _(
        "Everybody who is still working is handed in with the answers saved so far. "
        "Extra minutes that were given still count."
    ),
    _("Close now"),
    is_grave=True,
)
UNIT_MINUTES_PAGE = OrderPage(
    _("Give a unit more time"),
    _(
        "For a power cut or a lost connection. The minutes are added to each person's "
        "working time, also past the closing."
    ),
    _("Give the minutes"),
)
MINUTES_PAGE = OrderPage(
    _("Give more time"),
    _("The minutes are added to this person's working time, also past the closing."),
    _("Give the minutes"),
)
_OF_WINDOWS = (
    _(
        "Each starts as often as the rules allow. An attempt that was cut short is lengthened by "
        "minutes, or made void so that a new one may be started."
    ),
    _(
        "A newer window replaces the one before. Who has started already keeps the end of their "
        "time."
    ),
    _("The sitting is collected when the last window has closed."),
)
UNIT_WINDOW_PAGE = OrderPage(
    _("Give a unit a window of its own"),
    _(
        "For those who could not come: besides the time of the sitting the people of this unit may "
        "start between these two times."
    ),
    _("Give the window"),
    points=_OF_WINDOWS,
)
WINDOW_PAGE = OrderPage(
    _("Give a window of their own"),
    _("Besides the time of the sitting this person may start between these two times."),
    _("Give the window"),
    points=_OF_WINDOWS,
)
CANCEL_PAGE = OrderPage(
    _("Cancel the question"),
    _(
        "The question that is open, or was announced just now, puts nobody out. "
        "Who went out by it is back."
    ),
    _("Cancel the question"),
    is_grave=True,
)
END_PAGE = OrderPage(
    _("End the round"),
    _(
        "The screen and the phones tell who has won. Nothing more can be asked, and the hall hands "
        "in for everybody half a minute later."
    ),
    _("End the round"),
    is_grave=True,
)
ON_THE_SCREEN: dict[str, Promise] = {
    "question": _("Question {number} of {of}"),
    "opens": _("Question {number} opens in"),
    "over": _("Time is over"),
    "right": _("Correct answer"),
    "cancelled": _("This question is cancelled; it puts nobody out."),
    "out": _("{out} went out by this question"),
    "left": _("still in"),
    "of": _("of {of}"),
    "rescue": _("Rescue: {people} come back"),
    "winner": _("The winner"),
    "winners": _("The winners"),
    "nobody": _("Nobody is left"),
    "welcome": _("Please enter the hall with the code on your slip"),
}
NEW_CODE_PAGE = OrderPage(
    _("Issue a new code"),
    _(
        "The old code is dead at once, on every device and in every sitting of this person. "
        "Answers saved so far are kept."
    ),
    _("Issue the code"),
    is_grave=True,
)
VOID_PAGE = OrderPage(
    _("Make an attempt void"),
    _(
        "It does not count and takes none of the allowed attempts. What was saved is kept, and "
        "it can be restored until the sitting is collected."
    ),
    _("Make it void"),
    is_grave=True,
)
RESTORE_PAGE = OrderPage(
    _("Restore an attempt"),
    _("It counts again as if it had never been void."),
    _("Restore the attempt"),
)


def state_of(row: PackageRow) -> Shown:
    """A package's state in words."""
    return LEAVING if row.is_leaving else PACKAGE_STATES[row.state]


def item_notes(row: ItemRow) -> list[Shown]:
    """Why a question should be read again, in words."""
    return [ITEM_NOTES[note] for note in (row.figures.notes if row.figures else ())]


def with_names(violation: RuleViolation, plan: Plan) -> RuleViolation:
    """The same violation, with the names of topic and level in place of their keys."""
    names = {each.key: each.name for each in (*plan.topics, *plan.levels)}
    params = {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in violation.params.items()
    }
    return RuleViolation(violation.code, **params)


REVIEWS: dict[str, Promise] = {
    ReviewOutcome.NOTHING: _("Looked at, nothing to be done"),
    ReviewOutcome.ACTED: _("Acted upon"),
}
