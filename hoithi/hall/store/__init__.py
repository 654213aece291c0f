"""Control and journal, for SQLite and PostgreSQL: the only place of the hall that does I/O.

An *address* is the path of a SQLite file or a `postgresql://` URL.
"""

from __future__ import annotations

from pathlib import Path

from hoithi.hall.config import Config
from hoithi.hall.store.api import Control, ControlWriter, JournalReader, JournalStore
from hoithi.hall.store.postgres_control import PostgresControl, PostgresControlWriter
from hoithi.hall.store.postgres_journal import PostgresJournal
from hoithi.hall.store.postgres_reader import PostgresJournalReader
from hoithi.hall.store.signals import PostgresSignals, SignalStore, SqliteSignals
from hoithi.hall.store.sqlite_control import SqliteControl, SqliteControlWriter
from hoithi.hall.store.sqlite_journal import SqliteJournal, SqliteJournalReader


def on_postgres(address: str) -> bool:
    return address.startswith(("postgresql://", "postgres://"))


def open_stores(config: Config) -> tuple[Control, JournalStore]:
    """The stores that the configuration names, for the hall."""
    return control(config.control), journal(config.journal)


def control(address: str) -> Control:
    return PostgresControl(address) if on_postgres(address) else SqliteControl(Path(address))


def journal(address: str) -> JournalStore:
    return PostgresJournal(address) if on_postgres(address) else SqliteJournal(Path(address))


def control_writer(address: str) -> ControlWriter:
    """The desk's door to control. Raises StoreError."""
    if on_postgres(address):
        return PostgresControlWriter(address)
    return SqliteControlWriter(Path(address))


def journal_reader(address: str) -> JournalReader:
    """The desk's view of a journal. Raises StoreError."""
    if on_postgres(address):
        return PostgresJournalReader(address)
    return SqliteJournalReader(Path(address))


def signal_store(address: str) -> SignalStore:
    """Signals, for the hall that writes them and the desk that reads and erases them."""
    return PostgresSignals(address) if on_postgres(address) else SqliteSignals(Path(address))
