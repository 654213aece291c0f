"""What a rehearsal's report says, in the language of the page; on paper always in Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hoithi.documents.render.decree import (
    Block,
    Column,
    Head,
    Heading,
    Paper,
    Paragraph,
    Picture,
    Table,
)
from hoithi.exam.models import RehearsalState
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.report import MOST_WAIT_MS, Reason, Report, Rest, Verdict, judge
from hoithi.web.plots import Line, clock, figure, plot
from hoithi.web.wording import ZONE, marks, moment, number

PHASES: dict[str, Promise] = {
    "page": _("Loading the page"),
    "enter": _("Entering"),
    "start": _("Starting"),
    "save": _("Saving an answer"),
    "submit": _("Handing in"),
    "pulse": _("Asking for the time (by itself)"),
}
VERDICTS: dict[Verdict, tuple[Promise, str]] = {
    Verdict.READY: (_("Ready"), "good"),
    Verdict.CLOSE: (_("Ready, but only just"), "warn"),
    Verdict.NOT_READY: (_("Not ready"), "bad"),
}
SENTENCES: dict[Verdict, Promise] = {
    Verdict.READY: _("This server is ready for %(count)s people at once."),
    Verdict.CLOSE: _("This server is ready for %(count)s people at once, but only just."),
    Verdict.NOT_READY: _("This server is not ready for %(count)s people at once."),
}
REHEARSALS: dict[str, tuple[Promise, str]] = {
    RehearsalState.WAITING: (_("Waiting for the worker"), "muted"),
    RehearsalState.RUNNING: (_("Going on"), "now"),
    RehearsalState.DONE: (_("Ready"), "good"),
    RehearsalState.FAILED: (_("No report"), "muted"),
}
STEPS: dict[str, Promise] = {
    "preparing": _("Getting the hall of the rehearsal ready"),
    "arriving": _("People come in and wait for the opening"),
    "working": _("People are working"),
    "comparing": _("Holding every acknowledged answer against the journal"),
}
REASONS: dict[str, Promise] = {
    "lost": _("%(lost)s of %(of)s acknowledged answers are not in the journal."),
    "flawed": _("%(count)s rows or receipts do not fit what people sent."),
    "unfinished": _("%(count)s people had no receipt in the end."),
    "over_capacity": _(
        "%(count)s people waited for their turn: at most %(limit)s may work at once here."
    ),
    "queued": _("%(count)s people waited for their turn, since this server had become slow."),
    "late": _("%(count)s answers came too late to count, since people had to wait."),
    "errors": _("%(count)s requests went wrong."),
    "slow": _("%(what)s: one in a hundred waited %(seconds)s seconds or longer."),
    "refused": _("%(count)s times somebody was told to try again, and got through later."),
    "near": _("%(what)s: one in a hundred waited %(seconds)s seconds or longer."),
}

BUSY_MS = 200
"""Players that are so late in one of a hundred cases have too little of the processor."""


@dataclass(frozen=True, slots=True)
class Row:
    """A thing that people do, its figures as they are shown; waits in seconds."""

    name: str
    count: str
    p50: str
    p95: str
    p99: str
    most: str
    errors: str
    refused: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time: on a page as `figure`, on paper as `svg`."""

    title: str
    svg: str
    figure: SafeString


@dataclass(frozen=True, slots=True)
class Told:
    """A report, ready to be shown."""

    word: str
    tone: str
    sentence: str
    reasons: tuple[str, ...]
    criterion: str
    kept: str
    advice: tuple[str, ...]
    limits: tuple[str, ...]
    played: str
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]


def seconds(ms: int) -> str:
    """Milliseconds as seconds: 84 → "0,084"."""
    return marks(Decimal(ms) / 1000)


def told(report: Report) -> Told:
    """The report in the language that is active."""
    judgement = judge(report)
    word, tone = VERDICTS[judgement.verdict]
    return Told(
        word=str(word),
        tone=tone,
        sentence=str(SENTENCES[judgement.verdict]) % {"count": number(report.contestants)},
        reasons=tuple(_reason(each) for each in judgement.reasons),
        criterion=gettext(
            "Ready means: every acknowledged answer is in the journal, nothing went wrong, "
            "everybody has a receipt, and for each thing 99 of 100 wait less than one second. "
            "From half a second on it is only just."
        ),
        kept=_kept(report),
        advice=tuple(_advice(report, judgement.verdict)),
        limits=tuple(_limits(report)),
        played=_played(report),
        rows=tuple(
            Row(
                name=str(PHASES[each.phase]),
                count=number(each.count),
                p50=seconds(each.p50_ms),
                p95=seconds(each.p95_ms),
                p99=seconds(each.p99_ms),
                most=seconds(each.max_ms),
                errors=number(each.errors),
                refused=number(each.refused),
            )
            for each in report.phases
        ),
        charts=_charts(report),
    )


