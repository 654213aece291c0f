"""What was public before a bundle was, and whether the bundle says the same.

A bundle that fits together may still be another one: whoever makes answers, chains, closing record
and standings anew makes a bundle without a fault. What he cannot make anew is what people saw
before: the commitment before the round, the roster before the start, the heads and the receipts'
root before the keys were opened, the standings on the day. The public page gives these values at
every hour as a small JSON file; `--expect` holds a bundle to such a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import replace

from hoithi.hall.formats import Hex16, Hex32
from hoithi.hall.times import Times
from hoithi.verify.bundle import MANIFEST, BundleReader, Closing, RoundRecord, WriterHead
from hoithi.verify.contest import COLLECTIVE, PublishedCollective
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.results import Published
from hoithi.verify.units import UnitsSent

FORMAT = "hoithi/public/1"
_LARGEST = 16 << 20
Count = Annotated[int, msgspec.Meta(ge=0)]


class PublicSeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Public from the sealing on."""

    commitment: Hex32
    questions_sha256: Hex32
    keys_sha256: Hex32


class PublicClosing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Public from the collecting on, before keys are opened to people.

    `presses_sha256` is there where all answer together.
    """

    heads: list[WriterHead]
    receipts: Count
    receipts_root: Hex32
    times_sha256: Hex32 | None = None
    presses_sha256: Hex32 | None = None


class PublicSitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The roster's hash is public before anybody may start, and so is the time of the sitting.

    `opens_ms` and `closes_ms` are as they were published with the roster, before any order; older
    files do not have them.

    `heads` are where the chains had come at that minute; a bundle's chains must go through them.
    """

    roster_sha256: Hex32
    closing: PublicClosing | None
    heads: list[WriterHead] = []
    opens_ms: int | None = None
    closes_ms: int | None = None


class PublicVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A publication in force, and the hash of it under pseudonyms."""

    number: int
    sha256: Hex32


class PublicRound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`kits` are the public keys that were made for each unit, replaced ones too, in a round that
    units hold themselves; in a bundle the one by which each signed.
    """

    seal: PublicSeal | None
    sittings: dict[Hex16, PublicSitting]
    published: PublicVersion | None
    kits: dict[str, list[Hex32]] = {}


class PublicValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be compared, as far as it is public."""

    format: str
    contest: str
    rounds: dict[str, PublicRound]
    collective: PublicVersion | None


def public_closing(closing: Closing) -> PublicClosing:
    heads = sorted(closing.heads, key=lambda head: head.writer)
    return PublicClosing(
        heads,
        closing.receipts,
        closing.receipts_root,
        closing.times_sha256,
        closing.presses_sha256,
    )


def values_of(bundle: BundleReader) -> PublicValues:
    """The values of a bundle, as it says them. Raises BundleError."""
    rounds = {}
    for name in bundle.names:
        folder, _, file = name.rpartition("/")
        if file == "regulation.json":
            rounds[folder.removeprefix("rounds/")] = _round(bundle, folder)
    collective = None
    if bundle.has(COLLECTIVE):
        number = bundle.decode(COLLECTIVE, PublishedCollective).number
        collective = PublicVersion(number, bundle.sha256(COLLECTIVE))
    return PublicValues(FORMAT, bundle.manifest.contest, rounds, collective)


def _round(bundle: BundleReader, folder: str) -> PublicRound:
    seal, sittings, published = None, {}, None
    if bundle.has(f"{folder}/round.json"):
        record = bundle.decode(f"{folder}/round.json", RoundRecord)
        seal = PublicSeal(record.commitment, record.questions_sha256, record.keys_sha256)
        for sitting in record.sittings:
            place = f"{folder}/sittings/{sitting}"
            closing = bundle.decode(f"{place}/closing.json", Closing)
            said = PublicSitting(closing.roster_sha256, public_closing(closing))
            if bundle.has(f"{place}/times.json"):
                times = bundle.decode(f"{place}/times.json", Times)
                said = replace(said, opens_ms=times.opens_ms, closes_ms=times.closes_ms)
            sittings[sitting] = said
    name = f"{folder}/published.json"
    if bundle.has(name):
        published = PublicVersion(bundle.decode(name, Published).number, bundle.sha256(name))
    kits: dict[str, list[str]] = {}
    if bundle.has(f"{folder}/units.json"):
        for unit in bundle.decode(f"{folder}/units.json", UnitsSent).units:
            kits.setdefault(unit.unit, []).append(unit.public_key)
    return PublicRound(seal, sittings, published, kits)


def read_expected(path: Path) -> PublicValues:
    """What was public, from the file that the page offers. Raises BundleError."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BundleError("too_large", path.name, str(path.stat().st_size))
        values = msgspec.json.decode(path.read_bytes(), type=PublicValues)
    except OSError as error:
        raise BundleError("part_missing", path.name) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BundleError("malformed", path.name, str(error)) from error
    if values.format != FORMAT:
        raise BundleError("unknown_format", path.name, values.format)
    return values


