"""Texts for the stage as pages show them: what the plan asks for, and what was handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import plan_of
from hoithi.entries.models import Entry, EntryState, Handover, HandoverState, Team
from hoithi.entries.wording import HANDOVER_STATES, TEXT_KINDS, Shown
from hoithi.web.spreadsheets import Column, Kind, Table, write_workbook


@dataclass(frozen=True, slots=True)
class Asked:
    """What a segment of a round asks of every team: a text of this kind."""

    round: Round
    segment: str
    label: str
    kind: str

    @property
    def kind_name(self) -> Promise:
        return TEXT_KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A team's newest text for a segment, if there is one, and the versions before."""

    asked: Asked
    entry: Entry
    newest: Handover | None
    older: tuple[Handover, ...]

    @property
    def state(self) -> Shown:
        return HANDOVER_STATES[self.newest.state if self.newest else ""]

    @property
    def is_open(self) -> bool:
        """Whether the unit may hand in a version."""
        return self.newest is None or self.newest.state != HandoverState.APPROVED


def asked_of(contest: Contest, form_key: str = "") -> tuple[Asked, ...]:
    """What the live rounds ask for, in the order of the plan; of one form, if it is named."""
    rounds = {each.key: each for each in contest.rounds.all()}
    return tuple(
        Asked(rounds[each.key], part.key, part.label, part.handed_in)
        for each in plan_of(contest).rounds
        if each.key in rounds and form_key in ("", each.form)
        for part in each.segments
        if part.handed_in is not None
    )


def asked_by_key(contest: Contest, form_key: str, round_key: str, segment: str) -> Asked:
    """Raises Http404 where nothing is asked for."""
    for each in asked_of(contest, form_key):
        if (each.round.key, each.segment) == (round_key, segment):
            return each
    raise Http404


def lines_of(entry: Entry, asked: Iterable[Asked]) -> tuple[TextLine, ...]:
    """What a team was asked for, with what it handed in."""
    return tuple(_lines([entry], asked))


def all_lines(contest: Contest) -> tuple[TextLine, ...]:
    """Every team against everything that is asked of it, team by team. Three queries."""
    entries = (
        Entry.objects.filter(contest=contest, team__isnull=False)
        .exclude(state=EntryState.WITHDRAWN)
        .select_related("team", "unit", "category")
        .order_by("unit__position", "pk")
    )
    return tuple(_lines(list(entries), asked_of(contest)))


def _lines(entries: Sequence[Entry], asked: Iterable[Asked]) -> Iterable[TextLine]:
    sent: dict[tuple[int, int, str], list[Handover]] = defaultdict(list)
    rows = Handover.objects.filter(team__in=[entry.team_id for entry in entries])
    for row in rows.order_by("-version"):
        sent[row.team_id, row.round_id, row.segment].append(row)
    wanted = tuple(asked)
    for entry in entries:
        for each in wanted:
            if each.round.category_id != entry.category_id:
                continue
            found = sent[entry.team_id or 0, each.round.pk, each.segment]
            yield TextLine(each, entry, found[0] if found else None, tuple(found[1:]))


def handover_of(contest: Contest, pk: int) -> Handover:
    """A text of a contest. Raises Http404."""
    found = (
        Handover.objects.filter(pk=pk, team__contest=contest)
        .select_related("team", "team__unit", "round", "round__contest")
        .first()
    )
    if found is None:
        raise Http404
    return found


def handover_of_team(team: Team, pk: int) -> Handover:
    """A text of a team. Raises Http404."""
    found = Handover.objects.filter(pk=pk, team=team).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class TextPage:
    """A text as the organisers read it, with its other versions; `can_decide` for the newest."""

    text: Handover
    line: TextLine
    state: Shown
    is_newest: bool

    @property
    def versions(self) -> tuple[Handover, ...]:
        newest = (self.line.newest,) if self.line.newest else ()
        return tuple(each for each in chain(newest, self.line.older) if each.pk != self.text.pk)

    @property
    def can_approve(self) -> bool:
        return self.is_newest and self.text.state == HandoverState.HANDED_IN

    @property
    def can_return(self) -> bool:
        return self.is_newest and self.text.state != HandoverState.RETURNED


def text_page(contest: Contest, pk: int) -> TextPage:
    """Raises Http404, also for a team that was withdrawn."""
    text = handover_of(contest, pk)
    for line in all_lines(contest):
        if line.newest and text.pk in (line.newest.pk, *(each.pk for each in line.older)):
            newest = line.newest.pk == text.pk
            return TextPage(text, line, HANDOVER_STATES[text.state], is_newest=newest)
    raise Http404


def initiatives_of(contest: Contest) -> tuple[TextLine, ...]:
    """The newest version of every solution that was handed in and not returned."""
    return tuple(
        line
        for line in all_lines(contest)
        if line.asked.kind == "solution"
        and line.newest
        and line.newest.state != HandoverState.RETURNED
    )


def initiatives_workbook(contest: Contest) -> bytes:
    """The list of initiatives for Excel."""
    table = Table(
        name=_("Initiatives"),
        title=(contest.title, _("List of solutions and initiatives")),
        columns=(
            Column(_("No."), kind=Kind.NUMBER, width=6),
            Column(_("Unit"), width=28),
            Column(_("Team"), width=28),
            Column(_("Title of the text"), width=44),
            Column(_("Summary"), width=80),
            Column(_("File of the text"), width=28),
            Column(_("State"), width=18),
        ),
        rows=[
            [
                place,
                line.entry.unit.name,
                line.entry.team.name if line.entry.team else "",
                line.newest.title,
                line.newest.summary,
                line.newest.file_name,
                str(line.state.word),
            ]
            for place, line in enumerate(initiatives_of(contest), start=1)
            if line.newest
        ],
    )
    return write_workbook([table])
