"""What a rehearsal might leave: folders, processes, databases."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg

from hoithi.rehearsal.stage import FOLDER


def left(root: Path) -> list[str]:
    """Folders of rehearsals that are still there."""
    return [path.name for path in root.iterdir() if FOLDER.fullmatch(path.name)]


def halls(root: Path) -> list[int]:
    """Processes that write into such a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes()
        except OSError:
            continue
        if f"HOITHI_VAR={root.resolve()}/dien-tap-".encode() in told:
            found.append(int(process.name))
    return found


def databases(url: str) -> list[str]:
    """Of rehearsals, on a server of PostgreSQL."""
    with closing(psycopg.connect(url)) as db:
        rows = db.execute("SELECT datname FROM pg_database WHERE datname LIKE '%dien%'").fetchall()
    return [str(name) for (name,) in rows]
