"""The desk at its heaviest: ten thousand people from one list, then two thousand certificates.

As on a real desk the list is read and saved by a worker, a process of its own. Run by
`bench.measures.isolation`, in an empty folder of data; it says a line when it is ready to begin,
and begins when it hears one.
"""

from __future__ import annotations

import sys

from bench.big_list import officer_with_list, worker
from bench.measures.certificates import PAGES, certificate
from hoithi.documents.render.certificates import certificates_pdf


def main() -> None:
    officer, content = officer_with_list()
    certificates = [certificate(place) for place in range(PAGES)]
    with worker():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        officer.send(content)
        officer.save()
        certificates_pdf(certificates)
