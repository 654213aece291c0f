"""`hoithi verify` is `python -m hoithi.verify`: it needs no Django."""

from __future__ import annotations

import argparse

from hoithi.verify.__main__ import main


def verify(options: argparse.Namespace) -> int:
    """Check a bundle."""
    return main(options.rest)
