"""The minutes of a round on stage: the log told in sentences, in the form of Decree 30/2020/NĐ-CP.

They can be printed at any time; what is still lacking stands in them as lacking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from hoithi.contests.models import Incident
from hoithi.contests.queries import plan_of
from hoithi.documents.render.decree import (
    Block,
    Column,
    Head,
    Heading,
    Paper,
    Paragraph,
    Signer,
    Table,
)
from hoithi.documents.render.wording import long_date
from hoithi.people.models import Approval, User
from hoithi.results.bundling import unit_statement
from hoithi.results.models import Choice, TieDecision
from hoithi.results.queries import choices_of, result_of, scores_of
from hoithi.results.units import taken_kit
from hoithi.rules.live import events as ev
from hoithi.rules.live.marks import PartMark, part_mark
from hoithi.rules.live.state import ORDER, State
from hoithi.rules.regulation import Segment
from hoithi.stage.attendance import PEN, present, secretary_of
from hoithi.stage.models import LogLine, Seat, Stage
from hoithi.stage.prizes import prizes_of
from hoithi.stage.queries import TeamName, jury_of, state_at, team_names
from hoithi.verify.units import check_code
from hoithi.web.wording import ZONE, marks, signed_marks

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
_LACKING = "chưa có"
E = TypeVar("E", bound=ev.Event)


def minutes_of(stage: Stage) -> Paper:
    """The minutes in Vietnamese. Raises ValueError before the round is opened."""
    if stage.plan is None:
        raise ValueError(f"round {stage.round.key} was not opened")
    contest, plan, state = stage.round.contest, plan_of(stage.round.contest), state_at(stage)
    names, jury = team_names(stage.round), jury_of(stage)
    began, ended = _times(stage, state)
    kit = taken_kit(stage.round)
    parts: list[tuple[str, Sequence[Block]]] = [
        ("Thành phần", present(stage, state, names, jury, began.date())),
        ("Bốc thăm", _lots(state, names)),
        ("Điểm", _marks(state, names)),
        ("Điểm trừ, điểm cộng và thay đổi", _changes(stage, state, names, jury)),
        ("Sự việc", _incidents(stage)),
        ("Kết quả", _result(stage, state, names, has_prizes=kit is None)),
    ]
    if kit is not None:
        parts.append(("Đối chiếu với tỉnh", _check_code(stage, state)))
    return Paper(
        head=Head(
            issuer_parent=kit.unit.name.upper() if kit else plan.papers.issuer_parent,
            issuer=plan.papers.issuer,
            symbol=_symbol(plan.papers.list_symbol),
            place=plan.document.place,
            issued_on=began.date(),
        ),
        kind="Biên bản",
        summary=f"{stage.round.name} - {contest.title}",
        body=(
            Paragraph(f"{_moment(began)}.", lead="Thời gian bắt đầu:"),
            Paragraph(PEN, lead="Địa điểm:"),
            *(
                block
                for at, (title, blocks) in enumerate(parts)
                for block in (Heading(f"{_ROMAN[at]}. {title.upper()}"), *blocks)
            ),
            Paragraph(
                f"Vòng thi kết thúc vào {_moment(ended)}./."
                if ended
                else "Vòng thi chưa kết thúc khi in biên bản này./."
            ),
        ),
        signers=(
            Signer(("Thư ký",), secretary_of(stage)),
            Signer(("Trưởng ban Giám khảo",), _chair(state, jury)),
        ),
        sample=contest.is_sample,
    )


def _symbol(of_lists: str) -> str:
    """That of minutes, after the one of the contest's lists: DS-ABC → BB-ABC."""
    return f"BB-{of_lists.partition('-')[2] or '…'}"


def _times(stage: Stage, state: State) -> tuple[datetime, datetime | None]:
    times = LogLine.objects.filter(stage=stage).order_by("number").values_list("at_ms", "event")
    first, last = times[0][0], None
    if state.is_closed:
        last = next(at for at, event in times.reverse() if event["is"] == "closed")
    return _at(first), _at(last) if last else None


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)


def _moment(at: datetime) -> str:
    local = at.astimezone(ZONE)
    return f"{local:%H} giờ {local:%M} phút, {long_date(local.date())}"


