"""Control and journal, for SQLite and PostgreSQL: the only place of the hall that does I/O."""

from __future__ import annotations

from hoithi.hall.config import Config
from hoithi.hall.store.api import Control, JournalStore
from hoithi.hall.store.sqlite_control import SqliteControl
from hoithi.hall.store.sqlite_journal import SqliteJournal


def open_stores(config: Config) -> tuple[Control, JournalStore]:
    """The stores that the configuration names. Raises StoreError."""
    return SqliteControl(config.control_path), SqliteJournal(config.journal_path)