def differences(expected: PublicValues, found: PublicValues) -> list[Finding]:
    """Every value that was public and is another one in the bundle, or is gone."""
    wrong = [*_unlike(MANIFEST, [("contest", expected.contest, found.contest)])]
    for key, was in expected.rounds.items():
        now = found.rounds.get(key)
        if now is not None:
            wrong += _round_differences(f"rounds/{key}", was, now)
        elif was.published is not None:
            wrong.append(Finding("not_as_public", f"rounds/{key}", "published"))
    if expected.collective is not None and expected.collective != found.collective:
        wrong.append(_other_version(COLLECTIVE, expected.collective, found.collective))
    return wrong


def _round_differences(place: str, was: PublicRound, now: PublicRound) -> Iterator[Finding]:
    if was.seal is not None:
        of_seal = now.seal
        for name in PublicSeal.__struct_fields__:
            if of_seal is None or getattr(was.seal, name) != getattr(of_seal, name):
                yield Finding("not_as_public", place, name)
    for sitting, before in was.sittings.items():
        folder = f"{place}/sittings/{sitting}"
        after = now.sittings.get(sitting)
        if after is None:
            yield Finding("not_as_public", folder, "sitting")
            continue
        yield from _sitting_differences(folder, before, after)
    if was.kits and not now.kits:
        yield Finding("not_as_public", f"{place}/units.json", "kit")
    for unit, keys in now.kits.items():
        if unit in was.kits and not set(keys) <= set(was.kits[unit]):
            yield Finding("not_as_public", f"{place}/units.json/{unit}", "kit")
    if was.published is None:
        return
    for sitting in sorted(now.sittings.keys() - was.sittings.keys()):
        yield Finding("not_as_public", f"{place}/sittings/{sitting}", "sitting")
    if was.published != now.published:
        yield _other_version(f"{place}/published.json", was.published, now.published)


def _other_version(place: str, was: PublicVersion, now: PublicVersion | None) -> Finding:
    """An honest correction is a newer version, and what was public before was the older one."""
    is_newer = now is not None and now.number > was.number
    return Finding("not_as_public", place, "version" if is_newer else "published")


def _sitting_differences(folder: str, was: PublicSitting, now: PublicSitting) -> Iterator[Finding]:
    pairs: list[tuple[str, object, object]] = [
        ("roster_sha256", was.roster_sha256, now.roster_sha256)
    ]
    if was.opens_ms is not None:
        pairs.append(("time", (was.opens_ms, was.closes_ms), (now.opens_ms, now.closes_ms)))
    if was.closing is not None:
        closed = now.closing
        heads = sorted(was.closing.heads, key=lambda head: head.writer)
        pairs += [
            ("heads", heads, closed.heads if closed else None),
            ("receipts", was.closing.receipts, closed.receipts if closed else None),
            ("receipts_root", was.closing.receipts_root, closed.receipts_root if closed else None),
        ]
        times_sha256 = was.closing.times_sha256
        if times_sha256 is not None:
            pairs.append(("times_sha256", times_sha256, closed.times_sha256 if closed else None))
        presses = was.closing.presses_sha256
        if presses is not None:
            pairs.append(("presses_sha256", presses, closed.presses_sha256 if closed else None))
    yield from _unlike(folder, pairs)


def _unlike(place: str, pairs: list[tuple[str, object, object]]) -> Iterator[Finding]:
    for name, was, now in pairs:
        if was != now:
            yield Finding("not_as_public", place, name)


_NEWER: dict[str, tuple[str, str]] = {
    "commitment": ("mã cam kết của vòng {}", "the commitment of the round {}"),
    "sitting": ("ca thi {1} của vòng {0}", "the sitting {1} of the round {0}"),
    "closing": (
        "mã cuối sổ ghi và mã gốc biên nhận của ca thi {1} của vòng {0}",
        "the ends of the journals and the root of the receipts of the sitting {1} of the round {0}",
    ),
    "times": (
        "vân tay giờ thi của ca thi {1} của vòng {0}",
        "the fingerprint of the times of the sitting {1} of the round {0}",
    ),
    "kit": (
        "khóa ký của đơn vị {1} ở vòng {0}",
        "the key of the unit {1} in the round {0}",
    ),
    "published": ("kết quả của vòng {}", "the results of the round {}"),
    "collective": ("kết quả tập thể", "the table of units"),
}