def verdict_word(read: Report | Rest) -> tuple[Promise, str]:
    """What a stored report comes to, and the tone of its mark."""
    verdict = judge(read).verdict if isinstance(read, Report) else read.verdict
    return VERDICTS[verdict] if verdict is not None else (_("Report of another version"), "muted")


def rest_told(rest: Rest) -> list[tuple[str, str]]:
    """The figures that can still be read, each with its name."""
    figures = {
        gettext("People at once"): rest.contestants,
        gettext("With a receipt"): rest.receipts,
        gettext("Acknowledged answers"): rest.acknowledged,
        gettext("Of them not in the journal"): rest.lost,
    }
    return [(name, number(figure)) for name, figure in figures.items() if figure is not None]


def _reason(reason: Reason) -> str:
    facts: dict[str, str] = {}
    for key, value in reason.facts.items():
        if key == "phase":
            facts["what"] = str(PHASES[str(value)])
        elif key == "ms":
            facts["seconds"] = seconds(int(value))
        else:
            facts[key] = number(int(value))
    return str(REASONS[reason.code]) % facts


def _kept(report: Report) -> str:
    kept = report.kept
    if not kept.is_whole:
        return gettext("What was acknowledged and what is in the journal are not the same.")
    return gettext(
        "Nothing was lost: all %(answers)s acknowledged answers and all %(receipts)s receipts are "
        "in the journal, each once."
    ) % {"answers": number(kept.acknowledged), "receipts": number(kept.receipts)}


def _played(report: Report) -> str:
    return gettext(
        "%(count)s made-up people came within %(arriving)s seconds, started together and answered "
        "%(items)s questions each in %(length)s (minutes:seconds); %(reloaded)s loaded the page "
        "again, %(away)s lost the network while saving and came back. Busiest: %(peak)s answers a "
        "second. The hall used %(memory)s MB of memory and %(cpu)s seconds of a processor."
    ) % {
        "count": number(report.contestants),
        "arriving": number(report.arriving_s),
        "items": number(report.items),
        "length": clock(report.seconds),
        "reloaded": number(report.reloaded),
        "away": number(report.away),
        "peak": number(report.peak_saves),
        "memory": number(report.hall_mb),
        "cpu": number(report.hall_cpu_s),
    }


def _advice(report: Report, verdict: Verdict) -> list[str]:
    if verdict is Verdict.READY:
        return []
    if not report.kept.is_whole:
        return [
            gettext(
                "Do not hold an exam on this server. Have hoithi doctor and the disk looked at, "
                "and tell those who look after the software."
            )
        ]
    if verdict is Verdict.CLOSE:
        return [
            gettext("Do nothing else on this machine during the exam, and let no more people in.")
        ]
    busy = [
        gettext(
            "The made-up people were late themselves: something else keeps this machine busy, or "
            "their number is too much for it. Rehearse once more when nothing else runs here."
        )
    ]
    limit = [
        gettext(
            "Let more people work at once (HOITHI_HALL_CAPACITY), and rehearse again: this server "
            "may carry them or not."
        )
    ]
    return [
        *(limit if report.queued and report.capacity else []),
        *(busy if report.lag_ms >= BUSY_MS else []),
        gettext("Fewer people at once: divide the round into several sittings."),
        gettext("More time between two sittings, so that they do not meet."),
        gettext("A stronger machine: more processor cores, a faster disk."),
        gettext("Several halls on one PostgreSQL; docs/operations.md says how."),
        gettext("Then rehearse again with the same number."),
    ]


def _limits(report: Report) -> list[str]:
    capacity = [
        gettext("At most %(limit)s people could work at once, as in your hall.")
        % {"limit": number(report.capacity)}
    ]
    return [
        gettext(
            "The network of the place, the contestants' phones and a proxy before the hall were "
            "not tried: everything ran inside this machine."
        ),
        gettext(
            "The made-up people used the same %(cores)s processor cores as the hall; alone it has "
            "more room. They themselves were up to %(lag)s seconds late, which counts as waiting."
        )
        % {"cores": number(report.cores), "lag": seconds(report.lag_ms)},
        *(capacity if report.capacity else []),
        *_disk(report),
    ]


def _disk(report: Report) -> list[str]:
    """Where the journal was, and whose free space was looked at."""
    if report.store == "postgresql":
        where = gettext(
            "The journal was a database of its own on your PostgreSQL server. The free space on "
            "the disk of that server was not looked at, since it cannot be seen from here: please "
            "look at it before the exam."
        )
    else:
        where = gettext(
            "The journal was a file on the disk of your folder of data, whose free space was "
            "looked at before the rehearsal."
        )
    took = gettext("Journal and roster of the rehearsal took %(size)s MB.")
    return [where, *([took % {"size": number(report.store_mb)}] if report.store_mb else [])]


