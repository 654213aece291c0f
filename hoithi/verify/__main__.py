"""`python -m hoithi.verify BUNDLE`: says whether a contest's published bundle fits together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from hoithi.verify.checks import find_receipt, verify


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: everything fits; 1: something does not, each named on a line."""
    parser = argparse.ArgumentParser(prog="hoithi verify")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--receipt", help="show what the bundle says of this receipt")
    parser.add_argument("--language", choices=("vi", "en"), default="vi")
    options = parser.parse_args(arguments)
    findings = verify(options.bundle)
    for finding in findings:
        sys.stdout.write(finding.sentence(options.language) + "\n")
    vietnamese = options.language == "vi"
    if options.receipt and not findings:
        found = find_receipt(options.bundle, options.receipt)
        for facts in found:
            standing = ("void", "đã hủy") if facts.void else ("counted", "được tính")
            answered = sum(answer >= 0 for answer in facts.answers)
            word = standing[1] if vietnamese else standing[0]
            sys.stdout.write(f"{options.receipt}: {word}; {answered}/{len(facts.answers)}\n")
        if not found:
            missing = "không có trong hồ sơ" if vietnamese else "not in the bundle"
            sys.stdout.write(f"{options.receipt}: {missing}\n")
            return 1
    if not findings:
        sys.stdout.write("Hồ sơ khớp.\n" if vietnamese else "The bundle fits.\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
