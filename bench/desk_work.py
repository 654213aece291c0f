"""The desk at its heaviest: ten thousand people from one list, the figures of questions from as
many sheets, then two thousand certificates.

As on a real desk the list is read and saved by a worker, a process of its own. Run by
`bench.measures.isolation`, in an empty folder of data; it says a line when it is ready to begin,
and begins when it hears one.
"""

from __future__ import annotations

import sys

from bench.big_list import officer_with_list, worker
from bench.measures.certificates import PAGES, certificate
from bench.similarity import contest
from hoithi.documents.render.certificates import certificates_pdf
from hoithi.rules.statistics import item_figures

SHEETS, BANK, ASKED = 10_000, 200, 30


def main() -> None:
    officer, content = officer_with_list()
    certificates = [certificate(place) for place in range(PAGES)]
    people, questions = contest(7, SHEETS, BANK, ASKED)
    sheets = [tuple(each.answers.items()) for each in people]
    with worker():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        officer.send(content)
        officer.save()
        item_figures(sheets, questions)
        certificates_pdf(certificates)