def check_passed(bundle: BundleReader, expected: PublicValues) -> Iterator[Finding]:
    """Every sitting whose chains do not go through the heads that were public while it ran."""
    for key, each in expected.rounds.items():
        for sitting, was in each.sittings.items():
            folder = f"rounds/{key}/sittings/{sitting}"
            if was.heads and bundle.has(f"{folder}/closing.json"):
                passed = {
                    (writer, batch.number, batch.digest.hex())
                    for writer in bundle.writers(folder)
                    for batch in bundle.batches(folder, writer)
                }
                if any((head.writer, head.batch, head.hash) not in passed for head in was.heads):
                    yield Finding("not_as_public", folder, "passed")


def not_compared(expected: PublicValues, found: PublicValues, language: str) -> list[str]:
    """What the bundle has and the file says nothing of, or not all, in words."""

    def words(name: str, *of: str) -> str:
        return _NEWER[name][0 if language == "vi" else 1].format(*of)

    newer = []
    for key, now in found.rounds.items():
        was = expected.rounds.get(key) or PublicRound(None, {}, None)
        if now.seal is not None and was.seal is None:
            newer.append(words("commitment", key))
        for sitting, after in now.sittings.items():
            before = was.sittings.get(sitting)
            if before is None or before.closing is None:
                newer.append(words("closing" if before else "sitting", key, sitting))
            elif _times_of(after) is not None and _times_of(before) is None:
                newer.append(words("times", key, sitting))
        newer += [words("kit", key, unit) for unit in now.kits if unit not in was.kits]
        if now.published is not None and was.published is None:
            newer.append(words("published", key))
    if found.collective is not None and expected.collective is None:
        newer.append(words("collective"))
    return newer


def _times_of(sitting: PublicSitting) -> str | None:
    return sitting.closing.times_sha256 if sitting.closing else None


_LABELS: dict[str, tuple[str, str]] = {
    "contest": ("Cuộc thi", "Contest"),
    "round": ("Vòng", "Round"),
    "commitment": ("Mã cam kết", "Commitment"),
    "questions_sha256": ("Vân tay bộ câu hỏi", "Fingerprint of the questions"),
    "keys_sha256": ("Vân tay đáp án", "Fingerprint of the keys"),
    "sitting": ("Ca thi", "Sitting"),
    "roster_sha256": ("Vân tay danh sách", "Fingerprint of the roster"),
    "head": ("Cuối sổ ghi, lô {}", "End of the journal, batch {}"),
    "root": ("Mã gốc của {} biên nhận", "Root of {} receipts"),
    "times": (
        "Vân tay giờ thi và các lệnh về giờ",
        "Fingerprint of the times and the orders about them",
    ),
    "presses": ("Vân tay diễn biến vòng thi", "Fingerprint of the log of the round"),
    "kit": ("Khóa công khai của đơn vị {}", "Public key of the unit {}"),
    "published": ("Vân tay kết quả, phiên bản {}", "Fingerprint of the results, version {}"),
    "collective": (
        "Vân tay kết quả tập thể, phiên bản {}",
        "Fingerprint of the table of units, version {}",
    ),
}


_NO_TIMES = (
    "không có, ca thi được thu bài trước khi có phần này",
    "none, the sitting was collected before there was this part",
)


def printed(values: PublicValues, language: str) -> list[str]:
    """The values a line each, named as on the public page and in the same notation."""

    def line(indent: int, label: str, value: str, number: int | str | None = None) -> str:
        name = _LABELS[label][0 if language == "vi" else 1].format(number)
        return f"{'  ' * indent}{name}: {value}"

    lines = [line(0, "contest", values.contest)]
    for key, each in values.rounds.items():
        lines.append(line(0, "round", key))
        if each.seal is not None:
            lines.append(line(1, "commitment", each.seal.commitment))
            lines.append(line(1, "questions_sha256", each.seal.questions_sha256))
            lines.append(line(1, "keys_sha256", each.seal.keys_sha256))
        for sitting, said in each.sittings.items():
            lines.append(line(1, "sitting", sitting))
            lines.append(line(2, "roster_sha256", said.roster_sha256))
            if said.closing is not None:
                lines += [line(2, "head", head.hash, head.batch) for head in said.closing.heads]
                root = said.closing.receipts_root
                lines.append(line(2, "root", root, said.closing.receipts))
                without = _NO_TIMES[0 if language == "vi" else 1]
                lines.append(line(2, "times", said.closing.times_sha256 or without))
                if said.closing.presses_sha256 is not None:
                    lines.append(line(2, "presses", said.closing.presses_sha256))
        for unit, keys in each.kits.items():
            lines += [line(1, "kit", key, unit) for key in keys]
        if each.published is not None:
            lines.append(line(1, "published", each.published.sha256, each.published.number))
    if values.collective is not None:
        collective = values.collective
        lines.append(line(0, "collective", collective.sha256, collective.number))
    return lines
