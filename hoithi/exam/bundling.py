"""Writes a contest's bundle: everything that decided its prizes, naming nobody.

Only rounds whose result is published are in it; questions and keys of an online round stay out
while another round may still draw from them (docs/decisions/0003).
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec
from django.conf import settings

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import regulation_of
from hoithi.exam.hall_orders import public_roster
from hoithi.exam.models import Package, RosterLine, Sitting
from hoithi.exam.sealing import open_keys_bytes
from hoithi.exam.secrecy import secrecy_of
from hoithi.hall.formats import Row
from hoithi.hall.presses import Presses
from hoithi.hall.store import journal_reader
from hoithi.hall.store.api import JournalReader
from hoithi.hall.times import Times
from hoithi.results.bundling import add_recorded, contest_record
from hoithi.results.collective import latest_collective, published_collective
from hoithi.results.models import FrozenCounts, Publication
from hoithi.results.pending import newest_grading, rulings_under
from hoithi.results.qualifying import lineup_records
from hoithi.results.queries import decisions_of, latest_publication
from hoithi.verify.bundle import BundleWriter, Closing, RoundRecord, RulingRecord, struct_bytes
from hoithi.verify.bundle import FrozenCounts as PublishedCounts
from hoithi.verify.contest import COLLECTIVE, CONTEST
from hoithi.verify.lineups import FOLDER
from hoithi.verify.results import Published
from hoithi.verify.tables import Batch


def write_bundle(contest: Contest, path: Path, now: datetime) -> list[str]:
    """Write the bundle; answers the keys of the rounds that are in it.

    Which of them are without questions and keys as yet says `secrecy.closed_rounds`.
    """
    writer = BundleWriter(path, contest.key)
    written = []
    for each in contest.rounds.all():
        publication = latest_publication(each)
        if publication is None:
            continue
        folder = f"rounds/{each.key}"
        writer.add_struct(f"{folder}/regulation.json", regulation_of(each))
        if each.is_online:
            _add_online(writer, folder, each, now)
        else:
            add_recorded(writer, folder, each)
        _add_published(writer, folder, publication)
        written.append(each.key)
    for key, records in lineup_records(contest).items():
        writer.add(f"{FOLDER}{key}.json", struct_bytes(records))
    writer.add_struct(CONTEST, contest_record(contest))
    _add_collective(writer, contest)
    writer.close()
    return written


def _add_online(writer: BundleWriter, folder: str, each: Round, now: datetime) -> None:
    sittings = list(each.sittings.standing().select_related("package").order_by("id"))
    package = sittings[0].package
    if secrecy_of(package, now) is None:
        writer.add(f"{folder}/questions.json", bytes(package.questions))
        writer.add(f"{folder}/keys.json", open_keys_bytes(package))
    writer.add_struct(f"{folder}/round.json", _round_record(each, package, sittings))
    with closing(journal_reader(settings.HALL_JOURNAL)) as reader:
        for sitting in sittings:
            _add_sitting(writer, f"{folder}/sittings/{sitting.public_id.hex}", sitting, reader)


def _round_record(each: Round, package: Package, sittings: list[Sitting]) -> RoundRecord:
    counts = FrozenCounts.objects.get(round=each)
    return RoundRecord(
        key=each.key,
        commitment=package.commitment,
        questions_sha256=package.questions_sha256,
        keys_sha256=package.keys_sha256,
        sittings=[sitting.public_id.hex for sitting in sittings],
        rulings=[
            RulingRecord(
                item=ruling.item,
                effect=ruling.effect,
                option=ruling.option,
                reason=ruling.reason,
                first=str(ruling.approval.first_id),
                second=str(ruling.approval.second_id or ""),
            )
            for ruling in rulings_under(newest_grading(each))
        ],
        frozen_counts=PublishedCounts(counts.participants, counts.attempts, counts.all_correct),
        decisions=decisions_of(each),
        barred=_turned(sittings, barred=True),
        cleared=_turned(sittings, barred=False),
    )


def _turned(sittings: list[Sitting], *, barred: bool) -> list[str]:
    """Who is barred now, or is not, and stands otherwise on the committed roster."""
    lines = RosterLine.objects.filter(sitting__in=sittings, is_barred=not barred)
    turned = (
        lines.exclude(entry__barred_reason="") if barred else lines.filter(entry__barred_reason="")
    )
    return sorted(line.entry.public_id.hex for line in turned.select_related("entry"))


def _add_sitting(
    writer: BundleWriter, folder: str, sitting: Sitting, reader: JournalReader
) -> None:
    """The journal as far as the closing record goes: answers after the end come behind it."""
    closing_record = msgspec.convert(sitting.closing, Closing)
    writer.add(f"{folder}/roster.json", public_roster(sitting))
    writer.add_struct(f"{folder}/closing.json", closing_record)
    if sitting.times is not None:
        writer.add_struct(f"{folder}/times.json", msgspec.convert(sitting.times, Times))
    if sitting.presses is not None:
        writer.add_struct(f"{folder}/together.json", msgspec.convert(sitting.presses, Presses))
    last = {head.writer: head.batch for head in closing_record.heads}
    batches: dict[str, list[Batch]] = {}
    rows: dict[str, list[tuple[int, Row]]] = {}
    for stored in reader.batches(sitting.public_id.bytes):
        name = stored.writer.hex()
        if stored.number > last.get(name, 0):
            continue
        batches.setdefault(name, []).append(
            Batch(stored.number, stored.previous, len(stored.rows), stored.digest)
        )
        rows.setdefault(name, []).extend((stored.number, row) for row in stored.rows)
    for name in sorted(batches):
        writer.add_batches(folder, name, batches[name])
        writer.add_rows(folder, name, rows[name])


def _add_published(writer: BundleWriter, folder: str, publication: Publication) -> None:
    writer.add_struct(f"{folder}/published.json", msgspec.convert(publication.standing, Published))


def _add_collective(writer: BundleWriter, contest: Contest) -> None:
    publication = latest_collective(contest)
    if publication is None:
        return
    writer.add_struct(COLLECTIVE, published_collective(publication))
