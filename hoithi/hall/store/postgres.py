"""The stores on PostgreSQL. `hoithi.hall.store` loads them where an address leads there."""

from __future__ import annotations

from collections.abc import Callable

from hoithi.hall.store.api import Control, ControlWriter, JournalReader, JournalStore
from hoithi.hall.store.postgres_control import PostgresControl, PostgresControlWriter
from hoithi.hall.store.postgres_journal import PostgresJournal
from hoithi.hall.store.postgres_reader import PostgresJournalReader
from hoithi.hall.store.postgres_signals import PostgresSignals
from hoithi.hall.store.signals import SignalStore

control: Callable[[str], Control] = PostgresControl
journal: Callable[[str], JournalStore] = PostgresJournal
control_writer: Callable[[str], ControlWriter] = PostgresControlWriter
journal_reader: Callable[[str], JournalReader] = PostgresJournalReader
signal_store: Callable[[str], SignalStore] = PostgresSignals