def _charts(report: Report) -> tuple[Chart, ...]:
    at_s = [slot.at_s for slot in report.slots]
    waits = gettext("99 of 100 waits: at most %(seconds)s seconds, for the slowest thing") % {
        "seconds": seconds(report.worst.p99_ms)
    }
    saves = gettext("Busiest: %(peak)s answers saved a second") % {
        "peak": number(report.peak_saves)
    }
    wait_lines = [
        Line(gettext("99 of 100 wait at most (ms)"), [slot.p99_ms for slot in report.slots]),
        Line(gettext("half wait at most (ms)"), [slot.p50_ms for slot in report.slots], "muted"),
    ]
    save_lines = [
        Line(
            gettext("answers saved a second"),
            [round(slot.saves / report.slot_s) for slot in report.slots],
        )
    ]
    return (
        _chart(waits, wait_lines, at_s, limit=MOST_WAIT_MS),
        _chart(saves, save_lines, at_s),
    )


def _chart(
    title: str, lines: Sequence[Line], at_s: Sequence[int], limit: int | None = None
) -> Chart:
    return Chart(
        title=title,
        svg=plot(lines, at_s=at_s, title=title, limit=limit),
        figure=figure(lines, at_s=at_s, title=title, limit=limit),
    )


def live_line(live: Live) -> str:
    """Where a running rehearsal is, in one line."""
    step = str(STEPS[live.step])
    if live.step in ("preparing", "comparing"):
        return step
    return gettext(
        "%(step)s · %(done)s/%(total)s · in the hall %(entered)s · started %(started)s · handed in "
        "%(submitted)s · %(rate)s answers a second · 99 of 100 wait at most %(p99)s s · errors "
        "%(errors)s"
    ) % {
        "step": step,
        "done": clock(live.done_s),
        "total": clock(live.total_s),
        "entered": number(live.entered),
        "started": number(live.started),
        "submitted": number(live.submitted),
        "rate": number(live.saves_a_second),
        "p99": seconds(live.p99_ms),
        "errors": number(live.errors),
    }


NOBODY = Head(issuer_parent="", issuer="Đơn vị quản lý máy chủ", symbol="", place="…")


def report_paper(
    report: Report, *, at: datetime, head: Head = NOBODY, about: str = "", by: str = ""
) -> Paper:
    """The report as a paper, in Vietnamese whatever language its reader has chosen."""
    with translation.override("vi"):
        said = told(report)
    summary = f"Diễn tập thi trực tuyến với {number(report.contestants)} thí sinh giả lập"
    return Paper(
        head=_dated(head, at),
        kind="Báo cáo",
        summary=f"{summary} - {about}" if about else summary,
        body=(
            Heading("I. KẾT LUẬN"),
            Paragraph(said.sentence, lead=f"{said.word}."),
            *(Paragraph(f"- {reason}") for reason in said.reasons),
            Paragraph(said.kept),
            Paragraph(said.criterion),
            *_part("II. NÊN LÀM GÌ", said.advice),
            Heading(f"{'III' if said.advice else 'II'}. ĐÃ DIỄN TẬP THẾ NÀO"),
            Paragraph(f"Diễn tập lúc {moment(at)}{f', do {by} yêu cầu' if by else ''}."),
            Paragraph(said.played),
            _table(said),
            *(Picture(each.title, each.svg, each.title) for each in said.charts),
            *_part(f"{'IV' if said.advice else 'III'}. CHƯA THỬ ĐƯỢC", said.limits),
            Paragraph(
                "Phòng thi, danh sách và câu hỏi của buổi diễn tập đều là giả lập và đã được xóa. "
                "Báo cáo chỉ có số liệu, không có thông tin của người nào./."
            ),
        ),
        signers=(),
    )


def _dated(head: Head, at: datetime) -> Head:
    return Head(
        issuer_parent=head.issuer_parent,
        issuer=head.issuer,
        symbol=head.symbol,
        place=head.place,
        issued_on=at.astimezone(ZONE).date(),
    )


def _part(title: str, sentences: tuple[str, ...]) -> tuple[Block, ...]:
    if not sentences:
        return ()
    return (Heading(title), *(Paragraph(f"- {sentence}") for sentence in sentences))


def _table(said: Told) -> Table:
    return Table(
        columns=(
            Column("Việc", share=3),
            *(
                Column(title, 19, align="right")
                for title in ("Số lượt", "50% chờ (giây)", "95%", "99%", "Lâu nhất")
            ),
            Column("Lỗi", 13, align="right"),
            Column("Phải thử lại", 15, align="right"),
        ),
        rows=tuple(
            (
                each.name,
                each.count,
                each.p50,
                each.p95,
                each.p99,
                each.most,
                each.errors,
                each.refused,
            )
            for each in said.rows
        ),
    )
