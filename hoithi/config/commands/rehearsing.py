"""`hoithi rehearse`: whether this server is ready for so many people; in Vietnamese."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone, translation

from hoithi.config.commands import complain, say
from hoithi.config.tables import wrong_with_tables
from hoithi.contests.models import Round
from hoithi.contests.queries import plan_of
from hoithi.documents.render.decree import Head, paper_pdf
from hoithi.exam.rehearsal_words import NOBODY, live_line, report_paper, told
from hoithi.exam.rehearsing import Quiet, check_quiet, spec_for
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.report import Report, Verdict, judge
from hoithi.rehearsal.spec import ARRIVING_S, Spec, check_size
from hoithi.rehearsal.supervising import play
from hoithi.rules.errors import RuleViolation
from hoithi.web.violations import explain

CANNOT = 2
GAVE_WAY = 3
_LONGEST_NUMBER = 9
_EVERY_S = 10.0


def rehearse(options: argparse.Namespace) -> int:
    """Exit code 0: ready; 1: not ready; 2: could not be played; 3: ended for a real exam."""
    with translation.override("vi"):
        try:
            return _rehearse(options)
        except RuleViolation as violation:
            complain(explain(violation))
            return GAVE_WAY if violation.code.startswith("rehearsal_gave_way") else CANNOT
        except KeyboardInterrupt:
            complain("\nĐã dừng diễn tập; mọi thứ của buổi diễn tập đã được dọn.")
        except OSError as error:
            complain(f"Không diễn tập được: {error}")
    return CANNOT


def _rehearse(options: argparse.Namespace) -> int:
    wrong = wrong_with_tables()
    if wrong:
        complain(f"Cơ sở dữ liệu chưa sẵn sàng: {wrong}.")
        return CANNOT
    contestants, minutes = _whole(options.contestants), _whole(options.minutes)
    check_size(contestants, minutes)
    each = _round(options.contest, options.round)
    file: Path = options.pdf
    if not file.parent.is_dir():
        complain(f"Không có thư mục {file.parent} để ghi báo cáo.")
        return CANNOT
    seconds = float(options.seconds or minutes * 60)
    arriving_s = float(options.arriving) if options.seconds else ARRIVING_S
    spec = spec_for(each, contestants=contestants, seconds=seconds, arriving_s=arriving_s)
    now = timezone.now()
    if options.force:
        report = _played(spec, lambda: True)
    else:
        check_quiet(spec, now)
        report = _played(spec, Quiet(spec, now).is_kept)
    return _told(report, each, file, now)


def _whole(text: str) -> int:
    """A whole number as people type it; anything else is out of every range."""
    typed = text.strip()
    return (
        int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST_NUMBER else 0
    )


def _round(contest: str, key: str) -> Round | None:
    """Raises RuleViolation `rehearsal_no_round`."""
    if not contest and not key:
        return None
    found = (
        Round.objects.filter(contest__key=contest, key=key, is_online=True)
        .select_related("contest")
        .first()
    )
    if found is None:
        raise RuleViolation("rehearsal_no_round", contest=contest, round=key)
    return found


class _Screen:
    """One line that is written over on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._said = ""
        self._due = 0.0

    def tell(self, live: Live) -> None:
        line = live_line(live)
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\x1b[K{line}")
            sys.stdout.flush()
        elif live.step != self._said or time.monotonic() >= self._due:
            self._said, self._due = live.step, time.monotonic() + _EVERY_S
            say(line)

    def end(self) -> None:
        if sys.stdout.isatty():
            say("")


def _played(spec: Spec, going: Callable[[], bool]) -> Report:
    screen = _Screen()
    try:
        report = play(spec, tell=screen.tell, going=going)
    finally:
        screen.end()
    if report is None:
        raise RuleViolation("rehearsal_broken")
    return report


def _server_name() -> str:
    """How people know this server; nothing for one that is only tried out."""
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    return "" if name in ("", "localhost", "127.0.0.1", "::1") else f"máy chủ {name}"


def _told(report: Report, each: Round | None, file: Path, at: datetime) -> int:
    said = told(report)
    say(f"{said.word.upper()}. {said.sentence}")
    for line in (*said.reasons, said.kept, *said.advice, *said.limits):
        say(f"  - {line}")
    head, about = NOBODY, _server_name()
    if each is not None:
        plan = plan_of(each.contest)
        head = Head(plan.papers.issuer_parent, plan.papers.issuer, "", plan.document.place)
        about = f"{each.name}, {each.contest.short_title}"
    partial = file.with_name(f"{file.name}.partial")
    partial.write_bytes(paper_pdf(report_paper(report, at=at, head=head, about=about)))
    partial.replace(file)
    say(f"Báo cáo: {file}")
    return 1 if judge(report).verdict is Verdict.NOT_READY else 0
