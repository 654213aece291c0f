"""The page of a contest's questions: what there is, a template, and taking in a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from hoithi.bank.actions import save_items
from hoithi.bank.importing import CellProblem
from hoithi.bank.sheets import bank_template, read_bank_file
from hoithi.bank.wording import cell_sentence
from hoithi.contests.bank import StockRow, level_names, stock_rows, topic_names
from hoithi.contests.forms import BankFileForm
from hoithi.contests.models import Contest
from hoithi.contests.queries import contest_by_key
from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets import XLSX_TYPE
from hoithi.web.violations import explain

SHOWN_PROBLEMS = 200
keeps_questions = contest_role(Role.QUESTIONS, Role.ORGANISER)


@dataclass(frozen=True, slots=True)
class BadCell:
    """A bad cell in words."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class BankPage:
    """What the bank has, and what was wrong with the file just sent."""

    contest: Contest
    form: BankFileForm
    rows: list[StockRow]
    total: int
    bad_cells: list[BadCell]
    more: int


@keeps_questions
@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: StaffRequest, contest: str) -> HttpResponseBase:
    """Show the stock; take in a file whole, or show every bad cell and save nothing."""
    found = contest_by_key(contest)
    form = BankFileForm(request.POST or None, request.FILES or None)
    problems: tuple[CellProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        problems, saved = _take_in(request, found, form)
        if saved:
            return redirect("contests:bank", contest)
    rows = stock_rows(found)
    page = BankPage(
        found,
        form,
        rows,
        sum(row.there for row in rows if row.level),
        [_in_words(problem) for problem in problems[:SHOWN_PROBLEMS]],
        max(0, len(problems) - SHOWN_PROBLEMS),
    )
    return render(
        request, "contests/bank.html", {"page": page, "contest": found, "section": "bank"}
    )


def _take_in(
    request: StaffRequest, contest: Contest, form: BankFileForm
) -> tuple[tuple[CellProblem, ...], bool]:
    file = form.cleaned_data["file"]
    topics, levels = topic_names(contest), level_names(contest)
    try:
        read = read_bank_file(file.read(), file.name, topics=topics, levels=levels)
    except RuleViolation as violation:
        form.add_error("file", explain(violation))
        return (), False
    if read.problems:
        return read.problems, False
    count = save_items(
        collection_key=contest.key,
        collection_name=contest.title,
        topics=topics,
        levels=levels,
        items=read.items,
        actor_id=str(request.user.pk),
        actor_name=request.user.name,
        now=timezone.now(),
    )
    messages.success(
        request,
        ngettext(
            "%(count)d question was added or changed.",
            "%(count)d questions were added or changed.",
            count,
        )
        % {"count": count},
    )
    return (), True


def _in_words(problem: CellProblem) -> BadCell:
    return BadCell(problem.row, problem.column, problem.value, cell_sentence(problem))


@keeps_questions
@require_safe
def bank_file(request: StaffRequest, contest: str) -> HttpResponseBase:  # noqa: ARG001 - a view
    """The empty workbook to fill in."""
    found = contest_by_key(contest)
    content = bank_template(topic_names(found), level_names(found))
    return HttpResponse(
        content,
        content_type=XLSX_TYPE,
        headers={"Content-Disposition": 'attachment; filename="mau-ngan-hang-cau-hoi.xlsx"'},
    )
