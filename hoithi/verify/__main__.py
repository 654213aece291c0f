"""`python -m hoithi.verify BUNDLE`: says whether a contest's published bundle fits together."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from hoithi.hall.ledger import AttemptFacts
from hoithi.verify.checks import Report, examine
from hoithi.verify.findings import BundleError, shown_whole
from hoithi.verify.public import PublicValues, not_compared, printed, read_expected

_WORDS: dict[str, tuple[str, str]] = {
    "fits": ("Hồ sơ khớp.", "The bundle fits."),
    "compare": (
        "Như vậy mới là khớp với chính nó: còn phải so các vân tay trên với bản đã lưu từ trước.",
        "That is, it fits together: compare the fingerprints above with those kept from before.",
    ),
    "as_public": (
        "Hồ sơ khớp với tệp các giá trị đã công bố.",
        "The bundle fits the file of what was public.",
    ),
    "not_compared": (
        "Chưa so được, vì khi lưu tệp đó chưa có: {}.",
        "Not compared, as that file was kept before there was: {}.",
    ),
    "void": ("đã hủy", "void"),
    "counted": ("được tính", "counted"),
    "left": ("bên trái", "on the left"),
    "right": ("bên phải", "on the right"),
    "root": ("mã gốc của ca thi {}", "root of the sitting {}"),
    "answered": ("trả lời {} câu", "{} questions answered"),
    "missing": ("không có trong hồ sơ", "not in the bundle"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: everything fits; 1: something does not, each named on a line."""
    parser = argparse.ArgumentParser(prog="hoithi verify")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--expect", type=Path, help="what was public before, as the page gave it")
    parser.add_argument("--receipt", help="show what the bundle says of this receipt")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    options = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        expected = read_expected(options.expect) if options.expect else None
    except BundleError as error:
        _say(error.finding.sentence(options.language))
        return 1
    report = examine(options.bundle, expected)
    for line in printed(report.values, options.language) if report.values else []:
        _say(shown_whole(line))
    for finding in report.findings:
        _say(finding.sentence(options.language))
    if report.findings:
        return 1
    return _conclude(report, expected, options.receipt, options.language)


def _conclude(
    report: Report, expected: PublicValues | None, receipt: str | None, language: str
) -> int:
    """Nothing was found: what that means, and what is said of a receipt."""
    found = report.with_receipt(receipt) if receipt else []
    for attempt in found:
        _say(f"{receipt}: {_standing(attempt.facts, language)}")
        tree = report.receipts_beside(attempt)
        for step in tree.path(attempt.facts.receipt):
            _say(f"  {_word('left' if step.is_left else 'right', language)}: {step.digest.hex()}")
        _say(f"  {_word('root', language).format(attempt.sitting)}: {tree.root.hex()}")
    if receipt and not found:
        _say(f"{receipt}: {_word('missing', language)}")
    _say(_word("fits", language))
    if expected is None or report.values is None:
        _say(_word("compare", language))
    else:
        _say(_word("as_public", language))
        left = not_compared(expected, report.values, language)
        if left:
            _say(shown_whole(_word("not_compared", language).format("; ".join(left))))
    return 1 if receipt and not found else 0


def _standing(facts: AttemptFacts, language: str) -> str:
    word = _word("void" if facts.void else "counted", language)
    answered = f"{sum(answer >= 0 for answer in facts.answers)}/{len(facts.answers)}"
    return f"{word}; {_word('answered', language).format(answered)}"


def _word(name: str, language: str) -> str:
    return _WORDS[name][0 if language == "vi" else 1]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