def _clock(ms: int) -> str:
    """What a clock shows: minutes and seconds."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def _lots(state: State, names: Mapping[str, TeamName]) -> Sequence[Block]:
    blocks: list[Block] = []
    for key, lots in state.lots.items():
        if key == ORDER:
            what = "Thứ tự dự thi"
            told = ", ".join(
                f"{at}. {names[entry].name}" for at, entry in enumerate(lots.order, start=1)
            )
        else:
            what = f"Gói câu hỏi, {state.segment(key.removeprefix('packets:')).label}"
            told = ", ".join(
                f"{names[entry].name}: gói {number}"
                for entry, number in zip(state.running_order, lots.order, strict=False)
            )
        if lots.by_hand:
            how = f"Bốc thăm bằng giấy ({lots.by_hand})."
        elif lots.order:
            how = (
                f"Vân tay số bí mật {lots.commitment}; con số do hội trường nêu {lots.number}; "
                f"số bí mật {lots.secret}."
            )
        else:
            how = "Chưa xong."
        blocks.append(Paragraph(f"{told or _LACKING}. {how}", lead=f"{what}:"))
    for key, _lots_then, reason in state.void_lots:
        what = "thứ tự dự thi" if key == ORDER else "gói câu hỏi"
        blocks.append(Paragraph(f"Hủy một lần bốc thăm {what}: {reason}."))
    return blocks or (Paragraph("Không bốc thăm."),)


def _marks(state: State, names: Mapping[str, TeamName]) -> Sequence[Block]:
    parts = state.regulation.segments
    rows = []
    for entry in state.standing:
        found = [part_mark(state, part.key, entry) for part in parts]
        total = sum(
            mark.mark
            for part, mark in zip(parts, found, strict=True)
            if mark is not None and part.is_counted
        )
        rows.append(
            (
                names[entry].name,
                *(marks(mark.mark) if mark is not None else _LACKING for mark in found),
                marks(total) if all(mark is not None for mark in found) else _LACKING,
            )
        )
    columns = tuple(Column(part.label, share=2, align="right") for part in parts)
    return (
        Table(
            columns=(Column("Đội", share=2), *columns, Column("Tổng", 20, align="right")),
            rows=tuple(rows),
        ),
        *(
            block
            for part in parts
            if part.judged is not None
            for block in _sheets(state, names, part)
        ),
    )


def _sheets(state: State, names: Mapping[str, TeamName], part: Segment) -> Sequence[Block]:
    """The time of each team and the totals of its judges; those left out stand in brackets."""
    rows, is_trimmed = [], False
    for entry in state.standing:
        turn, mark = state.held(part.key, entry), part_mark(state, part.key, entry)
        combined = mark.combined if mark is not None else None
        totals = {key: marks(each) for key, each in combined.totals.items()} if combined else {}
        for key in combined.dropped if combined else ():
            totals[key], is_trimmed = f"({totals[key]})", True
        time = (_clock(turn.elapsed_ms) if turn else _LACKING,) if part.time else ()
        rows.append((names[entry].name, *time, *(totals.get(key, "-") for key in state.judges)))
    time_column = (Column("Thời gian", 16, align="right"),) if part.time else ()
    judges = tuple(Column(key.upper(), 16, align="right") for key in state.judges)
    columns = (Column(f"{part.label}: tổng điểm từng phiếu"), *time_column, *judges)
    note = "Phiếu trong ngoặc đơn là phiếu cao nhất và phiếu thấp nhất, không tính vào điểm."
    return (Table(columns=columns, rows=tuple(rows)), *([Paragraph(note)] if is_trimmed else []))


def _changes(
    stage: Stage, state: State, names: Mapping[str, TeamName], jury: Sequence[Seat]
) -> Sequence[Block]:
    called = {seat.key: seat.name for seat in jury}
    found: list[str] = []
    for entry in state.standing:
        for part in state.regulation.segments:
            mark = part_mark(state, part.key, entry)
            found += _deducted(names[entry].name, part.label, mark)
    found += _given(stage, state, names)
    found += [
        f"{called.get(event.judge.judge, event.judge.judge)} vào Ban Giám khảo, {event.reason}"
        for event in _events(stage, ev.JudgeJoined)
    ]
    for turn in state.turns:
        team = names[turn.entry].name if turn.entry else "Tất cả các đội"
        where = f"{team}, {state.segment(turn.segment).label}"
        found += [
            f"{where}: sửa giờ từ {_clock(each.before_ms)} thành {_clock(each.after_ms)}, "
            f"{each.reason}"
            for each in turn.corrections
        ]
        if turn.void:
            found.append(f"{where}: cho thi lại, {turn.void}")
        for question in turn.questions:
            if question.spoilt:
                found.append(f"{where}: hủy câu {question.position + 1}, {question.spoilt}")
        for judge, sheet in turn.sheets.items():
            found += [
                f"{where}: mở khóa phiếu của {called.get(judge, judge)}, {reason}"
                for _before, reason in sheet.kept
            ]
            if sheet.abstained:
                found.append(f"{where}: {called.get(judge, judge)} không chấm, {sheet.abstained}")
    if not found:
        return (Paragraph("Không có."),)
    return tuple(Paragraph(f"{line}.", lead="-") for line in found)


def _events(stage: Stage, kind: type[E]) -> list[E]:
    """What of one kind the log has, in its order."""
    lines = LogLine.objects.filter(stage=stage, event__is=kind.__struct_config__.tag)
    events = lines.order_by("number").values_list("event", flat=True)
    return [msgspec.convert(event, kind) for event in events]


def _given(stage: Stage, state: State, names: Mapping[str, TeamName]) -> list[str]:
    """Points beside the marks, with the two who gave or took them."""
    events = _events(stage, ev.PointsGiven)
    signed = {user for event in events for user in (event.first, event.second)}
    called = {str(user.pk): user.name for user in User.objects.filter(pk__in=signed)}
    return [
        f"{names[each.entry].name}, {state.segment(each.segment).label}: "
        f"{signed_marks(each.points)} điểm, {each.reason} "
        f"({called[each.first]} và {called[each.second]} quyết định)"
        for each in events
        if each.entry not in state.withdrawn
    ]


def _deducted(team: str, part: str, mark: PartMark | None) -> list[str]:
    off = mark.deduction if mark is not None else None
    if off is None or not off.side:
        return []
    side = "quá" if off.side == "over" else "thiếu"
    cost = "không tính điểm phần này" if off.nothing else f"trừ {marks(off.points)} điểm"
    return [f"{team}, {part}: {side} {off.excess_s} giây, {cost}"]


def _incidents(stage: Stage) -> Sequence[Block]:
    noted = Incident.objects.filter(round=stage.round)
    return [Paragraph(each.text, lead=f"{each.at.astimezone(ZONE):%H:%M}:") for each in noted] or [
        Paragraph("Không có sự việc nào được ghi.")
    ]


def _result(
    stage: Stage, state: State, names: Mapping[str, TeamName], *, has_prizes: bool
) -> Sequence[Block]:
    """Places and prizes; of a unit's own round the places alone, as prizes are over all units."""
    if not state.is_closed:
        return (Paragraph("Vòng thi chưa kết thúc."),)
    result = result_of(stage.round, scores_of(stage.round))
    prizes = {line.key: line.label for line in state.regulation.prizes}
    given = {each.entry: prizes[each.prize] for each in result.awards.given}
    rows = [
        (
            str(row.place),
            names[row.entry].name,
            names[row.entry].unit,
            marks(result.scores[row.entry].values["points"] or 0),
            *([given.get(row.entry, "")] if has_prizes else []),
        )
        for row in result.placed
        if row.entry in names
    ]
    ties = [
        Paragraph(
            "Đồng hạng ở ranh giới giải, chờ Ban Tổ chức quyết định: "
            + ", ".join(names[entry].name for entry in tie.entries)
            + "."
        )
        for tie in result.awards.ties
    ]
    side = [
        Paragraph(
            f"{', '.join(names[entry].name for entry in prize.entries)}.", lead=f"{prize.label}:"
        )
        for prize in prizes_of(stage, state).side
        if prize.entries
    ]
    table = Table(
        columns=(
            Column("Hạng", 16, align="center"),
            Column("Đội", share=2),
            Column("Đơn vị", share=2),
            Column("Điểm", 22, align="right"),
            *([Column("Giải", share=2)] if has_prizes else []),
        ),
        rows=tuple(rows),
    )
    if not has_prizes:
        return (table, Paragraph("Giải do tỉnh xét chung, sau khi nhận kết quả của các đơn vị."))
    return (table, *ties, *side, *_decided(stage, state, names))


