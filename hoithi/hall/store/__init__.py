"""Control and journal, for SQLite and PostgreSQL: the only place of the hall that does I/O.

An *address* is the path of a SQLite file or a `postgresql://` URL. What PostgreSQL needs is loaded
where an address leads there: it is a third of what a hall on SQLite would load before it serves,
and a hall that was killed serves again so much sooner.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from hoithi.hall.config import Config
from hoithi.hall.store.api import Control, ControlWriter, JournalReader, JournalStore
from hoithi.hall.store.signals import SignalStore, SqliteSignals
from hoithi.hall.store.sqlite_control import SqliteControl, SqliteControlWriter
from hoithi.hall.store.sqlite_journal import SqliteJournal, SqliteJournalReader


def on_postgres(address: str) -> bool:
    return address.startswith(("postgresql://", "postgres://"))


def open_stores(config: Config) -> tuple[Control, JournalStore]:
    """The stores that the configuration names, for the hall."""
    return control(config.control), journal(config.journal)


def control(address: str) -> Control:
    if on_postgres(address):
        made: Control = _postgres().control(address)
        return made
    return SqliteControl(Path(address))


def journal(address: str) -> JournalStore:
    if on_postgres(address):
        made: JournalStore = _postgres().journal(address)
        return made
    return SqliteJournal(Path(address))


def control_writer(address: str) -> ControlWriter:
    """The desk's door to control. Raises StoreError."""
    if on_postgres(address):
        made: ControlWriter = _postgres().control_writer(address)
        return made
    return SqliteControlWriter(Path(address))


def journal_reader(address: str) -> JournalReader:
    """The desk's view of a journal. Raises StoreError."""
    if on_postgres(address):
        made: JournalReader = _postgres().journal_reader(address)
        return made
    return SqliteJournalReader(Path(address))


def signal_store(address: str) -> SignalStore:
    """Signals, for the hall that writes them and the desk that reads and erases them."""
    if on_postgres(address):
        made: SignalStore = _postgres().signal_store(address)
        return made
    return SqliteSignals(Path(address))


def _postgres() -> ModuleType:
    return import_module("hoithi.hall.store.postgres")