def _decided(stage: Stage, state: State, names: Mapping[str, TeamName]) -> list[Block]:
    """What two people decided where the rules leave it to them, after the closing too."""
    labels = {line.key: line.label for line in state.regulation.side_prizes}
    ties = TieDecision.objects.filter(round=stage.round)
    found: list[tuple[str, TieDecision | Choice]] = [
        ("Đồng hạng ở ranh giới giải, xếp theo thứ tự", each)
        for each in ties.select_related("approval__first", "approval__second")
    ]
    found += [(labels.get(each.about, each.about), each) for each in choices_of(stage.round)]
    return [
        Paragraph(
            f"{told}: {', '.join(names[entry].name for entry in each.order if entry in names)}. "
            f"Lý do: {each.reason}. Hai người quyết định: {_two(each.approval)}.",
            lead="Quyết định của Ban Tổ chức:",
        )
        for told, each in found
    ]


def _two(approval: Approval) -> str:
    """Both signers and when the second signed."""
    assert approval.second is not None and approval.second_at is not None
    return f"{approval.first.name} và {approval.second.name}, {_moment(approval.second_at)}"


def _check_code(stage: Stage, state: State) -> Sequence[Block]:
    """What a unit keeps on paper against whoever would change its marks (docs/decisions/0021)."""
    if not state.is_closed:
        return (Paragraph(f"{_LACKING}.", lead="Mã đối chiếu:"),)
    _kit, statement, _bundle = unit_statement(stage.round)
    return (
        Paragraph(f"{check_code(statement)}.", lead="Mã đối chiếu của tệp kết quả gửi tỉnh:"),
        Paragraph("Khi tỉnh đã nhận đúng kết quả này, trang của tỉnh hiện cùng một mã."),
    )


def _chair(state: State, jury: Sequence[Seat]) -> str:
    return next(
        (
            seat.name
            for seat in jury
            if seat.key in state.judges
            and state.judges[seat.key].is_chair
            and seat.key not in state.left
        ),
        "",
    )
